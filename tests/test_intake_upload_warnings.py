"""Upload warnings: shown beside the file, which is replaced or kept with a reason before submission."""

import io
import re

import pytest
from PIL import Image, ImageEnhance, ImageFilter

from admin_views.queue import case_file
from casework.transitions import Incomplete, perform
from files import inspection
from files.inspection import edge_detection, perceptual_hash
from intake import attachments, drafts, submission, upload_warnings
from models import Attachment, DraftFile, Permohonan
from tests.helpers import upload_corpus
from tests.helpers.browser_person import photo
from tests.helpers.counter_client import CounterClient, application_url
from tests.helpers.factory import PNG
from tests.helpers.public_client import field_error, jpeg_upload


@pytest.fixture(params=["sqlite"])  # pictures know no database
def database_kind(request):
    return request.param


@pytest.fixture
def draft_application(factory):
    """A filled-in draft with the signed form as its only upload."""
    permohonan = factory.begin("KTP-HILANG")
    draft = drafts.get_draft(permohonan)
    DraftFile.delete().where(DraftFile.draft == draft, DraftFile.requirement != "formulir").execute()
    return permohonan


def dark_photo(words="surat"):
    return upload_corpus.jpeg_bytes(
        ImageEnhance.Brightness(Image.open(io.BytesIO(photo(words, (700, 900))))).enhance(0.2)
    )


def attach_photo(permohonan, data, requirement="surat_kehilangan", **more):
    return attachments.attach(permohonan, requirement, data, "foto.jpg", **more)


def warning_sentences(permohonan):
    draft = drafts.get_draft(permohonan)
    files = attachments.draft_files(draft)
    return {row.requirement: [one.code for one in found] for row in files
            if (found := upload_warnings.open_warnings(permohonan, draft, files).get(row.id))}  # fmt: skip


def test_a_dark_photo_stands_in_the_way_until_it_is_replaced(draft_application, factory):
    kept = attach_photo(draft_application, dark_photo())
    with pytest.raises(Incomplete) as caught:
        perform(draft_application, "submit", factory.applicant, declaration=True)
    assert "terlalu gelap. Ganti" in caught.value.errors["upload-surat_kehilangan"]
    attach_photo(draft_application, photo("terang", (700, 900)), instead=[kept.key])
    assert (
        warning_sentences(draft_application) == {}
        and len(attachments.draft_files(drafts.get_draft(draft_application))) == 2
    )
    perform(draft_application, "submit", factory.applicant, declaration=True)


def test_a_dark_photo_stays_with_a_reason_that_officers_read(draft_application, factory):
    key = attach_photo(draft_application, dark_photo()).key
    assert "Pilih alasan" in upload_warnings.override(draft_application, key, "x", "")
    assert "Tulis alasannya" in upload_warnings.override(draft_application, key, "keep_lain", "  ")
    assert "paling banyak" in upload_warnings.override(draft_application, key, "keep_lain", "x" * 300)
    assert upload_warnings.override(draft_application, key, "keep_lain", " Aslinya <b>di bank</b>. ") == ""
    perform(draft_application, "submit", factory.applicant, declaration=True)
    (row,) = Attachment.select().where(Attachment.requirement == "surat_kehilangan")
    assert row.overruled["codes"] == ["dark"]
    (note, why) = upload_warnings.officer_notes(row)
    assert note == "Foto gelap" and why == "Tetap dipakai pemohon. Alasan lain: “Aslinya <b>di bank</b>.”"


def test_a_doubt_that_comes_later_is_not_settled_by_an_earlier_reason(draft_application):
    key = attach_photo(draft_application, dark_photo()).key
    assert upload_warnings.override(draft_application, key, "keep_asli", "") == ""
    attach_photo(draft_application, dark_photo(), "kk")
    assert warning_sentences(draft_application) == {"kk": ["dark", "same"]}


def test_the_same_photo_for_two_papers_is_named_at_the_later_one(draft_application):
    paper = photograph(upload_corpus.drawn_page(), (150, 120))
    attach_photo(draft_application, upload_corpus.jpeg_bytes(paper))
    attach_photo(draft_application, upload_corpus.jpeg_bytes(paper), "kk")
    assert warning_sentences(draft_application) == {"kk": ["same"]}
    attach_photo(draft_application, forwarded_photo(paper))
    assert warning_sentences(draft_application) == {"kk": ["same"], "surat_kehilangan": ["same"]}, (
        "the second page is the first one, sent on"
    )
    attach_photo(
        draft_application, upload_corpus.jpeg_bytes(photograph(upload_corpus.drawn_page(), (170, 140), turned=1)), "kk"
    )
    assert len(warning_sentences(draft_application)) == 2, "another photo of the same paper is another photo"


