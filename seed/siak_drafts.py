"""Made-up drafts as SIAK would print them, for the demonstration: complete family cards, data sheets, older deeds.

Whoever isn't in the application is invented, and so is what SIAK knows beyond the answers; every page is marked CONTOH.
"""

from collections.abc import Iterator
from datetime import date
from types import SimpleNamespace

from flask import current_app
from flask_babel import force_locale

import office
from casework import document_numbers, draft_uploads
from catalogue import fields, missing_number
from catalogue.definition_parts import source_of
from documents import draft_comparison
from documents.layout.line_breaks import printed_text
from documents.layout.pdf_document import INK, SEA, SOFT, PdfDocument
from documents.layout.tables import Column, draw_pairs, draw_table
from intake import drafts, submission
from lib.database import local
from lib.i18n import DEFAULT_LANGUAGE
from models import Permohonan

FIRST_TABLE = (  # key, heading, share of the width: as on the national family card
    ("name", "Nama lengkap", 7), ("nik", "NIK", 4.6), ("sex", "Jenis kelamin", 2.7),
    ("birth_place", "Tempat lahir", 3.2), ("birth_date", "Tanggal lahir", 2.7), ("religion", "Agama", 2.2),
    ("education", "Pendidikan", 4), ("occupation", "Jenis pekerjaan", 4), ("blood_type", "Gol. darah", 1.7),
)  # fmt: skip
SECOND_TABLE = (
    ("marital_status", "Status perkawinan", 3.4), ("married_on", "Tanggal perkawinan", 2.8),
    ("relation", "Hubungan dalam keluarga", 3.2), ("citizenship", "Kewarganegaraan", 3),
    ("passport", "No. paspor", 2.6), ("permit", "No. KITAP", 2.6),
    ("father", "Nama ayah", 5), ("mother", "Nama ibu", 5),
)  # fmt: skip
NUMBER_WIDTH = 8  # mm: of the row number
INVENTED = {
    "sex": "Laki-laki", "birth_place": "Singaraja", "religion": "Hindu", "education": "SLTA/Sederajat",
    "occupation": "Wiraswasta", "blood_type": "Tidak tahu", "marital_status": "Kawin tercatat",
    "married_on": "10-10-2010", "relation": "Kepala keluarga", "citizenship": "WNI", "passport": "–", "permit": "–",
    "father": "I Wayan Contoh", "mother": "Ni Made Contoh",
}  # fmt: skip
CHILD = {
    "marital_status": "Belum kawin", "married_on": "–", "relation": "Anak", "education": "Tidak/Belum sekolah",
    "occupation": "Belum/Tidak bekerja",
}  # fmt: skip
FEMALE_NAMES = ("Ni ", "Luh ", "Ida Ayu", "Anak Agung Ayu", "Desak ", "Dewa Ayu", "Gusti Ayu", "I Gusti Ayu")


class SiakDraftPdf(PdfDocument):
    """Pages of the national system; not PDF/A, as its own aren't."""

    pdf_standard = None
    strict = False


class FamilyCardPdf(SiakDraftPdf):
    """Landscape pages."""

    orientation, side_margin, top_margin = "landscape", 12, 11


def upload_drafts(permohonan: Permohonan) -> dict[str, dict]:
    """Upload made-up drafts of the products that need one; return the documents' numbers by product."""
    numbers = {}
    for product in permohonan.products:
        numbers[product["key"]] = {"number": draft_number(permohonan, product)}
        if product["kind"] == "pdf" and source_of(product) == "siak":
            data = siak_draft(permohonan, product, numbers[product["key"]]["number"])
            draft_uploads.store_draft(permohonan, product["key"], data)
    return numbers


def draft_number(permohonan: Permohonan, product: dict) -> str:
    """Return the number that a made-up draft bears: of the answered family card, or an invented one."""
    if product["kind"] != "pdf":
        return ""
    by_key = {one["key"]: one for one in permohonan.products}
    product = by_key.get(product.get("number_of"), product)
    place = permohonan.products.index(product) + 1
    revision = submission.last_revision(permohonan)
    answers: dict = revision.answers if revision else {}
    answered = answers.get(product.get("number_from") or "no_kk")
    if _is_family_card(product):
        known = answered if answered and not missing_number.is_missing(answered) and place == 1 else ""
        return known or f"510899{local():%d%m%y}{(permohonan.id * 7 + place) % 10_000:04d}"
    shapes = document_numbers.examples(document_numbers.kind_of(product), (permohonan.id * 7 + place) % 10_000)
    return shapes[0] if shapes else f"470/{permohonan.id * 7 + place}/{local():%Y}"


