"""Page images: officers see a PDF's pages as pictures, drawn in the sandboxed child."""

import io
import sys

import pytest
from PIL import Image, ImageStat

from files import inspection
from files.inspection import page_images
from tests.helpers import upload_corpus
from tests.helpers.upload_corpus import make_pdf

pytestmark = pytest.mark.usefixtures("unhurried")


def opened(jpeg: bytes) -> Image.Image:
    return Image.open(io.BytesIO(jpeg))


def test_a_page_is_drawn_in_the_width_that_was_asked_for():
    page = opened(page_images.draw_page(make_pdf(pages=3), 2, 400))
    assert (page.format, page.size) == ("JPEG", (400, 567))
    assert ImageStat.Stat(page.convert("L").crop((40, 60, 250, 100))).extrema[0][0] < 128  # its text


def test_all_pages_come_from_one_child_with_their_number():
    drawn = page_images.draw_pages(make_pdf(pages=3), 120)
    assert (drawn.pages, [opened(image).width for image in drawn.images]) == (3, [120, 120, 120])
    assert page_images.draw_pages(make_pdf(pages=3), 120, first=3).images == drawn.images[2:]


def test_a_page_that_is_not_there_is_an_index_error():
    with pytest.raises(IndexError):
        page_images.draw_page(make_pdf(), 2, 100)


def test_a_turned_page_is_drawn_as_it_is_shown():
    def turn(made):
        made.pages[0].Rotate = 90

    assert opened(page_images.draw_page(make_pdf(turn), 1, 842)).size == (842, 595)


def test_a_page_larger_than_any_screen_stays_within_the_limit_of_pixels():
    long = upload_corpus.page_with(b"/MediaBox[0 0 100 14400]")
    drawn = opened(page_images.draw_page(long, 1, 2000))
    assert drawn.width * drawn.height <= page_images.MAX_PIXELS * 1.02


def test_what_nothing_can_draw_is_a_refusal():
    with pytest.raises(inspection.UploadRejected) as caught:
        page_images.draw_page(b"%PDF-1.7\nbukan", 1, 100)
    assert caught.value.code == "unreadable"


@pytest.mark.parametrize(
    "said",
    [
        b'{"pages": 1, "sizes": [6]}\n<html>',
        b'{"pages": 1, "sizes": [3]}\n\xff\xd8\xffPK',
        b'{"pages": "1", "sizes": [3]}\n\xff\xd8\xff',
        b'{"pages": 1, "sizes": ["3"]}\n\xff\xd8\xff',
        b"[]\n",
    ],
)
def test_a_child_that_lies_is_not_believed(said, monkeypatch):
    program = f"import sys; sys.stdin.buffer.read(); sys.stdout.buffer.write({said!r})"
    monkeypatch.setattr(page_images, "COMMAND", (sys.executable, "-c", program))
    with pytest.raises(inspection.UploadRejected):
        page_images.draw_page(make_pdf(), 1, 100)
