"""The wizard on the public pages: sections, rows, conditions, conflicts, uploads, review, submission."""

import gzip
import io
import re

import pytest
from PIL import Image

from casework.transitions import perform
from intake import drafts, submission
from models import Draft, DraftFile, Edition, Event, Permohonan
from tests.helpers import upload_corpus
from tests.helpers.factory import sample_answer
from tests.helpers.public_client import PublicClient, field_error, jpeg_upload, section_form_data
from web import compression


@pytest.fixture
def begin_draft(applicant_client):
    """A function that begins an application of a service and returns it."""

    def begin(code="KTP-HILANG"):
        assert applicant_client.post(f"/permohonan/baru/{code}").status_code == 303
        return Permohonan.select().order_by(Permohonan.id.desc()).get()

    return begin


def answers_of(permohonan, **other):
    fields = [field for section in drafts.form_pages(permohonan) for field in section["fields"]]
    return {field["key"]: sample_answer(field) for field in fields} | {"pemohon_untuk": "diri"} | other


def fill_page(visitor, permohonan, key, **other):
    """Post one section; what is right, but for `other`."""
    section = next(one for one in drafts.form_pages(permohonan) if one["key"] == key)
    path = f"/permohonan/{permohonan.key}/isi/{key}"
    form = section_form_data(section, answers_of(permohonan), drafts.get_draft(permohonan).version)
    return visitor.post(path, form | other)


def fill_all_pages(visitor, permohonan):
    return [fill_page(visitor, permohonan, section["key"]) for section in drafts.form_pages(permohonan)]


def test_from_beginning_to_submitted_with_pages_only(applicant_client, begin_draft):
    permohonan = begin_draft()
    assert {answer.status_code for answer in fill_all_pages(applicant_client, permohonan)} == {303}
    base = f"/permohonan/{permohonan.key}"
    files = {"upload-formulir": jpeg_upload("formulir"), "upload-surat_kehilangan": jpeg_upload("surat")}
    assert applicant_client.post(f"{base}/unggahan", files).location == f"{base}/periksa"
    assert "Ada 1 isian" in applicant_client.post(f"{base}/periksa").text
    answer = applicant_client.post(f"{base}/periksa", {"declaration": "ya"})
    page = applicant_client.get(answer.location)
    assert 'data-state="submitted"' in page.text and f'data-number="{permohonan.number}"' in page.text
    assert "kami terima dengan nomor" in page.text and "ol" in page.text and "data-timeline" in page.text


def test_looking_at_the_start_page_begins_nothing_and_beginning_twice_makes_one(applicant_client, begin_draft):
    applicant_client.get("/permohonan/baru/AK-LAHIR")
    assert not Permohonan.select().exists()
    assert begin_draft().id == begin_draft().id
    fill_page(applicant_client, begin_draft(), "pemohon")
    page = applicant_client.get("/permohonan/baru/KTP-HILANG")
    assert "Anda sudah punya permohonan ini" in page.text


def test_a_wrong_answer_gets_its_sentence_stays_as_typed_and_the_rest_is_kept(applicant_client, begin_draft):
    permohonan = begin_draft()
    page = fill_page(
        applicant_client, permohonan, "pemilik", nik="5108 9945 0590", nama="<b>x</b>", tanggal_lahir="13-11-2199"
    )
    assert page.status_code == 422 and "<title>Ada 3 isian" in page.text
    assert "baru 12 angka" in field_error(page, "nik") and "belum terjadi" in field_error(page, "tanggal_lahir")
    assert (
        'value="5108 9945 0590"' in page.text
        and "&lt;b&gt;x&lt;/b&gt;" in page.text
        and 'value="13-11-2199"' in page.text
    )
    assert (
        'href="#tanggal_lahir"' in page.text
        and 'aria-describedby="tanggal_lahir-hint tanggal_lahir-error"' in page.text
    )
    assert drafts.get_draft(permohonan).answers["alamat"] == "Jalan Contoh 1"
    again = applicant_client.get(f"/permohonan/{permohonan.key}/isi/pemilik")
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
def test_hostile_text_in_every_field_breaks_nothing(applicant_client, begin_draft, value):
    permohonan = begin_draft("KK-BARU")
    for section in drafts.form_pages(permohonan):
        names = []
        for field in section["fields"]:
            stem = field["key"]
            items = [f"{stem}-0-{item['key']}" for item in field["item"]] if field["type"] == "group" else [stem]
            names += [*items, f"{stem}-d", f"{stem}-x-y", f"{stem}-999999999999-z"]
        form = dict.fromkeys(names, value) | {"draft_version": str(drafts.get_draft(permohonan).version)}
        page = applicant_client.post(f"/permohonan/{permohonan.key}/isi/{section['key']}", form)
        assert page.status_code in (303, 422), section["key"]
        assert "<script>alert" not in page.text and "49" not in field_error(page, section["fields"][0]["key"])
    assert applicant_client.get(f"/permohonan/{permohonan.key}/periksa").status_code == 200


