"""Documents of every product that is made here, from ordinary and from the hardest data."""

from catalogue import document_templates
from catalogue.conditions import is_met
from catalogue.document_templates import MissingContent
from catalogue.missing_number import is_missing
from documents import layout
from tests.helpers.document_samples import OFFICE, RENDER_OPTIONS
from tests.helpers.service_cases import Filler, read_cases, services

DAY = "2026-12-01"
VILLAGES = {"51.08.06.2004": "Pemaron, Buleleng"}
HARD_NAME = "I Gusti Ngurah Agung Putu Kṛṣṇa Dvaipāyana Śrī Wiḍyāsāgara Ma’ruf"  # 65 letters
HARD_TEXT = "Jalan Pulau Ḍalem No. 123/45X, Banjar Dinas Kaja Kangin Tengah"
PEOPLE = 14
WORDS = {
    "kantor": OFFICE["name"], "kabupaten": OFFICE["regency"], "provinsi": "Bali", "tempat": OFFICE["place"],
    "kepala": f"Kepala {OFFICE['name']} {OFFICE['regency']}", "nomor": "5108-LU-01122026-0001",
}  # fmt: skip
SIGNED = {
    "number": WORDS["nomor"], "place": OFFICE["place"], "date": "1 Desember 2026", "signer_name": HARD_NAME,
    "signer_title": "Kepala Dinas Kependudukan dan Pencatatan Sipil", "signer_rank": "Pembina Utama Muda (IV/c)",
    "signer_nip": "197001011996031001", "verify_url": "https://aku.example/verifikasi/3Yb7kQ2mZc8xV1tR9pLwabcdef",
    "certificate": "Dokumen ini ditandatangani secara elektronik dengan sertifikat elektronik milik kantor.",
}  # fmt: skip


def product_cases():
    """Yield (id, service, answers given) of every case in which a product is made here, and of everyday people."""
    for code, body in services().items():
        if any(one["template"] for one in body["products"]):
            yield f"{code}-everyday", code, {}
    for case in read_cases():
        if not case.get("refused") and any(one["template"] for one in services()[case["service"]]["products"]):
            yield f"{case['service']}-{case['name'].replace(' ', '-')}", case["service"], case.get("answers", {})


def made_here(code, given, hard=False):
    """Yield (product, composed data, signed PDF) of the products of a service that these answers yield."""
    body = services()[code]
    filler = Filler(body, given)
    answers = filler.fill(DAY)
    if hard:
        answers |= {one["key"]: _hard(one, answers[one["key"]]) for one in filler.fields if answers.get(one["key"])}
    for product in body["products"]:
        if product["template"] and is_met(product.get("when"), answers):
            template = document_templates.read_template(document_templates.FOLDER / f"{product['template']}.toml")
            words = WORDS | {"layanan": body["name"]["id"], "untuk": product.get("copy_for", "")}
            try:
                data = document_templates.compose(template, filler.fields, answers, VILLAGES, words)
            except MissingContent:
                if product["source"] == "own":
                    raise
                continue
            yield product, data, layout.issued_document(data | SIGNED, **RENDER_OPTIONS)


def _hard(field, value):
    if field["type"] == "group":
        row = {item["key"]: _hard(item, value[0].get(item["key"])) for item in field["item"] if value}
        return [row | ({"nik": f"5108994505310{n:03d}"} if "nik" in row else {}) for n in range(PEOPLE)]
    if not value or is_missing(value):
        return value
    return {"name": HARD_NAME, "text": HARD_TEXT}.get(field["type"], value)
