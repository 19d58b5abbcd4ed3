"""Signature block of an issued document: signer, QR code and verification note. Does not sign."""

from documents.paper import BAD, INK, SOFT
from documents.wording import words

QR, UNSIGNED, COLUMN, NOTES = (
    26,
    22,
    84,
    92,
)  # mm: QR code, space without one, width of the signer's column, width of the notes
ELECTRONIC = "Ditandatangani secara elektronik oleh"
CHECK = "Untuk memeriksa keaslian dokumen ini, pindai kode QR atau buka:"
PRINT = "Dokumen ini dapat dicetak sendiri pada kertas HVS A4 80 gram dan tidak perlu dilegalisir."


class Signature:
    """The signature block: place, date, signer and QR code at the right, verification note at the left.

    It is measured when created and drawn by `draw()`. A draft has neither QR code nor notes.
    """

    def __init__(self, pdf, document):
        self.pdf, self.url = pdf, words(document.get("verify_url"))
        place = ", ".join(filter(None, map(words, (document.get("place"), document.get("date")))))
        nip = words(document.get("signer_nip"))
        self.above = [self._text(place, 9), self._text(document.get("signer_title"), 9)]
        self.below = [
            self._text("" if pdf.draft else ELECTRONIC, 7.5, color=SOFT),
            self._text(document.get("signer_name"), 9.5, bold=True),
            self._text(f"NIP {nip}" if nip else "", 8.5),
        ]
        self.middle = UNSIGNED if pdf.draft else QR
        self.height = sum(text[-1] for text in self.above + self.below) + self.middle

    def _text(self, text, size, *, bold=False, color=INK):
        self.pdf.set_style(size, bold=bold)
        lines = self.pdf.wrap(text, COLUMN)
        return lines, {"size": size, "bold": bold, "color": color}, len(lines) * self.pdf.line_height

    def draw(self):
        """Draw the block at the current position, on the next page if it doesn't fit."""
        pdf = self.pdf
        pdf.ensure_space(self.height)
        x = pdf.w - pdf.r_margin - COLUMN
        bottom = pdf.y + self.height
        y = self._draw_texts(self.above, x, pdf.y)
        if pdf.draft:
            pdf.set_style(8, color=BAD)
            pdf.draw_lines(["(belum ditandatangani)"], x, y + UNSIGNED / 2 - 2, COLUMN, "C")
        else:
            pdf.qr_code(self.url, x + (COLUMN - QR) / 2, y, QR)
            self._notes(bottom)
        self._draw_texts(self.below, x, y + self.middle)
        pdf.y = bottom

    def _draw_texts(self, texts, x, y):
        for lines, pen, height in texts:
            self.pdf.set_style(**pen)
            self.pdf.draw_lines(lines, x, y, COLUMN, "C")
            y += height
        return y

    def _notes(self, bottom):
        """Draw the notes, aligned at the bottom with the signer's name."""
        pdf = self.pdf
        width = min(pdf.epw - COLUMN - 8, NOTES)
        texts = ((CHECK, SOFT), (self.url, INK), (PRINT, SOFT), (pdf.office.get("tte_sentence"), SOFT))
        pdf.set_style(7.5)
        blocks = [(pdf.wrap(text, width), color) for text, color in texts]
        y = bottom - sum(len(lines) * pdf.line_height + 0.8 for lines, _ in blocks if lines)
        for lines, color in blocks:
            pdf.set_style(7.5, color=color)
            y += pdf.draw_lines(lines, pdf.l_margin, y, width) + (0.8 if lines else 0)
