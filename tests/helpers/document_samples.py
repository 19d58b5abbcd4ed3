"""Sample documents of every kind for the tests of `documents`, and functions that read a PDF."""

import io
import itertools
import re
import subprocess
from datetime import UTC, datetime

import pikepdf
from PIL import Image

from documents import layout

MADE_AT = datetime(2026, 11, 25, 2, 42, tzinfo=UTC)
NAME = "I Gusti Ngurah Agung Putu Kṛṣṇa Dvaipāyana Wiḍyāsāgara Ma’ruf Kusuma Atmaja"
NIK = "5108990101909001"
OCCUPATION = "Pegawai Negeri Sipil (PNS)"
OFFICE = {
    "name": "Dinas Kependudukan dan Pencatatan Sipil", "regency": "Kabupaten Buleleng", "address": "Jalan Contoh 1",
    "phone": "(0362) 25887", "email": "kantor@aku.example", "place": "Singaraja", "tz": "WITA",
}  # fmt: skip
RENDER_OPTIONS = {"office": OFFICE, "demo": False, "made_at": MADE_AT}


def make_field(key, kind, label, **more):
    return {"key": key, "type": kind, "label": {"id": label}, "required": True, **more}


def make_requirement(key, name, **more):
    return {"key": key, "name": {"id": name}, "required": "always", "one_of": "", **more}


EDITION = {
    "code": "AK-LAHIR", "name": {"id": "Akta kelahiran", "en": "Birth deed"}, "form_code": "F-2.01", "sla_days": 2,
    "report_within_days": 60, "legal": ["Perpres 96/2018"],
    "requirements": [
        make_requirement("surat", "Surat keterangan kelahiran", one_of="bukti", help={"id": "Dari bidan."}),
        make_requirement("sptjm", "SPTJM kebenaran data kelahiran", one_of="bukti"),
        make_requirement("kk", "Kartu keluarga"),
        make_requirement("foto", "Pas foto", required="optional"),
        make_requirement("polisi", "Berita acara kepolisian", required="when", when={"field": "tempat", "is": ["5"]}),
    ],
    "sections": [{"key": "anak", "title": {"id": "Data anak"}, "fields": [
        make_field("nama", "name", "Nama lengkap anak"),
        make_field("nik", "nik", "NIK pelapor"),
        make_field("lahir", "date", "Tanggal lahir"),
        make_field("tempat", "choice", "Tempat dilahirkan", options=[["1", "Rumah sakit"], ["5", {"id": "Lainnya"}]]),
        make_field("lain", "text", "Sebutkan tempatnya", when={"field": "tempat", "is": ["5"]}),
        make_field("berat", "number", "Berat bayi (gram)", max=9999),
        make_field("catatan", "long", "Catatan", required=False),
        make_field("saudara", "group", "Saudara", max_items=12,
              item=[make_field("n", "name", "Nama"), make_field("i", "nik", "NIK")]),
    ]}],
}  # fmt: skip


def blocks_of(name=NAME, rows=(("Tempat lahir", "Singaraja"), ("Nama ayah", NAME)), people=0):
    """Return the blocks of a document that names somebody and lists rows and people."""
    blocks = [{"kind": "text", "text": name, "style": "name"}, {"kind": "rows", "rows": [*rows]}]
    if people:
        heads = [["Nama lengkap", "name"], ["NIK", "nik"], ["Pekerjaan", "text"]]
        blocks.append({"kind": "table", "heads": heads, "rows": [[NAME, NIK, OCCUPATION]] * people})
    closing = "Demikian surat ini dibuat untuk dipergunakan sebagaimana mestinya."
    return [*blocks, {"kind": "text", "text": closing, "en": "Issued for use as required.", "style": "plain"}]


