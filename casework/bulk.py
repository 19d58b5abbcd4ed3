"""Bulk transitions: moves many applications along one transition in a few statements; refused ones stay as they were.

Permission, validation and what is written are those of `transitions`. What can't move this way is left for
`transitions.perform`, which says why.
"""

from collections.abc import Iterable, Iterator, Mapping

import peewee as pw
from flask import current_app

import workflow
from casework import ledger, transitions
from casework.effect_registry import BULK_EFFECTS, EFFECTS
from casework.ledger import AppendedEvents
from casework.transitions import Move, Permitted
from lib import fast_sql
from lib.database import is_sqlite, now, transaction
from models import EventText, Outbox, Permohonan, User
from workflow import Transition


def supports(transition: Transition) -> bool:
    """Return whether the transition has nothing that must be done one by one."""
    return not transition.checks and not transition.after_commit and BULK_EFFECTS.issuperset(transition.effects)


def perform(chosen: Iterable[tuple[Permohonan, Mapping]], action: str, actor: User) -> list[Permohonan]:
    """Find the transition of each and perform them with their answers, as `perform_transitions` does."""
    return perform_transitions(_permitted(chosen, action, actor), actor)


def perform_transitions(chosen: Iterable[tuple[Permohonan, Permitted, Mapping]], actor: User) -> list[Permohonan]:
    """Perform each permitted transition with its answers, all in one transaction; returns those that moved.

    One that is refused, or that somebody else was quicker with, stays as it is and stops none of the others.
    """
    moves = list(_prepared(chosen, actor))
    if not moves:
        return []
    with transaction():
        moves, heads = _lock_unchanged(moves)
        if not moves:
            return []
        for move in moves:
            move.changes |= transitions.derived_changes(move)
            transitions.withdraw_messages_of_undone(move)
            for name in move.transition.effects:
                EFFECTS[name](move)
        events, texts = _write(moves, heads)
        messages = [row for move in moves for row in transitions.outbox_rows(move, events[move.permohonan.id]["id"])]
        outbox_ids = fast_sql.insert_all((EventText, texts), (Outbox, messages))
    for move in moves:
        transitions.refresh_in_memory(move)
    current_app.extensions["workflow"].enqueue(*outbox_ids)
    return [move.permohonan for move in moves]


def _permitted(
    chosen: Iterable[tuple[Permohonan, Mapping]], action: str, actor: User
) -> Iterator[tuple[Permohonan, Permitted, Mapping]]:
    for permohonan, answers in chosen:
        try:
            yield permohonan, transitions.find_transition(permohonan, action, actor), answers
        except workflow.NotAllowed:
            continue


def _prepared(chosen: Iterable[tuple[Permohonan, Permitted, Mapping]], actor: User) -> Iterator[Move]:
    moment = now()
    for permohonan, permitted, answers in chosen:
        if supports(permitted.transition):
            try:
                yield transitions.prepare(permohonan, permitted, actor, answers, at=moment)
            except workflow.NotAllowed:
                continue


def _lock_unchanged(moves: list[Move]) -> tuple[list[Move], dict[int, str | None]]:
    """Lock the rows until the transaction ends; return the moves whose rows are as they were seen, and the last hashes.

    Rows are locked in the order of their ids, so that two bulk moves wait for each other and never deadlock.
    """
    there = {ident: values for ident, *values in _locked([move.permohonan.id for move in moves])}
    heads = {ident: last for ident, (_, _, last) in there.items()}
    seen = ((move, [move.permohonan.state, move.permohonan.version]) for move in moves)
    return [move for move, before in seen if there.get(move.permohonan.id, [])[:2] == before], heads


@fast_sql.prepared
def _locked(ids: list[int]) -> pw.ModelSelect:
    query = Permohonan.select(Permohonan.id, Permohonan.state, Permohonan.version, ledger.last_hash())
    query = query.where(Permohonan.id.in_(ids)).order_by(Permohonan.id)
    return query if is_sqlite() else query.for_update()  # there, a writing transaction has the database to itself


def _next_version() -> pw.Expression:
    return Permohonan.version + 1


def _write(moves: list[Move], heads: dict[int, str | None]) -> AppendedEvents:
    """Write states with one statement for each set of equal changes, and the events; return the written events."""
    groups: list[list[Move]] = []
    for move in moves:
        alike = (one for one in groups if one[0].transition is move.transition and one[0].changes == move.changes)
        group = next(alike, [])
        group.append(move)
        if len(group) == 1:
            groups.append(group)
    for group in groups:
        first = group[0]
        columns = {"state": first.transition.target, "changed_at": first.at, "version": _next_version}
        ids = [move.permohonan.id for move in group]
        fast_sql.update(Permohonan, columns | first.changes, {"id": ids})
    return ledger.append_events(heads, map(transitions.event_columns, moves))
