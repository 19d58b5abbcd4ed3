"""Layout of a letter, such as the certificate of moving (SKPWNI)."""

from documents.layout.line_breaks import printed_text
from documents.layout.pdf_document import SOFT, PdfDocument


class LetterPdf(PdfDocument):
    """Portrait pages."""

    signature_gap, signature_at_foot = 4, False
    scales = (1,)


def draw_head(pdf, document):
    """Draw letterhead, title and number."""
    pdf.letterhead()
    pdf.y += 2
    pdf.paragraph(printed_text(document["title"]).upper(), size=13, bold=True, align="C", gap=0.3, tag="H1")
    pdf.paragraph(document.get("title_en"), size=8, color=SOFT, align="C", gap=0.3)
    if number := printed_text(document.get("number")):
        pdf.paragraph(f"Nomor {number}", size=10, align="C")
    pdf.y += 6
