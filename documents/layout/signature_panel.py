"""Signature panel that is drawn onto a draft from SIAK before it is signed here: QR code, signer, date, certificate."""

import io
import warnings
from datetime import datetime
from itertools import count

import pikepdf

from documents.layout.line_breaks import printed_text
from documents.layout.page_geometry import quarter_turns, shown_area
from documents.layout.pdf_document import BAD, DEMO_MARK, INK, LINE_COLOR, MM_PER_POINT, SOFT, PdfDocument
from documents.layout.signature_block import SIGNED_ELECTRONICALLY, VERIFY_NOTE

WIDTH, HEIGHT = 100, 38  # mm
QR_SIZE, PAD = 28, 2  # mm
SCALES = (1, 0.94, 0.88, 0.82, 0.76, 0.7, 0.62, 0.5)  # of the text, until all of it fits
WIDTH_POINTS, HEIGHT_POINTS = WIDTH / MM_PER_POINT, HEIGHT / MM_PER_POINT


class PanelPdf(PdfDocument):
    """One page as large as the panel."""

    page_format = (WIDTH, HEIGHT)
    side_margin, top_margin, bottom_margin = PAD, PAD, PAD
    pdf_standard = None
    strict = False

    def header(self):
        """Draw nothing around the panel."""

    def _draw_footer(self, number, total):
        """Draw nothing below the panel."""


class AddedPagePdf(PanelPdf):
    """A page that is added to a draft for the panel, since nothing else is free."""

    page_format = (210, 297)
    side_margin, top_margin, bottom_margin = 20, 20, 20


def stamp_panel(
    draft: bytes, panel: dict, facts: dict, *, office: dict, demo: bool, draft_mark: bool = False,
    made_at: datetime | None = None,
) -> bytes:  # fmt: skip
    """Return a draft with the panel at its place, on an added page, or unchanged where it bears its `own`.

    `panel` is what `files.inspection.signature_place.find_place` returned, `facts` what a signature block takes, with
    the document's `title` and `number`. With `draft_mark` the panel says that nothing is signed yet.
    """
    if panel.get("own"):
        return draft
    common = {"office": office, "demo": demo, "made_at": made_at}
    with pikepdf.open(io.BytesIO(draft)) as pdf:
        place, left_open = panel.get("place"), _states_left_open(pdf)
        on_page = place and left_open is not None
        drawn = _panel(facts, draft_mark, common) if on_page else _added_page(len(pdf.pages), facts, draft_mark, common)
        with pikepdf.open(io.BytesIO(drawn)) as source:
            if on_page:
                _lay_over(pdf, source.pages[0], place, left_open)
            else:
                del source.pages[0].obj.StructParents  # its number is another element's in this PDF
                pdf.pages.append(source.pages[0])
            pdf.save(out := io.BytesIO(), deterministic_id=True)
    return out.getvalue()


def _states_left_open(pdf) -> int | None:
    """Return how many graphics states the drawing of the last page leaves open.

    None where it closes more than it opened, or ends within a text, so that nothing can be drawn after it.
    """
    page, depth, last = pdf.pages[-1], 0, ""
    page.contents_coalesce()
    contents = page.obj.get("/Contents")
    drawing = contents.read_bytes() if isinstance(contents, pikepdf.Stream) else b""
    with warnings.catch_warnings(action="ignore"):  # of operands that belong to nothing
        found = pikepdf.parse_content_stream(pdf.make_stream(drawing + b"\nn"), "q Q n")
    for one in found:
        last = str(one.operator)
        depth += {"q": 1, "Q": -1}.get(last, 0)
        if depth < 0:
            return None
    return depth if last == "n" else None


def _lay_over(pdf, drawn, place, left_open):
    """Draw the panel over the last page. (pikepdf's own overlay follows UserUnit, and gives it a random name.)"""
    page = pdf.pages[-1]
    taken = page.resources.get("/XObject", {})
    name = next(name for number in count(1) if (name := f"/TandaTangan{number}") not in taken)
    page.add_resource(pdf.copy_foreign(drawn.as_form_xobject()), pikepdf.Name.XObject, pikepdf.Name(name))
    matrix = " ".join(f"{one:.5f}" for one in _matrix(page, place))
    page.contents_add(b"q\n", prepend=True)
    page.contents_add(b"\n" + b"Q " * (left_open + 1) + f"q {matrix} cm {name} Do Q".encode())


