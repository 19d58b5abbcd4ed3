"""Inspection of uploads: accepted files come back clean, upright and legible."""

import hashlib
import io
from base64 import a85encode
from collections.abc import Callable
from zlib import compress

import pikepdf
import pytest
from PIL import Image

from files import inspection
from files.inspection import image_sanitizer, legibility
from tests.helpers import upload_corpus
from tests.helpers.upload_assertions import assert_sanitized, pixel_at, uncompressed_pdf
from tests.helpers.upload_corpus import HTML, SCRIPT, ZIP, drawn_page, encode_image, jpeg_bytes, make_pdf

pytestmark = pytest.mark.usefixtures("unhurried")

GOOD_PICTURES: dict[str, Callable[[], bytes]] = {
    "a phone's 12 megapixels": lambda: jpeg_bytes(drawn_page(4000, 3000), exif=upload_corpus.camera_notes()),
    "a progressive jpeg": lambda: jpeg_bytes(progressive=True),
    "a jpeg of two pictures": lambda: encode_image(
        drawn_page(), "MPO", save_all=True, append_images=[upload_corpus.red_corner_photo()]
    ),
    "a cmyk jpeg": lambda: jpeg_bytes(drawn_page(mode="CMYK")),
    "a grey jpeg": lambda: jpeg_bytes(drawn_page(mode="L")),
    "a heic": lambda: encode_image(drawn_page(), "HEIF", exif=upload_corpus.camera_notes()),
    "a webp": lambda: encode_image(drawn_page(), "WEBP"),
    "a png": lambda: encode_image(drawn_page(), "PNG"),
    "a png of one bit": lambda: encode_image(drawn_page(mode="1"), "PNG"),
    "a png with a palette and holes": lambda: encode_image(drawn_page(mode="P"), "PNG", transparency=3),
    "a png with alpha": lambda: encode_image(drawn_page(mode="RGBA"), "PNG"),
    "a png with grey alpha": lambda: encode_image(drawn_page(mode="LA"), "PNG"),
    "a png of sixteen bits, grey": lambda: upload_corpus.sixteen_bit_png(0, 1),
    "a png of sixteen bits, colour": lambda: upload_corpus.sixteen_bit_png(2, 3),
    "a png of sixteen bits with alpha": lambda: upload_corpus.sixteen_bit_png(6, 4),
    "a moving png": lambda: encode_image(drawn_page(), "PNG", save_all=True, append_images=[drawn_page().rotate(9)]),
    "a picture a thousand times as long as high": lambda: jpeg_bytes(Image.new("RGB", (20_000, 20))),
    "one pixel": lambda: jpeg_bytes(Image.new("RGB", (1, 1))),
    "a jpeg with a script for a comment": lambda: jpeg_bytes(comment=SCRIPT),
    "a jpeg that is a web page too": lambda: jpeg_bytes() + HTML,
    "a jpeg that is a zip too": lambda: jpeg_bytes() + ZIP,
    "a jpeg that is a pdf too": lambda: jpeg_bytes(comment=b"%PDF-1.7") + make_pdf(),
    "a png with a script for a note": lambda: upload_corpus.png_by_hand(
        9, 9, 8, 0, bytes(90), (b"tEXt", b"Note\0" + SCRIPT)
    ),
}
GOOD_PDFS: dict[str, tuple[Callable[[], bytes], int]] = {
    "a written one": (lambda: make_pdf(pages=2), 2),
    "thirty pages": (lambda: make_pdf(pages=30), 30),
    "a scanned one": (lambda: upload_corpus.scanned_pdf(), 1),
    "an owner's password only": (lambda: make_pdf(encryption=pikepdf.Encryption(user="", owner="rahasia")), 1),
    "an owner's password over scripts": (
        lambda: make_pdf(upload_corpus.with_scripts, encryption=pikepdf.Encryption(user="", owner="rahasia")),
        1,
    ),
    "object streams": (lambda: make_pdf(object_stream_mode=pikepdf.ObjectStreamMode.generate), 1),
    "a script on opening": (lambda: make_pdf(upload_corpus.on_opening(upload_corpus.javascript_action)), 1),
    "a program started on opening": (lambda: make_pdf(upload_corpus.on_opening(upload_corpus.launch_action)), 1),
    "a link on opening": (lambda: make_pdf(upload_corpus.on_opening(upload_corpus.uri_action)), 1),
    "scripts everywhere": (lambda: make_pdf(upload_corpus.with_scripts), 1),
    "things hidden in resources": (lambda: make_pdf(upload_corpus.with_hidden_resources), 1),
    "an attachment": (lambda: make_pdf(upload_corpus.with_attachment), 1),
    "metadata": (lambda: make_pdf(upload_corpus.with_metadata), 1),
    "metadata that is not locked": (lambda: make_pdf(upload_corpus.with_plain_metadata), 1),
    "a hidden layer": (lambda: make_pdf(upload_corpus.with_hidden_layer), 1),
    "a web page behind it": (lambda: make_pdf() + SCRIPT, 1),
    "a zip behind it": (lambda: make_pdf() + ZIP, 1),
    "arrays a hundred thousand deep, unused": (lambda: upload_corpus.nested_arrays(), 1),
    "a page size that is no size": (lambda: upload_corpus.page_with(b"/MediaBox/Lebar"), 1),
    "annotations that are a number": (
        lambda: upload_corpus.page_with(b"/MediaBox[0 0 595 842]/Annots 7/Resources 8"),
        1,
    ),
    "contents behind an unknown filter": (lambda: make_pdf(upload_corpus.with_stream(b"x", "/Rahasia")), 1),
    "a jpeg that is none": (lambda: make_pdf(upload_corpus.with_stream(HTML, "/DCTDecode")), 1),
    "no last line": (lambda: make_pdf()[:-6], 1),
    "a byte order mark before it": (lambda: b"\xef\xbb\xbf" + make_pdf(), 1),
    "a printer's commands before it": (lambda: b"\x1b%-12345X@PJL JOB\r\n" + make_pdf(), 1),
    "contents in another file": (
        lambda: upload_corpus.page_with(
            b"/MediaBox[0 0 595 842]/Contents 4 0 R", b"<</F(/etc/passwd)/Length 0>>stream\n\nendstream"
        ),
        1,
    ),
}


