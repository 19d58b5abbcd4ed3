"""People without a NIK or family card number: in which services a reason stands for it, and who sees the reason."""

import re

import pytest

from casework import siak_sheet
from catalogue import conditions, definition, missing_number
from catalogue.fields import display, validate_edition, validate_fields
from documents import draft_comparison, preparation, printouts
from intake import drafts, duplicates, prefill, submission
from models import Document, Draft, Permohonan
from tests.helpers.document_samples import pdf_text
from tests.helpers.factory import sample_answer
from tests.helpers.public_client import field_error, section_form_data
from tests.helpers.staff_client import sign_in_officer

FILES = sorted((definition.SEED / "layanan").glob("*.toml"))
SERVICES = {path.stem: definition.read_definition(path) for path in FILES}
ALL_SERVICES = pytest.mark.parametrize("code", SERVICES)
PARENTS, WITNESSES = "nik_ibu nik_ayah", "nik_saksi_1 nik_saksi_2"
COUPLE = "nik_suami no_kk_suami nik_istri no_kk_istri"
MAY_BE_MISSING = {  # by SERVICES.md and DOMAIN.md; what isn't here needs the number: its page says where to go first
    "AK-AKUI": f"{PARENTS} {WITNESSES}",
    "AK-ANGKAT": f"{PARENTS} nik_ibu_angkat nik_ayah_angkat no_kk",
    "AK-BATAL": "nik no_kk",
    "AK-BETUL": f"nik no_kk nik_wali {WITNESSES}",
    "AK-CERAI": COUPLE,
    "AK-CERAI-BATAL": COUPLE,
    "AK-JANJI": COUPLE,
    "AK-KAWIN": f"nik_ayah_suami nik_ibu_suami nik_ayah_istri nik_ibu_istri {WITNESSES}",
    "AK-KAWIN-BATAL": COUPLE,
    "AK-KUTIPAN2": "nik",
    "AK-LAHIR": f"nik_anak no_kk {PARENTS} nik_wali {WITNESSES}",
    "AK-LAHIR-OA": f"no_kk {PARENTS} nik_wali {WITNESSES}",
    "AK-LAIN": "",
    "AK-LN": f"nik no_kk {PARENTS} nik_pasangan",
    "AK-MATI": f"nik_pasangan {WITNESSES}",  # of the deceased it asks first whether there is one
    "AK-NAMA": "nik_wali",
    "AK-SAH": f"{PARENTS} {WITNESSES}",
    "AK-WN": "nik no_kk nik_pasangan",
    "BIO-LN": PARENTS,
    "BIO-OA": "",
    "BIO-UBAH": "",
    "BIO-WNI": PARENTS,
    "KIA-BARU": "",
    "KIA-GANTI": "",
    "KK-BARU": "nik_pasangan",
    "KK-DATANG": "nik anggota.nik",
    "KK-ELEMEN": "",
    "KK-GANTI": "",
    "KK-HILANG": "",
    "KK-NUMPANG": "",
    "KK-PERISTIWA": "anggota.nik",
    "KK-PISAH": "",
    "KK-RUSAK": "",
    "KK-TTE": "",
    "KTP-BARU": "",
    "KTP-HILANG": "",
    "KTP-LUAR": "",
    "KTP-OA": "nik",
    "KTP-PINDAH": "",
    "KTP-REKAM": "",
    "KTP-RUSAK": "",
    "KTP-UBAH": "",
    "LAHIR-MATI": f"{PARENTS} no_kk {WITNESSES}",
    "NIK-AKTIF": "",
    "PIN-BATAL": "",
    "PIN-DALAM": "",
    "PIN-DATANG": "",
    "PIN-KELUAR": "",
    "PIN-LN": "nik no_kk anggota.nik",
    "PIN-OA": "",
    "PNP": "",
    "RENTAN": "",  # empty where it isn't known
    "SKTT": "",  # asks for no NIK but the applicant's, and that of a former letter
}
APPLICANT_MAY_HAVE_NONE = (
    "AK-AKUI AK-ANGKAT AK-BATAL AK-BETUL AK-CERAI AK-CERAI-BATAL AK-JANJI AK-KAWIN AK-KAWIN-BATAL "
    "AK-KUTIPAN2 AK-LAHIR AK-LAHIR-OA AK-LN AK-MATI AK-SAH AK-WN BIO-LN BIO-OA BIO-WNI KK-DATANG KTP-OA "
    "LAHIR-MATI PIN-LN RENTAN SKTT"
).split()
FOREIGNER = "tanpa:asing:X1234567"
SEEN = "Belum punya NIK: orang asing, X1234567"