def _matrix(page, place):
    """Return the matrix that draws the panel at a place, in shares of the page as it is shown: cropped and turned."""
    x, y, width, height = place
    left, bottom, right, top = shown_area(page)
    wide, high = right - left, top - bottom
    to_page = (
        lambda u, v: (left + u * wide, top - v * high),
        lambda u, v: (left + v * wide, bottom + u * high),
        lambda u, v: (right - u * wide, bottom + v * high),
        lambda u, v: (right - v * wide, top - u * high),
    )[quarter_turns(page)]
    corner, along, above = to_page(x, y + height), to_page(x + width, y + height), to_page(x, y)
    return (
        *((to - start) / WIDTH_POINTS for start, to in zip(corner, along, strict=True)),
        *((to - start) / HEIGHT_POINTS for start, to in zip(corner, above, strict=True)),
        *corner,
    )


def _panel(facts, draft_mark, common):
    pdf = PanelPdf(title="Tanda tangan elektronik", **common)
    pdf.add_page()
    _draw_panel(pdf, 0, 0, facts, draft_mark)
    return pdf.finish()


def _added_page(pages, facts, draft_mark, common):
    """Return a page that says which document it signs, with the panel, and with no room to write anything in."""
    pdf = AddedPagePdf(title="Tanda tangan elektronik", **common)
    pdf.add_page()
    pdf.paragraph("Lembar tanda tangan elektronik", size=13, bold=True, align="C", gap=2)
    pdf.paragraph(facts.get("title"), size=11, bold=True, align="C")
    pdf.paragraph(f"Nomor {facts.get('number')}", size=10, align="C", gap=3)
    words = f"Lembar ini bagian dari dokumen di atas, yang terdiri dari {pages} halaman sebelum lembar ini."
    pdf.paragraph(words, size=8.5, color=SOFT, align="C", gap=5)
    _draw_panel(pdf, (pdf.w - WIDTH) / 2, pdf.y, facts, draft_mark)
    pdf.set_draw_color(*SOFT)
    pdf.line(pdf.l_margin, pdf.h - pdf.b_margin, pdf.w - pdf.r_margin, pdf.y + HEIGHT + 8)
    return pdf.finish()


def _draw_panel(pdf, left, top, facts, draft_mark):
    pdf.box(left + 0.2, top + 0.2, WIDTH - 0.4, HEIGHT - 0.4, color=LINE_COLOR)
    x, width = left + PAD + QR_SIZE + 2, WIDTH - QR_SIZE - 3 * PAD - 2
    if draft_mark:
        pdf.set_style(8, color=BAD)
        pdf.draw_lines(pdf.wrap("Tempat tanda tangan elektronik (belum ditandatangani)", width), x, top + 10, width)
        return
    pdf.qr_code(facts["verify_url"], left + PAD, top + (HEIGHT - QR_SIZE) / 2, QR_SIZE)
    _draw_texts(pdf, _texts(facts, pdf.demo), x, top + PAD, width)


def _texts(facts, demo):
    """Return the texts of the panel with size, weight and colour."""
    nip = printed_text(facts.get("signer_nip"))
    place = ", ".join(filter(None, (printed_text(facts.get("place")), printed_text(facts.get("date")))))
    return (
        (DEMO_MARK if demo else "", 6, True, BAD),
        (place, 7, False, INK),
        (facts.get("signer_title"), 7, False, INK),
        (SIGNED_ELECTRONICALLY, 6, False, SOFT),
        (facts.get("signer_name"), 8, True, INK),
        (facts.get("signer_rank"), 6.5, False, INK),
        (f"NIP {nip}" if nip else "", 6.5, False, INK),
        (f"{VERIFY_NOTE} {facts['verify_url']}", 5.5, False, SOFT),
        (facts.get("certificate"), 5.5, False, SOFT),
    )


def _draw_texts(pdf, texts, x, y, width):
    """Draw the texts, smaller where they are long, so that all stand in the panel."""
    for scale in SCALES:
        lines = []
        for text, size, bold, color in texts:
            pdf.set_style(size * scale, bold=bold, color=color)
            lines.append((pdf.wrap(text, width), pdf.line_height, size * scale, bold, color))
        if sum(len(wrapped) * height for wrapped, height, *_ in lines) <= HEIGHT - 2 * PAD:
            break
    for wrapped, _height, size, bold, color in lines:
        pdf.set_style(size, bold=bold, color=color)
        y += pdf.draw_lines(wrapped, x, y, width)
