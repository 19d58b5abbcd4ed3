"""Correction of a returned application: autosave, parts that become necessary, resubmission; nothing valid is lost."""

import re

import pytest

from admin_views.queue import checklist
from casework.transitions import perform
from intake import drafts, submission
from models import Draft, DraftFile, Permohonan
from tests.helpers.public_client import field_error, jpeg_upload

MARK = re.compile(r'name="(draft_version|writer|turn)" value="([^"]*)"')


@pytest.fixture
def return_application(factory):
    """Return an application with deficiencies of these keys; it was submitted without optional statements."""

    def give_back(*faulty, code="AK-LAHIR", **answers):
        permohonan = factory.begin(code)
        if answers:
            factory.attach(permohonan, "surat_kuasa")
            Draft.update(answers=drafts.get_draft(permohonan).answers | answers).execute()
        DraftFile.delete().where(DraftFile.requirement.startswith("sptjm_")).execute()
        perform(permohonan, "submit", factory.applicant, declaration=True)
        permohonan = Permohonan.get_by_id(permohonan.id)
        faults = [{"key": key, "reason": "lainnya", "text": "Berbeda dengan KK."} for key in faulty]
        perform(permohonan, "mark_incomplete", factory.staff["admin"], deficiencies=faults)
        return Permohonan.get_by_id(permohonan.id)

    return give_back


class CorrectionPage:
    """The correction form, open in a tab."""

    def __init__(self, visitor, permohonan):
        self.visitor, self.permohonan, self.path = visitor, permohonan, f"/permohonan/{permohonan.key}"
        self.marks = dict(MARK.findall(self.read()))

    def read(self):
        return self.visitor.get(self.path).text

    def names(self):
        return set(re.findall(r'name="((?:upload-)?\w+)(?:-\w+)*"', self.read().split('id="perbaiki"')[1]))

    def send(self, **typed):
        self.marks["turn"] = str(int(self.marks["turn"]) + 1)
        return self.visitor.post(f"{self.path}/perbaikan", self.marks | typed, page="/keluar")

    def draft(self):
        return drafts.get_draft(self.permohonan)


def test_what_is_typed_into_a_correction_is_kept_at_once_and_sends_nothing(
    applicant_client, return_application, set_clock
):
    set_clock(2026, 11, 23, 10, 42)
    page = CorrectionPage(applicant_client, return_application("nama_ayah"))
    answer = page.send(auto="1", nama_ayah="I Made Wiguna")
    assert (answer.status_code, answer.json["told"]) == (200, "Tersimpan otomatis pukul 10.42 WITA.")
    assert page.draft().answers["nama_ayah"] == "I Made Wiguna" and 'value="I Made Wiguna"' in page.read()
    assert Permohonan.get_by_id(page.permohonan.id).state == "incomplete"
    page.send(auto="1", nama_ayah="", nama_ibu="Orang Lain")
    assert page.draft().answers["nama_ibu"] != "Orang Lain", "only what fell short"
    assert page.send(nama_ayah="I Made Wiguna").status_code == 303
    assert page.send(auto="1", nama_ayah="Terlambat").status_code == 410


def test_a_second_tab_of_a_correction_is_told_and_shown_what_the_first_one_saved(applicant_client, return_application):
    permohonan = return_application("nama_ayah")
    one, two = CorrectionPage(applicant_client, permohonan), CorrectionPage(applicant_client, permohonan)
    assert one.send(auto="1", nama_ayah="Dari Satu").status_code == 200
    assert two.send(auto="1", nama_ayah="Dari Dua").status_code == 409
    told = two.send(nama_ayah="Dari Dua")
    assert told.status_code == 409 and "diubah di tempat lain" in told.text
    assert "Tersimpan dari tempat lain: Dari Satu" in told.text and 'value="Dari Dua"' in told.text
    assert one.draft().answers["nama_ayah"] == "Dari Satu"


def test_a_changed_answer_asks_for_what_it_needs_and_loses_nothing(applicant_client, return_application):
    page = CorrectionPage(applicant_client, return_application("status_orang_tua"))
    before = page.draft().answers
    assert {"status_orang_tua"} == page.names() & {"status_orang_tua", "nama_ibu", "upload-sptjm_pasutri", "upload-kk"}
    as_couple = {"status_orang_tua": "2", "kk_pasutri": "ya", "frasa": "1"}
    told = page.send(**as_couple)
    assert told.status_code == 422 and "Unggah Pernyataan sebagai pasangan" in field_error(told, "upload-sptjm_pasutri")
    assert page.draft().answers == before | as_couple, "good answers stay as they were"
    assert {"status_orang_tua", "upload-sptjm_pasutri"} <= page.names()
    done = page.send(**as_couple, **{"upload-sptjm_pasutri": jpeg_upload("F-2.04")})
    assert done.status_code == 303
    revision = submission.last_revision(page.permohonan)
    assert revision.number == 2 and revision.answers["nama_ibu"] == before["nama_ibu"]


def test_what_is_asked_for_besides_stays_on_the_page_once_it_was_given(applicant_client, return_application):
    page = CorrectionPage(applicant_client, return_application("status_orang_tua"))
    page.send(status_orang_tua="2", kk_pasutri="ya", later="1")
    page.send(status_orang_tua="2", kk_pasutri="ya", stay="1", **{"upload-sptjm_pasutri": jpeg_upload("F-2.04")})
    assert "upload-sptjm_pasutri" in page.names(), "it can be looked at and replaced"


