"""A return being corrected: what fell short, what may change, keeping it and sending it; each side shows its page."""

from dataclasses import dataclass

from flask import flash, request

import history
import workflow
from filling import addressing, autosaving, performing, showing, uploading
from filling.side import Case
from intake import applicant, applying, attaching, saving, submitting
from language import text
from models import Draft, DraftFile, Permohonan

RESUBMIT = "resubmit"


@dataclass
class Item:
    """One thing that fell short, with what to change."""

    fault: history.Fault
    box: showing.Box | None = None
    slot: uploading.Slot | None = None


@dataclass
class Correction:
    """Everything that the page of a return shows."""

    items: list[Item]
    safe: list[str]  # what was good and stays
    version: int
    errors: list[tuple[str, str]]  # (address of the control, sentence)
    conflict: str = ""
    address: addressing.Asked | None = None  # one that nobody proved yet


@dataclass
class Kept:
    """How keeping went: sentences by field, what was typed, and a conflict if there was one."""

    errors: dict[str, str]
    typed: dict | None = None
    conflict: str = ""


def open_draft(case: Case) -> Draft | None:
    """The draft that lies over a returned application; None when nothing is open for correction."""
    draft = Draft.get_or_none(Draft.permohonan == case.permohonan.id)
    ended = workflow.STATES[case.permohonan.state].ends_clock
    return None if draft is None or ended or draft.open_keys is None else draft


def one(case: Case):
    """The application's own page, with what is open for correction."""
    return case.side.page(case, view(case))


def correct(case: Case):
    """Keep what was replaced in a return, and send the application again."""
    permohonan, draft = case.permohonan, open_draft(case)
    if request.method == "GET" or draft is None:
        return case.to("one")
    if request.form.get("remove"):
        uploading.remove(permohonan, request.form["remove"])
        return case.to("one", _anchor="perbaiki")
    kept = keep(permohonan, draft)
    draft = open_draft(case) or draft
    if not kept.errors and (answer := addressing.answered(case, draft, case.url("one"))):
        return answer
    if not (kept.errors or kept.conflict or request.form.get("stay")):
        kept.errors = addressing.settle(case, draft)
    if not (kept.errors or kept.conflict or request.form.get("stay")):
        done = performing.perform(permohonan, RESUBMIT, {})
        kept.errors = done.errors
        if done.happened:
            flash(case.side.words["corrected"], "good")
    if kept.errors or kept.conflict:
        return case.side.page(case, view(case, kept)), 409 if kept.conflict else 422
    return case.to("one", _anchor="perbaiki" if request.form.get("stay") else None)


def view(case: Case, kept: Kept | None = None) -> Correction | None:
    """What a returned application's page shows; None when nothing is open for correction."""
    permohonan, draft, kept = case.permohonan, open_draft(case), kept or Kept({})
    if draft is None:
        return None
    only = frozenset(draft.open_keys)
    raw = draft.answers | draft.typed | (kept.typed or {})
    sight = showing.Sight(raw, draft.answers, applying.villages(), kept.errors, only=only)
    sight.homes = case.side.villages(permohonan)
    parts = [part for section in applying.sections(permohonan) for part in section["fields"]]
    laid = {box.name: box for box in showing.boxes(parts, sight)}
    slots = {slot.requirement["key"]: slot for slot in uploading.slots(permohonan, draft, kept.errors)}
    items = [Item(fault, laid.get(fault.key), slots.get(fault.key)) for fault in history.open_faults(permohonan)]
    safe = [text(slot.requirement["name"]) for key, slot in slots.items() if key not in only and slot.files]
    errors = [("#perbaiki" if name == "double" else f"#{name}", said) for name, said in kept.errors.items()]
    address = addressing.view(case, draft, kept.errors)
    return Correction(items, safe, draft.version, errors, kept.conflict, address)


def keep(permohonan: Permohonan, draft: Draft) -> Kept:
    """Keep the files and fields that were posted, as far as they are open."""
    open_keys = frozenset(draft.open_keys)
    errors, typed, marks = _keep_files(permohonan, open_keys), dict(request.form), autosaving.marks(request.form)
    for section in applying.sections(permohonan):
        if not open_keys & {part["key"] for part in section["fields"]}:
            continue
        try:
            page = saving.save(permohonan, section["key"], request.form, *marks)
        except saving.Conflict as conflict:
            return Kept(errors, typed, str(conflict))
        errors |= {name: said for name, said in page.errors.items() if name.split("-")[0] in open_keys}
    return Kept(errors, typed)


def _keep_files(permohonan: Permohonan, open_keys: frozenset[str]) -> dict[str, str]:
    """Keep the new files; where they replace the old ones, those go once a new one is there, or to make room."""
    revision = submitting.last_revision(permohonan)
    old = {row.file_id for row in submitting.attachments(revision)} if revision else set()
    replaced = {key for key in open_keys if _posted(key) and request.form.get(f"replace-{key}") == "ya"}
    for key in replaced:
        if len(_files(permohonan, key)) + _posted(key) > _room(permohonan, key):
            _take_away(permohonan, key, old)
    errors = uploading.keep_all(permohonan, open_keys)
    for key in replaced:
        if any(row.file_id not in old for row in _files(permohonan, key)):
            _take_away(permohonan, key, old)
    return errors


def _posted(key: str) -> int:
    return sum(bool(one.filename) for one in request.files.getlist(f"upload-{key}"))


def _files(permohonan: Permohonan, key: str) -> list[DraftFile]:
    return [row for row in attaching.files_of(applying.draft_of(permohonan)) if row.requirement == key]


def _room(permohonan: Permohonan, key: str) -> int:
    wanted = [*permohonan.edition.body["requirements"], applicant.PROXY_LETTER]
    return next((one.get("max_files", 5) for one in wanted if one["key"] == key), 0)


def _take_away(permohonan: Permohonan, key: str, files: set[int]) -> None:
    for row in _files(permohonan, key):
        if row.file_id in files:
            attaching.detach(permohonan, row.file.key)
