"""Official statements (F-2.03, …) as data: schema, validation, and which answers fill one; draws and saves nothing.

A statement is a list of parts: a text with {placeholders}, fields, or a table; a placeholder is the key of a field.
`from` of a field lists keys of answers, of which the first that is there fills it. Besides the service's own keys
there are `pemohon_…` and `subjek_…`: facts about the applicant and the person concerned, wherever they were asked.
"""

import re
from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path
from typing import Any

from catalogue import conditions, fields, schema
from catalogue.applicant_section import CHILD, THE_PERSON
from catalogue.condition_checks import validate_applicable
from catalogue.schema import InvalidDefinition, part_path, validate
from models import Statement

FOLDER = Path(__file__).resolve().parent.parent / "seed" / "pernyataan"
CODE_PATTERN = re.compile(r"[A-Z0-9]{1,10}([.-][A-Z0-9]{1,10}){0,3}")
PLACEHOLDER = re.compile(r"{([^{}]*)}")
MAX_STAMP_DUTY = 1_000_000
WHO = ("applicant", "other", "witness")
FIXED = ("layanan", "kantor")  # placeholders that every text may have: names of the service and of the office
TYPES = ("text", "name", "nik", "kk", "date")
APPLICANT, SUBJECT = "pemohon_", "subjek_"  # prefixes of facts about a person
SUBJECT_FACTS = {"name": "nama", "nik": "nik", "birth_date": "tanggal_lahir", "village": "desa"}
FACTS = (
    "nama", "nik", "no_kk", "tempat_lahir", "tanggal_lahir", "kewarganegaraan", "paspor", "pekerjaan", "alamat", "desa",
)  # fmt: skip
HOUSEHOLD = ("alamat", "desa")  # that the applicant shares with the person concerned, if they live together
SAME_HOUSEHOLD = (CHILD, "keluarga", "ibu", "ayah")
DOTS = "." * 34
Answer = tuple[dict, Any]  # a field of the service's form, and what was answered

CODE = (lambda value: isinstance(value, str) and len(value) <= 20 and CODE_PATTERN.fullmatch(value), "kode")
STATEMENT = {
    "code": (CODE, schema.REQUIRED),
    "name": (schema.LABEL, schema.REQUIRED),
    "title": (schema.TEXT, schema.REQUIRED),
    "legal": (schema.TEXT, schema.REQUIRED),
    "parts": (schema.TABLES, schema.REQUIRED),
    "signers": (schema.TABLES, schema.REQUIRED),
    "stamp_duty": (schema.number_rule(MAX_STAMP_DUTY), 0),  # rupiah; 0: no stamp
    "note": (schema.BILINGUAL, None),  # what its signers should know, beside the download
    "ask_office": (schema.TEXT_LIST, []),  # what the office has to settle; read by officers only
}
PART = {
    "text": (schema.TEXT, schema.REQUIRED),
    "fields": (schema.LIST, []),
    "table": (schema.TEXT_LIST, []),  # keys of groups, the first with rows fills the table
    "columns": (schema.LIST, []),
    "blank_rows": (schema.number_rule(20, 1), 5),
    "when": (schema.TABLE, None),  # otherwise it is left out
    "about": (schema.TEXT, None),  # of which case it is, for the office's screen
}
FIELD = {
    "key": (schema.REQUIRED_KEY, schema.REQUIRED),
    "label": (schema.TEXT, None),  # absent: it only stands in a text or below a signature
    "type": (schema.choice_rule(*TYPES), "text"),
    "from": (schema.TEXT_LIST, []),  # empty: written by hand
    "blank": (schema.TEXT, None),  # what stands in a text in its place
    "when": (schema.TABLE, None),  # otherwise it is written by hand
    "required": (schema.BOOLEAN, False),  # it must be answered before the statement is signed on the screen
}
SIGNER = {
    "who": (schema.choice_rule(*WHO), schema.REQUIRED),
    "title": (schema.TEXT, schema.REQUIRED),
    "name": (schema.OPTIONAL_KEY, ""),  # keys of the statement's fields
    "nik": (schema.OPTIONAL_KEY, ""),
    "when": (schema.TABLE, None),  # otherwise this person doesn't sign
}


