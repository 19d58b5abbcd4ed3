"""Duplicate detection: the rules as a table, the notices in each channel, and two submissions at the same moment."""

import pytest

import workflow
from casework import transitions
from intake import attachments, drafts, duplicates
from models import Attempt, Draft, EventText, Permohonan, User
from tests.helpers.counter_client import CounterClient, application_url
from tests.helpers.factory import OfficeFactory, sample_answer
from tests.helpers.public_client import PublicClient, section_form_data
from tests.test_faults_concurrent_requests import at_once
from web import service_directory
from web.wizard import duplicate_notices

NIK, OTHER = "5108994505900001", "5108994505900002"
CHILD = {
    "nik_ibu": NIK,
    "nama_anak": "I Putu Arya Wiguna",
    "tanggal_lahir": "2026-11-13",
    "jenis_kelamin": "1",
    "jenis_kelahiran": "1",
    "anak_ke": 1,
}
COUPLE = {"nik_suami": NIK, "nik_istri": OTHER}
DEED = {"nik": NIK, "jenis_akta": "lahir"}
PERSON = {"nik_ibu": NIK, "nama": "Luh Sari Dewi", "tanggal_lahir": "2010-01-01"}
ELDER = {"nama": "Made Contoh", "desa": "51.08.06.2004", "perkiraan_umur": 75}
EVENT = {"nik": NIK, "jenis_peristiwa": "1", "tanggal_peristiwa": "2026-11-01"}
# fmt: off
TABLE = (
    # service, one, what the other says differently, the same?
    ("KTP-HILANG",   {"nik": NIK}, {}, True),
    ("KTP-HILANG",   {"nik": NIK}, {"nik": OTHER}, False),
    ("KTP-HILANG",   {"nik": ""}, {}, False),
    ("AK-LAHIR",     CHILD, {}, True),
    ("AK-LAHIR",     CHILD, {"nik_ibu": OTHER}, False),
    ("AK-LAHIR",     CHILD, {"nama_anak": "Putu Arya Wiguna"}, True),
    ("AK-LAHIR",     CHILD, {"nama_anak": "I PUTU ARYA  WIGUNE"}, True),
    ("AK-LAHIR",     CHILD, {"nama_anak": "Arya Wiguna"}, True),
    ("AK-LAHIR",     CHILD, {"tanggal_lahir": "2023-11-13"}, True),  # a year mistyped
    ("AK-LAHIR",     CHILD, {"tanggal_lahir": "2022-11-13"}, False),
    ("AK-LAHIR",     CHILD, {"nama_anak": "I Made Arya Wiguna", "anak_ke": 2, "tanggal_lahir": "2025-02-01"}, False),
    ("AK-LAHIR",     CHILD, {"nama_anak": "I Made Arya Wiguna"}, False),
    ("AK-LAHIR",     CHILD, {"nama_anak": "Ni Kadek Dewi Lestari", "jenis_kelamin": "2"}, False),
    ("AK-LAHIR",     CHILD | {"jenis_kelahiran": "2"}, {"nama_anak": "I Putu Arya Wigune"}, False),  # twins
    ("AK-LAHIR",     CHILD | {"jenis_kelahiran": "2"}, {}, True),
    ("AK-LAHIR",     CHILD, {"nama_anak": "I Putu Arya Wigune", "jenis_kelahiran": "2"}, False),
    ("AK-LAHIR",     CHILD, {"nama_anak": "I Putu Arya Wigune", "anak_ke": 2}, False),
    ("AK-LAHIR",     CHILD, {"nama_anak": ""}, False),
    ("AK-LAHIR",     CHILD | {"nik_ibu": "", "nik_wali": NIK}, {}, True),  # a foundling
    ("AK-LAHIR",     CHILD | {"nik_ibu": "", "nik_anak": NIK}, {"nik_anak": OTHER}, False),
    ("AK-LAHIR-OA",  CHILD | {"paspor_ibu": "", "nik_wali": NIK}, {}, True),  # an orphan
    ("AK-LAHIR-OA",  CHILD | {"paspor_ibu": "X 123-45"}, {"paspor_ibu": "x12345", "nik_ibu": OTHER}, True),
    ("LAHIR-MATI",   {"nik_ibu": NIK, "tanggal_lahir": "2026-11-13", "anak_ke": 2}, {}, True),
    ("LAHIR-MATI",   {"nik_ibu": NIK, "tanggal_lahir": "2026-11-13", "anak_ke": 2}, {"anak_ke": 3}, False),
    ("BIO-WNI",      PERSON, {}, True),
    ("BIO-WNI",      PERSON, {"nama": "Kadek Bayu"}, False),
    ("AK-MATI",      {"nik": "", "nomor_paspor": "A1"}, {}, True),
    ("AK-KAWIN",     COUPLE, {}, True),
    ("AK-KAWIN",     COUPLE, {"nik_istri": "5108994505900003"}, False),
    ("AK-JANJI",     COUPLE | {"nomor_perjanjian": "12"}, {"nomor_perjanjian": "13"}, False),  # its change
    ("AK-CERAI",     {"paspor_suami": "B2", "nik_istri": OTHER}, {}, True),
    ("AK-CERAI",     {"nik_suami": NIK}, {}, False),
    ("AK-KUTIPAN2",  DEED, {}, True),
    ("AK-KUTIPAN2",  DEED, {"jenis_akta": "kawin"}, False),  # both deeds were lost
    ("KK-PERISTIWA", EVENT, {"tanggal_peristiwa": "2026-11-02"}, False),
    ("SKTT",         {"nomor_paspor": "C3"}, {}, True),
    ("BIO-LN",       {"nomor_paspor": "C 3", "nama": "Ni Luh Sari"}, {"nomor_paspor": "c3"}, True),
    ("RENTAN",       ELDER, {"nama": "made contoh"}, True),
    ("RENTAN",       ELDER, {"perkiraan_umur": 40}, False),  # somebody else of the same name
    ("RENTAN",       ELDER, {"desa": "51.08.06.2003"}, False),
)
# fmt: on


