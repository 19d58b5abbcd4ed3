"""Statements beside the requirement that asks for them: filled in, blank, signed on the screen where allowed."""

import pytest

from casework.transitions import perform
from catalogue import conditions, definition, statements
from catalogue.schema import InvalidDefinition
from files import storage
from files.inspection.pdf_text import extract_text
from intake import attachments, drafts, submission
from models import Draft, DraftFile, Edition, Permohonan
from tests.helpers import service_cases
from tests.helpers.counter_client import CounterClient, application_url
from tests.helpers.public_client import PublicClient
from tests.test_wizard_sign_form import STROKES, change_an_answer

PAPER = "pernyataan_tanpa_dokumen"  # F-1.04, which the applicant alone signs


@pytest.fixture(params=["sqlite"])  # what is drawn is the same on both
def database_kind(request):
    return request.param


@pytest.fixture
def unsigned(factory):
    return begin_unsigned(factory)


def begin_unsigned(factory, track="self_service"):
    permohonan = factory.begin("BIO-WNI", track)
    answers = service_cases.judge("BIO-WNI", {"pemohon_email": "pemohon@aku.example"}, track=track).answers
    answers.pop(conditions.SUBMITTED_ON)
    Draft.update(answers=answers).where(Draft.permohonan == permohonan).execute()
    DraftFile.delete().where(DraftFile.requirement == PAPER).execute()
    return permohonan


def sign(client, permohonan, paper=PAPER):
    page = f"/permohonan/{permohonan.key}"
    return client.post(f"{page}/tanda-tangan/{paper}", {"signature": STROKES}, page="/keluar")


def signed_row(permohonan, paper=PAPER):
    rows = attachments.draft_files(drafts.get_draft(permohonan))
    return next((row for row in rows if row.requirement == paper and row.signed), None)


def text_of(data):
    return " ".join(extract_text(data).split())


def test_beside_its_requirement_stand_the_filled_one_the_blank_one_and_the_button_to_sign(applicant_client, unsigned):
    page = f"/permohonan/{unsigned.key}"
    shown = applicant_client.get(f"{page}/unggahan").text
    assert f"{page}/pernyataan/{PAPER}.pdf" in shown and "/formulir/F-1.04.pdf" in shown
    assert f"{page}/tanda-tangan/{PAPER}" in shown
    answers = drafts.get_draft(unsigned).answers
    filled = text_of(applicant_client.get(f"{page}/pernyataan/{PAPER}.pdf").data)
    assert answers["nama"] in filled and answers["nama_ibu"] in filled and "Halaman 1 dari 1" in filled
    assert applicant_client.get(f"{page}/pernyataan/kk.pdf").status_code == 404


def test_a_statement_signed_on_the_screen_is_void_only_if_what_it_shows_changes(applicant_client, unsigned, factory):
    assert sign(applicant_client, unsigned).status_code == 303
    row = signed_row(unsigned)
    assert "Ditandatangani di layar pada" in text_of(storage.read(row.file)) and "." * 10 not in text_of(
        storage.read(row.file)
    )
    change_an_answer(unsigned)  # a telephone number, which only the form shows
    assert f"upload-{PAPER}" not in submission.submission_errors(unsigned)
    change_an_answer(unsigned, "nama_ibu", "Ni Wayan Lain")
    assert "Tanda tangani sekali lagi" in submission.submission_errors(unsigned)[f"upload-{PAPER}"]
    assert sign(applicant_client, unsigned).status_code == 303
    assert signed_row(unsigned).file_id != row.file_id
    assert "Ni Wayan Lain" in text_of(storage.read(signed_row(unsigned).file))
    DraftFile.delete().where(DraftFile.requirement == "formulir").execute()
    factory.attach(unsigned, "formulir")
    perform(unsigned, "submit", factory.applicant, declaration=True)
    names = submission.original_names(Permohonan.get_by_id(unsigned.id))
    assert names and not any("F-1.04" in name for name in names)  # nobody has an original of it


def test_in_a_return_it_is_signed_anew_where_what_it_shows_is_corrected(applicant_client, unsigned, factory):
    sign(applicant_client, unsigned)
    perform(unsigned, "submit", factory.applicant, declaration=True)
    returned = factory.perform(Permohonan.get_by_id(unsigned.id), "mark_incomplete", "admin")
    assert PAPER in drafts.get_draft(returned).open_keys
    change_an_answer(returned, "nama_ibu", "Ni Wayan Lain")
    shown = applicant_client.get(f"/permohonan/{unsigned.key}").text
    assert f"/tanda-tangan/{PAPER}" in shown and f"/pernyataan/{PAPER}.pdf" in shown
    assert sign(applicant_client, returned).status_code == 303
    assert f"upload-{PAPER}" not in submission.submission_errors(returned)


@pytest.mark.parametrize(
    ("service", "paper"), [("PIN-BATAL", "pernyataan_batal"), ("PIN-DALAM", "izin_rumah"), ("BIO-WNI", "kk")]
)
def test_what_needs_a_stamp_or_others_to_sign_is_not_signed_on_the_screen(applicant_client, factory, service, paper):
    permohonan = factory.begin(service)
    page = f"/permohonan/{permohonan.key}"
    assert f"/tanda-tangan/{paper}" not in applicant_client.get(f"{page}/unggahan").text
    sign(applicant_client, permohonan, paper)
    assert signed_row(permohonan, paper) is None


