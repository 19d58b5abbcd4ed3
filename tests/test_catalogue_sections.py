"""Validation of sections: conditions, dependent fields, rows of groups, formatted answers."""

import pytest
from werkzeug.datastructures import MultiDict

from catalogue import applicant_section
from catalogue.fields import clean, display, is_shown, validate_edition, validate_section, without_hidden
from tests.helpers.field_checks import FATHER_NIK, MOTHER_NIK, VILLAGES, check_fields, make_field, refusal_of

# -- NIK and family card --------------------------------------------------------------------------------------------


def validate_mother(**more):
    checks = {"birth_date": "lahir_ibu", "sex": "2"}
    return make_field("nik", "NIK ibu", "nik_ibu", checks=checks, **more), make_field(
        "date", "Tanggal lahir ibu", "lahir_ibu"
    )


def test_a_short_nik_names_the_field():
    assert (
        refusal_of(make_field("nik", "NIK ibu"), "5108 9955 0793 900")
        == "NIK ibu baru 15 angka. NIK terdiri dari 16 angka."
    )


def test_a_nik_is_compared_with_the_date_that_comes_after_it():
    assert check_fields(*validate_mother(), nik_ibu=MOTHER_NIK, lahir_ibu="1993-07-15") == (
        {"nik_ibu": MOTHER_NIK, "lahir_ibu": "1993-07-15"},
        {},
        {},
    )
    answers, errors, odd = check_fields(*validate_mother(), nik_ibu=MOTHER_NIK, lahir_ibu="1993-07-16")
    assert answers["nik_ibu"] == MOTHER_NIK
    assert errors == {}
    assert "15 Juli 1993" in odd["nik_ibu"]


def test_several_warnings_say_once_that_it_may_stay():
    _, _, odd = check_fields(*validate_mother(), nik_ibu=FATHER_NIK, lahir_ibu="1993-07-15")
    assert odd["nik_ibu"] == (
        "Menurut NIK ini tanggal lahirnya 3 Februari 1990. Menurut NIK ini pemiliknya laki-laki. "
        "Jika memang begitu di KTP-el, biarkan saja."
    )


def test_the_sex_may_be_another_answer():
    nik = make_field("nik", "NIK anak", "nik", checks={"sex": "kelamin"})
    sex = make_field("choice", "Jenis kelamin", "kelamin", options=[["1", "Laki-laki"], ["2", "Perempuan"]])
    assert check_fields(nik, sex, nik=MOTHER_NIK, kelamin="2")[2] == {}
    assert "perempuan" in check_fields(nik, sex, nik=MOTHER_NIK, kelamin="1")[2]["nik"]
    assert check_fields(nik, sex, nik=MOTHER_NIK, kelamin="")[2] == {}


def test_one_nik_for_two_persons_is_noticed_but_the_applicants_own_is_not():
    both = make_field("nik", "NIK ibu", "nik_ibu"), make_field("nik", "NIK ayah", "nik_ayah")
    odd = check_fields(*both, nik_ibu=MOTHER_NIK, nik_ayah=MOTHER_NIK)[2]
    assert odd["nik_ayah"] == "NIK ayah sama dengan nomor lain yang Anda isi. Cocokkan lagi keduanya."
    assert check_fields(both[0], answers={"pemohon_nik": MOTHER_NIK}, nik_ibu=MOTHER_NIK)[2] == {}
    applicant = make_field("nik", "NIK pemohon", "pemohon_nik")
    assert check_fields(applicant, answers={"nik_ibu": MOTHER_NIK}, pemohon_nik=MOTHER_NIK)[2] == {}
    assert (
        "sama dengan"
        in check_fields(applicant, answers={"no_kk": MOTHER_NIK}, pemohon_nik=MOTHER_NIK)[2]["pemohon_nik"]
    )


def test_one_person_may_stand_in_two_places_under_the_same_name():
    both = (
        make_field("nik", "NIK istri", "nik_pasangan"),
        make_field("nik", "NIK kepala keluarga baru", "nik_kepala_baru"),
    )
    same = {"nik_pasangan": MOTHER_NIK, "nik_kepala_baru": MOTHER_NIK}
    names = {"nama_pasangan": "Ni Made Andai", "nama_kepala_baru": "NI MADE ANDAI"}
    assert check_fields(*both, answers=names, **same)[2] == {}
    assert set(check_fields(*both, answers=names | {"nama_kepala_baru": "I Made Andai"}, **same)[2]) == {*same}


