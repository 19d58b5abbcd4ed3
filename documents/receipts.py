"""Handover receipt, signed by the recipient at the pickup counter (M-n)."""

import io
import json
from datetime import datetime

from documents.controls import tick
from documents.paper import INK, SOFT, Paper
from documents.tables import Column, pairs, table
from documents.wording import words

SCREEN = (600, 200)  # the box on the screen in which a signature is drawn
SIGN = (72, 24)  # mm: the same box on paper
STATEMENT = "Saya telah menerima dokumen tersebut di atas dan sudah memeriksa isinya."


def receipt(receipt: dict, *, office: dict, demo: bool, made_at: datetime | None = None) -> bytes:
    """Return the receipt as a PDF.

    `signature` is a list of strokes (or its JSON), each a list of points in a box of 600 × 200; or a PNG; or None, for
    a line to sign on paper.
    """
    title = f"Tanda terima dokumen {receipt['number']}"
    paper = Paper(office=office, title=title, demo=demo, made_at=made_at)
    paper.strict = False  # a name with a missing glyph must not block the receipt
    paper.footnote = paper.running = title
    paper.need(60)
    paper.letterhead()
    paper.say("TANDA TERIMA DOKUMEN", size=14, bold=True, align="C", gap=0.5)
    paper.say(f"Permohonan {receipt['number']}", size=10, color=SOFT, align="C", gap=5)
    proxy = words(receipt.get("proxy"))
    facts = [("Layanan", receipt["service"]), ("Diterima oleh", receipt["recipient_name"])]
    facts += [("Sebagai kuasa, dengan", proxy)] if proxy else []
    facts += [("Diserahkan di", receipt.get("place")), ("Waktu", receipt["handed_at"]), ("Petugas", receipt["officer"])]
    pairs(paper, [fact for fact in facts if words(fact[1])], size=9.5)
    paper.y += 5
    paper.heading("Dokumen yang diserahkan", keep=24)
    columns = (Column(12, "No.", "C"), Column(paper.epw - 82, "Dokumen"), Column(70, "Nomor"))
    products = enumerate(receipt["products"], 1)
    rows = [(place, words(product["name"]), product.get("number") or "–") for place, product in products]
    table(paper, columns, rows, size=9)
    paper.y += 5
    _ticked(paper, "Dokumen asli yang diperlihatkan", receipt.get("originals_seen"))
    _ticked(paper, "Dokumen lama yang ditarik", receipt.get("taken_back"))
    _signatures(paper, receipt)
    return paper.seal()


def _ticked(paper, title, names):
    paper.heading(title, keep=18)
    if not names:
        paper.say("Tidak ada.", size=9, color=SOFT)
    for name in names or ():
        paper.pen(9)
        lines = paper.lines_of(words(name), paper.epw - 7)
        paper.need(len(lines) * paper.line_height)
        tick(paper, paper.l_margin, paper.y + (paper.line_height - 3.6) / 2, ticked=True)
        paper.y += paper.draw_lines(lines, paper.l_margin + 6, paper.y, paper.epw - 7) + 1.3
    paper.y += 4


def _signatures(paper, receipt):
    half = paper.epw / 2
    paper.pen(9.5, bold=True)
    names = [len(paper.lines_of(receipt[who], half - 10)) for who in ("officer", "recipient_name")]
    paper.need(42 + max(names) * paper.line_height)
    paper.say(STATEMENT, size=9.5, gap=4)
    top = paper.y
    left, right = paper.l_margin, paper.l_margin + half
    _signer(paper, left, top, half, "Yang menyerahkan,", receipt["officer"])
    _signer(paper, right, top, half, "Yang menerima,", receipt["recipient_name"])
    if receipt.get("signature"):
        _signature(paper, receipt["signature"], right + (half - SIGN[0]) / 2, top + 5.5)


def _signer(paper, x, y, width, role, name):
    paper.pen(9.5)
    paper.draw_lines([role], x, y, width, "C")
    paper.set_draw_color(*INK)
    paper.set_line_width(0.2)
    paper.line(x + 10, y + 31, x + width - 10, y + 31)
    paper.pen(9.5, bold=True)
    paper.draw_lines(paper.lines_of(name, width - 10), x + 5, y + 32, width - 10, "C")


def _signature(paper, signature, x, y):
    if isinstance(signature, bytes):
        paper.image(io.BytesIO(signature), x=x, y=y, w=SIGN[0], h=SIGN[1], keep_aspect_ratio=True)
        return
    strokes = json.loads(signature) if isinstance(signature, str) else signature
    paper.set_draw_color(*INK)
    paper.set_line_width(0.45)
    for stroke in strokes:
        points = [_on_paper(point, x, y) for point in stroke]
        if len(points) == 1:
            paper.circle(*points[0], 0.3, style="F")
        else:
            paper.polyline(points)


def _on_paper(point, x, y):
    """Convert a point of the screen to millimetres; points outside the box are clamped to its edge."""
    across, down = (min(max(value / whole, 0), 1) for value, whole in zip(point, SCREEN, strict=True))
    return x + across * SIGN[0], y + down * SIGN[1]
