"""Last part of an application form: list of attachments, declaration, signature."""

from documents.controls import TICK, tick
from documents.paper import INK, LINE, SEA, SOFT

TAG = 42  # mm: the column that says whether it must be
ORIGINALS = "Yang difoto atau dipindai harus dokumen asli, bukan fotokopi. Seluruh tulisan harus terbaca."
ONE_IS_ENOUGH = "Salah satu dari yang berikut:"
TRUTH = (
    "Saya mengisi formulir ini dengan sebenarnya dan melampirkan dokumen yang sah. Apabila di kemudian hari ternyata "
    "tidak benar, saya bersedia dikenai sanksi sesuai peraturan perundang-undangan yang berlaku."
)
OFFICER = ("Nomor permohonan", "Diterima tanggal", "Nama dan paraf")


def attachments(paper, needed, condition):
    """Draw the list of required attachments; `condition` describes a requirement's `when`."""
    if not needed:
        return
    paper.heading("Yang dilampirkan", keep=30)
    paper.say(ORIGINALS, size=8, color=SOFT, gap=2)
    choice = ""
    for need in needed:
        if need.get("one_of") and need["one_of"] != choice:
            paper.need(18)
            paper.say(ONE_IS_ENOUGH, size=9, bold=True, gap=1)
        choice = need.get("one_of") or ""
        tags = {"optional": "bila ada", "when": condition(need.get("when")) or "bila diperlukan"}
        tag = "pilihan" if choice else tags.get(need.get("required"), "wajib")
        _attachment(paper, need, tag, indent=5 if choice else 0)
    paper.y += 2.5


def _attachment(paper, need, tag, indent):
    left, width = paper.l_margin + indent + 7, paper.epw - indent - 7 - TAG - 4
    paper.pen(7.5)
    small, tags = paper.lines_of(need.get("help"), width), paper.lines_of(tag, TAG)
    paper.pen(9)
    name = paper.lines_of(need["name"], width)
    paper.need(len(name) * 4.5 + max(len(small), len(tags)) * 3.8)
    y = paper.y
    tick(paper, left - 6.5, y + (paper.line_height - TICK) / 2)
    down = paper.draw_lines(name, left, y, width)
    paper.pen(7.5, color=SOFT)
    down += paper.draw_lines(small, left, y + down, width)
    side = paper.draw_lines(tags, paper.w - paper.r_margin - TAG, y + 0.4, TAG, "R")
    paper.y = y + max(down, side) + 1.6


def declaration(paper):
    """Draw the declaration of truth, a corner for the officer, and the place to sign."""
    paper.heading("Pernyataan", keep=60)
    paper.say(TRUTH, size=9, gap=4)
    y, half = paper.y, paper.epw / 2
    _officer(paper, paper.l_margin, y, half - 14)
    x = paper.l_margin + half
    paper.pen(9)
    paper.draw_lines([f"{'.' * 37}, {'.' * 34}", "Pemohon,"], x, y, half, "C")
    paper.y = y + 32
    paper.rule(color=INK, x=x + 12, width=half - 24)
    paper.pen(7.5, color=SOFT)
    paper.draw_lines(["tanda tangan dan nama lengkap"], x, y + 32.5, half, "C")
    paper.y = y + 37


def _officer(paper, x, y, width):
    paper.box(x, y, width, 35, fill=None, color=LINE)
    paper.pen(8, bold=True, color=SEA)
    paper.draw_lines(["Diisi petugas"], x + 3, y + 2, width)
    for place, label in enumerate(OFFICER):
        paper.y = y + 14.5 + place * 8.5
        paper.pen(8, color=SOFT)
        paper.draw_lines([label], x + 3, paper.y - 4.2, 32)
        paper.rule(x=x + 35, width=width - 38)
