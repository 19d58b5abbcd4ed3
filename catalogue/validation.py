"""Validation of a service's definition for the editor: every problem with its part; it changes nothing."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial

from catalogue import definition, definition_parts, schema
from catalogue.schema import InvalidDefinition

PART_PATTERN = re.compile("› (produk|syarat|bagian|isian|pertentangan) “([^”]*)”")
KIND_OF_WORD = {"produk": "products", "syarat": "requirements", "bagian": "sections", "isian": "fields"}
KIND_OF_WORD |= {"pertentangan": "contradictions"}
EMPTY_SENTENCES = {
    "products": "Belum ada dokumen atau kartu yang dihasilkan.",
    "requirements": "Belum ada syarat.",
    "sections": "Belum ada bagian isian.",
}


@dataclass(frozen=True)
class Problem:
    """A problem: its sentence, and the part that it is about (kind and key; empty: the service as a whole)."""

    kind: str
    key: str
    sentence: str


def find_problems(body: dict, codes: dict) -> list[Problem]:
    """Return the problems of the single parts; if there are none, the first reference between parts that is wrong."""
    empty = (Problem(kind, "", text) for kind, text in EMPTY_SENTENCES.items() if not body.get(kind))
    found = [*_check_facts(body), *empty]
    for product in body.get("products", ()):
        found += _problems_of("products", product, partial(definition.validate_product, product, ""))
    for requirement in body.get("requirements", ()):
        found += _problems_of("requirements", requirement, partial(definition.validate_requirement, requirement, ""))
    for part in body.get("contradictions", ()):
        found += _problems_of("contradictions", part, partial(definition.validate_contradiction, part, ""))
    for section in body.get("sections", ()):
        if not section.get("fields"):
            found.append(Problem("sections", section["key"], "Bagian ini belum punya isian."))
        for field in section.get("fields", ()):
            found += _problems_of("fields", field, partial(definition.validate_field_definition, field, "", codes))
    return found or _check_references(body, codes)


def find_link_problems(body: dict, others: Mapping[str, dict]) -> list[Problem]:
    """Return what is wrong with `leads` and `part_of`; `others` are the other services' definitions by their codes."""
    part_of, code = body.get("part_of"), body["code"]
    found = [_link_error(one["code"], others) for one in (*body.get("leads", ()), *([part_of] if part_of else ()))]
    there = sorted(other for other, one in others.items() if part_of and code in _linked_codes(one))
    if there:
        found.append(f"Layanan ini bagian dari layanan lain, padahal {', '.join(there)} mengantar ke sini.")
    return [Problem("", "", sentence) for sentence in found if sentence]


def _linked_codes(body: dict) -> set[str]:
    return {one["code"] for one in (*body.get("leads", ()), body.get("part_of") or {"code": ""})}


def _link_error(code: str, others: Mapping[str, dict]) -> str:
    if code not in others:
        return f"{code} bukan layanan lain yang sudah terbit."
    onward = others[code].get("part_of")
    return f"{code} sendiri bagian dari layanan lain. Sebut {onward['code']}." if onward else ""


def _check_facts(body: dict) -> list[Problem]:
    facts = {key: value for key, value in body.items() if key not in definition_parts.PART_KINDS}
    rules = {key: rule for key, rule in schema.SERVICE.items() if key not in definition_parts.PART_KINDS}
    return _problems_of("", {"key": ""}, lambda: schema.validate(facts, rules, ""))


def _problems_of(kind: str, part: dict, check: Callable) -> list[Problem]:
    try:
        check()
    except InvalidDefinition as error:
        return [Problem(kind, part["key"], problem_sentence(error))]
    return []


def _check_references(body: dict, codes: dict) -> list[Problem]:
    try:
        definition.validate_definition(body, "", codes)
    except InvalidDefinition as error:
        places = PART_PATTERN.findall(str(error)) or [("", "")]
        word, key = places[0] if places[0][0] != "bagian" else places[-1]
        return [Problem(KIND_OF_WORD.get(word, ""), key, problem_sentence(error))]
    return []


def problem_sentence(error: InvalidDefinition) -> str:
    """Return the error's message as a sentence, without the path of its part."""
    message = str(error)
    text = message.rpartition(": ")[2] if "›" in message else message.partition(": ")[2] or message
    return text[:1].upper() + text[1:] + ("" if text.endswith(".") else ".")
