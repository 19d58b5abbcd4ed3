"""Diff of revisions, as staff and applicants see it; nobody else sees a correction before it is submitted."""

import pytest

from casework.transitions import perform
from catalogue import applicant_section
from intake import attachments, autosave, drafts, revision_diff
from models import DraftFile, Permohonan
from tests.helpers.factory import PNG
from tests.helpers.public_client import PublicClient
from tests.helpers.staff_client import sign_in_officer


@pytest.fixture
def returned_application(factory, submit):
    """An application returned with deficiencies of an upload and a name."""

    def give_back(permohonan=None, **texts):
        permohonan = permohonan or submit()
        faults = [{"key": key, "reason": "tidak_terbaca", "text": text} for key, text in texts.items()]
        perform(permohonan, "mark_incomplete", factory.staff["admin"], deficiencies=faults)
        return Permohonan.get_by_id(permohonan.id)

    return give_back


def correct(factory, permohonan, answers=(), files=()):
    """Change some answers and replace the files of some requirements."""
    for section in drafts.form_pages(permohonan):
        for key, value in answers:
            if key in {part["key"] for part in section["fields"]}:
                draft = drafts.get_draft(permohonan)
                page = autosave.save_page(permohonan, section["key"], draft.answers | {key: value}, draft.version)
                assert not page.errors
    for requirement in files:
        for row in attachments.draft_files(drafts.get_draft(permohonan)):
            if row.requirement == requirement:
                DraftFile.delete().where(DraftFile.id == row.id).execute()
        factory.attach(permohonan, requirement, PNG + requirement.encode())


def resubmit(factory, permohonan):
    perform(permohonan, "resubmit", factory.applicant)
    return Permohonan.get_by_id(permohonan.id)


def test_staff_see_what_was_submitted_until_it_is_sent_again_and_then_the_difference(
    app, factory, returned_application
):
    permohonan = returned_application(surat_lahir="Buram.", nama_ayah="Berbeda dengan KK.")
    old = attachments.draft_files(drafts.get_draft(permohonan))
    before = next(row.file for row in old if row.requirement == "surat_lahir")
    correct(factory, permohonan, [("nama_ayah", "I Made Wiguna")], ["surat_lahir"])
    now_is = attachments.draft_files(drafts.get_draft(permohonan))
    after = next(row.file for row in now_is if row.requirement == "surat_lahir")
    admin, path = sign_in_officer(app, "admin"), f"/petugas/permohonan/details/?id={permohonan.key}"
    page = admin.text(path)
    assert "I Made Wiguna" not in page and before.key in page and after.key not in page
    assert admin.get(f"/petugas/berkas/{after.key}").status_code == 404, "a correction is the applicant's until sent"
    resubmit(factory, permohonan)
    page = admin.text(path)
    assert "Perubahan pada kiriman ke-2" in page
    assert "<del>I Putu Arya Wiguna</del> → <ins>I Made Wiguna</ins>" in page
    assert page.count('data-changed="') == 2 and before.key in page and after.key in page
    assert "Diminta: " in page and "Berbeda dengan KK." in page
    assert {admin.get(f"/petugas/berkas/{one.key}").status_code for one in (before, after)} == {200}


def test_each_of_many_rounds_is_compared_with_the_one_before(factory, returned_application):
    permohonan = returned_application(nama_ayah="Salah.")
    correct(factory, permohonan, [("nama_ayah", "I Made Wiguna")])
    permohonan = resubmit(factory, permohonan)
    permohonan = returned_application(permohonan, kk="Terpotong.")
    correct(factory, permohonan, files=["kk"])
    permohonan = resubmit(factory, permohonan)
    permohonan = returned_application(permohonan, nama_ayah="Masih salah.")
    correct(factory, permohonan, [("nama_ayah", "I Ketut Wiguna")])
    permohonan = resubmit(factory, permohonan)
    found = revision_diff.revision_changes(permohonan)
    assert [one.number for one in found] == [4, 3, 2]
    assert [(one.before, one.after) for one in found[0].answers] == [("I Made Wiguna", "I Ketut Wiguna")]
    assert found[0].answers[0].deficiencies[0][1] == "Masih salah." and not found[0].uploads
    assert [(one.key, one.word) for one in found[1].uploads] == [("kk", "diganti")] and not found[1].answers


def test_the_rows_of_a_group_are_compared_one_by_one():
    item = [{"key": "nama", "type": "name", "label": {"id": "Nama"}}]
    part = {"key": "anggota", "type": "group", "label": {"id": "Anggota"}, "item": item}
    found = list(revision_diff._compare_values(part, [{"nama": "A"}], [{"nama": "A"}, {"nama": "B"}], {}))
    assert found == [("Anggota, baris 2: Nama", "", "B")]


def test_the_applicant_sees_what_was_changed_and_opens_both_files(app, factory, returned_application):
    permohonan = returned_application(surat_lahir="Buram.")
    correct(factory, permohonan, files=["surat_lahir"])
    resubmit(factory, permohonan)
    visitor = PublicClient(app)
    visitor.sign_in()
    page = visitor.get(f"/permohonan/{permohonan.key}").text
    assert "Yang diubah pada kiriman ke-2" in page
    (change,) = revision_diff.revision_changes(permohonan)
    for file in change.uploads[0].gone + change.uploads[0].new:
        assert visitor.get(f"/permohonan/{permohonan.key}/berkas/{file.key}").status_code == 200
    assert applicant_section.PROXY_LETTER["key"] not in page


def test_what_was_sent_once_has_no_differences_and_costs_one_question(submit, query_count):
    permohonan = submit()
    with query_count() as seen:
        assert revision_diff.revision_changes(permohonan) == []
    assert len(seen) == 1
