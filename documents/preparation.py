"""Preparation of the documents of a round: composes them and freezes data, numbers and keys; it makes no PDF."""

import contextlib
import hashlib

import peewee as pw

import office
import workflow
from casework import document_numbers, draft_uploads
from casework.effect_registry import check, effect
from casework.transitions import Incomplete, Move
from catalogue import document_templates
from catalogue.definition_parts import source_of
from catalogue.document_templates import MissingContent
from documents.layout.signature_panel import HEIGHT_POINTS, WIDTH_POINTS
from files import inspection, storage
from files.inspection import signature_place
from intake import drafts
from intake.submission import last_revision
from lib import encryption
from lib.database import canonical_json, now
from models import Document, Outbox, Permohonan, StoredFile
from workflow import NotAllowed

REPLACED = "Draf dari SIAK baru saja diganti petugas lain. Muat ulang halaman ini, lalu periksa drafnya."
FAMILY_MEMBERS = "anggota"  # the group whose rows are people of one family
INCOMPLETE = {
    "own": "Belum bisa dibuat: di permohonan belum ada {}. Kembalikan ke admin supaya pemohon melengkapinya.",
    "either": "Belum bisa dibuat di sini: di permohonan tidak ada {}. Unggah draf dari SIAK (PDF).",
    "siak": "Unggah draf dari SIAK (PDF).",
}


@check
def documents_composed(move: Move) -> None:
    """Compose each product of this round from the answers, before the move writes anything."""
    permohonan = move.permohonan
    revision = last_revision(permohonan)
    assert revision, "an application in SIAK has been submitted"
    names, errors = drafts.village_names(), {}
    for product in permohonan.products:
        given = move.answers["documents"][product["key"]]
        given["key"] = document_numbers.number_key(product, given["number"], permohonan.edition.body["code"])
        facts = {"number": given["number"], "uploaded": bool(given["draft"])}
        try:
            given["data"] = document_data(permohonan, revision.answers, product, names, **facts)
        except MissingContent as missing:
            errors[f"documents-{product['key']}-draft"] = INCOMPLETE[source_of(product)].format(missing)
            continue
        if given["draft"] and not workflow.signed_in_siak():
            given["data"]["panel"] = _place_of_signature(storage.read(given["draft"]))
    if errors:
        raise Incomplete(errors)


def _place_of_signature(draft: bytes) -> dict:
    """Return where the signature panel goes on a draft from SIAK."""
    try:
        return signature_place.find_place(draft, WIDTH_POINTS, HEIGHT_POINTS)
    except inspection.InspectionBusy as busy:
        raise NotAllowed(str(busy)) from busy


@effect
def prepare_documents(move: Move) -> None:
    """Freeze the data, the number and the verification key of each product of this round."""
    permohonan = move.permohonan
    numbers = {key: given["number"] for key, given in move.answers["documents"].items()}
    if taken := document_numbers.claim_numbers(permohonan, numbers):
        raise Incomplete({f"documents-{key}-number": sentence for key, sentence in taken.items()})
    older = (Document.permohonan == permohonan.id) & Document.revoked_at.is_null()
    # Whatever was signed before this round is worth nothing; its number is free for this one.
    Document.update(revoked_at=now()).where(older).execute()
    Document.update(number_key=None).where(Document.permohonan == permohonan.id).execute()
    for product in permohonan.products:
        given = move.answers["documents"][product["key"]]
        data = given["data"]
        if given["draft"] and not StoredFile.select().where(StoredFile.key == given["draft"].key).exists():
            raise NotAllowed(REPLACED)  # SQLite gives the id of a deleted row to the next one
        columns = {
            "permohonan": permohonan, "product": product["key"], "kind": product["kind"],
            "round": move.changes["round"], "title": product["name"]["id"], "number": given["number"],
            "number_key": given["key"], "data": data, "template": product.get("template", ""),
            "verification_key": encryption.random_token(),
            "shown_sha256": hashlib.sha256(canonical_json([data, given["number"]]).encode()).hexdigest(),
        }  # fmt: skip
        Document.create(**columns, draft_file=given["draft"])
    draft_uploads.take_over(permohonan)
    move.changes["draft_verdict"] = "baca" if permohonan.has_pdf else ""  # until they are compared
    if permohonan.has_pdf:
        assert move.event, "the event stands before its effects"
        move.outbox_ids.append(Outbox.add("compare_drafts", move.event, permohonan=permohonan.id).id)


def document_data(
    permohonan: Permohonan,
    answers: dict,
    product: dict,
    names: dict[str, str],
    number: str = "",
    uploaded: bool = False,
) -> dict:
    """Return the data that is frozen with a document: what it prints if it is made here, and its facts.

    Without a holder the name is that of the person whom the service is about. Raises MissingContent where the answers
    lack what it can't be without, unless SIAK's PDF was `uploaded` in its place.
    """
    body, form_fields = permohonan.edition.body, drafts.form_fields(permohonan)
    name = answers.get(product.get("holder")) or permohonan.subject_name or permohonan.applicant_name
    kept = {"name": name, "service": body["name"]["id"]}
    template = document_templates.stored(product["template"]) if product.get("template") else None
    if template:
        words = office_words() | {"nomor": number, "layanan": kept["service"], "untuk": product.get("copy_for", "")}
        with contextlib.suppress(*([MissingContent] if uploaded else [])):
            return document_templates.compose(template, form_fields, answers, names, words) | kept
    elif not uploaded and product["kind"] == "pdf" and source_of(product) != "siak":
        raise MissingContent([product["name"]["id"]])
    return document_templates.facts_of_siak(form_fields, answers, product.get("prints"), names) | kept


def office_words() -> dict[str, str]:
    """Return the office's values of a template's fixed placeholders."""
    card = office.contact_details()
    named = {"kantor": "name", "kabupaten": "regency", "provinsi": "province", "tempat": "place"}
    words = {word: card.get(key, "") for word, key in named.items()}
    return words | {"kepala": f"Kepala {words['kantor']} {words['kabupaten']}"}


def current_documents(permohonan: Permohonan) -> list[Document]:
    """Return the documents of the application's current round."""
    this_round = (Document.permohonan == permohonan.id) & (Document.round == permohonan.round)
    signed = Document.file == StoredFile.id
    query = Document.select(Document, StoredFile).join(StoredFile, pw.JOIN.LEFT_OUTER, on=signed, attr="file")
    return list(query.where(this_round).order_by(Document.id))
