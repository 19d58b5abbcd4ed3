"""Dossier for data entry in SIAK: a cover sheet with the answers, followed by all attachments."""

import io
from contextlib import ExitStack
from datetime import datetime

import pikepdf
from PIL import Image

from documents.controls import tick
from documents.paper import FIELD, LINE, SEA, SOFT, Paper
from documents.tables import Column, pairs, table
from documents.wording import words

KINDS = {"image/jpeg": "foto", "image/png": "gambar", "application/pdf": "PDF"}
UNREADABLE = (
    "Berkas ini tidak bisa dibaca, jadi tidak ikut tercetak. "
    "Buka aslinya di AKU Online, atau minta pemohon mengunggahnya lagi."
)
OUTCOME = ("Sudah dimasukkan ke SIAK, nomor", "Tidak valid di SIAK, yaitu", "Operator dan tanggal")


class Sheet(Paper):
    """The pages of a dossier. Not PDF/A, since uploaded PDFs need not conform."""

    archive = None
    strict = False  # an emoji of an applicant must not block the dossier


def dossier(cover: dict, *, office: dict, demo: bool, files: list[dict], made_at: datetime | None = None) -> bytes:
    """Return the cover sheet and all `files` as one PDF, with a bookmark for each file.

    An unreadable file becomes a page that says so.
    """
    title = f"Berkas permohonan {cover['number']}"
    paper = Sheet(office=office, title=title, demo=demo, made_at=made_at)
    paper.footnote, paper.running = cover["number"], f"{title}  ·  {words(cover['service'])}"
    with ExitStack() as opened:
        parts = [_Part(place, file, opened) for place, file in enumerate(files, 1)]
        _cover(paper, cover, parts)
        first = len(paper.pages)
        for part in parts:
            part.draw(paper, cover["number"])
        paper.numbers, paper.total = _numbers(first, parts)
        return _bind(paper.seal(), first, parts)


class _Part:
    """One attachment: a picture on a page of its own, or a PDF, whose pages are inserted."""

    def __init__(self, place, file, opened):
        self.place, self.title, self.kind = place, words(file["title"]), KINDS[file["media_type"]]
        self.data = file["data"]
        self.source = _pdf(self.data, opened) if self.kind == "PDF" else None
        self.size = _picture_size(self.data) if self.kind != "PDF" else None
        self.pages = len(self.source.pages) if self.source else 1
        self.kind = self.kind if self.source or self.size else "tidak terbaca"

    def draw(self, paper, number):
        """Add the page of a picture or of an unreadable file; PDFs have their own."""
        if self.source:
            return
        wide, high = self.size or (1, 2)
        paper.running = ""  # the line below says more
        paper.add_page(orientation="landscape" if wide > high * 1.15 else "portrait")
        paper.y = paper.t_margin - 7
        paper.say(f"{self.place}. {self.title}  ·  {number}", size=9, bold=True, color=SEA, gap=2)
        if self.size:
            place = {"x": paper.l_margin, "y": paper.y, "w": paper.epw, "h": paper.room}
            paper.image(io.BytesIO(self.data), **place, keep_aspect_ratio=True)
        else:
            paper.say(UNREADABLE, size=11)


def _pdf(data, opened):
    """Return an opened clean copy of an uploaded PDF, or None if it can't be read to its last page."""
    try:
        with pikepdf.open(io.BytesIO(data)) as source, pikepdf.new() as copy:
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


def _numbers(first, parts):
    """Return the page numbers of our own pages within the whole, and the total."""
    numbers, last = list(range(1, first + 1)), first
    for part in parts:
        if not part.source:
            numbers.append(last + 1)
        last += part.pages
    return numbers, last


def _bind(ours, first, parts):
    """Insert the pages of uploaded PDFs and return the whole."""
    with pikepdf.open(io.BytesIO(ours)) as whole:
        place = first
        with whole.open_outline() as outline:
            for part in parts:
                for offset, page in enumerate(part.source.pages if part.source else ()):
                    whole.pages.insert(place + offset, page)
                outline.root.append(pikepdf.OutlineItem(f"{part.place}. {part.title}", place))
                place += part.pages
        whole.save(buffer := io.BytesIO(), deterministic_id=True)
    return buffer.getvalue()


# -- the cover sheet ----------------------------------------------------------------------------------------------


def _cover(paper, cover, parts):
    paper.need(60)
    paper.letterhead()
    _title(paper, cover)
    facts = (
        ("Pemohon", cover["applicant_name"]),
        ("NIK pemohon", cover["applicant_nik"]),
        ("Kontak", cover.get("contact")),
        ("Jalur", cover["track"]),
        ("Diajukan", cover["submitted_at"]),
    )
    pairs(paper, facts, label=60, size=9, pad=0.8, bold=False)
    paper.y += 5
    for place, section in enumerate(cover["sections"]):
        paper.heading(words(section["title"]), letter=chr(ord("A") + place % 26), keep=24)
        pairs(paper, section["rows"], label=60, size=9, pad=0.8, bold=False)
        paper.y += 4
    _list(paper, parts)
    _outcome(paper)


def _title(paper, cover):
    top, width = paper.y, paper.epw - 36
    paper.qr(cover["number"], paper.w - paper.r_margin - 31, top - 3, 31)
    paper.say("Berkas permohonan untuk dimasukkan ke SIAK", size=9, color=SOFT)
    paper.say(cover["number"], size=17, bold=True, color=SEA, width=width, gap=0.5)
    paper.say(cover["service"], size=12, bold=True, width=width, gap=0.5)
    paper.say(f"Formulir {cover['form_code']}", size=9, color=SOFT, width=width)
    paper.y = max(paper.y, top + 28) + 3


def _list(paper, parts):
    paper.heading("Lampiran", keep=24)
    name = Column(paper.epw - 60, "Dokumen")
    columns = (Column(12, "No.", "C"), name, Column(24, "Jenis", "C"), Column(24, "Halaman", "C"))
    rows = [(part.place, part.title, part.kind, part.pages) for part in parts]
    table(paper, columns, rows)
    if not rows:
        paper.say("Tidak ada lampiran.", size=9, color=SOFT)
    paper.y += 5


def _outcome(paper):
    """Draw the box in which the SIAK operator notes the outcome."""
    paper.need(34)
    x, y = paper.l_margin, paper.y
    paper.box(x, y, paper.epw, 33, fill=None, color=LINE)
    paper.pen(8, bold=True, color=SEA)
    paper.draw_lines(["Diisi operator SIAK"], x + 3, y + 2, 80)
    for place, label in enumerate(OUTCOME):
        bottom = y + 13 + place * 8
        if place < 2:
            tick(paper, x + 3, bottom - 3.6)
        paper.pen(8.5)
        paper.draw_lines([label], x + 9, bottom - 4, 60)
        paper.set_draw_color(*FIELD)
        paper.line(x + 68, bottom, x + paper.epw - 4, bottom)
    paper.y = y + 33
