"""What happened: the chained event log, its erasable texts, deficiencies, seals, and what is still promised."""

import hashlib
import secrets
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

import peewee as pw

from models import writes
from models.base import JsonField, LongJson, Moment, Table, canonical, now, to
from models.people import User
from models.permohonan import Permohonan

GENESIS = "0" * 64
LAST_HASH = "(SELECT hash FROM event e WHERE e.permohonan_id = permohonan.id ORDER BY e.version DESC LIMIT 1)"
Written = tuple[dict[int, dict], list[dict]]
CHAINED = "permohonan version at action source target actor role acting_for codes text_digest previous".split()


class Event(Table):
    """One transition: codes only. Texts and names stand beside it, so that erasing them breaks no chain."""

    permohonan = to(Permohonan, "events")
    version = pw.IntegerField()
    at = Moment()
    action = pw.CharField(40)
    source = pw.CharField(20)
    target = pw.CharField(20)
    actor = to(User, null=True)  # none: the system
    role = pw.CharField(20)
    acting_for = to(User, null=True)
    codes = LongJson(default=dict)
    text_digest = pw.CharField(64)
    previous = pw.CharField(64)
    hash = pw.CharField(64)

    class Meta:
        indexes = ((("permohonan", "version"), True), (("actor", "at"), False))

    def computed_hash(self) -> str:
        """What `hash` must be: over every code of this event and the hash of the one before."""
        return _link(self.__data__ | {"codes": self.codes})

    @classmethod
    def append(cls, heads: Mapping[int, str | None], rows: Iterable[tuple[dict, dict]]) -> "Written":
        """Write the next event of each application, inside the caller's transaction and in one statement.

        `heads` holds the hash that it goes on from, if there is one, by the application's id. A row is what goes into
        the text beside it, and its columns. Returns all columns of the events, by the application's id, and the rows
        of EventText that the caller must write in the same transaction.
        """
        texts: list[dict] = []
        events: dict[int, dict] = {}
        for said, facts in rows:
            salt, previous = secrets.token_hex(16), heads[facts["permohonan"]] or GENESIS
            event = facts | {"text_digest": digest(salt, said), "previous": previous}
            events[facts["permohonan"]] = event | {"hash": _link(event)}
            texts.append({"salt": salt, "texts": said})
        for permohonan, ident in writes.insert(cls, list(events.values()), "permohonan_id, id"):
            events[permohonan]["id"] = ident
        ids = (event["id"] for event in events.values())
        return events, [text | {"event": ident} for text, ident in zip(texts, ids, strict=True)]


def _link(event: Mapping[str, Any]) -> str:
    return link(*map(event.__getitem__, CHAINED))


def link(permohonan: int, version: int, at: datetime, *codes) -> str:
    """The hash of an event: over all its columns in their order, the hash of the one before at the end."""
    return hashlib.sha256(canonical([permohonan, version, at.isoformat(), *codes]).encode()).hexdigest()


def digest(salt: str, texts: dict) -> str:
    """Stands in the chain for texts that may be erased; salted, since names are easy to guess."""
    return hashlib.sha256(f"{salt}{canonical(texts)}".encode()).hexdigest()


class EventText(Table):
    """Names and free texts of an event; may be erased when the law asks for it."""

    event = to(Event, "text_rows", unique=True)
    salt = pw.CharField(32)
    texts = JsonField()  # {"actor": name, "reason": …}


class Deficiency(Table):
    """What fell short, of a requirement or a field, and why."""

    event = to(Event, "deficiencies")
    permohonan = to(Permohonan, "deficiencies")
    key = pw.CharField(40)
    reason = pw.CharField(40)
    text = pw.CharField(1000, default="")


class Seal(Table):
    """A link of the global ledger: binds all events up to `until`, and the seal before."""

    since = pw.IntegerField(unique=True)  # event ids, inclusive; unique, so that no two workers seal the same ones
    until = pw.IntegerField(unique=True)
    at = Moment(default=now)
    previous = pw.CharField(64)
    hash = pw.CharField(64)


class Outbox(Table):
    """Something promised by a transition. This row is the truth; a queue only hurries it."""

    event = to(Event, "promised", null=True)
    job = pw.CharField(40)
    payload = JsonField(default=dict)  # codes and ids only
    state = pw.CharField(10, default="waiting")  # waiting | running | done | failed
    attempts = pw.IntegerField(default=0)
    run_after = Moment(default=now)
    leased_until = Moment(null=True)
    lease = pw.CharField(32, default="")
    error = pw.CharField(500, default="")
    created_at = Moment(default=now)
    done_at = Moment(null=True)

    class Meta:
        indexes = ((("state", "run_after", "id"), False), (("event", "job"), False))

    @classmethod
    def promise(cls, job: str, event: Event | None = None, **payload) -> "Outbox":
        """Write down what must follow, inside the caller's transaction."""
        return cls.create(job=job, event=event, payload=payload)


class Notice(Table):
    """A message in somebody's inbox on the site."""

    outbox = to(Outbox, unique=True)
    permohonan = to(Permohonan)
    user = to(User, null=True)
    role = pw.CharField(20, default="")  # staff: everybody with this role
    subject = pw.CharField(200)
    body = pw.TextField()
    at = Moment(default=now)

    class Meta:
        indexes = ((("user", "id"), False), (("role", "id"), False))
