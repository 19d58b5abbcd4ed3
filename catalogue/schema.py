"""Schema of a service's definition: the keys, their rules and defaults; it must not know how parts refer to each other.

A rule is a pair: a test of a value, and the text that says what the value must be.
"""

import re
import tomllib
import unicodedata
from typing import Any

from catalogue.categories import CATEGORIES
from catalogue.field_types import FIELD_TYPES
from lib.encryption import RANDOM_NAME

SUBJECTS = {"name": "name", "nik": "nik", "birth_date": "date", "village": "village"}  # what → type of field
KEY_PATTERN = re.compile(r"[a-z][a-z0-9_]{0,39}")
CODE_PATTERN = re.compile(r"[A-Z0-9]{1,10}(-[A-Z0-9]{1,10}){0,3}")
SAMPLE_PATTERN = re.compile(RANDOM_NAME.pattern + r"|[a-z][a-z0-9_-]{0,24}")  # key of an upload, or a shipped drawing
MAX_NAME, MAX_TEXT = 200, 4000  # characters at most: of names and labels, of any text
REQUIRED = object()  # as the default of a key: it must be present


class InvalidDefinition(ValueError):
    """The definition isn't valid; the message names the part and says what is wrong."""


def is_text(value: Any) -> bool:
    """Say whether a value is a text that isn't blank and has no characters that can't be shown or stored."""
    if not isinstance(value, str) or not value.strip() or len(value) > MAX_TEXT:
        return False
    return all(c == "\n" or unicodedata.category(c) not in ("Cc", "Cf", "Cs", "Co") for c in value)


def is_bilingual(value: Any) -> bool:
    """Say whether a value is a bilingual text: Indonesian, and English where there is one."""
    return isinstance(value, dict) and {"id"} <= set(value) <= {"id", "en"} and all(map(is_text, value.values()))


def is_label(value: Any) -> bool:
    """Say whether a value is a bilingual text that is short enough for a name or a label."""
    return is_bilingual(value) and all(len(text) <= MAX_NAME for text in value.values())


def is_table_list(value: Any) -> bool:
    """Say whether a value is a list of tables with at least one."""
    return isinstance(value, list) and bool(value) and all(isinstance(one, dict) for one in value)


def is_text_list(value: Any) -> bool:
    """Say whether a value is a list of texts that aren't blank."""
    return isinstance(value, list) and all(map(is_text, value))


def choice_rule(*allowed: str) -> tuple:
    """Return the rule that a value must be one of the allowed words."""
    fits = "salah satu dari: " + ", ".join(filter(None, allowed))
    return (lambda value: isinstance(value, str) and value in allowed, fits)


def number_rule(most: int, least: int = 0) -> tuple:
    """Return the rule that a value must be a whole number from `least` to `most`."""
    return (lambda value: type(value) is int and least <= value <= most, f"bilangan bulat dari {least} sampai {most}")


TEXT = (is_text, "teks yang tidak kosong")
SHORT = (lambda value: is_text(value) and len(value) <= 20, "teks yang tidak kosong, paling banyak 20 huruf")
OPTIONAL_KEY = (
    lambda value: isinstance(value, str) and (not value or KEY_PATTERN.fullmatch(value)),
    "kosong, atau satu kata kecil",
)
BILINGUAL = (is_bilingual, "teks { id = … } atau { id = …, en = … }, tidak kosong")
LABEL = (is_label, f"teks {{ id = … }} atau {{ id = …, en = … }}, tidak kosong, paling banyak {MAX_NAME} huruf")
TITLE = (
    lambda value: is_label(value) and len(value["id"]) <= 120,
    "teks { id = … }, tidak kosong, paling banyak 120 huruf",
)
WHOLE_NUMBER = number_rule(999_999_999_999)
BOOLEAN = (lambda value: isinstance(value, bool), "true atau false")
REQUIRED_KEY = (
    lambda value: isinstance(value, str) and KEY_PATTERN.fullmatch(value),
    "kunci dari huruf kecil, angka, dan garis bawah",
)
FIELD_NAME = (
    lambda value: isinstance(value, str) and all(map(KEY_PATTERN.fullmatch, value.split(".", 1))),
    "kunci isian, atau kelompok.isian",
)
MAX_SPANS = {"years": 150, "months": 1800, "weeks": 8000, "days": 55_000}  # of an age in a condition
SERVICE_CODE = (
    lambda value: isinstance(value, str) and len(value) <= 20 and CODE_PATTERN.fullmatch(value),
    "kode seperti AK-LAHIR",
)
TABLE = (lambda value: isinstance(value, dict), "tabel")
TABLES = (is_table_list, "daftar tabel yang tidak kosong")
LIST = (lambda value: isinstance(value, list), "daftar")
TEXT_LIST = (is_text_list, "daftar teks yang tidak kosong")
SAMPLE_NAME = (lambda value: isinstance(value, str) and SAMPLE_PATTERN.fullmatch(value), "nama gambar contoh")

