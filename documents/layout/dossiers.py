"""Dossier for data entry in SIAK: a cover sheet with the answers, followed by all attachments."""

import io
from contextlib import ExitStack
from datetime import datetime

import pikepdf
from PIL import Image

from documents.layout.form_controls import draw_tick_box
from documents.layout.line_breaks import printed_text
from documents.layout.page_geometry import quarter_turns, shown_area
from documents.layout.pdf_document import FIELD_COLOR, LINE_COLOR, SEA, SOFT, PdfDocument
from documents.layout.pdf_merge import lay_page
from documents.layout.tables import Column, draw_pairs, draw_table

TYPE_LABELS = {"image/jpeg": "foto", "image/png": "gambar", "application/pdf": "PDF"}
UNREADABLE_NOTE = (
    "Berkas ini tidak bisa dibaca, jadi tidak ikut tercetak. "
    "Buka aslinya di AKU Online, atau minta pemohon mengunggahnya lagi."
)
SIAK_OUTCOMES = ("Sudah dimasukkan ke SIAK, nomor", "Tidak valid di SIAK, yaitu", "Operator dan tanggal")


class DossierPdf(PdfDocument):
    """The pages of a dossier. Not PDF/A, since uploaded PDFs need not conform."""

    pdf_standard = None
    strict = False  # an emoji of an applicant must not block the dossier
    page_label = "Lembar {number} dari {total}"  # they are printed, and sheets fall down


def dossier(cover: dict, *, office: dict, demo: bool, files: list[dict], made_at: datetime | None = None) -> bytes:
    """Return the cover sheet and all `files` as one PDF, with a bookmark for each file.

    An unreadable file becomes a page that says so.
    """
    title = f"Berkas permohonan {cover['number']}"
    pdf = DossierPdf(office=office, title=title, demo=demo, made_at=made_at)
    pdf.footer_text, pdf.running_head = cover["number"], f"{title}  ·  {printed_text(cover['service'])}"
    with ExitStack() as opened:
        parts = [_UploadPages(place, file, opened) for place, file in enumerate(files, 1)]
        _cover(pdf, cover, parts)
        pdf.running_head = ""  # the line above each upload says more
        for part in parts:
            part.draw(pdf, cover["number"])
        return _lay_uploads(pdf.finish(), parts)


class _UploadPages:
    """One attachment: a picture, or a PDF, each page on a numbered page of ours."""

    def __init__(self, place, file, opened):
        self.place, self.title, self.kind = place, printed_text(file["title"]), TYPE_LABELS[file["media_type"]]
        self.data = file["data"]
        self.source = _open_pdf(self.data, opened) if self.kind == "PDF" else None
        self.size = _picture_size(self.data) if self.kind != "PDF" else None
        self.pages = len(self.source.pages) if self.source else 1
        self.kind = self.kind if self.source or self.size else "tidak terbaca"

    def draw(self, pdf, number):
        """Add a page for the picture, for each page of the PDF, or one that says that it can't be read."""
        self.first, self.places = len(pdf.pages), []
        for wide, high in map(_shown_size, self.source.pages) if self.source else [self.size or (1, 2)]:
            pdf.add_page(orientation="landscape" if wide > high * 1.15 else "portrait")
            pdf.y = pdf.t_margin - 7
            pdf.paragraph(f"{self.place}. {self.title}  ·  {number}", size=9, bold=True, color=SEA, gap=2, tag="H2")
            place = {"x": pdf.l_margin, "y": pdf.y, "w": pdf.epw, "h": pdf.remaining_height}
            self.places.append(pikepdf.Rectangle(*_points(pdf, **place)))
            if self.size:
                with pdf.tagged("Figure", alt=self.title), pdf.marked_content():
                    pdf.image(io.BytesIO(self.data), **place, keep_aspect_ratio=True)
            elif not self.source:
                pdf.paragraph(UNREADABLE_NOTE, size=11)


def _points(pdf, x, y, w, h):
    return x * pdf.k, (pdf.h - y - h) * pdf.k, (x + w) * pdf.k, (pdf.h - y) * pdf.k


def _shown_size(page):
    """Return width and height of a page as readers show it."""
    left, bottom, right, top = shown_area(page)
    size = right - left, top - bottom
    return size[::-1] if quarter_turns(page) % 2 else size


