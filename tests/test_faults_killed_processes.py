"""Processes killed with SIGKILL at any moment: nothing is lost, nothing happens twice. And a control that must fail."""

import random
from datetime import timedelta

import pytest

from casework import ledger
from documents import signing
from jobs import outbox
from lib.database import database, now
from models import Event, Outbox, Permohonan
from tests import machine
from tests.helpers.invariants import InvariantChecker
from tests.helpers.process_killer import process_killer

pytestmark = pytest.mark.faults


@pytest.fixture
def seed():
    """Another one in every run; a failure names it."""
    return random.randrange(10**6)


def _rounds(app, number, seed, guard=True):
    """Kill that often, and on while hardly a kill hits; returns who killed, and what was broken after which kill.

    The control, without the guard, goes on until something breaks.
    """
    invariant, broken = InvariantChecker(), []
    with process_killer(app, seed, guard) as at_work:
        for turn in range(5 * number):
            if guard and turn >= number and at_work.killed_inside > at_work.killed // 10:
                break
            codes = at_work.round()
            assert not guard or set(codes) == {-9}, f"seed {seed}, round {turn}: a victim died by itself: {codes}"
            found = invariant.violations() + (list(ledger.verify()) if turn % 25 == 0 else [])
            broken += [f"round {turn}: {one}" for one in found]
            database.close()
            if broken and not guard:
                break
            assert not broken, f"seed {seed}: {broken}"
    return at_work, broken


def test_no_kill_breaks_anything(app, seed):
    """SECURITY 3, faults 1, 2 and 10: one process takes steps, another keeps promises; each round kills both."""
    at_work, _ = _rounds(app, machine.repetitions(20, 500), seed)
    events = Event.select().count()
    print(f"{at_work.killed} kills, {at_work.killed_inside} inside a transaction, {events} events, seed {seed}")
    assert at_work.killed_inside > at_work.killed // 10, "hardly a kill hit a transaction: this run proves nothing"
    assert InvariantChecker().all_violations() == []
    _recover(app)
    assert InvariantChecker().all_violations() == []
    assert {row.state for row in Outbox.select()} <= {"done", "withdrawn"}
    assert not Permohonan.select().where(Permohonan.state.in_(("signing", "signing_unknown"))).exists()


def _recover(app):
    """What the worker does by itself once every lease has ended."""
    later = now() + timedelta(minutes=6)
    app.config["CLOCK"] = lambda: later
    signing.finish_interrupted()
    outbox.drain(at_most=100_000)


def test_without_the_transaction_the_same_kills_break_it(app, seed):
    """The control: were `transaction` not there, the run above would have been lost."""
    _, broken = _rounds(app, 40, seed, guard=False)
    assert broken
