"""Template of a letter, such as the certificate of moving (SKPWNI)."""

from documents.members import members, with_name
from documents.paper import Paper
from documents.signature import Signature
from documents.tables import pairs
from documents.wording import words

CLOSING = "Demikian surat ini dibuat untuk dipergunakan sebagaimana mestinya."


class LetterPdf(Paper):
    """Portrait pages."""


def draw(pdf, document):
    """Draw the letter: letterhead, title, number, data, the people it covers, who signs."""
    office = pdf.office
    pdf.letterhead()
    pdf.y += 2
    pdf.paragraph(words(document["title"]).upper(), size=13, bold=True, align="C", gap=0.5)
    pdf.paragraph(f"Nomor {words(document.get('number'))}", size=10, align="C", gap=6)
    signer = words(document.get("signer_title")) or f"Kepala {office['name']} {office['regency']}"
    pdf.paragraph(f"{' '.join(signer.split())} menerangkan bahwa:", size=10, gap=3)
    pairs(pdf, with_name("Nama", document), label=58, size=10, pad=1.2)
    pdf.y += 5
    if document.get("members"):
        pdf.paragraph("Anggota keluarga yang tercakup dalam surat ini:", size=10, gap=2)
        members(pdf, document["members"], size=7.5)
        pdf.y += 1
    pdf.paragraph(CLOSING, size=10, gap=6)
    Signature(pdf, document).draw()
