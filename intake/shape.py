"""Schema of a service's definition: the keys, their rules and defaults; it must not know how parts refer to each other.

A rule is a pair: a test of a value, and the text that says what the value must be.
"""

import re
import unicodedata
from typing import Any

from intake.categories import CATEGORIES
from intake.kinds import KINDS
from keys import RANDOM_NAME

SUBJECTS = {"name": "name", "nik": "nik", "birth_date": "date", "village": "village"}  # what → type of field
KEY = re.compile(r"[a-z][a-z0-9_]{0,39}")
CODE = re.compile(r"[A-Z0-9]{1,10}(-[A-Z0-9]{1,10}){0,3}")
SAMPLE = re.compile(
    RANDOM_NAME.pattern + r"|[a-z][a-z0-9_-]{0,24}"
)  # the key of an uploaded picture, or a shipped drawing
NAME, LONG = 200, 4000  # characters at most: of names and labels, of any text
NEEDED = object()  # as the default of a key: it must be present


class Malformed(ValueError):
    """The definition isn't valid; the message names the part and says what is wrong."""


def is_text(value: Any) -> bool:
    """Say whether a value is a text that isn't blank and has no characters that can't be shown or stored."""
    if not isinstance(value, str) or not value.strip() or len(value) > LONG:
        return False
    return all(c == "\n" or unicodedata.category(c) not in ("Cc", "Cf", "Cs", "Co") for c in value)


def is_both(value: Any) -> bool:
    """Say whether a value is a bilingual text: Indonesian, and English where there is one."""
    return (
        isinstance(value, dict) and "id" in value and set(value) <= {"id", "en"} and all(map(is_text, value.values()))
    )


def is_name(value: Any) -> bool:
    """Say whether a value is a bilingual text that is short enough for a name or a label."""
    return is_both(value) and all(len(text) <= NAME for text in value.values())


def is_tables(value: Any) -> bool:
    """Say whether a value is a list of tables with at least one."""
    return isinstance(value, list) and bool(value) and all(isinstance(one, dict) for one in value)


def is_word_list(value: Any) -> bool:
    """Say whether a value is a list of texts that aren't blank."""
    return isinstance(value, list) and all(map(is_text, value))


def words(*allowed: str) -> tuple:
    """Return the rule that a value must be one of the allowed words."""
    fits = "salah satu dari: " + ", ".join(filter(None, allowed))
    return (lambda value: isinstance(value, str) and value in allowed, fits)


def whole(most: int, least: int = 0) -> tuple:
    """Return the rule that a value must be a whole number from `least` to `most`."""
    return (lambda value: type(value) is int and least <= value <= most, f"bilangan bulat dari {least} sampai {most}")


TEXT = (is_text, "teks yang tidak kosong")
SHORT = (lambda value: is_text(value) and len(value) <= 20, "teks yang tidak kosong, paling banyak 20 huruf")
WORD = (lambda value: isinstance(value, str) and (not value or KEY.fullmatch(value)), "kosong, atau satu kata kecil")
BOTH = (is_both, "teks { id = … } atau { id = …, en = … }, tidak kosong")
LABEL = (is_name, f"teks {{ id = … }} atau {{ id = …, en = … }}, tidak kosong, paling banyak {NAME} huruf")
TITLE = (
    lambda value: is_name(value) and len(value["id"]) <= 120,
    "teks { id = … }, tidak kosong, paling banyak 120 huruf",
)
DIGITS = whole(999_999_999_999)
TRUTH = (lambda value: isinstance(value, bool), "true atau false")
A_KEY = (
    lambda value: isinstance(value, str) and KEY.fullmatch(value),
    "kunci dari huruf kecil, angka, dan garis bawah",
)
A_CODE = (lambda value: isinstance(value, str) and len(value) <= 20 and CODE.fullmatch(value), "kode seperti AK-LAHIR")
TABLE = (lambda value: isinstance(value, dict), "tabel")
TABLES = (is_tables, "daftar tabel yang tidak kosong")
LIST = (lambda value: isinstance(value, list), "daftar")
LAWS = (is_word_list, "daftar teks yang tidak kosong")
PICTURE = (lambda value: isinstance(value, str) and SAMPLE.fullmatch(value), "nama gambar contoh")

