"""Makes up residents: names as they sound here, NIKs of a district that doesn't exist; nobody real, no database."""

from dataclasses import dataclass
from random import Random

# fmt: off
TITLES = ("I", "Ni", "I Gusti", "Ida Bagus", "Ida Ayu", "Desak", "Dewa", "")
BIRTH_ORDER = ("Putu", "Wayan", "Gede", "Made", "Kadek", "Nengah", "Nyoman", "Komang", "Ketut", "Luh")
SYLLABLES = tuple(
    "su ar wi dar ma yas ka wan sri as tu ti ni par ta ya na di pra ba gus ra ku sa dhi lin put an ek ret no mul har "
    "tan wah yu".split()
)
# fmt: on
GIVEN_NAMES = 4000


@dataclass(frozen=True)
class Resident:
    """Somebody who doesn't exist."""

    name: str
    nik: str


class Residents:
    """A source of residents; the same seed gives the same ones."""

    def __init__(self, chance: Random):
        self.chance = chance
        self.given = [
            "".join(chance.choices(SYLLABLES, k=chance.choice((2, 3, 3)))).capitalize() for _ in range(GIVEN_NAMES)
        ]

    def one(self) -> Resident:
        pick = self.chance.choice
        parts = (pick(TITLES), pick(BIRTH_ORDER), pick(self.given), pick(self.given) if pick((True, False)) else "")
        return Resident(" ".join(filter(None, parts)), self.nik())

    def nik(self) -> str:
        """Sixteen digits that begin with 510899, the district that is nobody's; women's days are 40 higher."""
        number = self.chance.randrange
        return f"510899{number(1, 29) + 40 * number(2):02d}{number(1, 13):02d}{number(100):02d}{number(1, 10000):04d}"