@pytest.mark.parametrize("version", ["", "x", "-1", "٣", "9" * 30])
def test_a_made_up_version_of_the_draft_is_a_conflict_not_an_error(applicant_client, begin_draft, version):
    assert (
        fill_page(applicant_client, begin_draft(), "pemohon", draft_version=version, pemohon_nama="Lain").status_code
        == 409
    )


def test_the_same_page_sent_twice_is_no_conflict(applicant_client, begin_draft):
    permohonan = begin_draft()
    first, second = (
        fill_page(applicant_client, permohonan, "pemilik", draft_version="0"),
        fill_page(applicant_client, permohonan, "pemilik", draft_version="0"),
    )
    assert (first.status_code, second.status_code, first.location) == (303, 303, second.location)


def test_a_question_that_hangs_on_another_says_when_it_is_asked(applicant_client, begin_draft):
    permohonan = begin_draft("AK-LAHIR")
    page = applicant_client.get(f"/permohonan/{permohonan.key}/isi/orang_tua")
    assert '"when": {"field": "kewarganegaraan_ibu", "is": ["2"]}' in page.text
    assert "Hanya bila Anda memilih “WNA (orang asing)” pada “Kewarganegaraan ibu”." in page.text


def test_the_longest_page_travels_light_and_is_the_same_page(applicant_client, begin_draft):
    permohonan = begin_draft("AK-LAHIR")
    path = f"/permohonan/{permohonan.key}/isi/orang_tua"
    packed = applicant_client.get(path, headers={"Accept-Encoding": "gzip"})
    assert packed.headers["Content-Encoding"] == "gzip" and len(packed.data) <= 15_000
    tokens = r'(csrf_token|writer)" value="[^"]+"'
    assert re.sub(tokens, "", gzip.decompress(packed.data).decode()) == re.sub(
        tokens, "", applicant_client.get(path).text
    )
    asked = applicant_client.get(f"{path}?periksa=1", headers={"Accept-Encoding": "gzip"})
    assert asked.headers["Content-Encoding"] == "gzip" and len(asked.data) <= 15_000, "also beside what was typed"
    lengths = {len(compression.gzip_padded(b"the same " * 1000)) for _ in range(50)}
    assert len(lengths) > 10, "its length tells nothing of the token"


def test_rows_of_a_group_are_added_and_dropped(applicant_client, begin_draft):
    permohonan = begin_draft("KK-BARU")
    path = f"/permohonan/{permohonan.key}/isi/anggota"
    more = fill_page(applicant_client, permohonan, "anggota", more="anggota")
    page = applicant_client.get(more.location)
    assert 'name="anggota-0-nama"' in page.text or "anggota-0-" in page.text
    assert len(set(re.findall(r'name="anggota-(\d+)-', page.text))) == 2
    fill_page(applicant_client, permohonan, "anggota", drop="anggota-0")
    assert "anggota" not in drafts.get_draft(permohonan).answers
    assert set(re.findall(r'name="anggota-(\d+)-', applicant_client.get(path).text)) == {"0"}


def test_saving_for_later_keeps_everything_and_complains_about_nothing(applicant_client, begin_draft):
    permohonan = begin_draft()
    assert fill_page(applicant_client, permohonan, "pemilik", nik="1", later="1").location == "/permohonan/"
    assert drafts.get_draft(permohonan).typed == {"nik": "1"}
    assert applicant_client.get(f"/permohonan/{permohonan.key}/isi").location.endswith("/isi/pemilik")


def test_a_refused_file_has_its_sentence_and_the_good_ones_are_kept(applicant_client, begin_draft):
    permohonan = begin_draft()
    page = applicant_client.post(
        f"/permohonan/{permohonan.key}/unggahan",
        {
            "upload-formulir": jpeg_upload(),
            "upload-surat_kehilangan": (jpeg_upload()[0], "../../etc/<b>.exe"),
            "upload-kk": _program(),
        },
    )
    assert page.status_code == 422 and "berkas program" in field_error(page, "upload-kk")
    kept = {row.requirement for row in DraftFile.select()}
    assert kept == {"formulir", "surat_kehilangan"} and "<b>.exe" not in page.text


