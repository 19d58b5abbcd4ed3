"""Diff of two editions of a service's definition, in words that an officer reads; it changes nothing."""

from collections.abc import Callable
from dataclasses import dataclass, field

from catalogue import applicant_section, condition_text, definition_parts
from catalogue.labels import CHECKS, LABELS, PART_KINDS, VALUE_LABELS, part_title
from lib.i18n import format_number


@dataclass(frozen=True)
class ValueChange:
    """A value that differs in a part."""

    label: str
    before: str
    after: str


@dataclass
class PartChange:
    """A part that was added, removed, changed or moved."""

    tone: str  # good | bad | warn
    word: str
    name: str
    details: list[ValueChange] = field(default_factory=list)


def compare(old: dict, new: dict) -> list[tuple[str, list[PartChange]]]:
    """Return (heading, changes) of the service itself, then of each kind of its parts; only where there are changes."""
    diff = _DiffBuilder(old, new)
    found = [("Layanan", diff.facts())]
    for kind in definition_parts.PART_KINDS:
        heading = {"sections": "Bagian isian"}.get(kind, PART_KINDS[kind])
        found.append((heading, diff.parts(kind, old.get(kind, []), new.get(kind, []))))
    found.append(("Isian", diff.parts("fields", definition_parts.all_fields(old), definition_parts.all_fields(new))))
    return [(heading, changes) for heading, changes in found if changes]


class _DiffBuilder:
    """The changes between two definitions; the labels of both name the fields that values refer to."""

    def __init__(self, old: dict, new: dict):
        self.old, self.new = old, new
        self.labels = _labels_by_key(old) | _labels_by_key(new)

    def facts(self) -> list[PartChange]:
        details = self.details("", self.old, self.new, definition_parts.PART_KINDS)
        tone, word = ("warn", "Berubah") if self.old else ("good", "Baru")
        return [PartChange(tone, word, "Keterangan umum", details)] if details else []

    def parts(self, kind: str, old: list[dict], new: list[dict]) -> list[PartChange]:
        before, after = ({part["key"]: part for part in parts} for parts in (old, new))
        removed = [PartChange("bad", "Dihapus", part_title(part)) for key, part in before.items() if key not in after]
        added = [
            PartChange("good", "Baru", part_title(part), self.details_of_new(kind, part) if self.old else [])
            for key, part in after.items()
            if key not in before
        ]
        changed = [
            PartChange("warn", "Berubah", part_title(after[key]), details)
            for key in after
            if key in before and (details := self.details_of_changed(kind, before[key], after[key]))
        ]
        names = _reordered_titles(before, after)
        moved = [PartChange("warn", "Pindah urutan", ", ".join(names))] if names else []
        return [*added, *changed, *removed, *moved]

    def details_of_changed(self, kind: str, old: dict, new: dict) -> list[ValueChange]:
        details = self.details(kind, old, new, ("key", "fields"))
        if kind != "fields":
            return details
        was, now = (definition_parts.parent_key(body, kind, new["key"]) for body in (self.old, self.new))
        moved = [ValueChange("Bagian", self.label(was), self.label(now))] if was != now else []
        return details + moved

    def details_of_new(self, kind: str, part: dict) -> list[ValueChange]:
        return self.details(kind, {}, part, ("key", "fields", "name", "label", "title"))

    def details(self, kind: str, old: dict, new: dict, ignored: tuple) -> list[ValueChange]:
        keys = [key for key in LABELS if key not in ignored and (key in old or key in new)]
        texts = [(key, self.text(kind, key, old), self.text(kind, key, new)) for key in keys]
        return [ValueChange(LABELS[key], was, now) for key, was, now in texts if was != now]

    def text(self, kind: str, key: str, part: dict) -> str:
        """Format a value of a part as people read it."""
        value = part.get(key)
        if key in DEFAULT_TEXTS and part and not value:
            return DEFAULT_TEXTS[key]
        if value in (None, "", [], {}, False) or (key == "max_items" and part["type"] != "group"):
            return ""
        if key in FORMATTERS:
            return FORMATTERS[key](self, value)
        value_labels = VALUE_LABELS.get((kind, key), {})
        if isinstance(value, dict):
            return value["id"] + (f"\nInggris: {value['en']}" if value.get("en") else "")
        if isinstance(value, list):
            return "\n".join(map(str, value))
        if value is True:
            return "Ya"
        return value_labels.get(str(value), format_number(value) if isinstance(value, int) else str(value))

    def condition(self, when: dict) -> str:
        fields = {field["key"]: field for body in (self.old, self.new) for field in reversed(_all_fields(body))}
        if "is" not in when or when["field"] not in fields:
            return condition_text.sentence(when, applicant_section.fields_of(self.new) | fields)
        options = dict(definition_parts.choice_options(fields[when["field"]]))
        return f"{self.label(when['field'])}: {' atau '.join(options.get(code, code) for code in when['is'])}"

    def checks(self, checks: dict) -> str:
        lines = []
        for key, value in checks.items():
            other = {"1": "laki-laki", "2": "perempuan", "True": ""}.get(str(value), self.labels.get(value, ""))
            lines.append(f"{CHECKS[key]} {other}".strip())
        return "\n".join(lines)

    def label_list(self, keys: list[str]) -> str:
        return ", ".join(map(self.label, keys))

    def label(self, key: str) -> str:
        return self.labels.get(key, key)

    def options(self, pairs: list) -> str:
        return "\n".join(f"{code} = {_bilingual(label)}" for code, label in pairs)

    def leads(self, leads: list[dict] | dict) -> str:
        several = [leads] if isinstance(leads, dict) else leads
        return "\n".join(f"{one['code']}: {_bilingual(one['text'])}" for one in several)

    def items(self, fields: list[dict]) -> str:
        rows = (self.details("fields", {}, field, ("key", "label")) for field in fields)
        texts = ("; ".join(f"{detail.label.lower()}: {detail.after}" for detail in row) for row in rows)
        return "\n".join(f"{part_title(field)} ({text})" for field, text in zip(fields, texts, strict=True))


