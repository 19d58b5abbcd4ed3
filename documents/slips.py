"""Applicant's slip: application number, tracking, and the pickup appointment. Contains no personal data."""

from datetime import datetime

from documents.paper import SEA, SOFT, TINT, Paper
from documents.wording import words

FREE = "Layanan ini gratis. Jangan memberi uang kepada siapa pun."
BRING = "Bawa slip ini, KTP-el, dan dokumen asli yang dulu diunggah. Jika diwakilkan, bawa juga surat kuasa F-1.07."
FILL_IN = "lalu isi nomor permohonan dan 4 angka terakhir NIK pemohon."
QR, BELOW = (54, 42), 20  # mm: the code on a registration slip and on a pickup slip, the text below it


class Sheet(Paper):
    """An A5 sheet."""

    sheet, side, top = (148, 210), 14, 12


def slip(slip: dict, *, office: dict, demo: bool, made_at: datetime | None = None) -> bytes:
    """Return the registration slip or, where `slip["pickup"]` is given, the pickup slip, as one A5 sheet."""
    pickup = slip.get("pickup")
    title = "Slip pengambilan" if pickup else "Bukti permohonan"
    paper = Sheet(office=office, title=f"{title} {slip['number']}", demo=demo, made_at=made_at)
    paper.footnote = words(slip["number"])
    paper.need(60)
    _head(paper, title, slip)
    if pickup:
        _pickup(paper, pickup)
    _follow(paper, slip)
    return paper.seal()


def _head(paper, title, slip):
    office = paper.office
    paper.say(office["name"], size=9, bold=True, color=SEA, align="C")
    paper.say(office["regency"], size=8, color=SOFT, align="C", gap=2)
    paper.rule(color=SEA, thickness=0.7)
    paper.y += 4.5
    paper.say(title, size=9, color=SOFT, align="C", gap=0.3)
    paper.say(slip["service"], size=13, bold=True, align="C", gap=4)


def _pickup(paper, pickup):
    """Draw number, place, day and hours of the pickup in a tinted box that is as high as they need."""
    width, lines = paper.epw - 10, []
    when = ", ".join(filter(None, (words(pickup["day"]), words(pickup.get("hours")))))
    facts = ((pickup["place"], 10, True), (when, 10, False), (BRING, 8, False))
    for text, size, bold in facts:
        paper.pen(size, bold=bold)
        broken = paper.lines_of(text, width)
        lines.append((broken, size, bold, len(broken) * paper.line_height + 1.4))
    height = 27 + sum(line[-1] for line in lines)
    x, y = paper.l_margin, paper.y
    paper.box(x, y, paper.epw, height, fill=TINT, color=None)
    paper.pen(8, color=SOFT)
    paper.draw_lines(["Nomor pengambilan"], x, y + 3, paper.epw, "C")
    paper.pen(34, bold=True, color=SEA)
    paper.draw_lines([words(pickup["number"])], x, y + 6.5, paper.epw, "C")
    down = y + 24.5
    for broken, size, bold, high in lines:
        paper.pen(size, bold=bold)
        paper.draw_lines(broken, x + 5, down, width, "C")
        down += high
    paper.y = y + height + 5


def _follow(paper, slip):
    paper.say("Nomor permohonan", size=8, color=SOFT, align="C", gap=0.2)
    paper.pen(14, bold=True)
    paper.fit(slip["number"], paper.epw, 14, bold=True)
    paper.y += paper.draw_lines([words(slip["number"])], paper.l_margin, paper.y, paper.epw, "C")
    paper.say(f"Diajukan {words(slip['date'])}", size=9, align="C")
    due = words(slip.get("due"))
    paper.say(f"Selesai paling lambat {due}" if due else "", size=9, align="C")
    size = min(QR[bool(slip.get("pickup"))], max(paper.room - BELOW, 30))
    paper.need(size + BELOW)
    paper.qr(slip["url"], (paper.w - size) / 2, paper.y + 1, size)
    paper.y += size + 1
    address = words(slip["track_url"]).partition("://")[2] or words(slip["track_url"])
    follow = f"Ikuti permohonan Anda: pindai kode ini, atau buka {address} {FILL_IN}"
    paper.say(follow, size=8.5, align="C", gap=2)
    phone = paper.office.get("phone")
    paper.say(FREE, size=8, color=SOFT, align="C")
    paper.say(f"Bertanya? Telepon {phone}." if phone else "", size=8, color=SOFT, align="C")