def test_a_family_card_number_that_is_a_nik_is_noticed_and_two_equal_ones_are_usual():
    card = make_field("kk", "Nomor KK", "no_kk")
    assert "seperti NIK" in check_fields(card, no_kk=MOTHER_NIK)[2]["no_kk"]
    other = make_field("kk", "Nomor KK istri", "no_kk_istri")
    assert check_fields(card, other, no_kk="5108990101189001", no_kk_istri="5108990101189001")[2] == {}


def test_a_family_card_number_that_is_somebodys_nik_is_noticed_also_a_mans():
    card, man = make_field("kk", "Nomor KK", "no_kk"), "5108990101909001"
    assert "sama dengan NIK" in check_fields(card, answers={"nik_ayah": man}, no_kk=man)[2]["no_kk"]
    assert "sama dengan NIK" in check_fields(card, answers={"pemohon_nik": man}, no_kk=man)[2]["no_kk"]
    assert check_fields(card, answers={"kk_saksi_1": man}, no_kk=man)[2] == {}


# -- sections -------------------------------------------------------------------------------------------------------

HAS_NIK = make_field("yesno", "Apakah punya NIK?", "punya")
NIK = make_field("nik", "NIK", "nik", when={"field": "punya", "is": ["ya"]})
PASSPORT = make_field("text", "Nomor paspor", "paspor", when={"field": "punya", "is": ["tidak"]})


def test_a_field_is_asked_only_when_its_condition_holds():
    assert is_shown(NIK, {"punya": "ya"})
    assert not is_shown(NIK, {"punya": "tidak"})
    assert not is_shown(NIK, {})
    assert is_shown(HAS_NIK, {})


def test_what_is_hidden_is_neither_missed_nor_kept():
    assert check_fields(HAS_NIK, NIK, PASSPORT, punya="tidak", nik="salah", paspor="X 1") == (
        {"punya": "tidak", "paspor": "X 1"},
        {},
        {},
    )


def test_what_hides_behind_a_hidden_field_is_hidden_too():
    chained = make_field("text", "Catatan", "catatan", when={"field": "izin", "is": ["ya"]})
    middle = make_field("yesno", "Apakah ada izin?", "izin", when={"field": "punya", "is": ["ya"]})
    assert check_fields(HAS_NIK, middle, chained, punya="tidak", izin="ya", catatan="x") == ({"punya": "tidak"}, {}, {})


def test_a_condition_may_be_met_in_another_section():
    assert check_fields(NIK, answers={"punya": "ya"}) == (
        {},
        {"nik": "Isi NIK. Bila belum punya, lihat petunjuk di bawahnya."},
        {},
    )
    assert check_fields(NIK, answers={"punya": "tidak"}) == ({}, {}, {})


def test_an_answer_saved_before_does_not_stand_in_for_one_typed_anew():
    assert check_fields(HAS_NIK, NIK, answers={"punya": "ya"}, punya="", nik="") == (
        {},
        {"punya": "Pilih ya atau tidak: apakah punya NIK?"},
        {},
    )


def test_every_wrong_answer_is_named_and_the_good_ones_are_kept():
    answers, errors, _ = check_fields(
        make_field("name", key="a"),
        make_field("name", "Nama ibu", "b"),
        make_field("text", "Alamat", "c"),
        a="I Putu",
        b="<>",
    )
    assert answers == {"a": "I Putu"}
    assert list(errors) == ["b", "c"]


def test_a_date_comes_in_three_boxes_or_as_one_text():
    field = make_field("date", "Tanggal lahir", "lahir")
    typed = MultiDict([("lahir-d", "13"), ("lahir-m", "11"), ("lahir-y", "2020"), ("lain", "x")])
    assert validate_section({"fields": [field]}, typed)[0] == {"lahir": "2020-11-13"}
    assert check_fields(field, lahir="2020-11-13")[0] == {"lahir": "2020-11-13"}
    assert check_fields(field, **{"lahir": "2020-11-13", "lahir-d": "31", "lahir-m": "2", "lahir-y": "2020"})[1] != {}
    assert check_fields(field, **{"lahir-d": "", "lahir-m": "", "lahir-y": ""})[1] == {"lahir": "Isi tanggal lahir."}


def test_the_first_of_several_values_counts():
    typed = MultiDict([("a", "I Putu"), ("a", "I Made")])
    assert validate_section({"fields": [make_field("name", key="a")]}, typed)[0] == {"a": "I Putu"}
    assert check_fields(make_field("name", key="a"), a=["I Putu", "I Made"])[0] == {"a": "I Putu"}
    assert clean(make_field("name"), ["I Putu"]) == "I Putu"


