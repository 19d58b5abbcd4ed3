"""Form fields for templates: value, errors, condition, rows of an application's fields; it reads no request."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from flask_babel import gettext as _

from catalogue import condition_text, conditions, dates, derived_answers, fields, missing_number
from lib.i18n import N_
from web import filters

DATE_HINT = N_("Tanggal-bulan-tahun, contoh: 17-08-1990.")
MAX_BUTTONS = 6  # options at most that are shown as radio buttons; more become a select
AUTOCOMPLETE = {"pemohon_nama": "name", "pemohon_email": "email", "pemohon_hp": "tel"}


@dataclass
class FormField:
    """A form field on a page, with everything that its template shows."""

    definition: dict
    name: str  # of the control; also the id of its first input
    value: str = ""
    options: list[tuple[str, str]] = field(default_factory=list)
    rows: list[list[FormField]] = field(default_factory=list)
    row_numbers: list[str] = field(default_factory=list)
    error: str = ""
    warning: str = ""
    condition: str = ""  # in words, while the answer may still change on this page
    when: dict = field(default_factory=dict)  # the condition, for the page's script
    autocomplete: str = "off"
    encoded: dict[str, str] = field(default_factory=dict)  # names of the controls for what a NIK encodes: birth, sex
    reason: str = ""  # why there is no number: its code, and its detail
    detail: str = ""

    @property
    def issued_by(self) -> tuple[str, ...]:
        """Return the codes of the services that issue the number which this field can't do without."""
        needed = self.definition["required"] and not self.options
        return missing_number.ISSUED_BY.get(self.definition["type"], ()) if needed else ()

    @property
    def widget(self) -> str:
        """Return the name of the template's macro that renders the field's input."""
        kind = self.definition["type"]
        if kind in ("choice", "yesno"):
            return "buttons" if len(self.options) <= MAX_BUTTONS else "list"
        return {"village": "list", "group": "group", "long": "long"}.get(kind, "line")

    @property
    def hint(self) -> str:
        """Return the hint in the reader's language; of a date also how to write it."""
        own = filters.localized(self.definition["hint"]) if self.definition.get("hint") else ""
        return " ".join(filter(None, (own, _(DATE_HINT) if self.definition["type"] == "date" else "")))

    @property
    def described_by(self) -> str:
        """Return the ids of the hint, error and warning, for aria-describedby."""
        texts = {"hint": self.hint or self.condition, "error": self.error, "warning": self.warning}
        return " ".join(f"{self.name}-{word}" for word, text in texts.items() if text)


@dataclass
class FormContext:
    """The answers, errors and limits from which the fields of a page are built."""

    raw: Mapping  # answers as typed, or as saved
    answers: Mapping  # clean answers of the whole application
    villages: Mapping  # names by code
    errors: Mapping = field(default_factory=dict)
    warnings: Mapping = field(default_factory=dict)
    more: str = ""  # key of the group that gets another row
    open_keys: frozenset[str] | None = None  # during a correction: the fields that may change
    every: Mapping = field(default_factory=dict)  # all fields of the form by key, for conditions in words
    home_villages: Mapping | None = None  # where the resident may live; None: anywhere


def build_fields(definitions: Iterable[dict], context: FormContext) -> list[FormField]:
    """Build the fields that are shown, or may be shown once an answer on this page changes."""
    definitions = list(definitions)
    return _build_fields(definitions, context, "", _by_key(definitions))


def fields_by_section(page: dict, context: FormContext) -> list[tuple[dict, list[FormField]]]:
    """Return the sections of a page, each with its fields."""
    built = {box.name: box for box in build_fields(page["fields"], context)}
    keys = [(section, [definition["key"] for definition in section["fields"]]) for section in page["parts"]]
    return [(section, [built[key] for key in own if key in built]) for section, own in keys]


def _build_fields(definitions: list[dict], context: FormContext, prefix: str, here: dict[str, dict]) -> list[FormField]:
    """Build fields whose names begin with `prefix`; `here` are the fields on the page, on which conditions depend."""
    found = []
    for definition in definitions:
        when, only = definition.get("when"), context.open_keys
        siblings = _by_key(definitions) if prefix else {}
        named = conditions.keys_of(when)
        changing = {key: prefix + key if key in siblings else key for key in named if key in here}
        if only is not None:
            changing = {key: name for key, name in changing.items() if key in only or key in siblings}
        if only is not None and not prefix and definition["key"] not in only:
            continue
        if when and not changing and not fields.is_shown(definition, context.answers):
            continue
        box = _build_field(definition, context, prefix, here)
        if when and changing:
            box.condition = condition_text.sentence(when, {**context.every, **here})
            box.when = _condition_data(when, changing, here, context.answers)
        found.append(box)
    return found


