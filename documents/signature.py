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

    def __init__(self, paper, document):
        self.paper, self.url = paper, words(document.get("verify_url"))
        place = ", ".join(filter(None, map(words, (document.get("place"), document.get("date")))))
        nip = words(document.get("signer_nip"))
        self.above = [self._text(place, 9), self._text(document.get("signer_title"), 9)]
        self.below = [
            self._text("" if paper.draft else ELECTRONIC, 7.5, color=SOFT),
            self._text(document.get("signer_name"), 9.5, bold=True),
            self._text(f"NIP {nip}" if nip else "", 8.5),
        ]
        self.middle = UNSIGNED if paper.draft else QR
        self.height = sum(text[-1] for text in self.above + self.below) + self.middle

    def _text(self, text, size, *, bold=False, color=INK):
        self.paper.pen(size, bold=bold)
        lines = self.paper.lines_of(text, COLUMN)
        return lines, {"size": size, "bold": bold, "color": color}, len(lines) * self.paper.line_height

    def draw(self):
        """Draw the block at the current position, on the next page if it doesn't fit."""
        paper = self.paper
        paper.need(self.height)
        x = paper.w - paper.r_margin - COLUMN
        bottom = paper.y + self.height
        y = self._draw_texts(self.above, x, paper.y)
        if paper.draft:
            paper.pen(8, color=BAD)
            paper.draw_lines(["(belum ditandatangani)"], x, y + UNSIGNED / 2 - 2, COLUMN, "C")
        else:
            paper.qr(self.url, x + (COLUMN - QR) / 2, y, QR)
            self._notes(bottom)
        self._draw_texts(self.below, x, y + self.middle)
        paper.y = bottom

    def _draw_texts(self, texts, x, y):
        for lines, pen, height in texts:
            self.paper.pen(**pen)
            self.paper.draw_lines(lines, x, y, COLUMN, "C")
            y += height
        return y

    def _notes(self, bottom):
        """Draw the notes, aligned at the bottom with the signer's name."""
        paper = self.paper
        width = min(paper.epw - COLUMN - 8, NOTES)
        texts = ((CHECK, SOFT), (self.url, INK), (PRINT, SOFT), (paper.office.get("tte_sentence"), SOFT))
        paper.pen(7.5)
        blocks = [(paper.lines_of(text, width), color) for text, color in texts]
        y = bottom - sum(len(lines) * paper.line_height + 0.8 for lines, _ in blocks if lines)
        for lines, color in blocks:
            paper.pen(7.5, color=color)
            y += paper.draw_lines(lines, paper.l_margin, y, width) + (0.8 if lines else 0)
