"""PDF renderer: draws pages as a browser shows them, forms and annotations included (PDFium). Runs in the child only.

PDFium parses hostile input. It gets bytes and gives pixels; neither its text nor what it would save is ever stored.
"""

from typing import Self

import pypdfium2
from PIL import Image

POINTS = 72  # an inch
# Errors of pypdfium2 for documents and pages that PDFium refuses, and of sizes beyond its integers.
RENDER_ERRORS = (pypdfium2.PdfiumError, ValueError, OverflowError)


class Renderer:
    """An opened PDF, to be drawn page by page; raises one of RENDER_ERRORS where PDFium refuses it."""

    def __init__(self, data: bytes) -> None:
        self.document = pypdfium2.PdfDocument(data)
        self.document.init_forms()  # before any page is loaded: it also makes the appearances that fields lack
        self.pages = len(self.document)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.document.close()

    def page_size(self, number: int) -> tuple[float, float]:
        """Return width and height in points as shown: cropped and turned."""
        return self.document.get_page_size(number)

    def draw(self, number: int, scale: float) -> Image.Image:
        """Draw a page (the first is 0) with `scale` pixels a point, on white."""
        page = self.document[number]
        try:
            bitmap = page.render(scale=scale, rev_byteorder=True, limit_image_cache=True)
            return bitmap.to_pil().convert("RGB")
        finally:
            page.close()
