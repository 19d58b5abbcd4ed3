"""Kinds of documents made here, as data: schema, validation, and composing one from answers; draws and saves nothing.

A template is a list of parts: a text with {placeholders}, rows of fields, or a table. `{key|filter}` prints a field
another way (FILTERS); what stands in [brackets] is left out where a placeholder in it is empty. `from` of a field lists
keys of answers, as in `catalogue.statements`. Place, date, signer and QR code belong to the signature block.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

from babel.dates import format_date
from num2words import num2words

from catalogue import conditions, fields, missing_number, schema, statements
from catalogue.condition_checks import validate_applicable
from catalogue.schema import InvalidDefinition, part_path, validate
from models import DocumentTemplate

FOLDER = Path(__file__).resolve().parent.parent / "seed" / "dokumen"
CODE_PATTERN = re.compile(r"[A-Z0-9]{1,20}([.-][A-Z0-9]{1,20}){0,4}")
PLACEHOLDER = re.compile(r"{([a-z0-9_]*)(?:\|([a-z]+))?}")
OPTIONAL_TEXT = re.compile(r"\[([^\[\]]*)\]")
LAYOUTS = {"deed": "Kutipan akta", "note": "Catatan pinggir", "letter": "Surat"}
SIGNERS = {"registrar": "Pejabat Pencatatan Sipil", "office": "Jabatan penanda tangan"}
STYLES = ("plain", "lead", "name", "note")
FIXED = ("nomor", "kantor", "kabupaten", "provinsi", "tempat", "kepala", "layanan", "untuk")
PERSONS = ("subjek_nik", "pemohon_nik")
FACT_TYPES = ("name", "date")  # of a table's columns, and of what SIAK's draft shows: told at the verification

CODE = (lambda value: isinstance(value, str) and len(value) <= 30 and CODE_PATTERN.fullmatch(value), "kode")
TEMPLATE = {
    "code": (CODE, schema.REQUIRED),
    "layout": (schema.choice_rule(*LAYOUTS), schema.REQUIRED),
    "title": (schema.TEXT, schema.REQUIRED),
    "title_en": (schema.TEXT, None),
    "heads": (schema.TEXT_LIST, []),  # lines above the title
    "signer": (schema.choice_rule(*SIGNERS), "office"),
    "ask_office": (schema.TEXT_LIST, []),  # what the office has to settle; read by officers only
    "fields": (schema.TABLES, schema.REQUIRED),
    "parts": (schema.TABLES, schema.REQUIRED),
}
FIELD = {
    "key": (schema.REQUIRED_KEY, schema.REQUIRED),
    "label": (schema.TEXT, schema.REQUIRED),
    "type": (schema.choice_rule("text", "name", "nik", "kk", "date", "number"), "text"),
    "from": (schema.TEXT_LIST, schema.REQUIRED),
    "required": (schema.BOOLEAN, False),  # without it the document isn't made here
    "fact": (schema.BOOLEAN, False),  # shown at the verification to who knows the end of a NIK
    "when": (schema.TABLE, None),  # over the service's answers
}
PART = {
    "text": (schema.TEXT, schema.REQUIRED),
    "en": (schema.TEXT, None),
    "style": (schema.choice_rule(*STYLES), "plain"),
    "rows": (schema.TEXT_LIST, []),  # keys of fields, printed as label and value
    "table": (schema.TEXT_LIST, []),  # keys of groups, the first with rows fills the table
    "columns": (schema.LIST, []),
    "when": (schema.TABLE, None),  # over the template's fields and the service's answers
    "about": (schema.TEXT, None),  # of which case it is, for the office's screen
}
COLUMN = {name: FIELD[name] for name in ("label", "type", "from")}


class MissingContent(Exception):
    """The answers lack what a document can't be without; `labels` name it."""

    def __init__(self, labels: Iterable[str]):
        self.labels = [*dict.fromkeys(labels)]
        super().__init__(", ".join(self.labels))


# Validation