def numbers_of(code):
    """The fields of a service that ask for a NIK or family card number, by key; items of groups as group.item."""
    fields = [field for section in SERVICES[code]["sections"] for field in section["fields"]]
    named = [(field["key"], field) for field in fields]
    named += [(f"{field['key']}.{item['key']}", item) for field in fields for item in field["item"]]
    return {key: field for key, field in named if field["type"] in missing_number.NAMES}


def shown_choices(code):
    """Answers to the choices and yes-or-no questions by which every number of the service is asked."""
    whens = [when for field in numbers_of(code).values() for when in conditions.atoms(field.get("when"))]
    return {when["field"]: when["is"][0] for when in whens if "is" in when}


@ALL_SERVICES
def test_each_service_says_whose_number_may_be_missing(code):
    found = {key for key, field in numbers_of(code).items() if field["options"]}
    assert found == set(MAY_BE_MISSING[code].split())
    assert SERVICES[code]["applicant_without_nik"] is (code in APPLICANT_MAY_HAVE_NONE)


@ALL_SERVICES
def test_a_reason_is_taken_where_it_may_stand_and_refused_elsewhere(code):
    for key, field in numbers_of(code).items():
        reasons = [option for option, _label in field["options"]] or ["wni", "lain"]
        for reason in reasons:
            boxes = dict(
                zip((field["key"] + part for part in missing_number.PARTS), ("", reason, "X1234567"), strict=True)
            )
            (clean, errors, warnings) = validate_fields([field | {"when": None}], boxes, {}, None)
            if field["options"]:
                assert clean[field["key"]] == f"tanpa:{reason}:X1234567" and not errors and not warnings, key
                assert not re.search(r"[0-9]{16}", clean[field["key"]])
                again = validate_fields([field | {"when": None}], clean, {}, None)[0]
                assert again == clean and display(field, clean[field["key"]]).endswith(", X1234567")
            else:
                assert errors, key


@ALL_SERVICES
def test_a_whole_form_is_valid_without_the_numbers_that_may_be_missing(code):
    fields = [field for section in SERVICES[code]["sections"] for field in section["fields"]]
    raw = {field["key"]: sample_answer(field) for field in fields} | shown_choices(code)
    for key, field in numbers_of(code).items():
        if field["options"] and "." not in key:
            raw[key] = f"tanpa:{field['options'][0][0]}:X1"
    _clean, errors, _warnings = validate_edition(SERVICES[code], raw)
    assert not {key: text for key, text in errors.items() if "nik" in key or "kk" in key}


@pytest.mark.parametrize(
    ("boxes", "sentence"),
    [
        (("", "", ""), "Isi NIK ibu, atau pilih alasan belum punya."),
        (("5108994505900001", "wni", ""), "Isi NIK ibu atau pilih alasannya, jangan keduanya."),
        (("", "", "paspor saya"), "Pilih alasan belum punya NIK ibu."),
        (("", "bayi", ""), "Pilih alasan belum punya NIK ibu."),
        (("", "asing", " \u200b"), "NIK ibu: Tulis nomor paspornya."),
        (("", "lain", ""), "NIK ibu: Tulis alasannya."),
        (("510899450590000", "", ""), "NIK ibu baru 15 angka. NIK terdiri dari 16 angka."),
    ],
)
def test_what_is_wrong_is_said_in_one_sentence(boxes, sentence):
    field = numbers_of("AK-LAHIR")["nik_ibu"] | {"when": None}
    raw = dict(zip(("nik_ibu", "nik_ibu-tanpa", "nik_ibu-ket"), boxes, strict=True))
    assert validate_fields([field], raw, {}, None)[1] == {"nik_ibu": sentence}


