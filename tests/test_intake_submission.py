"""Submission: completeness checks, freezing of the draft, correction, copies, and the products that answers yield."""

import pytest

import workflow
from casework import transitions
from casework.transitions import Incomplete, perform
from catalogue.conditions import SUBMITTED_ON
from documents import preparation
from intake import application_copy, attachments, autosave, drafts, submission
from models import Document, Draft, Outbox, Permohonan, Revision, User, Village
from web.wizard.copy_view import can_copy


def _set_answers(permohonan, **answers):
    draft = drafts.get_draft(permohonan)
    Draft.update(answers=draft.answers | answers, version=draft.version + 1).where(Draft.id == draft.id).execute()


def _remove_answers(permohonan, key):
    draft = drafts.get_draft(permohonan)
    answers = {name: value for name, value in draft.answers.items() if name != key}
    Draft.update(answers=answers).where(Draft.id == draft.id).execute()


def test_what_is_missing_is_named_field_by_field_and_nothing_is_sent(factory):
    permohonan = factory.begin()
    _remove_answers(permohonan, "nama_anak")
    attachments.detach(permohonan, attachments.draft_files(drafts.get_draft(permohonan))[0].file.key)
    with pytest.raises(Incomplete) as refused:
        perform(permohonan, "submit", factory.applicant, declaration=True)
    assert set(refused.value.errors) == {"nama_anak", "upload-formulir"} or "nama_anak" in refused.value.errors
    assert Permohonan.get().state == "draft" and Revision.select().count() == 0


def test_the_declaration_of_truth_must_be_given(factory):
    with pytest.raises(Incomplete) as refused:
        perform(factory.begin(), "submit", factory.applicant)
    assert set(refused.value.errors) == {"declaration"}


def test_submitting_freezes_the_draft_and_takes_from_it_who_it_is_about(factory):
    permohonan = factory.submit()
    revision = Revision.get()
    assert revision.number == 1 and revision.answers["nama_anak"] == permohonan.subject_name
    assert permohonan.subject_nik == revision.answers["nik_ibu"]
    assert permohonan.village == Village.get(Village.code == "51.08.06.2004")
    assert Draft.select().count() == 0
    assert len(submission.revision_attachments(revision)) == len(permohonan.edition.body["requirements"])


def test_a_proxy_needs_the_letter(factory):
    permohonan = factory.begin()
    _set_answers(permohonan, pemohon_untuk="lain")
    with pytest.raises(Incomplete) as refused:
        perform(permohonan, "submit", factory.applicant, declaration=True)
    assert set(refused.value.errors) == {"upload-surat_kuasa"}
    factory.attach(permohonan, "surat_kuasa")
    perform(permohonan, "submit", factory.applicant, declaration=True)


def test_a_return_opens_only_what_fell_short_and_keeps_number_and_good_files(factory):
    permohonan = factory.submit()
    number, before = permohonan.number, {row.requirement: row.file_id for row in Revision.get().attachments}
    permohonan = factory.perform(permohonan, "mark_incomplete", "admin")
    with pytest.raises(drafts.DraftNotEditable):
        attachments.attach(permohonan, "kk", b"x", "kk.jpg")
    autosave.save_page(permohonan, "pemohon", {"nama_anak": "Nama Lain"}, drafts.get_draft(permohonan).version)
    with pytest.raises(Incomplete, match="Ganti"):
        perform(permohonan, "resubmit", factory.applicant)
    factory.attach(permohonan, "surat_lahir")
    perform(permohonan, "resubmit", factory.applicant)
    permohonan = Permohonan.get()
    assert permohonan.state == "submitted" and permohonan.number == number
    second = Revision.get(Revision.number == 2)
    assert second.answers == Revision.get(Revision.number == 1).answers
    files = {row.requirement: row.file_id for row in second.attachments if row.requirement != "surat_lahir"}
    assert files == {key: value for key, value in before.items() if key != "surat_lahir"}


def test_staff_read_the_old_revision_until_the_correction_is_sent(factory):
    permohonan = factory.perform(factory.submit(), "mark_incomplete", "admin")
    factory.attach(permohonan, "surat_lahir")
    assert submission.last_revision(permohonan).number == 1


