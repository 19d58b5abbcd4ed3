"""The wizard on the public pages: sections, rows, conditions, conflicts, uploads, review, submission."""

import gzip
import io
import re

import pytest
from PIL import Image

from intake import applying, submitting
from models import Draft, DraftFile, Event, Permohonan
from public import lighter
from tests import corpus
from tests.visiting import Visitor, error_of, jpeg, section_form
from tests.world import sample


@pytest.fixture
def begin_draft(visitor):
    """A function that begins an application of a service and returns it."""

    def begin(code="KTP-HILANG"):
        assert visitor.post(f"/permohonan/baru/{code}").status_code == 303
        return Permohonan.select().order_by(Permohonan.id.desc()).get()

    return begin


def answers_of(permohonan, **other):
    fields = [field for section in applying.sections(permohonan) for field in section["fields"]]
    return {field["key"]: sample(field) for field in fields} | {"pemohon_untuk": "diri"} | other


def fill_page(visitor, permohonan, key, **other):
    """Post one section; what is right, but for `other`."""
    section = next(one for one in applying.sections(permohonan) if one["key"] == key)
    path = f"/permohonan/{permohonan.key}/isi/{key}"
    form = section_form(section, answers_of(permohonan), applying.draft_of(permohonan).version)
    return visitor.post(path, form | other)


def fill_all_pages(visitor, permohonan):
    return [fill_page(visitor, permohonan, section["key"]) for section in applying.sections(permohonan)]


def test_from_beginning_to_submitted_with_pages_only(visitor, begin_draft):
    permohonan = begin_draft()
    assert {answer.status_code for answer in fill_all_pages(visitor, permohonan)} == {303}
    base = f"/permohonan/{permohonan.key}"
    files = {"upload-formulir": jpeg("formulir"), "upload-surat_kehilangan": jpeg("surat")}
    assert visitor.post(f"{base}/unggahan", files).location == f"{base}/periksa"
    assert "Ada 1 isian" in visitor.post(f"{base}/periksa").text
    answer = visitor.post(f"{base}/periksa", {"declaration": "ya"})
    page = visitor.get(answer.location)
    assert 'data-state="submitted"' in page.text and f'data-number="{permohonan.number}"' in page.text
    assert "kami terima dengan nomor" in page.text and "ol" in page.text and "data-timeline" in page.text


def test_looking_at_the_start_page_begins_nothing_and_beginning_twice_makes_one(visitor, begin_draft):
    visitor.get("/permohonan/baru/AK-LAHIR")
    assert not Permohonan.select().exists()
    assert begin_draft().id == begin_draft().id
    fill_page(visitor, begin_draft(), "pemohon")
    page = visitor.get("/permohonan/baru/KTP-HILANG")
    assert "Anda sudah punya permohonan ini" in page.text


def test_a_wrong_answer_gets_its_sentence_stays_as_typed_and_the_rest_is_kept(visitor, begin_draft):
    permohonan = begin_draft()
    page = fill_page(
        visitor, permohonan, "pemilik", nik="5108 9945 0590", nama="<b>x</b>", **{"tanggal_lahir-y": "2199"}
    )
    assert page.status_code == 422 and "<title>Ada 3 isian" in page.text
    assert "baru 12 angka" in error_of(page, "nik") and "belum terjadi" in error_of(page, "tanggal_lahir")
    assert 'value="5108 9945 0590"' in page.text and "&lt;b&gt;x&lt;/b&gt;" in page.text and 'value="2199"' in page.text
    assert 'href="#tanggal_lahir"' in page.text and 'aria-describedby="tanggal_lahir-error"' in page.text
    assert applying.draft_of(permohonan).answers["alamat"] == "Jalan Contoh 1"
    again = visitor.get(f"/permohonan/{permohonan.key}/isi/pemilik")
    assert 'value="5108 9945 0590"' in again.text


