"""Performs transitions: permission, answers, compare-and-swap, event and outbox rows, in one transaction.

It sends nothing, makes no document and shows no page: the functions that transitions name register themselves in
`effect_registry`. The table is in workflow.py.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import cache
from typing import Any, NamedTuple

from flask import current_app
from flask_babel import gettext as _

import office
import workflow
from casework import four_eyes, ledger
from casework.effect_registry import AFTER_COMMIT, CHECKS, EFFECTS
from casework.inputs import INPUTS
from casework.inputs.words import InvalidInput
from lib import fast_sql
from lib.database import local, now, transaction
from lib.i18n import format_time, short_date
from models import Event, EventText, Grant, Outbox, Permohonan, User
from workflow import FOUR_EYES, NotAllowed, Transition, permitting_grant

RECORDED = {name for one in INPUTS.values() for name in one.recorded}
Rows = list[tuple[Any, list[dict]]]  # tables with their rows, by the names of the models


class AlreadyDone(NotAllowed):
    """Somebody else was first; the message says who and when."""


class Incomplete(NotAllowed):
    """An answer that the transition needs is missing or wrong: `errors` maps the answer's name to a sentence."""

    def __init__(self, errors: Mapping[str, str]):
        super().__init__(" ".join(errors.values()))
        self.errors = dict(errors)


class Permitted(NamedTuple):
    """A transition, with the role and grant that permit it."""

    transition: Transition
    role: str
    grant: Grant | None


@dataclass
class Move:
    """A transition being performed, as its checks and effects see it. Effects put columns to set into `changes`."""

    permohonan: Permohonan
    transition: Transition
    role: str
    grant: Grant | None
    actor: User | None
    answers: dict
    at: datetime = field(default_factory=now)
    event: Event | None = None
    changes: dict = field(default_factory=dict)
    outbox_ids: list[int] = field(default_factory=list)
    extra_rows: Rows = field(default_factory=list)  # what else is inserted in its transaction
    silent: bool = False  # nobody is told: what it takes back was told to nobody either


@dataclass
class Performer:
    """The app's hook after a transition: `enqueue` gets the ids of its outbox rows after every commit."""

    enqueue: Callable[..., None]

    def perform(self, permohonan: Permohonan, action: str, actor: User | None, **answers) -> Event:
        """Perform a transition, as `workflow.perform` promises."""
        return perform(permohonan, action, actor, **answers)


def find_transition(permohonan: Permohonan, action: str, actor: User | None) -> Permitted:
    """Return the transition of an action that `actor` may perform now; raises NotAllowed, saying why not."""
    candidates = workflow.BY_ACTION.get(action, ())
    permitted = [(one, by) for one in candidates if (by := permitting_grant(one, permohonan, actor))]
    for transition, by in permitted:
        if permohonan.state in transition.sources:
            return Permitted(transition, *by)
    if permitted and permohonan.version:
        raise already_done(permohonan)
    here = [one for one in candidates if permohonan.state in one.sources and one.track in (None, permohonan.track)]
    for step in (four_eyes.barred_step(transition, permohonan, actor) for transition in here if actor):
        if step:
            raise NotAllowed(step.reason)
    for condition in (workflow.CONDITIONS[transition.condition] for transition in here):
        if not condition.holds(permohonan):
            raise NotAllowed(_(condition.refusal))
    raise NotAllowed(_("Tindakan ini tidak dapat Anda lakukan pada permohonan ini."))


def already_done(permohonan: Permohonan) -> AlreadyDone:
    """Return the exception that says who was first, when, and what they did."""
    event = last_event(permohonan)
    if event is None:
        return AlreadyDone(_("Permohonan ini sudah diproses di tempat lain. Muat ulang halaman ini."))
    text = EventText.get_or_none(EventText.event == event)
    who = (text.texts.get("actor") if text else "") or _(workflow.ROLES[event.role].label)
    there = local(event.at)
    when = f"{format_time(there)} {current_app.config['ZONE']}"
    when = when if there.date() == local().date() else f"{when} {short_date(there.date())}"
    done = _(workflow.transition_of(event).past_label_for(permohonan))
    return AlreadyDone(
        _(
            "Permohonan ini sudah diproses oleh %(who)s pukul %(when)s: %(done)s. Tidak ada yang perlu Anda lakukan.",
            who=who,
            when=when,
            done=done,
        )
    )