def test_two_tabs_the_second_save_is_told_and_loses_nothing(factory):
    permohonan = factory.begin()
    seen = drafts.get_draft(permohonan).version
    autosave.save_page(permohonan, "pemohon", {"pemohon_nama": "Ni Luh Satu"}, seen)
    with pytest.raises(autosave.SaveConflict, match="di tempat lain"):
        autosave.save_page(permohonan, "pemohon", {"pemohon_nama": "Ni Luh Dua"}, seen)
    assert drafts.get_draft(permohonan).answers["pemohon_nama"] == "Ni Luh Satu"


def test_what_was_typed_wrongly_comes_back_and_is_named_again_at_the_end(factory):
    permohonan = factory.begin()
    draft = drafts.get_draft(permohonan)
    raw = {key: str(value) for key, value in draft.answers.items()} | {"pemohon_nik": "5108 9943"}
    page = autosave.save_page(permohonan, "pemohon", raw, draft.version)
    assert "16 angka" in page.errors["pemohon_nik"]
    assert autosave.load_page(permohonan, "pemohon").raw["pemohon_nik"] == "5108 9943"
    assert "16 angka" in submission.submission_errors(permohonan)["pemohon_nik"]


def test_an_untouched_draft_is_taken_up_again_instead_of_a_second_one(factory):
    first = drafts.create_application(factory.edition("AK-LAHIR"), owner=factory.applicant)
    assert drafts.create_application(factory.edition("AK-LAHIR"), owner=factory.applicant) == first
    assert drafts.create_application(factory.edition("AK-LAHIR"), owner=factory.other_applicant) != first


def test_a_counter_takes_in_for_its_own_villages_only(factory):
    permohonan = factory.begin("AK-LAHIR", "counter")
    _set_answers(permohonan, desa="51.08.05.2001")
    with pytest.raises(Incomplete, match="wilayah loket"):
        perform(permohonan, "submit", factory.staff["counter_operator"], declaration=True)


def test_at_a_counter_neither_account_nor_e_mail_is_needed_and_no_address_is_no_failure(factory):
    permohonan = factory.begin("KTP-HILANG", "counter")
    _remove_answers(permohonan, "pemohon_email")
    perform(permohonan, "submit", factory.staff["counter_operator"], declaration=True)
    assert {row.payload["channel"] for row in Outbox.select()} == {"inbox"}


@pytest.mark.parametrize(("spouse", "products"), [("ya", ["akta", "kk", "ktp_el"]), ("tidak", ["akta", "kk"])])
def test_a_bundle_yields_what_the_answers_call_for(factory, spouse, products):
    """Tridatu: without a widowed spouse there is no card to make, and nothing to fetch."""
    permohonan = factory.begin("AK-MATI")
    _set_answers(permohonan, punya_pasangan=spouse)
    perform(permohonan, "submit", factory.applicant, declaration=True)
    permohonan = factory.advance_to(Permohonan.get(), "signed")
    assert [row.product for row in Document.select().order_by(Document.id)] == products
    assert permohonan.has_card == ("ktp_el" in products)
    offered = {row.action for row in workflow.allowed(permohonan, User.get_by_id(factory.applicant.id))}
    assert ("keep_digital" in offered) == (spouse == "tidak")


def test_a_deed_prints_what_it_is_about_and_no_witness(factory):
    factory.advance_to(factory.submit(), "adb_review")
    document = Document.get()
    printed = [label for label, _ in document.data["facts"]]
    assert {"Nama", "Tanggal lahir", "Nama ibu"} <= set(printed)
    assert not any("saksi" in label or "NIK" in label for label in printed)
    assert "saksi" not in str(document.data["blocks"]).lower()


def test_a_family_card_after_a_death_is_made_out_to_its_head(factory):
    permohonan = factory.submit("AK-MATI")
    died, head = "I Wayan Andai", "Ni Made Andai"
    permohonan.subject_name = died
    card, deed = ({one["key"]: one for one in permohonan.edition.body["products"]}[key] for key in ("kk", "akta"))
    answers = {"nama_kepala_baru": head}
    assert preparation.document_data(permohonan, answers, card, {})["name"] == head
    assert preparation.document_data(permohonan, answers, deed, {}, uploaded=True)["name"] == died


