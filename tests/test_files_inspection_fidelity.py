"""Fidelity of inspection: what is stored shows what a viewer shows of the original."""

import io
from functools import cache
from itertools import pairwise
from pathlib import Path

import pikepdf
import pypdfium2
import pytest
from pikepdf import Array, Dictionary, Name
from PIL import Image

from files import inspection
from files.inspection import page_comparison, pdf_fidelity, pdf_text, picture_pages, sandbox
from files.inspection.pdf_renderer import Renderer
from files.inspection.picture_pages import PicturePage
from tests.helpers import corpus_check, upload_corpus
from tests.helpers.upload_assertions import assert_sanitized, refusal_code
from tests.helpers.upload_corpus import drawn_page, jpeg_bytes, make_pdf

pytestmark = pytest.mark.usefixtures("unhurried")
CASES = Path(__file__).parent / "upload_cases"
PDFS = sorted(CASES.rglob("*.pdf"))
TEXTS = {
    "k_length_long": "Halaman dua: NIK 5108994505900001",
    "k_length_none": "Halaman dua: NIK 5108994505900001",
    "k_length_short": "Halaman dua: NIK 5108994505900001",
    "a1_V_noAP_noNeed": "I Putu Arya Wiguna",
    "a3_multiline_AP_Need": "Banjar Dinas Kajanan\nDesa Pemaron\nKecamatan Buleleng",
    "a6_longwrap_noAP_Need": "Kajanan, Desa Pemaron, Kecamatan Buleleng, Kabupaten",
    "b4_combo_exportcode_Need": "Hindu",
    "c1_freetext_noAP": "NIK 5108994505900001",
}


@cache
def stored(path: Path) -> inspection.InspectedFile:
    return inspection.clean(path.read_bytes(), path.name)


def images(data: bytes) -> list[list[tuple[int, int]]]:
    """Return the sizes of the images on each page of a PDF."""
    with Renderer(data) as opened:
        return [opened.image_sizes(number) for number in range(opened.pages)]


@pytest.mark.parametrize("path", PDFS, ids=lambda path: path.stem)
def test_a_page_is_stored_as_a_viewer_shows_it(path):
    clean = stored(path)
    assert_sanitized(clean)
    pages = zip(corpus_check.drawings(path.read_bytes()), corpus_check.drawings(clean.data), strict=True)
    for original, kept in pages:
        assert not corpus_check.lost(original, kept)
        assert original.getextrema()[0] < 128  # there is something on it
    assert images(clean.data) == images(path.read_bytes())  # text stays text, strokes stay strokes


@pytest.mark.parametrize(("name", "text"), TEXTS.items(), ids=TEXTS.keys())
def test_what_was_typed_into_a_form_stays_text(name, text):
    clean = stored(next(CASES.rglob(f"{name}.pdf")))
    assert text in (pdf_text.extract_text(clean.data) or "") and not images(clean.data)[0]


def unreadable_part(made: pikepdf.Pdf) -> None:
    """Add contents behind a filter that nobody knows, which viewers pass over and no copy can be made of."""
    upload_corpus.with_scripts(made)
    written = made.pages[0].Contents
    upload_corpus.with_stream(b"x", "/Rahasia")(made)
    made.pages[0].Contents = Array([written, made.pages[0].Contents])


def test_a_pdf_that_cannot_be_copied_is_stored_as_drawings_of_its_pages():
    original = make_pdf(unreadable_part, pages=2)
    clean = inspection.clean(original)
    assert_sanitized(clean)
    assert images(clean.data) == [[(1653, 2339)]] * 2 and len(clean.data) < 250_000
    pages = zip(corpus_check.drawings(original), corpus_check.drawings(clean.data), strict=True)
    assert not any(corpus_check.lost(*page) for page in pages)


def test_of_several_pages_only_the_one_that_differs_is_drawn():
    def empty(made: pikepdf.Pdf) -> None:
        made.pages[1].Contents = made.make_stream(b"")

    with Renderer(make_pdf(pages=3)) as original:
        drawings, copy = pdf_fidelity.draw_for_comparison(original), make_pdf(empty, pages=3)
        assert pdf_fidelity.differing_pages(drawings, copy) == [1]
        assert pdf_fidelity.differing_pages(drawings, make_pdf(pages=2)) == [0, 1, 2]
        assert [len(page) for page in images(pdf_fidelity.with_drawings(original, copy, [1]))] == [0, 1, 0]


