"""Signature panel that is drawn onto a draft from SIAK before it is signed here: QR code, signer, date, certificate."""

import io
from datetime import datetime

import pikepdf

from documents.layout.line_breaks import printed_text
from documents.layout.pdf_document import BAD, INK, LINE_COLOR, MM_PER_POINT, SOFT, PdfDocument
from documents.layout.signature_block import SIGNED_ELECTRONICALLY, VERIFY_NOTE

WIDTH, HEIGHT = 100, 38  # mm
QR_SIZE, PAD = 28, 2  # mm
SCALES = (1, 0.94, 0.88, 0.82, 0.76, 0.7, 0.62, 0.5)  # of the text, until all of it fits
WIDTH_POINTS, HEIGHT_POINTS = WIDTH / MM_PER_POINT, HEIGHT / MM_PER_POINT


class PanelPdf(PdfDocument):
    """One page as large as the panel, or a page of its own that holds it."""

    side_margin, top_margin, bottom_margin = PAD, PAD, PAD
    pdf_standard = None
    strict = False

    def header(self):
        """Draw nothing around the panel."""

    def _draw_footer(self, number, total):
        """Draw nothing below the panel."""


def stamp_panel(
    draft: bytes, panel: dict, facts: dict, *, office: dict, demo: bool, draft_mark: bool = False,
    made_at: datetime | None = None,
) -> bytes:  # fmt: skip
    """Return a draft with the panel at its place, on an added page, or unchanged where it bears its `own`.

    `panel` is what `files.inspection.signature_place.find_place` returned, `facts` what a signature block takes. With
    `draft_mark` the panel says that nothing is signed yet.
    """
    if panel.get("own"):
        return draft
    with pikepdf.open(io.BytesIO(draft)) as pdf:
        place = panel.get("place")
        if not place:
            pdf.add_blank_page(page_size=(595.28, 841.89))
            place = [0.5 - WIDTH_POINTS / 595.28 / 2, 0.08, WIDTH_POINTS / 595.28, HEIGHT_POINTS / 841.89]
        drawn = _draw_panel(facts, draft_mark, office=office, demo=demo, made_at=made_at)
        with pikepdf.open(io.BytesIO(drawn)) as source:
            _place(pdf, source.pages[0], place)
            pdf.save(out := io.BytesIO(), deterministic_id=True)
    return out.getvalue()


def _place(pdf, drawn, place):
    """Lay the drawn panel over the last page. (pikepdf's own overlay gives it a random name.)"""
    page = pdf.pages[-1]
    panel = pdf.copy_foreign(drawn.as_form_xobject())
    name = page.add_resource(panel, pikepdf.Name.XObject, pikepdf.Name.TandaTangan)
    drawing = page.calc_form_xobject_placement(panel, name, _rectangle(page, place))
    page.contents_add(b"q\n", prepend=True)
    page.contents_add(b"\nQ\n" + drawing)


def _rectangle(page, place):
    """Return a place, in shares of the page as it is shown, as a rectangle of the page's own coordinates."""
    x, y, width, height = place
    left, bottom, right, top = (float(edge) for edge in page.cropbox)
    wide, high = right - left, top - bottom
    corners = ((x, y), (x + width, y + height))
    turned = int(page.get("/Rotate", 0)) % 360
    to_page = {
        0: lambda u, v: (left + u * wide, top - v * high),
        90: lambda u, v: (left + v * wide, bottom + u * high),
        180: lambda u, v: (right - u * wide, bottom + v * high),
        270: lambda u, v: (right - v * wide, top - u * high),
    }[turned]
    (x1, y1), (x2, y2) = (to_page(*corner) for corner in corners)
    return pikepdf.Rectangle(min(x1, x2), min(y1, y2), max(x1, x2), max(y1, y2))


def _draw_panel(facts, draft_mark, **common):
    pdf = PanelPdf(title="Tanda tangan elektronik", **common)
    pdf.add_page(format=(WIDTH, HEIGHT))
    pdf.box(0.2, 0.2, WIDTH - 0.4, HEIGHT - 0.4, color=LINE_COLOR)
    x, width = PAD + QR_SIZE + 2, WIDTH - QR_SIZE - 3 * PAD - 2
    if draft_mark:
        pdf.set_style(8, color=BAD)
        pdf.draw_lines(pdf.wrap("Tempat tanda tangan elektronik (belum ditandatangani)", width), x, PAD + 8, width)
        return pdf.finish()
    pdf.qr_code(facts["verify_url"], PAD, (HEIGHT - QR_SIZE) / 2 - 1, QR_SIZE)
    _draw_texts(pdf, _texts(facts), x, width)
    return pdf.finish()


def _texts(facts):
    """Return the texts of the panel with size, weight and colour."""
    nip = printed_text(facts.get("signer_nip"))
    place = ", ".join(filter(None, (printed_text(facts.get("place")), printed_text(facts.get("date")))))
    rank = " · ".join(filter(None, (printed_text(facts.get("signer_rank")), f"NIP {nip}" if nip else "")))
    return (
        (place, 7, False, INK),
        (facts.get("signer_title"), 7, False, INK),
        (SIGNED_ELECTRONICALLY, 6, False, SOFT),
        (facts.get("signer_name"), 8, True, INK),
        (rank, 6.5, False, INK),
        (f"{VERIFY_NOTE} {facts['verify_url']}", 5.5, False, SOFT),
        (facts.get("certificate"), 5.5, False, SOFT),
    )


def _draw_texts(pdf, texts, x, width):
    """Draw the texts, smaller where they are long, so that all stand in the panel."""
    for scale in SCALES:
        lines = []
        for text, size, bold, color in texts:
            pdf.set_style(size * scale, bold=bold, color=color)
            lines.append((pdf.wrap(text, width), pdf.line_height, size * scale, bold, color))
        if sum(len(wrapped) * height for wrapped, height, *_ in lines) <= HEIGHT - 2 * PAD:
            break
    y = PAD
    for wrapped, _height, size, bold, color in lines:
        pdf.set_style(size, bold=bold, color=color)
        y += pdf.draw_lines(wrapped, x, y, width)
