"""The files of an application that is being filled in: what is asked for, kept and removed; it shows no page."""

from collections.abc import Mapping
from dataclasses import dataclass

import peewee as pw
from flask_babel import gettext as _

import storage
import uploads
from intake import applicant, applying, fields
from models import Draft, DraftFile, Permohonan, StoredFile, now, write

FILES_AT_MOST = 20


@dataclass
class Slot:
    """One requirement with its files, and whether it must be there."""

    requirement: dict
    needed: bool
    files: list[DraftFile]


def slots(permohonan: Permohonan, answers: Mapping, files: list[DraftFile]) -> list[Slot]:
    """The requirements that the answers call for, each with its files."""
    by_key: dict[str, list[DraftFile]] = {}
    for row in files:
        by_key.setdefault(row.requirement, []).append(row)
    wanted = [*permohonan.edition.body["requirements"], applicant.PROXY_LETTER]
    out = []
    for requirement in wanted:
        if requirement["required"] == "when" and not fields.shown(requirement, answers):
            continue
        group = requirement.get("one_of")
        others = [other["key"] for other in wanted if group and other.get("one_of") == group]
        needed = requirement["required"] != "optional" and not any(by_key.get(key) for key in others)
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


def attach(permohonan: Permohonan, requirement: str, data: bytes, name: str) -> StoredFile:
    """Look into an upload, clean it, keep it. Raises uploads.Refused, storage.Refused or Closed."""
    draft = applying.draft_of(permohonan)
    known = {one["key"]: one for one in [*permohonan.edition.body["requirements"], applicant.PROXY_LETTER]}
    if requirement not in known or not may_change(draft, requirement):
        raise applying.Closed(_("Dokumen ini sudah baik dan tidak perlu diganti."))
    present = files_of(draft)
    same = [row for row in present if row.requirement == requirement]
    if len(same) >= known[requirement].get("max_files", 5) or len(present) >= FILES_AT_MOST:
        raise uploads.Refused(_("Jumlah berkas sudah penuh. Hapus satu dulu, atau gabungkan menjadi satu PDF."))
    clean = uploads.clean(data, name)
    stored = storage.keep(
        clean.data,
        kind="upload",
        media_type=clean.media_type,
        name=name,
        original_sha256=clean.original_sha256,
        pages=clean.pages,
        warnings=list(clean.warnings),
    )
    _add(draft, requirement, stored)
    return stored


def _add(draft: Draft, requirement: str, stored: StoredFile) -> None:
    with write():
        if not Draft.update(saved_at=now()).where(Draft.id == draft.id).execute():  # others wait here for their turn
            raise applying.Closed(applying.SENT)
        highest = DraftFile.select(pw.fn.MAX(DraftFile.position)).where(
            DraftFile.draft == draft, DraftFile.requirement == requirement
        )
        stored.save(force_insert=True)
        DraftFile.create(draft=draft, requirement=requirement, position=(highest.scalar() or 0) + 1, file=stored)


def detach(permohonan: Permohonan, file_key: str) -> None:
    """Take a file out of the draft; files of earlier revisions stay where they were submitted."""
    draft = applying.draft_of(permohonan)
    row = DraftFile.select().join(StoredFile).where(DraftFile.draft == draft, StoredFile.key == file_key).first()
    if row and may_change(draft, row.requirement):
        DraftFile.delete().where(DraftFile.id == row.id).execute()
