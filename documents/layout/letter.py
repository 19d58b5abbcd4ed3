"""Template of a letter, such as the certificate of moving (SKPWNI)."""

from documents.layout.family_members import draw_members, rows_with_name
from documents.layout.line_breaks import printed_text
from documents.layout.pdf_document import PdfDocument
from documents.layout.signature_block import SignatureBlock
from documents.layout.tables import draw_pairs

CLOSING = "Demikian surat ini dibuat untuk dipergunakan sebagaimana mestinya."


class LetterPdf(PdfDocument):
    """Portrait pages."""


def draw(pdf, document):
    """Draw the letter: letterhead, title, number, data, the people it covers, who signs."""
    office = pdf.office
    pdf.letterhead()
    pdf.y += 2
    pdf.paragraph(printed_text(document["title"]).upper(), size=13, bold=True, align="C", gap=0.5)
    pdf.paragraph(f"Nomor {printed_text(document.get('number'))}", size=10, align="C", gap=6)
    signer = printed_text(document.get("signer_title")) or f"Kepala {office['name']} {office['regency']}"
    pdf.paragraph(f"{' '.join(signer.split())} menerangkan bahwa:", size=10, gap=3)
    draw_pairs(pdf, rows_with_name("Nama", document), label=58, size=10, pad=1.2)
    pdf.y += 5
    if document.get("members"):
        pdf.paragraph("Anggota keluarga yang tercakup dalam surat ini:", size=10, gap=2)
        draw_members(pdf, document["members"], size=7.5)
        pdf.y += 1
    pdf.paragraph(CLOSING, size=10, gap=6)
    SignatureBlock(pdf, document).draw()