# key → (rule, default); NEEDED: must be there, None: may be absent.
SERVICE = {
    "code": (A_CODE, NEEDED),
    "name": (TITLE, NEEDED),
    "short": (BOTH, NEEDED),
    "group": (words("capil", "dafduk"), NEEDED),
    "category": (words(*CATEGORIES), NEEDED),
    "form_code": (SHORT, NEEDED),
    "sla_days": (whole(365), 2),
    "report_within_days": (whole(3650), 0),
    "legal": (LAWS, []),
    "products": (TABLES, NEEDED),
    "requirements": (TABLES, NEEDED),
    "sections": (TABLES, NEEDED),
}
PRODUCT = {
    "key": (A_KEY, NEEDED),
    "kind": (words("pdf", "card"), NEEDED),
    "name": (TITLE, NEEDED),
    "template": (words("akta", "kk", "surat", ""), ""),
    "when": (TABLE, None),
    "prints": (LAWS, None),  # keys of the fields printed on it; absent: all
    "holder": (WORD, ""),  # key of the field with the holder's name; absent: the person concerned
}
REQUIREMENT = {
    "key": (A_KEY, NEEDED),
    "name": (LABEL, NEEDED),
    "help": (BOTH, NEEDED),
    "required": (words("always", "optional", "when"), "always"),
    "when": (TABLE, None),
    "one_of": (WORD, ""),
    "max_files": (whole(20, 1), 5),
    "sample": (PICTURE, None),  # a shipped drawing, or the key of a picture that the office uploaded
    "reasons": (LAWS, None),  # keys of the reasons that officers are offered for it; absent: all
}
SECTION = {"key": (A_KEY, NEEDED), "title": (LABEL, NEEDED), "fields": (TABLES, NEEDED)}
FIELD = {
    "key": (A_KEY, NEEDED),
    "type": (words(*KINDS, "group"), NEEDED),
    "label": (LABEL, NEEDED),
    "hint": (BOTH, None),
    "required": (TRUTH, False),
    "options": (LIST, []),
    "options_from": (TEXT, None),
    "when": (TABLE, None),
    "min": (DIGITS, None),
    "max": (DIGITS, None),
    "not_future": (TRUTH, False),
    "item": (LIST, []),
    "max_items": (whole(50, 1), 12),
    "checks": (TABLE, {}),
    "subject": (words(*SUBJECTS, ""), ""),
    "siak": (whole(9999), None),
}
WHEN = {"field": (A_KEY, NEEDED), "is": (LAWS, NEEDED)}
CHECKS = {"birth_date": (A_KEY, None), "sex": (TEXT, None), "not_before": (A_KEY, None), "new_name": (TRUTH, None)}
ONLY_FOR = {  # key → types of field that may have it
    "min": ("number",),
    "max": ("number", "text", "long", "name"),
    "not_future": ("date",),
    "options": ("choice",),
    "item": ("group",),
}
CHECKS_FOR = {"birth_date": "nik", "sex": "nik", "not_before": "date", "new_name": "name"}


def place(where: str, word: str, one: Any) -> str:
    """Return the path of a part for error messages, by its key where it has one."""
    key = one.get("key") if isinstance(one, dict) else None
    return f"{where} › {word} “{key}”" if is_text(key) else f"{where} › {word} tanpa kunci"


def table(raw: Any, shape: dict, where: str) -> dict:
    """Validate a table against its schema; returns a copy with defaults filled in, or raises Malformed.

    None counts as absent, and has no key in the copy.
    """
    if not isinstance(raw, dict):
        raise Malformed(f"{where}: harus berupa tabel")
    if unknown := sorted(set(raw) - set(shape)):
        raise Malformed(f"{where}: kunci tidak dikenal: {', '.join(unknown)}")
    found = {}
    for key, ((fits, what), default) in shape.items():
        value = raw.get(key)
        if value is None and default is NEEDED:
            raise Malformed(f"{where}: “{key}” belum ada")
        if value is not None and not fits(value):
            raise Malformed(f"{where}: “{key}” harus {what}")
        if value is not None or default is not None:
            found[key] = copied(default if value is None else value)
    return found


def copied(value: Any) -> Any:
    """Copy a list or table, so that no two definitions share it."""
    return type(value)(value) if isinstance(value, (list, dict)) else value


def unique(ones: list[dict], where: str, what: str) -> None:
    """Refuse two parts with the same key; `what` names them in the message."""
    seen = set()
    for part in ones:
        if part["key"] in seen:
            raise Malformed(f"{where}: kunci {what} “{part['key']}” dipakai dua kali")
        seen.add(part["key"])