HOSTILE = (
    "",
    "\x00",
    "٠١٢٣٤٥٦٧٨٩٠١٢٣٤٥",
    "²" * 16,
    "x" * 10_000,
    "=1+1",
    "{{7*7}}",
    "<script>alert(1)</script>",
    "\u202eabc",
    "%_'\"",
)


@pytest.mark.parametrize("value", HOSTILE)
def test_hostile_text_in_every_field_breaks_nothing(visitor, begin_draft, value):
    permohonan = begin_draft("KK-BARU")
    for section in applying.sections(permohonan):
        names = []
        for field in section["fields"]:
            stem = field["key"]
            items = [f"{stem}-0-{item['key']}" for item in field["item"]] if field["type"] == "group" else [stem]
            names += [*items, f"{stem}-d", f"{stem}-x-y", f"{stem}-999999999999-z"]
        form = dict.fromkeys(names, value) | {"draft_version": str(applying.draft_of(permohonan).version)}
        page = visitor.post(f"/permohonan/{permohonan.key}/isi/{section['key']}", form)
        assert page.status_code in (303, 422), section["key"]
        assert "<script>alert" not in page.text and "49" not in error_of(page, section["fields"][0]["key"])
    assert visitor.get(f"/permohonan/{permohonan.key}/periksa").status_code == 200


@pytest.mark.parametrize("version", ["", "x", "-1", "٣", "9" * 30])
def test_a_made_up_version_of_the_draft_is_a_conflict_not_an_error(visitor, begin_draft, version):
    assert fill_page(visitor, begin_draft(), "pemohon", draft_version=version, pemohon_nama="Lain").status_code == 409


def test_the_same_page_sent_twice_is_no_conflict(visitor, begin_draft):
    permohonan = begin_draft()
    first, second = (
        fill_page(visitor, permohonan, "pemilik", draft_version="0"),
        fill_page(visitor, permohonan, "pemilik", draft_version="0"),
    )
    assert (first.status_code, second.status_code, first.location) == (303, 303, second.location)


def test_a_question_that_hangs_on_another_says_when_it_is_asked(visitor, begin_draft):
    permohonan = begin_draft("AK-LAHIR")
    page = visitor.get(f"/permohonan/{permohonan.key}/isi/orang_tua")
    assert 'data-when="kewarganegaraan_ibu" data-is="2"' in page.text
    assert "Hanya jika Kewarganegaraan ibu: WNA (orang asing)." in page.text


def test_the_longest_page_travels_light_and_is_the_same_page(visitor, begin_draft):
    permohonan = begin_draft("AK-LAHIR")
    path = f"/permohonan/{permohonan.key}/isi/orang_tua"
    packed = visitor.get(path, headers={"Accept-Encoding": "gzip"})
    assert packed.headers["Content-Encoding"] == "gzip" and len(packed.data) <= 15_000
    tokens = r'(csrf_token|writer)" value="[^"]+"'
    assert re.sub(tokens, "", gzip.decompress(packed.data).decode()) == re.sub(tokens, "", visitor.get(path).text)
    asked = visitor.get(f"{path}?periksa=1", headers={"Accept-Encoding": "gzip"})
    assert asked.headers["Content-Encoding"] == "gzip" and len(asked.data) <= 15_000, "also beside what was typed"
    lengths = {len(lighter.packed(b"the same " * 1000)) for _ in range(50)}
    assert len(lengths) > 10, "its length tells nothing of the token"


def test_rows_of_a_group_are_added_and_dropped(visitor, begin_draft):
    permohonan = begin_draft("KK-BARU")
    path = f"/permohonan/{permohonan.key}/isi/anggota"
    more = fill_page(visitor, permohonan, "anggota", more="anggota")
    page = visitor.get(more.location)
    assert 'name="anggota-0-nama"' in page.text or "anggota-0-" in page.text
    assert len(set(re.findall(r'name="anggota-(\d+)-', page.text))) == 2
    fill_page(visitor, permohonan, "anggota", drop="anggota-0")
    assert "anggota" not in applying.draft_of(permohonan).answers
    assert set(re.findall(r'name="anggota-(\d+)-', visitor.get(path).text)) == {"0"}


