"""Applicant's slip: application number, tracking, and the pickup appointment. Contains no personal data."""

from datetime import datetime

from documents.layout.line_breaks import printed_text
from documents.layout.pdf_document import SEA, SOFT, TINT, PdfDocument

FREE_NOTE = "Layanan ini gratis. Jangan memberi uang kepada siapa pun."
OPTIONAL_NOTE = "Tidak wajib diambil: PDF yang sudah terbit adalah dokumen resmi."
PROXY_NOTE = "Diwakilkan? Wakil membawa juga surat kuasa F-1.07 dan KTP-el-nya."
TRACKING_NOTE = "lalu isi nomor permohonan dan 4 angka terakhir NIK pemohon."
LINK_NOTE = "Untuk akun Anda: isi NIK pemohon dan kode ini di {address}"
KEEP_NOTE = "Kode sekali pakai, berlaku 90 hari. Jangan berikan kepada orang lain."
QR_SIZES = (54, 42)  # mm: on a registration slip and on a pickup slip
TEXT_BELOW, CODE_BELOW = 20, 23  # mm: the text below it, and the code for an account


class SlipPdf(PdfDocument):
    """A5 pages."""

    page_format, side_margin, top_margin = (148, 210), 14, 12


def slip(slip: dict, *, office: dict, demo: bool, made_at: datetime | None = None) -> bytes:
    """Return the registration slip or, where `slip["pickup"]` is given, the pickup slip, as one A5 sheet."""
    pickup = slip.get("pickup")
    title = "Slip pengambilan" if pickup else "Bukti permohonan"
    pdf = SlipPdf(office=office, title=f"{title} {slip['number']}", demo=demo, made_at=made_at)
    pdf.footer_text = printed_text(slip["number"])
    pdf.ensure_space(60)
    _head(pdf, title, slip)
    if pickup:
        _pickup(pdf, pickup)
    _tracking(pdf, slip)
    return pdf.finish()


def _head(pdf, title, slip):
    office = pdf.office
    pdf.paragraph(office["name"], size=9, bold=True, color=SEA, align="C")
    pdf.paragraph(office["regency"], size=8, color=SOFT, align="C", gap=2)
    pdf.rule(color=SEA, thickness=0.7)
    pdf.y += 4.5
    pdf.paragraph(title, size=9, color=SOFT, align="C", gap=0.3)
    names = "; ".join(map(printed_text, slip.get("products", ())))
    pdf.paragraph(slip["service"], size=13, bold=True, align="C", gap=1 if names else 4)
    pdf.paragraph(f"Yang diterima: {names}" if names else "", size=9, align="C", gap=4)


def _pickup(pdf, pickup):
    """Draw number, place, day and hours of the pickup in a tinted box that is as high as they need."""
    width, lines = pdf.epw - 10, []
    when = ", ".join(filter(None, (printed_text(pickup["day"]), printed_text(pickup.get("hours")))))
    bring = "; ".join(map(printed_text, pickup.get("bring", ())))
    notes = [f"Bawa slip ini dan dokumen asli: {bring}." if bring else "Bawa slip ini.", PROXY_NOTE]
    notes += [OPTIONAL_NOTE] if pickup.get("optional") else []
    facts = ((pickup["place"], 10, True), (when, 10, False), *((note, 8, False) for note in notes))
    for text, size, bold in facts:
        pdf.set_style(size, bold=bold)
        broken = pdf.wrap(text, width)
        lines.append((broken, size, bold, len(broken) * pdf.line_height + 1.4))
    height = 27 + sum(line[-1] for line in lines)
    x, y = pdf.l_margin, pdf.y
    pdf.box(x, y, pdf.epw, height, fill=TINT, color=None)
    pdf.set_style(8, color=SOFT)
    pdf.draw_lines(["Nomor pengambilan"], x, y + 3, pdf.epw, "C")
    pdf.set_style(34, bold=True, color=SEA)
    pdf.draw_lines([printed_text(pickup["number"])], x, y + 6.5, pdf.epw, "C")
    down = y + 24.5
    for broken, size, bold, high in lines:
        pdf.set_style(size, bold=bold)
        pdf.draw_lines(broken, x + 5, down, width, "C")
        down += high
    pdf.y = y + height + 5


def _tracking(pdf, slip):
    pdf.paragraph("Nomor permohonan", size=8, color=SOFT, align="C", gap=0.2)
    pdf.set_style(14, bold=True)
    pdf.fit_font_size(slip["number"], pdf.epw, 14, bold=True)
    pdf.y += pdf.draw_lines([printed_text(slip["number"])], pdf.l_margin, pdf.y, pdf.epw, "C")
    pdf.paragraph(f"Diajukan {printed_text(slip['date'])}", size=9, align="C")
    due = printed_text(slip.get("due"))
    pdf.paragraph(f"Selesai paling lambat {due}" if due else "", size=9, align="C")
    below = TEXT_BELOW + CODE_BELOW * bool(slip.get("code"))
    size = min(QR_SIZES[bool(slip.get("pickup"))], max(pdf.remaining_height - below, 27))
    pdf.ensure_space(size + below)
    pdf.qr_code(slip["url"], (pdf.w - size) / 2, pdf.y + 1, size)
    pdf.y += size + 1
    address = _short(slip["track_url"])
    follow = f"Ikuti permohonan Anda: pindai kode ini, atau buka {address} {TRACKING_NOTE}"
    pdf.paragraph(follow, size=8.5, align="C", gap=2)
    if slip.get("code"):
        pdf.paragraph(LINK_NOTE.format(address=_short(slip["link_url"])), size=8.5, align="C", gap=0.5)
        pdf.paragraph(printed_text(slip["code"]), size=13, bold=True, align="C", gap=0.3)
        pdf.paragraph(KEEP_NOTE, size=8, color=SOFT, align="C", gap=2)
    phone = pdf.office.get("phone")
    pdf.paragraph(FREE_NOTE, size=8, color=SOFT, align="C")
    pdf.paragraph(f"Bertanya? Telepon {phone}." if phone else "", size=8, color=SOFT, align="C")


def _short(url):
    return printed_text(url).partition("://")[2] or printed_text(url)
