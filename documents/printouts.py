"""Printouts: load their data from database and storage, and lay them out with `documents.layout`.

They store nothing but when a slip's code was issued.

Printouts are always in Indonesian. All is done in memory, so a request may do it. Raises StorageError when a file is
missing.
"""

from collections.abc import Callable, Iterable
from datetime import UTC, date, datetime

from flask import current_app
from flask_babel import force_locale

import office
import workflow
from casework.inputs.days import pickup_place
from casework.inputs.originals import papers_to_take_back
from casework.inputs.signature import ON_PAPER
from catalogue import applicant_section, document_templates, fields, missing_number, statements
from catalogue.nik import mask_nik
from documents import layout, preparation
from files import storage
from intake import account_link, answer_display, drafts, submission
from lib.database import local, now
from lib.i18n import DEFAULT_LANGUAGE
from models import Attachment, Document, Edition, Event, EventText, Handover, Permohonan, User

PRINTABLE_TYPES = "image/jpeg", "image/png", "application/pdf"
MAX_COMBINED_BYTES = 100_000_000  # bytes of one combined PDF, which takes about three times as much memory


@force_locale(DEFAULT_LANGUAGE)
def application_form(edition: Edition, answers: dict | None = None, signed: dict | None = None) -> bytes:
    """Return the application form of a service: blank, or with `answers` for a wet signature (M-b), or `signed`."""
    body = edition.body
    whole = body | {
        "sections": applicant_section.form_sections("counter", body),
        "requirements": [*body["requirements"], applicant_section.PROXY_LETTER],
    }
    readable = None if answers is None else _readable_answers(whole, answers)
    return layout.application_form(whole, answers=readable, given=answers, signed=signed, **_common_arguments())


@force_locale(DEFAULT_LANGUAGE)
def statement(
    body: dict, edition: Edition | None = None, answers: dict | None = None, signed: dict | None = None
) -> bytes:
    """Return an official statement: blank, or filled in with the answers to a service's form, or `signed`."""
    words = {"kantor": office.contact_details()["name"]}
    fields_of, villages = [], {}
    if edition is not None:
        words["layanan"] = edition.body["name"]["id"]
        sections = applicant_section.form_sections("counter", edition.body)
        fields_of = [field for section in sections for field in section["fields"]]
        villages = drafts.village_names()
    filled = statements.fill(body, fields_of, answers, villages, words)
    return layout.statement_form(filled, filled=answers is not None, signed=signed, **_common_arguments())


def _readable_answers(body: dict, answers: dict) -> dict:
    """Return the answers with villages by name, and in words why somebody has no number."""
    parts = [part for section in body["sections"] for part in section["fields"]]
    return _readable_row(parts, answers, drafts.village_names())


def _readable_row(parts: list[dict], row: dict, names: dict[str, str]) -> dict:
    found = dict(row)
    for part in (part for part in parts if row.get(part["key"])):
        value = row[part["key"]]
        if part["type"] == "group":
            found[part["key"]] = [_readable_row(part["item"], one, names) for one in value]
        elif part["type"] in ("village", *missing_number.NAMES):
            found[part["key"]] = fields.display(part, value, names)
    return found


@force_locale(DEFAULT_LANGUAGE)
def dossier(permohonan: Permohonan) -> bytes:
    """Return the dossier for SIAK: a cover sheet and the attachments of the last submission (M-g, L-e)."""
    revision = submission.last_revision(permohonan)
    cover = {
        "number": permohonan.number,
        "service": permohonan.edition.body["name"]["id"],
        "form_code": permohonan.edition.body["form_code"],
        "applicant_name": permohonan.applicant_name,
        "applicant_nik": permohonan.applicant_nik or "Belum punya NIK",
        "contact": "  ·  ".join(filter(None, (permohonan.phone, permohonan.email))),
        "track": workflow.TRACKS[permohonan.track],
        "submitted_at": office.moment_in_words(permohonan.submitted_at) if permohonan.submitted_at else "",
        "sections": [
            {"title": section.title, "rows": [(label, value) for label, value, _ in section.rows]}
            for section in answer_display.answer_sections(permohonan, revision)
        ],
    }
    uploaded = submission.revision_attachments(revision) if revision else []
    return layout.dossier(cover, files=_printable_files(permohonan, uploaded), **_common_arguments())


