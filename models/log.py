"""What happened: the chained event log, its erasable texts, deficiencies, seals, and what is still promised."""

import hashlib
import secrets
from collections.abc import Iterable
from datetime import datetime

import peewee as pw

from models.base import JsonField, LongJson, Moment, Table, canonical, now, to
from models.people import User
from models.permohonan import Permohonan

GENESIS = "0" * 64


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
        return link(
            self.permohonan_id,
            self.version,
            self.at,
            self.action,
            self.source,
            self.target,
            self.actor_id,
            self.role,
            self.acting_for_id,
            self.codes,
            self.text_digest,
            self.previous,
        )

    @classmethod
    def append(cls, texts: dict, **facts) -> "Event":
        """Write the next event of an application, inside the caller's transaction."""
        last = (
            cls.select(cls.hash)
            .where(cls.permohonan == facts["permohonan"])
            .order_by(cls.version.desc())
            .limit(1)
            .scalar()
        )
        event, text = cls._chained(texts, {"at": now()} | facts, last or GENESIS)
        event.save(force_insert=True)
        EventText.create(event=event, **text)
        return event

    @classmethod
    def append_many(cls, heads: dict[int, str], rows: Iterable[tuple[dict, dict]]) -> list["Event"]:
        """The same for many applications, one event each, in two statements; `heads` holds the hashes to go on from."""
        made = [cls._chained(texts, facts, heads[facts["permohonan"]]) for texts, facts in rows]
        kept = cls.insert_many([event.__data__ for event, _ in made]).returning(cls.permohonan, cls.id)
        ids = dict(kept.tuples().execute())
        for event, text in made:
            event.id = text["event"] = ids[event.permohonan_id]
        EventText.insert_many([text for _, text in made]).execute()
        return [event for event, _ in made]

    @classmethod
    def _chained(cls, texts: dict, facts: dict, previous: str) -> tuple["Event", dict]:
        """An event that isn't written yet, and what stands beside it."""
        salt = secrets.token_hex(16)
        event = cls(text_digest=digest(salt, texts), previous=previous, **facts)
        event.hash = event.computed_hash()
        return event, {"salt": salt, "texts": texts}


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

    @classmethod
    def promise_many(cls, job: str, rows: Iterable[tuple[Event, dict]]) -> list[int]:
        """The same for many events in one statement; returns the ids."""
        promised = [{"job": job, "event": event.id, "payload": payload} for event, payload in rows]
        return [ident for (ident,) in cls.insert_many(promised).returning(cls.id).tuples()] if promised else []


class Notice(Table):
    """A message in somebody's inbox on the site."""

    outbox = to(Outbox, unique=True)
    permohonan = to(Permohonan)
    user = to(User, null=True)
    role = pw.CharField(20, default="")  # staff: everybody with this role
    subject = pw.CharField(200)
    body = pw.TextField()
    at = Moment(default=now)
    read_at = Moment(null=True)

    class Meta:
        indexes = ((("user", "id"), False), (("role", "id"), False))
