"""Base class of all PDFs: page, letterhead, text, watermarks, page numbers, QR codes."""

import math
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

import segno
from fpdf import FPDF
from fpdf.prefs import ViewerPreferences

from documents.layout.font_subsets import FONT_FAMILY, PdfProducer, document_font, has_glyph
from documents.layout.line_breaks import BrokenWord, MissingGlyph, clean_text, printed_text, wrap_paragraph
from documents.layout.structure_tree import StructureTree, with_artifacts
from documents.layout.watermarks import watermark

INK, SOFT, SEA = (20, 35, 43), (70, 89, 99), (11, 79, 102)
LINE_COLOR, FIELD_COLOR, TINT, WHITE = (210, 219, 223), (106, 123, 132), (230, 240, 244), (255, 255, 255)
BAD, BAD_TINT, WATERMARK_COLOR = (166, 31, 26), (252, 235, 233), (237, 242, 244)

MM_PER_POINT = 25.4 / 72  # a point in millimetres
LEADING = 1.38
FOOTER_HEIGHT = 17  # height of the footer
CONTAINERS = ("/Document", "/Table", "/TR")  # elements that hold elements, not content
DEMO_MARK = "CONTOH – bukan dokumen resmi"
BANNER = (7, 6.4, 5)  # mm: its distance from the sides and the top, its height; most printers reach 5 mm from the edge
DRAFT_MARK = "DRAF – BUKAN DOKUMEN RESMI"


