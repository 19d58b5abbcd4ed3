"""Signature block of an issued document: signer, QR code and verification note. Does not sign."""

from documents.layout.line_breaks import printed_text
from documents.layout.pdf_document import BAD, INK, SOFT

QR_SIZE, UNSIGNED_HEIGHT = 26, 22  # mm: the QR code, the space without one
SIGNER_WIDTH, NOTES_WIDTH = 84, 92  # mm: of the signer's column, of the notes
REGISTRAR = "Pejabat Pencatatan Sipil"
SIGNED_ELECTRONICALLY = "Ditandatangani secara elektronik oleh"
VERIFY_NOTE = "Untuk memeriksa keaslian dokumen ini, pindai kode QR atau buka:"
PRINT_NOTE = "Dokumen ini dapat dicetak sendiri pada kertas HVS A4 80 gram dan tidak perlu dilegalisir."


class SignatureBlock:
    """The signature block: place, date, signer and QR code at the right, verification note at the left.

    It is measured when created and drawn by `draw()`. A draft has neither QR code nor notes.
    """

    def __init__(self, pdf, document):
        self.pdf, self.url = pdf, printed_text(document.get("verify_url"))
        self.certificate = printed_text(document.get("certificate"))
        place = ", ".join(filter(None, map(printed_text, (document.get("place"), document.get("date")))))
        nip, rank = printed_text(document.get("signer_nip")), printed_text(document.get("signer_rank"))
        registrar = document.get("signer") == "registrar"
        title = f"{REGISTRAR}\n{pdf.office['regency']}" if registrar else document.get("signer_title")
        self.above = [self._text(place, 9), self._text(title, 9)]
        self.below = [
            self._text("" if pdf.draft else SIGNED_ELECTRONICALLY, 7.5, color=SOFT),
            self._text(document.get("signer_name"), 9.5, bold=True),
            self._text(rank, 8.5),
            self._text(f"NIP {nip}" if nip else "", 8.5),
        ]
        self.middle = UNSIGNED_HEIGHT if pdf.draft else QR_SIZE
        self.height = sum(text[-1] for text in self.above + self.below) + self.middle

    def _text(self, text, size, *, bold=False, color=INK):
        self.pdf.set_style(size, bold=bold)
        lines = self.pdf.wrap(text, SIGNER_WIDTH)
        return lines, {"size": size, "bold": bold, "color": color}, len(lines) * self.pdf.line_height

    def draw(self):
        """Draw the block at the current position, on the next page if it doesn't fit."""
        pdf = self.pdf
        pdf.ensure_space(self.height)
        x = pdf.w - pdf.r_margin - SIGNER_WIDTH
        bottom = pdf.y + self.height
        y = self._draw_texts(self.above, x, pdf.y)
        if pdf.draft:
            pdf.set_style(8, color=BAD)
            pdf.draw_lines(["(belum ditandatangani)"], x, y + UNSIGNED_HEIGHT / 2 - 2, SIGNER_WIDTH, "C")
        else:
            pdf.qr_code(self.url, x + (SIGNER_WIDTH - QR_SIZE) / 2, y, QR_SIZE)
            self._notes(bottom)
        self._draw_texts(self.below, x, y + self.middle)
        pdf.y = bottom

    def _draw_texts(self, texts, x, y):
        for lines, pen, height in texts:
            self.pdf.set_style(**pen)
            self.pdf.draw_lines(lines, x, y, SIGNER_WIDTH, "C")
            y += height
        return y

    def _notes(self, bottom):
        """Draw the notes, aligned at the bottom with the signer's name."""
        pdf = self.pdf
        width = min(pdf.epw - SIGNER_WIDTH - 8, NOTES_WIDTH)
        texts = ((VERIFY_NOTE, SOFT), (self.url, INK), (PRINT_NOTE, SOFT), (self.certificate, SOFT))
        pdf.set_style(7.5)
        blocks = [(pdf.wrap(text, width), color) for text, color in texts]
        y = bottom - sum(len(lines) * pdf.line_height + 0.8 for lines, _ in blocks if lines)
        for lines, color in blocks:
            pdf.set_style(7.5, color=color)
            y += pdf.draw_lines(lines, pdf.l_margin, y, width) + (0.8 if lines else 0)