def test_the_stamp_is_said_beside_it(applicant_client, factory):
    shown = applicant_client.get(f"/permohonan/{factory.begin('PIN-BATAL').key}/unggahan").text
    assert "Perlu meterai Rp10.000" in shown and "/formulir/BATAL-PINDAH.pdf" in shown
    assert "Perlu meterai Rp10.000" in applicant_client.get("/layanan/PIN-BATAL").text


def test_a_reason_that_nobody_was_asked_for_is_written_on_paper(app, factory):
    one = statements.stored("TANPA-KUTIPAN")["TANPA-KUTIPAN"]
    assert statements.missing_labels(one, {}) == ["Sebabnya"]
    assert statements.missing_labels(one, {"alasan": ({}, "hilang")}) == []


def test_where_the_office_asks_for_paper_no_statement_is_signed_on_the_screen(applicant_client, unsigned):
    body = unsigned.edition.body | {"screen_signature": False}
    Edition.update(body=body).where(Edition.id == unsigned.edition_id).execute()
    assert "tanda-tangan" not in applicant_client.get(f"/permohonan/{unsigned.key}/unggahan").text
    sign(applicant_client, unsigned)
    assert signed_row(unsigned) is None


def test_at_a_counter_it_is_the_same(app, factory):
    permohonan = begin_unsigned(factory, "counter")
    operator, page = CounterClient(app), application_url(permohonan)
    shown = operator.get(f"{page}/unggahan").text
    assert f"{page}/pernyataan/{PAPER}.pdf" in shown and "/formulir/F-1.04.pdf" in shown
    assert drafts.get_draft(permohonan).answers["nama"] in text_of(operator.get(f"{page}/pernyataan/{PAPER}.pdf").data)
    assert "Serahkan layar kepada pemohon" in operator.get(f"{page}/tanda-tangan/{PAPER}").text
    assert operator.post(f"{page}/tanda-tangan/{PAPER}", {"signature": STROKES}).status_code == 303
    assert "loket.pemaron@aku.example" in text_of(storage.read(signed_row(permohonan).file))


def test_whoever_acts_for_another_gets_the_letter_of_authority(applicant_client, factory):
    permohonan = factory.begin("KTP-HILANG")
    change_an_answer(permohonan, "pemohon_untuk", "lain")
    change_an_answer(permohonan, "pemohon_nama", "Ni Luh Kuasa")
    page = f"/permohonan/{permohonan.key}"
    assert f"{page}/pernyataan/surat_kuasa.pdf" in applicant_client.get(f"{page}/unggahan").text
    text = text_of(applicant_client.get(f"{page}/pernyataan/surat_kuasa.pdf").data)
    assert "Surat Kuasa dalam Pelayanan" in text and "Ni Luh Kuasa" in text and "KTP-el" in text
    assert "/formulir/F-1.07.pdf" in applicant_client.get("/layanan/KTP-HILANG").text


def test_strangers_find_nothing(app, unsigned):
    stranger = PublicClient(app)
    stranger.sign_in("pemohon2@aku.example")
    for path in (f"pernyataan/{PAPER}.pdf", f"tanda-tangan/{PAPER}"):
        assert stranger.get(f"/permohonan/{unsigned.key}/{path}").status_code == 404


def test_everybody_finds_all_blank_ones_on_a_page(app):
    client = PublicClient(app)
    page = client.get("/formulir").text
    for code, statement in statements.stored().items():
        assert f"/formulir/{code}.pdf" in page and statement["name"]["id"] in page
        blank = client.get(f"/formulir/{code}.pdf")
        assert blank.mimetype == "application/pdf" and f"{code}.pdf" in blank.headers["Content-Disposition"]
    assert "/layanan/AK-LAHIR/formulir.pdf" in page and "/formulir" in client.get("/").text
    for odd in ("F-9.99", "f-2.03", "x" * 300, "..%2f..%2fetc"):
        assert client.get(f"/formulir/{odd}.pdf").status_code == 404


def test_a_half_filled_form_gives_a_half_filled_statement(applicant_client, unsigned):
    for answers in ({}, {"nama": "Anak Agung"}, {"nik_ibu": "tanpa:wni:"}, {"pemohon_untuk": "lain"}):
        Draft.update(answers=answers).where(Draft.permohonan == unsigned).execute()
        pdf = applicant_client.get(f"/permohonan/{unsigned.key}/pernyataan/{PAPER}.pdf")
        assert pdf.status_code == 200 and answers.get("nama", "") in text_of(pdf.data)
        assert sign(applicant_client, unsigned).status_code == 303 and signed_row(unsigned) is None


def test_a_requirement_with_a_statement_that_does_not_exist_is_refused():
    body = service_cases.services()["BIO-WNI"]
    wrong = [one | {"statement": "F-9.99"} if one["key"] == PAPER else one for one in body["requirements"]]
    with pytest.raises(InvalidDefinition, match=r"F-9\.99"):
        definition.validate_definition(body | {"requirements": wrong})
