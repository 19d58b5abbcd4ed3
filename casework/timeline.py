"""Timeline and status of an application in words: past events, who has to act, by when; it changes nothing."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

import peewee as pw
from flask_babel import gettext as _

import office
import workflow
from casework import transitions
from casework.inputs.deficiencies import defectible
from lib import fast_sql
from lib.database import local, now
from lib.i18n import localized
from models import Deficiency, Event, EventText, Outbox, Permohonan, Reason

RECALLS = frozenset(one.action for one in workflow.TRANSITIONS if "revoke_documents" in one.effects)


@dataclass
class TimelineEntry:
    """One event of the timeline."""

    at: datetime  # UTC
    label: str
    who: str
    event: Event
    reason: str = ""
    faults: list["DeficiencyEntry"] = field(default_factory=list)
    fields: dict[str, str] = field(default_factory=dict)  # that a return names, with what is wrong with each

    @property
    def notes(self) -> dict[str, str]:
        """Return what was written about each field and requirement that it names, by their keys."""
        about = {fault.key: ". ".join(filter(None, (fault.reason, fault.text))) for fault in self.faults}
        return about | {key: words or self.reason for key, words in self.fields.items()}


@dataclass
class DeficiencyEntry:
    """A deficient requirement or field, in words."""

    key: str
    label: str
    reason: str  # from the list
    text: str  # the officer's own words
    next: str = ""  # what to do about it
    code: str = ""  # the key of the reason


@dataclass
class StatusSummary:
    """Status in words: state, whose turn it is, by when."""

    label: str
    tone: str
    holder: str  # "Admin AKU Online"; "Anda" on the applicant's page; "" when nobody has to act
    sentence: str
    until: date | None
    left: str = ""  # "sisa 3 j 20 m", "lewat 1 hari"
    left_tone: str = ""
    yours: bool = False  # is it the applicant's turn, told to the applicant?
    late_days: int | None = None  # working days after the due date; None: not late
    step: str = ""  # of the path, at which it is
    note: str = ""  # what follows the label


def timeline(permohonan: Permohonan, *, public: bool = True, rows: Sequence | None = None) -> list[TimelineEntry]:
    """List the events of an application, oldest first; the public timeline names roles, the staff's names people."""
    rows = event_rows(permohonan.id) if rows is None else rows
    events = [(fast_sql.load(Event, row), json.loads(row[-1] or "{}")) for row in rows]
    events = _without_slips(events) if public else events
    found = deficiencies_of(permohonan, [event.id for event, _ in events])
    return [_line(permohonan, event, texts, found.get(event.id, []), public) for event, texts in events]


def recalled_at(lines: Sequence[TimelineEntry]) -> datetime | None:
    """Return when its issued documents were revoked for the last time; None where they never were."""
    return next((line.at for line in reversed(lines) if line.event.action in RECALLS), None)


def _without_slips(events: list[tuple[Event, dict]]) -> list[tuple[Event, dict]]:
    """Leave out what was undone before anybody was told, and the undoing of it, of which nobody was told either."""
    undone = [event for event, _ in events if workflow.transition_of(event).undoes]
    if not undone:
        return events
    told = {row.event_id for row in Outbox.select(Outbox.event).where(Outbox.event.in_(undone))}
    slips = {event.version for event in undone if event.id not in told}
    return [one for one in events if not {one[0].version, one[0].version + 1} & slips]


@fast_sql.prepared
def event_rows(permohonan: int) -> pw.ModelSelect:
    """Read the rows of the events of an application, each with its texts as JSON, as the database has them."""
    query = Event.select(Event, EventText.texts).join(EventText, pw.JOIN.LEFT_OUTER)
    return query.where(Event.permohonan == permohonan).order_by(Event.version)


def _line(
    permohonan: Permohonan, event: Event, texts: dict, faults: list[DeficiencyEntry], public: bool
) -> TimelineEntry:
    row = workflow.transition_of(event)
    role = _(workflow.ROLES[event.role].label)
    who = role if public or not texts.get("actor") else f"{texts['actor']}, {role}"
    if texts.get("uploaded_by") and not public:
        who += f" (diunggah {texts['uploaded_by']})"
    if texts.get("recipient_name") and not public:
        who += f", kepada {texts['recipient_name']}"
    told = not public or row.explains or event.role == workflow.APPLICANT
    reason, faults = (texts.get("reason", ""), faults) if told else ("", [])
    named = {} if public else texts.get("fields") or {}
    return TimelineEntry(event.at, _(row.past_label_for(permohonan)), who, event, reason, faults, named)


