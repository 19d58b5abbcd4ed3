"""What time does: lapsed applications, reminders, unfinished signings, seals, leftovers; it starts nothing itself."""

import logging
from collections.abc import Callable
from datetime import timedelta

from flask import current_app

import accounts
import performing
import sealing
import signing
import storage
import upload_parts
import workflow
from lib.database import now, transaction
from models import Batch, Permohonan

LOG = logging.getLogger("aku.chores")
HOUSEKEEP_EVERY, EVERY_HOUR, EVERY_DAY = 60.0, 3600.0, 86_400.0  # seconds
REMINDERS = (timedelta(days=7), timedelta(days=2))  # before it lapses


def housekeep() -> None:
    """What the clock brings: lapsed applications, reminders, unfinished signings, seals, leftovers. Safe to repeat."""
    for _, chore in CHORES:
        chore()


def _forget_batches() -> None:
    """How they went was told on the page after them."""
    Batch.delete().where(Batch.at < now() - timedelta(days=1)).execute()


def _let_lapse() -> None:
    for permohonan in list(Permohonan.select().where(Permohonan.lapses_at < now())):
        lapses = workflow.STATES[permohonan.state].lapses
        if lapses:
            try:
                performing.perform(permohonan, lapses[0], None)
            except workflow.NotAllowed:
                LOG.info("application %s moved on by itself", permohonan.id)


def _remind() -> None:
    """Two reminders before an application that waits for its applicant is closed."""
    for nth, before in enumerate(REMINDERS):
        due = (
            (Permohonan.reminded == nth)
            & Permohonan.submitted_at.is_null(False)
            & (Permohonan.lapses_at < now() + before)
        )
        for permohonan in list(Permohonan.select().where(due)):
            if not workflow.STATES[permohonan.state].pauses:
                continue
            with transaction():
                marked = Permohonan.update(reminded=nth + 1).where(
                    Permohonan.id == permohonan.id, Permohonan.reminded == nth, Permohonan.version == permohonan.version
                )
                ids = [row.id for row in performing.promise_reminder(permohonan)] if marked.execute() else []
            current_app.extensions["workflow"].enqueue(*ids)


_EVERY_MINUTE: tuple[Callable[[], object], ...] = (signing.sweep, _let_lapse, _remind, sealing.seal, accounts.sweep)
CHORES = (
    *((HOUSEKEEP_EVERY, chore) for chore in _EVERY_MINUTE),
    (EVERY_HOUR, upload_parts.sweep),
    (EVERY_DAY, storage.sweep),
    (EVERY_DAY, _forget_batches),
)
