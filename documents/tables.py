"""Tables with measured rows: no text is truncated, headers repeat on each page."""

from typing import NamedTuple

from documents.paper import INK, LINE, SEA, SOFT, TINT

HEAD = 0.92  # font size of a header relative to its rows
GAP = 2  # mm between a label and its value


class Column(NamedTuple):
    """One column; widths are in millimetres."""

    width: float
    head: str = ""
    align: str = "L"
    bold: bool = False
    color: tuple = INK
    gap: float = 0  # space at the right, in tables without grid


def table(paper, columns, rows, *, size=8.5, pad=1.3, grid=True, least=0, x=None):
    """Draw a table of `rows` under `columns` at the current position; a row is at least `least` high.

    A row that fits a page is not split; a longer one continues on the next. Without `grid` there is only a hairline
    below each row.
    """
    x = paper.l_margin if x is None else x
    frame = _Frame(paper, columns, size, pad, grid, x)
    for number, row in enumerate(rows):
        frame.row(row, least, head=number == 0)


def pairs(paper, rows, *, label=52, size=9.5, pad=1.0, x=None, width=None, bold=True):
    """Draw pairs of label and value, one a row."""
    width = width or paper.epw
    columns = (Column(label, color=SOFT, gap=GAP), Column(width - label, bold=bold))
    table(paper, columns, rows, size=size, pad=pad, grid=False, x=x)


class _Frame:
    def __init__(self, paper, columns, size, pad, grid, x):
        self.paper, self.columns, self.size, self.pad, self.grid, self.x = paper, columns, size, pad, grid, x
        self.side = pad if grid else 0
        paper.pen(size * HEAD, bold=True)
        self.heads = [paper.lines_of(column.head, column.width - 2 * self.side) for column in columns]
        self.top = max(map(len, self.heads)) * paper.line_height + 2 * pad if any(self.heads) else 0

    @property
    def width(self):
        return sum(column.width for column in self.columns)

    def row(self, texts, least, *, head):
        """Draw one row, with the header above it at the start of a table or page."""
        paper = self.paper
        cells = [self._lines(column, text) for column, text in zip(self.columns, texts, strict=True)]
        step = self._step()
        height = self._height(max(map(len, cells)), step, least)
        whole = height <= paper.page_room - self.top
        if paper.need((height if whole else 3 * step + 2 * self.pad) + (self.top if head else 0)) or head:
            self._head()
        while any(cells) or height:
            fits = max(1, int((paper.room - 2 * self.pad + 0.01) / step))
            self._draw([lines[:fits] for lines in cells], step, min(height, paper.room))
            cells = [lines[fits:] for lines in cells]
            height = 0
            if any(cells):
                paper.need(paper.room + 1)
                self._head()
                height = self._height(max(map(len, cells)), step, 0)

    def _lines(self, column, text):
        self.paper.pen(self.size, bold=column.bold)
        return self.paper.lines_of(text, column.width - 2 * self.side - column.gap)

    def _step(self):
        self.paper.pen(self.size)
        return self.paper.line_height

    def _height(self, lines, step, least):
        return max(lines * step + 2 * self.pad, least)

    def _draw(self, cells, step, height):
        paper, x = self.paper, self.x
        for column, lines in zip(self.columns, cells, strict=True):
            if self.grid:
                paper.box(x, paper.y, column.width, height, fill=None, color=LINE)
            paper.pen(self.size, bold=column.bold, color=column.color)
            paper.draw_lines(lines, x + self.side, paper.y + self.pad, column.width - 2 * self.side, column.align)
            x += column.width
        paper.y += height
        if not self.grid:
            paper.rule(x=self.x, width=self.width)

    def _head(self):
        if not self.top:
            return
        paper, x = self.paper, self.x
        for column, lines in zip(self.columns, self.heads, strict=True):
            paper.box(x, paper.y, column.width, self.top, fill=TINT, color=LINE)
            paper.pen(self.size * HEAD, bold=True, color=SEA)
            middle = paper.y + (self.top - len(lines) * paper.line_height) / 2
            paper.draw_lines(lines, x + self.side, middle, column.width - 2 * self.side, "C")
            x += column.width
        paper.y += self.top
