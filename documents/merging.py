"""Several PDFs as one for the printer; a signature is worth nothing in the result, so it is never sent to anybody."""

import io
from collections.abc import Iterable
from contextlib import ExitStack

import pikepdf


def merged(pdfs: Iterable[bytes]) -> bytes | None:
    """Return the pages of all `pdfs`, in their order, as one PDF; None where there is no page."""
    with ExitStack() as opened, pikepdf.new() as whole:
        for pdf in pdfs:
            source = opened.enter_context(pikepdf.open(io.BytesIO(pdf)))
            if "/AcroForm" in source.Root:
                source.flatten_annotations("print")  # what a form shows becomes part of its page
            whole.add_pages_from(source, forms="strip")
        if not whole.pages:
            return None
        whole.save(buffer := io.BytesIO())
        return buffer.getvalue()
