"""Field types: the values that each accepts, refuses and warns about."""

from datetime import timedelta

import pytest

from catalogue import fields
from catalogue.fields import clean, display, warnings
from catalogue.nik import today
from tests.helpers.field_checks import VILLAGES, check_fields, make_field, refusal_of

# -- what is missing ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("field", "sentence"),
    [
        (make_field("name"), "Isi nama lengkap anak."),
        (make_field("nik", "NIK ibu"), "Isi NIK ibu. Bila belum punya, lihat petunjuk di bawahnya."),
        (make_field("text", "KTP-el yang rusak"), "Isi KTP-el yang rusak."),
        (make_field("choice", "Agama", options=[["1", "Islam"]]), "Pilih agama."),
        (make_field("village", "Desa atau kelurahan"), "Pilih desa atau kelurahan."),
        (make_field("date", "Tanggal lahir anak"), "Isi tanggal lahir anak."),
        (make_field("yesno", "Apakah punya NIK?"), "Pilih ya atau tidak: apakah punya NIK?"),
        (make_field("choice", "Untuk siapa?", options=[["1", "Diri"]]), "Jawab dulu: untuk siapa?"),
        (
            make_field("group", "Anggota keluarga", item=[make_field("name")]),
            "Isi paling sedikit satu baris anggota keluarga.",
        ),
    ],
)
def test_a_missing_answer_is_asked_for_by_its_name(field, sentence):
    assert refusal_of(field, [] if field["type"] == "group" else "  ") == sentence


@pytest.mark.parametrize("type", [*fields.FIELD_TYPES])
def test_an_optional_field_of_any_type_may_stay_empty(type):
    field = make_field(type, required=False, options=[["1", "Satu"]])
    assert clean(field, "") == clean(field, None) == clean(field, " \t ") == ""
    assert check_fields(field, isian="") == ({}, {}, {})


# -- characters -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("type", ["text", "long", "name"])
@pytest.mark.parametrize("control", ["\x00", "\x07", "\x1b[31m", "\x7f", "\x85", "\ue000", "\ud800"])
def test_control_characters_are_refused_with_a_sentence(type, control):
    assert refusal_of(make_field(type), f"Putu{control}Arya") == (
        "Nama lengkap anak memuat tanda yang tidak terbaca. Hapus isinya, lalu ketik ulang."
    )


@pytest.mark.parametrize("mark", ["\u200b", "\u200e", "\u202e", "\u2066", "\ufeff", "\u00ad", "\U000e0041"])
def test_marks_without_width_or_with_direction_are_dropped(mark):
    for type in ("text", "long", "name"):
        assert clean(make_field(type), f"{mark}Putu {mark}Arya{mark}") == "Putu Arya"


def test_only_invisible_marks_are_no_answer():
    assert refusal_of(make_field("name"), "\u200b\u202e") == "Isi nama lengkap anak."
    assert clean(make_field("text", required=False), "\u200b") == ""


def test_lines_become_spaces_except_in_long_text():
    assert clean(make_field("text"), "Jalan\r\nGajah  Mada\t12\u2028") == "Jalan Gajah Mada 12"
    assert clean(make_field("name"), " Ni\nLuh ") == "Ni Luh"
    assert clean(make_field("long"), " satu \r\n\r\n\r\n\r\n dua\rtiga ") == "satu\n\ndua\ntiga"


def test_letters_are_composed_but_never_replaced():
    assert clean(make_field("name"), "Jose\u0301") == "José"
    assert clean(make_field("text"), "2² m") == "2² m"


@pytest.mark.parametrize(("type", "most"), [("text", 120), ("name", 120), ("long", 1000)])
def test_too_many_characters_are_counted(type, most):
    assert clean(make_field(type), "a" * most) == "a" * most
    assert f"{most + 1} huruf. Paling banyak {most} huruf." in refusal_of(make_field(type), "a" * (most + 1))
    assert refusal_of(make_field(type, max=5), "abcdef").endswith("6 huruf. Paling banyak 5 huruf.")
    assert "terlalu panjang" in refusal_of(make_field(type), "a" * 10_000)
    assert "huruf" not in refusal_of(make_field(type), "a" * 20_001)  # not even looked at
    assert "20000 huruf" in refusal_of(make_field(type), "a" * 20_000)