# -- the measure ------------------------------------------------------------------------------------------------------

TEXT = b"BT /F1 9 Tf 72 %d Td (Nama ibu kandung: Ni Luh Putu Sri, NIK 5108994505900001) Tj ET "
PAGE = b"".join(TEXT % (780 - 14 * line) for line in range(45))
SMALL = {
    "a word": b"BT /F1 9 Tf 500 400 Td (Hindu) Tj ET",
    "a letter": b"BT /F1 9 Tf 500 400 Td (x) Tj ET",
    "a tick": b"0.6 w 500 400 m 503 396 l 509 406 l S",
    "a thin tick": b"0.3 w 500 400 m 503 396 l 509 406 l S",
    "a blue stroke": b"0.1 0.2 0.7 RG 1 w 400 30 m 420 44 440 20 470 35 c S",
    "a pale stroke": b"0.7 G 1 w 400 30 m 420 44 440 20 470 35 c S",
    "a hairline": b"0 w 72 20 m 523 20 l S",
    "a dot on an i": b"500 400 1.2 1.2 re f",
    "a yellow highlight": b"1 1 0 rg 480 400 60 10 re f",
}


@cache
def drawing(contents: bytes, shift: float = 0) -> Image.Image:
    def write(made: pikepdf.Pdf) -> None:
        made.pages[0].Contents = made.make_stream(b"1 0 0 1 %.3f %.3f cm " % (shift, shift) + contents)

    with Renderer(make_pdf(write)) as opened:
        return opened.draw(0, page_comparison.comparison_scale(opened.page_size(0)), "L")


@pytest.mark.parametrize("mark", SMALL.values(), ids=SMALL.keys())
def test_the_smallest_thing_that_vanishes_is_noticed(mark):
    assert not page_comparison.is_same(drawing(PAGE + mark), drawing(PAGE))


def test_equal_pages_are_the_same_also_when_they_moved_by_a_fraction_of_a_pixel():
    assert page_comparison.is_same(drawing(PAGE), drawing(PAGE))
    strokes = b" ".join(mark for mark in SMALL.values() if b"Tf" not in mark)  # letters are drawn on whole pixels
    assert page_comparison.is_same(drawing(strokes), drawing(strokes, 0.05))
    assert not page_comparison.is_same(drawing(PAGE), drawing(PAGE, 3))


# -- scans and pictures -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("photo", "warned"),
    [
        (lambda: jpeg_bytes(), ()),
        (lambda: upload_corpus.blurred(8), ("blurred",)),
        (lambda: upload_corpus.darkened(0.2), ("dark",)),
        (lambda: jpeg_bytes(drawn_page(420, 594)), ("small",)),
        (lambda: jpeg_bytes(Image.new("RGB", (1240, 1754), "white")), ()),
    ],
    ids=["sharp", "blurred", "dark", "small", "an empty back"],
)
def test_a_scan_in_a_pdf_is_looked_at_like_a_photo(photo, warned):
    scan = Image.open(io.BytesIO(photo()))
    out = io.BytesIO()
    scan.save(out, "PDF", resolution=scan.width / 8.27)
    assert inspection.clean(out.getvalue()).warnings == warned


def test_a_long_picture_is_cut_into_pages_that_can_be_read():
    screenshot, scans = (stored(next(CASES.rglob(name))) for name in ("s2_*.jpg", "s3_*.jpg"))
    for clean, pages, width in ((screenshot, 8, 1080), (scans, 3, 1240)):
        assert_sanitized(clean)
        assert (clean.media_type, clean.pages, clean.warnings) == ("application/pdf", pages, ())
        assert {wide for page in images(clean.data) for wide, _ in page} == {width}


