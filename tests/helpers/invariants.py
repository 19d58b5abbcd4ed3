"""Invariants of the database after every fault: nothing is lost, nothing happened twice."""

from collections import Counter

import peewee as pw

import workflow
from casework import ledger
from documents import signing
from files import storage
from models import Document, Event, Handover, Notice, Outbox, Permohonan, PickupCounter, StoredFile
from notify import Message, email

ISSUED_STATES = ("signed", "awaiting_blank", "published", "printed", "ready", "uncollected", "completed")
ACTIONS_WITH_EMAIL = ("submit", "resubmit")  # since then the office knows an e-mail address


class InvariantChecker:
    """Checker of the invariants: of rows that are new since the last check, and of all states."""

    def __init__(self):
        self.event = self.file = 0  # the last that was looked at
        self.signed, self.delivered = set(), set()

    def violations(self):
        """Return every violation as a sentence."""
        found = [
            *_state_violations(),
            *self._promises(),
            *self._files(),
            *self._signatures(),
            *self._deliveries(),
            *_uniqueness_violations(),
        ]
        self.event = Event.select(pw.fn.MAX(Event.id)).scalar() or 0
        self.file = StoredFile.select(pw.fn.MAX(StoredFile.id)).scalar() or 0
        return found

    def all_violations(self):
        return InvariantChecker().violations() + list(ledger.verify())

    def _promises(self):
        """Each event has exactly the outbox rows of its transition."""
        events = Event.select(Event, Permohonan).join(Permohonan).where(Event.id > self.event).order_by(Event.id)
        rows = Outbox.select(Outbox.event, Outbox.payload).where(Outbox.event > self.event, Outbox.job == "tell")
        found = {}
        for event, payload in rows.tuples():
            if not payload.get("reminder"):
                found.setdefault(event, Counter())[payload["audience"], payload["channel"]] += 1
        for event in events:
            if event.id not in found and workflow.transition_of(event).undoes:
                continue  # silent, where what it undid was told to nobody
            if found.get(event.id, Counter()) != promised_messages(event):
                there = found.get(event.id)
                yield f"event {event.id} ({event.action}): promised {promised_messages(event)}, found {there}"

    def _files(self):
        """Each row of a stored file has its file, with its SHA-256."""
        for file in StoredFile.select().where(StoredFile.id > self.file):
            try:
                storage.read(file)
            except storage.StorageError as reason:
                yield f"file {file.id} ({file.kind}): {reason}"

    def _signatures(self):
        """Signed documents verify, none is signed twice, and issued ones are signed."""
        rows = list(Document.select().where(Document.file.is_null(False) | Document.signed_at.is_null(False)))
        for document in rows:
            if document.id not in self.signed and not signing.is_signed(document):
                yield f"document {document.id} is called signed, and its file does not verify"
            self.signed.add(document.id)
        files = StoredFile.select().where(StoredFile.kind == "document").count()
        if files != len({document.file_id for document in rows}) or files != len(rows):
            yield f"{files} signed files of {len(rows)} signed documents"
        this_round = (
            (Document.round == Permohonan.round) & (Document.kind == "pdf") & Permohonan.state.in_(ISSUED_STATES)
        )
        for document in Document.select().join(Permohonan).where(this_round, Document.file.is_null()):
            yield f"document {document.id} is issued and not signed"

    def _deliveries(self):
        """Each message of a finished outbox row was delivered exactly once."""
        mails = Counter(path.stem[-12:] for path in email.mail_folder().glob("*.eml"))
        for row in Outbox.select().where(Outbox.state == "done", Outbox.job == "tell"):
            if row.id in self.delivered:
                continue
            notices = Notice.select().where(Notice.outbox == row.id).count()
            there = notices if row.payload["channel"] == "inbox" else mails[Message("email", row, "", "").id[:12]]
            if there != 1:
                yield f"outbox row {row.id} is done, and {there} messages are there"
            self.delivered.add(row.id)


def _state_violations():
    """Each state is the target of the last event; each version the number of events and the highest of theirs."""
    counted = Event.select(Event.permohonan, pw.fn.COUNT(Event.id), pw.fn.MAX(Event.version)).group_by(Event.permohonan)
    events = {ident: (count, highest) for ident, count, highest in counted.tuples()}
    newest = dict(_newest_targets())
    for ident, state, version in Permohonan.select(Permohonan.id, Permohonan.state, Permohonan.version).tuples():
        if events.get(ident, (0, 0)) != (version, version):
            yield f"application {ident}: version {version}, events {events.get(ident)}"
        if newest.get(ident, "draft") != state:
            yield f"application {ident}: state {state}, last event led to {newest.get(ident)}"


def _newest_targets():
    last = Event.alias()
    highest = last.select(pw.fn.MAX(last.version)).where(last.permohonan == Event.permohonan)
    return Event.select(Event.permohonan, Event.target).where(Event.version == highest).tuples()


def promised_messages(event):
    """Return the messages that the workflow table promises for an event: (audience, channel), counted."""
    permohonan = event.permohonan
    row = next(
        row
        for row in workflow.TRANSITIONS
        if row.action == event.action
        and event.source in row.sources
        and event.role in row.roles
        and row.track in (None, permohonan.track)
    )
    known = Event.select().where(
        Event.permohonan == permohonan.id, Event.version <= event.version, Event.action.in_(ACTIONS_WITH_EMAIL)
    )
    wanted = Counter()
    for audience in row.notifies:
        if audience == "applicant":
            wanted["applicant", "email"] += bool(permohonan.email) and known.exists()
            wanted["applicant", "inbox"] += permohonan.owner_id is not None
        elif audience == "counter":
            wanted["counter", "inbox"] += permohonan.helper_id is not None
        else:
            wanted[audience, "inbox"] += 1
    return +wanted


def _uniqueness_violations():
    """No application is handed over twice, and no pickup number is assigned twice."""
    handed = Event.select(Event.permohonan, Event.version).where(Event.action == "hand_over").tuples()
    rows = Handover.select(Handover.permohonan, Handover.version).tuples()
    if Counter(handed) != Counter(rows):
        yield f"hand-overs {set(rows) ^ set(handed)} stand in one place only"
    slots = Permohonan.select(Permohonan.pickup_office, Permohonan.pickup_on, Permohonan.pickup_number)
    given = Counter(slots.where(Permohonan.pickup_number.is_null(False)).tuples())
    last = {(row.office_id, row.day): row.last for row in PickupCounter.select()}
    for (office, day, number), times in given.items():
        if times > 1 or number > last.get((office, day), 0):
            yield f"pickup number {number} of {office} on {day}: given {times} times"