def _open_pdf(data, opened):
    """Return an opened clean copy of an uploaded PDF, or None if it can't be read to its last page."""
    try:
        with pikepdf.open(io.BytesIO(data)) as source, pikepdf.new() as copy:
            source.flatten_annotations("all")  # only the page's content is laid on ours
            copy.pages.extend(source.pages)
            copy.save(buffer := io.BytesIO())
            pages = len(source.pages)
        clean = opened.enter_context(pikepdf.open(buffer))
    except (pikepdf.PdfError, pikepdf.PasswordError):
        return None
    return clean if len(clean.pages) == pages > 0 else None


def _picture_size(data):
    """Return width and height, or None if the picture can't be read to its end."""
    try:
        with Image.open(io.BytesIO(data), formats=("JPEG", "PNG")) as picture:
            if picture.format == "PNG":
                picture.load()
            elif b"\xff\xd9" not in data[-4096:]:  # a truncated JPEG has no end marker; decoding would take 20 ms
                return None
            return picture.size
    except (OSError, SyntaxError, ValueError, Image.DecompressionBombError):  # Pillow's errors for damaged files
        return None


def _lay_uploads(ours, parts):
    """Lay the pages of uploaded PDFs on ours, with a bookmark for each upload."""
    with pikepdf.open(io.BytesIO(ours)) as whole:
        with whole.open_outline() as outline:
            for part in parts:
                outline.root.append(pikepdf.OutlineItem(f"{part.place}. {part.title}", part.first))
                for offset, page in enumerate(part.source.pages if part.source else ()):
                    lay_page(whole, part.first + offset, page, part.places[offset])
        whole.save(buffer := io.BytesIO(), deterministic_id=True)
    return buffer.getvalue()


# -- the cover sheet ----------------------------------------------------------------------------------------------


def _cover(pdf, cover, parts):
    pdf.ensure_space(60)
    pdf.letterhead()
    _title(pdf, cover)
    facts = (
        ("Pemohon", cover["applicant_name"]),
        ("NIK pemohon", cover["applicant_nik"]),
        ("Kontak", cover.get("contact")),
        ("Jalur", cover["track"]),
        ("Diajukan", cover["submitted_at"]),
    )
    draw_pairs(pdf, facts, label=60, size=9, pad=0.8, bold=False)
    pdf.y += 5
    for place, section in enumerate(cover["sections"]):
        pdf.heading(printed_text(section["title"]), letter=chr(ord("A") + place % 26), keep=24)
        draw_pairs(pdf, section["rows"], label=60, size=9, pad=0.8, bold=False)
        pdf.y += 4
    _attachment_table(pdf, parts)
    _siak_outcome_box(pdf)


def _title(pdf, cover):
    top, width = pdf.y, pdf.epw - 36
    pdf.qr_code(cover["number"], pdf.w - pdf.r_margin - 31, top - 3, 31)
    pdf.paragraph("Berkas permohonan untuk dimasukkan ke SIAK", size=9, color=SOFT)
    pdf.paragraph(cover["number"], size=17, bold=True, color=SEA, width=width, gap=0.5)
    pdf.paragraph(cover["service"], size=12, bold=True, width=width, gap=0.5)
    pdf.paragraph(f"Formulir {cover['form_code']}", size=9, color=SOFT, width=width)
    pdf.y = max(pdf.y, top + 28) + 3


def _attachment_table(pdf, parts):
    pdf.heading("Lampiran", keep=24)
    name = Column(pdf.epw - 60, "Dokumen")
    columns = (Column(12, "No.", "C"), name, Column(24, "Jenis", "C"), Column(24, "Halaman", "C"))
    rows = [(part.place, part.title, part.kind, part.pages) for part in parts]
    draw_table(pdf, columns, rows)
    if not rows:
        pdf.paragraph("Tidak ada lampiran.", size=9, color=SOFT)
    pdf.y += 5


def _siak_outcome_box(pdf):
    """Draw the box in which the SIAK operator notes the outcome."""
    pdf.ensure_space(34)
    x, y = pdf.l_margin, pdf.y
    pdf.box(x, y, pdf.epw, 33, fill=None, color=LINE_COLOR)
    pdf.set_style(8, bold=True, color=SEA)
    pdf.draw_lines(["Diisi operator SIAK"], x + 3, y + 2, 80)
    for place, label in enumerate(SIAK_OUTCOMES):
        bottom = y + 13 + place * 8
        if place < 2:
            draw_tick_box(pdf, x + 3, bottom - 3.6)
        pdf.set_style(8.5)
        pdf.draw_lines([label], x + 9, bottom - 4, 60)
        pdf.set_draw_color(*FIELD_COLOR)
        pdf.line(x + 68, bottom, x + pdf.epw - 4, bottom)
    pdf.y = y + 33
