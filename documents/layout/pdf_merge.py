"""Merging of PDFs for printing only: signatures become invalid, so the result is never sent to anybody."""

import io
from collections.abc import Iterable
from contextlib import ExitStack

import pikepdf


def merge_pdfs(pdfs: Iterable[bytes]) -> bytes | None:
    """Merge PDFs in order; return None where there are no pages."""
    with ExitStack() as opened, pikepdf.new() as whole:
        for pdf in pdfs:
            source = opened.enter_context(pikepdf.open(io.BytesIO(pdf)))
            if "/AcroForm" in source.Root:
                source.flatten_annotations("print")  # flattens form fields
            whole.add_pages_from(source, forms="strip")
        if not whole.pages:
            return None
        whole.save(buffer := io.BytesIO())
        return buffer.getvalue()


def page_count(pdf: bytes) -> int:
    """Return the number of pages of a PDF of ours."""
    with pikepdf.open(io.BytesIO(pdf)) as opened:
        return len(opened.pages)