def test_beside_a_refused_file_everything_else_that_is_missing_is_named_at_once(applicant_client, begin_draft):
    path = f"/permohonan/{begin_draft().key}/unggahan"
    page = applicant_client.post(path, {"upload-kk": _program()})
    assert "berkas program" in field_error(page, "upload-kk") and "Unggah" in field_error(page, "upload-formulir")
    page = applicant_client.post(path, {"upload-kk": _program(), "stay": "upload-kk"})
    assert field_error(page, "upload-kk") and not field_error(page, "upload-formulir"), "one file after the other"


def _program():
    return jpeg_upload()[0].__class__(b"MZ" + bytes(200)), "kartu.jpg"


def test_missing_uploads_are_named_once_where_one_of_several_is_enough(applicant_client, begin_draft):
    permohonan = begin_draft("AK-LAHIR")
    page = applicant_client.post(f"/permohonan/{permohonan.key}/unggahan")
    assert page.status_code == 422
    assert "Surat keterangan kelahiran atau Pernyataan" in field_error(page, "upload-surat_lahir")
    assert not field_error(page, "upload-sptjm_kelahiran") and field_error(page, "upload-formulir")


def test_the_same_file_sent_twice_lies_there_once(applicant_client, begin_draft):
    permohonan = begin_draft()
    for _ in range(2):
        applicant_client.post(
            f"/permohonan/{permohonan.key}/unggahan",
            {"upload-formulir": jpeg_upload("satu"), "stay": "upload-formulir"},
        )
    assert DraftFile.select().count() == 1
    applicant_client.post(
        f"/permohonan/{permohonan.key}/unggahan", {"upload-kk": jpeg_upload("satu"), "stay": "upload-kk"}
    )
    assert "sama dengan foto untuk Formulir" in applicant_client.get(f"/permohonan/{permohonan.key}/unggahan").text


def test_a_file_is_fetched_and_removed_by_its_owner_only(app, applicant_client, begin_draft):
    permohonan = begin_draft()
    page = f"/permohonan/{permohonan.key}/unggahan"
    applicant_client.post(page, {"upload-formulir": jpeg_upload(), "stay": "x"})
    key = DraftFile.get().file.key
    got = applicant_client.get(f"/permohonan/{permohonan.key}/berkas/{key}")
    assert got.status_code == 200 and got.headers["Content-Disposition"].startswith(
        'attachment; filename="formulir-AKU-'
    )
    assert got.headers["X-Content-Type-Options"] == "nosniff" and "sandbox" in got.headers["Content-Security-Policy"]
    other = PublicClient(app)
    other.sign_in("pemohon2@aku.example")
    assert other.get(f"/permohonan/{permohonan.key}/berkas/{key}").status_code == 404
    assert applicant_client.post(page, {"remove": "../x"}).status_code == 404
    applicant_client.post(page, {"remove": key})
    applicant_client.post(page, {"remove": key})
    assert not DraftFile.select().exists()


def test_a_photo_is_shown_small_beside_its_name_and_a_pdf_is_not(app, applicant_client, begin_draft):
    permohonan = begin_draft()
    page = f"/permohonan/{permohonan.key}/unggahan"
    pdf = (io.BytesIO(upload_corpus.make_pdf()), "surat.pdf")
    applicant_client.post(page, {"upload-formulir": jpeg_upload(), "upload-kk": pdf, "stay": "x"})
    for shown in (page, f"/permohonan/{permohonan.key}/periksa"):
        assert applicant_client.get(shown).text.count('<img class="thumb"') == 1
    way = re.search(r'<img class="thumb" src="([^"]+)"', applicant_client.get(page).text)[1]
    got = applicant_client.get(way)
    picture = Image.open(io.BytesIO(got.data))
    assert picture.format == "JPEG" and max(picture.size) <= 192 and len(got.data) <= 6000
    assert got.headers["Cache-Control"] == "no-store"
    other = PublicClient(app)
    other.sign_in("pemohon2@aku.example")
    assert other.get(way).status_code == 404


def test_an_upload_for_what_the_service_does_not_ask_is_not_kept(applicant_client, begin_draft):
    permohonan = begin_draft()
    page = applicant_client.post(
        f"/permohonan/{permohonan.key}/unggahan",
        {"upload-apa_saja": jpeg_upload(), "upload-": jpeg_upload(), "lain": jpeg_upload()},
    )
    assert page.status_code == 422 and not DraftFile.select().exists()


