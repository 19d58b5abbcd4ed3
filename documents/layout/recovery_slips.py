"""Account recovery slip with a one-time code. Contains neither name nor NIK nor address."""

from datetime import datetime

from documents.layout.pdf_document import SEA, SOFT, TINT
from documents.layout.slips import FREE_NOTE, SlipPdf

STEPS = (
    "1. Buka alamat di bawah ini, atau pindai kodenya.",
    "2. Isi kode ini, 4 angka terakhir NIK Anda, dan alamat e-mail yang baru. Tautan kami kirim ke alamat itu.",
    "3. Ikuti tautannya, lalu buat kata sandi yang baru.",
)
SECRECY_WARNING = (
    "Jangan berikan kode ini kepada siapa pun, juga tidak kepada petugas. Bila bukan Anda yang meminta, telepon kami."
)


def recovery_slip(slip: dict, *, office: dict, demo: bool, made_at: datetime | None = None) -> bytes:
    """Return an A5 sheet with `slip["code"]`, its expiry and the address where it is entered."""
    pdf = SlipPdf(office=office, title="Kode pemulihan akun", demo=demo, made_at=made_at)
    pdf.footer_text = "Kode pemulihan akun"
    pdf.ensure_space(60)
    pdf.paragraph(office["name"], size=9, bold=True, color=SEA, align="C")
    pdf.paragraph(office["regency"], size=8, color=SOFT, align="C", gap=2)
    pdf.rule(color=SEA, thickness=0.7)
    pdf.y += 4.5
    pdf.paragraph("Kode pemulihan akun AKU Online", size=13, bold=True, align="C", gap=4)
    x, y = pdf.l_margin, pdf.y
    pdf.box(x, y, pdf.epw, 24, fill=TINT, color=None)
    pdf.set_style(26, bold=True, color=SEA)
    pdf.draw_lines([slip["code"]], x, y + 4, pdf.epw, "C")
    pdf.set_style(9)
    pdf.draw_lines([f"Berlaku sampai {slip['until']}, satu kali"], x, y + 16.5, pdf.epw, "C")
    pdf.y = y + 28
    for step in STEPS:
        pdf.paragraph(step, size=9.5, gap=1)
    pdf.y += 2
    pdf.qr_code(slip["url"], (pdf.w - 42) / 2, pdf.y, 42)
    pdf.y += 43
    pdf.paragraph(slip["url"].partition("://")[2], size=9.5, bold=True, align="C", gap=4)
    pdf.paragraph(SECRECY_WARNING, size=9, bold=True, gap=2)
    pdf.paragraph(f"Petugas: {slip['officer']}. Identitas yang dilihat: {slip['seen']}.", size=8, color=SOFT, gap=1)
    phone = office.get("phone")
    pdf.paragraph(f"{FREE_NOTE} Bertanya? Telepon {phone}." if phone else FREE_NOTE, size=8, color=SOFT)
    return pdf.finish()