@pytest.mark.parametrize("text", ["<script>alert(1)</script>", "{{ 7*7 }}", "=1+1", "100%_", "'; DROP TABLE x"])
def test_text_that_means_something_to_machines_is_text(text):
    assert clean(make_field("text"), text) == text


# -- names ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "name",
    [
        "U",
        "I",
        "I Gusti Ngurah Ma'ruf",
        "dr. Anak Agung Ngr. Oka, S.H., M.Kes.",
        "Jean-Luc Nuñez Müller",
        "Łukasz Đặng",
        "Ø\u0300\u036fyvind",
        "Siti (Alm.) binti A/L Ahmad",
    ],
)
def test_names_as_people_have_them_are_taken(name):
    assert clean(make_field("name"), name) == name


@pytest.mark.parametrize(
    "typed", ["O'Brien", "O\u2019Brien", "O\u2018Brien", "O`Brien", "O\u00b4Brien", "O\u02bcBrien\u200e"]
)
def test_a_name_s_apostrophe_is_one_however_it_is_typed(typed):
    assert clean(make_field("name"), typed) == "O'Brien"


@pytest.mark.parametrize(
    "name",
    [
        "<b>Putu</b>",
        "Putu; Made",
        "Putu@rumah",
        "=Putu",
        "Пётр",
        "陈",
        "बि",
        "Putu\u0903",
        "Putu\u05b0",
        "بوتو",
        "Putu😀",
    ],
)
def test_what_no_name_in_latin_letters_has_is_refused(name):
    assert refusal_of(make_field("name"), name) == (
        "Nama lengkap anak hanya berisi huruf Latin, spasi, titik, koma, petik, dan tanda hubung."
    )


def test_a_name_without_a_letter_is_refused():
    assert "belum berisi huruf" in refusal_of(make_field("name"), "123")
    assert "belum berisi huruf" in refusal_of(make_field("name"), "-.'")


def test_the_rules_of_2022_warn_about_new_names_only():
    new = make_field("name", checks={"new_name": True})
    assert "dua kata" in warnings(new, "Arya", {})[0]
    assert warnings(new, "Putu " + "a" * 55, {}) == []
    assert "60 huruf" in warnings(new, "Putu " + "a" * 56, {})[0]
    assert "singkatan" in warnings(new, "I Pt. Arya", {})[0]
    assert warnings(new, "I Putu Arya", {}) == []
    assert warnings(make_field("name"), "Arya", {}) == warnings(make_field("name"), "I Pt. Arya, S.H.", {}) == []
    assert warnings(make_field("name"), "Arya 2", {}) == [
        "Nama lengkap anak berisi angka. Cocokkan lagi dengan KTP-el atau KK."
    ]


# -- numbers --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("typed", "value"), [("3150", 3150), ("٣١٥٠", 3150), ("3.150", 3150), (" 07 ", 7), ("0", 0), (49, 49)]
)
def test_whole_numbers_are_read_as_people_write_them(typed, value):
    assert clean(make_field("number"), typed) == value


@pytest.mark.parametrize("typed", ["49,5", "3.15", "-5", "²", "1e3", "0x10", "3150 g", "9" * 40, "1_000", "5\n6"])
def test_what_is_no_whole_number_is_refused(typed):
    assert refusal_of(make_field("number", "Berat bayi (gram)"), typed) == (
        "Tulis berat bayi (gram) dengan angka bulat, tanpa koma dan tanpa huruf."
    )


def test_numbers_have_a_least_and_a_most():
    field = make_field("number", "Berat bayi", min=300, max=8000)
    assert clean(field, "300") == 300
    assert clean(field, "8.000") == 8000
    assert refusal_of(field, "299") == "Berat bayi paling sedikit 300. Periksa angkanya."
    assert refusal_of(field, "8001") == "Berat bayi paling banyak 8.000. Periksa angkanya."


def test_zero_is_an_answer():
    field = make_field("number", "Jumlah anak", min=0)
    assert check_fields(field, isian="0") == ({"isian": 0}, {}, {})
    assert display(field, 0) == "0"


