"""Holds uploads to its promise: what comes back is clean, or a sentence; whatever the file, the worker lives."""

import fcntl
import hashlib
import io
import json
import os
import random
import re
import subprocess
import sys
import tempfile
import threading
import time
from base64 import a85encode
from collections.abc import Callable
from pathlib import Path
from zlib import compress


import pikepdf
import pytest
import uploads
from PIL import Image
from tests import corpus
from tests.corpus import HTML, NIK, PROGRAM, SCRIPT, SVG, WORD, ZIP, encoded, jpeg, page, pdf
from uploads import checker, legibility, pictures, verdicts

MEMORY_ALLOWED = 500 * 10**6
SECONDS_ALLOWED = 10.0
FORBIDDEN = (
    b"JavaScript /JS OpenAction /AA Launch SubmitForm /URI jahat EmbeddedFile /EF virus.exe /AcroForm /Annots "
    b"/Metadata xmpmeta PieceInfo Contoh /Producer PK\x03\x04 \x7fELF"
).split() + [SCRIPT]


def refusal(data: bytes, name: str = "") -> str:
    """Return the code with which `data` is refused."""
    with pytest.raises(uploads.Refused) as caught:
        uploads.clean(data, name)
    assert str(caught.value) == verdicts.SENTENCES[caught.value.code]
    return caught.value.code


def opened(clean: uploads.Clean) -> Image.Image:
    return Image.open(io.BytesIO(clean.data))


def laid_open(data: bytes) -> bytes:
    """Return everything in a PDF, with nothing compressed."""
    out = io.BytesIO()
    with pikepdf.open(io.BytesIO(data), attempt_recovery=False) as opened_pdf:
        opened_pdf.save(
            out,
            object_stream_mode=pikepdf.ObjectStreamMode.disable,
            stream_decode_level=pikepdf.StreamDecodeLevel.generalized,
            compress_streams=False,
        )
    return out.getvalue()


def assert_nothing_hides_in(clean: uploads.Clean) -> None:
    if clean.media_type == "image/jpeg":
        picture = opened(clean)
        assert (picture.format, picture.size) == ("JPEG", (clean.width, clean.height))
        assert max(picture.size) <= 2000 and len(clean.data) <= pictures.MAX_STORED
        assert picture.mode in ("L", "RGB") and set(picture.info) <= {"jfif", "jfif_version", "jfif_unit", "jfif_density"}
        assert clean.data.endswith(b"\xff\xd9") and SCRIPT not in clean.data and b"%PDF" not in clean.data
    else:
        found = [word for word in FORBIDDEN if word in laid_open(clean.data)]
        assert (clean.media_type, clean.data[:5], found) == ("application/pdf", b"%PDF-", [])


# -- what must pass ---------------------------------------------------------------------------------------------------

