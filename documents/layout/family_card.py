"""Template of the family card (kartu keluarga): head of family, address, members."""

from documents.layout.family_members import draw_members, rows_with_name
from documents.layout.line_breaks import printed_text
from documents.layout.pdf_document import INK, SEA, SOFT, PdfDocument
from documents.layout.signature_block import NOTES_WIDTH, SIGNER_WIDTH, SignatureBlock
from documents.layout.tables import draw_pairs


class FamilyCardPdf(PdfDocument):
    """Landscape pages."""

    orientation, side_margin, top_margin = "landscape", 12, 11


def draw(pdf, document):
    """Draw the card: number, head and address in two columns, the members, who signs."""
    pdf.paragraph(printed_text(document["title"]).upper(), size=16, bold=True, color=SEA, align="C")
    pdf.paragraph(f"Nomor {printed_text(document.get('number'))}", size=11, bold=True, align="C", gap=3)
    _household(pdf, document)
    pdf.y += 3
    draw_members(pdf, document.get("members") or (), size=6.7)
    _signatures(pdf, document)


def _household(pdf, document):
    rows = rows_with_name("Kepala keluarga", document)
    half, column, page, top, bottoms = (len(rows) + 1) // 2, (pdf.epw - 14) / 2, pdf.page, pdf.y, []
    for place, part in enumerate((rows[:half], rows[half:])):
        if pdf.page == page:  # otherwise the first column broke the page, and the second follows it
            pdf.y = top
        draw_pairs(pdf, part, label=42, size=8, pad=0.45, x=pdf.l_margin + place * (column + 14), width=column)
        bottoms.append(pdf.y)
    pdf.y = max(bottoms)


def _signatures(pdf, document):
    """Draw the head of the family's line between how to check and who signs."""
    signature = SignatureBlock(pdf, document)
    pdf.set_style(8.5, bold=True)
    name = pdf.wrap(document["name"], 60)
    pdf.ensure_space(max(signature.height, 40 + len(name) * pdf.line_height))
    top = pdf.y
    x = pdf.l_margin + (pdf.epw + NOTES_WIDTH - SIGNER_WIDTH) / 2 - 30
    pdf.set_style(9)
    pdf.draw_lines(["", "Kepala keluarga"], x, top, 60, "C")
    pdf.set_draw_color(*INK)
    pdf.line(x + 6, top + 34, x + 54, top + 34)
    pdf.set_style(8.5, bold=True)
    down = pdf.draw_lines(name, x, top + 35, 60, "C")
    pdf.set_style(7, color=SOFT)
    pdf.draw_lines(["tanda tangan atau cap jempol"], x, top + 35 + down, 60, "C")
    pdf.y = top
    signature.draw()
