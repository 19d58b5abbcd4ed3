"""The panel on a draft from SIAK: on free space, on an added page, or none where the draft bears its own."""

import io
from collections import Counter

import pikepdf
import pypdfium2
import pytest
import zxingcpp
from fpdf import FPDF
from PIL import Image, ImageChops, ImageFilter

from casework.transitions import perform
from documents import layout, printouts, signing
from documents.layout.signature_panel import HEIGHT_POINTS, WIDTH_POINTS
from documents.tte.verify import verify
from files import storage
from files.inspection.signature_place import find_place, free_rectangle
from models import Document, Permohonan, StoredFile
from seed import siak_drafts
from tests.helpers.document_samples import MADE_AT, OFFICE, pdf_words, poppler

URL = "https://aku.example/verifikasi/3Yb7kQ2mZc8xV1tR9pLwabcdefgh"
FACTS = {
    "verify_url": URL, "place": "Singaraja", "date": "1 Desember 2026", "signer_name": "I Made Contoh, S.H., M.A.P.",
    "title": "Kartu Keluarga", "number": "5108990112260001",
    "signer_title": "Kepala Dinas Kependudukan dan Pencatatan Sipil", "signer_nip": "197001011996031001",
    "signer_rank": "Pembina Utama Muda (IV/c)",
    "certificate": "Dokumen ini ditandatangani dengan sertifikat elektronik milik Dinas Kabupaten Buleleng.",
}  # fmt: skip
COMMON: dict = {"office": OFFICE, "demo": False, "made_at": MADE_AT}
PLACE = {"place": [0.4, 0.5, WIDTH_POINTS / 595.28, HEIGHT_POINTS / 841.89]}


def draft(lines=5, *, orientation="P", format="A4", dark=False, pages=1):
    paper = FPDF(orientation=orientation, format=format)
    for _ in range(pages):
        paper.add_page()
        if dark:
            paper.set_fill_color(40)
            paper.rect(0, 0, paper.w, paper.h, style="F")
        paper.set_font("helvetica", size=11)
        for number in range(lines):
            text = f"Baris {number} dari draf SIAK untuk diuji, yang selebar halamannya sampai ke tepi kanan"
            paper.cell(0, 6, text, new_x="LMARGIN", new_y="NEXT")
    return bytes(paper.output())


def changed(pdf, change):
    with pikepdf.open(io.BytesIO(pdf)) as opened:
        change(opened.pages[-1])
        opened.save(out := io.BytesIO())
    return out.getvalue()


def crop(page):
    page.cropbox = [60, 100, 560, 800]


def with_box(key, *values):
    return changed(draft(), lambda page: page.obj.__setitem__(key, values[0] if len(values) == 1 else [*values]))


def with_drawing(more, prepend=False):
    return changed(draft(), lambda page: page.contents_add(more, prepend=prepend))


ODD = {
    "portrait": draft(),
    "landscape": draft(orientation="L"),
    "turned right": changed(draft(), lambda page: page.rotate(90, relative=False)),
    "upside down": changed(draft(), lambda page: page.rotate(180, relative=False)),
    "turned left": changed(draft(), lambda page: page.rotate(270, relative=False)),
    "cropped": changed(draft(), crop),
    "several pages": draft(pages=3),
    "legal": draft(format="legal"),
    "full": draft(43),
    "dark": draft(dark=True),
    "small": draft(2, format=(120, 60)),
    "turned by no quarter": with_box("/Rotate", 45),
    "turned by a word": with_box("/Rotate", pikepdf.Name.Kanan),
    "user unit": with_box("/UserUnit", 2),
    "sheet with its corners swapped": with_box("/MediaBox", 595, 842, 0, 0),
    "cropped with its corners swapped": with_box("/CropBox", 560, 800, 60, 100),
    "cropped beyond the sheet": with_box("/CropBox", -100, -100, 900, 1200),
    "cropped to nothing": with_box("/CropBox", 0, 0, 0, 0),
    "picture of our name": layout.stamp_panel(draft(), PLACE, FACTS, draft_mark=True, **COMMON),
    "opens what it does not close": with_drawing(b"q 0.5 0 0 0.5 100 100 cm ", prepend=True),
    "closes what it did not open": with_drawing(b" Q Q Q 0.5 0 0 0.5 100 100 cm "),
    "ends within a text": with_drawing(b" (( "),
    "without drawing": changed(draft(), lambda page: page.obj.__delitem__("/Contents")),
}


DRAWN_AFTER_NOTHING = ("closes what it did not open", "ends within a text")


def stamped(pdf, **more):
    return layout.stamp_panel(pdf, find_place(pdf, WIDTH_POINTS, HEIGHT_POINTS), FACTS, **COMMON, **more)


def pictures(pdf, dpi=100):
    with pikepdf.open(io.BytesIO(pdf)) as opened:
        last = len(opened.pages)
    drawn = poppler(pdf, "pdftoppm", "-r", str(dpi), "-f", str(last), "-png", "-")
    return Image.open(io.BytesIO(drawn)).convert("L")


