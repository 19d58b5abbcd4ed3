"""The office at a glance, for its heads: what is late and where, what came and left, hours of each step, returns."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import NamedTuple

from flask import current_app
from flask_login import current_user

import workflow
from accounts.roles import EVERYTHING_SUBMITTED, OWN_DIVISION, ROLES
from admin_views.queue import query
from admin_views.scope import reachable
from admin_views.search import criteria
from casework import claims, figures, timeline
from lib import fast_sql
from lib.database import local
from lib.i18n import localized, short_date
from models import Office, Permohonan
from office import DAY, Calendar, calendar

HEADS = {workflow.KABID, workflow.KADIS}
RUNNING = tuple(code for code in figures.STEPS if workflow.STATES[code].waits != (workflow.SYSTEM,))
OLDEST, COUNTERS, CHART_DAYS, BAR = 5, 5, 10, 130
DAYS_BACK = 31  # among which the days of the chart are
LATE = """SELECT p.state, p.track, u.name, COUNT(*) FROM permohonan p
LEFT JOIN claim c ON c.permohonan_id = p.id AND c.version = p.version AND c.active_at >= ?
LEFT JOIN "user" u ON u.id = c.user_id
WHERE {reach} AND p.state IN ({states}) AND {late} GROUP BY p.state, p.track, u.name"""
Search = dict[str, str]  # the criteria of a search


class Link(NamedTuple):
    """A number in words, and the search that lists what it counts."""

    label: str
    number: str
    search: Search
    note: str = ""
    is_bad: bool = False


class Step(NamedTuple):
    """A step of the procedure: who has to act, how many are late there, who holds them, and its median hours."""

    label: str
    holders: str
    late: int
    claimed: str
    hours: float | None
    search: Search
    late_search: Search


class Running(NamedTuple):
    """An application that runs, and who holds it."""

    key: str
    number: str
    service: str
    name: str
    state: str
    submitted_at: datetime
    holder: str
    left: str  # of its working time
    tone: str


class Counter(NamedTuple):
    """A counter with its returns since the beginning of last month."""

    name: str
    taken_in: int
    returned: int
    search: Search


class Day(NamedTuple):
    """The applications that came and left on a day, with the heights of its two bars."""

    label: str
    came: int
    left: int
    bars: tuple[int, int]


@dataclass(frozen=True)
class Overview:
    """All of it, for one person's reach."""

    links: list[Link]
    steps: list[Step]
    oldest: list[Running]
    days: list[Day]
    counters: list[Counter]
    since: date
    is_whole: bool


def read() -> Overview | None:
    """Read the overview of what the person reaches; None for who heads nothing."""
    if not current_user.roles & HEADS:
        return None
    today = local().date()
    since = (today.replace(day=1) - DAY).replace(day=1)  # on the first of a month, its own figures say nothing yet
    found = figures.read(since, _divisions())
    days = _days(found, today)
    return Overview(
        _flows(found, today), _steps(found, since), _oldest(), days, _counters(found, since), since, found.is_whole
    )


def _divisions() -> set[str] | None:
    """The divisions that the person reaches; None: all."""
    grants = [one for one in current_user.grants if one.role in ROLES]
    reaches = {(ROLES[one.role].reach, one.group) for one in grants}
    if any(reach == EVERYTHING_SUBMITTED or (reach, group) == (OWN_DIVISION, None) for reach, group in reaches):
        return None
    return {group for reach, group in reaches if reach == OWN_DIVISION}


# What came and left


def _flows(found: figures.Figures, today: date) -> list[Link]:
    monday, first = today - timedelta(days=today.weekday()), today.replace(day=1)
    spans = ("hari ini", today), ("minggu ini", monday)
    links = [_flow(found, *span, today, *flow) for flow in FLOWS for span in spans]
    left, on_time = found.total(figures.LEFT, first), found.total(figures.ON_TIME, first)
    share = f"{100 * on_time / left:.1f}%".replace(".", ",") if left else "–"
    late, search = left - on_time, _between(first, today) | {"menurut": "terlambat"}
    note = f"{late} dari {left} lewat waktu" if left else "belum ada yang selesai"
    return [*links, Link("Tepat waktu bulan ini", share, search, note, late > 0)]


