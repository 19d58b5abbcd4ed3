"""Drafts from SIAK: demanded where a product needs one, and what was uploaded stays until the form is accepted."""

import io

import pytest

import lib.database
from casework import draft_uploads
from casework.transitions import Incomplete, NotAllowed, perform
from documents import draft_comparison
from jobs import outbox
from lib.database import is_sqlite
from models import Document, DraftUpload, Permohonan, Revision, StoredFile
from seed import siak_drafts
from tests.helpers.factory import SIAK_DRAFT, document_number
from tests.helpers.staff_client import sign_in_officer


@pytest.fixture
def at_siak(factory):
    return lambda code="KK-HILANG": factory.advance_to(factory.submit(code), "siak_entry")


def draft(factory, permohonan, **given):
    documents = {
        one["key"]: {"number": document_number(permohonan, one, n)} | given.get(one["key"], {})
        for n, one in enumerate(permohonan.products)
    }
    perform(permohonan, "submit_draft", factory.staff["siak_operator"], documents=documents)
    return Permohonan.get_by_id(permohonan.id)


def test_a_family_card_without_siak_s_draft_is_refused_beside_its_field(factory, at_siak):
    permohonan = at_siak()
    with pytest.raises(Incomplete) as refused:
        draft(factory, permohonan)
    assert refused.value.errors == {"documents-kk-draft": "Unggah draf Kartu Keluarga (KK) dari SIAK (PDF)."}
    assert not Document.select().exists()


def test_a_good_draft_is_kept_where_the_number_is_wrong(factory, at_siak):
    permohonan = at_siak()
    with pytest.raises(Incomplete) as refused:
        draft(factory, permohonan, kk={"number": "12", "draft": SIAK_DRAFT})
    assert set(refused.value.errors) == {"documents-kk-number"}
    assert draft(factory, permohonan).state == "adb_review"
    assert Document.get().draft_file is not None and not DraftUpload.select().exists()


@pytest.mark.parametrize("data", [b"bukan PDF", b"%PDF-1.7 rusak", b"\x89PNG\r\n\x1a\n"])
def test_what_is_no_pdf_is_refused_with_a_sentence(factory, at_siak, data):
    with pytest.raises(Incomplete) as refused:
        draft(factory, at_siak(), kk={"draft": data})
    assert set(refused.value.errors) == {"documents-kk-draft"} and not DraftUpload.select().exists()


def test_a_returned_draft_need_not_be_uploaded_again_and_can_be_replaced(factory, at_siak):
    permohonan = draft(factory, at_siak(), kk={"draft": SIAK_DRAFT})
    first = Document.get().draft_file
    for given, same in (({}, True), ({"kk": {"draft": SIAK_DRAFT + b"\n"}}, False)):
        perform(permohonan, "return_to_operator", factory.staff["adb"], reason="Periksa lagi.")
        permohonan = draft(factory, Permohonan.get_by_id(permohonan.id), **given)
        newest = Document.select().order_by(Document.id.desc()).first()
        assert (newest.draft_file == first) == same


def test_a_paper_made_here_takes_siak_s_draft_or_none(factory, at_siak):
    permohonan = at_siak("AK-LAHIR")
    with pytest.raises(Incomplete):
        draft(factory, permohonan, akta={"number": "-", "draft": SIAK_DRAFT})
    assert set(draft_uploads.kept_drafts(permohonan)) == {"akta"}
    with pytest.raises(Incomplete):
        draft(factory, permohonan, akta={"number": "-", "here": "ya"})
    assert set(draft_uploads.kept_drafts(permohonan)) == {"akta"}, "what was uploaded stays while the form is wrong"
    assert draft(factory, permohonan, akta={"here": "ya"}).state == "adb_review"
    assert Document.get().draft_file is None and not DraftUpload.select().exists()
    assert not StoredFile.select().where(StoredFile.kind == "draft").exists()


def test_an_upload_that_is_not_to_be_used_is_asked_about(factory, at_siak):
    permohonan = at_siak("AK-LAHIR")
    with pytest.raises(Incomplete, match="meminta draf dibuat dari isian"):
        draft(factory, permohonan, akta={"here": "ya", "draft": SIAK_DRAFT})
    assert set(draft_uploads.kept_drafts(permohonan)) == {"akta"}


def test_a_paper_of_our_own_takes_no_draft(factory, at_siak):
    permohonan = at_siak("PNP")
    draft(factory, permohonan, bukti_pnp={"draft": SIAK_DRAFT})
    assert Document.get().draft_file is None


