"""Normalization of typed and pasted text: one rule for every form, and never another number than was typed."""

import random
import re
import sys
import unicodedata

import pytest

from catalogue import fields
from catalogue.nik import clean_kk, clean_nik
from catalogue.text_input import InvalidAnswer
from lib import encryption
from lib.text_normalization import INVISIBLE, fold, normalize_email, normalize_name, normalize_number, normalize_text

NIK = "5108994505900001"
MARKS = "\u200b\u200e\u200f\u202a\u202c\u2060\u2066\ufeff\u00ad\ufe0f\U000e0101"
PASTED = [
    NIK,
    "\u202a" + NIK + "\u202c",
    "\ufeff5108\u200b9945\u200e05900001",
    "5108\u2013994505\u2013900001",
    "5108\u00a09945\u20070590\u202f0001",
    "'" + NIK,
    "\u2019" + NIK,
    '="' + NIK + '"',
    "\u0665\u0661\u0660\u0668\u0669\u0669\u0664\u0665\u0660\u0665\u0669\u0660\u0660\u0660\u0660\u0661",
    "".join(chr(ord(digit) + 0xFEE0) for digit in NIK),
    NIK + "\r\n",
]
PHONE = "081200004417"


def clean(kind, typed):
    return fields.clean({"key": "x", "type": kind, "label": {"id": "Isian"}}, typed)


@pytest.mark.parametrize("typed", PASTED)
def test_a_pasted_nik_or_family_card_number_is_the_number_that_one_sees(typed):
    assert clean_nik(typed) == clean_kk(typed) == clean("nik", typed) == clean("kk", typed) == NIK


@pytest.mark.parametrize(
    "typed",
    [
        "\u202a+62 812-0000-4417\u202c",
        "+62\u00a0812\u20110000\u20114417",
        "0062 812 0000 4417",
        "62 812.0000.4417",
        "(+62) 812 0000 4417",
        "+62 (0) 812 0000 4417",
        "\uff0b62 812 0000 4417",
        "'0812\u200b0000\u200e4417",
        "\u0660\u0668\u0661\u0662 0000 4417",
    ],
)
def test_a_pasted_telephone_number_begins_with_08(typed):
    assert clean("phone", typed) == PHONE


@pytest.mark.parametrize(
    "typed",
    [
        "\u202aayu@gmail.com\u202c",
        "ayu\u200b@gmail\ufeff.com",
        "\u00a0ayu@gmail.com\r\n",
        "'ayu@gmail.com",
        "mailto:ayu@gmail.com",
        "ayu\uff20gmail.com",
    ],
)
def test_a_pasted_mail_address_is_the_address_that_one_sees(typed):
    assert clean("email", typed) == "ayu@gmail.com"


def test_a_box_with_marks_only_is_empty():
    for kind in ("nik", "kk", "phone", "email", "name", "text", "long", "number", "time", "village"):
        assert clean(kind, MARKS + " \u00a0") == ""
    assert clean("date", [MARKS, "", "\u2003"]) == ""


@pytest.mark.parametrize(("kind", "typed", "value"), [
    ("number", "\u200e3.150", 3150), ("time", "\u200b04.25", "04:25"),
    ("date", "\u202a13\u20111\u20112026", "2026-01-13"),
    ("date", ["\uff11\uff13", "\u0661", "2026\u200b"], "2026-01-13"),
])  # fmt: skip
def test_dates_times_and_amounts_are_read_the_same_way(kind, typed, value):
    assert clean(kind, typed) == value


def test_a_code_is_read_with_marks_spaces_and_any_hyphen():
    assert encryption.normalize_code("\u200eaku\u2013261123\u00a07qk2mo\u20114") == "AKU2611237QK2M04"


def test_every_format_character_of_unicode_is_invisible():
    kept = [
        ch for ch in map(chr, range(sys.maxunicode + 1)) if unicodedata.category(ch) == "Cf" and not INVISIBLE.match(ch)
    ]
    assert kept == []


def _odd_texts(count):
    """Texts of digits, letters and signs from all of Unicode, the same on every run."""
    chance = random.Random(8)
    pieces = [
        *NIK,
        *"0123456789 .-'",
        *MARKS,
        "\u0661",
        "\uff11",
        "\u00b2",
        "\u00bd",
        "\u2460",
        "e\u0301",
        "\uff45\u0301",
        "\u1fef",
        "\u2019",
    ]
    for _ in range(count):
        some = [chance.choice(pieces) if chance.random() < 0.9 else chr(chance.randrange(1, 0xD800)) for _ in range(20)]
        yield "".join(some)


@pytest.mark.parametrize(
    "rule", [normalize_text, normalize_name, normalize_number, normalize_email, fold], ids=lambda rule: rule.__name__
)
def test_a_normalized_text_is_normalized(rule):
    for text in _odd_texts(3000):
        assert rule(rule(text)) == rule(text), ascii(text)


def test_no_number_becomes_another_one():
    """What is taken as a NIK has these digits, in this order, in the eyes of whoever typed them."""
    chance, taken = random.Random(88), 0
    for _ in range(3000):
        typed = "".join(chance.choice(MARKS) * (chance.random() < 0.2) + digit for digit in NIK)
        place = chance.randrange(len(typed))
        typed = (
            typed[:place]
            + chance.choice(["", "", "7", "\u00b2", "\u2460", "\u00bd", "x", "\u0667", "\u4e03"])
            + typed[place:]
        )
        seen = "".join(str(unicodedata.decimal(ch, "")) for ch in typed)
        try:
            value = clean_nik(typed)
        except InvalidAnswer:
            continue
        taken += 1
        assert value == seen == NIK and not re.search("[\u00b2\u2460\u00bdx\u4e03]", typed)
    assert taken > 300


SRI = "I Gusti Ngurah Bagus \u015ar\u012b O\u2019Brien"
NUMBER = "AKU-261123-7QK2MD-J"


@pytest.mark.parametrize(("stored", "typed"), [
    (SRI, "sri"), (SRI, "sri o'brien"), (SRI, "OBRIEN \u015ar\u012b"), ("I Gusti O'Brien", "o\u2019brien"),
    ("\u0141ukasz \u0110\u1eb7ng", "lukasz dang"), ("Jean-Luc Nu\u00f1ez", "jean-luc nunez"), (NUMBER, "7qk2md"),
    (NUMBER, "aku2611237qk2mdj"), ("AKU-261123-7QK2M0-J", "7QK2MO-J"), (NUMBER, "261123 7QK2MD"),
])  # fmt: skip
def test_folded_texts_are_found_in_folded_texts(stored, typed):
    assert all(word in fold(stored) for word in fold(typed).split())


def test_a_name_is_not_searched_in_pieces_that_it_has_not():
    assert "obrian" not in fold("O\u2019Brien") and fold("\u200b") == ""