def validate_template(raw: dict, where: str = "bentuk dokumen") -> dict:
    """Validate a template; returns it with defaults filled in, or raises InvalidDefinition."""
    found = validate(raw, TEMPLATE, where)
    found["fields"] = [validate_applicable(one, FIELD, part_path(where, "isian", one)) for one in found["fields"]]
    found["parts"] = [_validate_part(part, where) for part in found["parts"]]
    schema.refuse_duplicate_keys(found["fields"], where, "isian")
    known = {field["key"] for field in found["fields"]}
    if unknown := sorted({key for part in found["parts"] for key in part["rows"]} - known):
        raise InvalidDefinition(f"{where}: “rows” menyebut isian yang tidak ada: {', '.join(unknown)}")
    for text in texts_of(found):
        if fault := text_error(found, text):
            raise InvalidDefinition(f"{where}: “{text[:60]}”: {fault}")
    return found


def _validate_part(raw: dict, where: str) -> dict:
    part = validate_applicable(raw, PART, f"{where} › bagian")
    part["columns"] = [validate(one, COLUMN, part_path(where, "kolom", one)) for one in part["columns"]]
    if bool(part["table"]) != bool(part["columns"]):
        raise InvalidDefinition(f"{where}: “table” dan “columns” harus ada keduanya")
    return part


def texts_of(template: Mapping) -> Iterator[str]:
    """Yield every text of a template that may have placeholders."""
    yield template["title"]
    yield from template["heads"]
    for part in template["parts"]:
        yield part["text"]
        if "en" in part:
            yield part["en"]


def text_error(template: Mapping, text: str) -> str:
    """Say in a sentence what is wrong with a text: empty, unknown words in braces, unpaired brackets; else ""."""
    if not text.strip():
        return "Teksnya masih kosong."
    used = PLACEHOLDER.findall(text)
    if unknown := sorted({name for name, _filter in used} - set(placeholders(template))):
        return f"Kata ini tidak dikenal: {', '.join(f'{{{name}}}' for name in unknown)}. Periksa ejaannya."
    if unknown := sorted({name for _key, name in used if name} - set(FILTERS)):
        return f"Cara cetak ini tidak dikenal: {', '.join(unknown)}. Yang ada: {', '.join(FILTERS)}."
    left = PLACEHOLDER.sub("", text)
    if "{" in left or "}" in left:
        return "Ada kurung kurawal tanpa pasangan, atau isinya bukan satu kata."
    left = OPTIONAL_TEXT.sub("", left)
    return "Ada kurung siku tanpa pasangan." if "[" in left or "]" in left else ""


def placeholders(template: Mapping) -> list[str]:
    """Return the placeholders that the texts of a template may have."""
    return [*(field["key"] for field in template["fields"]), *FIXED]


def caption(part: Mapping) -> str:
    """Say in words of which case a part is, and what stands below its text."""
    return "; ".join(filter(None, (part.get("about"), ", ".join(one["label"] for one in part["columns"]))))


def read_template(path: Path) -> dict:
    """Read a template from its TOML file; raises InvalidDefinition if it isn't valid."""
    return validate_template(schema.parse_toml(path.read_text(encoding="utf-8"), path.name), path.name)


@cache
def titles() -> dict[str, str]:
    """Return the shipped titles of all templates by code."""
    return {path.stem: read_template(path)["title"] for path in sorted(FOLDER.glob("*.toml"))}


def stored(code: str) -> dict | None:
    """Return the template with this code as the office words it now."""
    row = DocumentTemplate.get_or_none(DocumentTemplate.code == code)
    return row and row.body


# Composing


class _Filling:
    """The fields of one document: what is printed, by key, and the clean values behind it."""

    def __init__(self, template: Mapping, form_fields: Iterable[dict], answers: Mapping, villages: Mapping):
        self.known = statements.known_answers(form_fields, answers)
        self.villages = villages
        self.values = {key: value for key, (_field, value) in self.known.items()}
        self.shown: dict[str, str] = {}
        self.asked: dict[str, str] = {}  # the answers' keys
        for field in template["fields"]:
            if conditions.is_met(field.get("when"), self.values) and (found := self._find(field["from"])):
                self.asked[field["key"]], (asked, value) = found
                self.shown[field["key"]] = fields.printed(asked, value, villages)
        own = {key: self.values[asked] for key, asked in self.asked.items()}
        self.values = {**self.values, **dict.fromkeys((one["key"] for one in template["fields"]), None), **own}

    def _find(self, keys: Iterable[str]) -> tuple[str, tuple[dict, Any]] | None:
        found = ((key, self.known[key]) for key in keys if key in self.known)
        return next((pair for pair in found if not missing_number.is_missing(pair[1][1])), None)

    def render(self, text: str, words: Mapping[str, str]) -> str:
        """Fill a text; raises MissingContent where a placeholder outside brackets is empty."""
        out = []
        for number, piece in enumerate(OPTIONAL_TEXT.split(text)):
            used = PLACEHOLDER.findall(piece)
            lacking = [key for key, _filter in used if not (words[key] if key in FIXED else self.shown.get(key))]
            if lacking and number % 2 == 0:
                raise MissingContent(lacking)
            if not lacking:
                out.append(PLACEHOLDER.sub(lambda match: self._fill(match, words), piece))
        return re.sub(r" {2,}", " ", "".join(out)).strip()

    def _fill(self, match: re.Match, words: Mapping[str, str]) -> str:
        key, name = match.groups()
        printed, value = (words[key], None) if key in FIXED else (self.shown[key], self.values.get(key))
        return FILTERS[name](printed, value) if name else printed