def test_a_draft_that_another_operator_replaces_meanwhile_is_not_issued(factory, at_siak, monkeypatch):
    permohonan = at_siak()
    stored = draft_uploads.keep_draft(permohonan, "kk", SIAK_DRAFT)
    monkeypatch.setattr(draft_uploads, "kept_drafts", lambda _permohonan: {"kk": stored})
    StoredFile.delete().where(StoredFile.id == stored.id)
    DraftUpload.delete().execute()
    StoredFile.delete().where(StoredFile.id == stored.id).execute()
    with pytest.raises(NotAllowed, match="baru saja diganti"):
        draft(factory, permohonan)
    assert Permohonan.get_by_id(permohonan.id).state == "siak_entry"


def test_the_page_shows_the_kept_draft_and_asks_no_number_twice(app, factory, at_siak):
    permohonan, siak = at_siak(), sign_in_officer(app, "siak_operator")
    url = f"/petugas/siak/aksi/submit_draft/?id={permohonan.key}"
    assert "Draf dari SIAK (PDF)" in siak.text(url)
    form = {"version": str(permohonan.version), "documents-kk-draft": (io.BytesIO(SIAK_DRAFT), "draf.pdf")}
    answer = siak.post(url, **form | {"documents-kk-number": "123"})
    assert answer.status_code == 422 and "terdiri dari 16 angka; ini 3 angka" in answer.text
    kept = DraftUpload.get().file.key
    assert f"/petugas/berkas/{kept}" in siak.text(url)
    assert siak.get(f"/petugas/berkas/{kept}").data.startswith(b"%PDF")
    assert sign_in_officer(app, "counter_operator").get(f"/petugas/berkas/{kept}").status_code == 404


def test_the_page_says_that_answers_changed_after_the_kept_draft(app, factory, at_siak):
    permohonan, siak = at_siak(), sign_in_officer(app, "siak_operator")
    draft_uploads.keep_draft(permohonan, "kk", SIAK_DRAFT)
    url = f"/petugas/siak/aksi/submit_draft/?id={permohonan.key}"
    assert "Isian permohonan berubah sesudah itu" not in siak.text(url)
    Revision.create(permohonan=permohonan, number=2, answers=Revision.get().answers)
    assert "Isian permohonan berubah sesudah itu" in siak.text(url)


def test_a_tick_to_make_the_draft_here_stays_where_the_number_is_wrong(app, factory, at_siak):
    permohonan, siak = at_siak("AK-LAHIR"), sign_in_officer(app, "siak_operator")
    draft_uploads.keep_draft(permohonan, "akta", SIAK_DRAFT)
    url = f"/petugas/siak/aksi/submit_draft/?id={permohonan.key}"
    form = {"version": str(permohonan.version), "documents-akta-number": "-", "documents-akta-here": "ya"}
    answer = siak.post(url, **form)
    assert answer.status_code == 422 and 'name="documents-akta-here" value="ya" checked' in answer.text


def test_made_here_but_incomplete_asks_for_siak_s_draft(factory, at_siak):
    permohonan = at_siak("AK-LAHIR")
    revision = Revision.get()
    answers = {key: value for key, value in revision.answers.items() if key != "tempat_kelahiran"}
    lib.database.database.execute_sql(f"DROP TRIGGER revision_no_update{'' if is_sqlite() else ' ON revision'}")
    Revision.update(answers=answers).execute()
    with pytest.raises(Incomplete) as refused:
        draft(factory, permohonan)
    assert "Tempat lahir" in refused.value.errors["documents-akta-draft"]
    assert draft(factory, permohonan, akta={"draft": SIAK_DRAFT}).state == "adb_review"


@pytest.mark.parametrize("code", ["AK-JANJI", "BIO-WNI"])
def test_a_made_up_draft_of_the_demonstration_is_accepted_with_its_number(factory, at_siak, code):
    permohonan = at_siak(code)
    documents = siak_drafts.upload_drafts(permohonan)
    perform(permohonan, "submit_draft", factory.staff["siak_operator"], documents=documents)
    outbox.drain()
    permohonan = Permohonan.get_by_id(permohonan.id)
    found = draft_comparison.load_results([permohonan])[permohonan.id]
    assert {one.summary for one in found} == {"Sama dengan isian"}


def test_a_made_up_draft_is_for_the_demonstration_and_for_who_may_see_the_application(app, factory, at_siak):
    permohonan, siak = at_siak(), sign_in_officer(app, "siak_operator")
    url = f"/petugas/permohonan/{permohonan.key}/draf-contoh/kk.pdf"
    assert siak.get(url).data.startswith(b"%PDF")
    assert siak.get(url.replace("kk.pdf", "akta.pdf")).status_code == 404
    assert sign_in_officer(app, "counter_operator").get(url).status_code == 404
    app.config["DEMO"] = False
    assert siak.get(url).status_code == 404
    assert "draf-contoh" not in siak.text(f"/petugas/siak/aksi/submit_draft/?id={permohonan.key}")