def moves(events: Sequence[Event]) -> Iterator[Event]:
    """Yield the events that moved it to another state and were not undone, newest first: how it came to where it is."""
    undone = False
    for event in reversed(events):
        if undone or workflow.transition_of(event).undoes:
            undone = not undone
        elif event.source != event.target:
            yield event


def arrivals(permohonans: Sequence[Permohonan]) -> dict[int, TimelineEntry]:
    """Map applications to the entries of the events that led them to where they stand, in four queries."""
    by_id = {one.id: one for one in permohonans}
    events: dict[int, list[Event]] = {}
    for event in Event.select().where(Event.permohonan.in_(list(by_id))).order_by(Event.version):
        events.setdefault(event.permohonan_id, []).append(event)
    last = [event for found in events.values() if (event := next(moves(found), None))]
    ids = [event.id for event in last]
    texts = {row.event_id: row.texts for row in EventText.select().where(EventText.event.in_(ids))}
    faults = _deficiencies(permohonans, ids)
    return {
        event.permohonan_id: _line(
            by_id[event.permohonan_id], event, texts.get(event.id, {}), faults.get(event.id, []), public=False
        )
        for event in last
    }


def deficiencies_of(permohonan: Permohonan, events: list[int]) -> dict[int, list[DeficiencyEntry]]:
    """Map event ids to the deficiencies that were noted with them."""
    return _deficiencies([permohonan], events)


def _deficiencies(permohonans: Sequence[Permohonan], events: list[int]) -> dict[int, list[DeficiencyEntry]]:
    rows = list(Deficiency.select().where(Deficiency.event.in_(events)).order_by(Deficiency.id))
    if not rows:
        return {}
    concerned = {row.permohonan_id for row in rows}
    labels = {one.id: defectible(one) for one in permohonans if one.id in concerned}
    reasons = {reason.key: reason for reason in Reason.select().where(Reason.key.in_({row.reason for row in rows}))}
    found: dict[int, list[DeficiencyEntry]] = {}
    for row in rows:
        reason = reasons.get(row.reason)
        words = (localized(reason.name), localized(reason.next)) if reason else (row.reason, "")
        label = labels[row.permohonan_id].get(row.key, row.key)
        fault = DeficiencyEntry(row.key, label, words[0], row.text, words[1], row.reason)
        found.setdefault(row.event_id, []).append(fault)
    return found


def open_deficiencies(permohonan: Permohonan) -> list[DeficiencyEntry]:
    """List the deficiencies that the applicant has to correct now; none where nothing was returned."""
    if not workflow.STATES[permohonan.state].pauses:
        return []
    last = transitions.last_event(permohonan)
    return deficiencies_of(permohonan, [last.id]).get(last.id, []) if last else []


def status_summary(
    permohonan: Permohonan, *, public: bool = True, clock: office.Calendar | None = None
) -> StatusSummary:
    """Summarize the status in words for the applicant or for staff: state, whose turn it is, by when."""
    state = workflow.STATES[permohonan.state]
    until = _deadline(permohonan, state)
    public_label = _fill_in(_(state.public_label_for(permohonan)), permohonan, until)
    label, _semicolon, note = public_label.partition("; ") if public else (state.label, "", "")
    if public and is_in_hand(permohonan):  # what the office still does with it is not waited for
        return StatusSummary(label, state.tone, "", _("Tidak ada yang perlu diambil: PDF-nya sudah cukup."), None)
    yours = public and workflow.APPLICANT in workflow.next_roles(permohonan)
    holder = _("Anda") if yours else _holder(permohonan)
    left, tone = ("", "") if public else time_left(permohonan, clock or office.calendar())
    late = _working_days_late(permohonan, clock) if is_late(permohonan) else None
    sentence = _sentence(state, holder, yours, until, late is not None)
    step = next((name for name, mark in progress(permohonan) if mark == "now"), "")
    return StatusSummary(label, state.tone, holder, sentence, until, left, tone, yours, late, step, note)


