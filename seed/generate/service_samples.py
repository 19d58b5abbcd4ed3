"""Samples of each service: answers, document data and files that its generated applications share.

Applications of a service differ only in names and numbers, so their answers are one JSON text with gaps.
"""

import hashlib
import io
from dataclasses import dataclass, field

from PIL import Image, ImageDraw

from casework import document_numbers
from catalogue import applicant_section
from documents import preparation, printouts
from files import storage
from intake import drafts
from lib import encryption
from lib.database import canonical_json, local, transaction
from models import Document, Edition, Permohonan, StoredFile, User
from seed.generate.residents import Resident

SUBJECT, APPLICANT, SUBJECT_NIK, APPLICANT_NIK, VILLAGE = "«s»", "«a»", "«sn»", "«an»", "«v»"
NUMBER = "«number»"


@dataclass
class ServiceSample:
    """The data that all generated applications of one service share."""

    edition: Edition
    columns: dict  # of the application: products, and whether they include PDFs and cards
    answers: str  # JSON with gaps
    data: dict[str, str]  # product → JSON with gaps
    attached: list[tuple[str, int]]  # requirement, id of the sample file
    numbers: dict[str, str]  # product → the pattern of its number
    issued: dict[str, int] = field(default_factory=dict)  # product → id of the sample document

    @property
    def products(self) -> list[dict]:
        """Return the products of the service for these answers."""
        return [one for one in self.edition.body["products"] if one["key"] in self.columns["product_keys"]]


def prepare_sample(edition: Edition, signer: User, picture: StoredFile) -> ServiceSample:
    """Prepare the answers, document data and sample files of a service."""
    body = edition.body
    own = [part for section in body["sections"] for part in section["fields"]]
    parts = [*applicant_section.section("self_service", {})["fields"], *own]
    answers = {part["key"]: _answer_with_gaps(part) for part in parts if part.get("required")}
    columns = drafts.product_columns(body, answers)
    shape = Permohonan(edition=edition, subject_name=SUBJECT, applicant_name=APPLICANT)
    names = {VILLAGE: VILLAGE}
    products = [one for one in body["products"] if one["key"] in columns["product_keys"]]
    data = {
        one["key"]: preparation.document_data(shape, answers, one, names, NUMBER, uploaded=True) for one in products
    }
    form = _store(printouts.application_form(edition), "upload", "application/pdf", "formulir.pdf")
    wanted = [one["key"] for one in body["requirements"] if one["required"] == "always"]
    attached = [(key, form.id if key == "formulir" else picture.id) for key in wanted]
    texts = {key: canonical_json(one) for key, one in data.items()}
    numbers = {one["key"]: document_numbers.local_pattern(one) for one in products}
    made = ServiceSample(edition, columns, canonical_json(answers), texts, attached, numbers)
    pdfs = (one for one in products if one["kind"] == "pdf")
    made.issued = {one["key"]: _sample_document(one, data[one["key"]], signer) for one in pdfs}
    return made


def fill_gaps(text: str, subject: Resident, who: Resident, village: str) -> str:
    """Fill the gaps of a text with names and NIKs."""
    for gap, value in ((SUBJECT, subject.name), (APPLICANT, who.name), (SUBJECT_NIK, subject.nik)):
        text = text.replace(gap, value)
    return text.replace(APPLICANT_NIK, who.nik).replace(VILLAGE, village)


def document_digest(data: str, number: str) -> str:
    """Return the digest of a document's data and number, as `submit_draft` stores it."""
    return hashlib.sha256(f'[{data},"{number}"]'.encode()).hexdigest()


def _answer_with_gaps(part: dict):
    """Return a valid answer to a field, with gaps for personal data."""
    kind, key = part["type"], part["key"]
    if kind == "group":
        return [{item["key"]: _answer_with_gaps(item) for item in part["item"] if item.get("required")}]
    mine = key.startswith("pemohon_")
    plain = {
        "name": APPLICANT if mine else SUBJECT,
        "nik": APPLICANT_NIK if mine else SUBJECT_NIK,
        "kk": "5108991311260001",
        "date": "2026-01-05",
        "time": "04:25",
        "yesno": "ya",
        "village": VILLAGE,
        "phone": "081200004417",
        "email": "warga@aku.example",
        "number": max(part.get("min") or 0, 1),
        "choice": "anak" if key == "pemohon_untuk" else (part.get("options") or [[""]])[0][0],
    }
    return plain.get(kind, "Singaraja")


def _sample_document(product: dict, data: dict, signer: User) -> int:
    """Store a sample of an issued document, laid out like a real one but not signed; return the id of its file."""
    document = Document(
        title=product["name"]["id"], number="CONTOH", data=data, template=product.get("template", ""),
        verification_key=encryption.random_token(),
    )  # fmt: skip
    data_of_pdf = printouts.pdf_to_sign(Permohonan(), document, signer, local().date())
    return _store(data_of_pdf, "document", "application/pdf", f"{product['key']}.pdf").id


def sample_picture() -> StoredFile:
    """Store the sample photo for all attachments."""
    page = Image.new("RGB", (600, 800), "white")
    ImageDraw.Draw(page).text((60, 80), "CONTOH", fill="black", font_size=64)
    out = io.BytesIO()
    page.save(out, "JPEG", quality=70)
    return _store(out.getvalue(), "upload", "image/jpeg", "foto.jpg")


def sample_signature() -> StoredFile:
    """Store the sample signature of a recipient."""
    return _store(b"[[[10,10],[90,50]]]", "signature", "application/json", "tanda-tangan.json")


def _store(data: bytes, kind: str, media_type: str, name: str) -> StoredFile:
    stored = storage.store(data, kind=kind, media_type=media_type, name=name)
    with transaction():
        stored.save(force_insert=True)
    return stored