DEFAULT_TEXTS = {"prints": "semua isian", "reasons": "semua alasan"}  # an absent value means all
FORMATTERS: dict[str, Callable[[_DiffBuilder, object], str]] = {
    "when": _DiffBuilder.condition,  # type: ignore[dict-item]
    "checks": _DiffBuilder.checks,  # type: ignore[dict-item]
    "prints": _DiffBuilder.label_list,  # type: ignore[dict-item]
    "field": _DiffBuilder.label,  # type: ignore[dict-item]
    "holder": _DiffBuilder.label,  # type: ignore[dict-item]
    "options": _DiffBuilder.options,  # type: ignore[dict-item]
    "item": _DiffBuilder.items,  # type: ignore[dict-item]
    "part_of": _DiffBuilder.leads,  # type: ignore[dict-item]
    "leads": _DiffBuilder.leads,  # type: ignore[dict-item]
}


def _bilingual(label: dict) -> str:
    return label["id"] + (f" / {label['en']}" if label.get("en") else "")


def _all_fields(body: dict) -> list[dict]:
    fields = definition_parts.all_fields(body)
    return fields + [item for field in fields for item in field.get("item") or ()]


def _labels_by_key(body: dict) -> dict[str, str]:
    return {part["key"]: part_title(part) for part in [*body.get("sections", ()), *reversed(_all_fields(body))]}


def _reordered_titles(before: dict, after: dict) -> list[str]:
    """Return the titles of the parts whose order changed among those that stayed."""
    was, now = [key for key in before if key in after], [key for key in after if key in before]
    stayed = set(_longest_common_order(was, now))
    return [part_title(after[key]) for key in now if key not in stayed]


def _longest_common_order(was: list[str], now: list[str]) -> list[str]:
    """Return the longest common subsequence of two orders of the same keys."""
    place = {key: n for n, key in enumerate(was)}
    best: list[list[str]] = []
    for key in now:
        longest = max((keys for keys in best if place[keys[-1]] < place[key]), key=len, default=[])
        best.append([*longest, key])
    return max(best, key=len, default=[])
