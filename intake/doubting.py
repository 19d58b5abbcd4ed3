"""Warnings about uploads that an officer would probably send back, and overriding them with a reason.

A warning blocks submission until the file is replaced, or until the applicant gives a reason for keeping it. It stores
no file.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, cast

from flask_babel import gettext as _

import uploads
from intake import applying, attaching
from intake.wording import requirement_names
from language import text
from models import Attachment, Draft, DraftFile, Permohonan, Reason, Revision, StoredFile

SAME = "same"  # a code besides those of uploads.WARNINGS
OTHER = "lain"  # ending of the key of the reason that needs a text
LONGEST = 200  # characters of that text


@dataclass(frozen=True)
class Doubt:
    """A warning about a file: its code and its sentence."""

    code: str
    sentence: str


def reasons() -> list[Reason]:
    """Return the office's list of reasons for keeping a file in spite of a warning."""
    return list(Reason.select().where(Reason.kind == "keep", Reason.active).order_by(Reason.position, Reason.id))


def doubts(permohonan: Permohonan, draft: Draft, files: list[DraftFile]) -> dict[int, list[Doubt]]:
    """Return the warnings about each file that nobody has overridden, by the id of its row."""
    found: dict[int, list[Doubt]] = {}
    earlier: list[DraftFile | Attachment] = list(_returned(permohonan, draft, files))
    names = requirement_names(permohonan)
    for row in sorted(files, key=lambda row: row.id):
        warnings = [Doubt(code, _(uploads.WARNINGS[code])) for code in row.file.warnings if code in uploads.WARNINGS]
        twin = next((other for other in earlier if _twins(row, other)), None)
        if twin is not None:
            warnings.append(Doubt(SAME, _same(row, twin, names)))
        overridden = _codes(row)
        if warnings := [warning for warning in warnings if warning.code not in overridden]:
            found[row.id] = warnings
        earlier.append(row)
    return found


def _returned(permohonan: Permohonan, draft: Draft, files: list[DraftFile]) -> Iterable[Attachment]:
    """Return the submitted files that were removed during a correction: an officer rejected them already."""
    if not (open_keys := draft.open_keys):
        return ()
    last = Revision.select(Revision.id).where(Revision.permohonan == permohonan.id).order_by(Revision.number.desc())
    rows = Attachment.select(Attachment, StoredFile).join(StoredFile).where(Attachment.revision == last.limit(1))
    present = [row.file_id for row in files]
    return rows.where(Attachment.requirement.in_(open_keys), Attachment.file.not_in(present))


def _codes(row: DraftFile | Attachment) -> list[str]:
    """Return the codes of the warnings that were overridden."""
    overruled = cast("dict[str, Any] | None", row.overruled)
    return overruled["codes"] if overruled else []


def _twins(row: DraftFile, other: DraftFile | Attachment) -> bool:
    """Say whether two files are the same photo (by hash or fingerprint), unless that was overridden."""
    if SAME in _codes(other):
        return False
    one, two = row.file, other.file
    return (one.original_sha256 != "" and one.original_sha256 == two.original_sha256) or uploads.alike(
        one.fingerprint or "", two.fingerprint or ""
    )


def _same(row: DraftFile, twin: DraftFile | Attachment, names: dict[str, str]) -> str:
    if not isinstance(twin, DraftFile):
        return _("Foto ini sama dengan yang dikembalikan petugas. Foto ulang dokumennya.")
    if twin.requirement == row.requirement:
        return _("Foto ini sama dengan foto lain untuk dokumen ini. Hapus salah satu.")
    name = names.get(twin.requirement, twin.requirement)
    return _("Foto ini sama dengan foto untuk %(name)s. Pilih foto yang lain.", name=name)


def unsettled(permohonan: Permohonan, draft: Draft, files: list[DraftFile]) -> dict[str, str]:
    """Return a sentence for each upload field with a file that must still be replaced or kept with a reason."""
    warnings, names = doubts(permohonan, draft, files), requirement_names(permohonan)
    found: dict[str, str] = {}
    for row in files:
        if row.id in warnings and attaching.may_change(draft, row.requirement) and row.requirement in names:
            name, fault = names[row.requirement], warnings[row.id][0].sentence.partition(". ")[0]
            sentence = _("%(name)s: %(fault)s. Ganti, atau sebutkan mengapa tetap dipakai.", name=name, fault=fault)
            found.setdefault(f"upload-{row.requirement}", sentence)
    return found


def overrule(permohonan: Permohonan, file_key: str, reason_key: str, own_words: str) -> str:
    """Override the warnings about a file with a reason; returns a sentence if the reason isn't enough.

    A file that was removed meanwhile is no error.
    """
    draft = applying.draft_of(permohonan)
    files = attaching.files_of(draft)
    row = next((row for row in files if row.file.key == file_key), None)
    if row is None or not attaching.may_change(draft, row.requirement):
        return ""
    reason = next((reason for reason in reasons() if reason.key == reason_key), None)
    own_words = " ".join(own_words.split())
    if reason is None:
        return _("Pilih alasan mengapa foto ini tetap dipakai.")
    if reason.key.endswith(OTHER) and not own_words:
        return _("Tulis alasannya.")
    if len(own_words) > LONGEST:
        return _("Tulis alasannya paling banyak %(most)s huruf.", most=LONGEST)
    codes = {warning.code for warning in doubts(permohonan, draft, files).get(row.id, ())} | set(_codes(row))
    overruled = {"codes": sorted(codes), "name": reason.name, "text": own_words}
    DraftFile.update(overruled=overruled).where(DraftFile.id == row.id).execute()
    return ""


def in_words(overruled: dict | None) -> str:
    """Return the reason for keeping a file as its applicant gave it: Hanya foto ini yang ada: “Aslinya di bank.”"""
    if not overruled:
        return ""
    own_words = overruled.get("text", "")
    return f"{text(overruled['name'])}{f': “{own_words}”' if own_words else ''}"


def for_officers(row: Attachment | DraftFile) -> tuple[str, ...]:
    """Return the notes that officers read beside an upload: its warnings, and the reason for keeping it."""
    codes = dict.fromkeys([*row.file.warnings, *_codes(row)])
    words = uploads.SHORT_WARNINGS | {SAME: "sama dengan berkas lain"}
    warned = ", ".join(words[code] for code in codes if code in words)
    reason = in_words(row.overruled)
    notes = (warned and f"Foto {warned}", reason and f"Tetap dipakai pemohon. {reason}")
    return tuple(note for note in notes if note)
