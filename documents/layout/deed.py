"""Template of a civil registry deed extract (kutipan akta)."""

from documents.layout.family_members import draw_members
from documents.layout.line_breaks import printed_text
from documents.layout.pdf_document import FOOTER_HEIGHT, SEA, SOFT, PdfDocument
from documents.layout.signature_block import SignatureBlock
from documents.layout.tables import draw_pairs


class DeedPdf(PdfDocument):
    """Framed pages."""

    side_margin, top_margin, bottom_margin = 26, 24, FOOTER_HEIGHT + 8

    def header(self):
        """Draw the frame of a deed on each page, under all else."""
        super().header()
        for inset, thickness in ((12, 0.7), (13.4, 0.2)):
            height = self.h - FOOTER_HEIGHT - 2 * inset + 11
            self.box(inset, inset, self.w - 2 * inset, height, fill=None, color=SEA, thickness=thickness)


def draw(pdf, document):
    """Draw the deed: registry, title, number, whose, what is recorded, who signs."""
    office = pdf.office
    pdf.paragraph("REPUBLIK INDONESIA", size=9, color=SOFT, align="C")
    pdf.paragraph("PENCATATAN SIPIL", size=12, bold=True, align="C")
    pdf.paragraph(office["regency"].upper(), size=9, color=SOFT, align="C", gap=7)
    pdf.paragraph(printed_text(document["title"]).upper(), size=17, bold=True, color=SEA, align="C", gap=1)
    pdf.paragraph(f"Nomor {printed_text(document.get('number'))}", size=10.5, align="C", gap=8)
    source = f"Dari daftar akta pada {office['name']} {office['regency']}"
    pdf.paragraph(f"{source}\ndikutip bahwa telah tercatat atas nama:", size=9.5, color=SOFT, align="C", gap=3)
    pdf.paragraph(document["name"], size=16, bold=True, align="C", gap=4)
    draw_pairs(pdf, document["rows"], label=58, size=10, pad=1.5)
    pdf.y += 5
    draw_members(pdf, document.get("members") or (), size=7.5)
    signature = SignatureBlock(pdf, document)
    pdf.ensure_space(signature.height + 6)
    pdf.y = pdf.h - pdf.b_margin - signature.height  # at the foot of the frame
    signature.draw()
