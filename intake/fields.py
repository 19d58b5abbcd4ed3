"""Sections of answers: what is asked, refused, warned about and shown; it must not read a database or a request.

Raw answers are a dict or a werkzeug MultiDict. A date is one text or three, `<key>-d`, `<key>-m`, `<key>-y`;
a row of a group is `<key>-<n>-<item key>`, or the group is already a list of dicts.
"""

import re
from collections.abc import Mapping
from typing import Any

from flask_babel import gettext as _

from intake.dates import shown_date
from intake.kinds import KINDS, NOT_IN_LIST
from intake.nik import LEAVE_IT
from intake.text import Wrong, inside, label_of

__all__ = ("KINDS", "Wrong", "check_edition", "check_section", "clean", "display", "only_shown", "shown", "warnings")

Sentences = dict[str, str]  # by the name of the field on the page
MOST_ROWS = 12


def shown(field: dict, answers: Mapping) -> bool:
    """Say whether a field, requirement or product is asked for, given the clean answers before it."""
    when = field.get("when")
    return not when or answers.get(when["field"]) in when["is"]


def clean(field: dict, raw: Any) -> Any:
    """Return the value of one field from what was typed ("" or [] for an optional one left empty), or raise Wrong."""
    if field["type"] == "group":
        return clean_group(field, raw)
    boxes = [str(part) for part in raw] if isinstance(raw, (list, tuple)) else ["" if raw is None else str(raw)]
    typed = boxes if field["type"] == "date" and len(boxes) == 3 else "".join(boxes[:1])
    value = KINDS[field["type"]].clean(field, typed) if any(box.strip() for box in typed) else ""
    if value == "" and field.get("required"):
        raise Wrong(missing(field))
    return value


def clean_group(field: dict, rows: list[dict]) -> list[dict]:
    """Return a group's clean rows from a list of dicts, or raise Wrong with the first thing that is wrong."""
    found, errors, _odd = check_group(field, {field["key"]: rows}, {}, None)
    if errors:
        raise Wrong(next(iter(errors.values())))
    return found


def missing(field: dict) -> str:
    """Return the sentence for a field that must be filled in and wasn't."""
    label = inside(label_of(field))
    if field["type"] == "group":
        return _("Isi paling sedikit satu baris %(label)s.", label=label)
    if label.endswith("?") and field["type"] != "yesno":
        return _("Jawab dulu: %(label)s", label=label)
    asking = KINDS[field["type"]].ask
    return _(asking, label=label)


def warnings(field: dict, value: Any, answers: Mapping) -> list[str]:
    """Return sentences about a clean value that looks odd beside the other clean answers; they stop nobody."""
    return [] if field["type"] == "group" else KINDS[field["type"]].warn(field, value, answers)


def display(field: dict, value: Any, villages: Mapping | None = None) -> str:
    """Return a clean value as people read it, a group's rows as lines; `villages` maps codes to names."""
    if value is None or value == "":
        return ""
    if field["type"] != "group":
        return KINDS[field["type"]].show(field, value, villages)
    rows = [[display(item, row.get(item["key"]), villages) for item in field["item"]] for row in value]
    return "\n".join(f"{n}. {', '.join(filter(None, row))}" for n, row in enumerate(rows, 1))


def check_section(
    section: dict, raw: Mapping, answers: Mapping | None = None, villages: Mapping | None = None
) -> tuple[dict, Sentences, Sentences]:
    """Check what was typed into one section: (clean answers, errors, warnings).

    `answers` are the clean answers of the other sections, on which a field may depend. With
    `villages` (code → name) a village must be in it. What isn't shown or was left empty has no key.
    """
    return check_fields(section["fields"], raw, answers or {}, villages)


def check_edition(edition: dict, raw: Mapping, villages: Mapping | None = None) -> tuple[dict, Sentences, Sentences]:
    """Check all sections at once, as at submission: (clean answers, errors, warnings)."""
    every = [field for section in edition["sections"] for field in section["fields"]]
    return check_fields(every, raw, {}, villages)


def only_shown(edition: dict, answers: Mapping) -> dict:
    """Return the answers of a service without those that an answer changed later has hidden."""
    kept: dict = {}
    for section in edition["sections"]:
        for field in section["fields"]:
            if field["key"] in answers and shown(field, kept):
                kept[field["key"]] = answers[field["key"]]
    return kept


