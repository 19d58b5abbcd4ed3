"""Who signs an issued document, and how to check that it is genuine; it must not sign."""

from documents.paper import BAD, INK, SOFT
from documents.wording import words

QR, UNSIGNED, COLUMN, NOTES = 26, 22, 84, 92  # mm: the code, the place without one, the signer's column, the notes'
ELECTRONIC = "Ditandatangani secara elektronik oleh"
CHECK = "Untuk memeriksa keaslian dokumen ini, pindai kode QR atau buka:"
PRINT = "Dokumen ini dapat dicetak sendiri pada kertas HVS A4 80 gram dan tidak perlu dilegalisir."


class Signature:
    """The block at the end: place, date, signer and QR code at the right, how to check at the left.

    It is measured when made and drawn by `draw()`. A draft gets neither code nor notes.
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
        """Draw the block at the present height, on the next page if it doesn't fit."""
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
        """Set the notes so that they end where the signer's name ends."""
        paper = self.paper
        width = min(paper.epw - COLUMN - 8, NOTES)
        texts = ((CHECK, SOFT), (self.url, INK), (PRINT, SOFT), (paper.office.get("tte_sentence"), SOFT))
        paper.pen(7.5)
        blocks = [(paper.lines_of(text, width), color) for text, color in texts]
        y = bottom - sum(len(lines) * paper.line_height + 0.8 for lines, _ in blocks if lines)
        for lines, color in blocks:
            paper.pen(7.5, color=color)
            y += paper.draw_lines(lines, paper.l_margin, y, width) + (0.8 if lines else 0)
