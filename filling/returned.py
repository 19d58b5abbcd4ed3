"""What the page of a return shows: what fell short, and what that makes necessary besides; it keeps nothing.

What was opened only because something else fell short is shown once it is asked for, and stays as it was until then.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field

from flask import request
from flask_babel import gettext as _

import history
import keys
import workflow
from filling import addressing, autosaving, comparing, showing, uploading
from filling.side import Case
from intake import applying, fields, submitting
from language import text
from models import Draft, Permohonan, Reason


@dataclass
class Item:
    """One thing to change: what fell short, or (without a fault) what a changed answer asks for besides."""

    label: str
    fault: history.DeficiencyEntry | None = None
    box: showing.Box | None = None
    slot: uploading.Slot | None = None
    others: list[uploading.Slot] = field(default_factory=list)  # that may come in its place


@dataclass
class Correction:
    """Everything that the page of a return shows."""

    items: list[Item]
    safe: list[str]  # what was good and stays
    version: int
    writer: str  # this tab
    turn: int
    saved: Draft
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


def view(case: Case, kept: Kept | None = None) -> Correction | None:
    """What a returned application's page shows; None when nothing is open for correction."""
    permohonan, draft, kept = case.permohonan, open_draft(case), kept or Kept({})
    if draft is None:
        return None
    laid, faults = _boxes(case, draft, kept), history.open_deficiencies(permohonan)
    uploads = uploading.slots(permohonan, draft, kept.errors, [fault.key for fault in faults])
    slots = {slot.requirement["key"]: slot for slot in uploads}
    mark_old(permohonan, slots.values())
    items = _items(permohonan, draft, faults, laid, slots)
    shown = {slot.requirement["key"] for item in items for slot in (item.slot, *item.others) if slot}
    safe = [text(slot.requirement["name"]) for key, slot in slots.items() if key not in shown and slot.files]
    _version, writer, turn = autosaving.marks(request.form)
    return Correction(
        items,
        safe,
        draft.version,
        writer or keys.random_name(),
        max(turn, 0),
        draft,
        errors=[("#perbaiki" if name == "double" else f"#{name}", said) for name, said in kept.errors.items()],
        reasons=uploading.reasons_for([slots[key] for key in shown]),
        conflict=kept.conflict,
        address=addressing.view(case, draft, kept.errors),
    )


def _boxes(case: Case, draft: Draft, kept: Kept) -> dict[str, showing.Box]:
    """Every field that is open, laid out; after a conflict each says what was saved elsewhere."""
    raw = draft.answers | draft.typed | (kept.typed or {})
    sight = showing.Sight(raw, draft.answers, applying.villages(), kept.errors, more=request.args.get("more", ""))
    sight.only, sight.homes = frozenset(draft.open_keys), case.side.villages(case.permohonan)
    sections = applying.sections(case.permohonan)
    laid = {box.name: box for box in showing.boxes([part for one in sections for part in one["fields"]], sight)}
    for section in sections if kept.conflict else ():
        for found in comparing.differences(section, kept.typed or {}, draft, sight.names):
            if found.key in laid:
                laid[found.key].warning = _("Tersimpan dari tempat lain: %(value)s", value=found.saved or "–")
    return laid


def _items(permohonan: Permohonan, draft: Draft, faults: list, laid: Mapping, slots: Mapping) -> list[Item]:
    items = [Item(fault.label, fault, laid.get(fault.key), slots.get(fault.key)) for fault in faults]
    taken = {fault.key for fault in faults}
    for item in items:
        if item.slot and (word := item.slot.word):
            alike = {key: slot for key, slot in slots.items() if slot.word == word and key not in taken}
            item.others = [slot for slot in alike.values() if not slot.old]  # what was good already stays
            taken |= set(alike)
    besides = _called_for(permohonan, draft, set(draft.open_keys) - taken, taken)
    parts = [(key, box) for key, box in laid.items() if key in besides and fields.shown(box.part, draft.answers)]
    items += [Item(text(box.part["label"]), box=box) for _key, box in parts]
    items += [Item(text(slot.requirement["name"]), slot=slots[key]) for key, slot in slots.items() if key in besides]
    above = {item.box.when_name for item in items if item.fault and item.box}
    return sorted(
        items, key=lambda item: not (item.box and item.box.name in above)
    )  # what makes a fault's field appear


def _called_for(permohonan: Permohonan, draft: Draft, opened: Collection[str], faulty: Collection[str]) -> set[str]:
    """Of what was opened besides, the part that must be given now, was since the return, or keeps a fault hidden."""
    revision = submitting.last_revision(permohonan) if opened else None
    if revision is None:
        return set()
    missing = {name.removeprefix("upload-").split("-")[0] for name in submitting.faults(permohonan)}
    given = {key for key in opened if draft.answers.get(key) != revision.answers.get(key)}
    files = {row.requirement for row in uploading.attaching.files_of(draft)} - set(seen_files(permohonan))
    hiding = submitting.hiding(permohonan.edition.body, faulty, revision.answers)
    return (missing | given | files | hiding) & set(opened)


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