@pytest.mark.parametrize("database_kind", ["sqlite"])
def test_the_rules_tell_the_same_from_what_only_looks_like_it(factory):
    wrong = []
    for code, one, difference, expected in TABLE:
        asked = Permohonan(edition=factory.edition(code))
        two = one | difference
        if {duplicates.is_duplicate(asked, one, two), duplicates.is_duplicate(asked, two, one)} != {expected}:
            wrong.append((code, difference))
    assert wrong == []


@pytest.mark.parametrize("database_kind", ["sqlite"])
def test_every_rule_names_fields_of_its_service_and_every_service_has_one(factory):
    for edition in service_directory.current_services():
        asked = Permohonan(edition=edition)
        known = {field["key"] for section in edition.body["sections"] for field in section["fields"]}
        for group in duplicates.rule_for(asked).key_groups:
            keys = {drafts.subject_key(asked, "nik") if key == duplicates.SUBJECT_NIK else key for key in group}
            assert keys & known, (edition.body["code"], group)


def duplicate_of(factory, permohonan, track="self_service", owner=None):
    """A second draft for the same thing, ready for submission."""
    if owner:
        factory.applicant, kept = owner, factory.applicant
    second = factory.begin(permohonan.edition.body["code"], track)
    if owner:
        factory.applicant = kept
    own = {key: permohonan.revisions.get().answers.get(key) for key in duplicates.identifying_keys(permohonan)}
    answers = drafts.get_draft(second).answers | {key: value for key, value in own.items() if value}
    Draft.update(answers=answers).where(Draft.permohonan == second.id).execute()
    return second


@pytest.mark.parametrize("code", ["KTP-HILANG", "AK-LAHIR", "AK-KAWIN", "SKTT"])
def test_a_second_one_is_refused_until_the_first_ends(factory, code):
    first = factory.submit(code)
    second = duplicate_of(factory, first)
    with pytest.raises(transitions.Incomplete, match="masih diproses"):
        transitions.perform(second, "submit", factory.applicant, declaration=True)
    assert Permohonan.get_by_id(second.id).state == "draft" and drafts.get_draft(second)
    factory.perform(first, "withdraw", "applicant")
    transitions.perform(second, "submit", factory.applicant, declaration=True)
    assert second.state == "submitted"


def test_every_open_state_stands_in_the_way_and_no_ended_one(factory):
    first = factory.submit("KTP-HILANG")
    second = duplicate_of(factory, first)
    answers = drafts.get_draft(second).answers
    for state in workflow.STATES.values():
        factory.force_state(first, state.code)
        stands = bool(duplicates.open_duplicates(second, answers))
        assert stands == (state.code != "draft" and not state.ends_clock), state.code


@pytest.mark.parametrize("turn", range(3))
def test_of_two_sent_in_one_moment_one_gets_through(app, factory, turn):
    first = factory.begin("KTP-HILANG")
    answers = drafts.get_draft(first).answers
    other = OfficeFactory()
    other.applicant = other.other_applicant
    second = other.begin("KTP-HILANG")
    Draft.update(answers=answers).where(Draft.permohonan == second.id).execute()

    def send(permohonan, who):
        return lambda: transitions.perform(
            Permohonan.get_by_id(permohonan.id), "submit", User.get_by_id(who.id), declaration=True
        )

    told = at_once(app, send(first, factory.applicant), send(second, factory.other_applicant))
    assert sorted(type(one).__name__ for one in told) == ["Event", "Incomplete"], told
    assert Permohonan.select().where(Permohonan.state == "submitted").count() == 1


def test_a_return_keeps_its_place_and_is_sent_again(factory):
    first = factory.perform(factory.submit("KTP-HILANG"), "mark_incomplete", "admin")
    second = duplicate_of(factory, first)
    with pytest.raises(transitions.Incomplete):
        transitions.perform(second, "submit", factory.applicant, declaration=True)
    for row in attachments.draft_files(drafts.get_draft(first)):
        attachments.detach(first, row.file.key)
        factory.attach(first, row.requirement, b"another")
    transitions.perform(first, "resubmit", factory.applicant)
    assert first.state == "submitted"


