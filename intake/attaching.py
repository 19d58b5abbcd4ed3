"""The files of an application that is being filled in: what is asked for, kept and removed; it shows no page."""

import hashlib
from collections.abc import Collection, Mapping
from dataclasses import dataclass

import peewee as pw
from flask import current_app
from flask_babel import gettext as _

import applicant
import storage
import uploads
from intake import applying, fields
from lib.database import now, transaction
from models import Draft, DraftFile, Permohonan, StoredFile

FILES_AT_MOST = 20


@dataclass
class Slot:
    """One requirement with its files, and whether it must be there."""

    requirement: dict
    needed: bool
    files: list[DraftFile]


def wanted(permohonan: Permohonan) -> list[dict]:
    """Everything that the service may ask for."""
    return [*permohonan.edition.body["requirements"], applicant.PROXY_LETTER]


def slots(
    permohonan: Permohonan, answers: Mapping, files: list[DraftFile], besides: Collection[str] = ()
) -> list[Slot]:
    """The requirements that the answers call for, and those that an officer did (`besides`), each with its files."""
    by_key: dict[str, list[DraftFile]] = {}
    for row in files:
        by_key.setdefault(row.requirement, []).append(row)
    every, out = wanted(permohonan), []
    for requirement in every:
        called_for = requirement["required"] != "when" or fields.shown(requirement, answers)
        if not called_for and requirement["key"] not in besides:
            continue
        group = requirement.get("one_of")
        others = [other["key"] for other in every if group and other.get("one_of") == group]
        needed = called_for and requirement["required"] != "optional" and not any(by_key.get(key) for key in others)
        out.append(Slot(requirement, needed, by_key.get(requirement["key"], [])))
    return out


def files_of(draft: Draft) -> list[DraftFile]:
    return list(
        DraftFile.select(DraftFile, StoredFile)
        .join(StoredFile)
        .where(DraftFile.draft == draft)
        .order_by(DraftFile.requirement, DraftFile.position)
    )


def may_change(draft: Draft, key: str) -> bool:
    """While a return is being corrected, only what fell short may change."""
    return draft.open_keys is None or key in draft.open_keys


def takes(permohonan: Permohonan, requirement: str, draft: Draft | None = None) -> bool:
    """May files for this requirement be added now, to its draft as it is or as it was just read?"""
    draft = draft or Draft.get_or_none(Draft.permohonan == permohonan.id)
    known = {one["key"] for one in wanted(permohonan)}
    return draft is not None and requirement in known and may_change(draft, requirement)


def attach(
    permohonan: Permohonan, requirement: str, data: bytes, name: str, instead: Collection[str] = ()
) -> StoredFile:
    """Look into an upload, clean it, keep it in place of the files whose keys are `instead`.

    The same bytes are kept once. Raises uploads.Refused, storage.Refused or Closed: then nothing has changed.
    """
    draft = applying.draft_of(permohonan)
    if not takes(permohonan, requirement):
        raise applying.Closed(_("Dokumen ini sudah baik dan tidak perlu diganti."))
    if known := _with_bytes(draft, requirement, hashlib.sha256(data).hexdigest()):
        return known.file
    _check_room(permohonan, draft, requirement, instead)
    clean = uploads.clean(data, name, current_app.config["CLAMD_URL"])
    stored = storage.keep(
        clean.data,
        kind="upload",
        media_type=clean.media_type,
        name=name,
        original_sha256=clean.original_sha256,
        pages=clean.pages,
        warnings=list(clean.warnings),
        fingerprint=clean.fingerprint,
    )
    return _add(draft, requirement, stored, instead)


def _check_room(permohonan: Permohonan, draft: Draft, requirement: str, instead: Collection[str]) -> None:
    most = next(one.get("max_files", 5) for one in wanted(permohonan) if one["key"] == requirement)
    present = [row for row in files_of(draft) if row.requirement != requirement or row.file.key not in instead]
    same = [row for row in present if row.requirement == requirement]
    if len(same) >= most or len(present) >= FILES_AT_MOST:
        raise uploads.Refused(_("Jumlah berkas sudah penuh. Hapus satu dulu, atau gabungkan menjadi satu PDF."))


def _with_bytes(draft: Draft, requirement: str, digest: str) -> DraftFile | None:
    """The file of a requirement that was made of these very bytes: a form sent twice, an answer that was lost."""
    mine = (DraftFile.draft == draft) & (DraftFile.requirement == requirement)
    rows = DraftFile.select(DraftFile, StoredFile).join(StoredFile)
    return rows.where(mine, StoredFile.original_sha256 == digest).first() if digest else None


def has(draft: Draft, requirement: str, digest: str) -> bool:
    """Were these very bytes kept for this requirement?"""
    return _with_bytes(draft, requirement, digest) is not None


def _add(draft: Draft, requirement: str, stored: StoredFile, instead: Collection[str] = ()) -> StoredFile:
    with transaction():
        if not Draft.update(saved_at=now()).where(Draft.id == draft.id).execute():  # others wait here for their turn
            raise applying.Closed(applying.SENT)
        if known := _with_bytes(draft, requirement, stored.original_sha256):
            return known.file  # kept by another request a moment ago
        mine = (DraftFile.draft == draft) & (DraftFile.requirement == requirement)
        replaced = StoredFile.select(StoredFile.id).where(StoredFile.key.in_(list(instead)))
        DraftFile.delete().where(mine, DraftFile.file.in_(replaced)).execute()
        highest = DraftFile.select(pw.fn.MAX(DraftFile.position)).where(mine)
        stored.save(force_insert=True)
        DraftFile.create(draft=draft, requirement=requirement, position=(highest.scalar() or 0) + 1, file=stored)
    return stored


def detach(permohonan: Permohonan, file_key: str) -> None:
    """Take a file out of the draft; files of earlier revisions stay where they were submitted."""
    draft = applying.draft_of(permohonan)
    row = DraftFile.select().join(StoredFile).where(DraftFile.draft == draft, StoredFile.key == file_key).first()
    if row and may_change(draft, row.requirement):
        DraftFile.delete().where(DraftFile.id == row.id).execute()
