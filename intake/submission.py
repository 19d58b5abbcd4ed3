"""Submission: checks that a draft is complete, freezes it as a revision, reopens a returned one; it moves no state.

The checks and effects of this module stand in the rows of the workflow table, by name.
"""

from collections.abc import Collection, Iterable
from typing import cast

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

import office
from casework.effect_registry import bulk_effect, check, effect
from casework.inputs.originals import original_requirements
from casework.transitions import Incomplete, Move, already_done, last_event
from catalogue import applicant_section, closed_services, conditions, definition_parts, fields, missing_number
from catalogue.conditions import SUBMITTED_ON
from intake import answer_validation, attachments, drafts, email_verification, screen_signature, upload_warnings
from lib import i18n
from lib.database import local, now
from lib.name_search import search_text
from models import Attachment, Deficiency, Draft, DraftFile, Permohonan, Revision, StoredFile, Village
from workflow import NotAllowed

DRAFT_CHANGED = _l("Isian baru saja diubah di tempat lain. Periksa lagi sebelum mengirim.")


def submission_errors(permohonan: Permohonan) -> dict[str, str]:
    """Validate a draft for submission: a sentence for each field and upload that blocks it."""
    draft = drafts.get_draft(permohonan)
    answers, errors = answer_validation.validate_draft(permohonan, draft, drafts.village_names())
    errors |= upload_errors(permohonan, draft, answers)
    key = drafts.subject_key(permohonan, "village")
    village = answers.get(key)
    if permohonan.office_id and village and village not in {one.code for one in permohonan.office.villages()}:
        errors[key] = "Desa ini di luar wilayah loket Anda."
    return errors


def _unverified_email(permohonan: Permohonan) -> dict[str, str]:
    """Return an error while the e-mail address is unverified: documents are sent to it."""
    email = email_verification.unverified_email(permohonan, drafts.get_draft(permohonan).answers)
    return {email_verification.CODE_FIELD: _("Alamat %(email)s belum dikonfirmasi.", email=email)} if email else {}


def upload_errors(permohonan: Permohonan, draft: Draft, answers: dict) -> dict[str, str]:
    """Return a sentence for each upload that is missing, or has a warning that nobody resolved."""
    files = attachments.draft_files(draft)
    missing = missing_upload_errors(attachments.upload_slots(permohonan, answers, files))
    void = screen_signature.void_errors(permohonan, files, answers)
    return missing | upload_warnings.unresolved(permohonan, draft, files) | void


def missing_upload_errors(slots: list[attachments.UploadSlot]) -> dict[str, str]:
    """Return a sentence for each missing upload; of alternatives (`one_of`) only the first has one, naming all."""
    names: dict[str, list[str]] = {}
    for slot in slots:
        names.setdefault(_group(slot), []).append(i18n.localized(slot.requirement["name"]))
    found: dict[str, str] = {}
    done: set[str] = set()
    for slot in slots:
        group = _group(slot)
        if not slot.files and slot.needed and group not in done:
            done.add(group)
            what = _(" atau ").join(names[group])
            found[f"upload-{slot.requirement['key']}"] = _("Unggah %(what)s.", what=what)
    return found


def _group(slot: attachments.UploadSlot) -> str:
    """Return the word that alternatives share; for any other requirement a group of its own."""
    return slot.requirement.get("one_of") or f"upload-{slot.requirement['key']}"


@check
def service_is_open(move: Move) -> None:
    """Check that the service is not closed; raises NotAllowed, saying what serves instead.

    What was begun before it became part of another goes on with its edition.
    """
    closed = closed_services.closed_service(move.permohonan.layanan)
    if closed and not closed.joined:
        instead = i18n.localized(closed.instead.body["name"]) if closed.instead else ""
        words = (closed.sentence, closed.note, instead and _("Gantinya: %(service)s.", service=instead))
        raise NotAllowed(" ".join(filter(None, words)))


@check
def draft_is_complete(move: Move) -> None:
    """Check that all required answers and uploads are valid (M-e, L-c); raises Incomplete with the errors."""
    try:
        errors = submission_errors(move.permohonan) | _unverified_email(move.permohonan)
        move.answers["draft_version"] = drafts.get_draft(move.permohonan).version
    except drafts.DraftNotEditable:  # sent in another tab a moment ago
        raise already_done(move.permohonan) from None
    if errors:
        raise Incomplete(errors)