def _condition_data(when: dict, names: Mapping[str, str], here: Mapping[str, dict], answers: Mapping) -> dict:
    """Return a condition for the page's script, with the controls on the page and the values of the other answers."""
    asked, known = {}, {}
    for key in conditions.named(when):
        group, _dot, item = key.partition(".")
        if group in names:
            definition = next((one for one in here[group].get("item") or () if one["key"] == item), here[group])
            asked[key] = [definition["type"], names[group]]
        else:
            values = conditions.values_of(answers, key)
            known[key] = [len(value) or "" if isinstance(value, list) else value or "" for value in values]
    return {"when": when, "asked": asked, "known": known, "today": conditions.current_day(answers).isoformat()}


def _build_field(definition: dict, context: FormContext, prefix: str, here: dict[str, dict]) -> FormField:
    name, kind = prefix + definition["key"], definition["type"]
    value = context.raw.get(name)
    box = FormField(definition, name, autocomplete=AUTOCOMPLETE.get(name, "off"))
    box.error, box.warning = context.errors.get(name, ""), context.warnings.get(name, "")
    if kind == "group":
        _build_rows(box, context, here)
    elif kind == "date":
        box.value = _date_text(name, value, context.raw)
    elif kind in ("choice", "village", "yesno"):
        box.options = _options(definition, context)
        box.value = str(value or ("" if prefix or context.open_keys is not None else _default(box)))
    elif kind in missing_number.NAMES:
        box.options = _options(definition, context) if definition.get("options") else []
        typed = [str(context.raw.get(name + part) or "") for part in missing_number.PARTS]
        box.reason, box.detail = typed[1:] if any(typed[1:]) else missing_number.reason_of(value)
        box.value = missing_number.number_of(value)
        box.encoded = _encoded(definition, prefix) if kind == "nik" else {}
    else:
        box.value = "" if value is None else str(value)
        box.value = dates.format_time(box.value) if kind == "time" else box.value
    return box


def _default(box: FormField) -> str:
    """Return the option that is chosen beforehand; of a counter's villages the only one."""
    only = box.options[0][0] if box.definition["type"] == "village" and len(box.options) == 1 else ""
    return box.definition.get("default") or only


def _options(definition: dict, context: FormContext) -> list[tuple[str, str]]:
    if definition["type"] == "village":
        at_home = definition.get("subject") == "village" and context.home_villages is not None
        return list((context.home_villages or {}).items() if at_home else context.villages.items())
    if definition["type"] == "yesno":
        return [("ya", _("Ya")), ("tidak", _("Tidak"))]
    return [(code, filters.localized(label)) for code, label in definition["options"]]


def _encoded(definition: dict, prefix: str) -> dict[str, str]:
    """Return the names of the controls that get what this NIK encodes, and whether it is an adult's."""
    checks = definition.get("checks") or {}
    named = {"birth": checks.get("birth_date"), "sex": checks.get("sex")}
    found = {word: prefix + key for word, key in named.items() if key not in (None, "1", "2")}
    return found | ({"adult": "1"} if found and derived_answers.is_adult(definition["key"]) else {})


def _date_text(name: str, value: Any, raw: Mapping) -> str:
    """Return a date as it is written in one line, also one that was typed into three boxes."""
    boxes = [str(raw.get(f"{name}-{part}") or "") for part in "dmy"]
    if any(boxes):
        return "-".join(boxes)
    return "-".join(dates.split_date(str(value or "")) or [str(value or "")])


def _build_rows(box: FormField, context: FormContext, here: dict[str, dict]) -> None:
    """Build a group's rows, and an empty one if there is none or another was requested."""
    group = box.definition
    flat, numbers = fields.group_rows(group, _typed_or_saved(group, context.raw))
    most = group.get("max_items") or fields.MAX_ROWS
    if (not numbers or context.more == group["key"]) and len(numbers) < most:
        numbers = [*numbers, str(max((int(number) for number in numbers), default=-1) + 1)]
    inner, known = replace(context, raw=flat, more=""), here | _by_key(group["item"])
    box.rows = [_build_fields(group["item"], inner, f"{box.name}-{number}-", known) for number in numbers]
    box.row_numbers = numbers


def _typed_or_saved(group: dict, raw: Mapping) -> Mapping:
    """Drop a group's saved rows where rows were typed, so that they don't appear twice."""
    typed = any(name.startswith(f"{group['key']}-") for name in raw)
    return {name: value for name, value in raw.items() if name != group["key"]} if typed else raw


def _by_key(definitions: list[dict]) -> dict[str, dict]:
    return {definition["key"]: definition for definition in definitions}