def compose(
    template: Mapping, form_fields: Iterable[dict], answers: Mapping, villages: Mapping, words: Mapping[str, str]
) -> dict:
    """Return a document as it is printed: titles, blocks, facts, and whose NIKs end how.

    `words` are the values of the FIXED placeholders. Raises MissingContent where a required field isn't answered.
    """
    filling = _Filling(template, form_fields, answers, villages)
    labels = {field["key"]: field["label"] for field in template["fields"]}
    if lacking := [one["label"] for one in template["fields"] if one["required"] and one["key"] not in filling.shown]:
        raise MissingContent(lacking)
    parts = [part for part in template["parts"] if conditions.is_met(part.get("when"), filling.values)]
    try:
        blocks = [block for part in parts for block in _blocks(part, filling, labels, words)]
        heads = [head for text in template["heads"] if (head := filling.render(text, words))]
        title = filling.render(template["title"], words)
    except MissingContent as missing:
        raise MissingContent(labels.get(key, key) for key in missing.labels) from None
    return {
        "layout": template["layout"], "title": title, "title_en": template.get("title_en", ""), "heads": heads,
        "signer": template["signer"], "blocks": blocks, "facts": [*_facts(template, filling), *_people(blocks)],
        "nik4": _endings(_niks(template, filling)), "printed": _printed_keys(template, filling),
    }  # fmt: skip


def sample(template: Mapping, words: Mapping[str, str]) -> dict:
    """Return a document of a template with all its parts, in which labels stand for the answers."""
    labels = {field["key"]: f"({field['label']})" for field in template["fields"]}
    printed = {**labels, **words}

    def render(text: str) -> str:
        return PLACEHOLDER.sub(lambda match: printed[match[1]], text.replace("[", "").replace("]", ""))

    blocks: list[dict] = []
    for part in template["parts"]:
        blocks.append({"kind": "text", "text": render(part["text"]), "style": part["style"]})
        blocks[-1] |= {"en": render(part["en"])} if "en" in part else {}
        if part["rows"]:
            rows = [[labels[key][1:-1], labels[key]] for key in part["rows"]]
            blocks.append({"kind": "rows", "rows": rows})
        if part["table"]:
            columns = [[one["label"], one["type"]] for one in part["columns"]]
            blocks.append({"kind": "table", "heads": columns, "rows": [[f"({label})" for label, _kind in columns]]})
    heads = [render(text) for text in template["heads"]]
    return {**template, "title": render(template["title"]), "heads": heads, "blocks": blocks}


def facts_of_siak(
    form_fields: Iterable[dict], answers: Mapping, printed: Iterable[str] | None, villages: Mapping
) -> dict:
    """Return facts, endings of NIKs and keys of a document whose draft SIAK made; `printed`: what it has to show."""
    known = statements.known_answers(form_fields, answers)
    keys = [key for key in printed or known if key in known and not missing_number.is_missing(known[key][1])]
    shown = [(known[key][0]["label"]["id"], fields.printed(*known[key], villages), known[key][0]) for key in keys]
    niks = [known[key][1] for key in keys if known[key][0]["type"] == "nik"]
    return {
        "facts": [[label, text] for label, text, field in shown if field["type"] in FACT_TYPES],
        "nik4": _endings(niks or [known[key][1] for key in PERSONS if key in known]),
        "printed": [key for key in keys if key in answers],
    }


