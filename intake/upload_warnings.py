"""Warnings about uploads that an officer would probably send back, and overriding them with a reason.

A warning blocks submission until the file is replaced, or until the applicant gives a reason for keeping it. It stores
no file.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, cast

from flask_babel import gettext as _

from files import inspection
from intake import attachments, drafts
from intake.answer_display import requirement_names
from lib.i18n import localized
from models import Attachment, Draft, DraftFile, Permohonan, Reason, Revision, StoredFile

SAME_PHOTO = "same"  # a code besides those of inspection.results.WARNINGS
OTHER_REASON = "lain"  # ending of the key of the reason that needs a text
MAX_REASON = 200  # characters of that text


@dataclass(frozen=True)
class UploadWarning:
    """A warning about a file: its code and its sentence."""

    code: str
    sentence: str


def override_reasons() -> list[Reason]:
    """Return the office's list of reasons for keeping a file in spite of a warning."""
    return list(Reason.select().where(Reason.kind == "keep", Reason.active).order_by(Reason.position, Reason.id))


def open_warnings(permohonan: Permohonan, draft: Draft, files: list[DraftFile]) -> dict[int, list[UploadWarning]]:
    """Return the warnings about each file that nobody has overridden, by the id of its row."""
    found: dict[int, list[UploadWarning]] = {}
    earlier: list[DraftFile | Attachment] = list(_returned_files(permohonan, draft, files))
    names = requirement_names(permohonan)
    for row in sorted(files, key=lambda row: row.id):
        known = [code for code in row.file.warnings if code in inspection.WARNINGS]
        warnings = [UploadWarning(code, _(inspection.WARNINGS[code])) for code in known]
        twin = next((other for other in earlier if _is_same_photo(row, other)), None)
        if twin is not None:
            warnings.append(UploadWarning(SAME_PHOTO, _same_photo_sentence(row, twin, names)))
        overridden = _overridden_codes(row)
        if warnings := [warning for warning in warnings if warning.code not in overridden]:
            found[row.id] = warnings
        earlier.append(row)
    return found


def _returned_files(permohonan: Permohonan, draft: Draft, files: list[DraftFile]) -> Iterable[Attachment]:
    """Return the submitted files that were removed during a correction: an officer rejected them already."""
    if not (open_keys := draft.open_keys):
        return ()
    last = Revision.select(Revision.id).where(Revision.permohonan == permohonan.id).order_by(Revision.number.desc())
    rows = Attachment.select(Attachment, StoredFile).join(StoredFile).where(Attachment.revision == last.limit(1))
    present = [row.file_id for row in files]
    return rows.where(Attachment.requirement.in_(open_keys), Attachment.file.not_in(present))


def _overridden_codes(row: DraftFile | Attachment) -> list[str]:
    """Return the codes of the warnings that were overridden."""
    overruled = cast("dict[str, Any] | None", row.overruled)
    return overruled["codes"] if overruled else []


def _is_same_photo(row: DraftFile, other: DraftFile | Attachment) -> bool:
    """Say whether two files are the same photo (by hash or fingerprint), unless that was overridden."""
    if SAME_PHOTO in _overridden_codes(other):
        return False
    one, two = row.file, other.file
    same_bytes = one.original_sha256 != "" and one.original_sha256 == two.original_sha256
    return same_bytes or inspection.is_same_photo(one.fingerprint or "", two.fingerprint or "")


def _same_photo_sentence(row: DraftFile, twin: DraftFile | Attachment, names: dict[str, str]) -> str:
    if not isinstance(twin, DraftFile):
        return _("Foto ini sama dengan yang dikembalikan petugas. Foto ulang dokumennya.")
    if twin.requirement == row.requirement:
        return _("Foto ini sama dengan foto lain untuk dokumen ini. Hapus salah satu.")
    name = names.get(twin.requirement, twin.requirement)
    return _("Foto ini sama dengan foto untuk %(name)s. Pilih foto yang lain.", name=name)


def unresolved(permohonan: Permohonan, draft: Draft, files: list[DraftFile]) -> dict[str, str]:
    """Return a sentence for each upload field with a file that must still be replaced or kept with a reason."""
    warnings, names = open_warnings(permohonan, draft, files), requirement_names(permohonan)
    found: dict[str, str] = {}
    for row in files:
        if row.id in warnings and attachments.can_change(draft, row.requirement) and row.requirement in names:
            name, fault = names[row.requirement], warnings[row.id][0].sentence.partition(". ")[0]
            sentence = _("%(name)s: %(fault)s. Ganti, atau sebutkan mengapa tetap dipakai.", name=name, fault=fault)
            found.setdefault(f"upload-{row.requirement}", sentence)
    return found


def override(permohonan: Permohonan, file_key: str, reason_key: str, own_words: str) -> str:
    """Override the warnings about a file with a reason; returns a sentence if the reason isn't enough.

    A file that was removed meanwhile is no error.
    """
    draft = drafts.get_draft(permohonan)
    files = attachments.draft_files(draft)
    row = next((row for row in files if row.file.key == file_key), None)
    if row is None or not attachments.can_change(draft, row.requirement):
        return ""
    reason = next((reason for reason in override_reasons() if reason.key == reason_key), None)
    own_words = " ".join(own_words.split())
    if reason is None:
        return _("Pilih alasan mengapa foto ini tetap dipakai.")
    if reason.key.endswith(OTHER_REASON) and not own_words:
        return _("Tulis alasannya.")
    if len(own_words) > MAX_REASON:
        return _("Tulis alasannya paling banyak %(most)s huruf.", most=MAX_REASON)
    open_ones = open_warnings(permohonan, draft, files).get(row.id, ())
    codes = {*(warning.code for warning in open_ones), *_overridden_codes(row)}
    overruled = {"codes": sorted(codes), "name": reason.name, "text": own_words}
    DraftFile.update(overruled=overruled).where(DraftFile.id == row.id).execute()
    return ""


def override_text(overruled: dict | None) -> str:
    """Return the reason for keeping a file as its applicant gave it: Hanya foto ini yang ada: “Aslinya di bank.”"""
    if not overruled:
        return ""
    own_words = overruled.get("text", "")
    return f"{localized(overruled['name'])}{f': “{own_words}”' if own_words else ''}"


def officer_notes(row: Attachment | DraftFile) -> tuple[str, ...]:
    """Return the notes that officers read beside an upload: its warnings, and the reason for keeping it."""
    codes = dict.fromkeys([*row.file.warnings, *_overridden_codes(row)])
    words = inspection.SHORT_WARNINGS | {SAME_PHOTO: "sama dengan berkas lain"}
    warned = ", ".join(words[code] for code in codes if code in words)
    reason = override_text(row.overruled)
    notes = (warned and f"Foto {warned}", reason and f"Tetap dipakai pemohon. {reason}")
    return tuple(note for note in notes if note)
