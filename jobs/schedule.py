"""Periodic tasks and their schedule: expiry, reminders, unfinished signings, seals, cleanup; it starts nothing."""

import logging
from collections.abc import Callable
from datetime import timedelta

from flask import current_app

import accounts
import workflow
from casework import durations, figures, ledger, transitions
from documents import signing
from files import resumable, storage
from intake import appointments
from lib.database import now, transaction
from models import Batch, OpenedSheet, Permohonan

LOG = logging.getLogger("aku.schedule")
EVERY_MINUTE, EVERY_HOUR, EVERY_DAY = 60.0, 3600.0, 86_400.0  # seconds
SHEETS_KEPT = timedelta(days=30)  # after the end; a finished one may be recalled
REMINDERS = (timedelta(days=7), timedelta(days=2))  # before it lapses


def run_all() -> None:
    """Run every periodic task once. Safe to repeat."""
    for _, task in SCHEDULE:
        task()


def _delete_batch_results() -> None:
    """Delete results of bulk actions: they are shown for a day."""
    Batch.delete().where(Batch.at < now() - timedelta(days=1)).execute()


def _delete_opened_sheets() -> None:
    """Forget which sheets were opened of applications that ended long ago: nobody decides on them any more."""
    ended = [state.code for state in workflow.STATES.values() if state.final]
    long_ago = Permohonan.select(Permohonan.id).where(
        Permohonan.state.in_(ended), Permohonan.changed_at < now() - SHEETS_KEPT
    )
    OpenedSheet.delete().where(OpenedSheet.at < now() - SHEETS_KEPT, OpenedSheet.permohonan.in_(long_ago)).execute()


def _expire() -> None:
    """Move on applications whose time limit has passed."""
    for permohonan in list(Permohonan.select().where(Permohonan.lapses_at < now())):
        lapses = workflow.STATES[permohonan.state].lapses
        if lapses:
            try:
                transitions.perform(permohonan, lapses[0], None)
            except workflow.NotAllowed:
                LOG.info("application %s moved on by itself", permohonan.id)


def _send_reminders() -> None:
    """Promise two reminders before an application that waits for its applicant is closed."""
    for nth, before in enumerate(REMINDERS):
        due = (Permohonan.reminded == nth) & (Permohonan.lapses_at < now() + before)
        for permohonan in list(Permohonan.select().where(due, Permohonan.submitted_at.is_null(False))):
            if not workflow.STATES[permohonan.state].pauses:
                continue
            with transaction():
                as_read = (Permohonan.id == permohonan.id) & (Permohonan.version == permohonan.version)
                marked = Permohonan.update(reminded=nth + 1).where(as_read, Permohonan.reminded == nth)
                ids = [row.id for row in transitions.promise_reminder(permohonan)] if marked.execute() else []
            current_app.extensions["workflow"].enqueue(*ids)


_MINUTELY: tuple[Callable[[], object], ...] = (
    signing.finish_interrupted,
    _expire,
    _send_reminders,
    ledger.seal,
    figures.roll_up,
    accounts.delete_expired,
)
SCHEDULE = (
    *((EVERY_MINUTE, task) for task in _MINUTELY),
    (EVERY_HOUR, resumable.delete_expired),
    (EVERY_DAY, storage.delete_orphans),
    (EVERY_DAY, _delete_batch_results),
    (EVERY_DAY, _delete_opened_sheets),
    (EVERY_DAY, durations.record_durations),
    (EVERY_DAY, appointments.delete_expired),
)