@pytest.mark.parametrize("make", GOOD_PICTURES.values(), ids=GOOD_PICTURES.keys())
def test_a_picture_becomes_a_jpeg_of_nothing_but_pixels(make):
    original = make()
    clean = inspection.clean(original)
    assert (clean.media_type, clean.suffix, clean.pages) == ("image/jpeg", ".jpg", 1)
    assert clean.sha256 == hashlib.sha256(clean.data).hexdigest()
    assert clean.original_sha256 == hashlib.sha256(original).hexdigest()
    assert_sanitized(clean)


@pytest.mark.parametrize(("make", "pages"), GOOD_PDFS.values(), ids=GOOD_PDFS.keys())
def test_a_pdf_becomes_pages_that_can_only_be_looked_at(make, pages):
    clean = inspection.clean(make())
    assert (clean.media_type, clean.suffix, clean.pages) == ("application/pdf", ".pdf", pages)
    assert_sanitized(clean)


@pytest.mark.parametrize("orientation", range(1, 9))
def test_a_sideways_photo_is_turned_upright(orientation):
    turned = upload_corpus.red_corner_photo()
    back = {2: 0, 3: 3, 4: 1, 5: 5, 6: 2, 7: 6, 8: 4}  # the inverse of what the viewer must do
    if orientation > 1:
        turned = turned.transpose(Image.Transpose(back[orientation]))
    clean = inspection.clean(jpeg_bytes(turned, exif=upload_corpus.camera_notes(orientation)))
    assert (clean.width, clean.height) == (900, 600)
    white = [pixel_at(clean, at)[1] > 128 for at in ((9, 9), (890, 9), (9, 590), (890, 590))]
    assert white == [False, True, True, True]


def test_a_sideways_heic_is_turned_once_not_twice():
    turned = upload_corpus.red_corner_photo().transpose(Image.Transpose.ROTATE_90)
    clean = inspection.clean(encode_image(turned, "HEIF", exif=upload_corpus.camera_notes(6)))
    assert (clean.width, clean.height) == (900, 600)
    assert pixel_at(clean, (9, 9))[1] < 128 < pixel_at(clean, (890, 9))[1]


def test_sixteen_bits_are_scaled_and_not_cut_off():
    clean = inspection.clean(upload_corpus.sixteen_bit_png(0, 1))
    row = [pixel_at(clean, (x, 300))[0] for x in (0, 400, 790)]
    assert row[0] < 5 and 118 < row[1] < 138 and row[2] > 245


def test_what_is_transparent_becomes_white_paper():
    clear = inspection.clean(encode_image(Image.new("RGBA", (700, 700), (0, 0, 0, 0)), "PNG"))
    assert pixel_at(clear, (350, 350)) == (255, 255, 255)