def test_each_round_of_a_draft_has_documents_of_its_own(factory):
    permohonan = factory.advance_to(factory.submit(), "adb_review")
    permohonan = factory.perform(permohonan, "return_to_operator", "adb")
    permohonan = factory.perform(permohonan, "submit_draft", "siak_operator")
    assert [row.round for row in Document.select().order_by(Document.id)] == [1, 2]
    assert [row.round for row in preparation.current_documents(permohonan)] == [2]


def test_a_corrected_answer_opens_what_it_makes_necessary(factory):
    """A faulted choice may call for a requirement that was never asked: it must be possible to give it."""
    permohonan = factory.submit()
    faulty = [{"key": "status_orang_tua", "reason": "tidak_cocok", "text": ""}]
    perform(permohonan, "mark_incomplete", factory.staff["admin"], deficiencies=faulty)
    open_keys = set(drafts.get_draft(Permohonan.get()).open_keys)
    dependants = {
        part["key"]
        for part in permohonan.edition.body["requirements"]
        if part.get("when", {}).get("field") == "status_orang_tua"
    }
    assert dependants and {"status_orang_tua"} | dependants <= open_keys


def test_of_several_of_which_one_is_enough_another_may_take_its_place(factory):
    permohonan = factory.submit()
    faulty = [{"key": "surat_lahir", "reason": "tidak_terbaca", "text": ""}]
    perform(permohonan, "mark_incomplete", factory.staff["admin"], deficiencies=faulty)
    factory.attach(permohonan, "sptjm_kelahiran")
    perform(Permohonan.get(), "resubmit", factory.applicant)
    assert Permohonan.get().state == "submitted"


def test_several_of_which_one_is_enough_get_one_sentence(factory):
    permohonan = drafts.create_application(factory.edition("AK-LAHIR"), owner=factory.applicant)
    errors = submission.submission_errors(permohonan)
    assert " atau " in errors["upload-surat_lahir"] and "upload-sptjm_kelahiran" not in errors


def test_a_second_tab_that_submits_again_is_told_it_is_done(factory):
    permohonan = factory.begin()
    stale = Permohonan.get_by_id(permohonan.id)
    perform(permohonan, "submit", factory.applicant, declaration=True)
    with pytest.raises(transitions.AlreadyDone):
        perform(stale, "submit", factory.applicant, declaration=True)


def _ended_application(factory, how):
    """An application that ended in a given way."""
    if how == "draft lapsed":
        return factory.perform(factory.begin(), "expire", "system")
    permohonan = factory.submit()
    if how == "completed":
        return factory.advance_to(permohonan, "completed")
    if how.startswith("return"):
        permohonan = factory.perform(permohonan, "mark_incomplete", "admin")
        return factory.perform(permohonan, *(("expire", "system") if "lapsed" in how else ("withdraw", "applicant")))
    return factory.perform(permohonan, *(("cancel", "admin") if how == "cancelled" else ("withdraw", "applicant")))


@pytest.mark.parametrize(
    "how", ["cancelled", "withdrawn", "return withdrawn", "return lapsed", "draft lapsed", "completed"]
)
def test_from_any_ended_application_one_begins_anew_with_its_answers_and_files(factory, how):
    """MISSION, reading 2."""
    ended = _ended_application(factory, how)
    assert can_copy(ended)
    copy = application_copy.copy_application(ended, factory.applicant)
    assert copy.number != ended.number and copy.state == "draft"
    given = application_copy.last_contents(ended).answers
    assert drafts.get_draft(copy).answers == {key: given[key] for key in given if key != SUBMITTED_ON}
    assert submission.submission_errors(copy) == {}
    assert application_copy.copy_application(ended, factory.applicant).id != ended.id


def test_what_still_runs_or_waits_to_be_fetched_is_not_copied(factory):
    for until in ("submitted", "signed", "ready"):
        assert not can_copy(factory.advance_to(factory.submit(), until)), until
    begun = drafts.create_application(factory.edition("KK-HILANG"), owner=factory.applicant)
    assert not can_copy(factory.perform(begun, "expire", "system")), "nothing was filled in"
