"""Page images: draws pages of a PDF as JPEGs for a viewer, in the sandboxed child `files.inspection.page_images`.

The parent decodes nothing; it checks that the answer consists of JPEGs.
"""

import io
import logging
import sys
from typing import NamedTuple

from files.inspection import MAX_BYTES, sandbox, syscall_filter
from files.inspection.results import InspectionBusy
from files.inspection.sandbox_child import limit_resources, write_answer

log = logging.getLogger(__name__)

COMMAND = (*sandbox.COMMAND[:-1], "files.inspection.page_images")
MAX_WIDTH = 2000  # pixels
MAX_PIXELS = 6 * 10**6  # of a page: a long one becomes narrower
MAX_PAGES = 30  # at once
QUALITY = 80
ROUNDED = 1 - 1e-6  # sizes are rounded up: a hair above the width would be a pixel more


class PageImages(NamedTuple):
    """Drawn pages: the number of pages of the PDF, and the JPEGs of those that were asked for."""

    pages: int
    images: list[bytes]


def draw_page(data: bytes, number: int, width: int) -> bytes:
    """Draw page `number` (the first is 1) of a PDF as a JPEG of `width` pixels; an IndexError says there is none.

    Raises InspectionBusy when the machine has no time, UploadRejected when the page can't be drawn.
    """
    return draw_pages(data, width, first=number, most=1).images[0]


def draw_pages(data: bytes, width: int, first: int = 1, most: int = MAX_PAGES) -> PageImages:
    """Draw up to `most` pages from page `first` on in one child, as JPEGs of `width` pixels; raises as draw_page."""
    asked = (str(min(width, MAX_WIDTH)), str(max(first, 1)), str(min(most, MAX_PAGES)))
    try:
        with sandbox.process_slot(sandbox.PAGES):
            ended = sandbox.run_child(data, (*COMMAND, *asked))
    except (OSError, RuntimeError) as fault:
        log.error("pages cannot be drawn: %s", fault)
        raise InspectionBusy.from_code("unavailable") from fault
    head, _, body = ended.said.partition(b"\n")
    drawn = _validated(sandbox.parse_header(head), body) if ended.code == 0 else None
    if drawn is None:
        log.warning("the child that draws pages ended with %s, %.1f s", ended.code, ended.cpu_seconds)
        raise sandbox.failure(ended)
    return drawn


def _validated(header: dict, body: bytes) -> PageImages | None:
    pages, sizes = header.get("pages"), header.get("sizes")
    if type(pages) is not int or not isinstance(sizes, list) or not all(type(size) is int for size in sizes):
        return None
    images, at = [], 0
    for size in sizes:
        images.append(body[at : at + size])
        at += size
    valid = at == len(body) and all(image.startswith(b"\xff\xd8\xff") for image in images)
    return PageImages(pages, images) if valid else None


def _draw(data: bytes, width: int, first: int, most: int) -> tuple[int, list[bytes]]:
    from PIL import Image  # noqa: PLC0415

    from files.inspection.pdf_renderer import Renderer  # noqa: PLC0415 - and only in the child

    Image.preinit()
    syscall_filter.apply()
    images = []
    with Renderer(data) as renderer:
        for number in range(first - 1, min(first - 1 + most, renderer.pages)):
            wide, high = renderer.page_size(number)
            scale = min(width / wide, (MAX_PIXELS / (wide * high)) ** 0.5)
            out = io.BytesIO()
            renderer.draw(number, scale * ROUNDED).save(out, "JPEG", quality=QUALITY)
            images.append(out.getvalue())
        return renderer.pages, images


def main() -> None:
    """Draw pages of the PDF on stdin; any error ends the child."""
    width, first, most, parent = map(int, sys.argv[1:])
    limit_resources(parent)
    sys.excepthook = lambda kind, fault, where: write_answer(fault=kind.__name__)
    pages, images = _draw(sys.stdin.buffer.read(MAX_BYTES + 1), width, first, most)
    write_answer(b"".join(images), pages=pages, sizes=[len(image) for image in images])


if __name__ == "__main__":
    main()
