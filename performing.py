"""Performs a row of the procedure's table: permission, answers, compare-and-swap, event, promises, in one transaction.

It sends nothing, makes no document and shows no page: what a row needs of those it names, and `create_app`
registers the functions behind the names. The table itself is `workflow`'s.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import cache
from typing import Any

from flask import current_app
from flask_babel import gettext as _

import office
import sealing
import workflow
from accounts.reach import reaching
from answers import ASKS
from answers.words import Refused
from language import clock_time, short_date
from lib import fast_sql
from lib.database import local, now, transaction
from models import Event, EventText, Grant, Outbox, Permohonan, User
from sealing import LAST_HASH
from workflow import FOUR_EYES, NotAllowed, Transition, way_in

KEPT = {name for ask in ASKS.values() for name in ask.kept}
Rows = list[tuple[Any, list[dict]]]  # tables with their rows, by the names of the models


class AlreadyDone(NotAllowed):
    """Somebody else was first; the message says who and when."""


class Incomplete(NotAllowed):
    """What the row asks for is missing or wrong: `errors` maps the answer's name to a sentence."""

    def __init__(self, errors: Mapping[str, str]):
        super().__init__(" ".join(errors.values()))
        self.errors = dict(errors)


@dataclass
class Move:
    """One performing of a row, as effects and checks see it. Effects put columns to set into `changes`."""

    permohonan: Permohonan
    row: Transition
    actor: User | None
    grant: Grant | None
    role: str
    answers: dict
    at: datetime = field(default_factory=now)
    event: Event | None = None
    changes: dict = field(default_factory=dict)
    promised: list[int] = field(default_factory=list)
    besides: "Rows" = field(default_factory=list)  # what else must be written in its transaction


class Registry(dict):
    """The functions behind the names in the table, by name; `wake` gets the outbox rows after every commit."""

    def __init__(self, wake: Callable[..., None], **effects: Callable):
        super().__init__(effects)
        self.wake = wake

    def perform(self, permohonan: Permohonan, action: str, actor: User | None, **answers) -> Event:
        """What `workflow.perform` promises."""
        return perform(permohonan, action, actor, **answers)


def find_row(permohonan: Permohonan, action: str, actor: User | None) -> tuple[Transition, str, Grant | None]:
    """The row to perform, with the role and grant that permit it; raises NotAllowed, saying why."""
    rows = workflow.OF_ACTION.get(action, ())
    mine = [(row, way) for row in rows if (way := way_in(row, permohonan, actor))]
    for row, way in mine:
        if permohonan.state in row.sources:
            return row, *way
    if mine and permohonan.version:
        raise already_done(permohonan)
    here = [row for row in rows if permohonan.state in row.sources and row.track in (None, permohonan.track)]
    if actor and any(_blocked_by_four_eyes(row, permohonan, actor) for row in here):
        raise NotAllowed(_("Anda sudah bertindak pada draf ini. Langkah ini harus dilakukan orang lain."))
    for row in here:
        if not workflow.ONLY[row.only][0](permohonan):
            raise NotAllowed(_(workflow.ONLY[row.only][1]))
    raise NotAllowed(_("Tindakan ini tidak dapat Anda lakukan pada permohonan ini."))


def _blocked_by_four_eyes(row: Transition, permohonan: Permohonan, actor: User) -> bool:
    grants = [grant for role in row.roles for grant in reaching(permohonan, actor, role)]
    return any(workflow.second_pair_of_eyes_missing(row, permohonan, actor, grant) for grant in grants)


def already_done(permohonan: Permohonan) -> AlreadyDone:
    """Says who was first, when, and what they did."""
    event = last_event(permohonan)
    if event is None:
        return AlreadyDone(_("Permohonan ini sudah diproses di tempat lain. Muat ulang halaman ini."))
    text = EventText.get_or_none(EventText.event == event)
    who = (text.texts.get("actor") if text else "") or _(workflow.ROLES[event.role])
    there = local(event.at)
    when = f"{clock_time(there)} {current_app.config['ZONE']}"
    when = when if there.date() == local().date() else f"{when} {short_date(there.date())}"
    done = _(workflow.row_of(event).done)
    return AlreadyDone(
        _(
            "Permohonan ini sudah diproses oleh %(who)s pukul %(when)s: %(done)s. Tidak ada yang perlu Anda lakukan.",
            who=who,
            when=when,
            done=done,
        )
    )


def last_event(permohonan: Permohonan) -> Event | None:
    """What happened to it last."""
    return Event.select().where(Event.permohonan == permohonan.id).order_by(Event.version.desc()).first()


def perform(
    permohonan: Permohonan, action: str, actor: User | None, beside: Callable[[Move], Rows] | None = None, **answers
) -> Event:
    """Move `permohonan` along one row, recording who, when and why; `actor` None is the system.

    The state, the event, everything promised and the rows that `beside` names are one transaction. On NotAllowed
    nothing has changed.
    """
    move = prepare(permohonan, action, actor, answers)
    registry: Registry = current_app.extensions["workflow"]
    row = move.row
    for name in row.checks:
        registry[name](move)
    with transaction():
        _move(move)
        written = dict(move.changes)
        for name in row.does:
            registry[name](move)
        _write(move, besides=written)
        assert move.event is not None
        told = [{"job": "tell", "event": move.event.id, "payload": payload} for payload in payloads(move)]
        move.promised += fast_sql.insert_all(*move.besides, *(beside(move) if beside else ()), (Outbox, told))
    moved(move)
    registry.wake(*move.promised)
    if row.now:
        registry[row.now](move)
    return move.event


