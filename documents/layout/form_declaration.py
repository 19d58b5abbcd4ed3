"""Last part of an application form: list of attachments, declaration, signature."""

from documents.layout.form_controls import TICK_BOX, draw_tick_box
from documents.layout.pdf_document import INK, LINE_COLOR, SEA, SOFT
from documents.layout.receipts import SIGNATURE_SIZE, draw_signature

DECLARATION_HEIGHT = 74  # mm: of the declaration with its heading and signature
TAG_WIDTH = 42  # mm: the column that says whether it must be
ORIGINALS_NOTE = "Yang difoto atau dipindai harus dokumen asli, bukan fotokopi. Seluruh tulisan harus terbaca."
ONE_OF_NOTE = "Salah satu dari yang berikut:"
DECLARATION = (
    "Saya mengisi formulir ini dengan sebenarnya dan melampirkan dokumen yang sah. Apabila di kemudian hari ternyata "
    "tidak benar, saya bersedia dikenai sanksi sesuai peraturan perundang-undangan yang berlaku."
)
OFFICER_LABELS = ("Nomor permohonan", "Diterima tanggal", "Nama dan paraf")


def draw_attachments(pdf, needed, condition):
    """Draw the list of required attachments; `condition` describes a requirement's `when`."""
    if not needed:
        return
    pdf.heading("Yang dilampirkan", keep=30)
    pdf.paragraph(ORIGINALS_NOTE, size=8, color=SOFT, gap=2)
    choice = ""
    for place, need in enumerate(needed, 1):
        if need.get("one_of") and need["one_of"] != choice:
            pdf.ensure_space(18)
            pdf.paragraph(ONE_OF_NOTE, size=9, bold=True, gap=1)
        choice = need.get("one_of") or ""
        tags = {"optional": "bila ada", "when": condition(need.get("when")) or "bila diperlukan"}
        tag = "pilihan" if choice else tags.get(need.get("required"), "wajib")
        left = len(needed) - place  # the last two stay with the declaration, so that no page has only signatures
        _draw_attachment(pdf, need, tag, 5 if choice else 0, below=(DECLARATION_HEIGHT + 10 * left) * (left < 2))
    pdf.y += 2.5


def _draw_attachment(pdf, need, tag, indent, below):
    left, width = pdf.l_margin + indent + 7, pdf.epw - indent - 7 - TAG_WIDTH - 4
    pdf.set_style(7.5)
    small, tags = pdf.wrap(need.get("help"), width), pdf.wrap(tag, TAG_WIDTH)
    pdf.set_style(9)
    name = pdf.wrap(need["name"], width)
    pdf.ensure_space(len(name) * 4.5 + max(len(small), len(tags)) * 3.8 + below)
    y = pdf.y
    draw_tick_box(pdf, left - 6.5, y + (pdf.line_height - TICK_BOX) / 2)
    down = pdf.draw_lines(name, left, y, width)
    pdf.set_style(7.5, color=SOFT)
    down += pdf.draw_lines(small, left, y + down, width)
    side = pdf.draw_lines(tags, pdf.w - pdf.r_margin - TAG_WIDTH, y + 0.4, TAG_WIDTH, "R")
    pdf.y = y + max(down, side) + 1.6


def draw_declaration(pdf, signed=None):
    """Draw the declaration of truth, a corner for the officer, and the place to sign or what was `signed`."""
    pdf.heading("Pernyataan", keep=70 if signed else 60)
    pdf.paragraph(DECLARATION, size=9, gap=4)
    y, half = pdf.y, pdf.epw / 2
    _officer_box(pdf, pdf.l_margin, y, half - 14)
    x = pdf.l_margin + half
    pdf.set_style(9)
    place = "" if signed else f"{'.' * 37}, {'.' * 34}"
    pdf.draw_lines([place, "Pemohon,"], x, y, half, "C")
    if signed:
        draw_signature(pdf, signed["strokes"], x + (half - SIGNATURE_SIZE[0]) / 2, y + 8)
    pdf.y = y + 32
    pdf.rule(color=INK, x=x + 12, width=half - 24)
    pdf.set_style(7.5, color=SOFT)
    below = ["tanda tangan dan nama lengkap"]
    if signed:
        below = [*pdf.wrap(signed["name"], half), *pdf.wrap(signed["note"], half)]
    pdf.y = y + 37 + pdf.draw_lines(below, x, y + 32.5, half, "C") - 4 * (not signed)


def _officer_box(pdf, x, y, width):
    pdf.box(x, y, width, 35, fill=None, color=LINE_COLOR)
    pdf.set_style(8, bold=True, color=SEA)
    pdf.draw_lines(["Diisi petugas"], x + 3, y + 2, width)
    for place, label in enumerate(OFFICER_LABELS):
        pdf.y = y + 14.5 + place * 8.5
        pdf.set_style(8, color=SOFT)
        pdf.draw_lines([label], x + 3, pdf.y - 4.2, 32)
        pdf.rule(x=x + 35, width=width - 38)
