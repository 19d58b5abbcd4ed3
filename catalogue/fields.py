"""Validation of answers against a form's fields: clean values, errors, warnings; it reads no database and no request.

Raw answers are a dict or a werkzeug MultiDict. A date is one text or three, `<key>-d`, `<key>-m`, `<key>-y`; a NIK or
family card number is one text, or three with the reason why there is none (catalogue/missing_number.py); a row of a
group is `<key>-<n>-<item key>`, or the group is already a list of dicts.
"""

import re
from collections.abc import Mapping
from typing import Any

from flask_babel import gettext as _

from catalogue import conditions, missing_number
from catalogue.dates import format_date
from catalogue.field_types import FIELD_TYPES, NOT_IN_LIST
from catalogue.nik import LEAVE_UNCHANGED
from catalogue.text_input import InvalidAnswer, field_label, mid_sentence
from lib.text_normalization import is_blank

Sentences = dict[str, str]  # by the name of the form control
PARTS = {"date": ("-d", "-m", "-y"), "nik": missing_number.PARTS, "kk": missing_number.PARTS}  # of controls' names
MAX_ROWS = 12  # of a group, unless its field says otherwise


def is_shown(field: dict, answers: Mapping) -> bool:
    """Say whether the condition of a field, requirement or product is met by the clean answers before it."""
    return conditions.is_met(field.get("when"), answers)


def clean(field: dict, raw: Any) -> Any:
    """Validate one field: return the clean value ("" or [] for an optional one left empty) or raise InvalidAnswer."""
    if field["type"] == "group":
        return clean_group(field, raw)
    boxes = [str(part) for part in raw] if isinstance(raw, (list, tuple)) else ["" if raw is None else str(raw)]
    typed = boxes if field["type"] in PARTS and len(boxes) == 3 else "".join(boxes[:1])
    value = "" if all(map(is_blank, boxes)) else FIELD_TYPES[field["type"]].clean(field, typed)
    if value == "" and field.get("required"):
        raise InvalidAnswer(required_message(field))
    return value


def clean_group(field: dict, rows: list[dict]) -> list[dict]:
    """Validate a group given as a list of dicts: return its clean rows, or raise InvalidAnswer with the first error."""
    found, errors, _warnings = validate_group(field, {field["key"]: rows}, {}, None)
    if errors:
        raise InvalidAnswer(next(iter(errors.values())))
    return found


def required_message(field: dict) -> str:
    """Return the error message of a required field that was left empty."""
    label = mid_sentence(field_label(field))
    if field["type"] == "group":
        return _("Isi paling sedikit satu baris %(label)s.", label=label)
    if field["type"] in missing_number.NAMES:
        return missing_number.required_message(field)
    if label.endswith("?") and field["type"] != "yesno":
        return _("Jawab dulu: %(label)s", label=label)
    message = FIELD_TYPES[field["type"]].missing
    return _(message, label=label)


def warnings(field: dict, value: Any, answers: Mapping) -> list[str]:
    """Return warnings about a clean value that is implausible beside the other answers; they block nothing."""
    return [] if field["type"] == "group" else FIELD_TYPES[field["type"]].warn(field, value, answers)


def display(field: dict, value: Any, villages: Mapping | None = None) -> str:
    """Format a clean value for people, a group's rows as lines; `villages` maps codes to names."""
    if value is None or value == "":
        return ""
    if field["type"] != "group":
        return FIELD_TYPES[field["type"]].show(field, value, villages)
    rows = [[display(item, row.get(item["key"]), villages) for item in field["item"]] for row in value]
    return "\n".join(f"{n}. {', '.join(filter(None, row))}" for n, row in enumerate(rows, 1))


def printed(field: dict, value: Any, villages: Mapping | None = None) -> str:
    """Format a clean value for a sentence on paper: in one line, a date without its weekday."""
    text = " ".join(display(field, value, villages).split())
    return text.rpartition(", ")[2] if field["type"] == "date" else text


def validate_section(
    section: dict, raw: Mapping, answers: Mapping | None = None, villages: Mapping | None = None
) -> tuple[dict, Sentences, Sentences]:
    """Validate the answers of one section: (clean answers, errors, warnings).

    `answers` are the clean answers of the other sections, on which conditions may depend. With
    `villages` (code → name) a village must be in it. Hidden and empty fields have no key in the result.
    """
    return validate_fields(section["fields"], raw, answers or {}, villages)


def validate_edition(edition: dict, raw: Mapping, villages: Mapping | None = None) -> tuple[dict, Sentences, Sentences]:
    """Validate the answers of all sections, as at submission: (clean answers, errors, warnings)."""
    all_fields = [field for section in edition["sections"] for field in section["fields"]]
    return validate_fields(all_fields, raw, {}, villages)


def without_hidden(edition: dict, answers: Mapping) -> dict:
    """Drop the answers of fields that are hidden because an answer they depend on has changed.

    The day that counts as today stays beside them.
    """
    day = conditions.SUBMITTED_ON
    kept: dict = {day: answers[day]} if day in answers else {}
    for section in edition["sections"]:
        for field in section["fields"]:
            if field["key"] in answers and is_shown(field, kept):
                kept[field["key"]] = answers[field["key"]]
    return kept