# -- dates and times ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "typed",
    ["2020-02-29", ["29", "2", "2020"], ["29", " 02 ", "2020"], "29-2-2020", "29/02/2020", "29.2.2020", "29 2 2020"],
)
def test_dates_are_read_as_people_write_them(typed):
    assert clean(make_field("date"), typed) == "2020-02-29"


@pytest.mark.parametrize(
    ("typed", "about"),
    [
        (["29", "2", "2023"], "Tanggal lahir anak tidak ada di kalender: 29 Februari 2023."),
        (["31", "6", "2020"], "Tanggal lahir anak tidak ada di kalender: 31 Juni 2020."),
        (["0", "6", "2020"], "tidak ada di kalender"),
        ("1900-02-29", "tidak ada di kalender"),
        (["1", "13", "2020"], "Bulan pada tanggal lahir anak hanya 1 sampai 12."),
        (["1", "", "2020"], "Lengkapi tanggal lahir anak: tanggal, bulan, dan tahun."),
        (["", "", "2020"], "Lengkapi tanggal lahir anak"),
        (["1", "1", "87"], "dengan empat angka"),
        ("1-1-87", "dengan empat angka"),
        (["1", "Mei", "2020"], "Tulis tanggal lahir anak dengan angka, misalnya 13 11 2026."),
        (["²", "1", "2020"], "dengan angka"),
        ("2020-01-01\x00", "dengan angka"),
        ("kemarin", "dengan angka"),
        (["1", "1", "20200"], "dengan angka"),
        ("1899-12-31", "Tanggal lahir anak terlalu lama. Tulis tahun 1900 atau sesudahnya."),
        ("0000-01-01", "tidak ada di kalender"),
        ("2101-01-01", "terlalu jauh"),
    ],
)
def test_what_is_no_date_is_told_why(typed, about):
    assert about in refusal_of(make_field("date", "Tanggal lahir anak"), typed)


def test_the_first_and_the_last_day_that_count():
    assert clean(make_field("date"), "1900-01-01") == "1900-01-01"
    assert clean(make_field("date"), "2100-12-31") == "2100-12-31"


def test_a_birth_of_tomorrow_has_not_happened_but_a_move_of_tomorrow_may():
    tomorrow = (today() + timedelta(days=1)).isoformat()
    birth = make_field("date", "Tanggal lahir anak", not_future=True)
    assert refusal_of(birth, tomorrow) == "Tanggal lahir anak belum terjadi. Periksa tahunnya."
    assert clean(birth, today().isoformat()) == today().isoformat()
    assert clean(make_field("date", "Rencana tanggal pindah"), tomorrow) == tomorrow
    assert "belum terjadi" in refusal_of(birth, "9999-01-01")


def test_nobody_dies_before_being_born():
    born = make_field("date", "Tanggal lahir", "lahir")
    died = make_field("date", "Tanggal meninggal", "mati", checks={"not_before": "lahir"})
    _, errors, _ = check_fields(born, died, lahir="1990-05-04", mati="1990-05-03")
    assert errors == {"mati": "Tanggal meninggal lebih dulu daripada Jumat, 4 Mei 1990. Periksa tahunnya."}
    assert check_fields(born, died, lahir="1990-05-04", mati="1990-05-04")[1] == {}


@pytest.mark.parametrize(
    ("typed", "value"), [("04.25", "04:25"), ("4:25", "04:25"), ("23:59", "23:59"), (" 0.00 ", "00:00")]
)
def test_times_are_read_with_a_dot_or_a_colon(typed, value):
    assert clean(make_field("time"), typed) == value


@pytest.mark.parametrize("typed", ["24:00", "4.60", "425", "04:25:00", "pagi", "4:25\x00"])
def test_what_is_no_time_is_refused(typed):
    assert refusal_of(make_field("time", "Pukul lahir"), typed) == "Tulis pukul lahir seperti 04.25 atau 21.30."


# -- choices --------------------------------------------------------------------------------------------------------


