"""Figures of the office: what came, left in time or was returned, and the hours of each step; shows no page.

Events are rolled up into counts every minute, outside of every transition; a reader adds the few that came since, so
that the figures are exact at any moment and no press pays for them.
"""

import json
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable
from datetime import date, datetime
from itertools import takewhile
from typing import NamedTuple

import peewee as pw
from flask import current_app

import office
from casework.durations import COMPLETED, IN_HAND
from casework.ledger import SETTLED
from lib import fast_sql
from lib.database import local, now, transaction
from models import Figure, FigureMark
from workflow import COUNTER, STATES, UNDO

CHUNK = 2000  # events that are rolled up at a time, and at most read by a page
CHUNKS = 30  # at most in a minute, so that an office with old events goes on working
CAME, LEFT, ON_TIME, TAKEN_IN, RETURNED = "came", "left", "on_time", "taken_in", "returned"
RETURN = "mark_incomplete"
STEPS = tuple(code for code in STATES if code in IN_HAND)
MINUTES = 6  # of the unit in which steps are counted: a tenth of an hour

_FINISHED = ", ".join(f"'{code}'" for code in COMPLETED)
FINISHED_FIRST = f"""e.target IN ({_FINISHED}) AND NOT EXISTS (SELECT 1 FROM event f
WHERE f.permohonan_id = e.permohonan_id AND f.version < e.version AND f.target IN ({_FINISHED}))"""  # noqa: S608
_STANDS = f"""NOT EXISTS (SELECT 1 FROM event f WHERE f.permohonan_id = e.permohonan_id
AND f.version = e.version + 1 AND f.action = '{UNDO[RETURN].action}')"""  # noqa: S608
_ENDED_LATE = """CASE WHEN replace(e.codes, '"late":', '') = e.codes THEN q.due_at < e.at
ELSE replace(e.codes, '"late":true', '') <> e.codes END"""
HAPPENED = {  # conditions on events e of applications q: the lists of what is counted here; each has an index
    "finished": FINISHED_FIRST,
    "late": f"{FINISHED_FIRST} AND {_ENDED_LATE}",
    "returned": f"e.action = '{RETURN}' AND {_STANDS}",
}
_EVENTS = f"""SELECT e.id, e.at, e.action, e.source, e.target, e.codes, b.at, p."group", p.track, p.office_id, p.due_at,
CASE WHEN {FINISHED_FIRST} THEN 1 ELSE 0 END FROM event e JOIN permohonan p ON p.id = e.permohonan_id
LEFT JOIN event b ON b.permohonan_id = e.permohonan_id AND b.version = e.version - 1
WHERE e.id > ? ORDER BY e.id LIMIT ?"""  # noqa: S608 -- ours
_STORED = """SELECT CAST(NULL AS date), '', 0, until FROM figure_mark UNION ALL
SELECT since, kind, about, SUM(count) FROM figure WHERE since >= ? {where} GROUP BY since, kind, about"""


class Key(NamedTuple):
    """The columns that tell a figure from the others."""

    since: date
    kind: str
    group: str
    about: int = 0


class _Happened(NamedTuple):
    """An event with what is counted of it; `before` is when the one before it was."""

    id: int
    at: datetime
    action: str
    source: str
    target: str
    codes: str
    before: datetime | None
    group: str
    track: str
    office: int | None
    due_at: datetime | None
    is_first_finish: bool


ByKind = dict[str, Counter[tuple[date, int]]]  # of the day or month, and what it is about


class Figures(NamedTuple):
    """The figures of some divisions by kind; `is_whole` is False while older events are still being rolled up."""

    counts: ByKind
    is_whole: bool

    def total(self, kind: str, since: date, until: date = date.max) -> int:
        """Sum the figures of a kind from one day to another."""
        return sum(number for (day, _), number in self.counts[kind].items() if since <= day <= until)

    def by_about(self, kind: str, since: date) -> Counter[int]:
        """Sum the figures of a kind by what they are about: a counter, or tenths of an hour."""
        found: Counter[int] = Counter()
        for (day, about), number in self.counts[kind].items():
            if day >= since:
                found[about] += number
        return found

    def median_hours(self, step: str, since: date) -> float | None:
        """Return the working hours within which half of the stays in a step ended; None without any."""
        stays = self.by_about(step, since)
        half, seen = (stays.total() + 1) // 2, 0
        for tenths in sorted(stays):
            seen += stays[tenths]
            if seen >= half:
                return tenths / 10
        return None


def roll_up() -> None:
    """Count the events that have settled since the last time; of very many, the oldest."""
    for _ in range(CHUNKS):
        if not _roll_up_chunk():
            break