@force_locale(DEFAULT_LANGUAGE)
def siak_draft(permohonan: Permohonan, product: dict, number: str) -> bytes:
    """Return a made-up draft of one product as a PDF, with every value that it has to show."""
    revision = submission.last_revision(permohonan)
    answers: dict = revision.answers if revision else {}
    title = product["name"]["id"]
    kind = FamilyCardPdf if _is_family_card(product) else SiakDraftPdf
    pdf = kind(office=office.contact_details(), title=f"{title} {number}", demo=current_app.config["DEMO"])
    pdf.footer_text = pdf.running_head = f"SIAK (CONTOH)  ·  {title}  ·  {number}"
    pdf.ensure_space(100)
    rows = _rows(permohonan, product, answers)
    if kind is FamilyCardPdf:
        _draw_family_card(pdf, number, rows, _members(permohonan, product, answers))
    else:
        _draw_sheet(pdf, title, number, rows, [*_expected(permohonan, product, answers)])
    return pdf.finish()


def _is_family_card(product: dict) -> bool:
    return product["key"].startswith("kk")


def _printed_fields(permohonan: Permohonan, product: dict, answers: dict) -> Iterator[dict]:
    """Yield the answered fields that a product has to show, with the address."""
    wanted = product.get("prints")
    for field in drafts.form_fields(permohonan):
        named = wanted is None or field["key"] in wanted
        if named and answers.get(field["key"]) and not missing_number.is_missing(answers[field["key"]]):
            yield field


def _rows(permohonan: Permohonan, product: dict, answers: dict) -> list[tuple[str, str]]:
    names = drafts.village_names()
    found = [one for one in _printed_fields(permohonan, product, answers) if one["type"] not in ("group", "yesno")]
    return [(one["label"]["id"], fields.display(one, answers[one["key"]], names)) for one in found]


def _expected(permohonan: Permohonan, product: dict, answers: dict) -> Iterator[tuple[str, str]]:
    """Yield what the comparison looks for in the rows of groups."""
    document = SimpleNamespace(number="", product=product["key"], data={"printed": product.get("prints")})
    for one in draft_comparison.expected_values(permohonan, document, answers):  # type: ignore[arg-type]
        if "-" in one.key:
            yield one.label, _day(one.value) if one.kind == draft_comparison.DATE else one.value


def _members(permohonan: Permohonan, product: dict, answers: dict) -> list[dict]:
    """Return the family: whoever the product names, its head first, with what SIAK would know of them."""
    people: dict[str, dict] = {}
    for field in _printed_fields(permohonan, product, answers):
        if field["type"] == "group":
            found = [(row.get("name"), row, "") for row in answers[field["key"]] if draft_comparison.is_remaining(row)]
        elif field["type"] == "name" and field["key"].startswith("nama"):
            found = [(answers[field["key"]], answers, field["key"].removeprefix("nama"))]
        else:
            continue
        for name, row, ending in found:
            if name:
                person = _person(name, row, ending, len(people))
                people.setdefault(missing_number.number_of(row.get(f"nik{ending}")) or name, person)
    head = answers.get(product.get("holder")) or permohonan.subject_name or permohonan.applicant_name
    first = next((key for key, person in people.items() if person["name"] == head), None)
    family = [people.pop(first) if first else _person(head, answers, "", 0), *people.values()]
    family[0] |= {"relation": "Kepala keluarga"}
    return family if len(family) > 1 else [*family, _person("Ni Luh Contoh Anggota", {}, "", 1)]


