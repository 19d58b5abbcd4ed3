"""The correction form of a returned application: its deficiencies and what else must change; it saves nothing.

A part that may change only because it depends on a deficient one is shown once it is needed.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field

from flask import request
from flask_babel import gettext as _

import workflow
from casework import timeline
from catalogue import definition_parts, fields
from intake import attachments, drafts, submission
from lib import encryption
from lib.i18n import localized
from models import Draft, Permohonan, Reason
from web.wizard import background_save, edit_conflict, email_code, form_fields, upload_page
from web.wizard.channel import ApplicationInChannel


@dataclass
class CorrectionItem:
    """A part to correct; without a deficiency, one that is needed because another answer changed."""

    label: str
    deficiency: timeline.DeficiencyEntry | None = None
    box: form_fields.FormField | None = None
    slot: upload_page.UploadField | None = None
    alternatives: list[upload_page.UploadField] = field(default_factory=list)


@dataclass
class Correction:
    """The contents of the correction form."""

    items: list[CorrectionItem]
    accepted: list[str]  # names of requirements that need no correction
    version: int
    writer: str  # this tab
    turn: int
    saved: Draft
    errors: list[tuple[str, str]]  # (anchor of the control, sentence)
    reasons: list[Reason]  # for keeping a file in spite of a warning
    conflict: str = ""
    address: email_code.EmailQuestion | None = None  # still unverified


@dataclass
class SaveResult:
    """The result of saving a correction: errors by field, what was typed, and the conflict if there was one."""

    errors: dict[str, str]
    typed: dict | None = None
    conflict: str = ""


def draft_to_correct(case: ApplicationInChannel) -> Draft | None:
    """Return the draft of a returned application; None when nothing is open for correction."""
    if not any(one.action == "resubmit" for one in workflow.BY_SOURCE[case.permohonan.state]):
        return None  # a begun correction also outlives its return, when that is undone
    draft = Draft.get_or_none(Draft.permohonan == case.permohonan.id)
    return None if draft is None or draft.open_keys is None else draft


def build_correction(case: ApplicationInChannel, kept: SaveResult | None = None) -> Correction | None:
    """Build the correction form of a returned application; None when nothing is open for correction."""
    permohonan, draft, kept = case.permohonan, draft_to_correct(case), kept or SaveResult({})
    if draft is None:
        return None
    open_fields, deficiencies = _open_fields(case, draft, kept), timeline.open_deficiencies(permohonan)
    found = upload_page.upload_fields(permohonan, draft, kept.errors, [deficiency.key for deficiency in deficiencies])
    slots = {slot.requirement["key"]: slot for slot in found}
    mark_seen_files(permohonan, slots.values())
    items = _items(permohonan, draft, deficiencies, open_fields, slots)
    shown = {slot.requirement["key"] for item in items for slot in (item.slot, *item.alternatives) if slot}
    accepted = [localized(slot.requirement["name"]) for key, slot in slots.items() if key not in shown and slot.files]
    _version, writer, turn = background_save.save_stamp(request.form)
    return Correction(
        items,
        accepted,
        draft.version,
        writer or encryption.random_token(),
        max(turn, 0),
        draft,
        errors=[("#perbaiki" if name == "double" else f"#{name}", error) for name, error in kept.errors.items()],
        reasons=upload_page.override_reasons([slots[key] for key in shown]),
        conflict=kept.conflict,
        address=email_code.email_question(case, draft, kept.errors),
    )


def _open_fields(case: ApplicationInChannel, draft: Draft, kept: SaveResult) -> dict[str, form_fields.FormField]:
    """Build the fields that may change, by key; after a conflict each warns with the value saved elsewhere."""
    raw = draft.answers | draft.typed | (kept.typed or {})
    names, more = drafts.village_names(), request.args.get("more", "")
    context = form_fields.FormContext(raw, draft.answers, names, kept.errors, more=more)
    context.every = definition_parts.fields_by_key(case.permohonan.edition.body)
    context.open_keys, context.home_villages = frozenset(draft.open_keys), case.channel.villages(case.permohonan)
    found = {box.name: box for box in form_fields.build_fields(drafts.form_fields(case.permohonan), context)}
    for page in drafts.form_pages(case.permohonan) if kept.conflict else ():
        for difference in edit_conflict.find_differences(page, kept.typed or {}, draft, context.villages):
            if difference.key in found:
                value = difference.saved or "–"
                found[difference.key].warning = _("Tersimpan dari tempat lain: %(value)s", value=value)
    return found


def _items(
    permohonan: Permohonan, draft: Draft, deficiencies: list, open_fields: Mapping, slots: Mapping
) -> list[CorrectionItem]:
    items = [CorrectionItem(one.label, one, open_fields.get(one.key), slots.get(one.key)) for one in deficiencies]
    taken = {deficiency.key for deficiency in deficiencies}
    for item in items:
        if item.slot and (group := item.slot.group):
            others = {key: slot for key, slot in slots.items() if slot.group == group and key not in taken}
            item.alternatives = [slot for slot in others.values() if not slot.seen_keys]  # accepted files stay
            taken |= set(others)
    needed = _needed_keys(permohonan, draft, set(draft.open_keys) - taken, taken)
    for key, box in open_fields.items():
        if key in needed and fields.is_shown(box.definition, draft.answers):
            items.append(CorrectionItem(localized(box.definition["label"]), box=box))
    needed_slots = (slot for key, slot in slots.items() if key in needed)
    items += [CorrectionItem(localized(slot.requirement["name"]), slot=slot) for slot in needed_slots]
    conditional = [item.box.when for item in items if item.deficiency and item.box and item.box.when]
    controlling = {name for when in conditional for _type, name in when["asked"].values()}
    return sorted(items, key=lambda item: not (item.box and item.box.name in controlling))  # they show others


def _needed_keys(permohonan: Permohonan, draft: Draft, opened: Collection[str], faulty: Collection[str]) -> set[str]:
    """Return the parts opened without a deficiency that are missing, changed since the return, or hide a faulty one."""
    revision = submission.last_revision(permohonan) if opened else None
    if revision is None:
        return set()
    missing = {name.removeprefix("upload-").split("-")[0] for name in submission.submission_errors(permohonan)}
    changed = {key for key in opened if draft.answers.get(key) != revision.answers.get(key)}
    added = {row.requirement for row in attachments.draft_files(draft)} - set(seen_files(permohonan))
    controlling = submission.controlling_fields(permohonan.edition.body, faulty, revision.answers)
    return (missing | changed | added | controlling) & set(opened)


def mark_seen_files(permohonan: Permohonan, slots: Iterable[upload_page.UploadField]) -> None:
    """Note in each upload field which of its files an officer has seen."""
    seen = seen_files(permohonan)
    for slot in slots:
        slot.seen_keys = [row.file.key for row in slot.files if row.file.key in seen.get(slot.requirement["key"], ())]


def seen_files(permohonan: Permohonan) -> dict[str, list[str]]:
    """Return the keys of the files that an officer has seen, by requirement."""
    revision = submission.last_revision(permohonan)
    found: dict[str, list[str]] = {}
    for row in submission.revision_attachments(revision) if revision else ():
        found.setdefault(row.requirement, []).append(row.file.key)
    return found