def test_saving_for_later_keeps_everything_and_complains_about_nothing(visitor, begin_draft):
    permohonan = begin_draft()
    assert fill_page(visitor, permohonan, "pemilik", nik="1", later="1").location == "/permohonan/"
    assert applying.draft_of(permohonan).typed == {"nik": "1"}
    assert visitor.get(f"/permohonan/{permohonan.key}/isi").location.endswith("/isi/pemilik")


def test_a_refused_file_has_its_sentence_and_the_good_ones_are_kept(visitor, begin_draft):
    permohonan = begin_draft()
    page = visitor.post(
        f"/permohonan/{permohonan.key}/unggahan",
        {
            "upload-formulir": jpeg(),
            "upload-surat_kehilangan": (jpeg()[0], "../../etc/<b>.exe"),
            "upload-kk": _program(),
        },
    )
    assert page.status_code == 422 and "berkas program" in error_of(page, "upload-kk")
    kept = {row.requirement for row in DraftFile.select()}
    assert kept == {"formulir", "surat_kehilangan"} and "<b>.exe" not in page.text


def test_beside_a_refused_file_everything_else_that_is_missing_is_named_at_once(visitor, begin_draft):
    path = f"/permohonan/{begin_draft().key}/unggahan"
    page = visitor.post(path, {"upload-kk": _program()})
    assert "berkas program" in error_of(page, "upload-kk") and "Unggah" in error_of(page, "upload-formulir")
    page = visitor.post(path, {"upload-kk": _program(), "stay": "upload-kk"})
    assert error_of(page, "upload-kk") and not error_of(page, "upload-formulir"), "one file after the other"


def _program():
    return jpeg()[0].__class__(b"MZ" + bytes(200)), "kartu.jpg"


def test_missing_uploads_are_named_once_where_one_of_several_is_enough(visitor, begin_draft):
    permohonan = begin_draft("AK-LAHIR")
    page = visitor.post(f"/permohonan/{permohonan.key}/unggahan")
    assert page.status_code == 422
    assert "Surat keterangan kelahiran atau Pernyataan" in error_of(page, "upload-surat_lahir")
    assert not error_of(page, "upload-sptjm_kelahiran") and error_of(page, "upload-formulir")


def test_the_same_file_sent_twice_lies_there_once(visitor, begin_draft):
    permohonan = begin_draft()
    for _ in range(2):
        visitor.post(
            f"/permohonan/{permohonan.key}/unggahan", {"upload-formulir": jpeg("satu"), "stay": "upload-formulir"}
        )
    assert DraftFile.select().count() == 1
    visitor.post(f"/permohonan/{permohonan.key}/unggahan", {"upload-kk": jpeg("satu"), "stay": "upload-kk"})
    assert "sama dengan foto untuk Formulir" in visitor.get(f"/permohonan/{permohonan.key}/unggahan").text


def test_a_file_is_fetched_and_removed_by_its_owner_only(app, visitor, begin_draft):
    permohonan = begin_draft()
    page = f"/permohonan/{permohonan.key}/unggahan"
    visitor.post(page, {"upload-formulir": jpeg(), "stay": "x"})
    key = DraftFile.get().file.key
    got = visitor.get(f"/permohonan/{permohonan.key}/berkas/{key}")
    assert got.status_code == 200 and got.headers["Content-Disposition"].startswith(
        'attachment; filename="formulir-AKU-'
    )
    assert got.headers["X-Content-Type-Options"] == "nosniff" and "sandbox" in got.headers["Content-Security-Policy"]
    other = Visitor(app)
    other.sign_in("pemohon2@aku.example")
    assert other.get(f"/permohonan/{permohonan.key}/berkas/{key}").status_code == 404
    assert visitor.post(page, {"remove": "../x"}).status_code == 404
    visitor.post(page, {"remove": key})
    visitor.post(page, {"remove": key})
    assert not DraftFile.select().exists()


