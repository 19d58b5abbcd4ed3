"""Prefill: answers of earlier applications are offered where they fit, and never from beyond the person's reach."""

import re

import pytest

from casework.transitions import perform
from intake import drafts, prefill
from models import Draft, Permohonan
from tests.helpers.counter_client import HOME, CounterClient, application_url
from tests.helpers.public_client import PublicClient, field_error

ME, MOTHER, FATHER = "5108990101909001", "5108994101909002", "5108990202889003"
OFFER = "Isi dengan data dari permohonan sebelumnya?"


def submitted(factory, code, track="self_service", **answers):
    """Submit an application with these answers."""
    permohonan = factory.begin(code, track)
    known = drafts.get_draft(permohonan).answers | answers
    themselves = {"nik": known["pemohon_nik"]} if answers.get("pemohon_untuk") == "diri" else {}
    Draft.update(answers=known | themselves).where(Draft.permohonan == permohonan.id).execute()
    who = factory.staff["counter_operator"] if track == "counter" else factory.applicant
    perform(permohonan, "submit", who, declaration=True)
    return permohonan


def prefill_of(factory, code, given, *earlier_application):
    """Return the values offered for all fields of a service, by key."""
    permohonan = Permohonan(edition=factory.edition(code), track="self_service")
    pages = drafts.form_pages(permohonan)
    every = [part for page in pages for part in page["fields"]]
    found = {}
    for page in pages:
        found |= prefill.prefill_values(page, every, given, earlier_application)
    return {key: value for key, (value, _number) in found.items()}


def earlier_application(factory, code, **answers):
    permohonan = Permohonan(edition=factory.edition(code), track="self_service")
    return prefill.EarlierApplication(
        "AKU-1", tuple(part for page in drafts.form_pages(permohonan) for part in page["fields"]), answers
    )


MOTHERS = {"nama_ibu": "Ni Luh Ayu", "nik_ibu": MOTHER, "tanggal_lahir_ibu": "1990-01-01"}
FATHERS = {"nama_ayah": "I Made Wiguna", "nik_ayah": FATHER}
PLACE = {"alamat": "Jalan Melati 3", "desa": "51.08.06.2004"}
BIRTH = {
    "pemohon_untuk": "anak",
    "nama_anak": "I Putu Arya",
    "tanggal_lahir": "2024-02-03",
    **MOTHERS,
    **FATHERS,
    **PLACE,
}
TABLE = (
    # from (service, answers), to (service, answers), what is offered (of these keys), what is not
    (
        "AK-LAHIR",
        BIRTH,
        "AK-LAHIR",
        {"pemohon_untuk": "anak"},
        {**MOTHERS, **FATHERS, **PLACE},
        ("nama_anak", "tanggal_lahir"),
    ),
    ("AK-LAHIR", BIRTH, "KTP-BARU", {"nik": MOTHER}, {"nama": "Ni Luh Ayu", "tanggal_lahir": "1990-01-01"}, ()),
    (
        "AK-LAHIR",
        BIRTH,
        "KTP-BARU",
        {"pemohon_untuk": "diri", "pemohon_nik": MOTHER},
        {"nik": MOTHER, "nama": "Ni Luh Ayu"},
        (),
    ),
    (
        "AK-LAHIR",
        BIRTH,
        "KTP-BARU",
        {"pemohon_untuk": "diri", "pemohon_nik": ME},
        {"nik": ME, "desa": PLACE["desa"]},
        ("nama", "tanggal_lahir"),
    ),
    ("AK-LAHIR", BIRTH, "AK-LAHIR", {"pemohon_untuk": "lain"}, {}, ("nama_ibu", "alamat")),
    (
        "KTP-HILANG",
        {"pemohon_untuk": "lain", "nik": ME, "nama": "Orang Lain", **PLACE},
        "KK-HILANG",
        {"pemohon_untuk": "diri"},
        {},
        ("alamat", "nama"),
    ),
    (
        "KTP-HILANG",
        {"nik": ME, "nomor_surat_kehilangan": "SKTLK 7", "tanggal_surat_kehilangan": "2026-01-01"},
        "KK-HILANG",
        {"nik": ME},
        {},
        ("nomor_surat_kehilangan", "tanggal_surat_kehilangan"),
    ),
    (
        "PIN-DALAM",
        {"pemohon_untuk": "diri", "alamat_tujuan": "Jalan Baru", **PLACE},
        "KK-HILANG",
        {"pemohon_untuk": "diri"},
        {},
        ("alamat",),
    ),
    (
        "KK-HILANG",
        {"pemohon_nama": "Ni Luh", "pemohon_nik": ME, "pemohon_hp": "081200004417"},
        "KTP-BARU",
        {},
        {"pemohon_nik": ME, "pemohon_hp": "081200004417"},
        (),
    ),
    (
        "KK-HILANG",
        {"pemohon_nama": "Ni Luh", "pemohon_nik": ME},
        "KTP-BARU",
        {"pemohon_nik": MOTHER},
        {},
        ("pemohon_nama",),
    ),
)


