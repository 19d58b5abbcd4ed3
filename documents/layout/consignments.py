"""Consignment list of the documents delivered to one counter, signed by sender and recipient."""

from datetime import datetime

from documents.layout.pdf_document import INK, SOFT, PdfDocument
from documents.layout.tables import Column, draw_pairs, draw_table

SIGNATURE_WIDTH, SIGNATURES_HEIGHT = 70, 36  # mm: of a signature, of both with the words around


def consignment(pile: dict, *, office: dict, demo: bool, made_at: datetime | None = None) -> bytes:
    """Return the list as a PDF; `pile` has place, date and rows of (number, for whom, documents)."""
    title = f"Daftar serah terima {pile['place']}"
    pdf = PdfDocument(office=office, title=title, demo=demo, made_at=made_at)
    pdf.strict = False  # a name with a missing glyph must not block the delivery
    pdf.footer_text = pdf.running_head = title
    pdf.ensure_space(60)
    pdf.letterhead()
    pdf.paragraph("DAFTAR SERAH TERIMA DOKUMEN", size=14, bold=True, align="C", gap=5)
    facts = [("Untuk", pile["place"]), ("Tanggal", pile["date"]), ("Jumlah", f"{len(pile['rows'])} permohonan")]
    draw_pairs(pdf, facts)
    pdf.y += 5
    columns = (
        Column(10, "No.", "C"), Column(44, "Permohonan"), Column(50, "Atas nama"),
        Column(pdf.epw - 122, "Dokumen"), Column(18, "Diterima", "C"),
    )  # fmt: skip
    rows = [(str(place), *row, "") for place, row in enumerate(pile["rows"], 1)]
    draw_table(pdf, columns, rows, size=8.5, least=8, below=SIGNATURES_HEIGHT + 8)
    pdf.y += 8
    pdf.ensure_space(SIGNATURES_HEIGHT)
    _signature_lines(pdf)
    return pdf.finish()


def _signature_lines(pdf):
    top = pdf.y
    right = pdf.l_margin + pdf.epw - SIGNATURE_WIDTH
    for left, words in ((pdf.l_margin, "Yang menyerahkan,"), (right, "Yang menerima,")):
        pdf.set_style(9, color=SOFT)
        pdf.draw_lines([words], left, top, SIGNATURE_WIDTH)
        pdf.set_style(9, color=INK)
        pdf.draw_lines(["Nama dan tanda tangan: ………………………………"], left, top + 24, SIGNATURE_WIDTH)
    pdf.y = top + 32
