"""Transactional outbox: leases due rows, runs their jobs, retries what failed, and records the result on the row.

The row is the truth. RQ only makes it quicker: losing a queue, a worker or an RQ job loses nothing, since every
worker also sweeps. It knows nothing of the procedure and starts nothing by itself.
"""

import logging
import secrets
import time
from collections.abc import Callable
from datetime import timedelta

from flask import current_app
from redis import Redis, RedisError
from rq import Queue
from rq.serializers import JSONSerializer

import notify
from documents import draft_comparison
from lib.database import database, now
from models import Outbox, Permohonan

LOG = logging.getLogger("aku.outbox")
LEASE = timedelta(minutes=5)
RETRY_AFTER = [timedelta(minutes=m) for m in (1, 5, 15, 60)]
GIVE_UP = timedelta(hours=72)
SWEEP_EVERY = 2.0  # seconds
QUEUE = "outbox"


JOBS: dict[str, Callable[[Outbox], None]] = {
    "tell": lambda row: notify.send(notify.for_event(row)),
    "account_mail": lambda row: notify.send(notify.for_account(row)),
    "recovery_mail": lambda row: notify.send(notify.for_recovery(row)),
    "address_mail": lambda row: notify.send(notify.for_address(row)),
    "appointment_mail": lambda row: notify.send(notify.for_appointment(row)),
    "compare_drafts": lambda row: draft_comparison.compare_drafts(Permohonan.get_by_id(row.payload["permohonan"])),
}


def drain(at_most: int = 1000, early: bool = False) -> int:
    """Run the jobs that are due, oldest first; returns how many rows were leased.

    With `early` also those that wait on purpose, for a while in which what they tell can be undone.
    """
    taken = 0
    while taken < at_most and (row := _lease(_due() | _untried() if early else _due())):
        _run(row)
        taken += 1
    return taken


def run(row_id: int) -> None:
    """Run the job of one row if it is due; called by RQ, with a new connection: the database may have been away."""
    with database.connection_context():
        if row := _lease(_due() & (Outbox.id == row_id)):
            _run(row)


def _due():
    moment = now()
    waiting = (Outbox.state == "waiting") & (Outbox.run_after <= moment)
    return waiting | ((Outbox.state == "running") & (Outbox.leased_until < moment))


def _untried():
    return (Outbox.state == "waiting") & (Outbox.attempts == 0)


def _lease(condition) -> Outbox | None:
    """Lease the oldest matching row for five minutes; of two workers one gets it."""
    for _ in range(20):
        row = Outbox.select().where(condition).order_by(Outbox.run_after, Outbox.id).first()
        if row is None:
            return None
        token = secrets.token_hex(16)
        unchanged = (Outbox.id == row.id) & (Outbox.attempts == row.attempts) & (Outbox.state == row.state)
        lease = Outbox.update(state="running", lease=token, leased_until=now() + LEASE, attempts=Outbox.attempts + 1)
        if lease.where(unchanged).execute():
            return Outbox.get_by_id(row.id)
    return None


def _run(row: Outbox) -> None:
    try:
        JOBS[row.job](row)
    except notify.DeliveryFailed as failed:
        _record_failure(row, str(failed), failed.permanent)
    except Exception as reason:  # the one broad except: whatever broke is recorded on the row, and retried
        LOG.exception("outbox row %s (%s) failed", row.id, row.job)
        _record_failure(row, f"{type(reason).__name__}", permanent=False)
    else:
        _settle(row, state="done", done_at=now(), error="")


def _record_failure(row: Outbox, error: str, permanent: bool) -> None:
    if permanent or now() - row.created_at > GIVE_UP:
        _settle(row, state="failed", error=error[:500])
        return
    pause = RETRY_AFTER[min(row.attempts, len(RETRY_AFTER)) - 1]
    _settle(row, state="waiting", run_after=now() + pause, error=error[:500])


def _settle(row: Outbox, **result) -> None:
    Outbox.update(lease="", leased_until=None, **result).where(Outbox.id == row.id, Outbox.lease == row.lease).execute()


def retry(row: Outbox) -> None:
    """Retry a failed row at an officer's request."""
    failed = (Outbox.id == row.id) & (Outbox.state == "failed")
    Outbox.update(state="waiting", run_after=now(), created_at=now()).where(failed).execute()
    enqueue(row.id)


# RQ: its jobs may be lost


def connection() -> Redis | None:
    """Return the connection to Redis; None where there is none, and the workers only sweep."""
    url = current_app.config["REDIS_URL"]
    if not url:
        return None
    if "redis" not in current_app.extensions:
        current_app.extensions["redis"] = Redis.from_url(url, socket_timeout=0.3, socket_connect_timeout=0.3)
    return current_app.extensions["redis"]


def enqueue(*row_ids: int) -> None:
    """Enqueue RQ jobs for these rows. Fails silently by design: the sweep runs them a moment later.

    Where Redis did not answer just now, nobody waits for it again before the next sweep.
    """
    redis, known = connection(), current_app.extensions
    if redis is None or not row_ids or time.monotonic() < known.get("redis_away", 0):
        return
    due = Outbox.id.in_(row_ids) & (Outbox.run_after <= now())  # the sweep takes the others
    rows = Outbox.select(Outbox.id, Outbox.attempts).where(due).tuples()
    jobs = [
        Queue.prepare_data(
            "jobs.outbox.run", (row_id,), job_id=f"outbox-{row_id}-{attempts}", result_ttl=0, failure_ttl=3600
        )
        for row_id, attempts in rows
    ]
    try:
        Queue(QUEUE, connection=redis, serializer=JSONSerializer).enqueue_many(jobs)
    except RedisError:
        known["redis_away"] = time.monotonic() + SWEEP_EVERY
        LOG.warning("no RQ job for %s row(s); the sweep takes them", len(row_ids))


def is_queue_available() -> bool:
    """Check whether Redis answers, where there is one."""
    redis = connection()
    try:
        return redis is None or bool(redis.ping())
    except RedisError:
        return False
