"""Validation of a service's definition for the editor: every problem with its part; it changes nothing."""

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
    """A problem: its sentence, and the part that it is about (kind and key; empty: the service as a whole)."""

    kind: str
    key: str
    sentence: str


def faults(body: dict, codes: dict) -> list[Fault]:
    """Return the problems of the single parts; if there are none, the first reference between parts that is wrong."""
    found = [*_facts(body), *(Fault(kind, "", text) for kind, text in EMPTY.items() if not body.get(kind))]
    for product in body.get("products", ()):
        found += _tried("products", product, partial(services.product, product, ""))
    for requirement in body.get("requirements", ()):
        found += _tried("requirements", requirement, partial(services.requirement, requirement, ""))
    for section in body.get("sections", ()):
        if not section.get("fields"):
            found.append(Fault("sections", section["key"], "Bagian ini belum punya isian."))
        for field in section.get("fields", ()):
            found += _tried("fields", field, partial(services.field, field, "", codes))
    return found or _together(body, codes)


def _facts(body: dict) -> list[Fault]:
    facts = {key: value for key, value in body.items() if key not in outline.PARTS}
    rules = {key: rule for key, rule in shape.SERVICE.items() if key not in outline.PARTS}
    return _tried("", {"key": ""}, lambda: shape.table(facts, rules, ""))


def _tried(kind: str, part: dict, check: Callable) -> list[Fault]:
    try:
        check()
    except Malformed as error:
        return [Fault(kind, part["key"], problem_sentence(error))]
    return []


def _together(body: dict, codes: dict) -> list[Fault]:
    try:
        services.check(body, "", codes)
    except Malformed as error:
        places = SPOT.findall(str(error)) or [("", "")]
        word, key = places[0] if places[0][0] != "bagian" else places[-1]
        return [Fault(KINDS.get(word, ""), key, problem_sentence(error))]
    return []


def problem_sentence(error: Malformed) -> str:
    """Return the error's message as a sentence, without the path of its part."""
    message = str(error)
    text = message.rpartition(": ")[2] if "›" in message else message.partition(": ")[2] or message
    return text[:1].upper() + text[1:] + ("" if text.endswith(".") else ".")
