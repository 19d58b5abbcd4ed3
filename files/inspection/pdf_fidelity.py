"""PDF fidelity: compares the pages of a copy with the original's, as drawn, and puts a drawing where the copy shows
something else. Runs in the child only.

So nothing is stored that shows less than what was handed in, whatever qpdf, a form's program or a damaged file did.
"""

import io

import pikepdf
from PIL import Image

from files.inspection import legibility, page_comparison, picture_pages
from files.inspection.pdf_renderer import RENDER_ERRORS, Renderer
from files.inspection.picture_pages import PicturePage
from files.inspection.results import UploadRejected

POINTS = 72  # an inch
DPI = 200  # of pages from pixels
MAX_PIXELS = 8 * 10**6  # of such a page: A3
MAX_SIDE = 30_000  # pixels of such a page
MAX_IMAGE_PIXELS = 45 * 10**6  # on a page that is drawn: PDFium leaves out in silence what doesn't fit into memory


def draw_for_comparison(original: Renderer) -> list[Image.Image]:
    """Draw all pages small and grey."""
    return [_draw_small(original, number) for number in range(original.pages)]


def _draw_small(renderer: Renderer, number: int) -> Image.Image:
    return renderer.draw(number, page_comparison.comparison_scale(renderer.page_size(number)), mode="L")


def differing_pages(drawings: list[Image.Image], copy: bytes | None) -> list[int]:
    """Return the pages of the original, drawn as `drawings`, that the copy doesn't show; all if it has fewer."""
    every = list(range(len(drawings)))
    if copy is None:
        return every
    try:
        with Renderer(copy) as kept:
            if kept.pages > len(drawings):  # pages that no viewer shows: whose they are is unknown
                raise UploadRejected.from_code("broken_pdf")
            if kept.pages < len(drawings):
                return every
            return [n for n in every if not page_comparison.is_same(drawings[n], _draw_small(kept, n))]
    except RENDER_ERRORS:
        return every


def scan_warnings(original: Renderer, drawings: list[Image.Image]) -> tuple[str, ...]:
    """Return warnings about the pages that are scans."""
    found = set[str]()
    for number, drawing in enumerate(drawings):
        if size := original.scan_size(number):
            found |= legibility.assess_scan(drawing, size)
    return tuple(sorted(found))


def with_drawings(original: Renderer, copy: bytes | None, differing: list[int]) -> bytes:
    """Return the copy with drawings in place of the pages that differ; of nothing else where there is no copy."""
    pages = (PicturePage(_draw(original, number), original.page_size(number)) for number in differing)
    drawn = picture_pages.write(pages, len(differing))
    if copy is None or len(differing) == original.pages:
        return drawn
    with pikepdf.open(io.BytesIO(copy)) as pdf, pikepdf.open(io.BytesIO(drawn)) as pictures:
        for page, number in zip(pictures.pages, differing, strict=True):
            pdf.pages[number] = page
        out = io.BytesIO()
        pdf.save(out, object_stream_mode=pikepdf.ObjectStreamMode.generate, deterministic_id=True)
    return out.getvalue()


def _draw(original: Renderer, number: int) -> Image.Image:
    if any(width * high > MAX_IMAGE_PIXELS for width, high in original.image_sizes(number)):
        raise UploadRejected.from_code("too_heavy_pdf")
    wide, high = original.page_size(number)
    return original.draw(number, min(DPI / POINTS, (MAX_PIXELS / (wide * high)) ** 0.5, MAX_SIDE / max(wide, high)))
