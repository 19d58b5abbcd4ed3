"""Official statement (F-2.03, …) as a PDF: blank, filled in for signing, or signed on the screen. Fills in nothing."""

from datetime import datetime

from documents.layout.form_controls import COMB_GROUPS, draw_form_code, form_control
from documents.layout.pdf_document import INK, LINE_COLOR, SOFT, PdfDocument
from documents.layout.receipts import SIGNATURE_SIZE, draw_signature
from documents.layout.tables import draw_table, table_columns

LABEL_WIDTH, INDENT, ROW_GAP, WRITTEN_ROW = 54, 6, 1.6, 6.4  # mm
NUMBER_WIDTH, BLANK_TABLE_ROW = 9, 8  # mm
COLUMN_SHARES = {"nik": 2.6, "kk": 2.6, "name": 2.6, "date": 1.7}
SIGNATURE_HEIGHT, SIGNER_HEIGHT, STAMP_SIZE = 24, 43, (24, 17)  # mm: the space to sign in, with all that belongs to it
OFFICIAL = "F-"  # codes of the ministry's forms begin so; others are not printed
PLACE_AND_DATE = f"{'.' * 30}, {'.' * 40}"
INSTRUCTIONS = "Isi dengan huruf cetak dan tinta hitam, lalu tanda tangani. Foto atau pindai semua halamannya."
INSTRUCTIONS_FILLED = "Periksa isinya, lengkapi yang masih kosong dengan tulisan tangan, lalu tanda tangani."


def statement_form(
    statement: dict,
    *,
    office: dict,
    demo: bool,
    filled: bool = False,
    signed: dict | None = None,
    made_at: datetime | None = None,
) -> bytes:
    """Return a statement, as `catalogue.statements.fill` returns it, as a PDF."""
    pdf = PdfDocument(office=office, title=statement["title"], demo=demo, made_at=made_at)
    pdf.strict = False  # read by people and signed by hand: a missing glyph prints as its code point
    code = statement["code"] if statement["code"].startswith(OFFICIAL) else ""
    pdf.footer_text = pdf.running_head = " ".join(filter(None, (code, statement["title"])))
    pdf.ensure_space(60)
    pdf.letterhead()
    _draw_title(pdf, statement, code)
    if not signed:
        pdf.paragraph(INSTRUCTIONS_FILLED if filled else INSTRUCTIONS, size=8, color=SOFT, gap=2.5)
    for place, part in enumerate(statement["parts"], 1):
        below = SIGNER_HEIGHT + 8 if place == len(statement["parts"]) else 0
        _draw_part(pdf, part, filled, bool(signed), below)
    _draw_signers(pdf, statement, signed)
    return pdf.finish()


def _draw_title(pdf, statement, code):
    top, width = pdf.y, pdf.epw - (36 if code else 0)
    if code:
        draw_form_code(pdf, code, top)
    pdf.paragraph(statement["title"], size=14, bold=True, width=width, gap=0.5)
    pdf.paragraph(f"Dasar: {statement['legal']}", size=7.5, color=SOFT, width=width)
    pdf.y = max(pdf.y, top + (14 if code else 0)) + 1.5


def _draw_part(pdf, part, filled, final, below):
    """Draw the text of a part, then its rows and its table; its end stays with the `below` mm that follow it."""
    rows = [row for row in part["rows"] if row[-1] or not final]
    lines = part["text"].split("\n")
    for place, line in enumerate(lines, 1):
        pdf.set_style(9.5)
        end = below if place == len(lines) and not (rows or part["heads"]) else 0
        pdf.ensure_space(
            len(pdf.wrap(line, pdf.epw)) * pdf.line_height + end if end else 14 * bool(rows or part["heads"])
        )
        pdf.paragraph(line, size=9.5, gap=1.4)
    for place, row in enumerate(rows, 1):
        _draw_row(pdf, row, below=0 if part["heads"] or place < len(rows) else below)
    if part["heads"]:
        _draw_table(pdf, part, below)
    pdf.y += 1.4


def _draw_row(pdf, row, below):
    """Draw a label with its value, or with the place to write it: comb boxes or a line."""
    label, kind, value = row
    x, width = pdf.l_margin + INDENT, pdf.epw - INDENT - LABEL_WIDTH - 4
    pdf.set_style(9.5)
    lines, labels = pdf.wrap(value, width), pdf.wrap(label, LABEL_WIDTH - 2)
    step = pdf.line_height
    height = max(max(len(lines), len(labels)) * step, 0 if value else WRITTEN_ROW)
    pdf.ensure_space(height + below)
    y = pdf.y
    pdf.set_style(9.5, color=SOFT)
    pdf.draw_lines(labels, x, y, LABEL_WIDTH)
    pdf.draw_lines([":"], x + LABEL_WIDTH, y, 3)
    left = x + LABEL_WIDTH + 4
    if value:
        pdf.set_style(9.5, bold=True)
        pdf.draw_lines(lines, left, y, width)
    elif kind in COMB_GROUPS:
        height, _first, draw = form_control(pdf, {"type": kind}, "", width)
        draw(left, y)
    else:
        _dotted_line(pdf, left, y + step, width)
    pdf.y = y + height + ROW_GAP


