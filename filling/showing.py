"""An application's fields as its pages show them: value, sentences, condition, rows; it reads no request."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from flask_babel import gettext as _

import templating
from intake import dates, fields

FEW = 6  # options that are shown as buttons; more become a list
AUTOCOMPLETE = {"pemohon_nama": "name", "pemohon_email": "email", "pemohon_hp": "tel"}


@dataclass
class Box:
    """One field on a page."""

    part: dict
    name: str  # of the control; the id of its first control
    value: str = ""
    options: list[tuple[str, str]] = field(default_factory=list)
    day: list[str] = field(default_factory=list)  # day, month and year as typed
    rows: list[list["Box"]] = field(default_factory=list)
    numbers: list[str] = field(default_factory=list)  # of the rows
    error: str = ""
    warning: str = ""
    when: str = ""  # in words, while the answer may still change on this page
    when_name: str = ""  # the control on which it depends
    when_values: str = ""
    autocomplete: str = "off"

    @property
    def kind(self) -> str:
        """Which piece of form it is."""
        if self.part["type"] in ("choice", "yesno"):
            return "buttons" if len(self.options) <= FEW else "list"
        return {"village": "list", "date": "date", "group": "group", "long": "long"}.get(self.part["type"], "line")

    @property
    def described(self) -> str:
        """The ids of its hint, error and warning, for aria-describedby."""
        texts = {"hint": self.part.get("hint") or self.when, "error": self.error, "warning": self.warning}
        return " ".join(f"{self.name}-{word}" for word, text in texts.items() if text)


@dataclass
class Sight:
    """What a page knows while it lays out its fields."""

    raw: Mapping  # as typed, or as saved
    known: Mapping  # clean answers of the whole application
    names: Mapping  # of the villages
    errors: Mapping = field(default_factory=dict)
    warnings: Mapping = field(default_factory=dict)
    more: str = ""  # the group that gets one more row
    only: frozenset[str] | None = None  # while a return is corrected: the fields that fell short
    homes: Mapping | None = None  # the villages in which the resident may live, where they are not all


def boxes(parts: Iterable[dict], sight: Sight) -> list[Box]:
    """The fields of a section that apply, or may yet apply."""
    parts = list(parts)
    return _laid_out(parts, sight, "", {part["key"]: part for part in parts})


def parts(section: dict, sight: Sight) -> list[tuple[dict, list[Box]]]:
    """The sections that stand on one page, each with its fields."""
    laid = {box.name: box for box in boxes(section["fields"], sight)}
    homes = [(part, [field["key"] for field in part["fields"]]) for part in section["parts"]]
    return [(part, [laid[key] for key in keys_of if key in laid]) for part, keys_of in homes]


def _laid_out(parts: list[dict], sight: Sight, prefix: str, here: dict[str, dict]) -> list[Box]:
    out = []
    for part in parts:
        when = part.get("when")
        asked_here = when and when["field"] in here and (sight.only is None or when["field"] in sight.only)
        if sight.only is not None and not prefix and part["key"] not in sight.only:
            continue
        if when and not asked_here and not fields.shown(part, sight.known):
            continue
        box = _box(part, sight, prefix, here)
        if when and asked_here:
            box.when = in_words(when, here)
            inside = bool(prefix) and when["field"] in {other["key"] for other in parts}
            box.when_name = (prefix if inside else "") + when["field"]
            box.when_values = "|".join(when["is"])
        out.append(box)
    return out


def _box(part: dict, sight: Sight, prefix: str, here: dict[str, dict]) -> Box:
    name = prefix + part["key"]
    value = sight.raw.get(name)
    box = Box(part, name, autocomplete=AUTOCOMPLETE.get(name, "off"))
    box.error, box.warning = sight.errors.get(name, ""), sight.warnings.get(name, "")
    if part["type"] == "group":
        _lay_rows(box, sight, here)
    elif part["type"] == "date":
        box.day = _day(name, value, sight.raw)
    elif part["type"] in ("choice", "village", "yesno"):
        box.options, box.value = _options(part, sight), str(value or "")
    else:
        box.value = "" if value is None else str(value)
        box.value = dates.shown_time(box.value) if part["type"] == "time" else box.value
    return box


def _options(part: dict, sight: Sight) -> list[tuple[str, str]]:
    if part["type"] == "village":
        home = part.get("subject") == "village" and sight.homes is not None
        return list((sight.homes or {}).items() if home else sight.names.items())
    if part["type"] == "yesno":
        return [("ya", _("Ya")), ("tidak", _("Tidak"))]
    return [(code, templating.text(label)) for code, label in part["options"]]


def _day(name: str, value: Any, raw: Mapping) -> list[str]:
    typed = [str(raw.get(f"{name}-{part}") or "") for part in "dmy"]
    if any(typed) or not value:
        return typed
    return dates.parts_of(str(value)) or [str(value), "", ""]


def _lay_rows(box: Box, sight: Sight, here: dict[str, dict]) -> None:
    """The rows that were written, and an empty one where there is none yet or one more was asked for."""
    flat, numbers = fields.rows_of(box.part, _typed_or_saved(box.part, sight.raw))
    most = box.part.get("max_items") or fields.MOST_ROWS
    if (not numbers or sight.more == box.part["key"]) and len(numbers) < most:
        numbers = [*numbers, str(max((int(number) for number in numbers), default=-1) + 1)]
    seen = Sight(flat, sight.known, sight.names, sight.errors, sight.warnings, only=sight.only, homes=sight.homes)
    for number in numbers:
        box.rows.append(_laid_out(box.part["item"], seen, f"{box.name}-{number}-", here | _keyed(box.part["item"])))
    box.numbers = numbers


def _typed_or_saved(part: dict, raw: Mapping) -> Mapping:
    """A group's rows as they were typed, if any were; the saved ones beside them would come twice."""
    typed = any(name.startswith(f"{part['key']}-") for name in raw)
    return {name: value for name, value in raw.items() if name != part["key"]} if typed else raw


def _keyed(parts: list[dict]) -> dict[str, dict]:
    return {part["key"]: part for part in parts}


def in_words(when: dict, asked: dict[str, dict]) -> str:
    """A condition as people read it: Hanya jika Keadaan orang tua anak: Menikah, belum punya akta."""
    part = asked.get(when["field"])
    if part is None:
        return ""
    options = {code: templating.text(label) for code, label in part.get("options", ())}
    options = options or {"ya": _("Ya"), "tidak": _("Tidak")}
    others = [code for code in options if code not in when["is"]]
    most = len(others) < len(when["is"]) and others
    listed = _(" atau ").join(options.get(code, code) for code in (others if most else when["is"]))
    label = templating.text(part["label"])
    if most:
        return _("Tidak perlu jika %(label)s: %(listed)s.", label=label, listed=listed)
    return _("Hanya jika %(label)s: %(listed)s.", label=label, listed=listed)