def _roll_up_chunk() -> bool:
    """Count at most CHUNK events; return whether there may be more. A second worker that is slower counts none."""
    since, until = FigureMark.select(FigureMark.until).scalar(), now() - SETTLED
    happened = list(takewhile(lambda event: event.at < until, _happened_since(since)))
    if not happened:
        return False
    rows = [key._asdict() | {"count": number} for key, number in count(happened).items() if number]
    grow = {Figure.count: Figure.count + pw.EXCLUDED.count}
    target = [Figure.since, Figure.kind, Figure.group, Figure.about]
    with transaction():
        if not FigureMark.update(until=happened[-1].id).where(FigureMark.until == since).execute():
            return False
        if rows:
            Figure.insert_many(rows).on_conflict(conflict_target=target, update=grow).execute()
    return len(happened) == CHUNK


def read(since: date, groups: Collection[str] | None) -> Figures:
    """Read the figures since a day of these divisions, or of all: those stored, and what happened after them."""
    until, stored = _stored(since, None if groups is None else tuple(sorted(groups)))
    found = defaultdict(Counter, {kind: Counter(those) for kind, those in stored.items()})
    fresh = _happened_since(until)
    for key, number in count(fresh).items():
        if groups is None or key.group in groups:
            found[key.kind][key.since, key.about] += number
    return Figures(found, len(fresh) < CHUNK)


def _stored(since: date, groups: tuple[str, ...] | None) -> tuple[int, ByKind]:
    """Return up to which event figures are stored, and these; cached until the mark moves."""
    known: dict[tuple, tuple[int, ByKind]] = current_app.extensions.setdefault("figures", {})
    ((mark,),) = fast_sql.rows("SELECT until FROM figure_mark")
    if known.get((since, groups), (None,))[0] != mark:
        where = "" if groups is None else f'AND "group" IN ({fast_sql.marks(groups)})'
        rows = fast_sql.rows(_STORED.format(where=where), (str(since), *(groups or ())))
        found: ByKind = defaultdict(Counter)
        for day, kind, about, number in rows:
            if kind:
                found[kind][date.fromisoformat(str(day)), about] = number
            else:
                mark = number  # as it was in the same moment as the figures
        known[since, groups] = mark, found
    return known[since, groups]


def _happened_since(ident: int) -> list[_Happened]:
    return [_Happened(*_converted(row)) for row in fast_sql.rows(_EVENTS, (ident, CHUNK))]


def _converted(row: tuple) -> Iterable:
    """Parse the times, which SQLite gives as text."""
    return (
        datetime.fromisoformat(one) if n in (1, 6, 10) and isinstance(one, str) else one for n, one in enumerate(row)
    )


def count(happened: Iterable[_Happened]) -> Counter[Key]:
    """Count what happened."""
    found: Counter[Key] = Counter()
    clock = office.calendar()
    for event in happened:
        _count_flow(event, found)
        _count_return(event, found)
        if event.before and event.source in IN_HAND:
            minutes = clock.minutes_between(local(event.before), local(event.at))
            found[Key(_month(event.at), event.source, event.group, round(minutes / MINUTES))] += 1
    return found


def _count_flow(event: _Happened, found: Counter[Key]) -> None:
    """Count what came to the office, and what left it for the first time: after a recall it isn't news."""
    if event.source == "draft" and not STATES[event.target].ends_clock:
        found[Key(_day(event.at), CAME, event.group)] += 1
        _count_at_counter(event, event.at, TAKEN_IN, 1, found)
    if event.is_first_finish:
        found[Key(_day(event.at), LEFT, event.group)] += 1
        found[Key(_day(event.at), ON_TIME, event.group)] += not is_late(event.codes, event.at, event.due_at)


def is_late(codes: str, at: datetime, due_at: datetime | None) -> bool:
    """Return whether an application ended late, as its event says; those of old say nothing."""
    return json.loads(codes).get("late", bool(due_at and due_at < at))


def _count_return(event: _Happened, found: Counter[Key]) -> None:
    """Count a return to the applicant; one that was undone never was."""
    if event.action == RETURN:
        _count_at_counter(event, event.at, RETURNED, 1, found)
    elif event.action == UNDO[RETURN].action and event.before:
        _count_at_counter(event, event.before, RETURNED, -1, found)


def _count_at_counter(event: _Happened, at: datetime, kind: str, number: int, found: Counter[Key]) -> None:
    if event.track == COUNTER and event.office:
        found[Key(_month(at), kind, event.group, event.office)] += number


def _day(at: datetime) -> date:
    return local(at).date()


def _month(at: datetime) -> date:
    return _day(at).replace(day=1)