def is_in_hand(permohonan: Permohonan) -> bool:
    """Return whether the applicant has the whole result as PDF and waits for nothing."""
    issued = workflow.STATES[permohonan.state].path_step == workflow.SIGNING_STEP + 1
    return issued and workflow.is_delivered_as_pdf(permohonan)


def is_late(permohonan: Permohonan) -> bool:
    """Return whether the due date has passed while the clock runs: not while the office waits for the applicant."""
    running = permohonan.due_at and not (permohonan.paused_at or workflow.STATES[permohonan.state].ends_clock)
    return bool(running) and permohonan.due_at < now()


def _working_days_late(permohonan: Permohonan, clock: office.Calendar | None) -> int:
    return (clock or office.calendar()).days_after(local(permohonan.due_at).date(), local().date())


def _deadline(permohonan: Permohonan, state: workflow.State) -> date | None:
    if state.ends_clock:
        return permohonan.pickup_on if state.lapses else None
    moment = permohonan.lapses_at if state.pauses or permohonan.submitted_at is None else permohonan.due_at
    return local(moment).date() if moment else None


def _fill_in(words: str, permohonan: Permohonan, until: date | None) -> str:
    day = office.long_date(permohonan.recording_on) if permohonan.recording_on else ""
    return words.format(until=office.long_date(until) if until else "", place=permohonan.recording_place, day=day)


def _holder(permohonan: Permohonan) -> str:
    roles = workflow.next_roles(permohonan)
    if roles == (workflow.SYSTEM,) and workflow.signed_in_siak():
        roles = (workflow.PRODUCTION,)  # who fetches the signed documents there
    named = [_(workflow.ROLES[role].label) for role in roles if role != workflow.SYSTEM or len(roles) == 1]
    return _(" atau ").join(named)


def _sentence(state: workflow.State, holder: str, yours: bool, until: date | None, late: bool) -> str:
    if not holder:
        return ""
    day = office.long_date(until) if until else ""
    if state.ends_clock:
        return _("Dokumen menunggu diambil pada %(day)s.", day=day) if day else _("Dokumen menunggu diambil.")
    held = _("Sekarang di: %(holder)s.", holder=holder)
    if not day:
        return held
    if late:
        ends = _("Terlambat: seharusnya sudah selesai %(day)s.", day=day)
    else:
        ends = _("Paling lambat %(day)s.", day=day) if yours else _("Selesai paling lambat %(day)s.", day=day)
    return f"{held} {ends}"


def time_left(permohonan: Permohonan, clock: office.Calendar) -> tuple[str, str]:
    """Return the working time left until the due date in words, and its tone: good, warn or bad."""
    return remaining_time(permohonan.state, permohonan.due_at, permohonan.paused_at, clock)


def remaining_time(
    state: str, due_at: datetime | None, paused_at: datetime | None, clock: office.Calendar
) -> tuple[str, str]:
    """Return the same from columns alone."""
    if not due_at or workflow.STATES[state].ends_clock:
        return "", ""
    at = paused_at or now()
    minutes = office.minutes_left(due_at, at, clock)
    words = duration_in_words(abs(minutes))
    if due_at < at:
        return f"lewat {words}" if minutes else "baru lewat", "bad"  # since the office closed
    if paused_at:
        return f"berhenti, sisa {words}", ""
    return f"sisa {words}", "warn" if minutes < HALF_A_DAY else "good"


MINUTES_OF_A_DAY = 7 * 60
HALF_A_DAY = MINUTES_OF_A_DAY // 2


def duration_in_words(minutes: int) -> str:
    """Format working minutes: 1 hari 3 j, 3 j 20 m, 45 m."""
    days, rest = divmod(minutes, MINUTES_OF_A_DAY)
    hours, rest = divmod(rest, 60)
    if days:
        return f"{days} hari {hours} j" if hours else f"{days} hari"
    return f"{hours} j {rest} m" if hours and rest else f"{hours} j" if hours else f"{rest} m"


def progress(permohonan: Permohonan) -> list[tuple[str, str]]:
    """List the steps of the application's path with their progress: "done", "now" or ""."""
    here = workflow.STATES[permohonan.state].path_step
    if not here:
        return []
    here += is_in_hand(permohonan)
    steps = enumerate(workflow.path(permohonan))
    return [(_(name), "done" if n < here else "now" if n == here else "") for n, name in steps]
