"""Checklists: what an officer has to check before an application goes on, and what was found; moves nothing.

The table names the kind (`Transition.checklist`); the screens ask for it before they perform such a transition. A tick
holds the digest of what was looked at, so that only what has changed since has to be looked at again.
"""

import hashlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import NamedTuple

import workflow
from admin_views.queue import case_file
from casework import claims, opened_sheets, siak_sheet, timeline
from casework.inputs.words import LONG, REASON, plain
from catalogue import applicant_section, fields
from intake import answer_display, submission
from intake.drafts import village_names
from lib.database import canonical_json, now, transaction
from models import Attachment, Check, Permohonan, Revision, User

COMPLETE, KEYED = "complete", "keyed"  # kinds of Check, and words of Transition.checklist
DOUBTED, NEEDS, FIELDS = "Perlu dilihat", "Syarat", "Isian"
CONTACTS, MISSING = "Kontak pemohon", "Yang tidak dikirim"
ORDER = (DOUBTED, NEEDS, FIELDS, CONTACTS, MISSING)
CHANGED = "Diubah sejak diperiksa"
INCOMPLETE = {COMPLETE: "belum diperiksa.", KEYED: "belum semua kolom ditandai sudah diketik ke SIAK."}


class PapersUnopened(workflow.NotAllowed):
    """Papers were to be found good that the officer never had in view; everything else was saved."""

    def __init__(self, labels: Iterable[str]):
        super().__init__(f"Belum dibuka, jadi belum ditandai baik: {', '.join(labels)}. Buka dulu berkasnya.")


class ChecklistIncomplete(workflow.NotAllowed):
    """A checklist isn't done yet; nothing was changed."""

    def __init__(self, kind: str):
        self.kind = kind
        super().__init__(f"{INCOMPLETE[kind][0].upper()}{INCOMPLETE[kind][1:]} Tandai dulu di halaman ini.")


class Paper(NamedTuple):
    """An upload in the viewer: its place there, and the key of its file."""

    number: int
    key: str


@dataclass
class ChecklistItem:
    """An item of a checklist, with what was found of it as it is now."""

    group: str
    key: str
    label: str
    value: str
    digest: str
    needed: bool = True  # it has to be looked at; an answer is good unless it is found short
    check: Check | None = None
    note: str = ""  # what was written about it on a return, or what is doubtful about it
    unopened: Sequence[Paper] = ()  # of its papers, those that the officer never had in view

    @property
    def good(self) -> bool:
        return bool(self.check and self.check.good)

    @property
    def fault(self) -> bool:
        return bool(self.check and not self.check.good)


@dataclass
class Checklist:
    """The checklist of an application, of one kind."""

    kind: str
    items: list[ChecklistItem]

    @property
    def left(self) -> list[ChecklistItem]:
        return [item for item in self.items if item.check is None and item.needed]

    @property
    def faults(self) -> list[ChecklistItem]:
        return [item for item in self.items if item.fault]

    @property
    def done(self) -> bool:
        """Was everything looked at and found good?"""
        return not self.left and not self.faults

    @property
    def needed(self) -> list[ChecklistItem]:
        return [item for item in self.items if item.needed]

    @property
    def unopened(self) -> list[Paper]:
        """The papers that have to be opened before what is left can be found good."""
        return [paper for item in self.left for paper in item.unopened]

    def groups(self) -> list[tuple[str, list[ChecklistItem]]]:
        """The items under their headings, in their order; doubtful answers first, what was not handed in last."""
        items = sorted(self.items, key=lambda item: ORDER.index(item.group)) if self.takes_faults else self.items
        return [(heading, list(found)) for heading, found in groupby(items, key=lambda item: item.group)]

    def is_folded(self, heading: str) -> bool:
        return heading in (CONTACTS, MISSING)

    def add_doubts(self, notes: Mapping[str, str]) -> None:
        """Put what is doubtful beside its items, and doubtful answers in front; what a return says comes before."""
        for item in self.items:
            item.note = item.note or notes.get(item.key, "")
            if self.takes_faults and item.group == FIELDS and (item.note or item.needed):
                item.group = DOUBTED

    @property
    def next_key(self) -> str:
        return self.left[0].key if self.left else ""

    # How the page shows it

    @property
    def takes_faults(self) -> bool:
        return self.kind == COMPLETE

    @property
    def template(self) -> str:
        return f"staff/checklist_{self.kind}.html"

    @property
    def layout(self) -> str:
        return "three" if self.takes_faults else "halves"

    @property
    def form(self) -> str:
        """Return the id of the form that the next step submits."""
        return "check" if self.takes_faults else "finish"

    @property
    def all_of_it(self) -> str:
        return "Semua berkas baik" if self.takes_faults else "Tandai semua sudah diketik"

    @property
    def sentence(self) -> str:
        """1 kurang, 3 belum diperiksa."""
        if self.done:
            return "Semua berkas sudah diperiksa dan baik." if self.takes_faults else "Semua kolom sudah diketik."
        found = [f"{len(self.faults)} kurang"] if self.faults else []
        if self.unopened:
            return ", ".join([*found, f"{len(self.unopened)} berkas belum dibuka"]) + "."
        left = "belum diperiksa" if self.takes_faults else f"dari {len(self.items)} kolom belum diketik"
        return ", ".join([*found, f"{len(self.left)} {left}"] if self.left else found) + "."

    @property
    def hint(self) -> str:
        if self.done:
            return ""
        good = "Isian dianggap baik, kecuali yang Anda tandai kurang."
        return good if self.takes_faults else "“Draf selesai” terbuka bila semua diketik."


