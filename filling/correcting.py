"""A return being corrected: what fell short, what may change, keeping it and sending it; each side shows its page."""

from collections.abc import Iterable
from dataclasses import dataclass

from flask import flash, request

import history
import workflow
from filling import addressing, autosaving, performing, showing, uploading
from filling.side import Case
from intake import applying, saving, submitting
from language import text
from models import Draft, Permohonan, Reason

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
    reasons: list[Reason]  # why a doubted file may stay
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
    if not workflow.STATES[case.permohonan.state].pauses:
        return None
    draft = Draft.get_or_none(Draft.permohonan == case.permohonan.id)
    return None if draft is None or draft.open_keys is None else draft


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
    if not (kept.errors or kept.conflict or staying()):
        kept.errors = addressing.settle(case, draft)
    if not (kept.errors or kept.conflict or staying()):
        done = performing.perform(permohonan, RESUBMIT, {})
        kept.errors = done.errors
        if done.happened:
            flash(case.side.words["corrected"], "good")
    if kept.errors or kept.conflict:
        return case.side.page(case, view(case, kept)), 409 if kept.conflict else 422
    return case.to("one", _anchor="perbaiki" if staying() else None)


def staying() -> bool:
    """Was a button pressed that keeps something and sends nothing?"""
    return bool(request.form.get("stay") or request.form.get("keep"))


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
    mark_old(permohonan, slots.values())
    errors = [("#perbaiki" if name == "double" else f"#{name}", said) for name, said in kept.errors.items()]
    reasons = uploading.reasons_for([item.slot for item in items if item.slot])
    address = addressing.view(case, draft, kept.errors)
    return Correction(items, safe, draft.version, errors, reasons, kept.conflict, address)


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
    """Keep the new files, in place of the old ones where the page says so, and the reasons of doubted ones."""
    old = {key: keys for key, keys in seen_files(permohonan).items() if request.form.get(f"replace-{key}") == "ya"}
    return uploading.keep_all(permohonan, open_keys, old) | uploading.overrule_all(permohonan)


def mark_old(permohonan: Permohonan, slots: Iterable[uploading.Slot]) -> None:
    """Note in each slot which of its files an officer has seen."""
    old = seen_files(permohonan)
    for slot in slots:
        slot.old = [row.file.key for row in slot.files if row.file.key in old.get(slot.requirement["key"], ())]


def seen_files(permohonan: Permohonan) -> dict[str, list[str]]:
    """The keys of the files that an officer has seen, by requirement."""
    revision = submitting.last_revision(permohonan)
    found: dict[str, list[str]] = {}
    for row in submitting.attachments(revision) if revision else ():
        found.setdefault(row.requirement, []).append(row.file.key)
    return found