def test_the_pages_of_a_long_picture_overlap_and_leave_nothing_out():
    long = Image.linear_gradient("L").resize((400, 2400))
    clean = inspection.clean(jpeg_bytes(long))
    pages = [page.get_objects() for page in pypdfium2.PdfDocument(clean.data)]
    levels = [next(objects).get_bitmap().to_pil().convert("L").resize((1, 100)).tobytes() for objects in pages]
    assert levels[0][0] < 3 and levels[-1][-1] > 252
    assert all(above[-1] > below[0] for above, below in pairwise(levels))


def test_a_phone_screen_stays_one_picture_of_readable_width():
    clean = inspection.clean(jpeg_bytes(drawn_page(1080, 2400)))
    assert (clean.media_type, clean.width, clean.height) == ("image/jpeg", 1000, 2222)


def test_pictures_in_a_pdf_share_the_limit_of_the_file(monkeypatch):
    monkeypatch.setattr(picture_pages, "MAX_FILE_BYTES", 600_000)
    noise = Image.merge("RGB", [Image.effect_noise((900, 900), 120)] * 3)
    written = picture_pages.write([PicturePage(noise, (595, 595))] * 3, 3)
    assert len(written) < 605_000 and len(images(written)) == 3


@pytest.mark.parametrize("how", [{}, {"progressive": True}, {"restart_marker_rows": 1}], ids=str)
def test_a_jpeg_without_its_last_bytes_is_taken_and_one_without_its_last_rows_is_not(how):
    photo = jpeg_bytes(**how)
    clean = inspection.clean(photo[:-2])
    assert (clean.width, clean.height, clean.data) == (1240, 1754, inspection.clean(photo).data)
    assert refusal_code(photo[: len(photo) * 9 // 10]) == "broken"


def test_the_handed_jpeg_without_an_end_is_taken_whole():
    clean = stored(next(CASES.rglob("j2_*.jpg")))
    assert (clean.width, clean.height) == (1200, 1600)


# -- what only looks like a dynamic form -------------------------------------------------------------------------------


def test_a_form_with_fields_and_xfa_beside_them_is_taken_as_its_fields_show_it():
    def add(made: pikepdf.Pdf) -> None:
        upload_corpus.with_scripts(made)
        made.Root.AcroForm.XFA = made.make_stream(b"<xdp:xdp/>")

    clean = inspection.clean(make_pdf(add))
    assert_sanitized(clean)
    assert "Isi" in (pdf_text.extract_text(clean.data) or "")


def test_what_pdfium_cannot_hold_is_no_blank_page():
    """An image beyond memory, on a page that would have to be drawn, is refused and not left out."""

    def add(made: pikepdf.Pdf) -> None:
        image = pikepdf.Stream(made, upload_corpus.deflated_zeros(90 * 10**6))
        image.stream_dict = Dictionary(
            Type=Name.XObject, Subtype=Name.Image, Width=9000, Height=10_000, BitsPerComponent=8,
            ColorSpace=Name.DeviceGray, Filter=Name.FlateDecode,
        )  # fmt: skip
        made.pages[0].Resources.XObject = Dictionary(Im0=made.make_indirect(image))
        made.pages[0].Contents = made.make_stream(b"q 595 0 0 842 0 0 cm /Im0 Do Q")
        unreadable_part(made)

    assert refusal_code(make_pdf(add)) == "too_heavy_pdf"


def test_the_filter_leaves_the_child_no_file_no_connection_and_no_program(monkeypatch):
    program = (
        "import os, socket\nfrom files.inspection import sandbox_child, syscall_filter\n"
        "sandbox_child.limit_resources()\napplied, refused = syscall_filter.apply(), 0\n"
        "for attempt in (lambda: open('/etc/passwd'), socket.socket, os.fork, lambda: os.kill(os.getppid(), 0),\n"
        "                lambda: os.unlink('/tmp/x'), lambda: os.execv('/bin/true', ['true'])):\n"
        "    try: attempt()\n    except PermissionError: refused += 1\n"
        "print(applied, refused)"
    )
    command = (*sandbox.COMMAND[:-2], "-c", program)
    assert sandbox.run_child(b"", command).said.split() == [b"True", b"6"]
