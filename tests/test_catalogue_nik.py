"""Validation and warnings of NIKs and family card numbers."""

from datetime import date, timedelta

import pytest

from catalogue import nik
from catalogue.nik import clean_kk, clean_nik, kk_warnings, mask_nik, nik_warnings
from catalogue.text_input import InvalidAnswer

MAN = "5108990101909001"  # 1 January 1990
WOMAN = "5108994101909002"


@pytest.mark.parametrize(
    "typed",
    [MAN, "5108 9901 0190 9001", " 510899.010190.9001 ", "510899-010190-9001", "5108\u00a09901\u00a00190\u00a09001\t"],
)
def test_spaces_dots_and_hyphens_are_dropped(typed):
    assert clean_nik(typed) == MAN


@pytest.mark.parametrize(
    "typed",
    [
        "510899010190900²",
        "510899010190900l",
        MAN + "\x00",
        "5108990101909001; DROP TABLE",
        "",
        " . - ",
    ],
)
def test_only_sixteen_digits_are_a_nik(typed):
    with pytest.raises(InvalidAnswer, match="hanya boleh berisi angka 0 sampai 9"):
        clean_nik(typed)


def test_a_short_nik_is_told_how_many_digits_it_has():
    with pytest.raises(InvalidAnswer) as wrong:
        clean_nik("5108 9955 0793 900", "NIK ibu")
    assert str(wrong.value) == "NIK ibu baru 15 angka. NIK terdiri dari 16 angka."


def test_a_long_nik_is_told_how_many_digits_it_has():
    with pytest.raises(InvalidAnswer, match=r"^NIK berisi 17 angka"):
        clean_nik(MAN + "1")


@pytest.mark.parametrize(
    "junk", ["1111111111111111", "0000000000000000", "1234567890123456", "0123456789012345", "9876543210987654"]
)
def test_nonsense_is_refused(junk):
    with pytest.raises(InvalidAnswer, match="bukan nomor yang sebenarnya"):
        clean_nik(junk)
    with pytest.raises(InvalidAnswer, match="bukan nomor yang sebenarnya"):
        clean_kk(junk)


def test_a_good_nik_has_no_warnings():
    assert nik_warnings(MAN, "1990-01-01", "1") == []
    assert nik_warnings(WOMAN, date(1990, 1, 1), "2") == []
    assert nik_warnings(MAN) == []


@pytest.mark.parametrize("elsewhere", ["1108990101909001", "3578990101909001", "9471990101909001"])
def test_people_from_other_regions_are_not_odd(elsewhere):
    assert nik_warnings(elsewhere) == []


def test_a_woman_whose_nik_says_man_is_warned_not_refused():
    told = nik_warnings(MAN, "1990-01-01", "2")
    assert told == ["Menurut NIK ini pemiliknya laki-laki. Jika memang begitu di KTP-el, biarkan saja."]
    assert "perempuan" in nik_warnings(WOMAN, sex="1")[0]


def test_another_date_of_birth_is_warned_about_with_the_date_that_the_nik_tells():
    assert "1 Januari 1990" in nik_warnings(MAN, "1990-02-01")[0]
    assert "1 Januari 1990" in nik_warnings(WOMAN, "1991-01-01")[0]


def test_the_century_is_taken_from_the_date_that_was_given():
    both = "5108990202059001"  # 1905 or 2005
    assert nik_warnings(both, "1905-02-02") == nik_warnings(both, "2005-02-02") == []
    assert "2 Februari 2005" in nik_warnings(both, "2004-02-02")[0]
    assert "2 Februari 1905" in nik_warnings(both, "1906-02-02")[0]


def test_a_date_that_would_be_in_the_future_is_of_the_last_century():
    soon = nik.today() + timedelta(days=40)
    (day,) = nik.birth_dates_from_nik(f"510899{soon:%d%m%y}9001")
    assert day.year == soon.year - 100


@pytest.mark.parametrize(
    ("odd", "about"),
    [
        ("5108997102009003", "bukan tanggal lahir yang mungkin"),  # 31 February
        ("5108993213909001", "bukan tanggal lahir yang mungkin"),
        ("5108990013909001", "bukan tanggal lahir yang mungkin"),
        ("5108994000909001", "bukan tanggal lahir yang mungkin"),  # day 40 is neither sex
        ("5108992902019004", "bukan tanggal lahir yang mungkin"),  # 29 February 1901 and 2001
        ("9908990101909001", "bukan kode provinsi"),
        ("5108000101909001", "bukan kode wilayah"),
        ("5180990101909001", "bukan kode wilayah"),
        ("5170990101909001", "bukan kode wilayah"),  # between the last kabupaten and the first kota
        ("5108990101900000", "biasanya bukan 0000"),
    ],
)
def test_what_old_records_may_have_warns_only(odd, about):
    assert clean_nik(odd) == odd
    (sentence,) = nik_warnings(odd)
    assert about in sentence
    assert sentence.endswith("Jika memang begitu di KTP-el, biarkan saja.")


@pytest.mark.parametrize("edge", ["5101013112909001", "5179997112909001", "5108990101900001"])
def test_the_last_kabupaten_kota_and_day_are_not_odd(edge):
    assert nik_warnings(edge, edge[6:8] in ("31", "71") and "1990-12-31", "2" if edge[6:8] == "71" else "1") == []


def test_who_is_born_today_by_the_offices_clock_can_have_a_nik():
    assert nik.WITA.utcoffset(None) == timedelta(hours=8)
    newborn = f"510899{nik.today():%d%m%y}9001"
    assert nik_warnings(newborn, nik.today(), "1") == []


def test_the_29th_of_february_of_2000_exists():
    assert nik_warnings("5108992902009005", "2000-02-29") == []


def test_every_province_from_aceh_to_papua_is_known():
    assert sorted(nik.PROVINCES) == [
        *(11, 12, 13, 14, 15, 16, 17, 18, 19, 21, 31, 32, 33, 34, 35, 36, 51, 52, 53, 61, 62, 63, 64, 65),
        *(71, 72, 73, 74, 75, 76, 81, 82, 91, 92, 93, 94, 95, 96, 97),
    ]


def test_the_mask_shows_the_last_four_digits_only():
    assert mask_nik(MAN) == "…9001"


def test_a_family_card_number_is_cleaned_like_a_nik_and_named_otherwise():
    assert clean_kk("5108 9901 0118 9001") == "5108990101189001"
    with pytest.raises(InvalidAnswer) as wrong:
        clean_kk("510899", "Nomor KK")
    assert str(wrong.value) == "Nomor KK baru 6 angka. Nomor KK terdiri dari 16 angka."


def test_a_womans_nik_in_place_of_a_family_card_number_is_noticed():
    assert kk_warnings(WOMAN) == ["Ini seperti NIK, bukan nomor KK. Nomor KK ada di bagian atas kartu."]
    assert nik.looks_like_nik(WOMAN)
    assert not nik.looks_like_nik(MAN)


def test_a_family_card_number_has_a_plain_day():
    assert kk_warnings("5108990101189001") == []
    assert nik.looks_like_kk("5108990101189001")
    assert not nik.looks_like_kk(WOMAN)
    assert "tidak seperti biasanya" in kk_warnings("5108993501189001")[0]
