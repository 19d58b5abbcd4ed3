"""Base class of all PDFs: page, letterhead, text, watermarks, page numbers, QR codes."""

from datetime import UTC, datetime
from typing import Any

import segno
from fpdf import FPDF
from fpdf.prefs import ViewerPreferences

from documents.layout.font_subsets import FONT_FAMILY, PdfProducer, document_font, has_glyph
from documents.layout.line_breaks import MissingGlyph, clean_text, printed_text, wrap_paragraph

INK, SOFT, SEA = (20, 35, 43), (70, 89, 99), (11, 79, 102)
LINE_COLOR, FIELD_COLOR, TINT, WHITE = (210, 219, 223), (106, 123, 132), (230, 240, 244), (255, 255, 255)
BAD, BAD_TINT, WATERMARK_COLOR, DRAFT_WATERMARK_COLOR = (166, 31, 26), (252, 235, 233), (237, 242, 244), (251, 231, 229)

MM_PER_POINT = 25.4 / 72  # a point in millimetres
LEADING = 1.38
FOOTER_HEIGHT = 17  # height of the footer
DEMO_MARK = "CONTOH – bukan dokumen resmi"
DRAFT_MARK = "DRAF – BUKAN DOKUMEN RESMI"


class PdfDocument(FPDF):
    """One PDF document; lengths are in millimetres, font sizes in points. `seal()` returns the bytes.

    Pages break only in `need()`, so that blocks stay together.
    """

    page_format, orientation = (210, 297), "portrait"
    pdf_standard: str | None = "PDF/A-2B"
    side_margin, top_margin, bottom_margin = 18, 16, FOOTER_HEIGHT
    strict = True  # a missing glyph raises MissingGlyph; otherwise its code point is printed

    def __init__(self, *, office, title, demo, draft=False, made_at=None):
        super().__init__(self.orientation, "mm", self.page_format, enforce_compliance=self.pdf_standard)
        self.office, self.demo, self.draft = office, demo, draft
        self.footer_text = self.running_head = ""
        self.page_numbers, self.page_total = None, None
        for number, style in enumerate(("", "B"), 1):
            self.fonts[FONT_FAMILY + style] = document_font(style, number)
        self.set_margins(self.side_margin, self.top_margin + (6 if draft else 0))  # below the banner
        self.set_auto_page_break(False, self.bottom_margin)
        self.c_margin = 0
        self.alias_nb_pages("")
        self.set_lang("id-ID")
        self.set_title(clean_text(title))
        self.set_author(clean_text(f"{office['name']} {office['regency']}"))
        self.set_creator("AKU Online")
        self.viewer_preferences = ViewerPreferences(display_doc_title=True)
        self.set_creation_date((made_at or datetime.now(UTC)).astimezone(UTC))

    def normalize_text(self, text):
        """Normalize a text before drawing; raise MissingGlyph. (fpdf2 calls this for every text.)"""
        text = clean_text(text)
        if text.isascii():
            return text
        missing = [character for character in dict.fromkeys(text) if character != "\n" and not has_glyph(character)]
        if missing and self.strict:
            raise MissingGlyph(missing)
        for character in missing:
            text = text.replace(character, f"[U+{ord(character):04X}]")
        return text

    # -- text ---------------------------------------------------------------------------------------------------

    def set_style(self, size, *, bold=False, color=INK):
        """Set font size, weight and colour."""
        self.set_font(FONT_FAMILY, "B" if bold else "", size)
        self.set_text_color(*color)

    @property
    def line_height(self):
        """The height of a line in the current font."""
        return self.font_size_pt * MM_PER_POINT * LEADING

    def text_width(self, text):
        """Return the width of `text` in the current font."""
        font: Any = self.current_font
        return sum(font.cw[ord(character)] for character in text) * self.font_size / 1000

    def wrap(self, text, width):
        """Wrap `text` to lines of at most `width`; words are broken only if wider than a line."""
        text = self.normalize_text(printed_text(text)).strip()
        parts = text.split("\n") if text else []
        return [line for part in parts for line in wrap_paragraph(part, width, self.text_width)]

    def draw_lines(self, lines, x, y, width, align="L"):
        """Draw `lines` at a position and return their height."""
        share = {"L": 0, "C": 0.5, "R": 1}[align]
        baseline = y + self.line_height / 2 + self.font_size * 0.33
        for count, line in enumerate(lines):
            if line:
                self.text(x + share * (width - self.text_width(line)), baseline + count * self.line_height, line)
        return len(lines) * self.line_height

    def paragraph(self, text, *, size=9.5, bold=False, color=INK, align="L", indent=0, width=None, gap=0):
        """Draw a paragraph at the current position, across pages if needed, with `gap` below."""
        self.set_style(size, bold=bold, color=color)
        width = width or self.epw - indent
        for line in self.wrap(text, width):
            self.ensure_space(self.line_height)
            self.draw_lines([line], self.l_margin + indent, self.y, width, align)
            self.y += self.line_height
        self.y += gap

    def fit_font_size(self, text, width, size, *, bold=False, least=5.5):
        """Set the largest font size up to `size` at which `text` fits `width`, but at least `least`."""
        self.set_font(FONT_FAMILY, "B" if bold else "", size)
        wide = self.text_width(self.normalize_text(printed_text(text)))
        if wide > width:
            self.set_font_size(max(least, size * width / wide))

    # -- place --------------------------------------------------------------------------------------------------

    @property
    def page_height(self):
        """The usable height of an empty page."""
        return self.h - self.b_margin - self.t_margin

    @property
    def remaining_height(self):
        """The remaining height of this page."""
        return self.h - self.b_margin - self.y

    def ensure_space(self, height):
        """Break the page unless `height` remains; return whether it did."""
        if self.page and height <= self.remaining_height:
            return False
        self.add_page()
        return True

    def rule(self, *, color=LINE_COLOR, thickness=0.2, x=None, width=None):
        """Draw a horizontal line at the current position."""
        x = self.l_margin if x is None else x
        self.set_draw_color(*color)
        self.set_line_width(thickness)
        self.line(x, self.y, x + (width or self.epw), self.y)

    def box(self, x, y, width, height, *, fill=WHITE, color=FIELD_COLOR, thickness=0.2):
        """Draw a rectangle; without `color` no border, without `fill` no background."""
        self.set_line_width(thickness)
        if fill:
            self.set_fill_color(*fill)
        if color:
            self.set_draw_color(*color)
        self.rect(x, y, width, height, style=("D" if color else "") + ("F" if fill else ""))

    # -- parts that documents share -----------------------------------------------------------------------------

    def letterhead(self):
        """Draw the office's letterhead and move below it."""
        office = self.office
        self.paragraph(f"PEMERINTAH {office['regency'].upper()}", size=10, color=SOFT, align="C")
        self.paragraph(office["name"].upper(), size=13, bold=True, align="C", gap=0.6)
        phone = f"Telepon {office['phone']}" if office.get("phone") else ""
        address = "  ·  ".join(filter(None, (office.get("address"), phone, office.get("email"))))
        self.paragraph(address, size=7.5, color=SOFT, align="C", gap=2)
        self.rule(color=SEA, thickness=0.9)
        self.y += 1
        self.rule(color=SEA)
        self.y += 5

    def heading(self, text, *, letter="", keep=27):
        """Draw a section heading, never as the last line of a page."""
        self.ensure_space(keep)
        x = self.l_margin
        if letter:
            self.box(x, self.y, 5.6, 5.6, fill=SEA, color=None)
            self.set_style(9, bold=True, color=WHITE)
            self.draw_lines([letter], x, self.y + (5.6 - self.line_height) / 2, 5.6, "C")
            x += 8
        self.set_style(10.5, bold=True, color=SEA)
        self.y += max(5.6, self.draw_lines(self.wrap(text, self.epw - 8), x, self.y, self.epw - 8)) + 1
        self.rule()
        self.y += 2.6

    def qr_code(self, text, x, y, size):
        """Draw a QR code of `text` as vectors; `size` includes the quiet zone."""
        matrix = segno.make(text, error="m", micro=False, boost_error=False, mask=2).matrix
        self.box(x, y, size, size, color=None)
        module = size / (len(matrix) + 8)
        boxes = [
            f"{(x + (4 + start) * module) * self.k:.2f} {(self.h - y - (5 + row) * module) * self.k:.2f}"
            f" {length * module * self.k:.2f} {module * self.k:.2f} re"
            for row, cells in enumerate(matrix)
            for start, length in _runs(cells)
        ]
        self._out(f"q 0 g {' '.join(boxes)} f Q")  # one path: a hundred times faster than a rect() each

    # -- every page ---------------------------------------------------------------------------------------------

    def header(self):
        """Draw the background of every page: watermark, draft banner, running head."""
        if self.draft or self.demo:
            word, color = ("DRAF", DRAFT_WATERMARK_COLOR) if self.draft else ("CONTOH", WATERMARK_COLOR)
            self._watermark(word, color)
        if self.draft:
            self.box(0, 0, self.w, 9, fill=BAD_TINT, color=None)
            self.set_style(10, bold=True, color=BAD)
            self.draw_lines([DRAFT_MARK], 0, 2, self.w, "C")
        if self.running_head and self.page > 1:
            self.set_text_color(*SOFT)
            self.fit_font_size(self.running_head, self.epw, 7.5)
            self.draw_lines([self.running_head], self.l_margin, self.t_margin - 6, self.epw)
        self.set_xy(self.l_margin, self.t_margin)

    def _watermark(self, text, color):
        """Draw a diagonal watermark."""
        self.set_style(min(self.w, self.h) * 0.52, bold=True, color=color)
        half = self.text_width(text) / 2
        with self.rotation(52 if self.h > self.w else 32, self.w / 2, self.h / 2):
            self.text(self.w / 2 - half, self.h / 2 + self.font_size * 0.36, text)

    def _draw_footer(self, number, total):
        y = self.h - FOOTER_HEIGHT + 6
        self.y = y - 1.5
        self.rule()
        self.set_style(7, color=SOFT)
        page = f"Halaman {number} dari {total}"
        right = self.text_width(page)
        middle = self.text_width(DEMO_MARK) + 8 if self.demo else 4
        left = self.epw - right - middle
        self.draw_lines(self.wrap(self.footer_text, left), self.l_margin, y, left)
        self.draw_lines([page], self.l_margin, y, self.epw, "R")
        if self.demo:
            self.draw_lines([DEMO_MARK], self.l_margin + left, y, middle, "C")

    def finish(self):
        """Number the pages and return the finished PDF; nothing can be added afterwards."""
        for index, (page, sheet) in enumerate(self.pages.items()):
            self.page = page
            self.w_pt, self.h_pt = sheet.dimensions()
            self.w, self.h = self.w_pt / self.k, self.h_pt / self.k
            self.font_family, self.draw_color, self.line_width = "", None, 0  # each page sets its own
            number = self.page_numbers[index] if self.page_numbers else page
            self._draw_footer(number, self.page_total or len(self.pages))
        return bytes(self.output(output_producer_class=PdfProducer))


def _runs(cells):
    """Yield (start, length) of each run of dark modules."""
    start = None
    for place, dark in enumerate([*cells, 0]):
        if dark and start is None:
            start = place
        elif not dark and start is not None:
            yield start, place - start
            start = None
