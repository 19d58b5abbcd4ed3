"""The form signed on the screen: it stands as the form's upload, and is void once an answer changes."""

import json

import pytest
from lxml import html

from casework.transitions import NotAllowed, perform
from files import storage
from files.inspection.pdf_text import extract_text
from intake import answer_validation, attachments, drafts, screen_signature, submission
from models import Attachment, Draft, DraftFile, Edition, Permohonan
from tests.helpers.counter_client import CounterClient, application_url
from tests.helpers.public_client import PublicClient
from tests.helpers.service_editor_forms import page_url, proposed_body
from tests.helpers.staff_client import sign_in_officer

STROKES = json.dumps([[[100, 100], [200, 50], [300, 150]], [[400, 100]]])


@pytest.fixture(params=["sqlite"])  # what is drawn and signed is the same on both
def database_kind(request):
    return request.param


@pytest.fixture
def unsigned(factory):
    permohonan = factory.begin("AK-LAHIR")
    for slot in attachments.upload_slots(permohonan, drafts.get_draft(permohonan).answers, []):
        if slot.needed and slot.requirement["key"] != "formulir":
            factory.attach(permohonan, slot.requirement["key"])
    DraftFile.delete().where(DraftFile.requirement == "formulir").execute()
    return permohonan


def sign(client, page, strokes=STROKES):
    return client.post(f"{page}/tanda-tangan", {"signature": strokes}, page="/keluar")


def form_row(permohonan):
    (row,) = (row for row in attachments.draft_files(drafts.get_draft(permohonan)) if row.requirement == "formulir")
    return row


def change_an_answer(permohonan, key="pemohon_hp", value="081299998888"):
    draft = drafts.get_draft(permohonan)
    Draft.update(answers=draft.answers | {key: value}).where(Draft.id == draft.id).execute()


def test_a_signed_form_stands_as_the_form_and_says_by_whom_and_when(applicant_client, unsigned, factory, app):
    page = f"/permohonan/{unsigned.key}"
    assert "upload-formulir" in submission.submission_errors(unsigned)
    assert "Tanda tangani di layar" in applicant_client.get(f"{page}/unggahan").text
    assert sign(applicant_client, page).status_code == 303
    row = form_row(unsigned)
    text = " ".join(extract_text(storage.read(row.file)).split())
    assert "Ditandatangani di layar pada" in text and "pemohon@aku.example" in text
    assert "Ditandatangani di layar" in applicant_client.get(f"{page}/unggahan").text
    perform(unsigned, "submit", factory.applicant, declaration=True)
    assert Attachment.get(Attachment.requirement == "formulir").signed["by"] == factory.applicant.id
    shown = sign_in_officer(app, "admin").text(f"/petugas/pemeriksaan/details/?id={unsigned.key}")
    assert "ditandatangani di layar" in shown and factory.applicant.name in shown


def test_a_changed_answer_makes_it_void_until_it_is_signed_anew(applicant_client, unsigned, factory):
    page = f"/permohonan/{unsigned.key}"
    sign(applicant_client, page)
    change_an_answer(unsigned)
    assert "Tanda tangani sekali lagi" in submission.submission_errors(unsigned)["upload-formulir"]
    assert "Tanda tangani sekali lagi" in applicant_client.get(f"{page}/unggahan").text
    with pytest.raises(NotAllowed):
        perform(unsigned, "submit", factory.applicant, declaration=True)
    first = form_row(unsigned).file_id
    sign(applicant_client, page)
    assert form_row(unsigned).file_id != first and not submission.submission_errors(unsigned)