def prepare(permohonan: Permohonan, action: str, actor: User | None, answers: Mapping, **facts) -> Move:
    """What would be performed, with its answers as they are kept; raises NotAllowed, and checks nothing more."""
    row, role, grant = find_row(permohonan, action, actor)
    try:
        clean = {name: ASKS[name].clean(answers, permohonan, role) for name in row.asks}
    except Refused as refused:
        raise Incomplete(refused.errors) from refused
    kept = {key: value for part in clean.values() for key, value in part.items()}
    return Move(permohonan, row, actor, grant, role, kept, **facts)


def moved(move: Move) -> None:
    """Let the row in memory say what the database says by now."""
    permohonan = move.permohonan
    permohonan.state, permohonan.version = move.row.target, permohonan.version + 1
    for column, value in move.changes.items():
        setattr(permohonan, column, value)


def _move(move: Move) -> None:
    """Compare-and-swap on state and version; whoever comes second changes nothing."""
    seen, row, move.at = move.permohonan, move.row, now()
    move.changes |= time_and_people(move)
    columns = {"state": row.target, "version": seen.version + 1, "changed_at": move.at} | move.changes
    here = "id = ? AND state = ? AND version = ?"
    swapped = fast_sql.change(Permohonan, columns, here, (seen.id, seen.state, seen.version), LAST_HASH)
    if not swapped:
        raise already_done(seen)
    written, texts = sealing.append_events({seen.id: swapped[0][0]}, [happening(move)])
    move.event = Event(**written[seen.id])
    move.besides.append((EventText, texts))


def happening(move: Move) -> tuple[dict, dict]:
    """The texts and the columns of its event."""
    seen, row = move.permohonan, move.row
    facts = {
        "permohonan": seen.id,
        "version": seen.version + 1,
        "at": move.at,
        "action": row.action,
        "source": seen.state,
        "target": row.target,
        "actor": move.actor.id if move.actor else None,
        "role": move.role,
        "acting_for": move.grant.acting_for_id if move.grant else None,
        "codes": {"round": move.changes.get("round", seen.round)},
    }
    return {"actor": move.actor.name if move.actor else "", **_texts(move.answers)}, facts


def _texts(answers: dict) -> dict:
    """The answers that belong into the record; secrets and files never do."""
    return {name: str(value) if isinstance(value, date) else value for name, value in answers.items() if name in KEPT}


def time_and_people(move: Move) -> dict:
    """What every move does to the clock, to the time limit of its state, and to the people of the round."""
    seen, row, moment = move.permohonan, move.row, move.at
    target = workflow.STATES[row.target]
    lapse = moment + timedelta(days=target.lapses[1]) if target.lapses else None
    changes: dict = {"lapses_at": lapse, "reminded": 0}
    if target.pauses and not seen.paused_at:
        changes["paused_at"] = moment
    if seen.paused_at and not target.pauses:
        changes["paused_at"] = None
        if seen.due_at:
            changes["due_at"] = office.postpone(seen.due_at, seen.paused_at, moment)
    if row.action == FOUR_EYES[0]:
        changes |= {"round": seen.round + 1, "round_people": {}}
    if row.action in FOUR_EYES and move.actor:
        people = changes.get("round_people", dict(seen.round_people))
        changes["round_people"] = people | {row.action: sorted(workflow.acting_people(move.actor, move.grant))}
    return {name: value for name, value in changes.items() if getattr(seen, name) != value}


def _write(move: Move, besides: dict) -> None:
    """The changes that its effects have added."""
    late = {name: value for name, value in move.changes.items() if name not in besides or besides[name] != value}
    if late:
        fast_sql.change(Permohonan, late, "id = ?", (move.permohonan.id,))


def payloads(move: Move) -> tuple[dict, ...]:
    """One for each message that must follow."""
    return _payloads(move.permohonan, move.row.tells, move.changes.get("email", move.permohonan.email))


def promise_reminder(permohonan: Permohonan) -> list[Outbox]:
    """Promise to repeat the last message to the applicant, inside the caller's transaction."""
    event = last_event(permohonan)
    promised = _payloads(permohonan, (workflow.APPLICANT, workflow.COUNTER), permohonan.email) if event else ()
    return [Outbox.add("tell", event, **payload, reminder=True) for payload in promised]


def _payloads(permohonan: Permohonan, audiences: tuple[str, ...], email: str) -> tuple[dict, ...]:
    """Whom to tell, and how; where there is no address, there is nothing to promise."""
    staff = ("inbox",)
    return _told(audiences, staff, bool(email), bool(permohonan.owner_id), bool(permohonan.helper_id))


@cache
def _told(audiences: tuple[str, ...], staff: tuple[str, ...], email: bool, owner: bool, helper: bool) -> tuple:
    channels = {workflow.APPLICANT: ["email"] * email + ["inbox"] * owner, workflow.COUNTER: ["inbox"] * helper}
    return tuple({"audience": who, "channel": one} for who in audiences for one in channels.get(who, staff))
