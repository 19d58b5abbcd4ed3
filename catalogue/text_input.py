"""Cleaning of texts and names as forms take them: characters, length, one line or several; it knows no field types."""

import re
import unicodedata

from flask_babel import gettext as _

from lib import i18n
from lib.text_normalization import normalize_name, normalize_text

MAX_LENGTH = 20_000  # characters; a longer text is refused unread


class InvalidAnswer(ValueError):
    """The answer isn't valid; the message is a sentence for the person who typed it."""


def field_label(field: dict) -> str:
    """Return the field's label in the reader's language."""
    return i18n.localized(field["label"])


def mid_sentence(label: str) -> str:
    """Return a label as it is written inside a sentence: in lower case, except for abbreviations."""
    first = label.split(" ", 1)[0]
    if any(ch.isupper() or ch.isdigit() for ch in first[1:]):
        return label
    return label[:1].lower() + label[1:]


def normalize(raw: str, label: str, lines: bool = False) -> str:
    """Normalize text, trimmed, with single spaces; line breaks stay only where `lines`.

    Raises InvalidAnswer for control characters.
    """
    if len(raw) > MAX_LENGTH:
        raise InvalidAnswer(_("%(label)s terlalu panjang. Tulis dengan singkat.", label=label))
    kept = normalize_text(raw)
    if any(unicodedata.category(ch)[0] == "C" and ch != "\n" for ch in kept):
        odd = _("%(label)s memuat tanda yang tidak terbaca. Hapus isinya, lalu ketik ulang.", label=label)
        raise InvalidAnswer(odd)
    rows = [" ".join(row.split()) for row in kept.split("\n")]
    return re.sub(r"\n{3,}", "\n\n", "\n".join(rows)).strip() if lines else " ".join(" ".join(rows).split())


def limit_length(value: str, most: int, label: str) -> str:
    """Return the value, or raise InvalidAnswer when it has more than `most` characters."""
    if len(value) > most:
        words = {"label": label, "now": len(value), "most": most}
        raise InvalidAnswer(_("%(label)s terlalu panjang: %(now)s huruf. Paling banyak %(most)s huruf.", **words))
    return value


def is_name_character(ch: str) -> bool:
    """Say whether a character is allowed in a person's name; digits are, since old records have them."""
    if ch in " '.,-/()0123456789":
        return True
    if unicodedata.category(ch) == "Mn":
        return "\u0300" <= ch <= "\u036f"
    return ch.isalpha() and unicodedata.name(ch, "").startswith("LATIN ")


def clean_person_name(raw: str, label: str, most: int) -> str:
    """Clean a person's name: Latin letters, at least one; titles and diacritics are allowed. Raises InvalidAnswer."""
    value = limit_length(normalize_name(normalize(raw, label)), most, label)
    if not all(is_name_character(ch) for ch in value):
        odd = _("%(label)s hanya berisi huruf Latin, spasi, titik, koma, petik, dan tanda hubung.", label=label)
        raise InvalidAnswer(odd)
    if value and not any(ch.isalpha() for ch in value):
        raise InvalidAnswer(_("%(label)s belum berisi huruf. Tulis namanya seperti di KTP-el atau KK.", label=label))
    return value


def new_name_warnings(name: str) -> list[str]:
    """Return warnings about a newly given name that breaks the rules of Permendagri 73/2022; older names may."""
    found = []
    if len(name.split()) < 2:
        found.append(_("Nama baru diminta paling sedikit dua kata."))
    if len(name) > 60:
        found.append(_("Nama baru diminta paling banyak 60 huruf, spasi ikut dihitung."))
    if re.search(r"[0-9.,/()]", name):
        found.append(_("Nama baru diminta tanpa angka, singkatan, tanda baca, dan gelar."))
    return found
