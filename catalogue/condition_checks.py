"""Validation of conditions: their shape, the fields and answers that they name, whether they can ever be true."""

import json
from collections.abc import Iterable, Iterator, Mapping
from datetime import date, timedelta
from itertools import chain
from typing import Any

from catalogue import conditions, schema
from catalogue.conditions import JUNCTIONS, SUBMITTED_ON
from catalogue.field_types import APPLICANT_PREFIX
from catalogue.schema import InvalidDefinition, validate

MAX_DEPTH, MAX_ATOMS = 5, 40  # of a condition
MAX_STEPS = 3000  # of the search for answers that meet a condition; beyond them it counts as possible
KINDS = {  # what a comparison may name: types of field, and what they are called
    "is": (("choice", "yesno"), "pilihan"),
    "is_not": (("choice", "yesno"), "pilihan"),
    "number": (("number", "group"), "angka atau kelompok"),
    "age": (("date", "nik"), "tanggal atau NIK"),
}
ANY_DAY = date(2023, 6, 15)  # on which ages are tried out; which one it is doesn't matter
REASON = f"{conditions.missing_number.MARK}lain"
NEVER = "syarat ini tidak akan pernah terpenuhi; periksa jawaban, angka, dan umur yang disebut"
ALWAYS = "pertentangan ini selalu terjadi, jadi layanan ini tidak dapat diajukan"


def validate_applicable(raw: Any, shape: dict, where: str) -> dict:
    """Validate a part that may have a condition (`when`); returns it, or raises InvalidDefinition."""
    found = validate(raw, shape, where)
    return found | ({"when": validate_shape(found["when"], f"{where} › when")} if "when" in found else {})


def validate_shape(raw: Any, where: str, depth: int = 0) -> dict:
    """Validate the shape of a condition and of those inside it; returns a copy, or raises InvalidDefinition."""
    heads = [word for word in schema.CONDITIONS if isinstance(raw, dict) and word in raw]
    if len(heads) != 1 or depth >= MAX_DEPTH:
        words = ", ".join(schema.CONDITIONS)
        deep = f"terlalu dalam, paling banyak {MAX_DEPTH} tingkat"
        fault = deep if len(heads) == 1 else f"harus punya satu dari: {words}"
        raise InvalidDefinition(f"{where}: {fault}")
    found = validate(raw, schema.CONDITIONS[heads[0]], where)
    if heads[0] in JUNCTIONS:
        found[heads[0]] = [validate_shape(part, where, depth + 1) for part in found[heads[0]]]
        if sum(1 for _ in conditions.atoms(found)) > MAX_ATOMS:
            raise InvalidDefinition(f"{where}: paling banyak {MAX_ATOMS} perbandingan dalam satu syarat")
    elif heads[0] != "same":
        _validate_comparison(found, where)
    return found


def _validate_comparison(found: dict, where: str) -> None:
    words = [word for word in ("is", "is_not", "answered") if word in found]
    words += ["number"] if {"at_least", "below"} & set(found) else []
    if len(words) != 1:
        raise InvalidDefinition(f"{where}: tulis satu perbandingan: {_comparisons(found)}")
    for word in ("is", "is_not"):
        if found.get(word) == []:
            raise InvalidDefinition(f"{where}: “{word}” masih kosong")
    if "age" in found:
        most = schema.MAX_SPANS[found.get("unit", "years")]
        if max(found.get("at_least", 0), found.get("below", 0)) > most:
            raise InvalidDefinition(f"{where}: umur paling banyak {most}")


def _comparisons(found: dict) -> str:
    return "at_least, below" if "age" in found else "is, is_not, answered, at_least/below"