def _printable_files(permohonan: Permohonan, uploaded: list[Attachment]) -> list[dict]:
    names = answer_display.requirement_names(permohonan)
    rank = {key: place for place, key in enumerate(names)}
    uploaded = sorted(uploaded, key=lambda row: (rank.get(row.requirement, 99), row.position))
    printable = (row for row in uploaded if row.file.media_type in PRINTABLE_TYPES)
    titled = ((row.file, names.get(row.requirement, row.requirement)) for row in printable)
    return [{"title": title, "media_type": file.media_type, "data": storage.read(file)} for file, title in titled]


@force_locale(DEFAULT_LANGUAGE)
def draft_pdf(document: Document) -> bytes:
    """Return the draft of a document for review: the PDF from SIAK, or one laid out from the frozen data."""
    if document.draft_file_id:
        draft = storage.read(document.draft_file)
        panel = document.data.get("panel", {"own": True})
        named = {"title": document.title, "number": document.number}
        return layout.stamp_panel(draft, panel, named, draft_mark=True, **_common_arguments())
    facts = _document_data(document) | {"signer_title": _head_of_office()}
    return layout.issued_document(facts, draft=True, **_common_arguments())


@force_locale(DEFAULT_LANGUAGE)
def pdf_to_sign(permohonan: Permohonan, document: Document, signer: User, signed_on: date) -> bytes:
    """Return the PDF to sign, to which the electronic signature is appended."""
    facts = _document_data(document) | signature_facts(signer, signed_on)
    if document.draft_file_id:
        draft = storage.read(document.draft_file)
        panel = document.data.get("panel", {"own": True})
        return layout.stamp_panel(draft, panel, facts | {"title": document.title}, **_common_arguments())
    return layout.issued_document(facts, **_common_arguments())


@force_locale(DEFAULT_LANGUAGE)
def document_sample(template: dict) -> bytes:
    """Return a draft of a kind of document, labels in place of answers."""
    words = preparation.office_words() | {"nomor": "(nomor)", "layanan": "(layanan)", "untuk": "(suami atau istri)"}
    made = document_templates.sample(template, words) | {"number": "(nomor)", "signer_title": _head_of_office()}
    return layout.issued_document(made | {"place": words["tempat"]}, draft=True, **_common_arguments())


def signature_facts(signer: User, signed_on: date) -> dict:
    """Return what stands beside a signature: who signs, when, and with whose certificate."""
    return {
        "signer_title": signer.title or _head_of_office(),
        "signer_name": signer.name,
        "signer_rank": signer.rank,
        "signer_nip": signer.nip,
        "date": office.long_date(signed_on).partition(", ")[2],  # without its weekday
        "certificate": office.certificate_sentence(signing_certificate())["id"],
    }


def signing_certificate() -> str:
    """Return whose certificate signs here: local (the office's own), bsre or siak."""
    return current_app.config["TTE_URL"].partition(":")[0]


def _document_data(document: Document) -> dict:
    data = document.data if "blocks" in document.data else _plain_document(document)
    return data | {
        "number": document.number,
        "place": office.fact("office", {}).get("place", ""),
        "verify_url": f"{current_app.config['BASE_URL']}/verifikasi/{document.verification_key}",
    }


def _plain_document(document: Document) -> dict:
    """Return the parts of a document that was drafted before kinds of documents were data: its answers as rows."""
    rows, members = document.data.get("rows") or document.data.get("facts", []), document.data.get("members") or []
    heads = list(dict.fromkeys(key for member in members for key in member))
    table = {"kind": "table", "heads": [[head.replace("_", " ").capitalize(), "text"] for head in heads]}
    table["rows"] = [[member.get(head) or "–" for head in heads] for member in members]
    blocks = [{"kind": "rows", "rows": [["Nama", document.data["name"]], *rows]}, *([table] if members else [])]
    return {"layout": "letter", "title": document.title, "signer": "office", "blocks": blocks}