def test_of_several_of_which_one_is_enough_another_is_offered(applicant_client, return_application):
    page = CorrectionPage(applicant_client, return_application("surat_lahir"))
    assert "Atau unggah: Pernyataan kebenaran data kelahiran" in page.read()
    assert page.send(**{"upload-sptjm_kelahiran": jpeg_upload("F-2.03")}).status_code == 303
    assert Permohonan.get_by_id(page.permohonan.id).state == "submitted"


def test_rows_of_a_group_are_added_and_dropped_and_nothing_is_sent(applicant_client, return_application):
    page = CorrectionPage(applicant_client, return_application("anggota", code="KK-BARU"))
    rows = dict(re.findall(r'name="(anggota-0-\w+)" value="([^"]*)"', page.read()))
    assert rows
    answer = page.send(more="anggota", **rows)
    assert answer.status_code == 303 and "more=anggota" in answer.location
    assert "Baris 2" in applicant_client.get(answer.location).text
    assert page.send(drop="anggota-0", **rows).status_code == 303
    assert Permohonan.get_by_id(page.permohonan.id).state == "incomplete"


def test_a_correction_can_wait_until_later_without_a_complaint(applicant_client, return_application):
    page = CorrectionPage(applicant_client, return_application("nama_ayah"))
    answer = page.send(nama_ayah="I", later="1")
    assert (answer.status_code, answer.location) == (303, "/permohonan/")
    assert "Tersimpan pukul" in applicant_client.get(answer.location).text and 'value="I"' in page.read()


def test_what_was_said_of_the_applicant_can_fall_short_too(applicant_client, return_application):
    page = CorrectionPage(applicant_client, return_application("pemohon_nik", "pemohon_untuk"))
    assert {"pemohon_nik", "pemohon_untuk"} <= page.names() and "surat_kuasa" not in str(page.names())
    typed = {"pemohon_nik": "5108 9945 0590 0009", "pemohon_untuk": "lain"}
    told = page.send(**typed)
    assert told.status_code == 422 and "Unggah Surat kuasa" in field_error(told, "upload-surat_kuasa")
    assert page.send(**typed, **{"upload-surat_kuasa": jpeg_upload("kuasa")}).status_code == 303
    assert Permohonan.get_by_id(page.permohonan.id).applicant_nik == "5108994505900009"


def test_a_letter_of_authority_that_fell_short_has_to_be_replaced(applicant_client, return_application):
    page = CorrectionPage(applicant_client, return_application("surat_kuasa", pemohon_untuk="lain"))
    assert "Ganti Surat kuasa" in field_error(page.send(), "upload-surat_kuasa")
    assert page.send(**{"upload-surat_kuasa": jpeg_upload("baru"), "replace-surat_kuasa": "ya"}).status_code == 303


def test_the_officer_looks_at_who_applies_and_ticks_no_telephone_number(factory, submit):
    found = checklist.load(submit(), checklist.COMPLETE)
    parts = {part.key: part for part in found.items}
    headings = [heading for heading, _parts in found.groups()]
    assert headings == [checklist.NEEDS, checklist.FIELDS, checklist.CONTACTS, checklist.MISSING]
    assert parts["pemohon_untuk"].value == "Orang tua atau walinya"
    assert parts["formulir"].needed and not parts["pemohon_nik"].needed, "an answer is good unless it is found short"
    assert parts["pemohon_email"].value and not parts["pemohon_email"].needed


def test_a_paper_that_no_answer_called_for_can_be_handed_in_once_an_officer_asks_for_it(
    applicant_client, return_application
):
    page = CorrectionPage(applicant_client, return_application("sptjm_pasutri"))
    assert "upload-sptjm_pasutri" in page.names(), "it used to be asked for without a way to give it"
    assert "Ganti Pernyataan" in field_error(page.send(), "upload-sptjm_pasutri")
    assert page.send(**{"upload-sptjm_pasutri": jpeg_upload("F-2.04")}).status_code == 303
    assert "sptjm_pasutri" in {
        row.requirement for row in submission.revision_attachments(submission.last_revision(page.permohonan))
    }


def test_a_fault_of_a_field_that_another_answer_hides_opens_that_answer_too(applicant_client, return_application):
    page = CorrectionPage(applicant_client, return_application("paspor_ibu"))
    assert {"kewarganegaraan_ibu", "paspor_ibu"} <= page.names(), "it used to be asked for without a way to fill it in"
    told = page.read()
    assert told.index('name="kewarganegaraan_ibu"') < told.index('name="paspor_ibu"')
    assert "nama_ibu" not in page.names()
    assert page.send(kewarganegaraan_ibu="2", paspor_ibu="X1234567").status_code == 303
    answers = submission.last_revision(page.permohonan).answers
    assert (answers["kewarganegaraan_ibu"], answers["paspor_ibu"]) == ("2", "X1234567")


def test_whoever_disagrees_about_a_hidden_field_leaves_the_answer_above_it_and_sends_it_back(
    applicant_client, return_application
):
    page = CorrectionPage(applicant_client, return_application("paspor_ibu"))
    assert page.send(kewarganegaraan_ibu="1").status_code == 303
    assert not submission.last_revision(page.permohonan).answers.get("paspor_ibu")