GOOD_PICTURES: dict[str, Callable[[], bytes]] = {
    "a phone's 12 megapixels": lambda: jpeg(page(4000, 3000), exif=corpus.camera_notes()),
    "a progressive jpeg": lambda: jpeg(progressive=True),
    "a jpeg of two pictures": lambda: encoded(page(), "MPO", save_all=True, append_images=[corpus.sideways()]),
    "a cmyk jpeg": lambda: jpeg(page(mode="CMYK")),
    "a grey jpeg": lambda: jpeg(page(mode="L")),
    "a heic": lambda: encoded(page(), "HEIF", exif=corpus.camera_notes()),
    "a png": lambda: encoded(page(), "PNG"),
    "a png of one bit": lambda: encoded(page(mode="1"), "PNG"),
    "a png with a palette and holes": lambda: encoded(page(mode="P"), "PNG", transparency=3),
    "a png with alpha": lambda: encoded(page(mode="RGBA"), "PNG"),
    "a png with grey alpha": lambda: encoded(page(mode="LA"), "PNG"),
    "a png of sixteen bits, grey": lambda: corpus.sixteen_bit_png(0, 1),
    "a png of sixteen bits, colour": lambda: corpus.sixteen_bit_png(2, 3),
    "a png of sixteen bits with alpha": lambda: corpus.sixteen_bit_png(6, 4),
    "a moving png": lambda: encoded(page(), "PNG", save_all=True, append_images=[page().rotate(9)]),
    "a picture a thousand times as long as high": lambda: jpeg(Image.new("RGB", (20_000, 20))),
    "one pixel": lambda: jpeg(Image.new("RGB", (1, 1))),
    "a jpeg with a script for a comment": lambda: jpeg(comment=SCRIPT),
    "a jpeg that is a web page too": lambda: jpeg() + HTML,
    "a jpeg that is a zip too": lambda: jpeg() + ZIP,
    "a jpeg that is a pdf too": lambda: jpeg(comment=b"%PDF-1.7") + pdf(),
    "a png with a script for a note": lambda: corpus.png_by_hand(9, 9, 8, 0, b"\0" * 90, (b"tEXt", b"Comment\0" + SCRIPT)),
}
GOOD_PDFS: dict[str, tuple[Callable[[], bytes], int]] = {
    "a written one": (lambda: pdf(pages=2), 2),
    "thirty pages": (lambda: pdf(pages=30), 30),
    "a scanned one": (lambda: corpus.scanned_pdf(), 1),
    "an owner's password only": (lambda: pdf(encryption=pikepdf.Encryption(user="", owner="rahasia")), 1),
    "an owner's password over scripts": (
        lambda: pdf(corpus.with_scripts_everywhere, encryption=pikepdf.Encryption(user="", owner="rahasia")),
        1,
    ),
    "object streams": (lambda: pdf(object_stream_mode=pikepdf.ObjectStreamMode.generate), 1),
    "a script on opening": (lambda: pdf(corpus.on_opening(corpus.script)), 1),
    "a program started on opening": (lambda: pdf(corpus.on_opening(corpus.launch)), 1),
    "a link on opening": (lambda: pdf(corpus.on_opening(corpus.link)), 1),
    "scripts everywhere": (lambda: pdf(corpus.with_scripts_everywhere), 1),
    "things hidden in resources": (lambda: pdf(corpus.with_things_hidden_in_resources), 1),
    "an attachment": (lambda: pdf(corpus.with_attachment), 1),
    "metadata": (lambda: pdf(corpus.with_metadata), 1),
    "a hidden layer": (lambda: pdf(corpus.with_hidden_layer), 1),
    "a web page behind it": (lambda: pdf() + SCRIPT, 1),
    "a zip behind it": (lambda: pdf() + ZIP, 1),
    "arrays a hundred thousand deep, unused": (lambda: corpus.nested_arrays(), 1),
    "a page size that is no size": (lambda: corpus.page_with(b"/MediaBox/Lebar"), 1),
    "annotations that are a number": (lambda: corpus.page_with(b"/MediaBox[0 0 595 842]/Annots 7/Resources 8"), 1),
    "contents in another file": (
        lambda: corpus.page_with(
            b"/MediaBox[0 0 595 842]/Contents 4 0 R", b"<</F(/etc/passwd)/Length 0>>stream\n\nendstream"
        ),
        1,
    ),
}


@pytest.mark.parametrize("make", GOOD_PICTURES.values(), ids=GOOD_PICTURES.keys())
def test_a_picture_becomes_a_jpeg_of_nothing_but_pixels(make):
    original = make()
    clean = uploads.clean(original)
    assert (clean.media_type, clean.suffix, clean.pages) == ("image/jpeg", ".jpg", 1)
    assert clean.sha256 == hashlib.sha256(clean.data).hexdigest()
    assert clean.original_sha256 == hashlib.sha256(original).hexdigest()
    assert_nothing_hides_in(clean)


@pytest.mark.parametrize(("make", "pages"), GOOD_PDFS.values(), ids=GOOD_PDFS.keys())
def test_a_pdf_becomes_pages_that_can_only_be_looked_at(make, pages):
    clean = uploads.clean(make())
    assert (clean.media_type, clean.suffix, clean.pages, clean.width, clean.height) == ("application/pdf", ".pdf", pages, 0, 0)
    assert_nothing_hides_in(clean)