def _head_of_office() -> str:
    return f"Kepala {office.fact('office', {}).get('name', 'Dinas')}"


@force_locale(DEFAULT_LANGUAGE)
def slip(permohonan: Permohonan) -> bytes:
    """Return the applicant's slip: number, tracking, a counter's code for an account, the pickup. No personal data."""
    base = current_app.config["BASE_URL"]
    facts = {
        "number": permohonan.number,
        "service": permohonan.edition.body["name"]["id"],
        "products": [product["name"]["id"] for product in permohonan.products],
        "date": office.moment_in_words(permohonan.submitted_at or permohonan.created_at),
        "due": office.long_date(local(permohonan.due_at).date()) if permohonan.due_at else "",
        "url": f"{base}/lacak?nomor={permohonan.number}",
        "track_url": f"{base}/lacak",
        "code": account_link.slip_code(permohonan),
        "link_url": f"{base}/permohonan/gabung",
    }
    if workflow.STATES[permohonan.state].ends_clock and permohonan.pickup_number:
        facts |= {"due": "", "pickup": _pickup(permohonan)}
    return layout.slip(facts, **_common_arguments())


def _pickup(permohonan: Permohonan) -> dict:
    place, day = pickup_place(permohonan), permohonan.pickup_on
    hours = office.calendar(place).on(day)
    return {
        "number": office.queue_number(permohonan.pickup_number),
        "place": place.name,
        "day": office.long_date(day),
        "hours": f"{hours[0]:%H.%M}–{hours[1]:%H.%M} {current_app.config['ZONE']}" if hours else "",
        "bring": _to_bring(permohonan),
        "optional": workflow.is_delivered_as_pdf(permohonan),
    }


def _to_bring(permohonan: Permohonan) -> list[str]:
    """Return what the recipient of these documents brings: the originals that were uploaded, and who comes."""
    papers = submission.originals(permohonan)
    handed_in = papers_to_take_back(permohonan)
    told = [f"{name} (diserahkan kepada petugas)" if key in handed_in else name for key, name in papers.items()]
    return told if any("ktp" in key for key in papers) else ["KTP-el atau identitas lain penerima", *told]


@force_locale(DEFAULT_LANGUAGE)
def receipt(permohonan: Permohonan) -> bytes | None:
    """Return the receipt of the last handover with the recipient's signature (M-n, L-m); None before a handover."""
    handover = _last_handover(permohonan)
    if handover is None:
        return None
    products = Document.select().where(Document.permohonan == permohonan.id, Document.round == permohonan.round)
    texts = _texts(permohonan, handover)
    seen, missing = _all_or_some(texts.get("originals_seen", True), submission.originals(permohonan))
    back, kept = _all_or_some(texts.get("old_returned", handover.old_returned), papers_to_take_back(permohonan))
    facts = {
        "number": permohonan.number,
        "service": permohonan.edition.body["name"]["id"],
        "recipient_name": handover.recipient_name,
        "proxy": _proxy(handover, texts),
        "place": pickup_place(permohonan).name,
        "handed_at": office.moment_in_words(handover.at),
        "officer": handover.officer.name,
        "products": [{"name": product.title, "number": product.number} for product in products],
        "originals_seen": seen,
        "originals_missing": missing,
        "taken_back": back or (["Kartu atau dokumen lama"] if handover.old_returned else []),
        "not_taken_back": kept if texts.get("old_missing") else [],
        "old_missing": texts.get("old_missing"),
        "signature": _signature(handover),
    }
    return layout.receipt(facts, **_common_arguments())


def _last_handover(permohonan: Permohonan) -> Handover | None:
    mine = Handover.permohonan == permohonan.id
    return Handover.select(Handover, User).join(User).where(mine).order_by(Handover.version.desc()).first()


def _texts(permohonan: Permohonan, handover: Handover) -> dict:
    """Return what the handover's event keeps of the answers; nothing once it was erased."""
    event = (Event.permohonan == permohonan.id) & (Event.version == handover.version)
    return EventText.select(EventText.texts).join(Event).where(event).scalar() or {}


