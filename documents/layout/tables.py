"""Tables with measured rows: no text is truncated, headers repeat on each page."""

from typing import NamedTuple

from documents.layout.pdf_document import INK, LINE_COLOR, SEA, SOFT, TINT

HEAD_SCALE = 0.92  # font size of a header relative to its rows
LABEL_GAP = 2  # mm between a label and its value


class Column(NamedTuple):
    """One column; widths are in millimetres."""

    width: float
    head: str = ""
    align: str = "L"
    bold: bool = False
    color: tuple = INK
    gap: float = 0  # space at the right, in tables without grid


def draw_table(pdf, columns, rows, *, size=8.5, pad=1.3, grid=True, least=0, x=None, below=0):
    """Draw a table of `rows` under `columns` at the current position; a row is at least `least` high.

    A row that fits a page is not split; a longer one continues on the next. The last two rows stay together, with the
    `below` mm that follow them. Without `grid` there is only a hairline below each row.
    """
    x = pdf.l_margin if x is None else x
    frame, rows = _Table(pdf, columns, size, pad, grid, x), list(rows)
    with pdf.tagged("Table"):
        for number, row in enumerate(rows):
            last = sum(frame.height(one, least) for one in rows[number:]) + below if number == len(rows) - 2 else 0
            frame.row(row, least, head=number == 0, room=below if len(rows) == 1 else last)


def table_columns(pdf, shares, labels, number_width):
    """Return a column of numbers and columns that share the rest of the width."""
    scale = (pdf.epw - number_width) / sum(shares)
    columns = (Column(share * scale, label) for share, label in zip(shares, labels, strict=True))
    return [Column(number_width, "No.", "C"), *columns]


def table_height(pdf, columns, rows, *, size, pad, grid=True):
    """Return the height of a table that isn't split, in mm."""
    frame = _Table(pdf, columns, size, pad, grid, pdf.l_margin)
    return frame.top + sum(frame.height(row, 0) for row in rows)


def pair_columns(width, label, *, bold=True):
    """Return the columns of pairs of label and value."""
    return Column(label, color=SOFT, gap=LABEL_GAP), Column(width - label, bold=bold)


def draw_pairs(pdf, rows, *, label=52, size=9.5, pad=1.0, x=None, width=None, bold=True, below=0):
    """Draw pairs of label and value, one a row; the last two stay together, with the `below` mm that follow them."""
    columns = pair_columns(width or pdf.epw, label, bold=bold)
    draw_table(pdf, columns, rows, size=size, pad=pad, grid=False, x=x, below=below)


class _Table:
    def __init__(self, pdf, columns, size, pad, grid, x):
        self.pdf, self.columns, self.size, self.pad, self.grid, self.x = pdf, columns, size, pad, grid, x
        self.side, self.headed = pad if grid else 0, False
        pdf.set_style(size * HEAD_SCALE, bold=True)
        self.heads = [pdf.wrap(column.head, column.width - 2 * self.side) for column in columns]
        self.top = max(map(len, self.heads)) * pdf.line_height + 2 * pad if any(self.heads) else 0

    @property
    def width(self):
        """Return the total width of the columns."""
        return sum(column.width for column in self.columns)

    def height(self, texts, least):
        """Return the height of a row that isn't split."""
        lines = max(len(self._lines(column, text)) for column, text in zip(self.columns, texts, strict=True))
        self.pdf.set_style(self.size)
        return self._height(lines, self.pdf.line_height, least)

    def row(self, texts, least, *, head, room=0):
        """Draw one row, with the header above it at the start of a table or page, where `room` mm remain."""
        pdf = self.pdf
        cells = [self._lines(column, text) for column, text in zip(self.columns, texts, strict=True)]
        pdf.set_style(self.size)
        step = pdf.line_height
        height = self._height(max(map(len, cells)), step, least)
        whole = height <= pdf.page_height - self.top
        needed = max(height if whole else 3 * step + 2 * self.pad, room if room <= pdf.page_height - self.top else 0)
        if pdf.ensure_space(needed + (self.top if head else 0)) or head:
            self._head()
        while any(cells) or height:
            fits = max(1, int((pdf.remaining_height - 2 * self.pad + 0.01) / step))
            self._draw([lines[:fits] for lines in cells], step, min(height, pdf.remaining_height))
            cells = [lines[fits:] for lines in cells]
            height = 0
            if any(cells):
                pdf.ensure_space(pdf.remaining_height + 1)
                self._head()
                height = self._height(max(map(len, cells)), step, 0)

    def _lines(self, column, text):
        self.pdf.set_style(self.size, bold=column.bold)
        return self.pdf.wrap(text, column.width - 2 * self.side - column.gap)

    def _height(self, lines, step, least):
        return max(lines * step + 2 * self.pad, least)

    def _draw(self, cells, step, height):
        pdf, x = self.pdf, self.x
        with pdf.tagged("TR"):
            for column, lines in zip(self.columns, cells, strict=True):
                if self.grid:
                    pdf.box(x, pdf.y, column.width, height, fill=None, color=LINE_COLOR)
                pdf.set_style(self.size, bold=column.bold, color=column.color)
                with pdf.tagged("TD"):
                    pdf.draw_lines(lines, x + self.side, pdf.y + self.pad, column.width - 2 * self.side, column.align)
                x += column.width
        pdf.y += height
        if not self.grid:
            pdf.rule(x=self.x, width=self.width)

    def _head(self):
        if not self.top:
            return
        pdf, x = self.pdf, self.x
        with pdf.tagged(None if self.headed else "TR"):  # a repeated head is an artifact
            for column, lines in zip(self.columns, self.heads, strict=True):
                pdf.box(x, pdf.y, column.width, self.top, fill=TINT, color=LINE_COLOR)
                pdf.set_style(self.size * HEAD_SCALE, bold=True, color=SEA)
                middle = pdf.y + (self.top - len(lines) * pdf.line_height) / 2
                with pdf.tagged("TH"):
                    pdf.draw_lines(lines, x + self.side, middle, column.width - 2 * self.side, "C")
                x += column.width
        self.headed = True
        pdf.y += self.top
