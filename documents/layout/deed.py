"""Layout of an extract of a civil registry deed (kutipan akta), and of a marginal note on one."""

from documents.layout.line_breaks import printed_text
from documents.layout.pdf_document import FOOTER_HEIGHT, SEA, SOFT, PdfDocument

REPUBLIC, REPUBLIC_EN = "REPUBLIK INDONESIA", "Republic of Indonesia"


class DeedPdf(PdfDocument):
    """Framed pages."""

    side_margin, top_margin, bottom_margin = 26, 22, FOOTER_HEIGHT + 8
    signature_gap, signature_at_foot = 6, True
    scales = (1, 0.93, 0.86)  # of the text, so that a deed stands on one page
    frame: tuple = ((12, 0.7), (13.4, 0.2))  # mm from the edge, thickness

    def header(self):
        """Draw the frame on each page, under all else."""
        super().header()
        for inset, thickness in self.frame:
            height = self.h - FOOTER_HEIGHT - 2 * inset + 11
            self.box(inset, inset, self.w - 2 * inset, height, fill=None, color=SEA, thickness=thickness)


class MarginalNotePdf(DeedPdf):
    """Pages with one thin line around."""

    signature_at_foot = False
    signature_gap = 10
    frame = ((13, 0.3),)


def draw_head(pdf, document):
    """Draw republic, registry, whose nationals, title."""
    pdf.paragraph(REPUBLIC, size=10, bold=True, align="C")
    pdf.paragraph(REPUBLIC_EN, size=7.5, color=SOFT, align="C", gap=1.5)
    for line in document.get("heads", ()):
        pdf.paragraph(printed_text(line).upper(), size=10.5, align="C")
    pdf.paragraph(pdf.office["regency"].upper(), size=9, color=SOFT, align="C", gap=6)
    pdf.paragraph(printed_text(document["title"]).upper(), size=17, bold=True, color=SEA, align="C", gap=0.4, tag="H1")
    pdf.paragraph(document.get("title_en"), size=8.5, color=SOFT, align="C", gap=6)
