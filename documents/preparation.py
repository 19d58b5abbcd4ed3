"""Preparation of the documents of a round: inspects SIAK's drafts and freezes data, numbers, keys; it makes no PDF."""

import hashlib

import peewee as pw
from flask import current_app

from casework.effect_registry import check, effect
from casework.transitions import Incomplete, Move
from catalogue import definition_parts, fields, missing_number
from files import inspection, storage
from intake import drafts
from intake.submission import last_revision
from lib import encryption
from lib.database import canonical_json, now
from models import Document, Outbox, Permohonan, StoredFile

FAMILY_MEMBERS = "anggota"  # the group whose rows are people of one family


@check
def drafts_readable(move: Move) -> None:
    """Check the draft PDFs from SIAK (inspection of uploads) and store them, before the move writes anything."""
    for product, given in move.answers["documents"].items():
        if not given["draft"]:
            continue
        try:
            clean = inspection.clean(given["draft"], f"{product}.pdf", current_app.config["CLAMD_URL"])
        except inspection.UploadRejected as reason:
            raise Incomplete({f"documents-{product}-draft": str(reason)}) from reason
        if clean.media_type != "application/pdf":
            raise Incomplete({f"documents-{product}-draft": "Draf dari SIAK harus berupa PDF."})
        given["stored"] = storage.store(clean.data, kind="draft", media_type=clean.media_type, name=f"{product}.pdf")


@effect
def prepare_documents(move: Move) -> None:
    """Freeze the data, the number and the verification key of each product of this round."""
    permohonan = move.permohonan
    revision = last_revision(permohonan)
    assert revision, "an application in SIAK has been submitted"
    names = drafts.village_names()
    older = (Document.permohonan == permohonan.id) & Document.revoked_at.is_null()
    Document.update(revoked_at=now()).where(older).execute()  # whatever was signed before this round is worth nothing
    for product in permohonan.products:
        given = move.answers["documents"][product["key"]]
        stored = given.get("stored")
        if stored:
            stored.save(force_insert=True)
        data = document_data(permohonan, revision.answers, product, names)
        Document.create(
            permohonan=permohonan, product=product["key"], round=move.changes["round"], kind=product["kind"],
            title=product["name"]["id"], number=given["number"], data=data, template=product.get("template", "surat"),
            verification_key=encryption.random_token(), draft_file=stored,
            shown_sha256=hashlib.sha256(canonical_json([data, given["number"]]).encode()).hexdigest(),
        )  # fmt: skip
    if permohonan.has_pdf:
        assert move.event, "the event stands before its effects"
        move.outbox_ids.append(Outbox.add("compare_drafts", move.event, permohonan=permohonan.id).id)


def document_data(permohonan: Permohonan, answers: dict, product: dict, names: dict[str, str]) -> dict:
    """Return the data that a document prints: labelled answers, members of the family, the holder's name.

    A product prints the fields that it names in `prints`, or all. Without a holder the name is that of the person
    whom the service is about.
    """
    rows, members = [], []
    printed = product.get("prints")
    for field in definition_parts.all_fields(permohonan.edition.body):
        value = answers.get(field["key"])
        if value in (None, "") or missing_number.is_missing(value) or (printed and field["key"] not in printed):
            continue
        if field["key"] == FAMILY_MEMBERS:
            members += [_member(field, row, names) for row in value]
        else:
            rows.append([field["label"]["id"], fields.display(field, value, names)])
    name = answers.get(product.get("holder")) or permohonan.subject_name or permohonan.applicant_name
    return {"rows": rows, "members": members, "name": name, "service": permohonan.edition.body["name"]["id"]}


def _member(group: dict, row: dict, names: dict[str, str]) -> dict:
    given = {key: value for key, value in row.items() if not missing_number.is_missing(value)}
    return {item["key"]: fields.display(item, given.get(item["key"]), names) for item in group["item"]}


def current_documents(permohonan: Permohonan) -> list[Document]:
    """Return the documents of the application's current round."""
    this_round = (Document.permohonan == permohonan.id) & (Document.round == permohonan.round)
    signed = Document.file == StoredFile.id
    query = Document.select(Document, StoredFile).join(StoredFile, pw.JOIN.LEFT_OUTER, on=signed, attr="file")
    return list(query.where(this_round).order_by(Document.id))
