"""Submission: completeness checks, freezing of the draft, correction, copies, and the products that answers yield."""

import pytest

import performing
import workflow
from filling.copying import may_copy
from intake import applying, attaching, copying, drafting, saving, submitting
from models import Document, Draft, Outbox, Permohonan, Revision, User, Village
from performing import Incomplete, perform


def _set_answers(permohonan, **answers):
    draft = applying.draft_of(permohonan)
    Draft.update(answers=draft.answers | answers, version=draft.version + 1).where(Draft.id == draft.id).execute()


def _remove_answers(permohonan, key):
    draft = applying.draft_of(permohonan)
    answers = {name: value for name, value in draft.answers.items() if name != key}
    Draft.update(answers=answers).where(Draft.id == draft.id).execute()


def test_what_is_missing_is_named_field_by_field_and_nothing_is_sent(world):
    permohonan = world.begin()
    _remove_answers(permohonan, "nama_anak")
    attaching.detach(permohonan, attaching.files_of(applying.draft_of(permohonan))[0].file.key)
    with pytest.raises(Incomplete) as refused:
        perform(permohonan, "submit", world.applicant, declaration=True)
    assert set(refused.value.errors) == {"nama_anak", "upload-formulir"} or "nama_anak" in refused.value.errors
    assert Permohonan.get().state == "draft" and Revision.select().count() == 0


def test_the_declaration_of_truth_must_be_given(world):
    with pytest.raises(Incomplete) as refused:
        perform(world.begin(), "submit", world.applicant)
    assert set(refused.value.errors) == {"declaration"}


def test_submitting_freezes_the_draft_and_takes_from_it_who_it_is_about(world):
    permohonan = world.submit()
    revision = Revision.get()
    assert revision.number == 1 and revision.answers["nama_anak"] == permohonan.subject_name
    assert permohonan.subject_nik == revision.answers["nik_ibu"]
    assert permohonan.village == Village.get(Village.code == "51.08.06.2004")
    assert Draft.select().count() == 0
    assert len(submitting.attachments(revision)) == len(permohonan.edition.body["requirements"])


def test_a_proxy_needs_the_letter(world):
    permohonan = world.begin()
    _set_answers(permohonan, pemohon_untuk="lain")
    with pytest.raises(Incomplete) as refused:
        perform(permohonan, "submit", world.applicant, declaration=True)
    assert set(refused.value.errors) == {"upload-surat_kuasa"}
    world.attach(permohonan, "surat_kuasa")
    perform(permohonan, "submit", world.applicant, declaration=True)


def test_a_return_opens_only_what_fell_short_and_keeps_number_and_good_files(world):
    permohonan = world.submit()
    number, before = permohonan.number, {row.requirement: row.file_id for row in Revision.get().attachments}
    permohonan = world.act(permohonan, "mark_incomplete", "admin")
    with pytest.raises(applying.Closed):
        attaching.attach(permohonan, "kk", b"x", "kk.jpg")
    saving.save(permohonan, "pemohon", {"nama_anak": "Nama Lain"}, applying.draft_of(permohonan).version)
    with pytest.raises(Incomplete, match="Ganti"):
        perform(permohonan, "resubmit", world.applicant)
    world.attach(permohonan, "surat_lahir")
    perform(permohonan, "resubmit", world.applicant)
    permohonan = Permohonan.get()
    assert permohonan.state == "submitted" and permohonan.number == number
    second = Revision.get(Revision.number == 2)
    assert second.answers == Revision.get(Revision.number == 1).answers
    files = {row.requirement: row.file_id for row in second.attachments if row.requirement != "surat_lahir"}
    assert files == {key: value for key, value in before.items() if key != "surat_lahir"}


def test_staff_read_the_old_revision_until_the_correction_is_sent(world):
    permohonan = world.act(world.submit(), "mark_incomplete", "admin")
    world.attach(permohonan, "surat_lahir")
    assert submitting.last_revision(permohonan).number == 1