def last_event(permohonan: Permohonan) -> Event | None:
    """Return the newest event of an application."""
    return Event.select().where(Event.permohonan == permohonan.id).order_by(Event.version.desc()).first()


def was_performed_by(user: User, permohonan: Permohonan, action: str, version: int | None = None) -> bool:
    """Return whether `user` performed `action` as the event of `version`; by default, as the last one."""
    if version is None:
        event = last_event(permohonan)
    else:
        event = Event.get_or_none(Event.permohonan == permohonan.id, Event.version == version)
    return event is not None and (event.action, event.actor_id) == (action, user.id)


def perform(
    permohonan: Permohonan,
    action: str,
    actor: User | None,
    extra_rows: Callable[[Move], Rows] | None = None,
    **answers,
) -> Event:
    """Find the transition of an action and perform it; `actor` None is the system.

    On NotAllowed nothing has changed.
    """
    permitted = find_transition(permohonan, action, actor)
    return perform_transition(permohonan, permitted, actor, answers, extra_rows)


def perform_transition(
    permohonan: Permohonan,
    permitted: Permitted,
    actor: User | None,
    answers: Mapping,
    extra_rows: Callable[[Move], Rows] | None = None,
) -> Event:
    """Move `permohonan` along a transition that `find_transition` returned, recording who, when and why.

    The state, the event, its outbox rows and the rows that `extra_rows` returns are one transaction. On NotAllowed
    nothing has changed.
    """
    move = prepare(permohonan, permitted, actor, answers)
    transition = move.transition
    for name in transition.checks:
        CHECKS[name](move)
    with transaction():
        _compare_and_swap(move)
        written = dict(move.changes)
        withdraw_messages_of_undone(move)
        for name in transition.effects:
            EFFECTS[name](move)
        _write_late_changes(move, written)
        assert move.event is not None
        messages = outbox_rows(move, move.event.id)
        extra = extra_rows(move) if extra_rows else ()
        move.outbox_ids += fast_sql.insert_all(*move.extra_rows, *extra, (Outbox, messages))
    refresh_in_memory(move)
    current_app.extensions["workflow"].enqueue(*move.outbox_ids)
    if transition.after_commit:
        AFTER_COMMIT[transition.after_commit](move)
    return move.event


def prepare(permohonan: Permohonan, permitted: Permitted, actor: User | None, answers: Mapping, **facts) -> Move:
    """Return the move with its answers validated; raises Incomplete, with what is wrong in any of them.

    The transition's checks are not run.
    """
    transition, role, grant = permitted
    recorded: dict[str, Any] = {}
    errors: dict[str, str] = {}
    for name in transition.inputs:
        try:
            recorded |= INPUTS[name].clean(answers, permohonan, role)
        except InvalidInput as invalid:
            errors |= invalid.errors
    if errors:
        raise Incomplete(errors)
    return Move(permohonan, transition, role, grant, actor, recorded, **facts)


def refresh_in_memory(move: Move) -> None:
    """Set on the application in memory what the database holds since the commit."""
    permohonan = move.permohonan
    permohonan.state, permohonan.version = move.transition.target, permohonan.version + 1
    permohonan.changed_at = move.at
    for column, value in move.changes.items():
        setattr(permohonan, column, value)


def _compare_and_swap(move: Move) -> None:
    """Write state, version and event, if state and version are still those that were seen; else raise AlreadyDone."""
    seen, move.at = move.permohonan, now()
    move.changes |= derived_changes(move)
    columns = {"state": move.transition.target, "version": seen.version + 1, "changed_at": move.at} | move.changes
    as_seen = {"id": seen.id, "state": seen.state, "version": seen.version}
    swapped = fast_sql.update(Permohonan, columns, as_seen, ledger.last_hash)
    if not swapped:
        raise already_done(seen)
    written, texts = ledger.append_events({seen.id: swapped[0][0]}, [event_columns(move)])
    move.event = Event(**written[seen.id])
    move.extra_rows.append((EventText, texts))


def event_columns(move: Move) -> tuple[dict, dict]:
    """Return the erasable texts and the hashed columns of the move's event."""
    seen = move.permohonan
    columns = {
        "permohonan": seen.id,
        "version": seen.version + 1,
        "at": move.at,
        "action": move.transition.action,
        "source": seen.state,
        "target": move.transition.target,
        "actor": move.actor.id if move.actor else None,
        "role": move.role,
        "acting_for": move.grant.acting_for_id if move.grant else None,
        "codes": {"round": move.changes.get("round", seen.round)} | _lateness(move),
    }
    said = {name: value for name, value in move.answers.items() if name in RECORDED}  # secrets and files never are
    texts = {name: str(value) if isinstance(value, date) else value for name, value in said.items()}
    return {"actor": move.actor.name if move.actor else "", **texts}, columns


