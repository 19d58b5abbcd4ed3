"""Blocks of an issued document: texts, rows of label and value, tables of people."""

from documents.layout.line_breaks import printed_text
from documents.layout.pdf_document import INK, SOFT
from documents.layout.tables import draw_table, pair_columns, table_columns, table_height

ENGLISH_SIZE, ENGLISH_GAP = 7.5, 0.2
STYLES = {  # size, bold, align, colour, gap below in mm
    "plain": (10.5, False, "L", INK, 2.6),
    "lead": (11, False, "C", INK, 3.4),
    "name": (18, True, "C", INK, 4),
    "note": (8.5, False, "L", SOFT, 2.4),
}
LABEL_WIDTH, TABLE_SIZE, NUMBER_WIDTH = 52, 8, 8
SHARES = {"name": 2.6, "nik": 2.2, "kk": 2.2, "date": 1.8}  # of a table's width, by type; others 1.8
TABLE_GAP, MAX_TOGETHER = 4, 130  # mm below a table; what a text keeps with it on its page at most
LAST_ROWS = 2  # of a table, which stay with what follows it
HEAD_HEIGHTS = {"rows": 14, "table": 30}  # mm that follow a text, so that it isn't the last thing on a page


def draw_blocks(pdf, blocks, *, below):
    """Draw blocks in order; the end of the last one stays with what follows it, `below` mm high.

    A closing text takes the last rows of a table before it along, so that it never stands alone with a signature.
    """
    blocks, room = list(blocks), below
    for place, block in reversed([*enumerate(blocks)]):
        blocks[place] = block | {"below": room}
        room = _room_with_text_before(pdf, block, room)
    for block in blocks:
        DRAWERS[block["kind"]](pdf, block)


def _room_with_text_before(pdf, block, below):
    """Return the mm that a text keeps free for the block below: a short one with what follows it, or its beginning."""
    is_short = block["kind"] == "text" or len(block["rows"]) <= LAST_ROWS
    if is_short and below <= MAX_TOGETHER:
        return _height(pdf, block) + below
    return HEAD_HEIGHTS.get(block["kind"], 0)


def _height(pdf, block):
    if block["kind"] == "text":
        return _text_block_height(pdf, block)
    columns, rows, options = _table(pdf, block)
    return table_height(pdf, columns, rows, **options) + TABLE_GAP


def _texts(pdf, block):
    """Return the texts of a block with their size, weight and colour."""
    size, bold, _align, color, _gap = STYLES[block["style"]]
    english = [(block["en"], ENGLISH_SIZE * pdf.scale, False, SOFT)] if block.get("en") else []
    return [(printed_text(block["text"]), size * pdf.scale, bold, color), *english]


def _text_block_height(pdf, block):
    return STYLES[block["style"]][-1] * pdf.scale + sum(_text_height(pdf, *text[:3]) for text in _texts(pdf, block))


def _draw_text(pdf, block):
    align, gap, height = (
        STYLES[block["style"]][2],
        STYLES[block["style"]][-1] * pdf.scale,
        _text_block_height(pdf, block),
    )
    if block["below"] and height + block["below"] <= pdf.page_height:
        pdf.ensure_space(height + block["below"])
    for text, points, heavy, ink in _texts(pdf, block):
        pdf.paragraph(text, size=points, bold=heavy, color=ink, align=align, gap=ENGLISH_GAP)
    pdf.y += gap


def _text_height(pdf, text, size, bold):
    pdf.set_style(size, bold=bold)
    return len(pdf.wrap(text, pdf.epw)) * pdf.line_height


def _table(pdf, block):
    """Return columns, rows and options of a block that is drawn as a table."""
    if block["kind"] == "rows":
        return pair_columns(pdf.epw, LABEL_WIDTH), block["rows"], {"size": 10, "pad": 1.1, "grid": False}
    shares = [SHARES.get(kind, 1.8) for _label, kind in block["heads"]]
    columns = table_columns(pdf, shares, [label for label, _kind in block["heads"]], NUMBER_WIDTH)
    rows = [(str(number), *row) for number, row in enumerate(block["rows"], 1)]
    return columns, rows, {"size": TABLE_SIZE, "pad": 0.9}


def _draw_table(pdf, block):
    columns, rows, options = _table(pdf, block)
    draw_table(pdf, columns, rows, below=block["below"] + TABLE_GAP, **options)
    pdf.y += TABLE_GAP


DRAWERS = {"text": _draw_text, "rows": _draw_table, "table": _draw_table}