class PdfDocument(FPDF):
    """One PDF document; lengths are in millimetres, font sizes in points. `seal()` returns the bytes.

    Pages break only in `need()`, so that blocks stay together.
    """

    page_format, orientation = (210, 297), "portrait"
    pdf_standard: str | None = "PDF/A-2B"
    side_margin, top_margin, bottom_margin = 18, 16, FOOTER_HEIGHT
    page_label = "Halaman {number} dari {total}"
    strict = True  # a missing glyph raises MissingGlyph; otherwise its code point is printed

    def __init__(self, *, office, title, demo, draft=False, made_at=None):
        super().__init__(self.orientation, "mm", self.page_format, enforce_compliance=self.pdf_standard)
        self.office, self.demo, self.draft = office, demo, draft
        self.footer_text = self.running_head = ""
        self.struct_builder: Any = StructureTree()
        self._marks, self._marking = {}, False
        self._heading = None  # (height, draw) of a heading that waits for what stands below it
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
        broken = any(isinstance(line, BrokenWord) for line in lines)
        if any(lines):
            with self.marked_content(actual=_joined(lines) if broken else None):
                for count, line in enumerate(lines):
                    if line:
                        place = x + share * (width - self.text_width(line))
                        self.text(place, baseline + count * self.line_height, line)
        return len(lines) * self.line_height

    @contextmanager
    def tagged(self, kind, alt=None):
        """Tag what is drawn meanwhile as one element of the structure tree; kind None makes it an artifact."""
        tree = self.struct_builder
        artifact = kind is None or tree.open[-1] is None
        tree.open.append(None if artifact else tree.add(kind, self.page, alt))
        try:
            yield
        finally:
            tree.open.pop()

    @contextmanager
    def marked_content(self, actual=None):
        """Mark what is drawn meanwhile as content of the open element, or of a paragraph of its own.

        `actual` is the text that is copied and read aloud instead.
        """
        tree, page = self.struct_builder, self.page
        element = tree.open[-1]
        if self._marking or element is None:
            yield
            return
        if element.s in CONTAINERS:
            element = tree.add("P", page)
        number, self.pages[page].struct_parents = tree.mark(element, page)
        contents: Any = self.pages[page].contents
        start, self._marking = len(contents), True
        self._out(f"{element.s} <</MCID {number}>> BDC")
        if actual:  # poppler knows it in a Span only
            self._out(f"/Span <</ActualText <FEFF{actual.encode('utf-16-be').hex()}>>> BDC")
        try:
            yield
        finally:
            self._out("EMC EMC" if actual else "EMC")
            self._marking = False
            self._marks.setdefault(page, []).append((start, len(contents)))

    def paragraph(self, text, *, size=9.5, bold=False, color=INK, align="L", indent=0, width=None, gap=0, tag="P"):
        """Draw a paragraph at the current position, across pages if needed, with `gap` below."""
        self.set_style(size, bold=bold, color=color)
        width = width or self.epw - indent
        lines = self.wrap(text, width)
        while lines:
            self.ensure_space(self.line_height * (len(lines) if len(lines) < 4 else 2))  # no line stands alone
            fits = self.remaining_lines
            fits -= len(lines) - fits == 1  # a last line takes one along
            with self.tagged(tag):
                self.y += self.draw_lines(lines[:fits], self.l_margin + indent, self.y, width, align)
            lines = lines[fits:]
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

    @property
    def remaining_lines(self):
        """The number of lines in the current font that fit the rest of this page."""
        return max(0, int((self.remaining_height + 0.01) / self.line_height))

    def ensure_space(self, height):
        """Break the page unless `height` remains, with a heading that waits; return whether it did."""
        above, draw_heading = self._heading or (0, None)
        self._heading = None
        broken = not self.page or height + above > self.remaining_height
        if broken:
            self.add_page()
        if draw_heading:
            style, size, color = self.font_style, self.font_size_pt, self.text_color
            draw_heading()
            self.set_font(FONT_FAMILY, style, size)
            self.text_color = color
        return broken

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
        """Draw a section heading with whatever comes next, on the same page, where `keep` mm remain at least."""
        self.ensure_space(keep)
        self.set_style(10.5, bold=True)
        lines = self.wrap(text, self.epw - 8)
        height = max(5.6, len(lines) * self.line_height) + 3.6
        self._heading = height, lambda: self._draw_heading(lines, letter)

    def _draw_heading(self, lines, letter):
        x = self.l_margin
        if letter:
            self.box(x, self.y, 5.6, 5.6, fill=SEA, color=None)
            self.set_style(9, bold=True, color=WHITE)
            self.draw_lines([letter], x, self.y + (5.6 - self.line_height) / 2, 5.6, "C")
            x += 8
        self.set_style(10.5, bold=True, color=SEA)
        with self.tagged("H2"):
            self.y += max(5.6, self.draw_lines(lines, x, self.y, self.epw - 8)) + 1
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
        with self.tagged("Figure", alt=f"Kode QR: {text}"), self.marked_content():
            self._out(f"q 0 g {' '.join(boxes)} f Q")  # one path: a hundred times faster than a rect() each

    # -- every page ---------------------------------------------------------------------------------------------

    def header(self):
        """Draw the background of every page: watermark, draft banner, running head."""
        if self.draft or self.demo:
            self._watermark(*(("DRAF", BAD) if self.draft else ("CONTOH", WATERMARK_COLOR)))
        with self.tagged(None):
            if self.draft:
                side, top, height = BANNER
                self.box(side, top, self.w - 2 * side, height, fill=BAD_TINT, color=BAD)
                self.set_style(9, bold=True, color=BAD)
                self.draw_lines([DRAFT_MARK], 0, top + (height - self.line_height) / 2, self.w, "C")
            if self.running_head and self.page > 1:
                self.set_text_color(*SOFT)
                self.fit_font_size(self.running_head, self.epw, 7.5)
                self.draw_lines([self.running_head], self.l_margin, self.t_margin - 6, self.epw)
        self.set_xy(self.l_margin, self.t_margin)

    def _watermark(self, text, color):
        """Draw a diagonal watermark; that of a draft survives a copier."""
        angle, size = math.radians(52 if self.h > self.w else 32), min(self.w, self.h) * 0.52
        turn = f"{math.cos(angle):.5f} {math.sin(angle):.5f} {-math.sin(angle):.5f} {math.cos(angle):.5f}"
        middle = f"{self.w_pt / 2:.2f} {self.h_pt / 2:.2f}"
        self._out(f"q {turn} {middle} cm {watermark(text, size, color, hatched=self.draft)} Q")

    def _draw_footer(self, number, total):
        y = self.h - FOOTER_HEIGHT + 6
        self.y = y - 1.5
        self.rule()
        self.set_style(7, color=SOFT)
        page = self.page_label.format(number=number, total=total)
        right = self.text_width(page)
        middle = self.text_width(DEMO_MARK) + 8 if self.demo else 4
        left = self.epw - right - middle
        self.draw_lines(self.wrap(self.footer_text, left), self.l_margin, y, left)
        self.draw_lines([page], self.l_margin, y, self.epw, "R")
        if self.demo:
            self.draw_lines([DEMO_MARK], self.l_margin + left, y, middle, "C")

    def finish(self):
        """Number the pages and return the finished PDF; nothing can be added afterwards."""
        self.ensure_space(0)
        for page, sheet in self.pages.items():
            self.page = page
            self.w_pt, self.h_pt = sheet.dimensions()
            self.w, self.h = self.w_pt / self.k, self.h_pt / self.k
            self.font_family, self.draw_color, self.line_width = "", None, 0  # each page sets its own
            with self.tagged(None):
                self._draw_footer(page, len(self.pages))
            content: Any = sheet.contents
            sheet.contents = with_artifacts(bytes(content), self._marks.get(page, []))
        return bytes(self.output(output_producer_class=PdfProducer))


def _joined(lines):
    """Return the text of lines, without a space where a word was broken."""
    return "".join(line if isinstance(line, BrokenWord) else f"{line} " for line in lines).rstrip()


def _runs(cells):
    """Yield (start, length) of each run of dark modules."""
    start = None
    for place, dark in enumerate([*cells, 0]):
        if dark and start is None:
            start = place
        elif not dark and start is not None:
            yield start, place - start
            start = None