def fill_in(visitor, permohonan, path, key, **other):
    section = next(one for one in drafts.form_pages(permohonan) if one["key"] == key)
    answers = {field["key"]: sample_answer(field) for field in section["fields"]}
    return visitor.post(path, section_form_data(section, answers, drafts.get_draft(permohonan).version) | other)


def begin_draft(visitor, code="KTP-HILANG"):
    visitor.post(f"/permohonan/baru/{code}")
    return Permohonan.select().order_by(Permohonan.id.desc()).get()


def test_ones_own_open_application_is_shown_with_the_way_there(app, factory):
    first = factory.submit("KTP-HILANG")
    visitor = PublicClient(app)
    visitor.sign_in()
    second = begin_draft(visitor)
    path = f"/permohonan/{second.key}/isi/pemilik"
    for aware in ({}, {"aware": "1"}):
        page = fill_in(visitor, second, path, "pemilik", nik=first.subject_nik, **aware)
        assert page.status_code == 422 and "<title>Sudah ada permohonan yang sama" in page.text
        assert f'href="/permohonan/{first.key}"' in page.text and "Lanjutkan yang itu" in page.text
    assert drafts.get_draft(second).answers["nik"] == first.subject_nik, "what was typed is kept all the same"
    assert fill_in(visitor, second, path, "pemilik", nik="5108994505909999").status_code == 303


def test_of_anothers_application_only_the_end_of_its_number_is_told(app, factory):
    first = factory.submit("KTP-HILANG")
    visitor = PublicClient(app)
    visitor.sign_in("pemohon2@aku.example")
    second = begin_draft(visitor)
    path = f"/permohonan/{second.key}/isi/pemilik"
    page = fill_in(visitor, second, path, "pemilik", nik=first.subject_nik, nama="Nama Lain")
    assert page.status_code == 422 and f"AKU-…{first.number[-4:]}" in page.text
    assert first.number not in page.text and first.key not in page.text and first.subject_name not in page.text
    again = fill_in(visitor, second, path, "pemilik", nik=first.subject_nik)
    assert again.status_code == 422, "what was told once is no secret any more"


def test_nobody_goes_through_a_list_of_niks_by_drafts_saved_in_the_background(app, factory):
    """Only presses were counted: save in the background, look at the page, and so on, without an end."""
    first = factory.submit("KTP-HILANG")
    visitor = PublicClient(app)
    visitor.sign_in("pemohon2@aku.example")
    second = begin_draft(visitor)
    path, told = f"/permohonan/{second.key}/isi/pemilik", []

    def look(nik):
        assert fill_in(visitor, second, path, "pemilik", nik=nik, auto="1", writer="a" * 26).status_code == 200
        return f"AKU-…{first.number[-4:]}" in visitor.get(path).text

    told = [look(f"51089945059{number:05d}") for number in range(100, 100 + duplicate_notices.MAX_LOOKUPS)]
    assert not any(told) and not look(first.subject_nik), "a no tells as much as a yes"
    Attempt.delete().execute()
    assert look(first.subject_nik)


def test_ones_own_unsent_draft_is_a_hint_that_stops_once(app, factory):
    draft = factory.begin("KTP-HILANG")
    visitor = PublicClient(app)
    visitor.sign_in()
    second = begin_draft(visitor)
    path, nik = f"/permohonan/{second.key}/isi/pemilik", drafts.get_draft(draft).answers["nik"]
    page = fill_in(visitor, second, path, "pemilik", nik=nik)
    assert page.status_code == 422 and f"Draf Anda {draft.number}" in page.text
    assert fill_in(visitor, second, path, "pemilik", nik=nik, aware="1").status_code == 303


def test_a_counter_goes_on_with_a_reason_that_stands_in_the_record(app, factory):
    first = factory.submit("KTP-HILANG")
    second = duplicate_of(factory, first, track="counter")
    operator = CounterClient(app)
    page = f"{application_url(second)}/periksa"
    shown = operator.get(page).text
    assert f"AKU-…{first.number[-4:]}" in shown and first.number not in shown and 'name="reason"' in shown
    refused = operator.post(page, {"declaration": "ya"})
    assert refused.status_code == 422 and 'href="#double"' in refused.text
    assert operator.post(page, {"declaration": "ya", "reason": "Kartu yang lain."}).status_code == 303
    assert Permohonan.get_by_id(second.id).state == "submitted"
    assert EventText.select().order_by(EventText.id.desc()).get().texts["reason"] == "Kartu yang lain."


def test_an_applicant_cannot_overrule_with_a_reason(factory):
    second = duplicate_of(factory, factory.submit("KTP-HILANG"))
    with pytest.raises(transitions.Incomplete):
        transitions.perform(second, "submit", factory.applicant, declaration=True, reason="Lain.")


def test_a_reason_without_anything_to_explain_is_not_kept(factory):
    permohonan = factory.begin("KTP-HILANG", "counter")
    transitions.perform(permohonan, "submit", factory.staff["counter_operator"], declaration=True, reason="Lain.")
    assert not EventText.select().order_by(EventText.id.desc()).get().texts.get("reason")
