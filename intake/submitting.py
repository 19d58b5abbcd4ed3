"""Submission: validation of a draft, freezing into a revision, reopening for correction; it moves no state."""

from collections.abc import Collection, Iterable

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

import applicant
import language
import office
from effect_registry import bulk_effect, check, effect
from intake import addresses, applying, attaching, doubting, fields
from lib.database import now
from models import Attachment, Deficiency, Draft, DraftFile, Permohonan, Revision, StoredFile, Village
from performing import Incomplete, Move, already_done, last_event
from workflow import NotAllowed

CHANGED = _l("Isian baru saja diubah di tempat lain. Periksa lagi sebelum mengirim.")


def faults(permohonan: Permohonan) -> dict[str, str]:
    """Return everything that keeps a draft from its submission: a sentence for each field and upload."""
    draft = applying.draft_of(permohonan)
    names = applying.villages()
    answers, errors = _check(permohonan, draft, names)
    errors |= faulty_uploads(permohonan, draft, answers)
    village = answers.get(_subject_key(permohonan, "village"))
    if permohonan.office_id and village and village not in _area(permohonan):
        errors[_subject_key(permohonan, "village")] = "Desa ini di luar wilayah loket Anda."
    return errors


def _unproved(permohonan: Permohonan) -> dict[str, str]:
    """Return the error of an e-mail address that is not verified; documents go to no other."""
    email = addresses.unconfirmed(permohonan, applying.draft_of(permohonan).answers)
    return {addresses.CODE_FIELD: _("Alamat %(email)s belum dikonfirmasi.", email=email)} if email else {}


def faulty_uploads(permohonan: Permohonan, draft: Draft, answers: dict) -> dict[str, str]:
    """Return a sentence for each upload that is missing, or doubted and neither replaced nor explained."""
    files = attaching.files_of(draft)
    missing = missing_uploads(attaching.slots(permohonan, answers, files))
    return missing | doubting.unsettled(permohonan, draft, files)


def missing_uploads(slots: list[attaching.Slot]) -> dict[str, str]:
    """Return a sentence for each upload that must be there; of several of which one is enough, one beside the first."""
    found: dict[str, str] = {}
    said: set[str] = set()
    for slot in slots:
        word = slot.requirement.get("one_of") or ""
        if slot.files or not slot.needed or word in said:
            continue
        said |= {word} - {""}
        names = [
            language.text(one.requirement["name"]) for one in slots if word and one.requirement.get("one_of") == word
        ]
        what = _(" atau ").join(names) or language.text(slot.requirement["name"])
        found[f"upload-{slot.requirement['key']}"] = _("Unggah %(what)s.", what=what)
    return found


def _check(permohonan: Permohonan, draft: Draft, names: dict[str, str]) -> tuple[dict, dict]:
    answers: dict = {}
    errors: dict = {}
    for section in applying.sections(permohonan):
        clean, wrong, _ = fields.check_section(section, draft.answers | draft.typed, answers, names)
        answers |= clean
        errors |= wrong
    return answers, errors


def _area(permohonan: Permohonan) -> set[str]:
    return {village.code for village in permohonan.office.villages()}


def _fields(permohonan: Permohonan) -> Iterable[dict]:
    return (part for section in applying.sections(permohonan) for part in section["fields"])


def _subject_key(permohonan: Permohonan, meaning: str) -> str:
    return next((part["key"] for part in _fields(permohonan) if part.get("subject") == meaning), "")


@check
def draft_is_complete(move: Move) -> None:
    """Check that every required answer and upload is there and right (M-e, L-c); raises Incomplete."""
    try:
        errors = faults(move.permohonan) | _unproved(move.permohonan)
        move.answers["draft_version"] = applying.draft_of(move.permohonan).version
    except applying.Closed:  # sent in another tab a moment ago
        raise already_done(move.permohonan) from None
    if errors:
        raise Incomplete(errors)


@check
def draft_is_corrected(move: Move) -> None:
    """Check as `draft_is_complete`, and that every requirement that fell short has other files than before."""
    draft_is_complete(move)
    permohonan = move.permohonan
    draft = applying.draft_of(permohonan)
    revision = last_revision(permohonan)
    before, after = _file_ids(attachments(revision) if revision else ()), _file_ids(attaching.files_of(draft))
    errors = {}
    faulty = {fault.key for fault in Deficiency.select().where(Deficiency.event == last_event(permohonan))}
    for requirement in attaching.wanted(permohonan):
        key = requirement["key"]
        same = [before.get(one) == after.get(one) for one in alternatives(permohonan.edition.body, key)]
        if key in faulty and all(same):
            errors[f"upload-{key}"] = _(
                "Ganti %(what)s dengan foto atau berkas yang baru.", what=language.text(requirement["name"])
            )
    if errors:
        raise Incomplete(errors)