def test_cmyk_keeps_its_colours():
    red = inspection.clean(jpeg_bytes(upload_corpus.red_corner_photo().convert("CMYK")))
    assert pixel_at(red, (9, 9))[0] > 240 and pixel_at(red, (9, 9))[1] < 20


def test_a_photo_full_of_detail_is_stored_in_two_megabytes():
    noise = Image.merge("RGB", [Image.effect_noise((2400, 2400), 120)] * 3)
    clean = inspection.clean(jpeg_bytes(noise, quality=95))
    assert 500_000 < len(clean.data) <= image_sanitizer.MAX_OUTPUT_BYTES


def test_a_filled_form_keeps_what_was_written_in_it():
    assert b"(Isi)" in uncompressed_pdf(inspection.clean(make_pdf(upload_corpus.with_scripts)).data)


def test_a_font_with_an_unlucky_name_is_kept():
    with pikepdf.open(io.BytesIO(inspection.clean(make_pdf(upload_corpus.with_misleading_font_names)).data)) as kept:
        assert kept.pages[0].Resources.Font.S == kept.pages[0].Resources.Font.EF != pikepdf.Dictionary()


def test_a_hidden_layer_stays_hidden():
    with pikepdf.open(io.BytesIO(inspection.clean(make_pdf(upload_corpus.with_hidden_layer)).data)) as kept:
        assert kept.Root.OCProperties.D.OFF[0] == kept.pages[0].Resources.Properties.MC0


@pytest.mark.parametrize(
    ("wrapped", "filters"),
    [
        (lambda photo: photo + ZIP, ()),
        (lambda photo: a85encode(photo) + b"~>", ("/ASCII85Decode",)),
        (lambda photo: photo.hex().encode() + b">", ("/ASCIIHexDecode",)),
        (compress, ("/FlateDecode",)),
    ],
)
def test_a_photo_in_a_pdf_loses_its_notes_and_keeps_its_pixels(wrapped, filters):
    photo = jpeg_bytes(exif=upload_corpus.camera_notes(), comment=SCRIPT)
    parameters = pikepdf.Array([*[pikepdf.Dictionary()] * len(filters), pikepdf.Dictionary(ColorTransform=1)])
    clean = inspection.clean(
        make_pdf(upload_corpus.with_stream(wrapped(photo), *filters, "/DCTDecode", DecodeParms=parameters))
    )
    with pikepdf.open(io.BytesIO(clean.data)) as kept:
        inside = kept.pages[0].Contents.read_raw_bytes()
        assert kept.pages[0].Contents.DecodeParms.ColorTransform == 1
    assert SCRIPT not in inside and b"Exif" not in inside and b"PK\3\4" not in inside
    assert Image.open(io.BytesIO(inside)).tobytes() == Image.open(io.BytesIO(photo)).tobytes()


def test_a_one_bit_scan_in_a_pdf_keeps_every_dot_and_raises_no_doubt():
    sheet = drawn_page(mode="1")
    kept = inspection.clean(encode_image(sheet, "PDF"), "pindai.pdf")
    assert_sanitized(kept)
    with pikepdf.open(io.BytesIO(kept.data)) as made:
        inside = pikepdf.PdfImage(next(iter(made.pages[0].get_images().values()))).as_pil_image()
    assert (kept.pages, kept.warnings, inside.convert("1").tobytes()) == (1, (), sheet.tobytes())


def test_the_same_file_gives_the_same_copy():
    for original in (jpeg_bytes(), upload_corpus.scanned_pdf()):
        assert inspection.clean(original).sha256 == inspection.clean(original).sha256


@pytest.mark.parametrize(
    ("make", "warned"),
    [
        (lambda: jpeg_bytes(), ()),
        (lambda: upload_corpus.blurred(1), ()),
        (lambda: upload_corpus.blurred(8), ("blurred",)),
        (lambda: upload_corpus.darkened(0.6), ()),
        (lambda: upload_corpus.darkened(0.2), ("dark",)),
        (lambda: jpeg_bytes(drawn_page(420, 594)), ("small",)),
        (lambda: jpeg_bytes(Image.new("RGB", (300, 300))), ("small", "dark", "blurred")),
    ],
    ids=["sharp", "slightly soft", "blurred", "a bit dark", "dark", "small", "black"],
)
def test_a_photo_that_is_hard_to_read_is_taken_with_a_warning(make, warned):
    assert inspection.clean(make()).warnings == warned


def test_a_card_on_a_dark_table_is_not_called_dark():
    table = Image.new("L", (1000, 750), 5)
    table.paste(drawn_page(400, 250, "L"), (300, 250))
    assert legibility.paper_brightness(table) > legibility.DARK_PAPER
