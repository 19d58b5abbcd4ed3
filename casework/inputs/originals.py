"""Inputs about original papers at the handover: those that are shown, and old ones that are taken back (M-m, L-l)."""

from collections.abc import Mapping

from casework.inputs.words import SHORT, YES, InvalidInput, plain
from catalogue.applicant_section import PROXY_LETTER
from catalogue.definition_parts import is_taken_back
from lib.i18n import localized
from models import Attachment, Permohonan, Revision

MADE_FOR_IT = ("formulir", "pas_foto")  # requirements that are no papers to show: made for the application


def original_requirements(permohonan: Permohonan) -> list[dict]:
    """Return the requirements of which papers were uploaded, whose originals are shown at the handover."""
    last = Revision.select(Revision.id).where(Revision.permohonan == permohonan.id).order_by(Revision.number.desc())
    rows = Attachment.select().where(Attachment.revision == last.limit(1))
    uploaded = {row.requirement for row in rows if not row.signed}
    every = (*permohonan.edition.body["requirements"], PROXY_LETTER)
    return [one for one in every if one["key"] in uploaded and one["key"] not in MADE_FOR_IT]


def papers_to_take_back(permohonan: Permohonan) -> dict[str, str]:
    """Return the names of the old papers that must come back before the new documents are handed over, by key."""
    papers = original_requirements(permohonan)
    return {one["key"]: localized(one["name"]) for one in papers if is_taken_back(one)}


def originals(answers: Mapping, permohonan: Permohonan, role: str) -> dict:
    """Validate which originals were shown: all of them (True), or the keys of those that were ticked."""
    known = {one["key"] for one in permohonan.edition.body["requirements"]} | {PROXY_LETTER["key"]}
    shown = _all_or_some(answers, "originals_seen", "originals", known)
    if not shown:
        raise InvalidInput({"originals_seen": "Tandai setelah Anda melihat dokumen aslinya."})
    return {"originals_seen": shown}


def old_papers(answers: Mapping, permohonan: Permohonan, role: str) -> dict:
    """Validate which old papers were taken back: all (True), or the keys of some and why the others are missing."""
    wanted = papers_to_take_back(permohonan)
    back = _all_or_some(answers, "old_returned", "old_papers", wanted)
    try:
        reason = plain(answers.get("old_missing"), SHORT) if wanted else ""
    except ValueError as wrong:
        raise InvalidInput({"old_missing": str(wrong)}) from wrong
    missing = [] if back is True else [name for key, name in wanted.items() if key not in (back or ())]
    if missing and not reason:
        papers = ", ".join(missing)
        raise InvalidInput({"old_returned": f"Belum ditarik: {papers}. Tandai, atau tulis mengapa tidak ada."})
    if reason and not missing:
        raise InvalidInput({"old_missing": "Semua sudah ditandai ditarik. Kosongkan alasan ini, atau hapus tandanya."})
    return {"old_returned": back, "old_missing": reason}


def _all_or_some(answers: Mapping, every: str, some: str, known) -> bool | list[str]:
    """Return True where all are ticked at once or one by one, else the known keys that are ticked, or False."""
    value = answers.get(every)
    if value is True or str(value).lower() in YES:
        return True
    return [key for key in answers.get(some) or () if key in known] or False