def draft_without_nik(factory, code, **missing):
    permohonan = factory.begin(code)
    draft = drafts.get_draft(permohonan)
    Draft.update(answers=draft.answers | missing).where(Draft.id == draft.id).execute()
    return permohonan


@pytest.fixture
def sent(factory):
    """Send an application in which these numbers are missing."""

    def send(code, **missing):
        permohonan = draft_without_nik(factory, code, **missing)
        assert not submission.submission_errors(permohonan)
        return factory.perform(permohonan, "submit", "applicant")

    return send


def test_the_reason_is_on_the_case_page_siak_s_sheet_the_dossier_and_the_form(app, sent):
    permohonan = sent("AK-LAHIR", nik_ibu=FOREIGNER, pemohon_nik="tanpa:wni", kewarganegaraan_ibu="1")
    assert (permohonan.subject_nik, permohonan.applicant_nik) == ("", "")
    page = sign_in_officer(app, "admin").text(f"/petugas/pemeriksaan/details/?id={permohonan.key}")
    assert SEEN in page and "Belum punya NIK: WNI yang belum pernah terdaftar" in page and "tanpa:" not in page
    answers = submission.last_revision(permohonan).answers
    rows = {row.key: row.value for row in siak_sheet.siak_rows(permohonan, answers, {})}
    assert rows["nik_ibu"] == SEEN.upper() and rows["pemohon_nik"].startswith("BELUM PUNYA NIK")
    for pdf in (printouts.dossier(permohonan), printouts.application_form(permohonan.edition, answers)):
        text = " ".join(pdf_text(pdf).split())
        assert SEEN in text and "tanpa:" not in text


def test_siak_s_sheet_names_an_applicant_without_a_nik_also_where_nobody_reports(sent):
    permohonan = sent("BIO-WNI", pemohon_nik="tanpa:wni")
    rows = {
        row.key: row.value for row in siak_sheet.siak_rows(permohonan, submission.last_revision(permohonan).answers, {})
    }
    assert rows["pemohon_nik"] == "BELUM PUNYA NIK: WNI YANG BELUM PERNAH TERDAFTAR"


def test_whoever_applies_for_themselves_gives_the_reason_once(fill):
    typed = {"pemohon_untuk": "ibu", "pemohon_nik": "", "pemohon_nik-tanpa": "asing", "pemohon_nik-ket": "X1234567"}
    permohonan, page = fill("AK-LAHIR", "pemohon", **typed)
    assert page.status_code == 303 and drafts.get_draft(permohonan).answers["nik_ibu"] == FOREIGNER


def test_lists_exports_and_drafts_show_no_reason_as_a_number(app, factory, sent):
    permohonan = sent("AK-LAHIR", nik_ibu=FOREIGNER, kewarganegaraan_ibu="1")
    factory.advance_to(permohonan, "adb_review")
    permohonan, document = Permohonan.get_by_id(permohonan.id), Document.get()
    answers = submission.last_revision(permohonan).answers
    assert "nik_ibu" not in {one.key for one in draft_comparison.expected_values(permohonan, document, answers)}
    assert not any("Belum punya" in value for _label, value in document.data["facts"])
    card = {"kind": "pdf", "source": "siak", "prints": ["nik_ibu"]}
    made = preparation.document_data(permohonan, answers, card, {})
    assert (made["facts"], made["printed"]) == ([], [])


