"""Merging of PDFs for printing only: signatures become invalid, so the result is never sent to anybody."""

import io
from collections.abc import Iterable
from contextlib import ExitStack

import pikepdf

MERGED_TITLE = "Cetakan AKU Online"


def merge_pdfs(pdfs: Iterable[tuple[str, bytes]], *, title: str = MERGED_TITLE, duplex: bool = True) -> bytes | None:
    """Merge (title, PDF) in order, a bookmark for each above its own; return None where there are no pages.

    For a duplex printer each begins on a front side: a blank page follows one that has an odd number of pages.
    """
    with ExitStack() as opened, pikepdf.new() as whole:
        with whole.open_outline() as outline:
            for name, pdf in pdfs:
                if duplex and len(whole.pages) % 2:
                    box = whole.pages[-1].mediabox
                    whole.add_blank_page(page_size=(float(box[2] - box[0]), float(box[3] - box[1])))
                source = opened.enter_context(pikepdf.open(io.BytesIO(pdf)))
                outline.root.append(_append(whole, source, name))
        if not whole.pages:
            return None
        whole.docinfo["/Title"] = title
        whole.Root.Lang = pikepdf.String("id-ID")
        whole.Root.ViewerPreferences = pikepdf.Dictionary(DisplayDocTitle=True)
        whole.save(buffer := io.BytesIO(), deterministic_id=True)
        return buffer.getvalue()


def _append(whole, source, name):
    """Append the pages of a PDF and return its bookmark, with its own bookmarks below."""
    if "/AcroForm" in source.Root:
        source.flatten_annotations("print")  # flattens form fields
    first = len(whole.pages)
    numbers = {page.objgen: place for place, page in enumerate(source.pages, first)}
    with source.open_outline() as outline:
        children = [_moved(item, numbers) for item in outline.root]
    whole.add_pages_from(source, forms="strip")
    for page in whole.pages[first:]:
        if "/StructParents" in page:
            del page["/StructParents"]  # the tags stay behind
    item = pikepdf.OutlineItem(name, first)
    item.children.extend(filter(None, children))
    return item


def _moved(item, numbers):
    """Return a bookmark of a source for the same page of the whole; None where it leads nowhere."""
    target = item.destination
    if isinstance(target, pikepdf.Array) and len(target):
        number = numbers.get(target[0].objgen) if isinstance(target[0], pikepdf.Object) else None
        return None if number is None else pikepdf.OutlineItem(item.title, number)
    return None


def lay_page(whole, number, source, rectangle):
    """Lay a page of another PDF over page `number`, upright as a reader shows it, shrunk into a rectangle (points)."""
    for box in ("/TrimBox", "/ArtBox", "/BleedBox"):
        if box in source:
            del source[box]  # readers show the crop box
    page, form = whole.pages[number], whole.copy_foreign(source.as_form_xobject())
    name = page.add_resource(form, pikepdf.Name.XObject, pikepdf.Name.Unggahan)
    drawing = page.calc_form_xobject_placement(form, name, rectangle)
    page.contents_add(b"q\n", prepend=True)
    page.contents_add(b"\nQ\n" + drawing)


def page_count(pdf: bytes) -> int:
    """Return the number of pages of a PDF of ours."""
    with pikepdf.open(io.BytesIO(pdf)) as opened:
        return len(opened.pages)