def _dotted_line(pdf, x, y, width):
    pdf.set_draw_color(*SOFT)
    pdf.set_line_width(0.25)
    with pdf.local_context():
        pdf.set_dash_pattern(dash=0.3, gap=0.9)
        pdf.line(x, y, x + width, y)


def _draw_table(pdf, part, below):
    shares = [COLUMN_SHARES.get(kind, 2.2) for _label, kind in part["heads"]]
    columns = table_columns(pdf, shares, [label for label, _kind in part["heads"]], NUMBER_WIDTH)
    rows = [(str(number), *row) for number, row in enumerate(part["table"], 1)]
    blank = not any(any(row) for row in part["table"])
    draw_table(pdf, columns, rows, size=8.5, least=BLANK_TABLE_ROW if blank else 6, below=below + 1.5)
    pdf.y += 1.5


def _draw_signers(pdf, statement, signed):
    """Draw the places to sign, with the date above, all on one page."""
    rows = _rows_of_signers(pdf, statement["signers"])
    pdf.ensure_space(8 + SIGNER_HEIGHT * len(rows))
    for first, row in enumerate(rows):
        if not (first or signed):
            pdf.set_style(9.5)
            pdf.y += 2
            pdf.draw_lines([PLACE_AND_DATE], pdf.l_margin, pdf.y, pdf.epw, "R")
            pdf.y += pdf.line_height + 1
        y, across = pdf.y, max(len(row), 2)
        for place, signer in enumerate(row, across - len(row)):  # a single one stands at the right
            stamp = statement["stamp_duty"] if signer is statement["signers"][-1] else 0
            _draw_signer(pdf, signer, pdf.l_margin + place * pdf.epw / across, y, pdf.epw / across, stamp, signed)
        pdf.y = y + SIGNER_HEIGHT


def _rows_of_signers(pdf, signers):
    """Return the signers in rows: all beside each other, witnesses at the left, or these below where that is tight."""
    witnesses = [one for one in signers if one["who"] == "witness"]
    others = [one for one in signers if one["who"] != "witness"]
    fits = pdf.remaining_height > 2 * SIGNER_HEIGHT + 8
    if len(signers) < 4 or not fits:
        return [[*witnesses, *others]]
    across = 2 if len(others) in (2, 4) else 3
    rows = [others[start : start + across] for start in range(0, len(others), across)]
    return [row for row in (*rows, witnesses) if row]


def _draw_signer(pdf, signer, x, y, width, stamp_duty, signed):
    pdf.set_style(9.5)
    pdf.draw_lines([signer["title"]], x, y, width, "C")
    top = y + pdf.line_height + 0.5
    if stamp_duty:
        _draw_stamp(pdf, stamp_duty, x + width / 2 - STAMP_SIZE[0] - 6, top + 2)
    if signed:
        draw_signature(pdf, signed["strokes"], x + (width - SIGNATURE_SIZE[0]) / 2, top)
    below = top + SIGNATURE_HEIGHT
    pdf.y = below
    pdf.rule(color=INK, x=x + 5, width=width - 10)
    _draw_identity(pdf, signer, x, below + 0.6, width, signed)


def _draw_identity(pdf, signer, x, y, width, signed):
    """Draw who signs, or the lines to write it on, and when it was signed on the screen."""
    pdf.set_style(9, bold=True)
    y += pdf.draw_lines(pdf.wrap(signer["name"], width - 8), x + 4, y, width - 8, "C")
    pdf.set_style(8, color=SOFT)
    nik = f"NIK {signer['nik']}" if signer["nik"].isdigit() else signer["nik"]
    note = pdf.wrap(signed["note"], width - 8) if signed else []
    y += pdf.draw_lines([*filter(None, [nik]), *note], x + 4, y, width - 8, "C")
    blank = () if signed else (label for label, value in (("Nama:", signer["name"]), ("NIK:", nik)) if not value)
    for number, label in enumerate(blank):
        pdf.draw_lines([label], x + 5, y + 1.4 + number * 5.5, width)
        _dotted_line(pdf, x + 15, y + 4.8 + number * 5.5, width - 20)


def _draw_stamp(pdf, stamp_duty, x, y):
    """Draw the place of a duty stamp, which the signature has to touch."""
    with pdf.local_context():
        pdf.set_dash_pattern(dash=1, gap=0.8)
        pdf.box(x, y, *STAMP_SIZE, fill=None, color=LINE_COLOR)
    pdf.set_style(7, color=SOFT)
    amount = f"Rp{stamp_duty:,}".replace(",", ".")
    pdf.draw_lines(["Tempel meterai", amount], x, y + STAMP_SIZE[1] / 2 - 3.5, STAMP_SIZE[0], "C")