def test_two_people_without_a_nik_are_not_one(factory, sent):
    first = sent("KTP-OA", nik="tanpa:asing:X1", nama="John Smith", akhir_kitap="2030-01-01")
    second = draft_without_nik(factory, "KTP-OA", nik="tanpa:asing:X1", nama="Jane Miller", akhir_kitap="2030-01-01")
    assert duplicates.open_duplicates(second, drafts.get_draft(second).answers) == []
    answers = submission.last_revision(first).answers
    earlier = prefill.EarlierApplication(first.number, tuple(drafts.form_fields(first)), answers)
    page = {"fields": drafts.form_fields(second)}
    known = {"nik": "tanpa:asing:X1", "pemohon_untuk": "lain"}
    assert "nama" not in prefill.prefill_values(page, drafts.form_fields(second), known, [earlier])


def test_without_any_nik_the_telephone_s_last_four_digits_follow_it(anonymous, sent):
    permohonan = sent("SKTT", pemohon_nik=FOREIGNER)
    answers = [
        anonymous.post("/lacak", {"nomor": permohonan.number, "nik4": four}).status_code for four in ("4567", "4417")
    ]
    assert permohonan.phone.endswith("4417") and answers == [404, 200]


def test_with_a_nik_the_telephone_follows_nothing(anonymous, submit):
    permohonan = submit()
    assert anonymous.post("/lacak", {"nomor": permohonan.number, "nik4": permohonan.phone[-4:]}).status_code == 404


@pytest.fixture
def fill(applicant_client):
    """Begin a service and post the page of a section."""

    def post(code, section, **typed):
        applicant_client.post(f"/permohonan/baru/{code}")
        permohonan = Permohonan.select().order_by(Permohonan.id.desc()).get()
        page = next(one for one in drafts.form_pages(permohonan) if section in [part["key"] for part in one["parts"]])
        answers = {field["key"]: sample_answer(field) for field in page["fields"]}
        form = section_form_data(page, answers, drafts.get_draft(permohonan).version) | typed
        return permohonan, applicant_client.post(f"/permohonan/{permohonan.key}/isi/{page['key']}", form)

    return post


def test_without_a_script_the_reason_is_chosen_under_the_number_and_stays(applicant_client, fill):
    typed = {"pemohon_nik": "", "pemohon_nik-tanpa": "asing", "pemohon_nik-ket": ""}
    _permohonan, page = fill("BIO-WNI", "pemohon", **typed)
    assert "nomor paspor" in field_error(page, "pemohon_nik") and '<option value="asing" selected>' in page.text
    permohonan, page = fill("BIO-WNI", "pemohon", **typed | {"pemohon_nik-ket": "\u202aX\u200b1234567"})
    assert page.status_code == 303 and drafts.get_draft(permohonan).answers["pemohon_nik"] == FOREIGNER
    again = applicant_client.get(f"/permohonan/{permohonan.key}/isi/pemohon").text
    assert 'value="X1234567"' in again and '<option value="asing" selected>' in again and "tanpa:" not in again
    checked = applicant_client.get(f"/permohonan/{permohonan.key}/periksa").text
    assert SEEN in checked and "tanpa:" not in checked


def test_where_the_number_is_needed_the_page_says_where_to_go_first(fill):
    _permohonan, page = fill("KTP-BARU", "pemilik", nik="")
    assert "lihat petunjuk di bawahnya" in field_error(page, "nik")
    for code in missing_number.ISSUED_BY["nik"]:
        assert f'/layanan/{code}"' in page.text
    assert "nik-tanpa" not in page.text


def test_an_old_edition_without_the_new_key_still_works(factory):
    permohonan = factory.begin("BIO-WNI")
    body = {key: value for key, value in permohonan.edition.body.items() if key != "applicant_without_nik"}
    permohonan.edition.body = body
    assert not next(one for one in drafts.form_fields(permohonan) if one["key"] == "pemohon_nik")["options"]
