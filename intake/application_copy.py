"""Copies an ended application into a new draft, with its answers and files; it changes no existing application."""

from dataclasses import dataclass

from casework import timeline
from intake import attachments, drafts, submission
from lib.database import now, transaction
from models import Draft, DraftFile, Edition, Permohonan, User


@dataclass(frozen=True)
class LastContents:
    """The answers and files that an application last held."""

    answers: dict
    files: list  # of Attachment or DraftFile


def last_contents(permohonan: Permohonan) -> LastContents | None:
    """Return the draft with which the application ended, else its last revision; None if nothing was filled in."""
    draft = Draft.get_or_none(Draft.permohonan == permohonan.id)
    if draft and (draft.version or permohonan.submitted_at):
        return LastContents(draft.answers, attachments.draft_files(draft))
    revision = submission.last_revision(permohonan)
    return LastContents(revision.answers, submission.revision_attachments(revision)) if revision else None


def copy_application(permohonan: Permohonan, owner: User | None, helper: User | None = None) -> Permohonan:
    """Create a draft in the service's newest edition with the answers and files of an ended application (reading 2).

    Answers are copied where the field still has the same type, files where the requirement still exists; what an
    officer found deficient and nobody replaced is left out.
    """
    edition = Edition.current().where(Edition.layanan == permohonan.layanan_id).get()
    created = drafts.create_application(edition, owner=owner, helper=helper, place=permohonan.office)
    given = last_contents(permohonan)
    if given is None:
        return created
    keys = {key for key, *_ in _field_signatures(permohonan) & _field_signatures(created)}
    requirements = {requirement["key"] for requirement in attachments.all_requirements(created)}
    with transaction():
        draft = Draft.get(Draft.permohonan == created.id)
        columns = {"answers": {key: value for key, value in given.answers.items() if key in keys}, "version": 1}
        untouched = (Draft.id == draft.id) & (Draft.version == 0)
        if Draft.update(**columns, saved_at=now()).where(untouched).execute():
            faulty = _faulty_files(permohonan)
            for row in given.files:
                if row.requirement in requirements and (row.requirement, row.file_id) not in faulty:
                    DraftFile.create(draft=draft, **attachments.file_columns(row))
    return created


def last_faults(permohonan: Permohonan) -> tuple[list[timeline.DeficiencyEntry], str]:
    """Return why an application ended: the deficiencies that were never corrected, and the reason in words."""
    events = timeline.timeline(permohonan)
    corrected = max((at for at, entry in enumerate(events) if entry.event.action == "resubmit"), default=0)
    faults = next((entry.faults for entry in reversed(events[corrected:]) if entry.faults), [])
    return faults, events[-1].reason if events else ""


def _faulty_files(permohonan: Permohonan) -> set[tuple[str, int]]:
    """Return (requirement, file) of the submitted files that were found deficient."""
    revision, faults = submission.last_revision(permohonan), {fault.key for fault in last_faults(permohonan)[0]}
    rows = submission.revision_attachments(revision) if revision and faults else []
    return {(row.requirement, row.file_id) for row in rows if row.requirement in faults}


def _field_signatures(permohonan: Permohonan) -> set[tuple]:
    """Return (key, type, types inside a group) of each field: equal ones can hold the same answer."""
    return {
        (field["key"], field["type"], tuple((item["key"], item["type"]) for item in field.get("item") or ()))
        for field in drafts.form_fields(permohonan)
    }
