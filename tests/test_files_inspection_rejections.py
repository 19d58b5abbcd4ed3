"""Inspection of uploads: each rejected file gets the sentence that fits."""

import random
import re
from collections.abc import Callable
from zlib import compress

import pikepdf
import pytest

from files import inspection
from files.inspection import results
from tests.helpers import upload_corpus
from tests.helpers.upload_assertions import assert_sanitized, refusal_code
from tests.helpers.upload_corpus import HTML, PROGRAM, SVG, WORD, ZIP, drawn_page, encode_image, jpeg_bytes, make_pdf

pytestmark = pytest.mark.usefixtures("unhurried")

BAD: dict[str, tuple[Callable[[], bytes], str]] = {
    "nothing": (lambda: b"", "empty"),
    "one byte": (lambda: b"\xff", "unknown"),
    "text": (lambda: b"Halo, ini KTP saya.", "unknown"),
    "one byte too many": (lambda: jpeg_bytes() + bytes(inspection.MAX_BYTES), "too_large"),
    "a word document": (lambda: WORD, "word"),
    "an old office document": (lambda: b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "office"),
    "a zip": (lambda: ZIP, "archive"),
    "a film": (lambda: b"\0\0\0\x18ftypmp42" + bytes(100), "video"),
    "a moving gif": (
        lambda: encode_image(drawn_page(), "GIF", save_all=True, append_images=[drawn_page().rotate(9)]),
        "gif",
    ),
    "a tiff": (lambda: encode_image(drawn_page(90, 90), "TIFF"), "tiff"),
    "a bmp": (lambda: encode_image(drawn_page(90, 90), "BMP"), "bmp"),
    "an avif": (lambda: encode_image(drawn_page(90, 90), "AVIF"), "avif"),
    "an svg": (lambda: SVG, "svg"),
    "a web page": (lambda: HTML, "html"),
    "a program": (lambda: PROGRAM, "program"),
    "a windows program": (lambda: b"MZ" + bytes(200), "program"),
    "a script for a shell": (lambda: b"#!/bin/sh\nrm -rf /\n", "program"),
    "a zip before a jpeg": (lambda: ZIP + jpeg_bytes(), "archive"),
    "a web page before a pdf": (lambda: HTML + make_pdf(), "html"),
    "only the first bytes of a jpeg": (lambda: b"\xff\xd8\xff\xe0", "broken"),
    "half a jpeg": (lambda: jpeg_bytes()[: len(jpeg_bytes()) // 2], "broken"),
    "half a progressive jpeg": (lambda: jpeg_bytes(progressive=True)[:9000], "broken"),
    "half a png": (lambda: encode_image(drawn_page(), "PNG")[:9000], "broken"),
    "half a heic": (lambda: encode_image(drawn_page(), "HEIF")[:9000], "broken"),
    "a png with too few rows": (lambda: upload_corpus.png_by_hand(600, 600, 8, 0, bytes(99)), "broken"),
    "a png with a note of 80 MB": (upload_corpus.text_bomb_png, "broken"),
    "a png of 900 megapixels": (lambda: upload_corpus.png_by_hand(30_000, 30_000, 8, 0, bytes(99)), "too_many_pixels"),
    "a png of 26 megapixels": (lambda: upload_corpus.png_by_hand(6500, 4000, 8, 0, bytes(99)), "too_many_pixels"),
    "a jpeg of 3600 megapixels": (upload_corpus.huge_jpeg, "too_many_pixels"),
    "a jpeg of 2000 scans": (lambda: upload_corpus.with_many_scans(2000), "scans"),
    "only the first bytes of a pdf": (lambda: b"%PDF-1.7\n", "broken_pdf"),
    "half a pdf": (lambda: (lambda whole: whole[: len(whole) // 2])(make_pdf(pages=5)), "broken_pdf"),
    "a pdf without its last lines": (lambda: make_pdf()[:-30], "broken_pdf"),
    "a locked pdf": (lambda: make_pdf(encryption=pikepdf.Encryption(user="rahasia", owner="rahasia")), "locked"),
    "a pdf of 31 pages": (lambda: make_pdf(pages=31), "too_many_pages"),
    "a pdf without pages": (lambda: make_pdf(pages=0), "no_pages"),
    "a form that draws itself": (lambda: make_pdf(upload_corpus.with_xfa), "form"),
    "a pdf full of other files": (lambda: make_pdf(upload_corpus.as_portfolio), "portfolio"),
    "a pdf that inflates": (
        lambda: make_pdf(upload_corpus.with_stream(upload_corpus.deflated_zeros(200 * 10**6), "/FlateDecode")),
        "too_heavy_pdf",
    ),
    "a pdf that inflates twice": (
        lambda: make_pdf(
            upload_corpus.with_stream(compress(upload_corpus.deflated_zeros(10**8)), "/FlateDecode", "/FlateDecode")
        ),
        "too_heavy_pdf",
    ),
    "a pdf that inflates in small parts": (lambda: make_pdf(with_five_large_streams), "too_heavy_pdf"),
    "a pdf with an image of 3600 megapixels": (lambda: make_pdf(upload_corpus.with_huge_image), "too_heavy_pdf"),
    "a pdf with a jpeg of 2000 scans": (
        lambda: upload_corpus.scanned_pdf(upload_corpus.with_many_scans(2000)),
        "scans",
    ),
    "a pdf with lzw that inflates": (
        lambda: make_pdf(upload_corpus.with_stream(upload_corpus.lzw_zeros(60), "/LZWDecode")),
        "too_heavy_pdf",
    ),
    "a pdf with runs that inflate": (
        lambda: make_pdf(upload_corpus.with_stream(b"\x81\0" * 10**6, "/RunLengthDecode")),
        "too_heavy_pdf",
    ),
    "a pdf whose catalogue inflates": (upload_corpus.object_stream_bomb, "broken_pdf"),
    "pages named twice, sixty times over": (upload_corpus.exponential_page_tree, "broken_pdf"),
    "a page tree forty thousand deep": (upload_corpus.deep_page_tree, "broken_pdf"),
    "a page tree that bites its tail": (upload_corpus.cyclic_page_tree, "broken_pdf"),
    "a page as large as a town": (lambda: upload_corpus.page_with(b"/MediaBox[0 0 999999999 999999999]"), "broken_pdf"),
}


def with_five_large_streams(made: pikepdf.Pdf) -> None:
    packed = upload_corpus.deflated_zeros(100 * 10**6)
    for number in range(5):
        part = pikepdf.Stream(made, packed)
        part.Filter = pikepdf.Name.FlateDecode
        made.pages[0].Resources[f"/Bagian{number}"] = made.make_indirect(part)


@pytest.mark.parametrize(("make", "code"), BAD.values(), ids=BAD.keys())
def test_a_file_that_is_not_taken_is_refused_with_its_sentence(make, code):
    assert refusal_code(make()) == code


@pytest.mark.parametrize(
    ("data", "name", "code"),
    [
        (HTML, "ktp.jpg", "html"),
        (PROGRAM, "kk.pdf", "program"),
        (b"\0\1\2\3" * 9, "kk.pdf", "misnamed"),
        (b"\0\1\2\3" * 9, "kk.dat", "unknown"),
        (b"", "../../etc/passwd\0.pdf", "empty"),
    ],
)
def test_a_name_only_helps_to_choose_the_sentence(data, name, code):
    assert refusal_code(data, name) == code


@pytest.mark.parametrize("name", ["ktp.pdf", "virus.exe", "a\0b", "\u202egpj.exe", "x" * 300, "../../ktp"])
def test_a_good_photo_is_taken_whatever_its_name(name):
    assert inspection.clean(jpeg_bytes(drawn_page(300, 300)), name).suffix == ".jpg"


def test_exactly_fifteen_megabytes_are_taken():
    photo = jpeg_bytes()
    assert inspection.clean(photo + bytes(inspection.MAX_BYTES - len(photo))).pages == 1


@pytest.mark.parametrize(
    "make",
    [
        jpeg_bytes,
        lambda: encode_image(drawn_page(400, 400), "PNG"),
        upload_corpus.scanned_pdf,
        lambda: make_pdf(pages=3),
    ],
    ids=["a jpeg", "a png", "a scanned pdf", "a written pdf"],
)
def test_damaged_files_give_a_clean_copy_or_a_sentence_and_nothing_else(make):
    whole, dice = make(), random.Random(5108)
    for _ in range(5):
        damaged = bytearray(whole)
        for _ in range(dice.choice((1, 5, 50))):
            damaged[dice.randrange(8, min(len(damaged), 3000))] = dice.randrange(256)
        try:
            assert_sanitized(inspection.clean(bytes(damaged)))
        except inspection.UploadRejected as refused:
            assert refused.code in results.REJECTIONS and not isinstance(refused, inspection.InspectionBusy)


def test_every_sentence_is_plain_and_says_what_to_do():
    for sentence in (*results.REJECTIONS.values(), *inspection.WARNINGS.values()):
        assert re.fullmatch(r"[A-Z][^!]+\.", sentence) and sentence.count(". ") >= 1 and "maaf" not in sentence.lower()
