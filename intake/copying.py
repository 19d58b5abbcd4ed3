"""Beginning anew from what was given before: the answers and files of an ended application; it changes no other row."""

from dataclasses import dataclass

import applicant
from intake import applying
from lib.database import now, transaction
from models import Attachment, Draft, DraftFile, Edition, Permohonan, Revision, User


@dataclass(frozen=True)
class Contents:
    """What an application last held: what was being corrected or filled in when it ended, else what was submitted."""

    answers: dict
    files: list  # of Attachment or DraftFile


def contents(permohonan: Permohonan) -> Contents | None:
    """None where nothing was ever filled in."""
    draft = Draft.get_or_none(Draft.permohonan == permohonan.id)
    if draft and (draft.version or permohonan.submitted_at):
        return Contents(draft.answers, list(DraftFile.select().where(DraftFile.draft == draft)))
    mine = Revision.permohonan == permohonan.id
    last = Revision.select().where(mine).order_by(Revision.number.desc()).first()
    return Contents(last.answers, list(Attachment.select().where(Attachment.revision == last))) if last else None


def copy(permohonan: Permohonan, owner: User | None, helper: User | None = None) -> Permohonan:
    """Begin anew from an ended application, with its answers and files, in the service's newest edition (reading 2)."""
    edition = Edition.current().where(Edition.layanan == permohonan.layanan_id).get()
    fresh = applying.begin(edition, owner=owner, helper=helper, place=permohonan.office)
    given = contents(permohonan)
    if given is None:
        return fresh
    known = {key for key, *_ in _asked(permohonan) & _asked(fresh)}
    wanted = {one["key"] for one in [*edition.body["requirements"], applicant.PROXY_LETTER]}
    with transaction():
        draft = Draft.get(Draft.permohonan == fresh.id)
        answers = {key: value for key, value in given.answers.items() if key in known}
        taken = Draft.update(answers=answers, version=1, saved_at=now()).where(Draft.id == draft.id, Draft.version == 0)
        if taken.execute():
            for row in given.files:
                if row.requirement in wanted:
                    facts = {name: getattr(row, name) for name in ("requirement", "position", "file", "overruled")}
                    DraftFile.create(draft=draft, **facts)
    return fresh


def _asked(permohonan: Permohonan) -> set[tuple]:
    """What an answer must have in common with a question to be taken over: key, type, and the types inside a group."""
    parts = [part for section in applying.sections(permohonan) for part in section["fields"]]
    inside = {part["key"]: tuple((one["key"], one["type"]) for one in part.get("item") or ()) for part in parts}
    return {(part["key"], part["type"], inside[part["key"]]) for part in parts}
