"""Moves many applications along one row of the table at once, in a few statements; what it can't, it leaves as it was.

Who may do it, what is asked and what is written are `performing`'s; what goes wrong is told by its
`perform`, which takes those that are left.
"""

from collections.abc import Iterable, Mapping
from itertools import groupby

from flask import current_app

import performing
import workflow
from models import Event, Outbox, Permohonan, User, is_sqlite, now, write
from performing import Move
from workflow import Transition

ALIKE = {"promise_due"}  # effects that look at nothing but their own application, and write nothing themselves


def fits(row: Transition) -> bool:
    """Does the row ask for nothing that has to be done one by one?"""
    return not row.checks and not row.now and ALIKE.issuperset(row.does)


def perform(asked: Iterable[tuple[Permohonan, Mapping]], action: str, actor: User) -> list[Permohonan]:
    """Move each with its answers, all of them in one transaction; returns those that moved.

    One that is refused, or that somebody else was quicker with, stays as it is and stops none of the others.
    """
    moves = list(_prepared(asked, action, actor))
    registry: performing.Registry = current_app.extensions["workflow"]
    with write():
        moves, heads = _as_seen(moves)
        if not moves:
            return []
        for move in moves:
            move.changes |= performing.time_and_people(move)
        for move in moves:
            for name in move.row.does:
                registry[name](move)
        _write(moves, heads)
        promised = _promise(moves)
    for move in moves:
        performing.moved(move)
    registry.wake(*promised)
    return [move.permohonan for move in moves]


def _prepared(asked: Iterable[tuple[Permohonan, Mapping]], action: str, actor: User) -> Iterable[Move]:
    moment = now()
    for permohonan, answers in asked:
        try:
            move = performing.prepare(permohonan, action, actor, answers, at=moment)
        except workflow.NotAllowed:
            continue
        if fits(move.row):
            yield move


def _as_seen(moves: list[Move]) -> tuple[list[Move], dict[int, str]]:
    """Those that still are what was seen, held until the transaction ends, and the hashes that their events go on from.

    They are held in the order of their numbers, so that two such piles wait for each other and never both.
    """
    ids = [move.permohonan.id for move in moves]
    query = Permohonan.select(Permohonan.id, Permohonan.state, Permohonan.version).where(Permohonan.id.in_(ids))
    query = query.order_by(Permohonan.id).tuples()
    there = {ident: (state, version) for ident, state, version in (query if is_sqlite() else query.for_update())}
    last = (Event.version == Permohonan.version) & Permohonan.id.in_(ids)
    events = Event.select(Event.permohonan, Event.hash).join(Permohonan, on=(Event.permohonan == Permohonan.id))
    heads = dict(events.where(last).tuples())
    same = (move for move in moves if there.get(move.permohonan.id) == (move.permohonan.state, move.permohonan.version))
    return [move for move in same if move.permohonan.id in heads], heads


def _write(moves: list[Move], heads: dict[int, str]) -> None:
    """The states, with as many statements as there are different changes, and the events."""

    def change(move: Move) -> str:
        return repr((move.row.target, sorted(move.changes.items())))

    for _, group in groupby(sorted(moves, key=change), change):
        alike = list(group)
        first = alike[0]
        columns = {"state": first.row.target, "version": Permohonan.version + 1, "changed_at": first.at}
        ids = [move.permohonan.id for move in alike]
        Permohonan.update(**columns, **first.changes).where(Permohonan.id.in_(ids)).execute()
    for move, event in zip(moves, Event.append_many(heads, map(performing.happening, moves)), strict=True):
        move.event = event


def _promise(moves: list[Move]) -> list[int]:
    promised = [(event, payload) for event, payloads in map(performing.promises, moves) for payload in payloads]
    return Outbox.promise_many("tell", promised)