@pytest.mark.parametrize("database_kind", ["sqlite"])
def test_what_fits_is_offered_and_nothing_else(factory):
    wrong = []
    for source, answers, code, given, offered, besides in TABLE:
        found = prefill_of(factory, code, given, earlier_application(factory, source, **answers))
        missing = {key: value for key, value in offered.items() if found.get(key) != value}
        if missing or (extra := [key for key in besides if key in found]):
            wrong.append((source, code, given, missing or extra))
    assert wrong == []


@pytest.mark.parametrize("database_kind", ["sqlite"])
def test_ones_own_name_and_nik_need_not_be_typed_twice(factory):
    given = {"pemohon_untuk": "diri", "pemohon_nama": "Ni Luh Ayu", "pemohon_nik": ME}
    assert prefill_of(factory, "KTP-HILANG", given) == {"nama": "Ni Luh Ayu", "nik": ME}


def begin_draft(visitor, code):
    visitor.post(f"/permohonan/baru/{code}")
    return Permohonan.select().order_by(Permohonan.id.desc()).get()


@pytest.fixture
def second_application(app, factory):
    """A new application of somebody who applied before, on its second page."""
    submitted(factory, "KK-HILANG", pemohon_untuk="diri", alamat="Jalan Melati 3", no_kk="5108990101189001")
    visitor = PublicClient(app)
    visitor.sign_in()
    permohonan = begin_draft(visitor, "KTP-HILANG")
    path = f"/permohonan/{permohonan.key}/isi/pemilik"
    Draft.update(answers=drafts.get_draft(permohonan).answers | {"pemohon_untuk": "diri"}).execute()
    return visitor, permohonan, path


def test_it_is_shown_and_taken_with_one_press_besides_what_was_typed(second_application):
    visitor, permohonan, path = second_application
    page = visitor.get(path).text
    assert OFFER in page and "Jalan Melati 3" in page and "5108990101189001" not in page and "…9001" in page
    version = re.search(r'name="draft_version" value="(\d+)"', page)[1]
    answer = visitor.post(path, {"draft_version": version, "alamat": "Jalan Mawar", "offer": "take"})
    assert answer.location.endswith("/isi/kehilangan"), "the page is complete"
    found = drafts.get_draft(permohonan).answers
    assert (found["alamat"], found["no_kk"]) == ("Jalan Mawar", "5108990101189001"), "what was typed stays"
    assert 'value="5108990101189001"' in visitor.get(path).text


def test_a_browser_sends_the_empty_fields_too_and_they_are_filled_in(second_application):
    visitor, permohonan, path = second_application
    page = visitor.get(path).text
    version = re.search(r'name="draft_version" value="(\d+)"', page)[1]
    empty = {part["key"]: "" for section in drafts.form_pages(permohonan) for part in section["fields"]}
    visitor.post(path, empty | {"draft_version": version, "alamat": "Jalan Mawar", "offer": "take"})
    assert drafts.get_draft(permohonan).answers["no_kk"] == "5108990101189001"
    assert 'value="5108990101189001"' in visitor.get(path).text


def test_it_is_refused_for_good(second_application):
    visitor, permohonan, path = second_application
    visitor.post(path, {"draft_version": "0", "offer": "refuse"})
    assert OFFER not in visitor.get(path).text and "no_kk" not in drafts.get_draft(permohonan).answers


def test_nothing_of_another_account_is_offered(app, second_application):
    other = PublicClient(app)
    other.sign_in("pemohon2@aku.example")
    permohonan = begin_draft(other, "KTP-HILANG")
    answers = drafts.get_draft(permohonan).answers | {"pemohon_untuk": "diri", "pemohon_nik": "5108994505900001"}
    Draft.update(answers=answers).where(Draft.permohonan == permohonan.id).execute()
    page = other.get(f"/permohonan/{permohonan.key}/isi/pemilik").text
    assert OFFER not in page and "Jalan Melati 3" not in page


def test_a_counter_looks_up_a_nik_by_post_within_its_own_reach(app, factory):
    submitted(factory, "KTP-HILANG", "counter", pemohon_nik=ME, pemohon_nama="Ni Luh Ayu", pemohon_untuk="diri")
    submitted(factory, "KTP-HILANG", pemohon_nik=MOTHER, pemohon_nama="Bukan Di Sini")
    operator = CounterClient(app)
    answer = operator.post(f"{HOME}/permohonan/baru/KK-HILANG", {"nik": "5108 9901 0190 9001"})
    permohonan = Permohonan.select().order_by(Permohonan.id.desc()).get()
    assert answer.status_code == 303 and ME not in answer.location
    page = operator.get(f"{application_url(permohonan)}/isi/pemohon").text
    assert OFFER in page and "Ni Luh Ayu" in page
    for who, nik, name in (("loket.sukasada", ME, "Ni Luh Ayu"), ("loket.pemaron", MOTHER, "Bukan Di Sini")):
        elsewhere = CounterClient(app, f"{who}@aku.example")
        elsewhere.post(f"{HOME}/permohonan/baru/KK-HILANG", {"nik": nik})
        fresh = Permohonan.select().order_by(Permohonan.id.desc()).get()
        page = elsewhere.get(f"{application_url(fresh)}/isi/pemohon").text
        assert OFFER not in page and name not in page, who


