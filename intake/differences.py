"""What each resubmission changed: answers old → new, files gone and new; it reads revisions and judges nothing."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise

from flask_babel import gettext as _

import applicant
from intake import applying, fields
from language import text
from models import Attachment, Deficiency, Event, Permohonan, Reason, Revision, StoredFile

Rows = tuple[tuple[str, str], ...]  # (what was asked for, the officer's words) of one key


@dataclass(frozen=True)
class Answer:
    """An answer that is not what it was; empty where there was none, or is none any more."""

    key: str
    label: str
    before: str
    after: str
    asked: Rows = ()


@dataclass(frozen=True)
class Upload:
    """A requirement whose files are not those of before."""

    key: str
    label: str
    gone: list[StoredFile]
    new: list[StoredFile]
    asked: Rows = ()

    @property
    def word(self) -> str:
        """What happened to it, in one word."""
        return "diganti" if self.gone and self.new else "ditambah" if self.new else "dihapus"


@dataclass(frozen=True)
class Change:
    """Everything that one resubmission changed against the one before."""

    number: int  # of the revision
    at: datetime  # UTC
    answers: list[Answer]
    uploads: list[Upload]


def changes(permohonan: Permohonan) -> list[Change]:
    """Of every resubmission, the newest first; empty for what was submitted once."""
    revisions = list(Revision.select().where(Revision.permohonan == permohonan.id).order_by(Revision.number))
    if len(revisions) < 2:
        return []
    files, names = _files(revisions), applying.villages()
    faults = _faults(permohonan)
    found = []
    for old, new in pairwise(revisions):
        asked = _asked(faults, old, new)
        answers = list(_answers(permohonan, old.answers, new.answers, names, asked))
        uploads = list(_uploads(permohonan, files.get(old.id, {}), files.get(new.id, {}), asked))
        found.append(Change(new.number, new.created_at, answers, uploads))
    return found[::-1]


def _answers(permohonan: Permohonan, old: dict, new: dict, names: Mapping, asked: dict) -> Iterator[Answer]:
    for section in applying.sections(permohonan):
        for part in section["fields"]:
            before, after = old.get(part["key"]), new.get(part["key"])
            if (before or "") == (after or ""):
                continue
            for label, was, now_is in _compared(part, before, after, names):
                yield Answer(part["key"], label, was, now_is, asked.get(part["key"], ()))


def _compared(part: dict, before, after, names: Mapping) -> Iterator[tuple[str, str, str]]:
    """(label, before, after) of what differs: of a group, each of its rows' items."""
    label = text(part["label"])
    if part["type"] != "group":
        yield label, fields.display(part, before, names), fields.display(part, after, names)
        return
    before, after = before or [], after or []
    for n in range(max(len(before), len(after))):
        was, now_is = before[n] if n < len(before) else {}, after[n] if n < len(after) else {}
        for item in part["item"]:
            left, right = (fields.display(item, row.get(item["key"]), names) for row in (was, now_is))
            if left != right:
                yield (
                    _("%(label)s, baris %(number)s: %(item)s", label=label, number=n + 1, item=text(item["label"])),
                    left,
                    right,
                )


def _uploads(permohonan: Permohonan, old: dict, new: dict, asked: dict) -> Iterator[Upload]:
    for requirement in [*permohonan.edition.body["requirements"], applicant.PROXY_LETTER]:
        key = requirement["key"]
        before, after = old.get(key, {}), new.get(key, {})
        if before.keys() != after.keys():
            gone = [file for id_, file in before.items() if id_ not in after]
            fresh = [file for id_, file in after.items() if id_ not in before]
            yield Upload(key, text(requirement["name"]), gone, fresh, asked.get(key, ()))


def _files(revisions: Iterable[Revision]) -> dict[int, dict[str, dict[int, StoredFile]]]:
    """Revision → requirement → file, by their ids, in their order."""
    rows = (
        Attachment.select(Attachment, StoredFile)
        .join(StoredFile)
        .where(Attachment.revision.in_(list(revisions)))
        .order_by(Attachment.position)
    )
    found: dict[int, dict[str, dict[int, StoredFile]]] = {}
    for row in rows:
        found.setdefault(row.revision_id, {}).setdefault(row.requirement, {})[row.file_id] = row.file
    return found


def _faults(permohonan: Permohonan) -> list[tuple[int, datetime, str, str, str]]:
    """Event, moment, key, reason in words and the officer's own words of everything that ever fell short."""
    mine = Deficiency.permohonan == permohonan.id
    rows = list(Deficiency.select(Deficiency, Event).join(Event).where(mine).order_by(Deficiency.id))
    words = {reason.key: text(reason.name) for reason in Reason.select()} if rows else {}
    return [(row.event_id, row.event.at, row.key, words.get(row.reason, row.reason), row.text) for row in rows]


def _asked(faults: list, old: Revision, new: Revision) -> dict[str, Rows]:
    """What the return between two revisions asked for: the last that named anything before the new one."""
    between = [fault for fault in faults if old.created_at <= fault[1] <= new.created_at]
    last = max((fault[0] for fault in between), default=0)
    found: dict[str, Rows] = {}
    for event, _at, key, reason, said in between:
        if event == last:
            found[key] = (*found.get(key, ()), (reason, said))
    return found