def test_in_a_return_it_is_signed_anew_where_an_answer_is_corrected(applicant_client, unsigned, factory):
    page = f"/permohonan/{unsigned.key}"
    sign(applicant_client, page)
    perform(unsigned, "submit", factory.applicant, declaration=True)
    returned = factory.perform(Permohonan.get_by_id(unsigned.id), "mark_incomplete", "admin")
    assert not screen_signature.is_void(returned, form_row(returned), drafts.get_draft(returned).answers)
    change_an_answer(returned)
    shown = applicant_client.get(page).text
    assert "Tanda tangani di layar" in shown and "Diperlukan karena jawaban lain berubah" in shown
    assert sign(applicant_client, page).status_code == 303
    assert not screen_signature.void_errors(returned, [form_row(returned)], drafts.get_draft(returned).answers)


def test_where_the_office_asks_for_paper_nothing_is_signed_on_the_screen(applicant_client, unsigned):
    body = unsigned.edition.body | {"screen_signature": False}
    Edition.update(body=body).where(Edition.id == unsigned.edition_id).execute()
    page = f"/permohonan/{unsigned.key}"
    assert "Tanda tangani di layar" not in applicant_client.get(f"{page}/unggahan").text
    sign(applicant_client, page)
    assert not any(row.requirement == "formulir" for row in attachments.draft_files(drafts.get_draft(unsigned)))


@pytest.mark.parametrize("strokes", ["", "[]", "[[]]", "paper", "x", '[["a"]]', "[[[1e999, 5]]]", "[" * 5000])
def test_what_is_no_signature_is_told(applicant_client, unsigned, strokes):
    answer = sign(applicant_client, f"/permohonan/{unsigned.key}", strokes)
    assert answer.status_code == 422 and 'id="signature-error"' in answer.text


def test_unfinished_answers_come_first_and_strangers_find_nothing(app, applicant_client, unsigned):
    page = f"/permohonan/{unsigned.key}"
    change_an_answer(unsigned, "pemohon_nama", "")
    assert sign(applicant_client, page).location.endswith("/periksa")
    stranger = PublicClient(app)
    stranger.sign_in("pemohon2@aku.example")
    assert stranger.get(f"{page}/tanda-tangan").status_code == 404
    assert PublicClient(app).get(f"{page}/tanda-tangan").status_code == 303


def test_at_a_counter_the_resident_signs_on_its_screen(app, factory):
    permohonan = factory.begin("AK-LAHIR", "counter")
    DraftFile.delete().where(DraftFile.requirement == "formulir").execute()
    operator, page = CounterClient(app), application_url(permohonan)
    assert "Serahkan layar kepada pemohon" in operator.get(f"{page}/tanda-tangan").text
    assert operator.post(f"{page}/tanda-tangan", {"signature": STROKES}).status_code == 303
    row = form_row(permohonan)
    text = " ".join(extract_text(storage.read(row.file)).split())
    assert drafts.get_draft(permohonan).answers["pemohon_nama"] in text and "loket.pemaron@aku.example" in text


def test_the_service_editor_has_the_switch_and_it_is_on(app, factory):
    it, url = sign_in_officer(app, "it"), page_url("keterangan")
    tree = html.fromstring(it.text(url))
    assert tree.xpath('//input[@name="screen_signature"]/@checked')
    given = _facts_form(tree)
    given.pop("screen_signature")
    assert it.post(url, page=url, **given).status_code in (302, 303)
    assert proposed_body()["screen_signature"] is False


def _facts_form(tree):
    (form,) = (one for one in tree.forms if one.xpath('.//input[@name="screen_signature"]'))
    return {name: value for name, value in form.form_values() if name != "csrf_token"}


def test_an_answer_that_is_hidden_by_another_is_none_of_the_form(applicant_client, unsigned):
    """What was answered before stays in the draft, and what depends on it; neither is on the form."""
    change_an_answer(unsigned, "status_orang_tua", "4")
    change_an_answer(unsigned, "kk_pasutri", "ya")  # hidden, and would show what depends on it
    draft = drafts.get_draft(unsigned)
    clean, _errors = answer_validation.validate_draft(unsigned, draft, drafts.village_names())
    digests = {screen_signature.answers_digest(unsigned, answers) for answers in (draft.answers, clean)}
    assert len(digests) == 1
