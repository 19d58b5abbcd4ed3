"""The global ledger over the event log: seals what happened, and finds what was changed afterwards."""

import hashlib
from collections.abc import Iterator
from datetime import timedelta

import peewee as pw

from models import Event, EventText, Permohonan, Seal, canonical, now, write
from models.log import GENESIS, digest

SETTLED = timedelta(minutes=2)  # a transaction that took its number earlier has surely ended by then


def seal() -> Seal | None:
    """Bind all events since the last seal; None when nothing happened."""
    with write():
        last = Seal.select().order_by(Seal.until.desc()).first()
        since = last.until + 1 if last else 1
        until = Event.select(pw.fn.MAX(Event.id)).where(Event.at < now() - SETTLED).scalar() or 0
        if until < since:
            return None
        previous = last.hash if last else GENESIS
        return Seal.create(since=since, until=until, previous=previous, hash=_hash(since, until, previous))


def _hash(since: int, until: int, previous: str) -> str:
    events = Event.select(Event.id, Event.hash).where(Event.id.between(since, until)).order_by(Event.id).tuples()
    return hashlib.sha256(canonical([since, until, previous, [list(row) for row in events]]).encode()).hexdigest()


def verify() -> Iterator[str]:
    """Every place where the log is not what it was, as a sentence; nothing when it is whole."""
    yield from _chains()
    yield from _texts()
    yield from _states()
    previous = GENESIS
    for row in Seal.select().order_by(Seal.until):
        if row.previous != previous or row.hash != _hash(row.since, row.until, row.previous):
            yield f"segel {row.id} (peristiwa {row.since}–{row.until}) tidak cocok"
        previous = row.hash


def _chains() -> Iterator[str]:
    last: dict[int, tuple[int, str]] = {}
    for event in Event.select().order_by(Event.permohonan, Event.version).iterator():
        version, before = last.get(event.permohonan_id, (0, GENESIS))
        if event.version != version + 1:
            yield f"permohonan {event.permohonan_id}: peristiwa sebelum versi {event.version} hilang"
        elif event.previous != before or event.hash != event.computed_hash():
            yield f"permohonan {event.permohonan_id}: peristiwa versi {event.version} berubah"
        last[event.permohonan_id] = event.version, event.hash


def _texts() -> Iterator[str]:
    for row in EventText.select(EventText, Event).join(Event).iterator():
        if digest(row.salt, row.texts) != row.event.text_digest:
            yield f"permohonan {row.event.permohonan_id}: teks peristiwa versi {row.event.version} berubah"


def _states() -> Iterator[str]:
    newest = Event.alias()
    last = newest.select(pw.fn.MAX(newest.version)).where(newest.permohonan == Permohonan.id)
    rows = (
        Permohonan.select(Permohonan.id, Permohonan.state, Permohonan.version, Event.target, Event.version)
        .join(Event, pw.JOIN.LEFT_OUTER, on=((Event.permohonan == Permohonan.id) & (Event.version == last)))
        .tuples()
    )
    for ident, state, version, target, event_version in rows:
        if (version or event_version) and (state, version) != (target, event_version):
            yield f"permohonan {ident}: status {state} tidak sama dengan peristiwa terakhirnya"