@check
def draft_is_corrected(move: Move) -> None:
    """Check as `draft_is_complete`, and that every requirement with a deficiency has other files than before."""
    draft_is_complete(move)
    permohonan = move.permohonan
    revision = last_revision(permohonan)
    before = _file_ids(revision_attachments(revision) if revision else ())
    after = _file_ids(attachments.draft_files(drafts.get_draft(permohonan)))
    errors = {}
    faulty = {fault.key for fault in Deficiency.select().where(Deficiency.event == last_event(permohonan))}
    for requirement in attachments.all_requirements(permohonan):
        key = requirement["key"]
        same = [before.get(other) == after.get(other) for other in alternative_keys(permohonan.edition.body, key)]
        if key in faulty and all(same):
            name = i18n.localized(requirement["name"])
            errors[f"upload-{key}"] = _("Ganti %(what)s dengan foto atau berkas yang baru.", what=name)
    if errors:
        raise Incomplete(errors)


def alternative_keys(body: dict, key: str) -> set[str]:
    """Return the keys of the requirements of which one is enough (`one_of`), this one among them."""
    group = {one["key"]: one.get("one_of") for one in body["requirements"]}
    return {other for other in group if group[other] and group[other] == group.get(key)} | {key}


def _file_ids(rows: Iterable) -> dict[str, list[int]]:
    found: dict[str, list[int]] = {}
    for row in rows:
        found.setdefault(row.requirement, []).append(row.file_id)
    return found


def last_revision(permohonan: Permohonan) -> Revision | None:
    """Return the application's last revision; None before the first submission."""
    own = Revision.permohonan == permohonan.id
    return Revision.select().where(own).order_by(Revision.number.desc()).first()


def originals(permohonan: Permohonan) -> dict[str, str]:
    """Return the names of the papers that were uploaded, by key, whose originals are shown at the pickup."""
    return {one["key"]: i18n.localized(one["name"]) for one in original_requirements(permohonan)}


def original_names(permohonan: Permohonan) -> list[str]:
    """Return the names of the papers whose originals are shown at the pickup."""
    return list(originals(permohonan).values())


def revision_attachments(revision: Revision) -> list[Attachment]:
    """Return the files of a revision, in the order of its requirements' keys."""
    query = Attachment.select(Attachment, StoredFile).join(StoredFile).where(Attachment.revision == revision)
    return list(query.order_by(Attachment.requirement, Attachment.position))


@effect
def freeze_draft(move: Move) -> None:
    """Freeze the draft as an immutable revision, and copy names, NIKs, contacts and village to the application."""
    permohonan = move.permohonan
    seen = (Draft.permohonan == permohonan.id) & (Draft.version == move.answers.get("draft_version"))
    if not Draft.update(saved_at=Draft.saved_at).where(seen).execute():  # also locks the row
        raise NotAllowed(str(DRAFT_CHANGED))
    draft = drafts.get_draft(permohonan)
    answers, errors = answer_validation.validate_draft(permohonan, draft, drafts.village_names())
    if errors := errors | upload_errors(permohonan, draft, answers):
        raise Incomplete(errors)  # a file was removed or added since the check
    previous = last_revision(permohonan)
    number = previous.number + 1 if previous else 1
    revision = Revision.create(permohonan=permohonan, number=number, answers=answers, by=move.actor)
    for row in attachments.draft_files(draft):
        Attachment.create(revision=revision, **attachments.file_columns(row))
    _delete_draft(draft)
    move.changes |= _summary_columns(permohonan, answers)
    if number == 1:
        move.changes["filling_seconds"] = drafts.filling_seconds(draft, now())


def _summary_columns(permohonan: Permohonan, answers: dict) -> dict:
    subject = {fact: answers.get(drafts.subject_key(permohonan, fact), "") for fact in ("name", "nik", "village")}
    village = Village.get_or_none(Village.code == subject["village"])
    name = subject["name"] or answers["pemohon_nama"]
    return {
        "subject_name": name,
        "subject_nik": missing_number.number_of(subject["nik"]),
        "applicant_name": answers["pemohon_nama"],
        "applicant_nik": missing_number.number_of(answers["pemohon_nik"]),
        "search_text": search_text(permohonan.number, name, answers["pemohon_nama"]),
        "email": answers.get("pemohon_email", ""),
        "phone": answers.get("pemohon_hp", ""),
        "village": village.id if village else None,
        "submitted_at": permohonan.submitted_at or now(),
        **drafts.product_columns(permohonan.edition.body, answers),
    }


