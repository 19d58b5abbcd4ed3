"""Handover receipt, signed by the recipient at the pickup counter (M-n)."""

import io
import json
from datetime import datetime

from documents.layout.form_controls import draw_tick_box
from documents.layout.line_breaks import printed_text
from documents.layout.pdf_document import INK, SOFT, PdfDocument
from documents.layout.tables import Column, draw_pairs, draw_table

SCREEN_SIZE = (600, 200)  # the box on the screen in which a signature is drawn
SIGNATURE_SIZE = (72, 24)  # mm: the same box on paper
STATEMENT = "Saya telah menerima dokumen tersebut di atas dan sudah memeriksa isinya."


def receipt(receipt: dict, *, office: dict, demo: bool, made_at: datetime | None = None) -> bytes:
    """Return the receipt as a PDF.

    `signature` is a list of strokes (or its JSON), each a list of points in a box of 600 × 200; or a PNG; or None, for
    a line to sign on paper.
    """
    title = f"Tanda terima dokumen {receipt['number']}"
    pdf = PdfDocument(office=office, title=title, demo=demo, made_at=made_at)
    pdf.strict = False  # a name with a missing glyph must not block the receipt
    pdf.footer_text = pdf.running_head = title
    pdf.ensure_space(60)
    pdf.letterhead()
    pdf.paragraph("TANDA TERIMA DOKUMEN", size=14, bold=True, align="C", gap=0.5)
    pdf.paragraph(f"Permohonan {receipt['number']}", size=10, color=SOFT, align="C", gap=5)
    proxy = printed_text(receipt.get("proxy"))
    facts = [("Layanan", receipt["service"]), ("Diterima oleh", receipt["recipient_name"])]
    facts += [("Sebagai kuasa, dengan", proxy)] if proxy else []
    facts += [("Diserahkan di", receipt.get("place")), ("Waktu", receipt["handed_at"]), ("Petugas", receipt["officer"])]
    draw_pairs(pdf, [fact for fact in facts if printed_text(fact[1])], size=9.5)
    pdf.y += 5
    pdf.heading("Dokumen yang diserahkan", keep=24)
    columns = (Column(12, "No.", "C"), Column(pdf.epw - 82, "Dokumen"), Column(70, "Nomor"))
    products = enumerate(receipt["products"], 1)
    rows = [(place, printed_text(product["name"]), product.get("number") or "–") for place, product in products]
    draw_table(pdf, columns, rows, size=9)
    pdf.y += 5
    _checklist(pdf, "Dokumen asli yang diperlihatkan", receipt.get("originals_seen"))
    if receipt.get("originals_missing"):
        _checklist(pdf, "Dokumen asli yang tidak diperlihatkan", receipt["originals_missing"], ticked=False)
    if receipt.get("not_taken_back"):
        lost = f"Dokumen lama yang tidak ditarik: {printed_text(receipt['old_missing'])}"
        _checklist(pdf, lost, receipt["not_taken_back"], ticked=False)
    below = _signatures_height(pdf, receipt) + 4
    _checklist(pdf, "Dokumen lama yang ditarik", receipt.get("taken_back"), below=below)
    _signatures(pdf, receipt)
    return pdf.finish()


def _checklist(pdf, title, names, *, ticked=True, below=0):
    """Draw a list; its end stays with the `below` mm that follow it."""
    pdf.heading(title, keep=18)
    if not names:
        pdf.ensure_space(5 + below)
        pdf.paragraph("Tidak ada.", size=9, color=SOFT)
    for place, name in enumerate(names or (), 1):
        pdf.set_style(9)
        lines = pdf.wrap(printed_text(name), pdf.epw - 7)
        pdf.ensure_space(len(lines) * pdf.line_height + (below if place == len(names) else 0))
        draw_tick_box(pdf, pdf.l_margin, pdf.y + (pdf.line_height - 3.6) / 2, ticked=ticked)
        pdf.y += pdf.draw_lines(lines, pdf.l_margin + 6, pdf.y, pdf.epw - 7) + 1.3
    pdf.y += 4


def _signatures_height(pdf, receipt):
    pdf.set_style(9.5, bold=True)
    names = [len(pdf.wrap(receipt[who], pdf.epw / 2 - 10)) for who in ("officer", "recipient_name")]
    return 42 + max(names) * pdf.line_height


def _signatures(pdf, receipt):
    half = pdf.epw / 2
    pdf.ensure_space(_signatures_height(pdf, receipt))
    pdf.paragraph(STATEMENT, size=9.5, gap=4)
    top = pdf.y
    left, right = pdf.l_margin, pdf.l_margin + half
    _signer(pdf, left, top, half, "Yang menyerahkan,", receipt["officer"])
    _signer(pdf, right, top, half, "Yang menerima,", receipt["recipient_name"])
    if receipt.get("signature"):
        draw_signature(pdf, receipt["signature"], right + (half - SIGNATURE_SIZE[0]) / 2, top + 5.5)


def _signer(pdf, x, y, width, role, name):
    pdf.set_style(9.5)
    pdf.draw_lines([role], x, y, width, "C")
    pdf.set_draw_color(*INK)
    pdf.set_line_width(0.2)
    pdf.line(x + 10, y + 31, x + width - 10, y + 31)
    pdf.set_style(9.5, bold=True)
    pdf.draw_lines(pdf.wrap(name, width - 10), x + 5, y + 32, width - 10, "C")


def draw_signature(pdf, signature, x, y):
    """Draw strokes, or a picture, into a box of SIGNATURE_SIZE at (x, y)."""
    if isinstance(signature, bytes):
        pdf.image(io.BytesIO(signature), x=x, y=y, w=SIGNATURE_SIZE[0], h=SIGNATURE_SIZE[1], keep_aspect_ratio=True)
        return
    strokes = json.loads(signature) if isinstance(signature, str) else signature
    pdf.set_draw_color(*INK)
    pdf.set_line_width(0.45)
    for stroke in strokes:
        points = [_to_millimetres(point, x, y) for point in stroke]
        if len(points) == 1:
            pdf.circle(*points[0], 0.3, style="F")
        else:
            pdf.polyline(points)


def _to_millimetres(point, x, y):
    """Convert a point of the screen to millimetres; points outside the box are clamped to its edge."""
    across, down = (min(max(value / whole, 0), 1) for value, whole in zip(point, SCREEN_SIZE, strict=True))
    return x + across * SIGNATURE_SIZE[0], y + down * SIGNATURE_SIZE[1]