def forwarded_photo(picture):
    """A photo as a messenger forwards it: smaller, and compressed more strongly."""
    return upload_corpus.jpeg_bytes(picture.resize((picture.width * 6 // 10, picture.height * 6 // 10)), quality=50)


def test_two_papers_of_one_form_are_not_called_the_same():
    one, other = (inspection.clean(photo(words)).fingerprint for words in ("ktp_ibu", "ktp_ayah"))
    assert perceptual_hash.is_same_photo(one, one) and not perceptual_hash.is_same_photo(one, other)
    assert perceptual_hash.fingerprint(Image.new("L", (900, 900), 255)) == "", "empty pages are not known again"
    assert not perceptual_hash.is_same_photo("", "") and not perceptual_hash.is_fingerprint("x" * 575)


def photograph(paper, at, turned=0, size=(1600, 2000), table=None):
    """A photo of a paper on a wooden table, or on another one."""
    wood = Image.effect_noise((size[0] // 8, size[1]), 40).resize(size).point(lambda level: level * 0.45)
    table = table or wood.convert("RGB")
    laid = paper.convert("RGBA").rotate(turned, expand=True)
    table.paste(laid, at, laid)
    return table


def tiled_table(size=(1600, 2000)):
    picture = Image.new("RGB", size, (235, 235, 235))
    for at in range(0, 2000, 180):
        picture.paste((90, 90, 90), (at, 0, at + 8, 2000))
        picture.paste((90, 90, 90), (0, at, 1600, at + 8))
    return picture


WHOLE = {
    "on a table": lambda: photograph(upload_corpus.drawn_page(), (150, 120)),
    "askew": lambda: photograph(upload_corpus.drawn_page(), (60, 60), turned=5),
    "a scan": upload_corpus.drawn_page,
    "a card on a large table": lambda: photograph(upload_corpus.drawn_page(600, 400), (500, 700)),
    "on white tiles": lambda: photograph(upload_corpus.drawn_page(), (150, 120), table=tiled_table()),
    "on a bright table": lambda: photograph(upload_corpus.drawn_page(), (150, 120)).point(
        lambda level: min(255, level * 2)
    ),
    "a scan with a dark edge": lambda: photograph(
        upload_corpus.drawn_page(), (14, 0), table=Image.new("RGB", (1254, 1754))
    ),
    "nothing": lambda: Image.new("RGB", (800, 800), "white"),
}
CUT = {
    "out on the right": lambda: photograph(upload_corpus.drawn_page(), (700, 150)),
    "out on the left": lambda: photograph(upload_corpus.drawn_page(), (-400, 100)),
    "out below": lambda: photograph(upload_corpus.drawn_page(), (180, 200), size=(1600, 1500)),
    "out at a corner": lambda: photograph(upload_corpus.drawn_page(), (600, 450)),
    "too close": lambda: upload_corpus.drawn_page().crop((150, 0, 600, 1754)),
}


@pytest.mark.parametrize(
    ("make", "cut"), [(make, False) for make in WHOLE.values()] + [(m, True) for m in CUT.values()]
)
def test_only_a_paper_that_plainly_runs_out_of_the_picture_is_called_cut(make, cut):
    grey = make().convert("L")
    grey.thumbnail((1000, 1000))
    assert edge_detection.is_cropped(grey) is cut


def test_the_page_shows_the_doubt_asks_why_and_goes_on(applicant_client, draft_application):
    path = f"/permohonan/{draft_application.key}/unggahan"
    page = applicant_client.post(path, {"upload-surat_kehilangan": (io.BytesIO(dark_photo()), "gelap.jpg")})
    assert page.status_code == 422 and "terlalu gelap" in field_error(page, "upload-surat_kehilangan")
    (row,) = DraftFile.select().where(DraftFile.requirement == "surat_kehilangan")
    key = row.file.key
    assert f'name="instead-surat_kehilangan" value="{key}"' in page.text
    check = applicant_client.get(f"/permohonan/{draft_application.key}/periksa").text
    assert f'{path}#upload-surat_kehilangan">Bukti kehilangan' in re.sub(r"\s+", " ", check) or "terlalu gelap" in check
    wrong = applicant_client.post(path, {"keep": key})
    assert wrong.status_code == 422 and "Pilih alasan" in field_error(wrong, f"reason-{key}")
    assert f'href="#reason-{key}"' in wrong.text
    kept = applicant_client.post(path, {"keep": key, f"reason-{key}": "keep_satu_satunya"}, follow=True)
    assert "Tetap dipakai" in kept.text and "Hanya foto ini yang ada" in kept.text
    assert applicant_client.post(path).location.endswith("/periksa")
    assert applicant_client.post(path, {"keep": "a" * 26}).location, "one that went away is no error"


def test_a_reason_counts_whatever_button_is_pressed_and_a_new_photo_replaces(applicant_client, draft_application):
    path = f"/permohonan/{draft_application.key}/unggahan"
    applicant_client.post(path, {"upload-surat_kehilangan": (io.BytesIO(dark_photo()), "gelap.jpg")})
    (row,) = DraftFile.select().where(DraftFile.requirement == "surat_kehilangan")
    answer = applicant_client.post(path, {f"reason-{row.file.key}": "keep_asli"})
    assert answer.location.endswith("/periksa")
    attach_photo(draft_application, dark_photo("lain"), "kk")
    assert warning_sentences(draft_application) == {"kk": ["dark"]}
    (row,) = DraftFile.select().where(DraftFile.requirement == "kk")
    form = {"upload-kk": jpeg_upload("kartu keluarga"), "instead-kk": f"{row.file.key} ../x", "stay": "upload-kk"}
    applicant_client.post(path, form)
    assert warning_sentences(draft_application) == {}
    assert (
        len([row for row in attachments.draft_files(drafts.get_draft(draft_application)) if row.requirement == "kk"])
        == 1
    )


def test_at_the_counter_the_same_rule_holds(app, factory):
    operator = CounterClient(app)
    permohonan = operator.begin()
    page = operator.post(
        f"{application_url(permohonan)}/unggahan", {"upload-formulir": (io.BytesIO(dark_photo()), "gelap.jpg")}
    )
    assert page.status_code == 422 and "terlalu gelap" in field_error(page, "upload-formulir")
    assert "Tetap pakai foto ini" in page.text


def test_a_correction_asks_again_and_knows_the_photo_that_was_sent_back(applicant_client, factory):
    permohonan = factory.begin("KTP-HILANG")
    draft = drafts.get_draft(permohonan)
    DraftFile.delete().where(DraftFile.draft == draft, DraftFile.requirement == "formulir").execute()
    first = photograph(upload_corpus.drawn_page(), (150, 120))
    attach_photo(permohonan, upload_corpus.jpeg_bytes(first), "formulir")
    perform(permohonan, "submit", factory.applicant, declaration=True)
    faulty = [{"key": "formulir", "reason": "tidak_terbaca", "text": "Buram."}]
    perform(Permohonan.get_by_id(permohonan.id), "mark_incomplete", factory.staff["admin"], deficiencies=faulty)
    home = f"/permohonan/{permohonan.key}"
    page = applicant_client.get(home)
    form = {"replace-formulir": "ya", "draft_version": re.search(r'draft_version" value="(\d+)"', page.text)[1]}
    new = {"upload-formulir": (io.BytesIO(dark_photo("baru")), "x.jpg")}
    again = applicant_client.post(f"{home}/perbaikan", form | new, page=home)
    assert again.status_code == 422 and "terlalu gelap" in field_error(again, "upload-formulir")
    (row,) = [row for row in attachments.draft_files(drafts.get_draft(permohonan)) if row.requirement == "formulir"]
    attach_photo(permohonan, forwarded_photo(first), "formulir", instead=[row.file.key])
    assert "dikembalikan petugas" in applicant_client.get(home).text
    (row,) = [row for row in attachments.draft_files(drafts.get_draft(permohonan)) if row.requirement == "formulir"]
    form |= {"keep": row.file.key, f"reason-{row.file.key}": "keep_asli"}
    assert applicant_client.post(f"{home}/perbaikan", form, page=home).status_code == 303
    form.pop("keep")
    assert applicant_client.post(f"{home}/perbaikan", form, page=home).status_code == 303
    assert Permohonan.get_by_id(permohonan.id).state == "submitted"


def test_what_was_sent_before_there_were_doubts_is_never_stuck(factory):
    permohonan = factory.submit()
    old = submission.revision_attachments(submission.last_revision(permohonan))
    for row in old:
        row.file.warnings = ["dark"]
        row.file.save()
    returned = factory.perform(permohonan, "mark_incomplete", "admin")
    draft = drafts.get_draft(returned)
    open_ones = {f"upload-{key}" for key in draft.open_keys}
    assert set(upload_warnings.unresolved(returned, draft, attachments.draft_files(draft))) <= open_ones
    factory.attach(returned, "surat_lahir", PNG + b"lain")


def test_the_desk_says_beside_the_upload_what_was_doubted(draft_application, factory, client):
    attach_photo(
        draft_application, upload_corpus.jpeg_bytes(upload_corpus.drawn_page().filter(ImageFilter.GaussianBlur(8)))
    )
    key = attachments.draft_files(drafts.get_draft(draft_application))[-1].file.key
    upload_warnings.override(draft_application, key, "keep_terbaca", "")
    perform(draft_application, "submit", factory.applicant, declaration=True)
    with client.application.test_request_context():
        sheets = case_file._upload_sheets(draft_application, submission.last_revision(draft_application))
    assert ("Foto kabur", "Tetap dipakai pemohon. Tulisannya terbaca bila diperbesar") in [
        one.warnings for one in sheets
    ]


def test_each_page_of_a_form_may_be_a_photo(draft_application):
    for page in range(9):
        attach_photo(draft_application, photo(f"halaman {page}", (700, 900)), "formulir")
    assert len(attachments.draft_files(drafts.get_draft(draft_application))) == 10
