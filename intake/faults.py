"""What keeps a service's definition from being published, each fault with its place; it changes nothing."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from intake import outline, services, shape
from intake.shape import Malformed

SPOT = re.compile("› (produk|syarat|bagian|isian) “([^”]*)”")
KINDS = {"produk": "products", "syarat": "requirements", "bagian": "sections", "isian": "fields"}
EMPTY = {
    "products": "Belum ada dokumen atau kartu yang dihasilkan.",
    "requirements": "Belum ada syarat.",
    "sections": "Belum ada bagian isian.",
}


@dataclass(frozen=True)
class Fault:
    """One sentence, and the part that it is about (none: the service as a whole)."""

    kind: str
    key: str
    sentence: str


def faults(body: dict, codes: dict) -> list[Fault]:
    """Everything that is wrong with single parts; where nothing is, what doesn't fit together."""
    found = [*_facts(body), *(Fault(kind, "", words) for kind, words in EMPTY.items() if not body.get(kind))]
    for one in body.get("products", ()):
        found += _tried("products", one, partial(services.product, one, ""))
    for one in body.get("requirements", ()):
        found += _tried("requirements", one, partial(services.requirement, one, ""))
    for section in body.get("sections", ()):
        if not section.get("fields"):
            found.append(Fault("sections", section["key"], "Bagian ini belum punya isian."))
        for one in section.get("fields", ()):
            found += _tried("fields", one, partial(services.field, one, "", codes))
    return found or _together(body, codes)


def _facts(body: dict) -> list[Fault]:
    facts = {key: value for key, value in body.items() if key not in outline.PARTS}
    rules = {key: rule for key, rule in shape.SERVICE.items() if key not in outline.PARTS}
    return _tried("", {"key": ""}, lambda: shape.table(facts, rules, ""))


def _tried(kind: str, one: dict, check: Callable) -> list[Fault]:
    try:
        check()
    except Malformed as wrong:
        return [Fault(kind, one["key"], sentence(wrong))]
    return []


def _together(body: dict, codes: dict) -> list[Fault]:
    try:
        services.check(body, "", codes)
    except Malformed as wrong:
        spots = SPOT.findall(str(wrong)) or [("", "")]
        word, key = spots[0] if spots[0][0] != "bagian" else spots[-1]
        return [Fault(KINDS.get(word, ""), key, sentence(wrong))]
    return []


def sentence(wrong: Malformed) -> str:
    """What is wrong, without the place, beginning with a capital letter."""
    words = str(wrong).rpartition(": ")[2] if "›" in str(wrong) else str(wrong).partition(": ")[2] or str(wrong)
    return words[:1].upper() + words[1:] + ("" if words.endswith(".") else ".")