def test_all_sections_are_checked_in_their_order():
    edition = {"sections": [{"fields": [HAS_NIK]}, {"fields": [NIK, PASSPORT]}]}
    assert validate_edition(edition, {"punya": "ya", "nik": FATHER_NIK}) == ({"punya": "ya", "nik": FATHER_NIK}, {}, {})
    assert validate_edition(edition, {"punya": "tidak", "nik": FATHER_NIK})[1] == {"paspor": "Isi nomor paspor."}


def test_a_changed_answer_takes_away_what_it_hides():
    edition = {"sections": [{"fields": [HAS_NIK]}, {"fields": [NIK, PASSPORT]}]}
    assert without_hidden(edition, {"punya": "tidak", "nik": FATHER_NIK, "paspor": "X"}) == {
        "punya": "tidak",
        "paspor": "X",
    }


# -- groups ---------------------------------------------------------------------------------------------------------

MEMBERS = make_field(
    "group",
    "Anggota keluarga",
    "anggota",
    max_items=3,
    item=[
        make_field("name", "Nama lengkap", "name"),
        make_field("yesno", "Apakah punya NIK?", "punya", required=False),
        make_field("nik", "NIK", "nik", when={"field": "punya", "is": ["ya"]}),
        make_field("date", "Tanggal lahir", "lahir", required=False, not_future=True),
    ],
)


def test_rows_of_a_group_are_cleaned_and_empty_ones_dropped():
    typed = {
        "anggota-0-name": " I Putu ",
        "anggota-0-lahir-d": "1",
        "anggota-0-lahir-m": "2",
        "anggota-0-lahir-y": "2020",
        "anggota-1-name": "  ",
        "anggota-10-name": "Ni Luh",
        "anggota-10-punya": "ya",
        "anggota-10-nik": MOTHER_NIK,
    }
    rows = [{"name": "I Putu", "lahir": "2020-02-01"}, {"name": "Ni Luh", "punya": "ya", "nik": MOTHER_NIK}]
    assert validate_section({"fields": [MEMBERS]}, MultiDict(typed)) == ({"anggota": rows}, {}, {})
    assert check_fields(MEMBERS, anggota=rows)[0] == {"anggota": rows}
    assert clean(MEMBERS, rows) == rows


def test_rows_typed_now_count_more_than_rows_kept_before():
    raw = {"anggota": [{"name": "Lama"}], "anggota-0-name": "Baru"}
    assert check_fields(MEMBERS, **raw)[0] == {"anggota": [{"name": "Baru"}]}
    assert check_fields(MEMBERS, **raw | {"anggota-0-name": ""})[1] == {
        "anggota": "Isi paling sedikit satu baris anggota keluarga."
    }


def test_a_wrong_row_is_named_where_it_stands_on_the_page():
    _, errors, _ = check_fields(MEMBERS, **{"anggota-2-name": "I Putu", "anggota-7-name": "", "anggota-7-punya": "ya"})
    assert errors == {
        "anggota-7-name": "Baris 2: isi nama lengkap.",
        "anggota-7-nik": "Baris 2: isi NIK. Bila belum punya, lihat petunjuk di bawahnya.",
    }
    assert refusal_of(MEMBERS, [{"name": "<>"}]).startswith("Baris 1: nama lengkap hanya berisi")


def test_an_odd_nik_in_a_row_warns_in_that_row():
    raw = {"anggota-4-name": "I Putu", "anggota-4-punya": "ya", "anggota-4-nik": "9908990101909001"}
    assert check_fields(MEMBERS, **raw)[2]["anggota-4-nik"].startswith("Baris 1: dua angka pertama NIK")


def test_a_person_of_the_section_may_be_listed_among_the_members():
    head = make_field("nik", "NIK kepala keluarga", "kepala")
    raw = {"kepala": MOTHER_NIK, "anggota-0-name": "Ni Luh", "anggota-0-punya": "ya", "anggota-0-nik": MOTHER_NIK}
    assert check_fields(head, MEMBERS, **raw)[1:] == ({}, {})


def test_a_group_has_at_most_its_number_of_rows():
    assert clean(MEMBERS, [{"name": "A"}] * 3) == [{"name": "A"}] * 3
    assert len(clean({**MEMBERS, "max_items": None}, [{"name": "A"}] * 12)) == 12
    assert "paling banyak 12" in refusal_of({**MEMBERS, "max_items": None}, [{"name": "A"}] * 13)
    assert refusal_of(MEMBERS, [{"name": "A"}] * 4) == "Anggota keluarga: paling banyak 3 baris."
    flood = {f"anggota-{n}-name": "A" for n in range(1000)}
    assert check_fields(MEMBERS, **flood)[1] == {"anggota": "Anggota keluarga: paling banyak 3 baris."}