def _blocks(part: Mapping, filling: _Filling, labels: Mapping, words: Mapping) -> Iterator[dict]:
    """Yield what a part prints: its text, then its rows, then its table; a table without rows has no text either."""
    table = _table(part, filling) if part["table"] else []
    rows = [[labels[key], filling.shown[key]] for key in part["rows"] if key in filling.shown]
    if (part["table"] and not table) or (part["rows"] and not rows):
        return
    block = {"kind": "text", "text": filling.render(part["text"], words), "style": part["style"]}
    yield block | ({"en": filling.render(part["en"], words)} if "en" in part else {})
    if rows:
        yield {"kind": "rows", "rows": rows}
    if table:
        heads = [[column["label"], column["type"]] for column in part["columns"]]
        yield {"kind": "table", "heads": heads, "rows": table}


def _table(part: Mapping, filling: _Filling) -> list[list[str]]:
    """Return the rows of the first group that has some, each once; empty cells are "–"."""
    group = next((filling.known[key] for key in part["table"] if key in filling.known), None)
    if group is None:
        return []
    items = {item["key"]: item for item in group[0]["item"]}
    found = []
    for row in group[1]:
        known = {key: value for key, value in row.items() if key in items and not missing_number.is_missing(value)}
        shown = {key: fields.printed(items[key], value, filling.villages) for key, value in known.items()}
        cells = [next((shown[key] for key in one["from"] if shown.get(key)), "–") for one in part["columns"]]
        if cells not in found:
            found.append(cells)
    return found


def _facts(template: Mapping, filling: _Filling) -> list[list[str]]:
    shown = ((field, filling.shown.get(field["key"])) for field in template["fields"] if field["fact"])
    return [[field["label"], text] for field, text in shown if text]


def _people(blocks: list[dict]) -> Iterator[list[str]]:
    """Yield names and dates of the people in tables, a fact for each row."""
    for block in blocks:
        for number, row in enumerate(block["rows"] if block["kind"] == "table" else (), 1):
            kinds = (kind for _label, kind in block["heads"])
            told = [cell for cell, kind in zip(row, kinds, strict=True) if kind in FACT_TYPES and cell != "–"]
            if told:
                yield [f"Orang {number}", ", ".join(told)]


def _niks(template: Mapping, filling: _Filling) -> list:
    """Return the NIKs that a document is about: those of its fields, or of who applied."""
    keys = [field["key"] for field in template["fields"] if field["type"] == "nik"]
    return [filling.values[key] for key in keys if key in filling.shown] or [filling.values.get(key) for key in PERSONS]


def _endings(niks: Iterable) -> list[str]:
    return [*dict.fromkeys(str(nik)[-4:] for nik in niks if nik and not missing_number.is_missing(nik))]


def _printed_keys(template: Mapping, filling: _Filling) -> list[str]:
    """Return the keys of the answers that a draft of this kind, also one from SIAK, has to show: facts and tables."""
    told = (filling.asked.get(field["key"]) for field in template["fields"] if field["fact"])
    tables = (key for part in template["parts"] for key in part["table"] if key in filling.known)
    return [*dict.fromkeys(filter(None, (*told, *tables)))]


# How a placeholder is printed


def in_words(printed: str, value: Any) -> str:
    """Return a date or a whole number in Indonesian words; anything else as it is."""
    if re.fullmatch(r"\d{4}-\d{2}-\d{2}", str(value)):
        day = date.fromisoformat(value)
        return (
            f"{num2words(day.day, lang='id')} {format_date(day, 'MMMM', locale='id')} {num2words(day.year, lang='id')}"
        )
    return num2words(int(printed), lang="id") if printed.isdecimal() and len(printed) <= 9 else printed


def in_english(printed: str, value: Any) -> str:
    """Return a date in English; anything else as it is."""
    if re.fullmatch(r"\d{4}-\d{2}-\d{2}", str(value)):
        return format_date(date.fromisoformat(value), "d MMMM y", locale="en")
    return printed


FILTERS: dict[str, Callable[[str, Any], str]] = {
    "words": in_words,
    "english": in_english,
    "upper": lambda printed, _value: printed.upper(),
    "lower": lambda printed, _value: printed.lower(),
    "title": lambda printed, _value: printed.title(),
    "silent": lambda _printed, _value: "",  # only says in brackets that there is an answer
    "sentence": lambda printed, _value: printed[:1].upper() + printed[1:],
}