def test_the_last_look_lists_what_is_missing_with_links(applicant_client, begin_draft):
    permohonan = begin_draft()
    page = applicant_client.get(f"/permohonan/{permohonan.key}/periksa")
    assert "belum lengkap" in page.text and f"/permohonan/{permohonan.key}/isi/pemilik?periksa=1#nik" in page.text
    sent = applicant_client.post(f"/permohonan/{permohonan.key}/periksa", {"declaration": "ya"})
    assert sent.status_code == 422 and 'role="alert"' in sent.text
    assert Permohonan.get_by_id(permohonan.id).state == "draft"


def test_sending_twice_is_one_application_and_no_complaint(applicant_client, factory):
    permohonan = factory.begin("KTP-HILANG")
    path = f"/permohonan/{permohonan.key}/periksa"
    first = applicant_client.post(path, {"declaration": "ya"})
    second = applicant_client.post(
        path, {"declaration": "ya"}, page=f"/permohonan/baru/{permohonan.edition.body['code']}"
    )
    assert first.location == second.location and Event.select().count() == 1
    assert "sudah diproses" not in applicant_client.get(second.location).text


def test_the_filled_form_holds_the_answers(applicant_client, factory):
    permohonan = factory.begin()
    form = applicant_client.get(f"/permohonan/{permohonan.key}/formulir.pdf")
    assert form.data.startswith(b"%PDF-") and "AKU-" in form.headers["Content-Disposition"]


def test_what_was_sent_cannot_be_filled_in_again(applicant_client, submit):
    permohonan = submit()
    for path in ("isi/anak", "unggahan", "periksa", "isi", "perbaikan"):
        assert applicant_client.get(f"/permohonan/{permohonan.key}/{path}").location == f"/permohonan/{permohonan.key}"
    assert not Draft.select().exists()
    assert applicant_client.get(f"/permohonan/{permohonan.key}/formulir.pdf").status_code == 404


def test_one_sentence_stands_for_several_requirements_of_which_one_is_enough(factory):
    permohonan = factory.begin()
    DraftFile.delete().execute()
    draft = drafts.get_draft(permohonan)
    missing = submission.upload_errors(permohonan, draft, draft.answers)
    assert "atau" in missing["upload-surat_lahir"] and "upload-sptjm_kelahiran" not in missing


def test_the_applicant_is_typed_once_and_moves_with_the_choice(applicant_client, begin_draft):
    permohonan = begin_draft("AK-LAHIR")
    mine = {"pemohon_nama": "Ni Luh Ayu", "pemohon_nik": "5108995507939002"}
    assert fill_page(applicant_client, permohonan, "pemohon", pemohon_untuk="ibu", **mine).status_code == 303
    fill_page(applicant_client, permohonan, "anak", status_orang_tua="1")
    page = applicant_client.get(f"/permohonan/{permohonan.key}/isi/orang_tua").text
    assert all(f'value="{text}"' in page for text in ("Ni Luh Ayu", "5108995507939002", "15-07-1993"))
    fill_page(applicant_client, permohonan, "pemohon", pemohon_untuk="ayah", **mine)
    answers = drafts.get_draft(permohonan).answers
    assert (answers["nama_ayah"], answers["nik_ayah"]) == ("Ni Luh Ayu", "5108995507939002")
    assert not {"nama_ibu", "nik_ibu", "tanggal_lahir_ibu"} & set(answers)


def test_without_the_script_a_date_from_the_nik_is_shown_before_one_goes_on(applicant_client, begin_draft):
    permohonan = begin_draft("AK-NAMA")
    typed = {"nik": "5108995507939002", "tanggal_lahir": "", "jenis_kelamin": ""}
    shown = fill_page(applicant_client, permohonan, "orang", **typed)
    assert shown.location.startswith(f"/permohonan/{permohonan.key}/isi/orang#")
    page = applicant_client.get(shown.location).text
    assert "Isian yang kosong kami lengkapi dari NIK" in page and 'value="15-07-1993"' in page
    assert 'name="jenis_kelamin" value="2" checked' in page
    typed |= {"tanggal_lahir": "16-07-1993", "jenis_kelamin": "2"}
    assert fill_page(applicant_client, permohonan, "orang", **typed).location.endswith("/isi/nama")
    assert drafts.get_draft(permohonan).answers["tanggal_lahir"] == "1993-07-16", "what was typed stays"


