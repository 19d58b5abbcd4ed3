"""Form controls on paper: comb boxes, tick boxes, writing boxes.

Each function returns (height, first, draw): the height before drawing, the height of the first row, beside which the
label is set, and `draw(x, y)`, which draws the control.
"""

import re
from datetime import date
from math import ceil

from documents.paper import FIELD, INK, SOFT
from documents.wording import words

CELL, GAP, TICK, ROW = 5.4, 1.8, 3.6, 7  # mm: a comb box, the gap between groups, a tick box, a line to write on
VALUE, SMALL = 9.5, 7  # points
MANY = 24  # with more choices, no tick boxes are printed

GROUPS = {"nik": (4, 4, 4, 4), "kk": (4, 4, 4, 4), "date": (2, 2, 4), "time": (2, 2)}
CAPTIONS = {"date": ("tanggal", "bulan", "tahun"), "time": ("pukul", "menit")}


def control(pdf, field, value, width):
    """Return (height, first, draw) of the control of `field`, with `value` filled in."""
    kind = field["type"]
    if kind in GROUPS:
        written = characters(kind, value)
        if len(written) <= sum(GROUPS[kind]):
            return comb(pdf, GROUPS[kind], written, CAPTIONS.get(kind, ()))
    digits = len(words(field.get("max"))) if kind == "number" else 0
    if 0 < digits < 7 and len(words(value)) <= digits:
        return comb(pdf, (digits,), words(value).rjust(digits))
    choices = options(field)
    if 0 < len(choices) <= MANY:
        return ticks(pdf, choices, value, width)
    rows = {"long": 3, "text": 2 if (field.get("max") or 0) > 120 else 1}.get(kind, 1)
    return writing(pdf, shown(field, value), width, rows)


def options(field):
    """Return the choices of `field` as (code, text)."""
    if field["type"] == "yesno":
        return [("ya", "Ya"), ("tidak", "Tidak")]
    return [(words(code), words(text)) for code, text in field.get("options") or ()]


def shown(field, value):
    """Return the display value of an answer: the text of a choice, a date as DD-MM-YYYY."""
    if field["type"] in ("choice", "yesno"):
        return dict(options(field)).get(words(value), words(value))
    if field["type"] == "date" and value:
        return _day(value)
    return words(value)


def characters(kind, value):
    """Return the characters of `value` for comb boxes, without separators."""
    text = words(value)
    if kind == "date":
        text = _day(text)
    return re.sub(r"[\s.:/-]", "", text)


def _day(value):
    try:
        return date.fromisoformat(words(value)).strftime("%d-%m-%Y")
    except ValueError:
        return words(value)


def comb(pdf, groups, written, captions=()):
    """Return comb boxes, one a character, in groups with a caption below each."""

    def draw(x, y):
        place = 0
        for index, group in enumerate(groups):
            for _ in range(group):
                pdf.box(x, y, CELL, CELL, color=FIELD)
                if written[place : place + 1].strip():
                    pdf.set_style(VALUE)
                    pdf.draw_lines([written[place]], x, y + (CELL - pdf.line_height) / 2, CELL, "C")
                place, x = place + 1, x + CELL
            if captions:
                pdf.set_style(6, color=SOFT)
                pdf.draw_lines([captions[index]], x - group * CELL, y + CELL + 0.2, group * CELL, "C")
            x += GAP

    return CELL + (3.2 if captions else 0), CELL, draw


def ticks(pdf, choices, value, width):
    """Return tick boxes, one a choice, in as many columns as fit most texts on one line and all on two."""
    pdf.set_style(8.5)
    step = pdf.line_height
    for most in (4, 3, 2, 1):
        columns = ceil(len(choices) / ceil(len(choices) / most))  # rows of the same length
        column = width / columns
        cells = [(code, pdf.wrap(text, column - TICK - 5)) for code, text in choices]
        if sum(len(lines) < 2 for _, lines in cells) >= 0.7 * len(cells) and all(len(lines) < 3 for _, lines in cells):
            break
    rows = [cells[start : start + columns] for start in range(0, len(cells), columns)]
    heights = [max(len(lines) for _, lines in row) * step + 1.3 for row in rows]

    def draw(x, y):
        for row, height in zip(rows, heights, strict=True):
            for place, (code, lines) in enumerate(row):
                left = x + place * column
                tick(pdf, left, y + (step - TICK) / 2, ticked=code == words(value) != "")
                pdf.set_style(8.5)
                pdf.draw_lines(lines, left + TICK + 1.6, y, column)
            y += height

    return sum(heights), step, draw


def tick(pdf, x, y, *, ticked=False):
    """Draw one tick box, crossed if `ticked`."""
    pdf.box(x, y, TICK, TICK, color=FIELD)
    if ticked:
        pdf.set_draw_color(*INK)
        pdf.set_line_width(0.5)
        inner = 0.7
        pdf.line(x + inner, y + inner, x + TICK - inner, y + TICK - inner)
        pdf.line(x + inner, y + TICK - inner, x + TICK - inner, y + inner)


def writing(pdf, text, width, rows=1):
    """Return a writing box, `rows` lines high or as high as its text."""
    pdf.set_style(VALUE)
    step = pdf.line_height
    lines = pdf.wrap(text, width - 4)
    height = max(rows * ROW, len(lines) * step + 2.4)

    def draw(x, y):
        pdf.box(x, y, width, height, color=FIELD)
        pdf.set_style(VALUE)
        pdf.draw_lines(lines, x + 2, y + (ROW - step) / 2, width - 4)

    return height, ROW, draw