def test_two_tabs_the_second_save_is_told_and_loses_nothing(world):
    permohonan = world.begin()
    seen = applying.draft_of(permohonan).version
    saving.save(permohonan, "pemohon", {"pemohon_nama": "Ni Luh Satu"}, seen)
    with pytest.raises(saving.Conflict, match="di tempat lain"):
        saving.save(permohonan, "pemohon", {"pemohon_nama": "Ni Luh Dua"}, seen)
    assert applying.draft_of(permohonan).answers["pemohon_nama"] == "Ni Luh Satu"


def test_what_was_typed_wrongly_comes_back_and_is_named_again_at_the_end(world):
    permohonan = world.begin()
    draft = applying.draft_of(permohonan)
    raw = {key: str(value) for key, value in draft.answers.items()} | {"pemohon_nik": "5108 9943"}
    page = saving.save(permohonan, "pemohon", raw, draft.version)
    assert "16 angka" in page.errors["pemohon_nik"]
    assert saving.page(permohonan, "pemohon").raw["pemohon_nik"] == "5108 9943"
    assert "16 angka" in submitting.faults(permohonan)["pemohon_nik"]


def test_an_untouched_draft_is_taken_up_again_instead_of_a_second_one(world):
    first = applying.begin(world.edition("AK-LAHIR"), owner=world.applicant)
    assert applying.begin(world.edition("AK-LAHIR"), owner=world.applicant) == first
    assert applying.begin(world.edition("AK-LAHIR"), owner=world.stranger) != first


def test_a_counter_takes_in_for_its_own_villages_only(world):
    permohonan = world.begin("AK-LAHIR", "counter")
    _set_answers(permohonan, desa="51.08.05.2001")
    with pytest.raises(Incomplete, match="wilayah loket"):
        perform(permohonan, "submit", world.staff["counter_operator"], declaration=True)


def test_at_a_counter_neither_account_nor_e_mail_is_needed_and_no_address_is_no_failure(world):
    permohonan = world.begin("KTP-HILANG", "counter")
    _remove_answers(permohonan, "pemohon_email")
    perform(permohonan, "submit", world.staff["counter_operator"], declaration=True)
    assert {row.payload["channel"] for row in Outbox.select()} == {"inbox"}


@pytest.mark.parametrize(("spouse", "products"), [("ya", ["akta", "kk", "ktp_el"]), ("tidak", ["akta", "kk"])])
def test_a_bundle_yields_what_the_answers_call_for(world, spouse, products):
    """Tridatu: without a widowed spouse there is no card to make, and nothing to fetch."""
    permohonan = world.begin("AK-MATI")
    _set_answers(permohonan, punya_pasangan=spouse)
    perform(permohonan, "submit", world.applicant, declaration=True)
    permohonan = world.walk(Permohonan.get(), "signed")
    assert [row.product for row in Document.select().order_by(Document.id)] == products
    assert permohonan.has_card == ("ktp_el" in products)
    offered = {row.action for row in workflow.allowed(permohonan, User.get_by_id(world.applicant.id))}
    assert ("keep_digital" in offered) == (spouse == "tidak")


def test_a_deed_prints_what_it_is_about_and_no_witness(world):
    world.walk(world.submit(), "adb_review")
    printed = [label for label, _ in Document.get().data["rows"]]
    assert "Nama lengkap anak" in printed
    assert not any("saksi" in label or "NIK" in label for label in printed)


def test_a_family_card_after_a_death_is_made_out_to_its_head(world):
    permohonan = world.submit("AK-MATI")
    died, head = "I Wayan Andai", "Ni Made Andai"
    permohonan.subject_name = died
    card, deed = ({one["key"]: one for one in permohonan.edition.body["products"]}[key] for key in ("kk", "akta"))
    answers = {"nama_kepala_baru": head}
    assert drafting.document_data(permohonan, answers, card, {})["name"] == head
    assert drafting.document_data(permohonan, answers, deed, {})["name"] == died