FLOWS = ((figures.CAME, "Masuk", ""), (figures.LEFT, "Selesai", "selesai"))


def _flow(found: figures.Figures, words: str, since: date, until: date, kind: str, label: str, dated: str) -> Link:
    search = _between(since, until) | ({"menurut": dated} if dated else {})
    return Link(f"{label} {words}", str(found.total(kind, since)), search)


def _between(since: date, until: date) -> Search:
    return {"dari": since.isoformat(), "sampai": until.isoformat()}


def _days(found: figures.Figures, today: date) -> list[Day]:
    """The last days on which the office was open or something happened, the oldest first."""
    clock, wanted = calendar(), list[tuple[date, int, int]]()
    for back in range(DAYS_BACK):
        day = today - back * DAY
        came, left = (found.total(kind, day, day) for kind in (figures.CAME, figures.LEFT))
        if clock.on(day) or came or left:
            wanted.append((day, came, left))
    del wanted[CHART_DAYS:]
    most = max(1, *(number for _, *both in wanted for number in both))
    return [_day(*one, BAR / most) for one in reversed(wanted)]


def _day(day: date, came: int, left: int, scale: float) -> Day:
    return Day(" ".join(short_date(day).split()[:3]), came, left, (round(came * scale), round(left * scale)))


# Steps and those who are late in them


def _steps(found: figures.Figures, since: date) -> list[Step]:
    late: dict[str, dict[str, int]] = {}
    for state, _track, name, number in _late():
        held = late.setdefault(state, {})
        held[name or ""] = held.get(name or "", 0) + number
    return [_step(code, late.get(code, {}), found.median_hours(code, since)) for code in RUNNING]


def _step(code: str, held: dict[str, int], hours: float | None) -> Step:
    state = workflow.STATES[code]
    holders = ", ".join(ROLES[role].label for role in state.waits)
    claimed = ", ".join(f"{name} {number}" for name, number in sorted(held.items()) if name)
    search = {"keadaan": code}
    return Step(state.label, holders, sum(held.values()), claimed, hours, search, search | {"janji": "lewat"})


def _late() -> list[tuple]:
    """Count what is late, by state, track and who holds it."""
    reach, given = _reach()
    text, dates = criteria.promises()["lewat"]
    statement = LATE.format(reach=reach, states=fast_sql.marks(RUNNING), late=text)
    return fast_sql.rows(statement, (str(claims.idle_cutoff()), *given, *RUNNING, *dates))


def _reach() -> query.Condition:
    return query.condition(("overview", *current_user.access_key), lambda: reachable(current_user))


def _oldest() -> list[Running]:
    """The running applications that were submitted first."""
    where, given = _reach()
    branches = [(f"{where} AND p.state = ?", (*given, code)) for code in RUNNING]
    rows = query.page(branches, (Permohonan.submitted_at, Permohonan.id), OLDEST, 0)
    query.load_editions(rows)
    held, clock = claims.claimants(rows), calendar()
    return [_running(row, held[row.id][0] if row.id in held else "", clock) for row in rows]


def _running(row, holder: str, clock: Calendar) -> Running:
    due_at, submitted_at = (Permohonan.due_at.python_value(one) for one in (row.due_at, row.submitted_at))
    left, tone = timeline.remaining_time(row.state, due_at, None, clock)
    service = localized(current_app.extensions["editions"][row.edition_id].body["name"])
    state = workflow.STATES[row.state].label
    return Running(row.key, row.number, service, row.applicant_name, state, submitted_at, holder, left, tone)


# Counters


def _counters(found: figures.Figures, since: date) -> list[Counter]:
    returned, taken_in = found.by_about(figures.RETURNED, since), found.by_about(figures.TAKEN_IN, since)
    most = [ident for ident, number in returned.most_common(COUNTERS) if number > 0]
    return list(_named(most, since, returned, taken_in))


def _named(most: list[int], since: date, returned, taken_in) -> Iterable[Counter]:
    offices = {one.id: one for one in Office.select().where(Office.id.in_(most))}
    for ident in most:
        search = _between(since, local().date()) | {"menurut": "dikembalikan", "loket": offices[ident].code}
        yield Counter(offices[ident].name, taken_in[ident], returned[ident], search)