def test_what_is_no_row_of_the_group_is_left_alone():
    raw = {"anggota-x-name": "A", "anggota-٣-name": "A", "anggota-9999-name": "A", "anggota--name": "A", "anggota": "A"}
    assert check_fields(MEMBERS | {"required": False}, **raw) == ({}, {}, {})


# -- showing --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("field", "value", "text"),
    [
        (make_field("date"), "2026-11-13", "Jumat, 13 November 2026"),
        (make_field("time"), "04:25", "04.25"),
        (make_field("number"), 3150, "3.150"),
        (make_field("yesno"), "tidak", "Tidak"),
        (make_field("choice", options=[["1", {"id": "Islam"}]]), "1", "Islam"),
        (make_field("choice", options=[["1", "Islam"]]), "1", "Islam"),
        (make_field("choice", options=[["1", "Islam"]]), "99", "99"),
        (make_field("phone"), "081200004417", "0812 0000 4417"),
        (make_field("nik"), MOTHER_NIK, MOTHER_NIK),
        (make_field("village"), "51.08.06.2003", "Pemaron, Buleleng"),
        (make_field("village"), "51.08.06.2999", "51.08.06.2999"),
        (make_field("name"), "I Putu", "I Putu"),
        (make_field("name"), None, ""),
        (make_field("name"), "", ""),
        (
            MEMBERS,
            [{"name": "I Putu", "lahir": "2020-02-01"}, {"name": "Ni Luh"}],
            "1. I Putu, Sabtu, 1 Februari 2020\n2. Ni Luh",
        ),
    ],
)
def test_answers_are_shown_as_people_read_them(field, value, text):
    assert display(field, value, VILLAGES) == text


def test_what_was_cleaned_is_clean():
    samples = [
        (make_field("text"), " a  b "), (make_field("long"), "a\r\nb"),
        (make_field("name"), "Jose\u0301"), (make_field("number"), "3.150"),
        (make_field("date"), "1-2-2020"), (make_field("time"), "4.05"), (make_field("phone"), "+62812 0000 4417"),
        (make_field("email"), "A@B.id"), (make_field("nik"), "5108 9955 0793 9002"),
        (make_field("kk"), "5108 9901 0118 9001"),
        (MEMBERS, [{"name": " A "}]),
    ]  # fmt: skip
    for field, raw in samples:
        value = clean(field, raw)
        assert clean(field, value) == value


# -- the reporter of F-2.01 -----------------------------------------------------------------------------------------


def service_with(form_code, *keys):
    """A definition of which the applicant section sees only the form's code and the fields."""
    fields = [make_field("name" if key.startswith("nama") else "text", key, key) for key in keys]
    return {"form_code": form_code, "sections": [{"key": "a", "title": {"id": "A"}, "fields": fields}]}


def asked_of(who, body):
    """The keys of the applicant section that this applicant is asked."""
    return {one["key"] for one in applicant_section.section("counter", body)["fields"]
            if is_shown(one, {"pemohon_untuk": who})}  # fmt: skip


def test_a_reporters_family_card_and_nationality_are_asked_where_the_form_doesnt_have_them():
    birth = service_with("F-2.01", "no_kk", "nama_ibu", "kewarganegaraan_ibu")
    both = {"pemohon_no_kk", "pemohon_kewarganegaraan"}
    assert asked_of("ibu", birth) & both == set()
    assert asked_of("keluarga", birth) & both == {"pemohon_kewarganegaraan"}
    assert asked_of("lain", birth) & both == both
    wedding = service_with("F-2.01", "nama_suami", "no_kk_suami", "nama_istri")
    assert asked_of("suami", wedding) & both == {"pemohon_kewarganegaraan"}
    assert asked_of("istri", wedding) & both == both
    assert asked_of("lain", service_with("F-1.02", "no_kk")) & both == set()


def test_a_reporter_who_leaves_the_family_card_empty_is_not_refused():
    """Applications that were begun, or returned, before it was asked must stay complete."""
    fields = applicant_section.section("counter", service_with("F-2.01", "no_kk"))["fields"]
    given = {"pemohon_untuk": "lain", "pemohon_nama": "Ni Luh Ayu", "pemohon_nik": MOTHER_NIK}
    assert validate_section({"fields": fields}, given)[1] == {}
