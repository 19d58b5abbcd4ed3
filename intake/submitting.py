"""Submission: checks that a draft is complete, freezes it as a revision, reopens a returned one; it moves no state.

The checks and effects of this module stand in the rows of the workflow table, by name.
"""

from collections.abc import Collection, Iterable

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

import applicant
import language
import office
from effect_registry import bulk_effect, check, effect
from intake import addresses, applying, attaching, doubting, fields, outline
from lib.database import now
from models import Attachment, Deficiency, Draft, DraftFile, Permohonan, Revision, StoredFile, Village
from performing import Incomplete, Move, already_done, last_event
from workflow import NotAllowed

CHANGED = _l("Isian baru saja diubah di tempat lain. Periksa lagi sebelum mengirim.")


def faults(permohonan: Permohonan) -> dict[str, str]:
    """Validate a draft for submission: a sentence for each field and upload that blocks it."""
    draft = applying.draft_of(permohonan)
    answers, errors = _check(permohonan, draft, applying.villages())
    errors |= faulty_uploads(permohonan, draft, answers)
    key = applying.subject_key(permohonan, "village")
    village = answers.get(key)
    if permohonan.office_id and village and village not in _area(permohonan):
        errors[key] = "Desa ini di luar wilayah loket Anda."
    return errors


def _unproved(permohonan: Permohonan) -> dict[str, str]:
    """Return an error while the e-mail address is unverified: documents are sent to it."""
    email = addresses.unconfirmed(permohonan, applying.draft_of(permohonan).answers)
    return {addresses.CODE_FIELD: _("Alamat %(email)s belum dikonfirmasi.", email=email)} if email else {}


def faulty_uploads(permohonan: Permohonan, draft: Draft, answers: dict) -> dict[str, str]:
    """Return a sentence for each upload that is missing, or has a warning that nobody resolved."""
    files = attaching.files_of(draft)
    missing = missing_uploads(attaching.slots(permohonan, answers, files))
    return missing | doubting.unsettled(permohonan, draft, files)


def missing_uploads(slots: list[attaching.Slot]) -> dict[str, str]:
    """Return a sentence for each missing upload; of alternatives (`one_of`) only the first has one, naming all."""
    names: dict[str, list[str]] = {}
    for slot in slots:
        names.setdefault(_group(slot), []).append(language.text(slot.requirement["name"]))
    found: dict[str, str] = {}
    done: set[str] = set()
    for slot in slots:
        group = _group(slot)
        if not slot.files and slot.needed and group not in done:
            done.add(group)
            what = _(" atau ").join(names[group])
            found[f"upload-{slot.requirement['key']}"] = _("Unggah %(what)s.", what=what)
    return found


def _group(slot: attaching.Slot) -> str:
    """Return the word that alternatives share; for any other requirement a group of its own."""
    return slot.requirement.get("one_of") or f"upload-{slot.requirement['key']}"


def _check(permohonan: Permohonan, draft: Draft, names: dict[str, str]) -> tuple[dict, dict]:
    answers: dict = {}
    errors: dict = {}
    for page in applying.sections(permohonan):
        clean, page_errors, _warnings = fields.check_section(page, draft.answers | draft.typed, answers, names)
        answers |= clean
        errors |= page_errors
    return answers, errors


def _area(permohonan: Permohonan) -> set[str]:
    return {village.code for village in permohonan.office.villages()}


@check
def draft_is_complete(move: Move) -> None:
    """Check that all required answers and uploads are valid (M-e, L-c); raises Incomplete with the errors."""
    try:
        errors = faults(move.permohonan) | _unproved(move.permohonan)
        move.answers["draft_version"] = applying.draft_of(move.permohonan).version
    except applying.Closed:  # sent in another tab a moment ago
        raise already_done(move.permohonan) from None
    if errors:
        raise Incomplete(errors)


@check
def draft_is_corrected(move: Move) -> None:
    """Check as `draft_is_complete`, and that every requirement with a deficiency has other files than before."""
    draft_is_complete(move)
    permohonan = move.permohonan
    draft = applying.draft_of(permohonan)
    revision = last_revision(permohonan)
    before, after = _file_ids(attachments(revision) if revision else ()), _file_ids(attaching.files_of(draft))
    errors = {}
    faulty = {fault.key for fault in Deficiency.select().where(Deficiency.event == last_event(permohonan))}
    for requirement in attaching.wanted(permohonan):
        key = requirement["key"]
        same = [before.get(other) == after.get(other) for other in alternatives(permohonan.edition.body, key)]
        if key in faulty and all(same):
            errors[f"upload-{key}"] = _(
                "Ganti %(what)s dengan foto atau berkas yang baru.", what=language.text(requirement["name"])
            )
    if errors:
        raise Incomplete(errors)


