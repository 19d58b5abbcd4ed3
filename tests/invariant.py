"""What must hold after every fault, whatever happened: nothing lost, nothing twice. It reads everything, and mends nothing."""

from collections import Counter

import peewee as pw

import sealing
import signing
import storage
import workflow
from models import Document, Event, Handover, Notice, Outbox, Permohonan, PickupCounter, StoredFile, database
from notify import email, for_event

ISSUED = ("signed", "awaiting_blank", "published", "printed", "ready", "uncollected", "completed")
WITH_ADDRESS = ("submit", "resubmit")  # from here on the office knows an e-mail address


class Invariant:
    """Looks at what is new since the last look, and at the states of all; `whole` looks at everything again."""

    def __init__(self):
        self.event = self.file = self.outbox = 0
        self.signed = set()
        self.delivered = set()

    def broken(self):
        """Every violation as a sentence."""
        found = [*self._states(), *self._promises(), *self._files(), *self._signatures(), *self._deliveries(), *_once()]
        self.event = Event.select(pw.fn.MAX(Event.id)).scalar() or 0
        self.file = StoredFile.select(pw.fn.MAX(StoredFile.id)).scalar() or 0
        return found

    def whole(self):
        self.__init__()
        return self.broken() + list(sealing.verify())

    def _states(self):
        """State == target of the last event; version == number of the events == the highest of their versions."""
        counted = Event.select(Event.permohonan, pw.fn.COUNT(Event.id), pw.fn.MAX(Event.version)).group_by(Event.permohonan)
        events = {ident: (count, highest) for ident, count, highest in counted.tuples()}
        newest = dict(_newest_targets())
        for ident, state, version in Permohonan.select(Permohonan.id, Permohonan.state, Permohonan.version).tuples():
            if events.get(ident, (0, 0)) != (version, version):
                yield f"application {ident}: version {version}, events {events.get(ident)}"
            if newest.get(ident, "draft") != state:
                yield f"application {ident}: state {state}, last event led to {newest.get(ident)}"

    def _promises(self):
        """Each event has exactly the outbox rows that its row of the table promises."""
        events = Event.select(Event, Permohonan).join(Permohonan).where(Event.id > self.event).order_by(Event.id)
        rows = Outbox.select(Outbox.event, Outbox.payload).where(Outbox.event > self.event, Outbox.job == "tell")
        found = {}
        for event, payload in rows.tuples():
            if not payload.get("reminder"):
                found.setdefault(event, Counter())[payload["audience"], payload["channel"]] += 1
        for event in events:
            if found.get(event.id, Counter()) != promised(event):
                yield f"event {event.id} ({event.action}): promised {promised(event)}, found {found.get(event.id)}"

    def _files(self):
        """Each row of a file has its file, with its SHA-256."""
        for file in StoredFile.select().where(StoredFile.id > self.file):
            try:
                storage.read(file)
            except storage.Refused as reason:
                yield f"file {file.id} ({file.kind}): {reason}"

    def _signatures(self):
        """Nothing is called signed without bytes that verify, nothing is signed twice, and what is issued is signed."""
        rows = list(Document.select().where(Document.file.is_null(False) | Document.signed_at.is_null(False)))
        for document in rows:
            if document.id not in self.signed and not signing.is_signed(document):
                yield f"document {document.id} is called signed, and its file does not verify"
            self.signed.add(document.id)
        files = StoredFile.select().where(StoredFile.kind == "document").count()
        if files != len({document.file_id for document in rows}) or files != len(rows):
            yield f"{files} signed files of {len(rows)} signed documents"
        this_round = Document.select().join(Permohonan).where(Document.round == Permohonan.round, Document.kind == "pdf")
        for document in this_round.where(Permohonan.state.in_(ISSUED), Document.file.is_null()):
            yield f"document {document.id} is issued and not signed"

    def _deliveries(self):
        """What the outbox calls done is there, once."""
        for row in Outbox.select().where(Outbox.state == "done", Outbox.job == "tell"):
            if row.id in self.delivered:
                continue
            if row.payload["channel"] == "inbox":
                there = Notice.select().where(Notice.outbox == row.id).count()
            else:
                there = len(list(email.folder().glob(f"*-{for_event(row).id[:12]}.eml")))
            if there != 1:
                yield f"outbox row {row.id} is done, and {there} messages are there"
            self.delivered.add(row.id)


def _newest_targets():
    last = Event.alias()
    highest = last.select(pw.fn.MAX(last.version)).where(last.permohonan == Event.permohonan)
    return Event.select(Event.permohonan, Event.target).where(Event.version == highest).tuples()


def promised(event):
    """The messages that the table promises for an event: (audience, channel), counted."""
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
        Event.permohonan == permohonan.id, Event.version <= event.version, Event.action.in_(WITH_ADDRESS)
    )
    wanted = Counter()
    for audience in row.tells:
        if audience == "applicant":
            wanted["applicant", "email"] += bool(permohonan.email) and known.exists()
            wanted["applicant", "inbox"] += permohonan.owner_id is not None
        elif audience == "counter":
            wanted["counter", "inbox"] += permohonan.helper_id is not None
        else:
            wanted[audience, "inbox"] += 1
    return +wanted


def _once():
    """Nobody is handed over twice, and no pickup number is given twice."""
    handed = Event.select(Event.permohonan, Event.version).where(Event.action == "hand_over").tuples()
    rows = Handover.select(Handover.permohonan, Handover.version).tuples()
    if Counter(handed) != Counter(rows):
        yield f"hand-overs {set(rows) ^ set(handed)} stand in one place only"
    slots = Counter(
        Permohonan.select(Permohonan.pickup_office, Permohonan.pickup_on, Permohonan.pickup_number)
        .where(Permohonan.pickup_number.is_null(False))
        .tuples()
    )
    highest = {(office, day): last for office, day, last in PickupCounter.select(PickupCounter.office, PickupCounter.day, PickupCounter.last).tuples()}
    for (office, day, number), times in slots.items():
        if times > 1 or number > highest.get((office, day), 0):
            yield f"pickup number {number} of {office} on {day}: given {times} times, last is {highest.get((office, day))}"


def chain_of_new(since):
    """The chains of the applications that moved since an event, checked as the ledger would."""
    touched = Event.select(Event.permohonan).where(Event.id > since)
    before = {}
    for event in Event.select().where(Event.permohonan.in_(touched)).order_by(Event.permohonan, Event.version):
        version, last = before.get(event.permohonan_id, (0, sealing.GENESIS))
        if (event.version, event.previous) != (version + 1, last) or event.hash != event.computed_hash():
            yield f"event {event.id} breaks the chain"
        before[event.permohonan_id] = event.version, event.hash


__all__ = ["Invariant", "chain_of_new", "database", "promised"]