def validate_references(when: Mapping, known: Mapping[str, dict], where: str) -> None:
    """Refuse a condition that names a field that isn't asked before, a wrong type or answer, or is never true."""
    for atom in conditions.atoms(when):
        if "same" in atom:
            _validate_same(atom["same"], known, where)
        elif "age" in atom:
            _find(atom["age"], "age", known, where)
            if atom.get("on", "today") != "today":
                _find(atom["on"], "age", known, where)
        else:
            word = next((word for word in ("is", "is_not", "answered") if word in atom), "number")
            _validate_answers(atom, word, _find(atom["field"], word, known, where), where)
    if not can_be_true(when, known):
        raise InvalidDefinition(f"{where}: {NEVER}")


def _find(key: str, word: str, known: Mapping[str, dict], where: str) -> dict:
    """Return the field that a comparison names, or an item of a group; refuse one that isn't there or doesn't fit."""
    group, _dot, item = key.partition(".")
    field = known.get(group)
    if item and field:
        field = next((one for one in field.get("item") or () if one["key"] == item), None)
    kinds, name = KINDS.get(word, ((), "isian"))
    if not field or (kinds and field["type"] not in kinds):
        raise InvalidDefinition(f"{where}: “{key}” bukan {name} yang ditanyakan sebelumnya")
    return field


def _validate_same(keys: list[str], known: Mapping[str, dict], where: str) -> None:
    first, second = (_find(key, "same", known, where) for key in keys)
    if first["type"] != second["type"] or first["type"] == "group" or keys[0] == keys[1]:
        raise InvalidDefinition(f"{where}: “same” harus menyebut dua isian yang berbeda dan sejenis")


def _validate_answers(atom: Mapping, word: str, field: dict, where: str) -> None:
    codes = {"ya", "tidak"} if field["type"] == "yesno" else {code for code, _ in field.get("options") or ()}
    codes |= {code for code, _ in field.get("other_options") or ()}
    if unknown := sorted(set(atom[word]) - codes) if word in ("is", "is_not") else []:
        raise InvalidDefinition(f"{where}: “{field['key']}” tidak punya jawaban {', '.join(unknown)}")


# -- can it be true? --------------------------------------------------------------------------------------------


def can_be_true(when: Mapping, known: Mapping[str, dict]) -> bool:
    """Say whether some answers meet a condition, seeing when the fields that it names are asked; unsure: yes.

    Each field, each age and each comparison in a group's rows is tried with the few values between which the
    comparisons distinguish.
    """
    formula = {"all": [when, *_rules(when, known)]}
    atoms = list({_name(atom): atom for atom in conditions.atoms(formula)}.values())
    tried: dict[str, list] = {}
    for atom in atoms:
        alike = [other for other in atoms if _variable(other) == _variable(atom)]
        tried.setdefault(_variable(atom), _values(atom, alike, known))
    return _search(formula, list(tried.items()), {}, iter(range(MAX_STEPS)))


def _rules(when: Mapping, known: Mapping[str, dict]) -> Iterator[Mapping]:
    """Yield what holds of all answers: hidden fields have none, required ones that are shown have one."""
    yield from _needs(when)
    waiting, seen = conditions.keys_of(when), set[str]()
    while waiting:
        key = waiting.pop()
        if key in seen or key not in known:
            continue
        seen.add(key)
        field, filled = known[key], {"field": key, "filled": True}
        shown = field.get("when")
        if shown:
            yield {"any": [{"none": [filled]}, shown]}
            yield from _needs(shown)
            waiting += conditions.keys_of(shown)
        if field.get("required") and not key.startswith(APPLICANT_PREFIX):  # at a counter some stay empty
            yield {"any": [filled, {"none": [shown]}]} if shown else filled


def _needs(when: Mapping) -> Iterator[Mapping]:
    """Yield that ages, rows and equal answers need the answers from which they come."""
    for atom in conditions.atoms(when):
        if "age" in atom or not _is_plain(atom):
            filled = [{"field": key, "filled": True} for key in conditions.keys_of(atom)]
            yield {"any": [{"none": [atom]}, {"all": filled}]}