@bulk_effect
def set_due_date(move: Move) -> None:
    """Set the due date (T-1) once: at the first submission or when the file is complete, as the office decided."""
    if move.permohonan.due_at is not None:
        return
    starts = "submit" if office.fact("sla_starts", "submitted") == "submitted" else "send_to_siak"
    if move.transition.action == starts:
        move.changes["due_at"] = office.due(now(), move.permohonan.edition.body["sla_days"])


@effect
def open_correction(move: Move) -> None:
    """Create a draft from the last revision, in which only what has a deficiency may change, and what depends on it.

    What was corrected during a return that was undone stays, where it may change again.
    """
    revision = last_revision(move.permohonan)
    assert revision, "an application that was checked has been submitted"
    body, files = move.permohonan.edition.body, cast("list", revision_attachments(revision))
    faulty = {item["key"] for item in move.answers["deficiencies"]}
    faulty |= {row.requirement for row in files if row.signed}  # void once an answer changes
    keys_open = sorted(with_dependants(body, faulty | controlling_fields(body, faulty, revision.answers)))
    begun = Draft.get_or_none(Draft.permohonan == move.permohonan.id)
    day = local(move.permohonan.submitted_at or now()).date().isoformat()  # ages stay those of the submission
    columns = {"answers": {SUBMITTED_ON: day, **revision.answers}}
    if begun:
        again = set(begun.open_keys).intersection(keys_open)
        columns = _corrected(begun, again, columns["answers"])
        files = [one for one in files if one.requirement not in again]
        files += [one for one in attachments.draft_files(begun) if one.requirement in again]
        _delete_draft(begun)
    draft = Draft.create(permohonan=move.permohonan, open_keys=keys_open, **columns)
    for row in files:
        DraftFile.create(draft=draft, **attachments.file_columns(row))


def _corrected(begun: Draft, again: Collection[str], answers: dict) -> dict:
    """Return the columns of a new draft with what was typed in an earlier one, where it may change again."""
    fresh = {key: value for key, value in answers.items() if key not in again}
    right = {key: value for key, value in begun.answers.items() if key in again}
    wrong = {name: value for name, value in begun.typed.items() if name.split("-")[0] in again}
    return {"answers": fresh | right, "typed": wrong, "version": begun.version + 1}


def _delete_draft(draft: Draft) -> None:
    DraftFile.delete().where(DraftFile.draft == draft).execute()
    Draft.delete().where(Draft.id == draft.id).execute()


@effect
def close_correction(move: Move) -> None:
    """Close the correction of a return that is undone.

    What the applicant has corrected so far waits for a later return, and then they are told of the undoing too.
    """
    revision, draft = last_revision(move.permohonan), Draft.get_or_none(Draft.permohonan == move.permohonan.id)
    if revision is None or draft is None:
        return
    files = _file_ids(revision_attachments(revision)) != _file_ids(attachments.draft_files(draft))
    if draft.version or files:
        move.silent = False
    else:
        _delete_draft(draft)


def controlling_fields(body: dict, faulty: Collection[str], answers: dict) -> set[str]:
    """Return the fields whose answers hide a field with a deficiency, directly or through another field."""
    parts = {field["key"]: field for field in definition_parts.all_fields(body)}
    found: set[str] = set()
    hidden = set(faulty)
    while controlling := _controlling({key: parts[key] for key in hidden if key in parts}, answers) - found:
        found |= controlling
        hidden = controlling
    return found


def _controlling(parts: dict[str, dict], answers: dict) -> set[str]:
    """Return the keys of the fields that hide some of these; those that are shown have none."""
    hidden = (field for field in parts.values() if not fields.is_shown(field, answers))
    return {key for field in hidden for key in conditions.keys_of(field["when"])}


def with_dependants(body: dict, faulty: set[str]) -> set[str]:
    """Return the keys that may change in a correction: deficient parts, their alternatives, what depends on them."""
    parts = [*definition_parts.all_fields(body), *body["requirements"], applicant_section.PROXY_LETTER]
    found = faulty.union(*(alternative_keys(body, key) for key in faulty))
    while more := {one["key"] for one in parts if found.intersection(conditions.keys_of(one.get("when")))} - found:
        found |= more
    return found
