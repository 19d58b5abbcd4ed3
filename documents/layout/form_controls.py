"""Form controls on paper: comb boxes, tick boxes, writing boxes.

Each function returns (height, first, draw): the height before drawing, the height of the first row, beside which the
label is set, and `draw(x, y)`, which draws the control.
"""

import re
from datetime import date
from math import ceil

from documents.layout.line_breaks import printed_text
from documents.layout.pdf_document import FIELD_COLOR, INK, SEA, SOFT

COMB_CELL, COMB_GAP, TICK_BOX, ROW_HEIGHT = 5.4, 1.8, 3.6, 7  # mm: comb box, gap between groups, tick box, written line
VALUE_SIZE, SMALL = 9.5, 7  # points
MAX_TICK_BOXES = 24  # with more choices, no tick boxes are printed

COMB_GROUPS = {"nik": (4, 4, 4, 4), "kk": (4, 4, 4, 4), "date": (2, 2, 4), "time": (2, 2)}
COMB_CAPTIONS = {"date": ("tanggal", "bulan", "tahun"), "time": ("pukul", "menit")}


def form_control(pdf, field, value, width):
    """Return (height, first, draw) of the control of `field`, with `value` filled in."""
    kind = field["type"]
    if kind in COMB_GROUPS:
        written = comb_characters(kind, value)
        if len(written) <= sum(COMB_GROUPS[kind]):
            return comb_boxes(pdf, COMB_GROUPS[kind], written, COMB_CAPTIONS.get(kind, ()))
    digits = len(printed_text(field.get("max"))) if kind == "number" else 0
    if 0 < digits < 7 and len(printed_text(value)) <= digits:
        return comb_boxes(pdf, (digits,), printed_text(value).rjust(digits))
    choices = choices_of(field)
    if 0 < len(choices) <= MAX_TICK_BOXES:
        return tick_boxes(pdf, choices, value, width)
    rows = {"long": 3, "text": 2 if (field.get("max") or 0) > 120 else 1}.get(kind, 1)
    return writing_box(pdf, display_value(field, value), width, rows)


def choices_of(field):
    """Return the choices of `field` as (code, text)."""
    if field["type"] == "yesno":
        return [("ya", "Ya"), ("tidak", "Tidak")]
    if field["type"] != "choice":
        return []  # the options of a number are the reasons why somebody has none
    return [(printed_text(code), printed_text(text)) for code, text in field.get("options") or ()]


def display_value(field, value):
    """Return the display value of an answer: the text of a choice, a date as DD-MM-YYYY."""
    if field["type"] in ("choice", "yesno"):
        return dict(choices_of(field)).get(printed_text(value), printed_text(value))
    if field["type"] == "date" and value:
        return _day(value)
    return printed_text(value)


def comb_characters(kind, value):
    """Return the characters of `value` for comb boxes, without separators."""
    text = printed_text(value)
    if kind == "date":
        text = _day(text)
    return re.sub(r"[\s.:/-]", "", text)


def _day(value):
    try:
        return date.fromisoformat(printed_text(value)).strftime("%d-%m-%Y")
    except ValueError:
        return printed_text(value)


def comb_boxes(pdf, groups, written, captions=()):
    """Return comb boxes, one a character, in groups with a caption below each."""

    def draw(x, y):
        cells = []
        for index, group in enumerate(groups):
            for _ in range(group):
                pdf.box(x, y, COMB_CELL, COMB_CELL, color=FIELD_COLOR)
                cells.append(x)
                x += COMB_CELL
            if captions:
                pdf.set_style(6, color=SOFT)
                pdf.draw_lines([captions[index]], x - group * COMB_CELL, y + COMB_CELL + 0.2, group * COMB_CELL, "C")
            x += COMB_GAP
        if written.strip():
            pdf.set_style(VALUE_SIZE)
            with pdf.marked_content(actual=_spoken(groups, written, captions)):  # one number, not single digits
                for left, character in zip(cells, written, strict=False):
                    pdf.draw_lines([character.strip()], left, y + (COMB_CELL - pdf.line_height) / 2, COMB_CELL, "C")

    return COMB_CELL + (3.2 if captions else 0), COMB_CELL, draw


def _spoken(groups, written, captions):
    """Return what is copied and read aloud of comb boxes: a number as one, a date with its parts apart."""
    if not captions:
        return written.strip()
    ends = [sum(groups[: place + 1]) for place in range(len(groups))]
    return "-".join(written[end - group : end] for group, end in zip(groups, ends, strict=True))


def tick_boxes(pdf, choices, value, width):
    """Return tick boxes, one a choice, in as many columns as fit most texts on one line and all on two."""
    pdf.set_style(8.5)
    step = pdf.line_height
    for most in (4, 3, 2, 1):
        columns = ceil(len(choices) / ceil(len(choices) / most))  # rows of the same length
        column = width / columns
        cells = [(code, pdf.wrap(text, column - TICK_BOX - 5)) for code, text in choices]
        if sum(len(lines) < 2 for _, lines in cells) >= 0.7 * len(cells) and all(len(lines) < 3 for _, lines in cells):
            break
    rows = [cells[start : start + columns] for start in range(0, len(cells), columns)]
    heights = [max(len(lines) for _, lines in row) * step + 1.3 for row in rows]

    def draw(x, y):
        for row, height in zip(rows, heights, strict=True):
            for place, (code, lines) in enumerate(row):
                left = x + place * column
                draw_tick_box(pdf, left, y + (step - TICK_BOX) / 2, ticked=code == printed_text(value) != "")
                pdf.set_style(8.5)
                pdf.draw_lines(lines, left + TICK_BOX + 1.6, y, column)
            y += height

    return sum(heights), step, draw


def draw_tick_box(pdf, x, y, *, ticked=False):
    """Draw one tick box, crossed if `ticked`."""
    pdf.box(x, y, TICK_BOX, TICK_BOX, color=FIELD_COLOR)
    if ticked:
        pdf.set_draw_color(*INK)
        pdf.set_line_width(0.5)
        inner = 0.7
        pdf.line(x + inner, y + inner, x + TICK_BOX - inner, y + TICK_BOX - inner)
        pdf.line(x + inner, y + TICK_BOX - inner, x + TICK_BOX - inner, y + inner)


def draw_form_code(pdf, code, y):
    """Draw the code of a form (F-1.02) into the corner at the right."""
    x = pdf.w - pdf.r_margin - 32
    pdf.box(x, y + 1, 32, 12, fill=None, color=SEA, thickness=0.4)
    pdf.set_style(14, bold=True, color=SEA)
    pdf.draw_lines([code], x, y + 7 - pdf.line_height / 2, 32, "C")


def writing_box(pdf, text, width, rows=1):
    """Return a writing box, `rows` lines high or as high as its text."""
    pdf.set_style(VALUE_SIZE)
    step = pdf.line_height
    lines = pdf.wrap(text, width - 4)
    height = max(rows * ROW_HEIGHT, len(lines) * step + 2.4)

    def draw(x, y):
        pdf.box(x, y, width, height, color=FIELD_COLOR)
        pdf.set_style(VALUE_SIZE)
        pdf.draw_lines(lines, x + 2, y + (ROW_HEIGHT - step) / 2, width - 4)

    return height, ROW_HEIGHT, draw
