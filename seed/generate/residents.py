"""Generates fictitious residents: Balinese names, and NIKs of a district that doesn't exist."""

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
    """A fictitious resident."""

    name: str
    nik: str


class Residents:
    """Generator of residents; the same seed gives the same residents."""

    def __init__(self, chance: Random):
        self.chance = chance
        sizes = (chance.choice((2, 3, 3)) for _ in range(GIVEN_NAMES))
        self.given = ["".join(chance.choices(SYLLABLES, k=size)).capitalize() for size in sizes]

    def create(self) -> Resident:
        """Generate a resident."""
        pick = self.chance.choice
        parts = (pick(TITLES), pick(BIRTH_ORDER), pick(self.given), pick(self.given) if pick((True, False)) else "")
        return Resident(" ".join(filter(None, parts)), self.nik())

    def nik(self) -> str:
        """Return a NIK that begins with 510899, an unused district; days of birth of women are 40 higher."""
        number = self.chance.randrange
        return f"510899{number(1, 29) + 40 * number(2):02d}{number(1, 13):02d}{number(100):02d}{number(1, 10000):04d}"
