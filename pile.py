"""Moves many applications along one row of the table at once, in a few statements; what it can't, it leaves as it was.

Who may do it, what is asked and what is written are `performing`'s; what goes wrong is told by its
`perform`, which takes those that are left.
"""

from collections.abc import Iterable, Iterator, Mapping

from flask import current_app

import performing
import sealing
import workflow
from lib import fast_sql
from lib.database import is_sqlite, now, transaction
from models import EventText, Outbox, Permohonan, User
from performing import Move
from sealing import LAST_HASH, AppendedEvents
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
    if not moves:
        return []
    registry: performing.Registry = current_app.extensions["workflow"]
    with transaction():
        moves, heads = _as_seen(moves)
        if not moves:
            return []
        for move in moves:
            move.changes |= performing.time_and_people(move)
            for name in move.row.does:
                registry[name](move)
        events, texts = _write(moves, heads)
        promised = fast_sql.insert_all((EventText, texts), (Outbox, list(_promised(moves, events))))
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


def _as_seen(moves: list[Move]) -> tuple[list[Move], dict[int, str | None]]:
    """Those that still are what was seen, held until the transaction ends, and the hashes that their events go on from.

    They are held in the order of their numbers, so that two such piles wait for each other and never both.
    """
    ids = [move.permohonan.id for move in moves]
    held = "" if is_sqlite() else " FOR UPDATE"  # there, a writing transaction has the database to itself
    these, values = fast_sql.among("id", ids)
    where = f"FROM permohonan WHERE {these} ORDER BY id{held}"
    there = {row[0]: row[1:] for row in fast_sql.rows(f"SELECT id, state, version, {LAST_HASH} {where}", values)}
    heads = {ident: last for ident, (_, _, last) in there.items()}
    seen = ((move, (move.permohonan.state, move.permohonan.version)) for move in moves)
    return [move for move, before in seen if there.get(move.permohonan.id, ())[:2] == before], heads


def _write(moves: list[Move], heads: dict[int, str | None]) -> AppendedEvents:
    """The states, with as many statements as there are different changes, and the events; returns what they do."""
    alike: list[list[Move]] = []
    for move in moves:
        group = next((one for one in alike if one[0].row is move.row and one[0].changes == move.changes), [])
        group.append(move)
        if len(group) == 1:
            alike.append(group)
    for group in alike:
        first = group[0]
        where, ids = fast_sql.among("id", [move.permohonan.id for move in group])
        columns = {"state": first.row.target, "changed_at": first.at} | first.changes
        fast_sql.change(Permohonan, columns, where, ids, also="version = version + 1")
    return sealing.append_events(heads, map(performing.happening, moves))


def _promised(moves: list[Move], events: dict[int, dict]) -> Iterator[dict]:
    for move in moves:
        for payload in performing.payloads(move):
            yield {"job": "tell", "event": events[move.permohonan.id]["id"], "payload": payload}
