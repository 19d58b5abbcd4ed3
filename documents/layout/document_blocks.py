"""Blocks of an issued document: texts, rows of label and value, tables of people."""

from documents.layout.line_breaks import printed_text
from documents.layout.pdf_document import INK, SOFT
from documents.layout.tables import Column, draw_pairs, draw_table

ENGLISH_SIZE, ENGLISH_GAP = 7.5, 0.2
STYLES = {  # size, bold, align, colour, gap below in mm
    "plain": (10.5, False, "L", INK, 2.6),
    "lead": (9.5, False, "C", INK, 3),
    "name": (16, True, "C", INK, 3.4),
    "note": (8.5, False, "L", SOFT, 2.4),
}
LABEL_WIDTH, TABLE_SIZE, NUMBER_WIDTH = 52, 8, 8
SHARES = {"name": 2.6, "nik": 2.2, "kk": 2.2, "date": 1.8}  # of a table's width, by type; others 1.8
MAX_WITH_SIGNATURE = 90  # mm: the last text goes to the signature's page with it, unless it is longer


def draw_blocks(pdf, blocks, *, below):
    """Draw blocks in order; the last one stays with what follows it, `below` mm high, where it is a text or rows."""
    for place, block in enumerate(blocks):
        after = below if place == len(blocks) - 1 else _height_of_head(blocks[place + 1])
        DRAWERS[block["kind"]](pdf, block, after)


def _height_of_head(block):
    """Return the height that has to follow a text, so that it isn't the last thing on a page."""
    return {"rows": 14, "table": 24}.get(block["kind"], 0)


def _draw_text(pdf, block, below):
    size, bold, align, color, gap = STYLES[block["style"]]
    parts = [(printed_text(block["text"]), size, bold, color)]
    if block.get("en"):
        parts.append((block["en"], ENGLISH_SIZE, False, SOFT))
    height = gap + sum(_text_height(pdf, *part[:3]) for part in parts)
    if below and height <= MAX_WITH_SIGNATURE:
        pdf.ensure_space(min(height + below, pdf.page_height))
    for text, points, heavy, ink in parts:
        pdf.paragraph(text, size=points, bold=heavy, color=ink, align=align, gap=ENGLISH_GAP)
    pdf.y += gap


def _text_height(pdf, text, size, bold):
    pdf.set_style(size, bold=bold)
    return len(pdf.wrap(text, pdf.epw)) * pdf.line_height


def _draw_rows(pdf, block, below):
    rows = block["rows"]
    if below:
        pdf.ensure_space(min(len(rows) * 7 + below, pdf.page_height))
    draw_pairs(pdf, rows, label=LABEL_WIDTH, size=10, pad=1.1)
    pdf.y += 4


def _draw_table(pdf, block, below):
    shares = [SHARES.get(kind, 1.8) for _label, kind in block["heads"]]
    scale = (pdf.epw - NUMBER_WIDTH) / sum(shares)
    columns = [Column(share * scale, label) for (label, _kind), share in zip(block["heads"], shares, strict=True)]
    rows = [(str(number), *row) for number, row in enumerate(block["rows"], 1)]
    draw_table(pdf, [Column(NUMBER_WIDTH, "No.", "C"), *columns], rows, size=TABLE_SIZE, pad=0.9)
    pdf.y += 4


DRAWERS = {"text": _draw_text, "rows": _draw_rows, "table": _draw_table}