def _name(atom: Mapping) -> str:
    return json.dumps(atom, sort_keys=True)


def _is_plain(atom: Mapping) -> bool:
    """Say whether a comparison is about one answer; those about any of a group's rows and `same` are yes or no."""
    return "same" not in atom and "." not in (atom.get("field") or atom["age"])


def _variable(atom: Mapping) -> str:
    if not _is_plain(atom):
        return _name(atom)
    return atom["field"] if "field" in atom else f"{atom['age']} {atom.get('on', 'today')}"


def _values(atom: Mapping, alike: list[Mapping], known: Mapping[str, dict]) -> list:
    """Return the values to try for what a comparison is about; `alike` are all comparisons about it."""
    if not _is_plain(atom):
        return [True, False]
    bounds = {(one[word], one.get("unit", "years")) for one in alike for word in ("at_least", "below") if word in one}
    if "age" in atom:
        return _dates(bounds, known.get(atom["age"], {}), atom.get("on", "today"))
    field = known.get(atom["field"], {"type": "text"})
    if field["type"] in ("choice", "yesno"):
        codes = ["ya", "tidak"] if field["type"] == "yesno" else [code for code, _ in field["options"]]
        codes += [code for code, _ in field.get("other_options") or ()]
        different = {tuple(code in (one.get("is") or one.get("is_not") or ()) for one in alike): code for code in codes}
        return [*different.values(), None]
    if field["type"] in ("number", "group"):
        least, most = field.get("min", 0), field.get("max", 10**12)
        if field["type"] == "group":
            least, most = 1, field.get("max_items") or 50
        numbers = {least, most, *chain(*((bound, bound - 1) for bound, _unit in bounds))}
        return [*(number for number in sorted(numbers) if least <= number <= most), None]
    return ["1", None, *([REASON] if field.get("options") else ())]


def _dates(bounds: Iterable[tuple[int, str]], field: dict, on: str) -> list[str]:
    found = {ANY_DAY}
    for bound, unit in bounds:
        if unit in ("days", "weeks"):
            day = ANY_DAY - timedelta(days=bound * (7 if unit == "weeks" else 1))
        else:
            months = ANY_DAY.year * 12 + ANY_DAY.month - 1 - bound * (12 if unit == "years" else 1)
            day = ANY_DAY.replace(year=months // 12, month=months % 12 + 1)
        found |= {day, day + timedelta(days=1)}
    past = on == "today" and (field.get("not_future") or field.get("type") == "nik")
    return [day.isoformat() for day in found if day <= ANY_DAY or not past]


def _search(formula: Mapping, variables: list[tuple[str, list]], chosen: dict, steps: Iterator[int]) -> bool:
    verdict = _verdict(formula, chosen)
    if verdict is not None or next(steps, None) is None:
        return verdict is not False
    (name, values), *rest = variables
    return any(_search(formula, rest, {**chosen, name: value}, steps) for value in values)


def _verdict(when: Mapping, chosen: Mapping) -> bool | None:
    """Say whether a condition holds for the chosen values; None while it depends on others."""
    for word in JUNCTIONS:
        if word in when:
            found = [_verdict(part, chosen) for part in when[word]]
            settles = word != "all"  # the verdict of one part that settles it
            if settles in found:
                return word == "any"
            return None if None in found else word != "any"
    name = _variable(when)
    if name not in chosen:
        return None
    return _holds(when, chosen[name], chosen)


def _holds(atom: Mapping, value: Any, chosen: Mapping) -> bool | None:
    if not _is_plain(atom):
        return value
    if "filled" in atom:
        return value is not None
    if "field" in atom:
        return conditions.is_met(atom, {atom["field"]: value})
    on = atom.get("on", "today")
    days = {atom["age"]: value, (SUBMITTED_ON if on == "today" else on): ANY_DAY.isoformat()}
    return conditions.is_met(atom, days)