@pytest.mark.parametrize("orientation", range(1, 9))
def test_a_sideways_photo_is_turned_upright(orientation):
    turned = corpus.sideways()
    back = {2: 0, 3: 3, 4: 1, 5: 5, 6: 2, 7: 6, 8: 4}  # the inverse of what the viewer must do
    if orientation > 1:
        turned = turned.transpose(Image.Transpose(back[orientation]))
    clean = uploads.clean(jpeg(turned, exif=corpus.camera_notes(orientation)))
    assert (clean.width, clean.height) == (900, 600)
    assert [opened(clean).getpixel(at)[1] > 128 for at in ((9, 9), (890, 9), (9, 590), (890, 590))] == [False, True, True, True]


def test_a_sideways_heic_is_turned_once_not_twice():
    turned = corpus.sideways().transpose(Image.Transpose.ROTATE_90)
    clean = uploads.clean(encoded(turned, "HEIF", exif=corpus.camera_notes(6)))
    assert (clean.width, clean.height) == (900, 600)
    assert opened(clean).getpixel((9, 9))[1] < 128 < opened(clean).getpixel((890, 9))[1]


def test_sixteen_bits_are_scaled_and_not_cut_off():
    row = [opened(uploads.clean(corpus.sixteen_bit_png(0, 1))).getpixel((x, 300)) for x in (0, 400, 790)]
    assert row[0] < 5 and 118 < row[1] < 138 and row[2] > 245


def test_what_is_transparent_becomes_white_paper():
    clear = uploads.clean(encoded(Image.new("RGBA", (700, 700), (0, 0, 0, 0)), "PNG"))
    assert opened(clear).getpixel((350, 350)) == (255, 255, 255)


def test_cmyk_keeps_its_colours():
    red = uploads.clean(jpeg(corpus.sideways().convert("CMYK")))
    assert opened(red).getpixel((9, 9))[0] > 240 > 20 > opened(red).getpixel((9, 9))[1]


def test_a_photo_full_of_detail_is_stored_in_two_megabytes():
    noise = Image.merge("RGB", [Image.effect_noise((2400, 2400), 120)] * 3)
    clean = uploads.clean(jpeg(noise, quality=95))
    assert 500_000 < len(clean.data) <= pictures.MAX_STORED


def test_a_filled_form_keeps_what_was_written_in_it():
    assert b"(Isi)" in laid_open(uploads.clean(pdf(corpus.with_scripts_everywhere)).data)


def test_a_hidden_layer_stays_hidden():
    with pikepdf.open(io.BytesIO(uploads.clean(pdf(corpus.with_hidden_layer)).data)) as kept:
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
    photo = jpeg(exif=corpus.camera_notes(), comment=SCRIPT)
    clean = uploads.clean(pdf(corpus.with_stream(wrapped(photo), *filters, "/DCTDecode")))
    with pikepdf.open(io.BytesIO(clean.data)) as kept:
        inside = kept.pages[0].Contents.read_raw_bytes()
    assert SCRIPT not in inside and b"Exif" not in inside and b"PK\3\4" not in inside
    assert Image.open(io.BytesIO(inside)).tobytes() == Image.open(io.BytesIO(photo)).tobytes()


def test_the_same_file_gives_the_same_copy():
    for original in (jpeg(), corpus.scanned_pdf()):
        assert uploads.clean(original).sha256 == uploads.clean(original).sha256


# -- what must be refused, and why ------------------------------------------------------------------------------------

