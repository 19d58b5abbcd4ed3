"""Verification of issued documents: facts for who holds the paper, and forged copies told from ours."""

import io
import json
from concurrent.futures import ThreadPoolExecutor
from datetime import date

import pikepdf
import pytest

from casework.transitions import perform
from documents import printouts
from documents.tte.bounded_verification import verify_bounded
from files import inspection, storage
from lib import encryption
from models import Document, DocumentCheck, Permohonan, StoredFile
from tests.helpers.factory import document_number
from tests.helpers.staff_client import sign_in_officer


@pytest.fixture
def issued(factory):
    """A function that issues a birth deed; returns the document."""

    def issue(**more):
        permohonan = factory.advance_to(factory.submit("AK-LAHIR", **more), "signed")
        return Document.get(Document.permohonan == permohonan.id)

    return issue


def page_of(document):
    return f"/verifikasi/{document.verification_key}"


def bytes_of(document):
    return storage.read(StoredFile.get_by_id(document.file_id))


def check_pdf(client, url, data, name="akta.pdf"):
    return client.post(url, {"pdf": (io.BytesIO(data), name)}, page=url)


def counted(document):
    return {row.outcome: row.count for row in DocumentCheck.select().where(DocumentCheck.document == document)}


def test_the_code_tells_kind_number_day_signer_and_certificate_and_no_name(anonymous, issued):
    document = issued()
    page = anonymous.get(page_of(document)).text
    assert "asli dan berlaku" in page and document.number in page and document.title in page and "I. P. A. W." in page
    assert document.signer in page and "sertifikat elektronik milik Dinas" in page and "BSrE" not in page
    assert "I Putu Arya Wiguna" not in page and "Kalau satu saja" not in page, "it promises only what it shows"
    assert Permohonan.get().number not in page


def test_who_knows_the_end_of_a_nik_sees_the_facts_of_this_kind(anonymous, issued):
    document = issued()
    answer = anonymous.post(page_of(document), {"nik4": document.data["nik4"][0]}, page=page_of(document))
    assert answer.status_code == 200
    for label, value in document.data["facts"]:
        assert label in answer.text and value in answer.text
    assert "Kalau satu saja dari ini berbeda" in answer.text and "Nama ibu" in answer.text
    assert counted(document) == {"opened": 1, "facts": 1}


@pytest.mark.parametrize("typed", ["", "12", "abcd", "x" * 5000, "12345"])
def test_no_digits_are_told_beside_the_field(anonymous, issued, typed):
    document = issued()
    answer = anonymous.post(page_of(document), {"nik4": typed}, page=page_of(document))
    assert answer.status_code == 422 and 'id="nik4-error"' in answer.text and "I Putu Arya Wiguna" not in answer.text


def test_guesses_are_limited_by_document_and_address_and_shut_nobody_else_out(app, anonymous, issued):
    document, url = issued(), None
    url = page_of(document)
    wrong = next(f"{n:04d}" for n in range(9) if f"{n:04d}" not in document.data["nik4"])
    answers = [anonymous.post(url, {"nik4": wrong}, page=url).status_code for _ in range(6)]
    assert answers == [404] * 5 + [429]
    right = {"nik4": document.data["nik4"][0]}
    assert anonymous.post(url, right, page=url).status_code == 429
    elsewhere = type(anonymous)(app)
    elsewhere.client.environ_base["REMOTE_ADDR"] = "10.1.2.3"
    assert elsewhere.post(url, right, page=url).status_code == 200
    assert counted(document)["digits"] == 5


def test_the_very_file_is_confirmed_and_not_kept(anonymous, issued):
    document = issued()
    files = StoredFile.select().count()
    answer = check_pdf(anonymous, page_of(document), bytes_of(document))
    assert "persis seperti yang kami terbitkan" in answer.text and StoredFile.select().count() == files
    assert counted(document)["pdf_same"] == 1


def forge(data, change):
    with pikepdf.open(io.BytesIO(data)) as pdf:
        change(pdf)
        pdf.save(out := io.BytesIO())
    return out.getvalue()


def replace_page(pdf):
    pdf.add_blank_page()
    del pdf.pages[0]


def unsign(pdf):
    del pdf.Root.AcroForm
    for page in pdf.pages:
        if "/Annots" in page:
            del page["/Annots"]


FORGERIES = {
    "a byte of the contents changed": lambda data: data[:900] + bytes([data[900] ^ 1]) + data[901:],
    "a page replaced": lambda data: forge(data, replace_page),
    "printed to a new file": lambda data: forge(data, unsign),
    "something appended": lambda data: data + b"\n% lampiran\n",
    "cut off": lambda data: data[:-300],
}


def retyped(document, factory, **facts):
    """The document laid out anew with one letter or one date changed, and signed by a stranger."""
    data = json.loads(json.dumps(document.data).replace(*facts["change"]))
    document.data = data
    return printouts.pdf_to_sign(Permohonan.get(), document, factory.staff["kadis"], date(2026, 12, 1))


@pytest.mark.parametrize("change", [("WIGUNA", "WIGUNO"), ("13 November 2026", "18 November 2026")])
def test_a_paper_typed_anew_with_one_letter_or_date_changed_is_told(anonymous, factory, issued, change):
    document = issued()
    forged = retyped(Document.get_by_id(document.id), factory, change=change)
    assert "bukan terbitan kami, atau sudah diubah" in check_pdf(anonymous, page_of(document), forged).text
    shown = anonymous.post(page_of(document), {"nik4": document.data["nik4"][0]}, page=page_of(document)).text
    assert change[1] not in shown and (change[0] in shown.upper() or change[0] in shown)