def alternatives(body: dict, key: str) -> set[str]:
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


def attachments(revision: Revision) -> list[Attachment]:
    """Return the files of a revision, in the order of its requirements' keys."""
    return list(
        Attachment.select(Attachment, StoredFile)
        .join(StoredFile)
        .where(Attachment.revision == revision)
        .order_by(Attachment.requirement, Attachment.position)
    )


@effect
def freeze_draft(move: Move) -> None:
    """Freeze the draft as an immutable revision, and copy names, NIKs, contacts and village to the application."""
    permohonan = move.permohonan
    seen = (Draft.permohonan == permohonan.id) & (Draft.version == move.answers.get("draft_version"))
    if not Draft.update(saved_at=Draft.saved_at).where(seen).execute():  # also locks the row
        raise NotAllowed(str(CHANGED))
    draft = applying.draft_of(permohonan)
    answers, errors = _check(permohonan, draft, applying.villages())
    if errors := errors | faulty_uploads(permohonan, draft, answers):
        raise Incomplete(errors)  # a file was removed or added since the check
    previous = last_revision(permohonan)
    revision = Revision.create(
        permohonan=permohonan, number=(previous.number if previous else 0) + 1, answers=answers, by=move.actor
    )
    for row in attaching.files_of(draft):
        Attachment.create(revision=revision, **attaching.file_columns(row))
    DraftFile.delete().where(DraftFile.draft == draft).execute()
    Draft.delete().where(Draft.id == draft.id).execute()
    move.changes |= _about(permohonan, answers)


def _about(permohonan: Permohonan, answers: dict) -> dict:
    subject = {fact: answers.get(applying.subject_key(permohonan, fact), "") for fact in ("name", "nik", "village")}
    village = Village.get_or_none(Village.code == subject["village"])
    return {
        "subject_name": subject["name"] or answers["pemohon_nama"],
        "subject_nik": subject["nik"],
        "applicant_name": answers["pemohon_nama"],
        "applicant_nik": answers["pemohon_nik"],
        "email": answers.get("pemohon_email", ""),
        "phone": answers.get("pemohon_hp", ""),
        "village": village.id if village else None,
        "submitted_at": permohonan.submitted_at or now(),
        **applying.yields(permohonan.edition.body, answers),
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
    """Create a draft from the last revision, in which only what has a deficiency may change, and what depends on it."""
    revision = last_revision(move.permohonan)
    assert revision, "an application that was checked has been submitted"
    body = move.permohonan.edition.body
    faulty = {item["key"] for item in move.answers["deficiencies"]}
    keys_open = sorted(with_dependants(body, faulty | hiding(body, faulty, revision.answers)))
    draft = Draft.create(permohonan=move.permohonan, answers=revision.answers, open_keys=keys_open)
    for row in attachments(revision):
        DraftFile.create(draft=draft, **attaching.file_columns(row))


def hiding(body: dict, faulty: Collection[str], answers: dict) -> set[str]:
    """Return the fields whose answers hide a field with a deficiency, directly or through another field."""
    parts = {field["key"]: field for field in outline.fields_of(body)}
    found: set[str] = set()
    hidden = set(faulty)
    while controlling := {_asked_by(parts[key], answers) for key in hidden if key in parts} - found - {""}:
        found |= controlling
        hidden = controlling
    return found


def _asked_by(field: dict, answers: dict) -> str:
    """Return the key of the field that hides this one; "" while it is shown."""
    return "" if fields.shown(field, answers) else field["when"]["field"]


def with_dependants(body: dict, faulty: set[str]) -> set[str]:
    """Return the keys that may change in a correction: deficient parts, their alternatives, what depends on them."""
    parts = [*outline.fields_of(body), *body["requirements"], applicant.PROXY_LETTER]
    found = faulty.union(*(alternatives(body, key) for key in faulty))
    while more := {part["key"] for part in parts if part.get("when", {}).get("field") in found} - found:
        found |= more
    return found