def check_fields(
    fields: list[dict], raw: Mapping, answers: Mapping, villages: Mapping | None, prefix: str = ""
) -> tuple[dict, Sentences, Sentences]:
    """Check fields in their order, so that one may depend on those before it."""
    found: dict = {}
    errors: Sentences = {}
    odd: Sentences = {}
    own = {field["key"] for field in fields}
    known = {key: value for key, value in answers.items() if key not in own}  # saved before, typed anew now
    for field in fields:
        if not shown(field, known):
            continue
        try:
            value, wrong, strange = check_field(field, raw, known, villages, prefix)
        except Wrong as sentence:
            errors[prefix + field["key"]] = str(sentence)
            continue
        errors.update(wrong)
        odd.update(strange)
        if value not in ("", []):
            found[field["key"]] = known[field["key"]] = value
    return found, errors, odd | oddities(fields, found, found if prefix else known, prefix)


def check_field(
    field: dict, raw: Mapping, known: Mapping, villages: Mapping | None, prefix: str
) -> tuple[Any, Sentences, Sentences]:
    """Return (value, errors, warnings) of one field, or raise Wrong; only a group has errors of its own."""
    if field["type"] == "group":
        return check_group(field, raw, known, villages)
    value = clean(field, raw_value(field, raw, prefix + field["key"]))
    if value and field["type"] == "village" and villages is not None and value not in villages:
        raise Wrong(_(NOT_IN_LIST, label=inside(label_of(field))))
    earlier = known.get((field.get("checks") or {}).get("not_before"))
    if value and earlier and value < earlier:
        label, day = label_of(field), shown_date(earlier)
        raise Wrong(_("%(label)s lebih dulu daripada %(day)s. Periksa tahunnya.", label=label, day=day))
    return value, {}, {}


def oddities(fields: list[dict], found: dict, known: Mapping, prefix: str) -> Sentences:
    """Return the warnings of fields that were clean, once all the others are known; a row looks at itself only."""
    odd = {}
    for field in fields:
        if field["key"] in found and (sentences := warnings(field, found[field["key"]], known)):
            odd[prefix + field["key"]] = joined(sentences)
    return odd


def joined(sentences: list[str]) -> str:
    """Return several warnings as one text in which "leave it" is said once."""
    return " ".join([text.removesuffix(_(LEAVE_IT)).strip() for text in sentences[:-1]] + sentences[-1:])


def check_group(
    field: dict, raw: Mapping, known: Mapping, villages: Mapping | None
) -> tuple[list[dict], Sentences, Sentences]:
    """Return (rows, errors, warnings) of a group, or raise Wrong when it has too few or too many rows."""
    flat, numbers = rows_of(field, raw)
    most = field.get("max_items") or MOST_ROWS
    if not numbers and field.get("required"):
        raise Wrong(missing(field))
    if len(numbers) > most:
        raise Wrong(_("%(label)s: paling banyak %(most)s baris.", label=label_of(field), most=most))
    rows, errors, odd = [], {}, {}
    for place, number in enumerate(numbers, 1):
        row, wrong, strange = check_fields(field["item"], flat, known, villages, f"{field['key']}-{number}-")
        rows.append(row)
        errors.update({name: _in_row(place, text) for name, text in wrong.items()})
        odd.update({name: _in_row(place, text) for name, text in strange.items()})
    return rows, errors, odd


def _in_row(place: int, sentence: str) -> str:
    return _("Baris %(number)s: %(sentence)s", number=place, sentence=inside(sentence))


def rows_of(field: dict, raw: Mapping) -> tuple[Mapping, list[str]]:
    """Return raw answers by flat names, and the numbers (as text) of the rows in which anything was written."""
    name = re.compile(re.escape(field["key"]) + "-([0-9]{1,3})-.+")
    rows = raw.get(field["key"])
    if isinstance(rows, list) and not any(map(name.fullmatch, raw)):  # what was typed last counts
        pairs = enumerate(row for row in rows if isinstance(row, dict))
        raw = {f"{field['key']}-{n}-{key}": value for n, row in pairs for key, value in row.items()}
    written = {found[1] for key, value in raw.items() if (found := name.fullmatch(key)) and str(value).strip()}
    return raw, sorted(written, key=lambda number: (int(number), number))


def raw_value(field: dict, raw: Mapping, name: str) -> Any:
    """Return what was typed: one text, or the three boxes of a date."""
    boxes = [raw.get(f"{name}-{part}") for part in "dmy"]
    if field["type"] == "date" and any(box is not None for box in boxes):
        return [str(box or "") for box in boxes]
    return raw.get(name)