def test_each_round_of_a_draft_has_documents_of_its_own(world):
    permohonan = world.walk(world.submit(), "adb_review")
    permohonan = world.act(permohonan, "return_to_operator", "adb")
    permohonan = world.act(permohonan, "submit_draft", "siak_operator")
    assert [row.round for row in Document.select().order_by(Document.id)] == [1, 2]
    assert [row.round for row in drafting.current_documents(permohonan)] == [2]


def test_a_corrected_answer_opens_what_it_makes_necessary(world):
    """A faulted choice may call for a requirement that was never asked: it must be possible to give it."""
    permohonan = world.submit()
    faulty = [{"key": "status_orang_tua", "reason": "tidak_cocok", "text": ""}]
    perform(permohonan, "mark_incomplete", world.staff["admin"], deficiencies=faulty)
    open_keys = set(applying.draft_of(Permohonan.get()).open_keys)
    dependants = {
        part["key"]
        for part in permohonan.edition.body["requirements"]
        if part.get("when", {}).get("field") == "status_orang_tua"
    }
    assert dependants and {"status_orang_tua"} | dependants <= open_keys


def test_of_several_of_which_one_is_enough_another_may_take_its_place(world):
    permohonan = world.submit()
    faulty = [{"key": "surat_lahir", "reason": "tidak_terbaca", "text": ""}]
    perform(permohonan, "mark_incomplete", world.staff["admin"], deficiencies=faulty)
    world.attach(permohonan, "sptjm_kelahiran")
    perform(Permohonan.get(), "resubmit", world.applicant)
    assert Permohonan.get().state == "submitted"


def test_several_of_which_one_is_enough_get_one_sentence(world):
    permohonan = applying.begin(world.edition("AK-LAHIR"), owner=world.applicant)
    errors = submitting.faults(permohonan)
    assert " atau " in errors["upload-surat_lahir"] and "upload-sptjm_kelahiran" not in errors


def test_a_second_tab_that_submits_again_is_told_it_is_done(world):
    permohonan = world.begin()
    stale = Permohonan.get_by_id(permohonan.id)
    perform(permohonan, "submit", world.applicant, declaration=True)
    with pytest.raises(performing.AlreadyDone):
        perform(stale, "submit", world.applicant, declaration=True)


def _ended_application(world, how):
    """An application that ended in a given way."""
    if how == "draft lapsed":
        return world.act(world.begin(), "expire", "system")
    permohonan = world.submit()
    if how == "completed":
        return world.walk(permohonan, "completed")
    if how.startswith("return"):
        permohonan = world.act(permohonan, "mark_incomplete", "admin")
        return world.act(permohonan, *(("expire", "system") if "lapsed" in how else ("withdraw", "applicant")))
    return world.act(permohonan, *(("cancel", "admin") if how == "cancelled" else ("withdraw", "applicant")))


@pytest.mark.parametrize(
    "how", ["cancelled", "withdrawn", "return withdrawn", "return lapsed", "draft lapsed", "completed"]
)
def test_from_any_ended_application_one_begins_anew_with_its_answers_and_files(world, how):
    """MISSION, reading 2."""
    ended = _ended_application(world, how)
    assert may_copy(ended)
    copy = copying.copy(ended, world.applicant)
    assert copy.number != ended.number and copy.state == "draft"
    assert applying.draft_of(copy).answers == copying.contents(ended).answers
    assert submitting.faults(copy) == {}
    assert copying.copy(ended, world.applicant).id != ended.id


def test_what_still_runs_or_waits_to_be_fetched_is_not_copied(world):
    for until in ("submitted", "signed", "ready"):
        assert not may_copy(world.walk(world.submit(), until)), until
    begun = applying.begin(world.edition("KK-HILANG"), owner=world.applicant)
    assert not may_copy(world.act(begun, "expire", "system")), "nothing was filled in"