def _lateness(move: Move) -> dict[str, bool]:
    """Say whether it ended late, if it ended: its due date may be another one later."""
    target, due_at = workflow.STATES[move.transition.target], move.permohonan.due_at
    return {"late": bool(due_at and due_at < move.at)} if target.ends_clock else {}


def derived_changes(move: Move) -> dict:
    """Return the columns that every move changes: time limit, pause and due date, people of the round."""
    seen, moment, action = move.permohonan, move.at, move.transition.action
    target = workflow.STATES[move.transition.target]
    lapse = moment + timedelta(days=target.lapses[1]) if target.lapses else None
    changes: dict = {"lapses_at": lapse, "reminded": 0, "last_action": action, "last_source": seen.state}
    if target.pauses and not seen.paused_at:
        changes["paused_at"] = moment
    if seen.paused_at and not target.pauses:
        changes["paused_at"] = None
        if seen.due_at and not move.transition.undoes:
            changes["due_at"] = office.postpone(seen.due_at, seen.paused_at, moment)
    if action == FOUR_EYES[0]:
        changes |= {"round": seen.round + 1, "round_people": {}}
    if action in FOUR_EYES and move.actor:
        people = changes.get("round_people", dict(seen.round_people))
        changes["round_people"] = people | {action: sorted(workflow.acting_people(move.actor, move.grant))}
    return {name: value for name, value in changes.items() if getattr(seen, name) != value}


def _write_late_changes(move: Move, written: dict) -> None:
    """Write the changes that the effects added after the compare-and-swap."""
    late = {name: value for name, value in move.changes.items() if name not in written or written[name] != value}
    if late:
        Permohonan.update(late).where(Permohonan.id == move.permohonan.id).execute()


def withdraw_messages_of_undone(move: Move) -> None:
    """Withdraw what is not out of the messages of the move that this one undoes, in the caller's transaction.

    Nobody is told of the undoing where a worker touched none of them.
    """
    if not move.transition.undoes:
        return
    seen = move.permohonan
    event = Event.get(Event.permohonan == seen.id, Event.version == seen.version)
    withdraw = Outbox.update(state="withdrawn", lease="", done_at=move.at).where(Outbox.event == event)
    untouched = (Outbox.state == "waiting") & (Outbox.attempts == 0)
    withdraw.where(untouched).execute()
    move.silent = not Outbox.select().where(Outbox.event == event, Outbox.state != "withdrawn").exists()
    withdraw.where(Outbox.state.in_(("waiting", "running"))).execute()  # none is tried again afterwards


def outbox_rows(move: Move, event: int) -> list[dict]:
    """Return the outbox row of each message that follows; what can be undone waits a while."""
    email = move.changes.get("email", move.permohonan.email)
    payloads = () if move.silent else _message_payloads(move.permohonan, move.transition.notifies, email)
    leaves = move.at + timedelta(seconds=move.transition.undo_seconds)
    return [{"job": "tell", "event": event, "payload": payload, "run_after": leaves} for payload in payloads]


def promise_reminder(permohonan: Permohonan) -> list[Outbox]:
    """Write outbox rows that repeat the last message to the applicant, inside the caller's transaction."""
    event = last_event(permohonan)
    audiences = (workflow.APPLICANT, workflow.COUNTER)
    payloads = _message_payloads(permohonan, audiences, permohonan.email) if event else ()
    return [Outbox.add("tell", event, **payload, reminder=True) for payload in payloads]


def _message_payloads(permohonan: Permohonan, audiences: tuple[str, ...], email: str) -> tuple[dict, ...]:
    """Return a payload for each audience and channel; without an address there is no message."""
    staff = ("inbox",)
    return _payloads_of(audiences, staff, bool(email), bool(permohonan.owner_id), bool(permohonan.helper_id))


@cache
def _payloads_of(audiences: tuple[str, ...], staff: tuple[str, ...], email: bool, owner: bool, helper: bool) -> tuple:
    channels = {workflow.APPLICANT: ["email"] * email + ["inbox"] * owner, workflow.COUNTER: ["inbox"] * helper}
    return tuple({"audience": who, "channel": one} for who in audiences for one in channels.get(who, staff))