# key → (rule, default); NEEDED: must be there, None: may be absent.
SERVICE = {
    "code": (SERVICE_CODE, REQUIRED),
    "name": (TITLE, REQUIRED),
    "short": (BILINGUAL, REQUIRED),
    "group": (choice_rule("capil", "dafduk"), REQUIRED),
    "category": (choice_rule(*CATEGORIES), REQUIRED),
    "form_code": (SHORT, REQUIRED),
    "sla_days": (number_rule(365), 2),
    "report_within_days": (number_rule(3650), 0),
    "applicant_without_nik": (BOOLEAN, False),  # a reason may stand for the applicant's NIK
    "screen_signature": (BOOLEAN, True),  # the filled form may be signed on the screen
    "opening": (BILINGUAL, None),  # read before the first question: condolence, what to know first
    "search_words": (TEXT_LIST, []),  # everyday words, in both languages, by which people look for it
    "part_of": (TABLE, None),  # the service that does this too: no new applications here, its page leads there
    "leads": (LIST, []),  # other services for people who came to the wrong one
    "ask_office": (TEXT_LIST, []),  # what the office has to settle, with its source; read by officers only
    "legal": (TEXT_LIST, []),
    "products": (TABLES, REQUIRED),
    "requirements": (TABLES, REQUIRED),
    "sections": (TABLES, REQUIRED),
    "contradictions": (LIST, []),  # answers that can't be together, or ask to be looked at again
}
PRODUCT = {
    "key": (REQUIRED_KEY, REQUIRED),
    "kind": (choice_rule("pdf", "card"), REQUIRED),
    "name": (TITLE, REQUIRED),
    "source": (choice_rule("siak", "own", "either", ""), ""),  # of a PDF: where its draft comes from
    "template": ((lambda value: isinstance(value, str) and len(value) <= 30, "kode bentuk dokumen"), ""),
    "number": (OPTIONAL_KEY, ""),  # the kind of its number: a fact in document_numbers; absent: free, by product
    "number_from": (OPTIONAL_KEY, ""),  # key of the field whose answer is proposed as its number
    "number_of": (OPTIONAL_KEY, ""),  # key of the product whose number it bears too
    "copy_for": (SHORT, None),  # of two papers of one kind: whose this one is (suami, istri)
    "when": (TABLE, None),
    "prints": (TEXT_LIST, None),  # keys of the fields that it has to show; absent: all
    "holder": (OPTIONAL_KEY, ""),  # key of the field with the holder's name; absent: the person concerned
}
REQUIREMENT = {
    "key": (REQUIRED_KEY, REQUIRED),
    "name": (LABEL, REQUIRED),
    "help": (BILINGUAL, REQUIRED),
    "required": (choice_rule("always", "optional", "when"), "always"),
    "when": (TABLE, None),
    "one_of": (OPTIONAL_KEY, ""),
    "max_files": (number_rule(20, 1), 5),
    "sample": (SAMPLE_NAME, None),  # a shipped drawing, or the key of a picture that the office uploaded
    "statement": (SHORT, None),  # code of the official statement (F-2.03) that is given for it, filled in
    "taken_back": (BOOLEAN, False),  # its original is taken back when the new document is handed over
    "reasons": (TEXT_LIST, None),  # keys of the reasons that officers are offered for it; absent: all
}
SECTION = {"key": (REQUIRED_KEY, REQUIRED), "title": (LABEL, REQUIRED), "fields": (TABLES, REQUIRED)}
FIELD = {
    "key": (REQUIRED_KEY, REQUIRED),
    "type": (choice_rule(*FIELD_TYPES, "group"), REQUIRED),
    "label": (LABEL, REQUIRED),
    "hint": (BILINGUAL, None),
    "required": (BOOLEAN, False),
    "options": (LIST, []),
    "options_from": (TEXT, None),
    "default": (TEXT, None),  # code of the option that is chosen beforehand
    "when": (TABLE, None),
    "min": (WHOLE_NUMBER, None),
    "max": (WHOLE_NUMBER, None),
    "not_future": (BOOLEAN, False),
    "item": (LIST, []),
    "max_items": (number_rule(50, 1), 12),
    "checks": (TABLE, {}),
    "subject": (choice_rule(*SUBJECTS, ""), ""),
    "siak": (number_rule(9999), None),
}
BOUNDS = {"at_least": (WHOLE_NUMBER, None), "below": (WHOLE_NUMBER, None)}
CONDITIONS: dict[str, dict] = {  # the shapes of a condition, by the key that tells them (catalogue/conditions.py)
    "field": {
        "field": (FIELD_NAME, REQUIRED),
        "is": (TEXT_LIST, None),
        "is_not": (TEXT_LIST, None),
        "answered": (BOOLEAN, None),
        **BOUNDS,
    },
    "age": {
        "age": (FIELD_NAME, REQUIRED),
        "on": (REQUIRED_KEY, None),
        "unit": (choice_rule(*MAX_SPANS), None),
        **BOUNDS,
    },
    "same": {"same": ((lambda value: is_text_list(value) and len(value) == 2, "daftar dua isian"), REQUIRED)},
    **{word: {word: (TABLES, REQUIRED)} for word in ("all", "any", "none")},
}
LEAD = {"code": (SERVICE_CODE, REQUIRED), "text": (BILINGUAL, REQUIRED)}
CONTRADICTION = {
    "key": (REQUIRED_KEY, REQUIRED),
    "field": (REQUIRED_KEY, REQUIRED),  # beside which its sentence stands
    "when": (TABLE, REQUIRED),
    "text": (BILINGUAL, REQUIRED),
    "kind": (choice_rule("refuse", "warn"), "refuse"),
}
CHECKS = {
    "birth_date": (REQUIRED_KEY, None),
    "sex": (TEXT, None),
    "not_before": (REQUIRED_KEY, None),
    "new_name": (BOOLEAN, None),
}
ALLOWED_TYPES = {  # key → types of field that may have it
    "min": ("number",),
    "max": ("number", "text", "long", "name"),
    "not_future": ("date",),
    "options": ("choice", "nik", "kk"),  # of a number: the reasons why somebody has none
    "default": ("choice",),
    "item": ("group",),
}
CHECK_TYPES = {"birth_date": "nik", "sex": "nik", "not_before": "date", "new_name": "name"}


