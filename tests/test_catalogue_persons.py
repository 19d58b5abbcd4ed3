"""Persons of one form are held against each other: nobody is two people, and nobody is born after their child."""

import pytest

from catalogue import persons
from catalogue.applicant_section import REPORTERS_RELATION

KINDS = {"nama": "name", "nik": "nik", "tanggal": "date"}
A, B, C, D = (f"51089945059{n}0001" for n in range(4))
MEMBERS = {
    "key": "anggota", "type": "group", "label": {"id": "Anggota"},
    "item": [
        {"key": "name", "type": "name", "label": {"id": "Nama"}},
        {"key": "nik", "type": "nik", "label": {"id": "NIK"}},
    ],
}  # fmt: skip


def found(app, dead=False, **answers):
    """Return the contradictions of a form with just these questions: (control, sentence, refused)."""
    fields = [
        {"key": key, "type": KINDS.get(key.removeprefix("pemohon_").split("_")[0], "choice"),
         "label": {"id": key.replace("_", " ")}, "subject": {"nama": "name", "nama_suami": "name"}.get(key, "")}
        for key in answers if key != "anggota"
    ]  # fmt: skip
    fields += [MEMBERS] if "anggota" in answers else []
    fields += [{"key": REPORTERS_RELATION, "type": "choice", "label": {"id": "Hubungan"}}] if dead else []
    with app.test_request_context():
        return [(one.control, one.sentence, one.refused) for one in persons.find_contradictions(fields, answers)]


def says(contradictions, *words):
    """Say whether one contradiction is refused, and has all these words."""
    return len(contradictions) == 1 and contradictions[0][2] and all(word in contradictions[0][1] for word in words)


def test_two_persons_have_not_the_same_nik(app):
    assert says(found(app, nik_ibu=A, nik_ayah=A), "nik ayah", "nik ibu", "orangnya berbeda")
    assert says(found(app, nik=A, nik_ibu=A), "nik ibu", "nik")
    assert says(found(app, nik_suami=A, nik_istri=A), "nik suami", "nik istri")
    assert found(app, nik_ibu=A, nik_ayah=B) == []


def test_who_has_no_number_is_not_the_same_as_others_without_one(app):
    assert found(app, nik_ibu="tanpa:asing", nik_ayah="tanpa:asing") == []


def test_witnesses_are_two_people_and_neither_child_nor_parent(app):
    assert says(found(app, nik_saksi_1=A, nik_saksi_2=A), "Saksi harus orang lain")
    assert says(found(app, nik=A, nik_saksi_1=A), "Saksi harus orang lain")
    assert says(found(app, nik_ibu=A, nik_saksi_2=A), "Saksi harus orang lain")
    assert found(app, nik=A, nik_saksi_1=B, nik_saksi_2=C) == []


@pytest.mark.parametrize("role", ["pemohon_nik", "nik_saksi_1", "nik_pasangan", "nik_kepala_baru"])
def test_who_has_died_neither_applies_nor_witnesses_nor_survives_themselves(app, role):
    names = {"nama": "I Made Rai", role.replace("nik", "nama"): "I Made Rai"}
    assert says(found(app, dead=True, nik=A, **{role: A}, **names), "meninggal")
    assert found(app, dead=True, nik=A, **{role: B}) == []


def test_an_applicant_who_is_the_mother_has_the_mother_s_nik(app):
    same = {"pemohon_untuk": "ibu", "pemohon_nama": "Ni Luh Ayu", "nama_ibu": "NI LUH AYU"}
    assert found(app, **same, pemohon_nik=A, nik_ibu=A) == []
    assert says(found(app, **same, pemohon_nik=A, nik_ibu=B), "nik ibu", "pemohon nik", "orang yang sama")
    assert found(app, **same, pemohon_nik=A, nik_ibu="tanpa:asing") == []


def test_an_applicant_who_says_to_be_somebody_else_is_no_other_person_of_the_form(app):
    family = {"pemohon_untuk": "keluarga", "pemohon_nama": "Ni Luh Ayu", "pemohon_nik": A, "nik_ibu": A}
    assert says(found(app, **family, nama_ibu="Ni Wayan Sari"), "nik ibu")
    assert found(app, **family, nama_ibu="Ni Luh Ayu Lestari") == []
    ((_control, sentence, refused),) = found(app, **family, nama_ibu="Ni Luh Hayu")  # a typing mistake, perhaps
    assert "nik ibu" in sentence and not refused


def test_a_guardian_may_be_the_applicant_and_nobody_the_head_of_the_family(app):
    assert found(app, pemohon_untuk="anak", pemohon_nama="A B", pemohon_nik=A, nik_wali=A, nama_wali="Cde Fgh") == []
    assert found(app, nik=A, nama="I Made Rai", nik_kepala=A, nama_kepala="I Made Rai") == []
    assert says(found(app, nik=A, nama="I Made Rai", nik_kepala=A, nama_kepala="Ketut Sari"), "nik kepala")


def test_a_parent_is_older_than_the_child(app):
    assert says(found(app, nik=A, tanggal_lahir="2020-01-01", tanggal_lahir_ibu="2020-01-02"), "lahir sesudah anaknya")
    warned = found(app, tanggal_lahir="2020-01-01", tanggal_lahir_ayah="2008-01-02")
    assert [refused for _control, _sentence, refused in warned] == [False] and "12 tahun" in warned[0][1]
    assert found(app, tanggal_lahir="2020-01-01", tanggal_lahir_ayah="2008-01-01") == []
    assert says(found(app, tanggal_lahir_suami="1990-01-01", tanggal_lahir_ibu_suami="1995-01-01"), "sesudah anaknya")


def test_what_only_a_nik_says_about_an_age_is_never_refused(app):
    parent = "5108994505100001"  # born in 1910 or 2010
    assert found(app, tanggal_lahir="1940-01-01", nik_ibu=parent) == []
    assert [refused for *_rest, refused in found(app, tanggal_lahir="2012-01-01", nik_ibu="5108994505110001")] == []
    assert [refused for *_rest, refused in found(app, tanggal_lahir="1999-01-01", nik_ibu="5108994505950001")] == [
        False
    ]


def test_nobody_marries_or_dies_before_they_are_born(app):
    assert says(found(app, tanggal_lahir="1990-01-01", tanggal_meninggal="1989-12-31"), "lebih dulu")
    assert says(found(app, tanggal_lahir_istri="1990-01-01", tanggal_pemberkatan="1989-12-31"), "lebih dulu")
    assert found(app, tanggal_lahir="2020-01-01", tanggal_kawin_agama="2015-01-01") == [], "the child's parents"


def test_one_person_with_two_numbers_is_asked_to_look_again(app):
    one = {"nama": "I Made Rai", "tanggal_lahir": "1990-05-05", "nik": A}
    other = {"nama_pasangan": "I Made Rai", "tanggal_lahir_pasangan": "1990-05-05", "nik_pasangan": B}
    assert [refused for *_rest, refused in found(app, **one, **other)] == [False]


def test_a_family_member_stands_in_the_list_once(app):
    rows = [{"name": "I Made Rai", "nik": A}, {"name": "Ni Luh Ayu", "nik": B}, {"name": "I Made Rai", "nik": A}]
    assert says(found(app, anggota=rows), "baris 3", "baris 1")
    assert found(app, anggota=rows)[0][0] == "anggota-2-nik"
    assert found(app, nik=A, nama="I Made Rai", anggota=rows[:2]) == [], "who moves may stand in the list too"
    assert says(found(app, nik=A, nama="Ketut Sari", anggota=rows[:2]), "nik baris 1".replace("nik", "NIK"))
