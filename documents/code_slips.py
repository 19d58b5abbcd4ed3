"""Account recovery slip with a one-time code. Contains neither name nor NIK nor address."""

from datetime import datetime

from documents.paper import SEA, SOFT, TINT
from documents.slips import FREE, Sheet

STEPS = (
    "1. Buka alamat di bawah ini, atau pindai kodenya.",
    "2. Isi kode ini dan alamat e-mail Anda yang baru. Tautan kami kirim ke alamat itu.",
    "3. Ikuti tautannya, lalu buat kata sandi yang baru.",
)
TELL_NOBODY = (
    "Jangan berikan kode ini kepada siapa pun, juga tidak kepada petugas. Bila bukan Anda yang meminta, telepon kami."
)


def code_slip(slip: dict, *, office: dict, demo: bool, made_at: datetime | None = None) -> bytes:
    """Return an A5 sheet with `slip["code"]`, its expiry and the address where it is entered."""
    paper = Sheet(office=office, title="Kode pemulihan akun", demo=demo, made_at=made_at)
    paper.footnote = "Kode pemulihan akun"
    paper.need(60)
    paper.say(office["name"], size=9, bold=True, color=SEA, align="C")
    paper.say(office["regency"], size=8, color=SOFT, align="C", gap=2)
    paper.rule(color=SEA, thickness=0.7)
    paper.y += 4.5
    paper.say("Kode pemulihan akun AKU Online", size=13, bold=True, align="C", gap=4)
    x, y = paper.l_margin, paper.y
    paper.box(x, y, paper.epw, 24, fill=TINT, color=None)
    paper.pen(26, bold=True, color=SEA)
    paper.draw_lines([slip["code"]], x, y + 4, paper.epw, "C")
    paper.pen(9)
    paper.draw_lines([f"Berlaku sampai {slip['until']}, satu kali"], x, y + 16.5, paper.epw, "C")
    paper.y = y + 28
    for step in STEPS:
        paper.say(step, size=9.5, gap=1)
    paper.y += 2
    paper.qr(slip["url"], (paper.w - 42) / 2, paper.y, 42)
    paper.y += 43
    paper.say(slip["url"].partition("://")[2], size=9.5, bold=True, align="C", gap=4)
    paper.say(TELL_NOBODY, size=9, bold=True, gap=2)
    paper.say(f"Petugas: {slip['officer']}. Identitas yang dilihat: {slip['seen']}.", size=8, color=SOFT, gap=1)
    phone = office.get("phone")
    paper.say(f"{FREE} Bertanya? Telepon {phone}." if phone else FREE, size=8, color=SOFT)
    return paper.seal()
