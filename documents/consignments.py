"""Consignment list of the documents delivered to one counter, signed by sender and recipient."""

from datetime import datetime

from documents.paper import INK, SOFT, Paper
from documents.tables import Column, pairs, table

LINE = 70  # mm: of a signature


def consignment(pile: dict, *, office: dict, demo: bool, made_at: datetime | None = None) -> bytes:
    """Return the list as a PDF; `pile` has place, date and rows of (number, for whom, documents)."""
    title = f"Daftar serah terima {pile['place']}"
    paper = Paper(office=office, title=title, demo=demo, made_at=made_at)
    paper.strict = False  # a name with a missing glyph must not block the delivery
    paper.footnote = paper.running = title
    paper.need(60)
    paper.letterhead()
    paper.say("DAFTAR SERAH TERIMA DOKUMEN", size=14, bold=True, align="C", gap=5)
    pairs(paper, [("Untuk", pile["place"]), ("Tanggal", pile["date"]), ("Jumlah", f"{len(pile['rows'])} permohonan")])
    paper.y += 5
    columns = (
        Column(10, "No.", "C"), Column(44, "Permohonan"), Column(50, "Atas nama"),
        Column(paper.epw - 122, "Dokumen"), Column(18, "Diterima", "C"),
    )  # fmt: skip
    table(paper, columns, [(str(place), *row, "") for place, row in enumerate(pile["rows"], 1)], size=8.5, least=8)
    paper.y += 8
    paper.need(40)
    _sign(paper)
    return paper.seal()


def _sign(paper):
    top = paper.y
    for left, words in ((paper.l_margin, "Yang menyerahkan,"), (paper.l_margin + paper.epw - LINE, "Yang menerima,")):
        paper.pen(9, color=SOFT)
        paper.draw_lines([words], left, top, LINE)
        paper.pen(9, color=INK)
        paper.draw_lines(["Nama dan tanda tangan: ………………………………"], left, top + 24, LINE)
    paper.y = top + 32
