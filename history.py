"""What people read about an application: where it stands, who holds it, by when, and what happened so far."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from flask_babel import gettext as _

import office
import performing
import workflow
from answers.deficiencies import defectible
from language import text
from lib import fast_sql
from lib.database import local, now
from models import Deficiency, Event, Permohonan, Reason


@dataclass
class Line:
    """One thing that happened."""

    at: datetime  # UTC
    label: str
    who: str
    event: Event
    reason: str = ""
    faults: list["Fault"] = field(default_factory=list)


@dataclass
class Fault:
    """A requirement or field that fell short, in words."""

    key: str
    label: str
    reason: str  # from the list
    text: str  # the officer's own words
    next: str = ""  # what to do about it


@dataclass
class Situation:
    """One sentence's worth: state, whose turn it is, by when."""

    label: str
    tone: str
    holder: str  # "Admin AKU Online"; "Anda" on the applicant's page; "" when nobody has to act
    sentence: str
    until: date | None
    left: str = ""  # "sisa 3 j 20 m", "lewat 1 hari"
    left_tone: str = ""
    yours: bool = False  # is it the applicant's turn, told to the applicant?


def timeline(permohonan: Permohonan, *, public: bool = True, rows: Sequence[tuple] | None = None) -> list[Line]:
    """Everything that happened, oldest first; the public one names roles, the office's own names people."""
    rows = happened(permohonan) if rows is None else rows
    events = [(fast_sql.made(Event, values), json.loads(texts or "{}")) for texts, *values in rows]
    found = faults_of(permohonan, [event.id for event, _ in events])
    return [_line(event, texts, found.get(event.id, []), public) for event, texts in events]


def happened(permohonan: Permohonan) -> list[tuple]:
    """The rows that its timeline is made of, as they stand in the database; one statement."""
    both = "FROM event e LEFT JOIN event_text t ON t.event_id = e.id WHERE e.permohonan_id = ? ORDER BY e.version"
    return fast_sql.rows(f"SELECT t.texts, {fast_sql.columns(Event, 'e')} {both}", (permohonan.id,))


def _line(event: Event, texts: dict, faults: list[Fault], public: bool) -> Line:
    row = workflow.transition_of(event)
    role = _(workflow.ROLES[event.role].label)
    who = role if public or not texts.get("actor") else f"{texts['actor']}, {role}"
    told = not public or workflow.APPLICANT in row.notifies or event.role == workflow.APPLICANT
    return Line(
        event.at, _(row.past_label), who, event, texts.get("reason", "") if told else "", faults if told else []
    )


def faults_of(permohonan: Permohonan, events: list[int]) -> dict[int, list[Fault]]:
    """What fell short at each of the given events."""
    mine = f"FROM deficiency d WHERE d.event_id IN ({', '.join('?' * len(events))})"
    found_rows = (
        fast_sql.rows(f"SELECT {fast_sql.columns(Deficiency, 'd')} {mine} ORDER BY d.id", events) if events else []
    )
    rows = [fast_sql.made(Deficiency, values) for values in found_rows]
    if not rows:
        return {}
    labels = defectible(permohonan)
    reasons = {reason.key: reason for reason in Reason.select().where(Reason.key.in_({row.reason for row in rows}))}
    found: dict[int, list[Fault]] = {}
    for row in rows:
        reason = reasons.get(row.reason)
        words = (text(reason.name), text(reason.next)) if reason else (row.reason, "")
        fault = Fault(row.key, labels.get(row.key, row.key), words[0], row.text, words[1])
        found.setdefault(row.event_id, []).append(fault)
    return found


def open_faults(permohonan: Permohonan) -> list[Fault]:
    """What the applicant has to correct now; empty when nothing was returned."""
    if not workflow.STATES[permohonan.state].pauses:
        return []
    last = performing.last_event(permohonan)
    return faults_of(permohonan, [last.id]).get(last.id, []) if last else []