def test_indonesian_nationality_is_chosen_beforehand_and_seen(applicant_client, begin_draft):
    permohonan = begin_draft("AK-LAHIR")
    fill_page(applicant_client, permohonan, "anak", status_orang_tua="1")
    page = applicant_client.get(f"/permohonan/{permohonan.key}/isi/orang_tua").text
    assert 'name="kewarganegaraan_ibu" value="1" checked' in page


def test_a_page_on_which_nothing_is_asked_is_passed_over_and_not_counted(app, applicant_client, begin_draft):
    permohonan = begin_draft("AK-LAHIR")
    body = permohonan.edition.body
    _child, parents, family, _witnesses = body["sections"]
    family["fields"] += [parents["fields"].pop(), parents["fields"].pop()]  # who found the child, and who cares for it
    Edition.update(body=body).where(Edition.id == permohonan.edition_id).execute()
    app.extensions.get("editions", {}).clear()
    home = f"/permohonan/{permohonan.key}"
    assert fill_page(applicant_client, permohonan, "anak", status_orang_tua="4").location.endswith("/isi/keluarga")
    page = applicant_client.get(f"{home}/isi/keluarga").text
    assert "Langkah 3 dari 5" in page and f'href="{home}/isi/anak"' in page, "a foundling has no parents to name"
    checked = applicant_client.get(f"{home}/periksa").text
    assert "/isi/keluarga?periksa=1" in checked and "/isi/orang_tua" not in checked
    fill_page(applicant_client, permohonan, "anak", status_orang_tua="3")
    assert "Langkah 4 dari 6" in applicant_client.get(f"{home}/isi/keluarga").text


def test_a_page_that_is_complete_is_passed_over(applicant_client, begin_draft):
    permohonan = begin_draft()
    fill_page(applicant_client, permohonan, "pemilik")
    assert fill_page(applicant_client, permohonan, "pemohon").location.endswith("/isi/kehilangan")
    Draft.update(answers={}, typed={}).execute()
    assert fill_page(applicant_client, permohonan, "pemohon").location.endswith("/isi/pemilik")


def test_the_last_look_has_one_way_back_a_group_and_niks_in_fours(applicant_client, factory):
    permohonan = factory.begin("AK-LAHIR")
    page = applicant_client.get(f"/permohonan/{permohonan.key}/periksa").text
    assert page.count("Ubah") == 6  # the applicant, four sections, the documents
    assert '<span class="four">5108</span><span class="four">9945</span>' in page


def withdraw_after(factory, fault):
    """An application that was returned for one fault and then withdrawn."""
    permohonan = factory.submit()
    perform(permohonan, "mark_incomplete", factory.staff["admin"], deficiencies=[fault])
    return factory.perform(Permohonan.get_by_id(permohonan.id), "withdraw", "applicant")


def test_a_copy_opens_where_it_was_wrong_and_says_what(applicant_client, factory):
    fault = {"key": "surat_lahir", "reason": "tidak_terbaca", "text": "Nama bayi kabur"}
    permohonan = withdraw_after(factory, fault)
    home = f"/permohonan/{permohonan.key}"
    way = applicant_client.post(f"{home}/salin", page=home).location
    assert way.endswith("/unggahan#upload-surat_lahir-title") and permohonan.key not in way
    page = applicant_client.get(way).text
    assert f"Yang salah pada {permohonan.number}" in page and "Nama bayi kabur" in page
    copied = Permohonan.select().order_by(Permohonan.id.desc()).get()
    kept = {row.requirement for row in DraftFile.select().join(Draft).where(Draft.permohonan == copied)}
    assert "formulir" in kept and "surat_lahir" not in kept, "the blurred photo stays behind"


def test_a_copy_of_what_had_a_wrong_answer_opens_at_that_question(applicant_client, factory):
    fault = {"key": "nama_ibu", "reason": "lainnya", "text": "Samakan dengan KK"}
    home = f"/permohonan/{withdraw_after(factory, fault).key}"
    assert applicant_client.post(f"{home}/salin", page=home).location.endswith("/isi/orang_tua?periksa=1#nama_ibu")


def test_who_gets_the_messages_is_said_before_sending(applicant_client, factory):
    permohonan = factory.begin("AK-LAHIR")
    page = applicant_client.get(f"/permohonan/{permohonan.key}/periksa").text
    section = re.search(r"Siapa yang mendapat kabar.*?</section>", page, re.DOTALL)[0]
    assert page.index("Siapa yang mendapat kabar") < page.index('data-action="submit"')
    assert "pemohon@aku.example" in section and "di akun pemohon@aku.example" in section and "0812" in section
