"""Uploads that an officer might send back: which are doubted, and why one stays nevertheless; it keeps no file.

A doubted file stands in the way of submitting until it is replaced, or until its sender says why it stays.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, cast

from flask_babel import gettext as _

import uploads
from intake import applying, attaching
from language import text
from models import Attachment, Draft, DraftFile, Permohonan, Reason, Revision, StoredFile

SAME = "same"  # besides the codes of uploads.WARNINGS
OTHER = "lain"  # the reason that needs words
LONGEST = 200  # letters


@dataclass(frozen=True)
class Doubt:
    """What speaks against a file."""

    code: str
    sentence: str


def reasons() -> list[Reason]:
    """Why a doubted file may stay; the office's list."""
    return list(Reason.select().where(Reason.kind == "keep", Reason.active).order_by(Reason.position, Reason.id))


def doubts(permohonan: Permohonan, draft: Draft, files: list[DraftFile]) -> dict[int, list[Doubt]]:
    """What speaks against each file, by the id of its row, as long as nobody said why it stays."""
    found: dict[int, list[Doubt]] = {}
    before: list[DraftFile | Attachment] = list(_returned(permohonan, draft, files))
    names = {one["key"]: text(one["name"]) for one in attaching.wanted(permohonan)}
    for row in sorted(files, key=lambda row: row.id):
        told = [Doubt(code, _(uploads.WARNINGS[code])) for code in row.file.warnings if code in uploads.WARNINGS]
        twin = next((other for other in before if _twins(row, other)), None)
        if twin is not None:
            told.append(Doubt(SAME, _same(row, twin, names)))
        settled = _codes(row)
        if told := [doubt for doubt in told if doubt.code not in settled]:
            found[row.id] = told
        before.append(row)
    return found


def _returned(permohonan: Permohonan, draft: Draft, files: list[DraftFile]) -> Iterable[Attachment]:
    """While a return is corrected: what an officer has seen already, and what was taken out since."""
    if not (open_keys := draft.open_keys):
        return ()
    last = Revision.select(Revision.id).where(Revision.permohonan == permohonan.id).order_by(Revision.number.desc())
    rows = Attachment.select(Attachment, StoredFile).join(StoredFile).where(Attachment.revision == last.limit(1))
    kept = [row.file_id for row in files]
    return rows.where(Attachment.requirement.in_(open_keys), Attachment.file.not_in(kept))


def _codes(row: DraftFile | Attachment) -> list[str]:
    """What somebody has explained already."""
    why = cast("dict[str, Any] | None", row.overruled)
    return why["codes"] if why else []


def _twins(row: DraftFile, other: DraftFile | Attachment) -> bool:
    """The same photo twice, and nobody said that this is right?"""
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
    """A sentence for each upload field in which a doubted file must still be replaced or explained."""
    doubted = doubts(permohonan, draft, files)
    names = {one["key"]: text(one["name"]) for one in attaching.wanted(permohonan)}
    found: dict[str, str] = {}
    for row in files:
        if row.id in doubted and attaching.may_change(draft, row.requirement) and row.requirement in names:
            name, fault = names[row.requirement], doubted[row.id][0].sentence.partition(". ")[0]
            told = _("%(name)s: %(fault)s. Ganti, atau sebutkan mengapa tetap dipakai.", name=name, fault=fault)
            found.setdefault(f"upload-{row.requirement}", told)
    return found


def overrule(permohonan: Permohonan, file_key: str, reason_key: str, own: str) -> str:
    """Keep a doubted file with a reason; a sentence where the reason is not enough. One that went away is no fault."""
    draft = applying.draft_of(permohonan)
    files = attaching.files_of(draft)
    row = next((row for row in files if row.file.key == file_key), None)
    if row is None or not attaching.may_change(draft, row.requirement):
        return ""
    reason = next((one for one in reasons() if one.key == reason_key), None)
    own = " ".join(own.split())
    if reason is None:
        return _("Pilih alasan mengapa foto ini tetap dipakai.")
    if reason.key.endswith(OTHER) and not own:
        return _("Tulis alasannya.")
    if len(own) > LONGEST:
        return _("Tulis alasannya paling banyak %(most)s huruf.", most=LONGEST)
    codes = {doubt.code for doubt in doubts(permohonan, draft, files).get(row.id, ())}
    codes |= set(_codes(row))
    why = {"codes": sorted(codes), "name": reason.name, "text": own}
    DraftFile.update(overruled=why).where(DraftFile.id == row.id).execute()
    return ""


def in_words(overruled: dict | None) -> str:
    """Why a file stays, as it was said: Hanya foto ini yang ada. “Aslinya di bank.”"""
    if not overruled:
        return ""
    own = overruled.get("text", "")
    return f"{text(overruled['name'])}{f': “{own}”' if own else ''}"


def for_officers(row: Attachment | DraftFile) -> tuple[str, ...]:
    """What an officer reads beside an upload: what was doubted, and why it stayed."""
    codes = dict.fromkeys([*row.file.warnings, *_codes(row)])
    words = uploads.SHORT_WARNINGS | {SAME: "sama dengan berkas lain"}
    doubted = ", ".join(words[code] for code in codes if code in words)
    why = in_words(row.overruled)
    return tuple(told for told in (doubted and f"Foto {doubted}", why and f"Tetap dipakai pemohon. {why}") if told)