def test_only_what_is_offered_can_be_chosen():
    field = make_field("choice", "Agama", options=[["1", "Islam"], ["4", {"id": "Hindu"}]])
    assert clean(field, "4") == "4"
    assert refusal_of(field, "9") == refusal_of(field, "Hindu") == "Pilih agama dari daftar."


def test_yes_and_no_are_the_only_answers_to_a_question():
    field = make_field("yesno", "Apakah punya NIK?")
    assert (clean(field, "ya"), clean(field, "tidak")) == ("ya", "tidak")
    assert refusal_of(field, "mungkin") == "Pilih ya atau tidak: apakah punya NIK?"


@pytest.mark.parametrize("code", ["51.08.06.2003", " 51.08.05.1009 "])
def test_a_village_is_its_code(code):
    assert clean(make_field("village"), code) == code.strip()


@pytest.mark.parametrize("code", ["Pemaron", "51.08.06", "51.08.06.2003'", "٥١.08.06.2003", "51.08.06.3003"])
def test_what_has_not_the_shape_of_a_villages_code_is_refused(code):
    assert refusal_of(make_field("village", "Desa atau kelurahan"), code) == "Pilih desa atau kelurahan dari daftar."


def test_a_village_must_be_on_the_list_where_one_is_given():
    field = make_field("village", "Desa atau kelurahan")
    assert check_fields(field, villages=VILLAGES, isian="51.08.06.2003")[1] == {}
    assert check_fields(field, villages=VILLAGES, isian="51.03.06.2003")[1] == {
        "isian": "Pilih desa atau kelurahan dari daftar."
    }
    assert check_fields(field, villages={}, isian="51.08.06.2003")[1] != {}


# -- telephone and e-mail -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("typed", "value"),
    [
        ("0812 0000 4417", "081200004417"),
        ("+62 812-0000-4417", "081200004417"),
        ("62812 0000 4417", "081200004417"),
        ("+62 0812 0000 4417", "081200004417"),
        ("(0362) 25887", "036225887"),
        ("+61 412 345 678", "+61412345678"),
    ],
)
def test_telephone_numbers_are_read_as_people_write_them(typed, value):
    assert clean(make_field("phone"), typed) == value


@pytest.mark.parametrize("typed", ["812", "0812 0000 4417\r\nBcc: x", "telepon saya", "0" * 30, "+0812345678"])
def test_what_is_no_telephone_number_is_refused(typed):
    assert refusal_of(make_field("phone", "Nomor HP"), typed) == "Tulis nomor HP seperti 0812 0000 4417."


@pytest.mark.parametrize(
    ("typed", "value"),
    [
        (" ayu.pratiwi@gmail.com ", "ayu.pratiwi@gmail.com"),
        ("A+b@Contoh.ID", "A+b@contoh.id"),
        ("x@a.b-c.co.id", "x@a.b-c.co.id"),
    ],
)
def test_mail_addresses_are_taken_with_a_small_host(typed, value):
    assert clean(make_field("email"), typed) == value


@pytest.mark.parametrize(
    "typed",
    [
        "ayu",
        "ayu@gmail",
        "a yu@gmail.com",
        "ayu@@gmail.com",
        "ayu@gmail.com\r\nBcc: semua@contoh.id",
        "ayu@gmail..com",
        ".ayu@gmail.com",
        "ayu@-gmail.com",
        "<ayu@gmail.com>",
        "a" * 65 + "@x.id",
        "a@" + "b." * 125 + "idn",
        "ayu@gmáil.com",
    ],
)
def test_what_is_no_mail_address_is_refused(typed):
    assert (
        refusal_of(make_field("email", "Alamat e-mail"), typed)
        == "Tulis alamat e-mail seperti nama@gmail.com, tanpa spasi."
    )


def test_a_host_that_is_almost_a_known_one_is_asked_about():
    field = make_field("email")
    assert warnings(field, "ayu@gmial.com", {}) == ["Maksud Anda gmail.com? Anda menulis gmial.com."]
    for host in ("gmail.com", "ymail.com", "yahoo.co.id", "bulelengkab.go.id", "contoh.id"):
        assert warnings(field, f"ayu@{host}", {}) == []