def test_a_photo_is_shown_small_beside_its_name_and_a_pdf_is_not(app, visitor, begin_draft):
    permohonan = begin_draft()
    page = f"/permohonan/{permohonan.key}/unggahan"
    pdf = (io.BytesIO(corpus.pdf()), "surat.pdf")
    visitor.post(page, {"upload-formulir": jpeg(), "upload-kk": pdf, "stay": "x"})
    for shown in (page, f"/permohonan/{permohonan.key}/periksa"):
        assert visitor.get(shown).text.count('<img class="thumb"') == 1
    way = re.search(r'<img class="thumb" src="([^"]+)"', visitor.get(page).text)[1]
    got = visitor.get(way)
    picture = Image.open(io.BytesIO(got.data))
    assert picture.format == "JPEG" and max(picture.size) <= 192 and len(got.data) <= 6000
    assert got.headers["Cache-Control"] == "no-store"
    other = Visitor(app)
    other.sign_in("pemohon2@aku.example")
    assert other.get(way).status_code == 404


def test_an_upload_for_what_the_service_does_not_ask_is_not_kept(visitor, begin_draft):
    permohonan = begin_draft()
    page = visitor.post(
        f"/permohonan/{permohonan.key}/unggahan", {"upload-apa_saja": jpeg(), "upload-": jpeg(), "lain": jpeg()}
    )
    assert page.status_code == 422 and not DraftFile.select().exists()


def test_the_last_look_lists_what_is_missing_with_links(visitor, begin_draft):
    permohonan = begin_draft()
    page = visitor.get(f"/permohonan/{permohonan.key}/periksa")
    assert "belum lengkap" in page.text and f"/permohonan/{permohonan.key}/isi/pemilik?periksa=1#nik" in page.text
    sent = visitor.post(f"/permohonan/{permohonan.key}/periksa", {"declaration": "ya"})
    assert sent.status_code == 422 and 'role="alert"' in sent.text
    assert Permohonan.get_by_id(permohonan.id).state == "draft"


def test_sending_twice_is_one_application_and_no_complaint(visitor, world):
    permohonan = world.begin("KTP-HILANG")
    path = f"/permohonan/{permohonan.key}/periksa"
    first = visitor.post(path, {"declaration": "ya"})
    second = visitor.post(path, {"declaration": "ya"}, page=f"/permohonan/baru/{permohonan.edition.body['code']}")
    assert first.location == second.location and Event.select().count() == 1
    assert "sudah diproses" not in visitor.get(second.location).text


def test_the_filled_form_holds_the_answers(visitor, world):
    permohonan = world.begin()
    form = visitor.get(f"/permohonan/{permohonan.key}/formulir.pdf")
    assert form.data.startswith(b"%PDF-") and "AKU-" in form.headers["Content-Disposition"]


def test_what_was_sent_cannot_be_filled_in_again(visitor, submit):
    permohonan = submit()
    for path in ("isi/anak", "unggahan", "periksa", "isi", "perbaikan"):
        assert visitor.get(f"/permohonan/{permohonan.key}/{path}").location == f"/permohonan/{permohonan.key}"
    assert not Draft.select().exists()
    assert visitor.get(f"/permohonan/{permohonan.key}/formulir.pdf").status_code == 404


def test_one_sentence_stands_for_several_requirements_of_which_one_is_enough(world):
    permohonan = world.begin()
    DraftFile.delete().execute()
    draft = applying.draft_of(permohonan)
    missing = submitting.faulty_uploads(permohonan, draft, draft.answers)
    assert "atau" in missing["upload-surat_lahir"] and "upload-sptjm_kelahiran" not in missing