def qr_texts(picture):
    return [one.text for one in zxingcpp.read_barcodes(picture)]


@pytest.mark.parametrize("kind", ODD)
def test_the_code_can_be_scanned_and_the_draft_looks_and_reads_as_before(kind):
    before = ODD[kind]
    found = find_place(before, WIDTH_POINTS, HEIGHT_POINTS)
    after = layout.stamp_panel(before, found, FACTS, **COMMON)
    scan = pictures(after).rotate(2, expand=True, fillcolor=255).filter(ImageFilter.GaussianBlur(0.7))
    assert qr_texts(scan) == [URL], kind
    assert not Counter(pdf_words(before).split()) - Counter(pdf_words(after).split())

    old, new = pypdfium2.PdfDocument(before), pypdfium2.PdfDocument(after)
    on_page = "place" in found and kind not in DRAWN_AFTER_NOTHING
    assert len(new) - len(old) == int(not on_page)
    was, now = (pdf[len(old) - 1].render(scale=1).to_pil().convert("L") for pdf in (old, new))
    changes = ImageChops.difference(was, now)
    if on_page:
        left, top, wide, high = found["place"]
        box = tuple(
            map(int, (left * was.width, top * was.height, (left + wide) * was.width, (top + high) * was.height))
        )
        assert was.crop(box).getextrema()[0] > 240, "the place was blank"
        changes.paste(0, (box[0] - 2, box[1] - 2, box[2] + 2, box[3] + 2))
    assert changes.getextrema()[1] == 0, "nothing else has changed"


def test_an_added_page_says_which_document_it_signs():
    words = " ".join(pdf_words(stamped(ODD["full"])).split())
    assert "Kartu Keluarga Nomor 5108990112260001" in words and "terdiri dari 1 halaman" in words


def test_the_demonstration_says_on_the_panel_that_it_is_an_example():
    assert "CONTOH" in pdf_words(layout.stamp_panel(ODD["portrait"], PLACE, FACTS, **COMMON | {"demo": True}))
    assert "CONTOH" not in pdf_words(layout.stamp_panel(ODD["portrait"], PLACE, FACTS, **COMMON))


def test_where_no_space_is_free_a_page_is_added():
    for kind in ("full", "dark", "small"):
        assert find_place(ODD[kind], WIDTH_POINTS, HEIGHT_POINTS) == {}, kind


def test_a_draft_that_bears_its_own_code_gets_none():
    own = stamped(ODD["portrait"])
    assert find_place(own, WIDTH_POINTS, HEIGHT_POINTS) == {"own": True}
    assert stamped(own) == own


def test_the_officers_see_where_it_will_stand_and_no_code():
    shown = stamped(ODD["portrait"], draft_mark=True)
    assert "belum ditandatangani" in pdf_words(shown) and qr_texts(pictures(shown)) == []


def test_the_same_draft_gives_the_same_bytes():
    assert stamped(ODD["landscape"]) == stamped(ODD["landscape"])


def test_what_cannot_be_drawn_has_no_free_space():
    assert find_place(b"%PDF-1.7 rusak", WIDTH_POINTS, HEIGHT_POINTS) == {}


def test_the_lowest_and_of_those_the_rightmost_space_is_taken():
    page = [[0] * 10 for _ in range(10)]
    assert free_rectangle(page, 3, 2, 1) == (6, 7)
    page[8] = [1] * 10
    assert free_rectangle(page, 3, 2, 1) == (6, 6)
    assert free_rectangle([[1] * 10] * 10, 3, 2, 1) is None


def test_a_family_card_is_signed_with_the_panel_that_was_shown(factory):
    permohonan = factory.advance_to(factory.submit("KK-HILANG"), "siak_entry")
    numbers = siak_drafts.upload_drafts(permohonan)
    perform(permohonan, "submit_draft", factory.staff["siak_operator"], documents=numbers)
    document = Document.get()
    assert len(document.data["panel"]["place"]) == 4
    assert "belum ditandatangani" in pdf_words(printouts.draft_pdf(document))
    for action, role in (("verify_adb", "adb"), ("verify_kabid", "kabid"), ("approve_tte", "kadis")):
        permohonan = factory.perform(Permohonan.get_by_id(permohonan.id), action, role)
    signed = storage.read(StoredFile.get_by_id(Document.get().file_id))
    assert verify(signed, signing.trusted_roots()).valid
    assert qr_texts(pictures(signed))[0].endswith(f"/verifikasi/{document.verification_key}")
    assert "Nama lengkap" in pdf_words(signed) and factory.staff["kadis"].name in pdf_words(signed)


def test_where_siak_signs_nothing_is_drawn_on_its_draft(make_app):
    from tests.helpers.factory import OfficeFactory

    app = make_app(TTE_URL="siak:")
    with app.app_context():
        factory = OfficeFactory()
        factory.advance_to(factory.submit("KK-HILANG"), "adb_review")
        document = Document.get()
        assert "panel" not in document.data
        assert printouts.draft_pdf(document) == storage.read(document.draft_file)