BAD: dict[str, tuple[Callable[[], bytes], str]] = {
    "nothing": (lambda: b"", "empty"),
    "one byte": (lambda: b"\xff", "unknown"),
    "text": (lambda: b"Halo, ini KTP saya.", "unknown"),
    "one byte too many": (lambda: jpeg() + bytes(uploads.MAX_BYTES), "too_large"),
    "a word document": (lambda: WORD, "word"),
    "an old office document": (lambda: b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "office"),
    "a zip": (lambda: ZIP, "archive"),
    "a film": (lambda: b"\0\0\0\x18ftypmp42" + bytes(100), "video"),
    "a moving gif": (lambda: encoded(page(), "GIF", save_all=True, append_images=[page().rotate(9)]), "gif"),
    "a webp": (lambda: encoded(page(90, 90), "WEBP"), "webp"),
    "a tiff": (lambda: encoded(page(90, 90), "TIFF"), "tiff"),
    "a bmp": (lambda: encoded(page(90, 90), "BMP"), "bmp"),
    "an avif": (lambda: encoded(page(90, 90), "AVIF"), "avif"),
    "an svg": (lambda: SVG, "svg"),
    "a web page": (lambda: HTML, "html"),
    "a program": (lambda: PROGRAM, "program"),
    "a windows program": (lambda: b"MZ" + bytes(200), "program"),
    "a script for a shell": (lambda: b"#!/bin/sh\nrm -rf /\n", "program"),
    "a zip before a jpeg": (lambda: ZIP + jpeg(), "archive"),
    "a web page before a pdf": (lambda: HTML + pdf(), "html"),
    "only the first bytes of a jpeg": (lambda: b"\xff\xd8\xff\xe0", "broken"),
    "half a jpeg": (lambda: jpeg()[: len(jpeg()) // 2], "broken"),
    "half a progressive jpeg": (lambda: jpeg(progressive=True)[:9000], "broken"),
    "half a png": (lambda: encoded(page(), "PNG")[:9000], "broken"),
    "half a heic": (lambda: encoded(page(), "HEIF")[:9000], "broken"),
    "a png with too few rows": (lambda: corpus.png_by_hand(600, 600, 8, 0, bytes(99)), "broken"),
    "a png with a note of 80 MB": (corpus.text_bomb_png, "broken"),
    "a png of 900 megapixels": (lambda: corpus.png_by_hand(30_000, 30_000, 8, 0, bytes(99)), "too_many_pixels"),
    "a png of 26 megapixels": (lambda: corpus.png_by_hand(6500, 4000, 8, 0, bytes(99)), "too_many_pixels"),
    "a jpeg of 3600 megapixels": (corpus.huge_jpeg, "too_many_pixels"),
    "a jpeg of 2000 scans": (lambda: corpus.with_many_scans(2000), "scans"),
    "only the first bytes of a pdf": (lambda: b"%PDF-1.7\n", "broken_pdf"),
    "half a pdf": (lambda: (lambda whole: whole[: len(whole) // 2])(pdf(pages=5)), "broken_pdf"),
    "a pdf without its last lines": (lambda: pdf()[:-30], "broken_pdf"),
    "a locked pdf": (lambda: pdf(encryption=pikepdf.Encryption(user="rahasia", owner="rahasia")), "locked"),
    "a pdf of 31 pages": (lambda: pdf(pages=31), "too_many_pages"),
    "a pdf without pages": (lambda: pdf(pages=0), "no_pages"),
    "a form that draws itself": (lambda: pdf(corpus.with_xfa), "form"),
    "a pdf full of other files": (lambda: pdf(corpus.as_portfolio), "portfolio"),
    "a pdf that inflates": (lambda: pdf(corpus.with_stream(corpus.zeros(200 * 10**6), "/FlateDecode")), "too_heavy_pdf"),
    "a pdf that inflates twice": (
        lambda: pdf(corpus.with_stream(compress(corpus.zeros(10**8)), "/FlateDecode", "/FlateDecode")),
        "too_heavy_pdf",
    ),
    "a pdf that inflates in small parts": (lambda: pdf(with_five_large_streams), "too_heavy_pdf"),
    "a pdf with an image of 3600 megapixels": (lambda: pdf(corpus.with_huge_image), "too_heavy_pdf"),
    "a pdf with a jpeg of 2000 scans": (lambda: corpus.scanned_pdf(corpus.with_many_scans(2000)), "scans"),
    "a pdf with lzw that inflates": (lambda: pdf(corpus.with_stream(corpus.lzw_zeros(60), "/LZWDecode")), "broken_pdf"),
    "a pdf with runs that inflate": (
        lambda: pdf(corpus.with_stream(b"\x81\0" * 10**6, "/RunLengthDecode")),
        "broken_pdf",
    ),
    "a pdf with an unknown filter": (lambda: pdf(corpus.with_stream(b"x", "/Rahasia")), "broken_pdf"),
    "a pdf with a jpeg that is none": (lambda: pdf(corpus.with_stream(HTML, "/DCTDecode")), "broken_pdf"),
    "a pdf whose catalogue inflates": (corpus.object_stream_bomb, "broken_pdf"),
    "pages named twice, sixty times over": (corpus.page_tree_that_doubles, "broken_pdf"),
    "a page tree forty thousand deep": (corpus.page_tree_that_never_ends, "broken_pdf"),
    "a page tree that bites its tail": (corpus.page_tree_that_bites_its_tail, "broken_pdf"),
    "a page as large as a town": (lambda: corpus.page_with(b"/MediaBox[0 0 999999999 999999999]"), "broken_pdf"),
}


def with_five_large_streams(made: pikepdf.Pdf) -> None:
    packed = corpus.zeros(100 * 10**6)
    for number in range(5):
        part = pikepdf.Stream(made, packed)
        part.Filter = pikepdf.Name.FlateDecode
        made.pages[0].Resources[f"/Bagian{number}"] = made.make_indirect(part)


@pytest.mark.parametrize(("make", "code"), BAD.values(), ids=BAD.keys())
def test_a_file_that_is_not_taken_is_refused_with_its_sentence(make, code):
    data, start = make(), time.monotonic()
    assert refusal(data) == code
    assert time.monotonic() - start < SECONDS_ALLOWED


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
    assert refusal(data, name) == code


@pytest.mark.parametrize("name", ["ktp.pdf", "virus.exe", "a\0b", "\u202egpj.exe", "x" * 300, "../../ktp"])
def test_a_good_photo_is_taken_whatever_its_name(name):
    assert uploads.clean(jpeg(page(300, 300)), name).suffix == ".jpg"


def test_exactly_fifteen_megabytes_are_taken():
    photo = jpeg()
    assert uploads.clean(photo + bytes(uploads.MAX_BYTES - len(photo))).pages == 1


@pytest.mark.parametrize("make", [jpeg, lambda: encoded(page(400, 400), "PNG"), corpus.scanned_pdf, lambda: pdf(pages=3)])
def test_damaged_files_give_a_clean_copy_or_a_sentence_and_nothing_else(make):
    whole, dice = make(), random.Random(5108)
    for _ in range(8):
        damaged = bytearray(whole)
        for _ in range(dice.choice((1, 5, 50))):
            damaged[dice.randrange(8, min(len(damaged), 3000))] = dice.randrange(256)
        try:
            assert_nothing_hides_in(uploads.clean(bytes(damaged)))
        except uploads.Refused as refused:
            assert refused.code in ("broken", "broken_pdf", "too_many_pixels", "too_heavy_pdf", "unreadable", "no_pages")


# -- legibility -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("make", "warned"),
    [
        (lambda: jpeg(), ()),
        (lambda: corpus.blurred(1), ()),
        (lambda: corpus.blurred(8), ("blurred",)),
        (lambda: corpus.dark(0.6), ()),
        (lambda: corpus.dark(0.2), ("dark",)),
        (lambda: jpeg(page(420, 594)), ("small",)),
        (lambda: jpeg(Image.new("RGB", (300, 300))), ("small", "dark", "blurred")),
    ],
    ids=["sharp", "slightly soft", "blurred", "a bit dark", "dark", "small", "black"],
)
def test_a_photo_that_is_hard_to_read_is_taken_with_a_warning(make, warned):
    assert uploads.clean(make()).warnings == warned


def test_a_card_on_a_dark_table_is_not_called_dark():
    table = Image.new("L", (1000, 750), 5)
    table.paste(page(400, 250, "L"), (300, 250))
    assert legibility.brightness_of_paper(table) > legibility.DARK_PAPER


def test_every_sentence_is_plain_and_says_what_to_do():
    for sentence in (*verdicts.SENTENCES.values(), *uploads.WARNINGS.values()):
        assert re.fullmatch(r"[A-Z][^!]+\.", sentence) and sentence.count(". ") >= 1 and "maaf" not in sentence.lower()
    assert set(verdicts.SENTENCES) >= verdicts.TEMPORARY


# -- the child --------------------------------------------------------------------------------------------------------

HEAVY = {
    "a heic of 24 megapixels": lambda: encoded(Image.new("RGB", (5712, 4284), "white"), "HEIF", quality=20),
    "a png of 24 megapixels with alpha": lambda: encoded(Image.new("RGBA", (5712, 4284)), "PNG", compress_level=1),
    "a progressive jpeg of 50 megapixels": lambda: jpeg(
        Image.new("RGB", (8160, 6120), "white"), progressive=True, subsampling=0
    ),
    "a jpeg of 45 scans": lambda: corpus.with_many_scans(34, 4000),
    "an object stream that inflates": corpus.object_stream_bomb,
    "lzw that inflates": lambda: pdf(corpus.with_stream(corpus.lzw_zeros(60), "/LZWDecode")),
}


@pytest.mark.parametrize("make", HEAVY.values(), ids=HEAVY.keys())
def test_the_heaviest_files_stay_within_memory_and_time(make):
    code, said, seconds = checker.converse(make())
    assert code == 0
    assert 10**7 < json.loads(said.split(b"\n")[0])["peak"] < MEMORY_ALLOWED
    assert seconds < SECONDS_ALLOWED


@pytest.fixture
def child(monkeypatch):
    """Put a program of our own in the child's place."""

    def put(program: str) -> None:
        program = f"import sys, os, time\nfrom uploads import child\n{program}"
        monkeypatch.setattr(checker, "COMMAND", (sys.executable, "-E", "-s", "-B", "-c", program))

    return put


@pytest.mark.parametrize(
    ("program", "code"),
    [
        ("os.abort()", "unreadable"),
        ("os._exit(0)", "unreadable"),
        ("os.kill(os.getpid(), 9)", "heavy"),
        ("child.clean = lambda data: bytes(600 * 10**6)\nchild.main()", "heavy"),
        ("child.clean = lambda data: open('/dev/null/x')\nchild.main()", "unreadable"),
        ("child.clean = lambda data: 1 / 0\nchild.main()", "unreadable"),
        ("sys.stdin.buffer.read()\nwhile True: sys.stdout.write('x' * 10**6)", "unreadable"),
    ],
    ids=["crashed", "silent", "killed", "out of memory", "no files", "a bug", "endless"],
)
def test_a_child_that_fails_is_a_refusal_and_the_worker_lives(child, program, code):
    child(program)
    assert refusal(jpeg()) == code


def test_a_child_that_takes_too_long_is_stopped(child, monkeypatch):
    monkeypatch.setattr(checker, "WALL_SECONDS", 0.5)
    child("time.sleep(60)")
    start = time.monotonic()
    assert refusal(jpeg()) == "slow"
    assert time.monotonic() - start < 5


def test_a_child_that_burns_the_processor_is_stopped_by_its_own_limit(child):
    child("child.CPU_SECONDS = 1\nchild.clean = lambda data: [0 for _ in iter(int, 1)]\nchild.main()")
    assert refusal(jpeg()) in ("slow", "heavy")


@pytest.mark.parametrize(
    ("header", "body"),
    [
        ({"media_type": "text/html"}, HTML),
        ({}, HTML),
        ({"media_type": ["image/jpeg"]}, b"\xff\xd8\xff"),
        ({"pages": "1"}, b"\xff\xd8\xff"),
        ({"width": -1}, b"\xff\xd8\xff"),
        ({"height": 10**9}, b"\xff\xd8\xff"),
        ({"warnings": ["<script>"]}, b"\xff\xd8\xff"),
        ({"warnings": [["dark"]]}, b"\xff\xd8\xff"),
        ({"refused": SCRIPT.decode()}, HTML),
        ({"refused": ["empty"]}, HTML),
    ],
)
def test_a_child_that_lies_is_not_believed(child, header, body):
    honest = {"media_type": "image/jpeg", "pages": 1, "width": 1, "height": 1, "warnings": []}
    said = json.dumps(honest | header).encode() + b"\n" + body
    child(f"sys.stdin.buffer.read(); sys.stdout.buffer.write({said!r})")
    assert refusal(jpeg()) == "unreadable"


def test_the_child_gives_up_what_it_does_not_need(child):
    child(
        "import resource as r\nchild.limit()\n"
        "print([r.getrlimit(x)[0] for x in (r.RLIMIT_CORE, r.RLIMIT_FSIZE, r.RLIMIT_NOFILE, r.RLIMIT_AS, r.RLIMIT_CPU)])"
    )
    assert json.loads(checker.converse(b"")[1]) == [0, 0, 32, 450_000_000, 8]


def test_the_child_sees_none_of_the_office_secrets(child, monkeypatch):
    monkeypatch.setenv("FILES_KEY", "sangat-rahasia")
    monkeypatch.setenv("PYTHONPATH", "/jahat")
    child("print(dict(os.environ), sys.path)")
    said = checker.converse(b"")[1]
    assert b"LANG" in said and b"rahasia" not in said and b"jahat" not in said


def test_the_child_dies_with_its_parent(tmp_path):
    heir = tmp_path / "heir"
    waiting = (
        "import os, sys, time\nfrom uploads import child\nchild.limit(int(sys.argv[1]))\n"
        "print(os.getpid(), flush=True)\ntime.sleep(60)"
    )
    parent = f"import subprocess, sys, os\nsubprocess.run([sys.executable, '-c', {waiting!r}, str(os.getpid())])"
    with heir.open("wb") as out, subprocess.Popen([sys.executable, "-c", parent], stdout=out, cwd=checker.ROOT) as started:
        wait_until(lambda: heir.read_text().strip())
        started.kill()
    wait_until(lambda: not Path(f"/proc/{heir.read_text().strip()}").exists())


def wait_until(true: Callable[[], object]) -> None:
    end = time.monotonic() + 5
    while not true():
        assert time.monotonic() < end
        time.sleep(0.02)


# -- two at a time ----------------------------------------------------------------------------------------------------


@pytest.fixture
def own_slots(tmp_path, monkeypatch):
    """Give this test slots of its own; return the folder in which they will lie."""
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    return tmp_path / f"aku-uploads-{os.geteuid()}"


def test_a_third_upload_waits_for_a_free_checker(own_slots, child):
    child("sys.stdin.buffer.read()\ntime.sleep(0.5)")
    threads = [threading.Thread(target=refusal, args=(jpeg(page(300, 300)),)) for _ in range(3)]
    start = time.monotonic()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert 1.0 <= time.monotonic() - start < 3


def test_one_who_waits_too_long_is_asked_to_come_again(own_slots, monkeypatch):
    monkeypatch.setattr(checker, "PATIENCE_SECONDS", 0.2)
    with checker.slot(), checker.slot(), pytest.raises(uploads.Refused, match="sibuk") as caught:
        uploads.clean(jpeg())
    assert caught.value.temporary
    assert uploads.clean(jpeg()).pages == 1


def test_a_slot_is_free_again_when_its_worker_is_killed(own_slots, monkeypatch):
    monkeypatch.setattr(checker, "PATIENCE_SECONDS", 0.2)
    with checker.slot():
        holding = "import sys, time\nfrom uploads import checker\nwith checker.slot(): print(1, flush=True); time.sleep(60)"
        environment = os.environ | {"TMPDIR": str(own_slots.parent)}
        with subprocess.Popen(
            [sys.executable, "-c", holding], stdout=subprocess.PIPE, cwd=checker.ROOT, env=environment
        ) as worker:
            worker.stdout.readline()
            assert refusal(jpeg()) == "busy"
            worker.kill()
        assert uploads.clean(jpeg()).pages == 1


def test_a_machine_that_cannot_check_says_that_it_is_not_the_file(own_slots, monkeypatch):
    own_slots.mkdir()
    (own_slots / "slot-0").symlink_to("/dev/null")  # someone's trap in the temporary folder
    assert refusal(jpeg()) == "unavailable"
    monkeypatch.setattr(tempfile, "tempdir", "/dev/null/nowhere")
    assert refusal(jpeg()) == "unavailable"


def test_the_child_does_not_inherit_the_slot(own_slots, child):
    child("print(os.listdir('/proc/self/fd'))")
    with checker.slot():
        assert checker.converse(b"")[1].count(b"'") // 2 <= 4  # in, out, err and the listing itself