def test_a_nik_that_cannot_be_is_told_beside_its_field(app):
    operator = CounterClient(app)
    page = operator.post(f"{HOME}/permohonan/baru/KK-HILANG", {"nik": "5108"})
    assert page.status_code == 422 and "baru 4 angka" in field_error(page, "nik") and 'value="5108"' in page.text
    assert not Permohonan.select().exists()


def test_beginning_for_another_person_begins_another_application(app):
    operator = CounterClient(app)
    made = set()
    for nik in (ME, MOTHER, ME):
        operator.post(f"{HOME}/permohonan/baru/KK-HILANG", {"nik": nik})
        made.add(Permohonan.select(Permohonan.id).order_by(Permohonan.id.desc()).get().id)
    assert len(made) == 2 == Permohonan.select().count()


@pytest.mark.parametrize("database_kind", ["sqlite"])
def test_a_parent_who_comes_back_is_offered_everything_before_the_first_press(app, factory):
    mother = {"pemohon_nik": factory.applicant.nik, "nik_ibu": factory.applicant.nik}
    family = {**BIRTH, **mother, "pemohon_untuk": "ibu", "status_orang_tua": "1", "nama_saksi_1": "I Saksi Satu"}
    submitted(factory, "AK-LAHIR", **family)
    visitor = PublicClient(app)
    visitor.sign_in()
    permohonan = begin_draft(visitor, "AK-LAHIR")
    first = f"/permohonan/{permohonan.key}/isi/pemohon"
    page = visitor.get(first).text
    assert (
        OFFER in page and "Ni Luh Ayu" in page and "I Made Wiguna" in page and FATHER not in page.partition("<form")[2]
    )
    answer = visitor.post(first, {"draft_version": "0", "offer": "take"} | _contacts(permohonan))
    assert answer.location.endswith("/isi/anak"), "the page is complete, and the child is another one"
    found = drafts.get_draft(permohonan).answers
    wanted = {key: value for key, value in family.items() if key not in ("nama_anak", "tanggal_lahir")}
    assert wanted.items() <= found.items() and "nama_anak" not in found


def _contacts(permohonan):
    answers = drafts.get_draft(permohonan).answers
    return {key: answers.get(key, "") for key in ("pemohon_nama", "pemohon_nik", "pemohon_email", "pemohon_hp")}


@pytest.mark.parametrize("database_kind", ["sqlite"])
def test_who_one_was_is_not_offered_to_somebody_else(factory):
    earlier = earlier_application(factory, "AK-LAHIR", **BIRTH, pemohon_nik=MOTHER)
    same = prefill.EarlierApplication(earlier.number, earlier.fields, earlier.answers, same_service=True)
    assert prefill_of(factory, "AK-LAHIR", {"pemohon_nik": MOTHER}, same)["pemohon_untuk"] == "anak"
    assert "pemohon_untuk" not in prefill_of(factory, "AK-LAHIR", {"pemohon_nik": ME}, same)
    assert "pemohon_untuk" not in prefill_of(factory, "AK-LAHIR", {"pemohon_nik": MOTHER}, earlier), "another service"


def test_the_birth_date_on_which_a_question_depends_is_not_taken_from_another_child():
    minor = {"age": "tanggal_lahir", "below": 17}
    fields = [
        {"key": key, "type": kind, "label": {"id": key}, **more}
        for key, kind, more in (
            ("punya_wali", "yesno", {}),
            ("tanggal_lahir", "date", {}),
            ("nik_wali", "nik", {}),
            ("nama_wali", "name", {"when": {"all": [minor, {"field": "punya_wali", "is": ["ya"]}]}}),
        )
    ]
    sibling = {"punya_wali": "ya", "tanggal_lahir": "2020-01-01", "nik_wali": MOTHER, "nama_wali": "Ni Luh Sari"}
    earlier = prefill.EarlierApplication("AKU-1", tuple(fields), sibling)
    offered = prefill.prefill_values({"fields": fields}, fields, {"nik_wali": MOTHER}, [earlier])
    assert {key: value for key, (value, _number) in offered.items()} == {"punya_wali": "ya", "nama_wali": "Ni Luh Sari"}
