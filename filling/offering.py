"""Offering what was answered before: from whose applications, what it shows, and taking or refusing it."""

from collections.abc import Mapping
from dataclasses import dataclass

from flask import request, session
from flask_login import current_user

from accounts.reach import visible_as
from filling.side import Case
from intake import applying, fields, known, saving
from intake.nik import mask
from models import Draft, Edition, Permohonan, Revision

LOOKED_AT, REMEMBERED = 5, 20  # earlier applications; refusals in a session
SECRET = ("nik", "kk")


@dataclass
class Offer:
    """Fields that can be filled in: (label, value as it is shown), and from which applications."""

    rows: list[tuple[dict, str]]
    numbers: list[str]


def values(case: Case, page: dict, draft: Draft) -> dict[str, tuple]:
    """What is offered for the empty fields of a page; nothing once it was refused."""
    if case.permohonan.key in session.get("refused", ()):
        return {}
    every = [part for one in applying.sections(case.permohonan) for part in one["fields"]]
    typed = {name.split("-")[0]: "" for name, value in draft.typed.items() if value.strip()}
    shown = {**page, "fields": [part for part in page["fields"] if fields.shown(part, draft.answers)]}
    found = known.offers(shown, every, typed | draft.answers, _earlier(case, draft.answers))
    homes = case.side.villages(case.permohonan)
    villages = {part["key"] for part in page["fields"] if part["type"] == "village"}
    return {key: one for key, one in found.items() if homes is None or key not in villages or one[0] in homes}


def offer(case: Case, page: dict, draft: Draft) -> Offer | None:
    """The same as people read it; None: there is nothing to offer."""
    found, names = values(case, page, draft), applying.villages()
    parts = [part for part in page["fields"] if part["key"] in found]
    rows = [(part["label"], _words(part, found[part["key"]][0], names)) for part in parts]
    numbers = [number for _value, number in found.values() if number]
    return Offer(rows, list(dict.fromkeys(numbers))) if rows else None


def _words(part: dict, value, names: Mapping) -> str:
    return mask(value) if part["type"] in SECRET else fields.display(part, value, names)


def _earlier(case: Case, answers: Mapping) -> list[known.Earlier]:
    """Sent applications within reach, the newest first; at a counter only those of the persons in this one."""
    rows = visible_as(current_user, case.side.role).where(
        Permohonan.submitted_at.is_null(False), Permohonan.id != case.permohonan.id
    )
    if case.side.for_others:
        people = [value for key, value in answers.items() if key == "pemohon_nik" or key.split("_")[0] == "nik"]
        rows = rows.where(Permohonan.applicant_nik.in_(people) | Permohonan.subject_nik.in_(people))
    rows = rows.select_extend(Edition).join_from(Permohonan, Edition)
    newest = list(rows.order_by(Permohonan.id.desc()).limit(LOOKED_AT))
    sent = Revision.select().where(Revision.permohonan.in_(newest)).order_by(Revision.number)
    last = {revision.permohonan_id: revision.answers for revision in sent}
    return [known.Earlier(row.number, _parts(row), last[row.id]) for row in newest if row.id in last]


def _parts(permohonan: Permohonan) -> tuple[dict, ...]:
    return tuple(part for section in applying.sections(permohonan) for part in section["fields"])


def answer(case: Case, page: dict) -> None:
    """Take what is offered, or refuse it for this application; what was typed already stays as it is."""
    if request.form.get("offer") == "take":
        draft = applying.draft_of(case.permohonan)
        found = {key: value for key, (value, _number) in values(case, page, draft).items()}
        saving.fill_in(case.permohonan, page["key"], found)
    else:
        session["refused"] = [*session.get("refused", ()), case.permohonan.key][-REMEMBERED:]