def validate_statement(raw: dict, where: str = "pernyataan") -> dict:
    """Validate a statement; returns it with defaults filled in, or raises InvalidDefinition."""
    found = validate(raw, STATEMENT, where)
    found["parts"] = [_validate_part(part, where) for part in found["parts"]]
    found["signers"] = [validate_applicable(one, SIGNER, f"{where} › penanda tangan") for one in found["signers"]]
    schema.refuse_duplicate_keys(all_fields(found), where, "isian")
    known = {field["key"] for field in all_fields(found)}
    named = {signer[what] for signer in found["signers"] for what in ("name", "nik")} - {""}
    if unknown := sorted(named - known):
        raise InvalidDefinition(f"{where}: penanda tangan menyebut isian yang tidak ada: {', '.join(unknown)}")
    for part in found["parts"]:
        if fault := text_error(found, part["text"]):
            raise InvalidDefinition(f"{where}: {fault}")
    return found


def _validate_part(raw: dict, where: str) -> dict:
    part = validate_applicable(raw, PART, f"{where} › bagian")
    for name in ("fields", "columns"):
        part[name] = [validate_applicable(one, FIELD, part_path(where, "isian", one)) for one in part[name]]
    if bool(part["table"]) != bool(part["columns"]):
        raise InvalidDefinition(f"{where}: “table” dan “columns” harus ada keduanya")
    return part


def text_error(statement: dict, text: str) -> str:
    """Say in a sentence what is wrong with a text: it is empty, or has placeholders that aren't known; else ""."""
    if not text.strip():
        return "Teksnya masih kosong."
    if unknown := sorted(set(PLACEHOLDER.findall(text)) - set(placeholders(statement))):
        names = ", ".join(f"{{{name}}}" for name in unknown)
        return f"Kata ini tidak dikenal: {names}. Periksa ejaannya."
    left = PLACEHOLDER.sub("", text)
    return "Ada kurung kurawal tanpa pasangan." if "{" in left or "}" in left else ""


def placeholders(statement: Mapping) -> list[str]:
    """Return the placeholders that the texts of a statement may have."""
    return [*(field["key"] for field in all_fields(statement)), *FIXED]


def all_fields(statement: Mapping) -> list[dict]:
    """Return the fields of a statement, without the columns of its tables."""
    return [field for part in statement["parts"] for field in part["fields"]]


def caption(part: Mapping) -> str:
    """Say in words of which case a part is, and what stands below its text."""
    labels = [one["label"] for one in (*part["fields"], *part["columns"]) if "label" in one]
    below = f"di bawahnya: {', '.join(labels)}" if labels else ""
    return "; ".join(filter(None, (part.get("about"), below)))


def read_statement(path: Path) -> dict:
    """Read a statement from its TOML file; raises InvalidDefinition if it isn't valid."""
    return validate_statement(schema.parse_toml(path.read_text(encoding="utf-8"), path.name), path.name)


@cache
def codes() -> frozenset[str]:
    """Return the codes of all statements that there are."""
    return frozenset(path.stem for path in FOLDER.glob("*.toml"))


def is_for_screen(statement: Mapping) -> bool:
    """Say whether a statement may be signed on the screen: the applicant alone signs it, without a duty stamp."""
    return not statement["stamp_duty"] and all(signer["who"] == "applicant" for signer in statement["signers"])


def stored(*wanted: str | None) -> dict[str, dict]:
    """Return the statements with these codes as the office words them now, by code; all of them without any."""
    rows = Statement.select().order_by(Statement.code)
    return {row.code: row.body for row in (rows.where(Statement.code.in_(wanted)) if wanted else rows)}


def of_requirements(requirements: Iterable[Mapping]) -> dict[str, dict]:
    """Return the statements that some requirements ask for, by code."""
    wanted = {one["statement"] for one in requirements if one.get("statement")}
    return stored(*sorted(wanted)) if wanted else {}


# Which answers fill a statement


def find_answers(statement: Mapping, form_fields: Iterable[dict], answers: Mapping) -> dict[str, Answer]:
    """Return the answers that a statement shows, by the key of its field or of the group in its table."""
    known = known_answers(form_fields, answers)
    facts = _facts_of(known)
    filled = {
        field["key"]: next((known[key] for key in field["from"] if key in known), None)
        for field in all_fields(statement)
        if conditions.is_met(field.get("when"), facts)
    }
    named = (key for part in statement["parts"] for key in part["table"] if key in known)
    groups = {key: known[key] for key in named if known[key][0]["type"] == "group"}
    return {key: answer for key, answer in filled.items() if answer} | groups