def required_kind(permohonan: Permohonan, user: User) -> str:
    """Name the kind of checklist that this person's next step asks for; empty where it asks for none."""
    return next((row.checklist for row in workflow.allowed(permohonan, user) if row.checklist), "")


def load(permohonan: Permohonan, kind: str) -> Checklist:
    """Load the checklist of one application."""
    return load_many([permohonan], kind)[permohonan.id]


def load_for(permohonan: Permohonan, kind: str, user: User) -> Checklist:
    """Load the same, with the papers that this officer has yet to open."""
    found = load(permohonan, kind)
    if kind == COMPLETE:
        revision, opened = submission.last_revision(permohonan), opened_sheets.opened_sheets([permohonan], user)
        rows = enumerate(case_file.uploads(permohonan, revision) if revision else ())
        shut = [(number, row) for number, row in rows if opened_sheets.name_of(row.file) not in opened]
        for item in found.items:
            item.unopened = [Paper(number, row.file.key) for number, row in shut if row.requirement == item.key]
    return found


def load_many(permohonans: list[Permohonan], kind: str) -> dict[int, Checklist]:
    """Load those of several, with as many statements as for one."""
    ids = [one.id for one in permohonans]
    rows = Revision.select().where(Revision.permohonan.in_(ids)).order_by(Revision.number)
    revisions = {row.permohonan_id: row for row in rows}
    mine = Check.select().where(Check.permohonan.in_(ids), Check.kind == kind)
    checks = {(row.permohonan_id, row.key): row for row in mine}
    items, arrivals = _ITEMS[kind](permohonans, revisions), timeline.arrivals(permohonans)
    for owner, item in ((owner, item) for owner, found in items.items() for item in found):
        check = checks.get((owner, item.key))
        item.check = check if check and check.digest == item.digest else None
        if check and not item.check and item.group == FIELDS:
            item.needed, item.note = True, CHANGED
        _apply_return(item, arrivals.get(owner))
    return {owner: Checklist(kind, found) for owner, found in items.items()}


def _apply_return(item: ChecklistItem, arrival: timeline.TimelineEntry | None) -> None:
    """Open an item again that a return names, until it is looked at anew; what was found deficient is so already."""
    if arrival is None or item.key not in arrival.notes:
        return
    item.note = arrival.notes[item.key]
    if item.check is None or item.check.at < arrival.at:
        faults = (Check(good=False, reason=one.code, text=one.text) for one in arrival.faults if one.key == item.key)
        item.check = next(faults, None)


def _complete(permohonans: list[Permohonan], revisions: dict[int, Revision]) -> dict[int, list[ChecklistItem]]:
    """The items of completeness: what was handed in, then what was answered."""
    files: dict[int, dict[str, list[str]]] = {}
    numbers = [row.id for row in revisions.values()]
    for row in Attachment.select().where(Attachment.revision.in_(numbers)).order_by(Attachment.id):
        files.setdefault(row.revision_id, {}).setdefault(row.requirement, []).append(str(row.file_id))
    names = village_names()
    found = {}
    for one in permohonans:
        revision = revisions.get(one.id)
        uploaded = files.get(revision.id, {}) if revision else {}
        answers = [*_fields(one, revision.answers if revision else {}, names)]
        for item in answers:
            item.needed = item.group == FIELDS and not uploaded  # without a paper, somebody reads the answers
        found[one.id] = [*_needs(one, uploaded), *answers]
    return found


def _needs(permohonan: Permohonan, uploaded: dict[str, list[str]]) -> Iterator[ChecklistItem]:
    for key, name in answer_display.requirement_names(permohonan).items():
        there = key in uploaded
        yield ChecklistItem(NEEDS if there else MISSING, key, name, "", digest(sorted(uploaded.get(key, []))), there)


def _fields(permohonan: Permohonan, answers: dict, names: dict[str, str]) -> Iterator[ChecklistItem]:
    for section in applicant_section.form_sections(permohonan.track, permohonan.edition.body):
        for field in section["fields"]:
            raw, key = answers.get(field["key"]), field["key"]
            value, there = fields.display(field, raw, names), raw not in (None, "", [])
            group = MISSING if not there else CONTACTS if key in applicant_section.CONTACT_FIELDS else FIELDS
            yield ChecklistItem(group, key, field["label"]["id"], value, digest(raw))