def parse_toml(text: str, where: str) -> dict:
    """Parse TOML; raises InvalidDefinition where it isn't valid."""
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise InvalidDefinition(f"{where}: bukan TOML yang benar ({error})") from None


def part_path(where: str, word: str, one: Any) -> str:
    """Return the path of a part for error messages, by its key where it has one."""
    key = one.get("key") if isinstance(one, dict) else None
    return f"{where} › {word} “{key}”" if is_text(key) else f"{where} › {word} tanpa kunci"


def validate(raw: Any, shape: dict, where: str) -> dict:
    """Validate a table against its schema; returns a copy with defaults filled in, or raises InvalidDefinition.

    None counts as absent, and has no key in the copy.
    """
    if not isinstance(raw, dict):
        raise InvalidDefinition(f"{where}: harus berupa tabel")
    if unknown := sorted(set(raw) - set(shape)):
        raise InvalidDefinition(f"{where}: kunci tidak dikenal: {', '.join(unknown)}")
    found = {}
    for key, ((fits, what), default) in shape.items():
        value = raw.get(key)
        if value is None and default is REQUIRED:
            raise InvalidDefinition(f"{where}: “{key}” belum ada")
        if value is not None and not fits(value):
            raise InvalidDefinition(f"{where}: “{key}” harus {what}")
        if value is not None or default is not None:
            found[key] = shallow_copy(default if value is None else value)
    return found


def shallow_copy(value: Any) -> Any:
    """Copy a list or table, so that no two definitions share it."""
    return type(value)(value) if isinstance(value, (list, dict)) else value


def refuse_duplicate_keys(ones: list[dict], where: str, what: str) -> None:
    """Refuse two parts with the same key; `what` names them in the message."""
    seen = set()
    for part in ones:
        if part["key"] in seen:
            raise InvalidDefinition(f"{where}: kunci {what} “{part['key']}” dipakai dua kali")
        seen.add(part["key"])