def validate_fields(
    fields: list[dict], raw: Mapping, answers: Mapping, villages: Mapping | None, prefix: str = ""
) -> tuple[dict, Sentences, Sentences]:
    """Validate fields in their order, so that conditions may depend on the fields before them."""
    found: dict = {}
    errors: Sentences = {}
    row_warnings: Sentences = {}
    own = {field["key"] for field in fields}
    known = {key: value for key, value in answers.items() if key not in own}  # these fields are validated anew
    for field in fields:
        if not is_shown(field, known):
            continue
        try:
            value, inner_errors, inner_warnings = validate_field(field, raw, known, villages, prefix)
        except InvalidAnswer as error:
            errors[prefix + field["key"]] = str(error)
            continue
        errors.update(inner_errors)
        row_warnings.update(inner_warnings)
        if value not in ("", []):
            found[field["key"]] = known[field["key"]] = value
    return found, errors, row_warnings | collect_warnings(fields, found, found if prefix else known, prefix)


def validate_field(
    field: dict, raw: Mapping, known: Mapping, villages: Mapping | None, prefix: str
) -> tuple[Any, Sentences, Sentences]:
    """Validate one field: (value, errors, warnings), or raise InvalidAnswer; only a group has errors of its own."""
    if field["type"] == "group":
        return validate_group(field, raw, known, villages)
    value = clean(field, raw_value(field, raw, prefix + field["key"]))
    if value and field["type"] == "village" and villages is not None and value not in villages:
        raise InvalidAnswer(_(NOT_IN_LIST, label=mid_sentence(field_label(field))))
    earlier = known.get((field.get("checks") or {}).get("not_before"))
    if value and earlier and value < earlier:
        label, day = field_label(field), format_date(earlier)
        raise InvalidAnswer(_("%(label)s lebih dulu daripada %(day)s. Periksa tahunnya.", label=label, day=day))
    return value, {}, {}


def collect_warnings(fields: list[dict], found: dict, known: Mapping, prefix: str) -> Sentences:
    """Return the warnings of the valid fields, once all answers are known; a group's row knows only itself."""
    collected = {}
    for field in fields:
        if field["key"] in found and (sentences := warnings(field, found[field["key"]], known)):
            collected[prefix + field["key"]] = join_warnings(sentences)
    return collected


def join_warnings(sentences: list[str]) -> str:
    """Join warnings into one text in which "leave it as it is" stands once, at the end."""
    return " ".join([text.removesuffix(_(LEAVE_UNCHANGED)).strip() for text in sentences[:-1]] + sentences[-1:])


def validate_group(
    field: dict, raw: Mapping, known: Mapping, villages: Mapping | None
) -> tuple[list[dict], Sentences, Sentences]:
    """Validate the rows of a group: (rows, errors, warnings); raises InvalidAnswer for too few or too many rows."""
    flat, numbers = group_rows(field, raw)
    most = field.get("max_items") or MAX_ROWS
    if not numbers and field.get("required"):
        raise InvalidAnswer(required_message(field))
    if len(numbers) > most:
        raise InvalidAnswer(_("%(label)s: paling banyak %(most)s baris.", label=field_label(field), most=most))
    rows, errors, row_warnings = [], {}, {}
    for position, number in enumerate(numbers, 1):
        prefix = f"{field['key']}-{number}-"
        row, wrong, implausible = validate_fields(field["item"], flat, known, villages, prefix)
        rows.append(row)
        errors.update({name: _row_message(position, text) for name, text in wrong.items()})
        row_warnings.update({name: _row_message(position, text) for name, text in implausible.items()})
    return rows, errors, row_warnings


def _row_message(position: int, sentence: str) -> str:
    return _("Baris %(number)s: %(sentence)s", number=position, sentence=mid_sentence(sentence))


def group_rows(field: dict, raw: Mapping) -> tuple[Mapping, list[str]]:
    """Flatten a group's rows: raw answers by flat names, and the numbers (as text) of the rows that aren't empty."""
    name = re.compile(re.escape(field["key"]) + "-([0-9]{1,3})-.+")
    rows = raw.get(field["key"])
    if isinstance(rows, list) and not any(map(name.fullmatch, raw)):  # flat names were typed later than saved rows
        pairs = enumerate(row for row in rows if isinstance(row, dict))
        raw = {f"{field['key']}-{n}-{key}": value for n, row in pairs for key, value in row.items()}
    written = {found[1] for key, value in raw.items() if (found := name.fullmatch(key)) and not is_blank(str(value))}
    return raw, sorted(written, key=lambda number: (int(number), number))


def raw_value(field: dict, raw: Mapping, name: str) -> Any:
    """Return the raw value of a field: one text, or the three texts of a date or of a number that may be missing."""
    parts = PARTS.get(field["type"], ())
    if any(raw.get(name + part) is not None for part in parts if part):
        return [str(raw.get(name + part) or "") for part in parts]
    return raw.get(name)
