"""Diff of two editions of a service's definition, in words that an officer reads; it changes nothing."""

from collections.abc import Callable
from dataclasses import dataclass, field

from intake import outline
from intake.labels import CHECKS, LABELS, PART_KINDS, VALUE_LABELS, part_title
from language import thousands


@dataclass(frozen=True)
class Detail:
    """A value that differs in a part."""

    label: str
    before: str
    after: str


@dataclass
class Change:
    """A part that was added, removed, changed or moved."""

    tone: str  # good | bad | warn
    word: str
    name: str
    details: list[Detail] = field(default_factory=list)


def compare(old: dict, new: dict) -> list[tuple[str, list[Change]]]:
    """Return (heading, changes) of the service itself, then of each kind of its parts; only where there are changes."""
    diff = _Teller(old, new)
    found = [("Layanan", diff.facts())]
    for kind in outline.PARTS:
        heading = {"sections": "Bagian isian"}.get(kind, PART_KINDS[kind])
        found.append((heading, diff.parts(kind, old.get(kind, []), new.get(kind, []))))
    found.append(("Isian", diff.parts("fields", outline.fields_of(old), outline.fields_of(new))))
    return [(heading, changes) for heading, changes in found if changes]


class _Teller:
    """The changes between two definitions; the labels of both name the fields that values refer to."""

    def __init__(self, old: dict, new: dict):
        self.old, self.new = old, new
        self.labels = _labels(old) | _labels(new)

    def facts(self) -> list[Change]:
        details = self.details("", self.old, self.new, outline.PARTS)
        tone, word = ("warn", "Berubah") if self.old else ("good", "Baru")
        return [Change(tone, word, "Keterangan umum", details)] if details else []

    def parts(self, kind: str, old: list[dict], new: list[dict]) -> list[Change]:
        before, after = ({part["key"]: part for part in parts} for parts in (old, new))
        removed = [Change("bad", "Dihapus", part_title(part)) for key, part in before.items() if key not in after]
        added = [
            Change("good", "Baru", part_title(part), self.details_of_new(kind, part) if self.old else [])
            for key, part in after.items()
            if key not in before
        ]
        changed = [
            Change("warn", "Berubah", part_title(after[key]), details)
            for key in after
            if key in before and (details := self.details_of_changed(kind, before[key], after[key]))
        ]
        moved = [Change("warn", "Pindah urutan", ", ".join(names))] if (names := _moved(before, after)) else []
        return [*added, *changed, *removed, *moved]

    def details_of_changed(self, kind: str, old: dict, new: dict) -> list[Detail]:
        details = self.details(kind, old, new, ("key", "fields"))
        if kind != "fields":
            return details
        was, now = (outline.home_of(body, kind, new["key"]) for body in (self.old, self.new))
        moved = [Detail("Bagian", self.label(was), self.label(now))] if was != now else []
        return details + moved

    def details_of_new(self, kind: str, part: dict) -> list[Detail]:
        return self.details(kind, {}, part, ("key", "fields", "name", "label", "title"))

    def details(self, kind: str, old: dict, new: dict, ignored: tuple) -> list[Detail]:
        keys = [key for key in LABELS if key not in ignored and (key in old or key in new)]
        texts = [(key, self.text(kind, key, old), self.text(kind, key, new)) for key in keys]
        return [Detail(LABELS[key], was, now) for key, was, now in texts if was != now]

    def text(self, kind: str, key: str, part: dict) -> str:
        """Format a value of a part as people read it."""
        value = part.get(key)
        if key in ALL_OF and part and not value:
            return ALL_OF[key]
        if value in (None, "", [], {}, False) or (key == "max_items" and part["type"] != "group"):
            return ""
        if key in SAYS:
            return SAYS[key](self, value)
        value_labels = VALUE_LABELS.get((kind, key), {})
        if isinstance(value, dict):
            return value["id"] + (f"\nInggris: {value['en']}" if value.get("en") else "")
        if isinstance(value, list):
            return "\n".join(map(str, value))
        if value is True:
            return "Ya"
        return value_labels.get(str(value), thousands(value) if isinstance(value, int) else str(value))

    def condition(self, when: dict) -> str:
        fields = (field for body in (self.new, self.old) for field in _all(body))
        asked = next((field for field in fields if field["key"] == when["field"]), None)
        options = dict(outline.answers_of(asked)) if asked else {}
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
        return "\n".join(f"{code} = {_both(label)}" for code, label in pairs)

    def items(self, fields: list[dict]) -> str:
        rows = (self.details("fields", {}, field, ("key", "label")) for field in fields)
        texts = ("; ".join(f"{detail.label.lower()}: {detail.after}" for detail in row) for row in rows)
        return "\n".join(f"{part_title(field)} ({text})" for field, text in zip(fields, texts, strict=True))


ALL_OF = {"prints": "semua isian", "reasons": "semua alasan"}  # an absent value means all
SAYS: dict[str, Callable[[_Teller, object], str]] = {
    "when": _Teller.condition,  # type: ignore[dict-item]
    "checks": _Teller.checks,  # type: ignore[dict-item]
    "prints": _Teller.label_list,  # type: ignore[dict-item]
    "holder": _Teller.label,  # type: ignore[dict-item]
    "options": _Teller.options,  # type: ignore[dict-item]
    "item": _Teller.items,  # type: ignore[dict-item]
}


def _both(label: dict) -> str:
    return label["id"] + (f" / {label['en']}" if label.get("en") else "")


def _all(body: dict) -> list[dict]:
    fields = outline.fields_of(body)
    return fields + [item for field in fields for item in field.get("item") or ()]


def _labels(body: dict) -> dict[str, str]:
    return {part["key"]: part_title(part) for part in [*body.get("sections", ()), *reversed(_all(body))]}


def _moved(before: dict, after: dict) -> list[str]:
    """Return the titles of the parts whose order changed among those that stayed."""
    was, now = [key for key in before if key in after], [key for key in after if key in before]
    stayed = set(_longest(was, now))
    return [part_title(after[key]) for key in now if key not in stayed]


def _longest(was: list[str], now: list[str]) -> list[str]:
    """Return the longest common subsequence of two orders of the same keys."""
    place = {key: n for n, key in enumerate(was)}
    best: list[list[str]] = []
    for key in now:
        longest = max((keys for keys in best if place[keys[-1]] < place[key]), key=len, default=[])
        best.append([*longest, key])
    return max(best, key=len, default=[])
