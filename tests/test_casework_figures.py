"""The figures of the office equal those of plain SQL over all events, at any moment, on random histories."""

import random
from collections import Counter
from datetime import date, datetime, timedelta

import pytest

import office
import workflow
from casework import figures, ledger
from casework.durations import COMPLETED
from lib.database import database, local, now
from models import Event, Figure, FigureMark, Permohonan
from seed import generate

LONG_AGO = date(2000, 1, 1)
ENDED = ", ".join(f"'{one}'" for one in COMPLETED)
CHAIN = """SELECT e.at, e.source, e.target, e.action, p."group", p.track, p.office_id, p.due_at, e.permohonan_id
FROM event e JOIN permohonan p ON p.id = e.permohonan_id ORDER BY e.permohonan_id, e.version"""


@pytest.fixture
def random_office(app):
    """Forty applications of two divisions and tracks, whose events lie at random moments of the last weeks."""
    generate.generate_applications(40)
    dice = random.Random(14)
    for permohonan in Permohonan.select(Permohonan.id):
        at = now() - timedelta(days=dice.randrange(5, 60))
        for event in Event.select().where(Event.permohonan == permohonan.id).order_by(Event.version):
            at += timedelta(minutes=dice.randrange(1, 2000))
            database.execute_sql("DROP TRIGGER IF EXISTS event_no_update" + _on_postgres())
            Event.update(at=min(at, now() - timedelta(days=1))).where(Event.id == event.id).execute()
        due = now() - timedelta(hours=dice.randrange(1, 1200))
        Permohonan.update(due_at=due).where(Permohonan.id == permohonan.id).execute()


def _on_postgres():
    return "" if "sqlite" in type(database.obj).__name__.lower() else " ON event"


def plain_figures():
    """All figures, counted one by one from the whole chain of every application."""
    found, before, finished = Counter(), {}, set()
    for at, source, target, action, group, track, counter, due, ident in database.execute_sql(CHAIN).fetchall():
        at, due = (one and (datetime.fromisoformat(one) if isinstance(one, str) else one) for one in (at, due))
        day = local(at).date()
        month = day.replace(day=1)
        if source == "draft" and target == "submitted":
            found[day, "came", group, 0] += 1
            found[month, "taken_in", group, counter] += track == "counter"
        if target in COMPLETED and ident not in finished:
            finished.add(ident)
            found[day, "left", group, 0] += 1
            found[day, "on_time", group, 0] += due >= at
        if action == "mark_incomplete" and track == "counter":
            found[month, "returned", group, counter] += 1
        if ident in before and source in figures.STEPS:
            minutes = office.calendar().minutes_between(local(before[ident]), local(at))
            found[month, source, group, round(minutes / 6)] += 1
        before[ident] = at
    return +found


def read_all(groups=None):
    counts = figures.read(LONG_AGO, groups).counts
    return {(day, kind, about): n for kind, those in counts.items() for (day, about), n in those.items() if n}


def summed(wanted, *groups):
    found = Counter()
    for (day, kind, group, about), number in wanted.items():
        found[day, kind, about] += number * (group in groups)
    return +found


def test_figures_equal_plain_counts_before_during_and_after_the_roll_up(random_office, monkeypatch):
    plain = plain_figures()
    wanted = summed(plain, "dafduk", "capil")
    assert {kind for _, kind, _ in wanted} >= {"came", "left", "taken_in", "on_time", "submitted", "siak_entry"}
    assert read_all() == wanted, "nothing is rolled up yet"
    with monkeypatch.context() as few:
        few.setattr(figures, "CHUNK", 10)
        few.setattr(figures, "CHUNKS", 3)
        figures.roll_up()
        assert not figures.read(LONG_AGO, None).is_whole
    assert FigureMark.get().until == 30
    assert read_all() == wanted, "some are"
    figures.roll_up()
    figures.roll_up()
    stored = Figure.select(Figure.since, Figure.kind, Figure.group, Figure.about, Figure.count).tuples()
    assert {tuple(key): number for *key, number in stored} == plain
    assert read_all() == wanted
    for group in ("dafduk", "capil"):
        assert read_all([group]) == summed(plain, group)


def test_a_median_is_that_of_sorting():
    dice = random.Random(5)
    for size in (1, 2, 7, 40):
        stays = [dice.randrange(90) for _ in range(size)]
        counts = {"submitted": Counter((LONG_AGO, one) for one in stays)}
        median = figures.Figures(counts, True).median_hours("submitted", LONG_AGO)
        assert median == sorted(stays)[(size - 1) // 2] / 10
    assert figures.Figures({"submitted": Counter()}, True).median_hours("submitted", LONG_AGO) is None


def test_what_is_rolled_up_twice_at_once_is_counted_once(factory, set_clock, monkeypatch):
    """Two workers read the same events; the slower one finds the mark moved on."""
    set_clock(2026, 11, 23, 8, 0)
    factory.submit()
    set_clock(2026, 11, 23, 9, 0)
    once, counted = figures.count, []

    def interrupted(happened):
        if not counted:
            counted.append(1)
            figures.roll_up()
        return once(happened)

    monkeypatch.setattr(figures, "count", interrupted)
    figures.roll_up()
    monkeypatch.undo()
    assert figures.read(LONG_AGO, None).total("came", LONG_AGO) == 1


def test_an_undone_return_never_was_and_a_counter_is_told_from_another(factory, staff, set_clock):
    set_clock(2026, 11, 23, 8, 0)
    permohonan = factory.submit(track="counter")
    counter = permohonan.office_id
    returned = lambda: figures.read(LONG_AGO, None).by_about("returned", LONG_AGO)  # noqa: E731
    factory.perform(permohonan, "mark_incomplete", "admin")
    assert returned() == {counter: 1}
    workflow.perform(Permohonan.get_by_id(permohonan.id), "undo_incomplete", staff["admin"])
    assert not +returned()


def test_lateness_is_that_of_the_moment_it_ended(factory, set_clock):
    set_clock(2026, 11, 23, 8, 0)
    early, late = factory.submit(), factory.submit()
    Permohonan.update(due_at=now() - timedelta(hours=1)).where(Permohonan.id == late.id).execute()
    for one in (early, late):
        factory.advance_to(Permohonan.get_by_id(one.id), "ready")
    Permohonan.update(due_at=now() + timedelta(days=9)).execute()  # as when a print is asked for afterwards
    found = figures.read(LONG_AGO, None)
    assert (found.total("left", LONG_AGO), found.total("on_time", LONG_AGO)) == (2, 1)
    assert not list(ledger.verify())