def _proxy(handover: Handover, texts: dict) -> str | None:
    """Name the proxy's letter and the end of their NIK; None where there was no proxy."""
    nik = f", NIK {mask_nik(texts['recipient_nik'])}" if texts.get("recipient_nik") else ""
    return f"surat kuasa F-1.07{nik}" if handover.proxy_letter else None


def _all_or_some(ticked: bool | list[str], names: dict[str, str]) -> tuple[list[str], list[str]]:
    """Return the names of the papers that were ticked, all (True) or some, and those of the others."""
    found = {key for key in names if ticked is True or (isinstance(ticked, list) and key in ticked)}
    return [names[key] for key in names if key in found], [names[key] for key in names if key not in found]


def _signature(handover: Handover) -> str | None:
    """Return the strokes of the signature as JSON; None where the receipt is signed on paper."""
    data = storage.read(handover.signature)
    return None if data == ON_PAPER else data.decode()


def signed_documents(permohonan: Permohonan, *, duplex: bool = True) -> bytes | None:
    """Return the signed documents as one PDF for printing (M-l, L-k); None where there are none."""
    issued = preparation.current_documents(permohonan)
    found = [one for one in issued if one.file_id and not one.revoked_at]
    return layout.merge_pdfs(
        ((f"{one.title} {one.number or ''}".strip(), storage.read(one.file)) for one in found),
        title=f"Dokumen {permohonan.number}",
        duplex=duplex,
    )


def consignment(*chosen: Permohonan) -> bytes:
    """Return the consignment lists of these applications' documents, one for each receiving counter (L-j)."""
    piles: dict[int, list[Permohonan]] = {}
    for permohonan in chosen:
        piles.setdefault(permohonan.office_id or 0, []).append(permohonan)
    lists = [_consignment_data(rows) for _, rows in sorted(piles.items())]
    made = [(one["place"], layout.consignment(one, **_common_arguments())) for one in lists]
    return made[0][1] if len(made) == 1 else layout.merge_pdfs(made, title="Daftar serah terima") or b""


def _consignment_data(rows: list[Permohonan]) -> dict:
    place = rows[0].office or pickup_place(rows[0])
    listed = [(row.number, row.subject_name or row.applicant_name, _products(row)) for row in rows]
    return {"place": place.name, "date": office.long_date(local().date()), "rows": sorted(listed)}


def _products(permohonan: Permohonan) -> str:
    return "; ".join(product["name"]["id"] for product in permohonan.products)


PRINTOUTS: dict[str, tuple[str, Callable[[Permohonan], bytes | None]]] = {  # by the name in transitions
    "dossier": ("berkas", dossier),
    "slip": ("slip", slip),
    "documents": ("dokumen", signed_documents),
    "receipt": ("tanda terima", receipt),
    "consignment": ("daftar serah terima", consignment),
}
COMBINED_PRINTOUTS = {"consignment": consignment}  # one printout of all selected applications


def combine(paper: str, chosen: Iterable[Permohonan], *, duplex: bool = True) -> bytes | None:
    """Combine one kind of printout of many applications into one PDF; None where none of them has it.

    For a duplex printer each begins on a front side.
    """
    if paper in COMBINED_PRINTOUTS:
        return COMBINED_PRINTOUTS[paper](*chosen)
    made: list[tuple[str, bytes]] = []
    for permohonan in chosen:
        several = paper == "documents"
        pdf = signed_documents(permohonan, duplex=duplex) if several else PRINTOUTS[paper][1](permohonan)
        made += [(permohonan.number, pdf)] if pdf else []
        if sum(len(one) for _, one in made) > MAX_COMBINED_BYTES:
            raise storage.StorageError("Ini terlalu banyak untuk satu PDF. Pilih lebih sedikit permohonan.")
    return layout.merge_pdfs(made, title=PRINTOUTS[paper][0].capitalize(), duplex=duplex)


def _common_arguments() -> dict:
    """Return the arguments that every layout takes: office, demonstration mark, time of creation."""
    made_at: datetime = now().replace(tzinfo=UTC)
    return {"office": office.contact_details(), "demo": current_app.config["DEMO"], "made_at": made_at}