def alternatives(body: dict, key: str) -> set[str]:
    """Return the requirements of which one is enough, this one among them."""
    word = next((one.get("one_of") for one in body["requirements"] if one["key"] == key), "")
    return {one["key"] for one in body["requirements"] if word and one.get("one_of") == word} | {key}


def _file_ids(rows: Iterable) -> dict[str, list[int]]:
    found: dict[str, list[int]] = {}
    for row in rows:
        found.setdefault(row.requirement, []).append(row.file_id)
    return found


def last_revision(permohonan: Permohonan) -> Revision | None:
    """Return the newest revision; None for a draft that was never submitted."""
    mine = Revision.permohonan == permohonan.id
    return Revision.select().where(mine).order_by(Revision.number.desc()).first()


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
    """Freeze the draft into an immutable revision; take from it who it is about, and how to reach the applicant."""
    permohonan = move.permohonan
    seen = (Draft.permohonan == permohonan.id) & (Draft.version == move.answers.get("draft_version"))
    if not Draft.update(saved_at=Draft.saved_at).where(seen).execute():  # from here on nobody else changes it
        raise NotAllowed(str(CHANGED))
    draft = applying.draft_of(permohonan)
    answers, errors = _check(permohonan, draft, applying.villages())
    if errors := errors | faulty_uploads(permohonan, draft, answers):
        raise Incomplete(errors)  # a file was taken away or added since it was checked
    previous = last_revision(permohonan)
    revision = Revision.create(
        permohonan=permohonan, number=(previous.number if previous else 0) + 1, answers=answers, by=move.actor
    )
    for row in attaching.files_of(draft):
        Attachment.create(revision=revision, **_laid(row))
    DraftFile.delete().where(DraftFile.draft == draft).execute()
    Draft.delete().where(Draft.id == draft.id).execute()
    move.changes |= _about(permohonan, answers)


def _about(permohonan: Permohonan, answers: dict) -> dict:
    village = Village.get_or_none(Village.code == answers.get(_subject_key(permohonan, "village"), ""))
    return {
        "subject_name": answers.get(_subject_key(permohonan, "name")) or answers["pemohon_nama"],
        "subject_nik": answers.get(_subject_key(permohonan, "nik"), ""),
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
    """Set the due date of T-1, once: at the first submission, or when the file is complete (a fact of the office)."""
    if move.permohonan.due_at is not None:
        return
    starts = "submit" if office.fact("sla_starts", "submitted") == "submitted" else "send_to_siak"
    if move.transition.action == starts:
        move.changes["due_at"] = office.due(now(), move.permohonan.edition.body["sla_days"])


@effect
def open_correction(move: Move) -> None:
    """Reopen the last revision as a draft in which only what fell short may change."""
    revision = last_revision(move.permohonan)
    assert revision, "an application that was checked has been submitted"
    body = move.permohonan.edition.body
    faulty = {item["key"] for item in move.answers["deficiencies"]}
    keys_open = sorted(with_dependants(body, faulty | hiding(body, faulty, revision.answers)))
    draft = Draft.create(permohonan=move.permohonan, answers=revision.answers, open_keys=keys_open)
    for row in attachments(revision):
        DraftFile.create(draft=draft, **_laid(row))


def _laid(row: Attachment | DraftFile) -> dict:
    """Return the columns that a file takes along between a draft and a revision."""
    return {part: getattr(row, part) for part in ("requirement", "position", "file", "overruled")}


def hiding(body: dict, faulty: Collection[str], answers: dict) -> set[str]:
    """Return the fields whose answers keep a field that fell short from being asked for at all."""
    parts = {part["key"]: part for section in body["sections"] for part in section["fields"]}
    found: set[str] = set()
    wanted = set(faulty)
    while above := {_asked_by(parts[key], answers) for key in wanted if key in parts} - found - {""}:
        found |= above
        wanted = above
    return found


def _asked_by(part: dict, answers: dict) -> str:
    return "" if fields.shown(part, answers) else part["when"]["field"]


def with_dependants(body: dict, faulty: set[str]) -> set[str]:
    """Return what fell short, and what may be asked for once it is corrected: conditions on it, its alternatives."""
    parts = [part for section in body["sections"] for part in section["fields"]]
    parts += [*body["requirements"], applicant.PROXY_LETTER]
    found = faulty.union(*(alternatives(body, key) for key in faulty))
    while more := {part["key"] for part in parts if part.get("when", {}).get("field") in found} - found:
        found |= more
    return found
