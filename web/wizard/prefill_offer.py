"""Prefill on the pages: offers answers of the person's earlier applications, to be accepted or refused."""

from collections.abc import Mapping
from dataclasses import dataclass

from flask import request, session
from flask_login import current_user

from accounts.reach import visible_as
from catalogue import fields, missing_number
from catalogue.nik import mask_nik
from intake import autosave, drafts, prefill
from models import Draft, Edition, Permohonan, Revision
from web.wizard.channel import ApplicationInChannel

MAX_EARLIER, MAX_REFUSALS = 5, 20  # at most: earlier applications searched, refusals kept in a session
MASKED_TYPES = ("nik", "kk")
APPLICANT_PAGE = "pemohon"


@dataclass
class PrefillOffer:
    """An offer to fill in fields: (label, formatted value), and the numbers of the applications they come from."""

    rows: list[tuple[dict, str]]
    numbers: list[str]
    shown: int = 5  # rows that are listed at once; the others open with a press


def offered_values(case: ApplicationInChannel, page: dict, draft: Draft) -> dict[str, tuple]:
    """Return (value, number of its application) for the empty fields of a page, by key; {} once it was refused.

    The first page offers everything that is known, for all pages.
    """
    if case.permohonan.key in session.get("refused", ()):
        return {}
    typed = {name.split("-")[0]: "" for name, value in draft.typed.items() if value.strip()}
    all_fields = drafts.form_fields(case.permohonan)
    earlier = _earlier_applications(case, draft.answers)
    wanted = {"fields": all_fields} if page["key"] == APPLICANT_PAGE else page
    found = prefill.prefill_values(wanted, all_fields, typed | draft.answers, earlier)
    if (home_villages := case.channel.villages(case.permohonan)) is None:
        return found
    villages = {field["key"] for field in all_fields if field["type"] == "village"}
    return {key: offered for key, offered in found.items() if key not in villages or offered[0] in home_villages}


def build_offer(case: ApplicationInChannel, page: dict, draft: Draft) -> PrefillOffer | None:
    """Return the offer for a page with formatted values; None if there is nothing to offer."""
    found, names = offered_values(case, page, draft), drafts.village_names()
    every = (field for field in drafts.form_fields(case.permohonan) if field["key"] in found)
    offered = [field for field in every if found[field["key"]][0] != field.get("default")]  # chosen beforehand anyway
    rows = [(field["label"], _display_value(field, found[field["key"]][0], names)) for field in offered]
    numbers = [number for _value, number in found.values() if number]
    return PrefillOffer(rows, list(dict.fromkeys(numbers))) if rows else None


def _display_value(field: dict, value, names: Mapping) -> str:
    masked = field["type"] in MASKED_TYPES and not missing_number.is_missing(value)
    return mask_nik(value) if masked else fields.display(field, value, names)


def _earlier_applications(case: ApplicationInChannel, answers: Mapping) -> list[prefill.EarlierApplication]:
    """Find submitted applications within reach, the newest first; at a counter only those of the same persons."""
    others = Permohonan.submitted_at.is_null(False) & (Permohonan.id != case.permohonan.id)
    rows = visible_as(current_user, case.channel.role).where(others)
    if case.channel.for_others:
        niks = (value for key, value in answers.items() if key == "pemohon_nik" or key.split("_")[0] == "nik")
        people = list(filter(None, map(missing_number.number_of, niks)))
        rows = rows.where(Permohonan.applicant_nik.in_(people) | Permohonan.subject_nik.in_(people))
    rows = rows.select_extend(Edition).join_from(Permohonan, Edition)
    newest = list(rows.order_by(Permohonan.id.desc()).limit(MAX_EARLIER))
    revisions = Revision.select().where(Revision.permohonan.in_(newest)).order_by(Revision.number)
    last = {revision.permohonan_id: revision.answers for revision in revisions}
    known = (row for row in newest if row.id in last)
    same = case.permohonan.layanan_id
    return [
        prefill.EarlierApplication(
            row.number, tuple(drafts.form_fields(row)), last[row.id], same_service=row.layanan_id == same
        )
        for row in known
    ]


def accept_or_refuse(case: ApplicationInChannel, page: dict) -> None:
    """Fill in the offered values, or remember in the session that they were refused; typed values stay."""
    if request.form.get("offer") == "take":
        draft = drafts.get_draft(case.permohonan)
        found = {key: value for key, (value, _number) in offered_values(case, page, draft).items()}
        autosave.fill_empty_fields(case.permohonan, found)
    else:
        session["refused"] = [*session.get("refused", ()), case.permohonan.key][-MAX_REFUSALS:]