def _person(name: str, answers: dict, ending: str, place: int) -> dict:
    """Return a row of the family card: what is answered of somebody, and the rest invented."""
    born = str(answers.get(f"tanggal_lahir{ending}") or ("1985-05-05" if place < 2 else "2016-05-05"))
    child = place > 1 or born > "2009"
    female = name.startswith(FEMALE_NAMES)
    day = date.fromisoformat(born)
    nik = missing_number.number_of(answers.get(f"nik{ending}"))
    invented = INVENTED | (CHILD if child else {}) | ({"sex": "Perempuan"} if female else {})
    invented |= {"relation": "Istri" if female else "Suami"} if not child else {}
    made_up = f"510899{day.day + 40 * female:02d}{day:%m%y}{9000 + place:04d}"
    return invented | {"name": name, "nik": nik or made_up, "birth_date": _day(born)}


def _day(iso: str) -> str:
    return "-".join(reversed(iso.split("-")))


def _draw_family_card(pdf, number, rows, members):
    """Draw the card: number, household, the two tables of members, who signs."""
    pdf.paragraph("KARTU KELUARGA", size=16, bold=True, color=SEA, align="C")
    pdf.paragraph(f"No. {number}", size=11, bold=True, align="C", gap=3)
    household = _household(pdf.office, rows, members)
    half, top, column = (len(household) + 1) // 2, pdf.y, (pdf.epw - 14) / 2
    bottoms = []
    for place, part in enumerate((household[:half], household[half:])):
        pdf.y = top
        draw_pairs(pdf, part, label=48, size=7.5, pad=0.3, x=pdf.l_margin + place * (column + 14), width=column)
        bottoms.append(pdf.y)
    pdf.y = max(bottoms) + 3
    for table in (FIRST_TABLE, SECOND_TABLE):
        _draw_members(pdf, table, members)
    _draw_foot(pdf, members[0]["name"])


def _household(card, rows, members):
    """Return what stands above the tables: what is answered and no member's, and the rest of the address invented."""
    persons = {person[key] for person in members for key in ("name", "nik")}
    told = [(label, value) for label, value in rows if value not in persons]
    invented = [("Alamat", "Banjar Dinas Contoh"), ("RT/RW", "001/002"), ("Desa", "Desa Contoh, Kecamatan Contoh")]
    absent = [one for one in invented if not any(label.startswith(one[0][:4]) for label, _ in told)]
    place = [("Kabupaten", card["regency"].removeprefix("Kabupaten ")), ("Provinsi", card.get("province", ""))]
    return [("Nama kepala keluarga", members[0]["name"]), *told, *absent, ("Kode pos", "81151"), *place]


def _draw_members(pdf, table, members):
    scale = (pdf.epw - NUMBER_WIDTH) / sum(share for *_, share in table)
    columns = [Column(NUMBER_WIDTH, "No.", "C"), *(Column(share * scale, head) for _, head, share in table)]
    rows = [(str(number), *(member[key] for key, *_ in table)) for number, member in enumerate(members, 1)]
    draw_table(pdf, columns, rows, size=6.5, pad=0.7)
    pdf.y += 3


def _draw_foot(pdf, head):
    pdf.ensure_space(34)
    top = pdf.y
    pdf.set_style(8)
    pdf.draw_lines([f"Dikeluarkan tanggal: {local():%d-%m-%Y}"], pdf.l_margin, top, 80)
    pdf.draw_lines(["Kepala keluarga"], pdf.l_margin + 85, top, 70, "C")
    pdf.set_draw_color(*INK)
    pdf.line(pdf.l_margin + 90, top + 24, pdf.l_margin + 150, top + 24)
    pdf.draw_lines(pdf.wrap(head, 70), pdf.l_margin + 85, top + 25, 70, "C")
    pdf.y = top + 33


def _draw_sheet(pdf, title, number, rows, more):
    """Draw any other paper of SIAK: title, number, what it has to show."""
    pdf.letterhead()
    pdf.paragraph(printed_text(title).upper(), size=14, bold=True, align="C")
    pdf.paragraph(f"Nomor {number}", size=10.5, align="C", gap=5)
    draw_pairs(pdf, [*rows, *more], label=70, size=10)
    pdf.y += 4
    pdf.paragraph("Dicetak dari SIAK (CONTOH)", size=8, color=SOFT)
