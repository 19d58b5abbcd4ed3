"""Diff of an application's revisions: the answers and files that each resubmission changed; it judges nothing."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise, zip_longest

from flask_babel import gettext as _

from catalogue import fields
from intake import attachments, drafts
from lib.i18n import localized
from models import Attachment, Deficiency, Event, Permohonan, Reason, Revision, StoredFile

DeficiencyNotes = tuple[tuple[str, str], ...]  # (reason, the officer's own words) of the deficiencies of one key


@dataclass(frozen=True)
class AnswerChange:
    """A changed answer; `before` or `after` is empty where there is none."""

    key: str
    label: str
    before: str
    after: str
    deficiencies: DeficiencyNotes = ()


@dataclass(frozen=True)
class UploadChange:
    """A requirement whose files changed."""

    key: str
    label: str
    gone: list[StoredFile]
    new: list[StoredFile]
    deficiencies: DeficiencyNotes = ()

    @property
    def word(self) -> str:
        """Return the kind of change in one word."""
        return "diganti" if self.gone and self.new else "ditambah" if self.new else "dihapus"


@dataclass(frozen=True)
class RevisionChange:
    """All changes of a resubmission against the revision before it."""

    number: int  # of the revision
    at: datetime  # UTC
    answers: list[AnswerChange]
    uploads: list[UploadChange]


def revision_changes(permohonan: Permohonan) -> list[RevisionChange]:
    """Return the changes of every resubmission, the newest first; empty while there is only one revision."""
    revisions = list(Revision.select().where(Revision.permohonan == permohonan.id).order_by(Revision.number))
    if len(revisions) < 2:
        return []
    files, names = _files_by_revision(revisions), drafts.village_names()
    faults = _all_deficiencies(permohonan)
    found = []
    for old, new in pairwise(revisions):
        asked = _notes_between(faults, old, new)
        answers = list(_answer_changes(permohonan, old.answers, new.answers, names, asked))
        uploads = list(_upload_changes(permohonan, files.get(old.id, {}), files.get(new.id, {}), asked))
        found.append(RevisionChange(new.number, new.created_at, answers, uploads))
    return found[::-1]


def _answer_changes(permohonan: Permohonan, old: dict, new: dict, names: dict, asked: dict) -> Iterator[AnswerChange]:
    for field in drafts.form_fields(permohonan):
        before, after = old.get(field["key"]), new.get(field["key"])
        if (before or "") == (after or ""):
            continue
        for label, was, now_is in _compare_values(field, before, after, names):
            yield AnswerChange(field["key"], label, was, now_is, asked.get(field["key"], ()))


def _compare_values(field: dict, before, after, names: Mapping) -> Iterator[tuple[str, str, str]]:
    """Yield (label, before, after) of what differs in a field; for a group, of each item that differs in a row."""
    label = localized(field["label"])
    if field["type"] != "group":
        yield label, fields.display(field, before, names), fields.display(field, after, names)
        return
    rows: Iterator[tuple[dict, dict]] = zip_longest(before or [], after or [], fillvalue={})
    for number, (was, now_is) in enumerate(rows, 1):
        for item in field["item"]:
            left, right = (fields.display(item, row.get(item["key"]), names) for row in (was, now_is))
            if left != right:
                inner = localized(item["label"])
                yield _("%(label)s, baris %(number)s: %(item)s", label=label, number=number, item=inner), left, right


def _upload_changes(permohonan: Permohonan, old: dict, new: dict, asked: dict) -> Iterator[UploadChange]:
    for requirement in attachments.all_requirements(permohonan):
        key = requirement["key"]
        before, after = old.get(key, {}), new.get(key, {})
        if before.keys() != after.keys():
            removed = [file for id_, file in before.items() if id_ not in after]
            added = [file for id_, file in after.items() if id_ not in before]
            yield UploadChange(key, localized(requirement["name"]), removed, added, asked.get(key, ()))


def _files_by_revision(revisions: Iterable[Revision]) -> dict[int, dict[str, dict[int, StoredFile]]]:
    """Return the files by revision id, requirement and file id."""
    rows = Attachment.select(Attachment, StoredFile).join(StoredFile).where(Attachment.revision.in_(list(revisions)))
    found: dict[int, dict[str, dict[int, StoredFile]]] = {}
    for row in rows.order_by(Attachment.position):
        found.setdefault(row.revision_id, {}).setdefault(row.requirement, {})[row.file_id] = row.file
    return found


def _all_deficiencies(permohonan: Permohonan) -> list[tuple[int, datetime, str, str, str]]:
    """Return (event id, moment, key, reason, the officer's own words) of all deficiencies ever noted."""
    own = Deficiency.permohonan == permohonan.id
    rows = list(Deficiency.select(Deficiency, Event).join(Event).where(own).order_by(Deficiency.id))
    names = {reason.key: localized(reason.name) for reason in Reason.select()} if rows else {}
    return [(row.event_id, row.event.at, row.key, names.get(row.reason, row.reason), row.text) for row in rows]


def _notes_between(faults: list, old: Revision, new: Revision) -> dict[str, DeficiencyNotes]:
    """Return the deficiencies, by key, of the last return between two revisions."""
    between = [fault for fault in faults if old.created_at <= fault[1] <= new.created_at]
    last = max((fault[0] for fault in between), default=0)
    found: dict[str, DeficiencyNotes] = {}
    for event, _at, key, reason, own_words in between:
        if event == last:
            found[key] = (*found.get(key, ()), (reason, own_words))
    return found
