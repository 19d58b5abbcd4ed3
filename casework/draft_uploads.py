"""Drafts from SIAK that an operator uploaded: kept until the form is accepted, and from one round to the next."""

from flask import current_app

from files import inspection, storage
from lib.database import advisory_lock, transaction
from models import Document, DraftUpload, Permohonan, StoredFile


def kept_drafts(permohonan: Permohonan) -> dict[str, StoredFile]:
    """Return the drafts that stand for an upload, by product: of this form, else of the last round."""
    mine = DraftUpload.select(DraftUpload, StoredFile).join(StoredFile).where(DraftUpload.permohonan == permohonan.id)
    before = Document.select(Document, StoredFile).join(StoredFile, on=(Document.draft_file == StoredFile.id))
    last_round = (Document.permohonan == permohonan.id) & (Document.round == permohonan.round)
    found = {row.product: row.draft_file for row in before.where(last_round)}
    return found | {row.product: row.file for row in mine}


def keep_draft(permohonan: Permohonan, product: str, data: bytes) -> StoredFile:
    """Inspect a draft and store it; raises UploadRejected with a sentence."""
    clean = inspection.clean(data, f"{product}.pdf", current_app.config["CLAMD_URL"])
    if clean.media_type != "application/pdf":
        raise inspection.UploadRejected("Draf dari SIAK harus berupa PDF.")
    return store_draft(permohonan, product, clean.data)


def store_draft(permohonan: Permohonan, product: str, pdf: bytes) -> StoredFile:
    """Store a draft instead of one uploaded before."""
    stored = storage.store(pdf, kind="draft", media_type="application/pdf", name=f"{product}.pdf")
    with transaction():
        advisory_lock(f"draft of {permohonan.id}")
        discard_draft(permohonan, product)
        stored.save(force_insert=True)
        DraftUpload.create(permohonan=permohonan, product=product, file=stored)
    return stored


def discard_draft(permohonan: Permohonan, product: str) -> None:
    """Forget a draft that no round has taken over."""
    for row in DraftUpload.select().where(DraftUpload.permohonan == permohonan.id, DraftUpload.product == product):
        row.delete_instance()
        StoredFile.delete().where(StoredFile.id == row.file_id).execute()


def take_over(permohonan: Permohonan) -> None:
    """Forget the uploads of the form: documents hold their files now; a draft that none took is deleted."""
    for row in DraftUpload.select().where(DraftUpload.permohonan == permohonan.id):
        if Document.select().where(Document.draft_file == row.file_id).exists():
            row.delete_instance()
        else:
            discard_draft(permohonan, row.product)
