"""The ledger: a hash chain of events for each application, sealed into one global chain; verifies both."""

import hashlib
import secrets
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any

import peewee as pw

from lib import fast_sql
from lib.database import canonical_json, now, transaction
from models import Event, EventText, Permohonan, Seal

GENESIS = "0" * 64  # the hash before the first
CHAINED = "permohonan version at action source target actor role acting_for codes text_digest previous".split()
SETTLED = timedelta(minutes=2)  # a transaction that took its number earlier has surely ended by then
AppendedEvents = tuple[dict[int, dict], list[dict]]


def last_hash() -> pw.ModelSelect:
    """Return the subquery of the hash from which the next event of an application goes on."""
    own = Event.select(Event.hash).where(Event.permohonan == Permohonan.id)
    return own.order_by(Event.version.desc()).limit(1)


def append_events(heads: Mapping[int, str | None], rows: Iterable[tuple[dict, dict]]) -> AppendedEvents:
    """Append the next event of each application to its hash chain, inside the caller's transaction, in one statement.

    `heads` holds the hash of the last event, if there is one, by the application's id. A row is the texts of the event
    and its columns. Returns all columns of the events, by the application's id, and the rows of EventText that the
    caller must write in the same transaction.
    """
    texts: list[dict] = []
    events: dict[int, dict] = {}
    for said, columns in rows:
        salt, previous = secrets.token_hex(16), heads[columns["permohonan"]] or GENESIS
        event = columns | {"text_digest": text_digest(salt, said), "previous": previous}
        events[columns["permohonan"]] = event | {"hash": _hash_of_event(event)}
        texts.append({"salt": salt, "texts": said})
    for permohonan, ident in fast_sql.insert(Event, list(events.values()), "permohonan_id, id"):
        events[permohonan]["id"] = ident
    ids = (event["id"] for event in events.values())
    return events, [text | {"event": ident} for text, ident in zip(texts, ids, strict=True)]


def _hash_of_event(columns: Mapping[str, Any]) -> str:
    return event_hash(*map(columns.__getitem__, CHAINED))


def event_hash(permohonan: int, version: int, at: datetime, *codes) -> str:
    """Hash an event: all its columns in the order of CHAINED, the hash of the event before at the end."""
    return hashlib.sha256(canonical_json([permohonan, version, at.isoformat(), *codes]).encode()).hexdigest()


def text_digest(salt: str, texts: dict) -> str:
    """Hash the erasable texts of an event for the chain; salted, since names are easy to guess."""
    return hashlib.sha256(f"{salt}{canonical_json(texts)}".encode()).hexdigest()


def seal() -> Seal | None:
    """Seal all events since the last seal into the global ledger; None where there are none."""
    with transaction():
        last = Seal.select().order_by(Seal.until.desc()).first()
        since = last.until + 1 if last else 1
        until = Event.select(pw.fn.MAX(Event.id)).where(Event.at < now() - SETTLED).scalar() or 0
        if until < since:
            return None
        previous = last.hash if last else GENESIS
        return Seal.create(since=since, until=until, previous=previous, hash=_seal_hash(since, until, previous))


def _seal_hash(since: int, until: int, previous: str) -> str:
    events = Event.select(Event.id, Event.hash).where(Event.id.between(since, until)).order_by(Event.id).tuples()
    return hashlib.sha256(canonical_json([since, until, previous, [list(row) for row in events]]).encode()).hexdigest()


def verify() -> Iterator[str]:
    """Verify chains, texts, states and seals: one sentence for each place that was changed, none if whole."""
    yield from _verify_chains()
    yield from _verify_texts()
    yield from _verify_states()
    previous = GENESIS
    for row in Seal.select().order_by(Seal.until):
        if row.previous != previous or row.hash != _seal_hash(row.since, row.until, row.previous):
            yield f"segel {row.id} (peristiwa {row.since}–{row.until}) tidak cocok"
        previous = row.hash


def _verify_chains() -> Iterator[str]:
    last: dict[int, tuple[int, str]] = {}
    for event in Event.select().order_by(Event.permohonan, Event.version).iterator():
        version, before = last.get(event.permohonan_id, (0, GENESIS))
        if event.version != version + 1:
            yield f"permohonan {event.permohonan_id}: peristiwa sebelum versi {event.version} hilang"
        elif event.previous != before or event.hash != _hash_of_event(event.__data__ | {"codes": event.codes}):
            yield f"permohonan {event.permohonan_id}: peristiwa versi {event.version} berubah"
        last[event.permohonan_id] = event.version, event.hash


def _verify_texts() -> Iterator[str]:
    for row in EventText.select(EventText, Event).join(Event).iterator():
        if text_digest(row.salt, row.texts) != row.event.text_digest:
            yield f"permohonan {row.event.permohonan_id}: teks peristiwa versi {row.event.version} berubah"


def _verify_states() -> Iterator[str]:
    newest = Event.alias()
    last = newest.select(pw.fn.MAX(newest.version)).where(newest.permohonan == Permohonan.id)
    same = (Event.permohonan == Permohonan.id) & (Event.version == last)
    rows = Permohonan.select(Permohonan.id, Permohonan.state, Permohonan.version, Event.target, Event.version)
    for ident, state, version, target, event_version in rows.join(Event, pw.JOIN.LEFT_OUTER, on=same).tuples():
        if (version or event_version) and (state, version) != (target, event_version):
            yield f"permohonan {ident}: status {state} tidak sama dengan peristiwa terakhirnya"
