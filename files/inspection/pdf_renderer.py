"""PDF renderer: draws pages as a browser shows them, forms and annotations included (PDFium). Runs in the child only.

PDFium parses hostile input. It gets bytes and gives pixels; nothing that it would save is ever stored.
"""

import io
from collections.abc import Iterator
from typing import Self

import pypdfium2
from PIL import Image
from pypdfium2 import raw

SCAN_COVER = 0.6  # share of the page that a scan takes at least
# Errors of pypdfium2 for documents and pages that PDFium refuses, and of sizes beyond its integers.
RENDER_ERRORS = (pypdfium2.PdfiumError, ValueError, OverflowError)


class LockedPdf(Exception):
    """The PDF needs a password."""


class Renderer:
    """An opened PDF, to be drawn page by page; pages are counted from 0.

    Every method raises one of RENDER_ERRORS where PDFium refuses the document or the page.
    """

    def __init__(self, data: bytes) -> None:
        self.data = data
        try:
            self.document = pypdfium2.PdfDocument(data)
        except pypdfium2.PdfiumError as fault:
            if fault.err_code == raw.FPDF_ERR_PASSWORD:
                raise LockedPdf from fault
            raise
        self._begin_form()
        self.pages = len(self.document)

    def _begin_form(self) -> None:
        """Let PDFium draw fields and make the appearances that they lack; before any page is loaded.

        PdfDocument.init_forms leaves it out where the catalogue names no form, and with it the fields of single pages
        that a program took out of one.
        """
        config = raw.FPDF_FORMFILLINFO(version=2)
        if form := raw.FPDFDOC_InitFormFillEnvironment(self.document, config):
            self.document.formenv = pypdfium2.PdfFormEnv(form, config)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.document.close()

    def page_size(self, number: int) -> tuple[float, float]:
        """Return width and height in points as shown: cropped and turned."""
        return self.document.get_page_size(number)

    def draw(self, number: int, scale: float, mode: str = "RGB") -> Image.Image:
        """Draw a page with `scale` pixels a point on white, in `mode` "RGB" or "L".

        With an alpha channel PDFium smooths the text of fields in grey, like all other text, and not in colours.
        """
        bitmap = self.document[number].render(
            scale=scale, force_bitmap_format=raw.FPDFBitmap_BGRA, rev_byteorder=True, limit_image_cache=True
        )
        return bitmap.to_pil().convert(mode)

    def flattened(self) -> bytes:
        """Return the PDF with its fields and annotations drawn into the pages, as text and strokes."""
        with Renderer(self.data) as other:  # pages that were drawn keep their fields
            for number in range(other.pages):
                other.document[number].flatten()
            out = io.BytesIO()
            other.document.save(out)
        return out.getvalue()

    def image_sizes(self, number: int) -> list[tuple[int, int]]:
        """Return width and height in pixels of the images on a page."""
        return [image.get_px_size() for image in self._images(self.document[number], depth=5)]

    def scan_size(self, number: int) -> tuple[int, int] | None:
        """Return the size in pixels of the image that covers the page; None where none does."""
        page = self.document[number]
        area = page.get_width() * page.get_height()
        for image in self._images(page, depth=1):
            left, bottom, right, top = image.get_bounds()
            if (right - left) * (top - bottom) >= SCAN_COVER * area:
                return image.get_px_size()
        return None

    @staticmethod
    def _images(page: pypdfium2.PdfPage, depth: int) -> Iterator[pypdfium2.PdfImage]:
        yield from page.get_objects(filter=[raw.FPDF_PAGEOBJ_IMAGE], max_depth=depth)