def situation(permohonan: Permohonan, *, public: bool = True, clock: office.Calendar | None = None) -> Situation:
    """Where it stands, whose turn it is, and by when, in words for the applicant or for staff."""
    state = workflow.STATES[permohonan.state]
    until = _until(permohonan, state)
    label = _filled(_(state.public_label), permohonan, until) if public else state.label
    yours = public and workflow.APPLICANT in workflow.holders(permohonan)
    holder = _("Anda") if yours else _holder(permohonan)
    left, tone = ("", "") if public else time_left(permohonan, clock or office.calendar())
    sentence = _sentence(state, holder, yours, until, _late(permohonan, state))
    return Situation(label, state.tone, holder, sentence, until, left, tone, yours)


def _late(permohonan: Permohonan, state: workflow.State) -> bool:
    running = permohonan.due_at and not (permohonan.paused_at or state.ends_clock)
    return bool(running and permohonan.due_at < now())


def _until(permohonan: Permohonan, state: workflow.State) -> date | None:
    if state.ends_clock:
        return permohonan.pickup_on if state.lapses else None
    moment = permohonan.lapses_at if state.pauses or permohonan.submitted_at is None else permohonan.due_at
    return local(moment).date() if moment else None


def _filled(words: str, permohonan: Permohonan, until: date | None) -> str:
    day = office.long_date(permohonan.recording_on) if permohonan.recording_on else ""
    return words.format(until=office.long_date(until) if until else "", place=permohonan.recording_place, day=day)


def _holder(permohonan: Permohonan) -> str:
    roles = workflow.holders(permohonan)
    named = [_(workflow.ROLES[role].label) for role in roles if role != workflow.SYSTEM or len(roles) == 1]
    return _(" atau ").join(named)


def _sentence(state: workflow.State, holder: str, yours: bool, until: date | None, late: bool) -> str:
    if not holder:
        return ""
    day = office.long_date(until) if until else ""
    if state.ends_clock:
        return _("Dokumen menunggu diambil pada %(day)s.", day=day) if day else _("Dokumen menunggu diambil.")
    if yours:
        return _("Sekarang giliran Anda, paling lambat %(day)s.", day=day) if day else _("Sekarang giliran Anda.")
    held = _("Sekarang dipegang %(holder)s.", holder=holder)
    if late:
        ends = _("Seharusnya sudah selesai %(day)s.", day=day)
    else:
        ends = _("Permohonan selesai paling lambat %(day)s.", day=day) if day else _("Permohonan selesai.")
    return f"{held} {ends}"


def time_left(permohonan: Permohonan, clock: office.Calendar) -> tuple[str, str]:
    """Working time until the promise, in words, and the tone of it: good, warn or bad."""
    return left(permohonan.state, permohonan.due_at, permohonan.paused_at, clock)


def left(state: str, due_at: datetime | None, paused_at: datetime | None, clock: office.Calendar) -> tuple[str, str]:
    """The same of an application of which these are known."""
    if not due_at or workflow.STATES[state].ends_clock:
        return "", ""
    at = paused_at or now()
    minutes = office.minutes_left(due_at, at, clock)
    words = in_words(abs(minutes))
    if due_at < at:
        return f"lewat {words}" if minutes else "baru lewat", "bad"  # since the office closed
    if paused_at:
        return f"berhenti, sisa {words}", ""
    return f"sisa {words}", "warn" if minutes < HALF_A_DAY else "good"


MINUTES_OF_A_DAY = 7 * 60
HALF_A_DAY = MINUTES_OF_A_DAY // 2


def in_words(minutes: int) -> str:
    """Working minutes as people say them: 1 hari 3 j, 3 j 20 m, 45 m."""
    days, rest = divmod(minutes, MINUTES_OF_A_DAY)
    hours, rest = divmod(rest, 60)
    if days:
        return f"{days} hari {hours} j" if hours else f"{days} hari"
    return f"{hours} j {rest} m" if hours and rest else f"{hours} j" if hours else f"{rest} m"


def path(permohonan: Permohonan) -> list[tuple[str, str]]:
    """The applicant's path: (step, "done" | "now" | "") from workflow.PATH."""
    here = workflow.STATES[permohonan.state].path_step
    if not here:
        return []
    return [(_(name), "done" if n < here else "now" if n == here else "") for n, name in enumerate(workflow.PATH)]