def _keyed(permohonans: list[Permohonan], revisions: dict[int, Revision]) -> dict[int, list[ChecklistItem]]:
    names = village_names()
    found: dict[int, list[ChecklistItem]] = {}
    for one in permohonans:
        rows = siak_sheet.siak_rows(one, revisions[one.id].answers, names) if one.id in revisions else []
        found[one.id] = [ChecklistItem(row.screen, row.key, row.label, row.value, digest(row.value)) for row in rows]
    return found


_ITEMS: dict[str, Callable[[list[Permohonan], dict[int, Revision]], dict[int, list[ChecklistItem]]]] = {
    COMPLETE: _complete,
    KEYED: _keyed,
}


def digest(value) -> str:
    return hashlib.sha256(canonical_json(value).encode()).hexdigest()


def refuse_incomplete(transition: workflow.Transition, permohonan: Permohonan) -> None:
    """Raise ChecklistIncomplete where the transition asks for a checklist that isn't done."""
    if transition.checklist and not load(permohonan, transition.checklist).done:
        raise ChecklistIncomplete(transition.checklist)


def incomplete_reasons(transition: workflow.Transition, permohonans: list[Permohonan]) -> dict[int, str]:
    """Say why the transition has to wait, by the application's id; for as many as there are, in a few statements."""
    if not transition.checklist:
        return {}
    loaded = load_many(permohonans, transition.checklist)
    return {owner: INCOMPLETE[transition.checklist] for owner, one in loaded.items() if not one.done}


# Saving what was found


def save(permohonan: Permohonan, user: User, kind: str, form: Mapping) -> Checklist:
    """Save what was found, as the form of the page says it, and claim the application for this person.

    Where nothing changed, nothing is claimed. Raises ClaimedByAnother where somebody else does, NotAllowed where a text
    is too long, PapersUnopened where papers were not in view.
    """
    found = load_for(permohonan, kind, user)
    before = {item.key: item.check for item in found.items}
    try:
        changed = [item for item in found.items if _FOUND[kind](item, form)]
    except ValueError as reason:
        raise workflow.NotAllowed(str(reason)) from None
    if not changed:
        return found
    claims.take(permohonan, user)  # refuses what has moved on, so that the items are those of the version that was seen
    unseen = [item for item in changed if item.good and item.unopened]
    save_items(permohonan, user, kind, [item for item in changed if item not in unseen])
    for item in unseen:
        item.check = before[item.key]
    if unseen:
        raise PapersUnopened(item.label for item in unseen)
    return found


def _found_complete(item: ChecklistItem, form: Mapping) -> bool:
    """Take over what was found of an item; True where that is news. What was left alone stays as it is."""
    stem = f"deficiencies-{item.key}"
    said = next(reversed(form.getlist(f"{stem}-fault")), None)  # type: ignore[attr-defined]
    all_of_it = form.get("all") == "ya" and item.check is None and item.needed
    untouched = said is None or (said == "" and item.check is None and not item.needed)
    if untouched and not all_of_it:
        return False
    reason = plain(form.get(f"{stem}-reason"), REASON) if said else ""
    text = plain(form.get(f"{stem}-text"), LONG) if said else ""
    before = item.check and (item.check.good, item.check.reason, item.check.text)
    item.check = Check(good=not said, reason=reason, text=text)
    return before != (not said, reason, text)


def _found_keyed(item: ChecklistItem, form: Mapping) -> bool:
    ticked = form.get("all") == "ya" or item.key in form.getlist("keyed")  # type: ignore[attr-defined]
    if ticked == item.good:
        return False
    item.check = Check(good=True) if ticked else None
    return True


_FOUND: dict[str, Callable[[ChecklistItem, Mapping], bool]] = {COMPLETE: _found_complete, KEYED: _found_keyed}


def save_items(permohonan: Permohonan, user: User, kind: str, changed: Iterable[ChecklistItem]) -> None:
    rows, gone = [], []
    for item in changed:
        if item.check is None:
            gone.append(item.key)
            continue
        item.check.by, item.check.at = user, now()
        facts = {"good": item.check.good, "reason": item.check.reason, "text": item.check.text}
        about = {"permohonan": permohonan.id, "kind": kind, "key": item.key, "digest": item.digest}
        rows.append({**about, **facts, "by": user.id, "at": item.check.at})
    kept = [Check.digest, Check.good, Check.reason, Check.text, Check.by, Check.at]
    target = [Check.permohonan, Check.kind, Check.key]
    with transaction():
        if rows:
            Check.insert_many(rows).on_conflict(conflict_target=target, preserve=kept).execute()
        if gone:
            mine = (Check.permohonan == permohonan.id) & (Check.kind == kind)
            Check.delete().where(mine, Check.key.in_(gone)).execute()