@pytest.mark.parametrize("kind", FORGERIES)
def test_a_forged_copy_is_told_from_ours(anonymous, issued, kind):
    document = issued()
    answer = check_pdf(anonymous, page_of(document), FORGERIES[kind](bytes_of(document)))
    assert answer.status_code == 200 and "bukan terbitan kami, atau sudah diubah" in answer.text, kind
    assert "persis seperti" not in answer.text and counted(document)["pdf_changed"] == 1


def test_the_old_version_after_a_recall_is_told_and_what_replaced_it(anonymous, factory, issued):
    old = issued()
    data, permohonan = bytes_of(old), Permohonan.get()
    perform(permohonan, "recall_document", factory.staff["kabid"], reason="Salah ketik.")
    assert "sudah dicabut" in anonymous.get(page_of(old)).text
    permohonan = factory.advance_to(Permohonan.get(), "revision")
    numbers = {"akta": {"number": document_number(permohonan, permohonan.products[0], 5)}}
    perform(permohonan, "submit_draft", factory.staff["siak_operator"], documents=numbers)
    for action, role in (("verify_adb", "adb"), ("verify_kabid", "kabid"), ("approve_tte", "kadis")):
        factory.perform(Permohonan.get(), action, role)
    new = Document.get(Document.revoked_at.is_null())
    page = anonymous.get(page_of(old)).text
    assert "sudah diganti" in page and new.number in page and new.verification_key not in page
    assert "terbitan lama yang tidak berlaku lagi" in check_pdf(anonymous, page_of(new), data).text


def test_another_document_of_ours_is_not_taken_for_this_one(anonymous, issued):
    first, second = issued(), issued(name="Ni Luh Sekar")
    answer = check_pdf(anonymous, page_of(first), bytes_of(second))
    assert "bukan dokumen di halaman ini" in answer.text and second.number in answer.text


@pytest.mark.parametrize(
    "data, told",
    [
        (b"", "Pilih berkas PDF"),
        (b"x" * 300_001, "lebih besar dari 15 MB"),
        (b"\xff\xd8\xff jpeg", "Ini bukan PDF"),
        (b"%PDF-1.7\n" + b"<<" * 100_000, "bukan terbitan kami"),
        (b"%PDF-1.7\n%%EOF", "bukan terbitan kami"),
    ],
)
def test_whatever_is_dropped_there_gets_a_sentence(anonymous, issued, monkeypatch, data, told):
    monkeypatch.setattr(inspection, "MAX_BYTES", 300_000)
    answer = check_pdf(anonymous, page_of(issued()), data)
    assert answer.status_code in (200, 422) and told in answer.text


def test_the_general_page_finds_a_document_by_its_address_or_its_file(anonymous, issued):
    document = issued()
    key = document.verification_key
    assert "Periksa keaslian dokumen" in anonymous.get("/verifikasi").text
    for typed in (key, f" https://aku.example/verifikasi/{key} ", f"aku.example/verifikasi/{key}/"):
        answer = anonymous.post("/verifikasi", {"kode": typed}, page="/verifikasi")
        assert answer.location.endswith(f"/verifikasi/{key}"), typed
    for typed in ("", "abc", "x" * 10_000, "../../etc"):
        answer = anonymous.post("/verifikasi", {"kode": typed}, page="/verifikasi")
        assert answer.status_code == 422 and 'id="kode-error"' in answer.text
    answer = check_pdf(anonymous, "/verifikasi", bytes_of(document))
    assert "persis seperti" in answer.text and f"/verifikasi/{key}" in answer.text


def test_an_unknown_code_and_an_unissued_document_answer_alike(anonymous, factory, submit):
    factory.advance_to(submit(), "awaiting_tte")
    for key in (Document.get().verification_key, encryption.random_token(), "x", "%00"):
        answer = anonymous.get(f"/verifikasi/{key}")
        assert answer.status_code == 404
    assert "Jangan diterima" in anonymous.get(f"/verifikasi/{encryption.random_token()}").text


def test_a_document_from_before_is_verified_by_the_applicant_s_nik(anonymous, issued):
    document = issued()
    data = {"rows": [["Nama anak", "Putu"], ["NIK", "5108994505900001"]], "members": [], "name": "Putu", "service": "x"}
    Document.update(data=data).execute()
    nik = Permohonan.get().applicant_nik
    page = anonymous.post(page_of(document), {"nik4": nik[-4:]}, page=page_of(document)).text
    assert "Nama anak" in page and "5108994505900001" not in page


def test_all_of_many_checks_at_once_are_counted(app, issued):
    document = issued()

    def look(_):
        return app.test_client().get(page_of(document)).status_code

    with ThreadPoolExecutor(6) as visitors:
        assert set(visitors.map(look, range(18))) == {200}
    assert counted(document)["opened"] == 18


def test_a_stranger_s_signature_is_not_taken_for_ours(tmp_path, app, anonymous, issued):
    from tests.helpers.signing_certificates import make_pdf, make_signer, sign

    make_signer(tmp_path, "orang-lain")
    strange = sign(tmp_path, make_pdf("Surat palsu"), "orang-lain")
    valid, reason = verify_bounded(strange, [])
    assert not valid and "tidak kami kenal" in reason
    assert "bukan terbitan kami" in check_pdf(anonymous, page_of(issued()), strange).text


def test_an_officer_sees_how_often_a_document_was_checked(app, anonymous, issued):
    document = issued()
    for _ in range(3):
        anonymous.get(page_of(document))
    key = Permohonan.get().key
    page = sign_in_officer(app, "auditor").text(f"/petugas/permohonan/details/?id={key}")
    assert "Diperiksa 3 kali di halaman verifikasi" in page
