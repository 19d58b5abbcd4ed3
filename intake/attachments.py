"""Attachments of a draft: the uploads that its service requires, adding and removing files; it shows no page."""

import hashlib
from collections.abc import Collection, Mapping
from dataclasses import dataclass

import peewee as pw
from flask import current_app
from flask_babel import gettext as _

from catalogue import applicant_section, fields
from files import inspection, storage
from intake import drafts
from lib.database import now, transaction
from models import Attachment, Draft, DraftFile, Permohonan, StoredFile

MAX_FILES = 20  # in one draft, beside the form
FORM, FORM_FILES = "formulir", 20  # every service's form: each of its pages may be a photo
COLUMNS = ("requirement", "position", "file", "overruled", "signed")  # that DraftFile and Attachment have in common


@dataclass
class UploadSlot:
    """A requirement with its uploaded files; `needed` while an upload is still required."""

    requirement: dict
    needed: bool
    files: list[DraftFile]


def all_requirements(permohonan: Permohonan) -> list[dict]:
    """Return all requirements of the service, and the proxy's letter of authority."""
    return [*permohonan.edition.body["requirements"], applicant_section.PROXY_LETTER]


def upload_slots(
    permohonan: Permohonan, answers: Mapping, files: list[DraftFile], besides: Collection[str] = ()
) -> list[UploadSlot]:
    """Return a slot for each requirement whose condition the answers meet, and for those that an officer named.

    `besides` are the keys that the officer named. Of alternatives (`one_of`) none is needed once one has a file.
    """
    by_key: dict[str, list[DraftFile]] = {}
    for row in files:
        by_key.setdefault(row.requirement, []).append(row)
    requirements, found = all_requirements(permohonan), []
    for requirement in requirements:
        applies = fields.is_shown(requirement, answers)
        if not applies and requirement["key"] not in besides:
            continue
        group = requirement.get("one_of")
        others = [other["key"] for other in requirements if group and other.get("one_of") == group]
        needed = applies and requirement["required"] != "optional" and not any(by_key.get(key) for key in others)
        found.append(UploadSlot(requirement, needed, by_key.get(requirement["key"], [])))
    return found


def draft_files(draft: Draft) -> list[DraftFile]:
    """Return the files of a draft, in the order of their requirements."""
    query = DraftFile.select(DraftFile, StoredFile).join(StoredFile).where(DraftFile.draft == draft)
    return list(query.order_by(DraftFile.requirement, DraftFile.position))


def file_columns(row: DraftFile | Attachment) -> dict:
    """Return what a file keeps when it moves between a draft and a revision, as columns."""
    return {name: getattr(row, name) for name in COLUMNS}


def can_change(draft: Draft, key: str) -> bool:
    """Say whether a field or requirement may change: during a correction only those with a deficiency may."""
    return draft.open_keys is None or key in draft.open_keys


def is_requirement(permohonan: Permohonan, key: str) -> bool:
    """Say whether the service has this requirement at all."""
    return any(requirement["key"] == key for requirement in all_requirements(permohonan))


def refusal(permohonan: Permohonan, requirement: str, draft: Draft) -> str:
    """Say in a sentence why no file may be added to this requirement now; "" where one may."""
    if not can_change(draft, requirement):
        return _("Dokumen ini sudah baik dan tidak perlu diganti.")
    asked = upload_slots(permohonan, draft.answers, [], draft.open_keys or ())
    if not any(slot.requirement["key"] == requirement for slot in asked):
        return _("Dokumen ini tidak diminta lagi, karena jawaban Anda sudah berubah. Muat ulang halaman ini.")
    return ""


def attach(
    permohonan: Permohonan, requirement: str, data: bytes, name: str, instead: Collection[str] = ()
) -> StoredFile:
    """Inspect, clean and store an upload, replacing the files whose keys are `instead`.

    Idempotent: the same bytes are stored once. On UploadRejected, StorageError or DraftNotEditable nothing
    has changed.
    """
    draft = drafts.get_draft(permohonan)
    if reason := refusal(permohonan, requirement, draft):
        raise drafts.DraftNotEditable(reason)
    if same := _find_identical(draft, requirement, hashlib.sha256(data).hexdigest()):
        return same.file
    _check_file_limit(permohonan, draft, requirement, instead)
    clean = inspection.clean(data, name, current_app.config["CLAMD_URL"])
    facts: dict = {"original_sha256": clean.original_sha256, "pages": clean.pages, "fingerprint": clean.fingerprint}
    facts |= {"media_type": clean.media_type, "name": name, "warnings": list(clean.warnings)}
    return insert(draft, requirement, storage.store(clean.data, kind="upload", **facts), instead)


def _check_file_limit(permohonan: Permohonan, draft: Draft, requirement: str, instead: Collection[str]) -> None:
    most = next(other.get("max_files", 5) for other in all_requirements(permohonan) if other["key"] == requirement)
    staying = [row for row in draft_files(draft) if row.requirement != requirement or row.file.key not in instead]
    own = [row for row in staying if row.requirement == requirement]
    others = sum(row.requirement != FORM for row in staying)
    if len(own) >= (FORM_FILES if requirement == FORM else most) or (requirement != FORM and others >= MAX_FILES):
        full = _("Jumlah berkas sudah penuh. Hapus satu dulu, atau gabungkan menjadi satu PDF.")
        raise inspection.UploadRejected(full)


def _find_identical(draft: Draft, requirement: str, digest: str) -> DraftFile | None:
    """Find the file made of the same bytes: a form was sent twice, or its response was lost."""
    rows = DraftFile.select(DraftFile, StoredFile).join(StoredFile)
    return rows.where(_of(draft, requirement), StoredFile.original_sha256 == digest).first() if digest else None


def _of(draft: Draft, requirement: str):
    return (DraftFile.draft == draft) & (DraftFile.requirement == requirement)


def has_identical(draft: Draft, requirement: str, digest: str) -> bool:
    """Say whether the bytes with this SHA-256 are attached to the requirement already."""
    return _find_identical(draft, requirement, digest) is not None


def insert(
    draft: Draft, requirement: str, stored: StoredFile, instead: Collection[str] = (), signed: dict | None = None
) -> StoredFile:
    """Attach a stored file to the draft, replacing the files whose keys are `instead`."""
    with transaction():
        moment = now()
        spent = {"saved_at": moment, "filling_seconds": drafts.filling_seconds(draft, moment)}
        if not Draft.update(**spent).where(Draft.id == draft.id).execute():  # also locks the row
            raise drafts.DraftNotEditable(drafts.ALREADY_SUBMITTED)
        if same := _find_identical(draft, requirement, stored.original_sha256):
            return same.file  # stored by another request a moment ago
        own = _of(draft, requirement)
        replaced = StoredFile.select(StoredFile.id).where(StoredFile.key.in_(list(instead)))
        DraftFile.delete().where(own, DraftFile.file.in_(replaced)).execute()
        highest = DraftFile.select(pw.fn.MAX(DraftFile.position)).where(own)
        stored.save(force_insert=True)
        place = {"draft": draft, "requirement": requirement, "position": (highest.scalar() or 0) + 1}
        DraftFile.create(**place, file=stored, signed=signed)
    return stored


def detach(permohonan: Permohonan, file_key: str) -> None:
    """Remove a file from the draft; submitted revisions keep theirs."""
    draft = drafts.get_draft(permohonan)
    row = DraftFile.select().join(StoredFile).where(DraftFile.draft == draft, StoredFile.key == file_key).first()
    if row and can_change(draft, row.requirement):
        DraftFile.delete().where(DraftFile.id == row.id).execute()