DEED = {
    "layout": "deed", "title": "Kutipan akta kelahiran", "title_en": "Excerpt of Birth Certificate",
    "heads": ["Pencatatan Sipil", "Warga Negara Indonesia"], "signer": "registrar", "blocks": blocks_of(),
    "number": "5108-LU-25112026-0012", "place": "Singaraja", "date": "25 November 2026",
    "signer_name": "I Made Contoh, S.H.", "signer_title": "Kepala Dinas", "signer_nip": "19700101 199603 1 001",
    "signer_rank": "Pembina Utama Muda (IV/c)", "verify_url": "https://aku.example/verifikasi/3Yb7kQ2mZc8xV1tR9pLw",
}  # fmt: skip
NOTE = {**DEED, "layout": "note", "title": "Catatan pinggir"}
LETTER = {
    **DEED, "layout": "letter", "title": "Surat keterangan pindah", "signer": "office", "blocks": blocks_of(people=14),
}  # fmt: skip
SLIP = {
    "number": "AKU-261123-7QK2MD-4", "url": "https://aku.example/lacak", "track_url": "aku.example/lacak",
    "service": "Akta kelahiran", "date": "Senin, 23 November 2026",
}  # fmt: skip
PICKUP = {"number": "A-027", "place": "Loket 1", "day": "Kamis, 26 November 2026", "hours": "08.00–15.00 WITA"}
RECEIPT = {
    "number": SLIP["number"], "service": "Akta kelahiran", "products": [{"name": "Kartu keluarga", "number": NIK}],
    "originals_seen": ["KTP-el ibu"], "taken_back": [], "recipient_name": NAME, "officer": "Ni Komang Contoh",
    "handed_at": "26 November 2026, 09.15 WITA", "proxy": "F-1.07 tanggal 24 November 2026", "signature": None,
}  # fmt: skip
COVER = {
    "number": SLIP["number"], "service": "Akta kelahiran", "form_code": "F-2.01", "track": "Mandiri", "contact": "0812",
    "applicant_name": NAME, "applicant_nik": NIK, "submitted_at": "23 November 2026, 10.42 WITA",
    "sections": [{"title": "Data anak", "rows": [["Nama lengkap anak", NAME], ["Berat bayi (gram)", 3150]]}],
}  # fmt: skip
DOCUMENT_KINDS = {
    "form": lambda **k: layout.application_form(EDITION, **k),
    "filled form": lambda **k: layout.application_form(EDITION, answers={"nama": NAME, "nik": NIK}, **k),
    "deed": lambda **k: layout.issued_document(DEED, **k),
    "note": lambda **k: layout.issued_document(NOTE, **k),
    "letter": lambda **k: layout.issued_document(LETTER, **k),
    "draft": lambda **k: layout.issued_document(DEED, draft=True, **k),
    "slip": lambda **k: layout.slip(SLIP, **k),
    "pickup slip": lambda **k: layout.slip({**SLIP, "pickup": PICKUP}, **k),
    "receipt": lambda **k: layout.receipt(RECEIPT, **k),
}


def blank_form_of(*fields, answers=None):
    sections = [{"key": "s", "title": "S", "fields": fields}]
    return layout.application_form(
        {**EDITION, "requirements": [], "sections": sections}, answers=answers, **RENDER_OPTIONS
    )


def dossier(*files, **more):
    media = {"pdf": "application/pdf", "jpeg": "image/jpeg", "png": "image/png"}
    named = [{"title": title, "media_type": media[kind], "data": data} for title, kind, data in files]
    return layout.dossier({**COVER, **more}, files=named, **RENDER_OPTIONS)


def poppler(pdf, *command):
    return subprocess.run(command, input=pdf, capture_output=True, check=True).stdout


def pdf_text(pdf, *options):
    return poppler(pdf, "pdftotext", *options, "-", "-").decode()


def pdf_words(pdf):
    return " ".join(pdf_text(pdf).split())


def pdf_pages(pdf):
    return pdf_text(pdf).split("\f")[:-1]


def word_boxes(pdf):
    """Yield (page, word, left, top, right, bottom, width, height of the page) of each word."""
    for number, page in enumerate(pdf_text(pdf, "-bbox").split("<page ")[1:]):
        sheet = [float(n) for n in re.match(r'width="(.*?)" height="(.*?)"', page).groups()]
        for box in re.finditer(r'<word xMin="(.*?)" yMin="(.*?)" xMax="(.*?)" yMax="(.*?)">(.*?)<', page):
            yield number, box[5], *(float(box[n]) for n in range(1, 5)), *sheet


def misplaced_words(pdf):
    """Return the words that lie off the page, and the pairs that lie on each other."""
    placed = [box for box in word_boxes(pdf) if box[5] - box[3] < 50]  # the mark across lies under all
    found = [
        word
        for _, word, left, top, right, bottom, width, height in placed
        if not (20 < left < right < width - 20 and 0 < top < bottom < height - 10)
    ]
    for (page, one, l1, t1, r1, b1, *_), (other, two, l2, t2, r2, b2, *_) in itertools.combinations(placed, 2):
        apart = r1 <= l2 + 0.5 or r2 <= l1 + 0.5 or b1 <= t2 + 4 or b2 <= t1 + 4  # the boxes hold the line's air too
        found += [(one, two)] if page == other and not apart else []
    return found


def drawing_operands(pdf, operator):
    """Return the operands of each `operator` in the content streams of all pages."""
    with pikepdf.open(io.BytesIO(pdf)) as opened:
        steps = [step for page in opened.pages for step in pikepdf.parse_content_stream(page)]
        return [[float(n) for n in step.operands] for step in steps if str(step.operator) == operator]


def count_squares(pdf, size):
    """Count the squares of `size` mm that are drawn."""
    points = size * 72 / 25.4
    return sum(abs(w - points) < 0.02 and abs(abs(h) - points) < 0.02 for _, _, w, h in drawing_operands(pdf, "re"))


def picture_bytes(kind="JPEG", size=(300, 200)):
    Image.new("RGB", size, (200, 80, 40)).save(buffer := io.BytesIO(), kind)
    return buffer.getvalue()
