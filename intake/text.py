"""Characters as people type and paste them: what is kept, dropped or refused; it must not know field types."""

import re
import unicodedata

from flask_babel import gettext as _

import language

LONGEST = 20_000  # characters; more is no typing, and not looked at
APOSTROPHES = "'’‘ʼʻ`´"


class Wrong(ValueError):
    """An answer that can't be taken; its message is a sentence for the person who wrote it."""


def label_of(field: dict) -> str:
    """Return the field's name as people read it."""
    return language.text(field["label"])


def inside(label: str) -> str:
    """Return a label as it stands inside a sentence: abbreviations keep their capitals."""
    first = label.split(" ", 1)[0]
    if any(ch.isupper() or ch.isdigit() for ch in first[1:]):
        return label
    return label[:1].lower() + label[1:]


def tidy(raw: str, label: str, lines: bool = False) -> str:
    """Return the text composed (NFC), trimmed, with single spaces, or raise Wrong.

    Marks without a width or with a direction come with pasting and are dropped;
    control characters are refused. Line breaks stay only where `lines`.
    """
    if len(raw) > LONGEST:
        raise Wrong(_("%(label)s terlalu panjang. Tulis dengan singkat.", label=label))
    plain = re.sub(r"\r\n?|[\u2028\u2029]", "\n", raw).replace("\t", " ")
    kept = "".join(ch for ch in unicodedata.normalize("NFC", plain) if unicodedata.category(ch) != "Cf")
    if any(unicodedata.category(ch)[0] == "C" and ch != "\n" for ch in kept):
        raise Wrong(_("%(label)s memuat tanda yang tidak terbaca. Hapus isinya, lalu ketik ulang.", label=label))
    rows = [" ".join(row.split()) for row in kept.split("\n")]
    return re.sub(r"\n{3,}", "\n\n", "\n".join(rows)).strip() if lines else " ".join(" ".join(rows).split())


def within(value: str, most: int, label: str) -> str:
    """Return the value, or raise Wrong when it has more than `most` characters."""
    if len(value) > most:
        raise Wrong(
            _(
                "%(label)s terlalu panjang: %(now)s huruf. Paling banyak %(most)s huruf.",
                label=label,
                now=len(value),
                most=most,
            )
        )
    return value


def is_name_character(ch: str) -> bool:
    """Say whether a character can stand in the name of a person, digits (old records have them) included."""
    if ch in APOSTROPHES or ch in " .,-/()0123456789":
        return True
    if unicodedata.category(ch) == "Mn":
        return "\u0300" <= ch <= "\u036f"
    return ch.isalpha() and unicodedata.name(ch, "").startswith("LATIN ")


def personal_name(raw: str, label: str, most: int) -> str:
    """Return a person's name in Latin letters; one letter is enough, titles and diacritics are fine."""
    value = within(tidy(raw, label), most, label)
    if not all(is_name_character(ch) for ch in value):
        raise Wrong(_("%(label)s hanya berisi huruf Latin, spasi, titik, koma, petik, dan tanda hubung.", label=label))
    if value and not any(ch.isalpha() for ch in value):
        raise Wrong(_("%(label)s belum berisi huruf. Tulis namanya seperti di KTP-el atau KK.", label=label))
    return value


def new_name_warnings(name: str) -> list[str]:
    """Return what Permendagri 73/2022 asks of a name given from now on; older names are not measured by it."""
    found = []
    if len(name.split()) < 2:
        found.append(_("Nama baru diminta paling sedikit dua kata."))
    if len(name) > 60:
        found.append(_("Nama baru diminta paling banyak 60 huruf, spasi ikut dihitung."))
    if re.search(r"[0-9.,/()]", name):
        found.append(_("Nama baru diminta tanpa angka, singkatan, tanda baca, dan gelar."))
    return found