def missing_labels(statement: Mapping, found: Mapping[str, Answer]) -> list[str]:
    """Return the labels of what must be answered before a statement is signed on the screen."""
    return [one["label"] for one in all_fields(statement) if one["required"] and one["key"] not in found]


def _facts_of(known: Mapping[str, Answer]) -> dict[str, Any]:
    return {key: value for key, (_field, value) in known.items()}


def known_answers(form_fields: Iterable[dict], answers: Mapping) -> dict[str, Answer]:
    """Return what is answered by key, and by `pemohon_…` and `subjek_…` what was asked about these persons."""
    form_fields = list(form_fields)
    kept = fields.without_hidden({"sections": [{"fields": form_fields}]}, answers)
    asked = [one for one in form_fields if kept.get(one["key"])]
    known = {one["key"]: (one, kept[one["key"]]) for one in asked}
    named = next((key for key, (one, _value) in known.items() if one.get("subject") == "name"), "")
    ending = named.removeprefix("nama") if named.startswith("nama") else ""
    subject = _facts(known, "") | _facts(known, ending)
    subject |= {SUBJECT_FACTS[one["subject"]]: known[one["key"]] for one in asked if one.get("subject")}
    role = answers.get("pemohon_untuk", "")
    applicant = {fact: subject[fact] for fact in HOUSEHOLD if fact in subject and role in SAME_HOUSEHOLD}
    applicant |= subject if role == THE_PERSON else {}
    applicant |= _facts(known, {CHILD: "_wali"}.get(role, f"_{role}")) if role else {}
    told = {f"{SUBJECT}{fact}": value for fact, value in subject.items()}
    return told | {f"{APPLICANT}{fact}": value for fact, value in applicant.items()} | known


def _facts(known: Mapping[str, Answer], ending: str) -> dict[str, Answer]:
    """Return what is known of a person, by the beginning of the keys with this ending."""
    return {fact: known[fact + ending] for fact in FACTS if fact + ending in known}


def fill(
    statement: Mapping, form_fields: Iterable[dict], answers: Mapping | None, villages: Mapping, words: Mapping
) -> dict:
    """Return a statement as it is printed: texts, rows of (label, type, value), tables, and who signs.

    Without answers it is blank. `words` are the values of the FIXED placeholders.
    """
    form_fields = list(form_fields)
    facts = _facts_of(known_answers(form_fields, answers or {}))
    found = find_answers(statement, form_fields, answers or {})
    shown = {key: fields.printed(field, value, villages) for key, (field, value) in found.items()}
    blanks = {field["key"]: field.get("blank", DOTS) for field in all_fields(statement)}
    texts = {**dict.fromkeys(FIXED, DOTS), **blanks, **shown, **words}
    parts = (part for part in statement["parts"] if conditions.is_met(part.get("when"), facts))
    signers = (one for one in statement["signers"] if conditions.is_met(one.get("when"), facts))
    return {
        **statement,
        "parts": [_filled_part(part, found, shown, texts, villages) for part in parts],
        "signers": [one | {what: shown.get(one[what], "") for what in ("name", "nik")} for one in signers],
    }


def _filled_part(part: Mapping, found: Mapping, shown: Mapping, texts: Mapping, villages: Mapping) -> dict:
    return {
        "text": PLACEHOLDER.sub(lambda match: texts.get(match[1], DOTS), part["text"]),
        "rows": [(one["label"], one["type"], shown.get(one["key"], "")) for one in part["fields"] if "label" in one],
        "heads": [(one.get("label", ""), one["type"]) for one in part["columns"]],
        "table": _table_rows(part, found, shown, villages),
    }


def _table_rows(part: Mapping, found: Mapping, shown: Mapping, villages: Mapping) -> list[tuple[str, ...]]:
    """Return the rows of a table, each once; blank ones where nothing is answered.

    What a row of the group doesn't have, the statement's fields may have (the person concerned).
    """
    group = next((found[key] for key in part["table"] if key in found), None)
    if group is None:
        return [("",) * len(part["columns"])] * part["blank_rows"]
    items = {item["key"]: item for item in group[0]["item"]}
    rows = [
        {key: fields.printed(items[key], value, villages) for key, value in row.items() if key in items}
        for row in group[1]
    ]
    cells = (
        tuple(
            next((text for key in one["from"] if (text := row.get(key) or shown.get(key))), "")
            for one in part["columns"]
        )
        for row in rows
    )
    return list(dict.fromkeys(cells))
