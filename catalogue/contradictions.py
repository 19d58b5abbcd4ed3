"""Contradictions: answers that can't be together, or ask to be looked at again, as a service's definition has them."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass

from catalogue import conditions
from lib import i18n


@dataclass(frozen=True)
class Contradiction:
    """A contradiction: its sentence, and the control beside which it stands.

    `keys` are the fields that it holds against each other; one that isn't `refused` is a warning.
    """

    control: str
    sentence: str
    keys: tuple[str, ...]
    refused: bool = True


def find_contradictions(body: Mapping, answers: Mapping, awaited: Collection[str] = ()) -> Iterator[Contradiction]:
    """Yield the service's contradictions that the answers meet, but for those on answers that are `awaited`."""
    for one in body.get("contradictions", ()):
        keys = conditions.keys_of(one["when"])
        if not set(keys).intersection(awaited) and conditions.is_met(one["when"], answers):
            refused = one.get("kind", "refuse") == "refuse"
            yield Contradiction(one["field"], i18n.localized(one["text"]), (one["field"], *keys), refused)
