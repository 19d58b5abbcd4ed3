"""Derived answers: who the applicant is and what a NIK encodes fill in what is empty, and touch nothing typed."""

from datetime import date
from pathlib import Path

import pytest

from catalogue import applicant_section, definition, derived_answers, nik

SEED = Path(__file__).resolve().parent.parent / "seed" / "layanan"
ME, MOTHER, FATHER = "5108990101909001", "5108995507939002", "5108990302909003"


def fields_of(code):
    body = definition.read_definition(SEED / f"{code}.toml")
    sections = applicant_section.form_sections("self_service", body)
    return [field for section in sections for field in section["fields"]]


def who(code):
    return [option[0] for option in fields_of(code)[0]["options"]]


def follow(code, before, after, posted=(), kept=()):
    return derived_answers.follow(fields_of(code), before, after, posted, kept)


def test_who_one_can_be_follows_from_the_persons_that_the_service_asks_for():
    assert who("AK-LAHIR") == ["ibu", "ayah", "diri", "anak", "keluarga", "lain"]
    assert who("AK-KAWIN") == ["suami", "istri", "anak", "keluarga", "lain"], "nobody else marries"
    assert who("KTP-HILANG") == ["diri", "anak", "keluarga", "lain"]
    assert "diri" not in who("AK-MATI"), "who has died doesn't apply"
    assert "pasangan" in who("AK-MATI") and "ibu_angkat" in who("AK-ANGKAT")


APPLICANT = {"pemohon_nama": "Ni Luh Ayu", "pemohon_nik": MOTHER}


@pytest.mark.parametrize(
    ("code", "role", "filled"),
    [
        ("AK-LAHIR", "ibu", {"nama_ibu": "Ni Luh Ayu", "nik_ibu": MOTHER, "tanggal_lahir_ibu": "1993-07-15"}),
        (
            "AK-LAHIR",
            "diri",
            {"nama_anak": "Ni Luh Ayu", "nik_anak": MOTHER, "tanggal_lahir": "1993-07-15", "jenis_kelamin": "2"},
        ),
        ("AK-LAHIR", "keluarga", {}),
        ("AK-LAHIR", "lain", {}),
        ("AK-LAHIR", "tidak ada", {}),
        ("AK-KAWIN", "istri", {"nama_istri": "Ni Luh Ayu", "nik_istri": MOTHER, "tanggal_lahir_istri": "1993-07-15"}),
        ("AK-BETUL", "anak", {"nama_wali": "Ni Luh Ayu", "nik_wali": MOTHER}),
        (
            "AK-NAMA",
            "diri",
            {"nama": "Ni Luh Ayu", "nik": MOTHER, "tanggal_lahir": "1993-07-15", "jenis_kelamin": "2"},
        ),
    ],
)
def test_the_applicant_is_filled_in_where_they_belong(code, role, filled):
    assert follow(code, {}, APPLICANT | {"pemohon_untuk": role}) == filled


def test_changing_the_choice_moves_only_what_nobody_touched():
    mother = APPLICANT | {"pemohon_untuk": "ibu"}
    mother |= follow("AK-LAHIR", {}, mother)
    touched = mother | {"nama_ibu": "Ni Luh Ayu Lestari"}
    moved = follow("AK-LAHIR", touched, touched | {"pemohon_untuk": "ayah"})
    assert "nama_ibu" not in moved and moved["nik_ibu"] == moved["tanggal_lahir_ibu"] == ""
    assert (moved["nama_ayah"], moved["nik_ayah"]) == ("Ni Luh Ayu", MOTHER)
    assert follow("AK-LAHIR", touched, touched | {"pemohon_email": "x@aku.example"}) == {}, "nothing else does"


def test_another_nik_moves_the_date_with_it_unless_it_was_typed():
    before = {"nik_ibu": MOTHER, "tanggal_lahir_ibu": "1993-07-15"}
    after = before | {"nik_ibu": "5108995607939002"}
    assert follow("AK-LAHIR", before, after) == {"tanggal_lahir_ibu": "1993-07-16"}
    assert follow("AK-LAHIR", before, after, posted={"nik_ibu", "tanggal_lahir_ibu"}) == {}, "the page showed it"
    assert follow("AK-LAHIR", before, after | {"tanggal_lahir_ibu": "1990-01-01"}) == {}
    assert follow("AK-LAHIR", before, after, kept={"tanggal_lahir_ibu"}) == {}


def test_a_date_that_was_emptied_on_purpose_stays_empty():
    before = {"nik_ibu": MOTHER, "tanggal_lahir_ibu": "1993-07-15"}
    assert follow("AK-LAHIR", before, {"nik_ibu": MOTHER}, posted={"nik_ibu", "tanggal_lahir_ibu"}) == {}


@pytest.mark.parametrize(
    ("number", "adult", "day"),
    [
        (MOTHER, True, date(1993, 7, 15)),
        ("5108990302230001", False, date(2023, 2, 3)),  # 3 years old rather than 103
        ("5108990302230001", True, date(1923, 2, 3)),  # no parent is three
        ("5108990302050001", True, date(2005, 2, 3)),  # 1905 is too long ago
        ("5108990302270001", False, date(1927, 2, 3)),  # not in the future
        ("9908990302900001", True, None),  # no province
        ("5108993902900001", True, None),  # no such day
    ],
)
def test_the_century_is_chosen_sensibly_and_an_odd_nik_proposes_nothing(set_clock, number, adult, day):
    set_clock(2026, 12, 1, 10)
    assert nik.likely_birth_date(number, adult) == day
