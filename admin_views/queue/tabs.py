"""The tabs of a queue, one for each state, and every number of its page, counted in one statement a request."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from flask import g, request

import workflow
from admin_views.queue import query
from admin_views.queue.query import Condition
from admin_views.search import criteria
from documents.draft_comparison import VERDICTS

PROMISES = tuple(criteria.PROMISES[1:3])  # those that stand above the queue with their numbers: code and label


@dataclass(frozen=True)
class Tab:
    """A part of a queue, with how many wait in it."""

    label: str
    url: str
    count: int
    current: bool


def tabs(view) -> tuple[Tab, ...]:
    """List what waits for these roles together, then by verdict and by state; none where there is only one."""
    if len(view.states) < 2 and not view.compares_drafts:
        return ()
    found, asked = counts(view), request.args.get("keadaan", "")
    together = sum(found[state] for state in view.waiting_states())
    words = "Menunggu Anda" if states_in_turn(view.states, view.roles) else "Semua"
    each = (
        Tab(workflow.STATES[state].label, f"{view.url}/?keadaan={state}", found[state], asked == state)
        for state in (view.states if len(view.states) > 1 else ())
    )
    whole = Tab(words, f"{view.url}/", together, asked not in view.states and not criteria.asked_verdict())
    return whole, *_of_verdicts(view), *each


def _of_verdicts(view) -> list[Tab]:
    """List what waits by how its drafts compare with the answers, where officers decide on drafts."""
    if not view.compares_drafts:
        return []
    found = counts(view)
    numbers = {code: sum(found[code, state] for state in view.waiting_states()) for code in VERDICTS}
    return [
        Tab(label, view.address_of(draf=code), numbers[code], criteria.asked_verdict() == code)
        for code, label in VERDICTS.items()
    ]


def states_in_turn(states: tuple[str, ...], roles: tuple[str, ...]) -> tuple[str, ...]:
    """Select of these states those in which it is the turn of one of these roles."""
    return _states_in_turn(states, roles, workflow.signed_in_siak())


@cache
def _states_in_turn(states: tuple[str, ...], roles: tuple[str, ...], in_siak: bool) -> tuple[str, ...]:
    theirs = {*roles, *([workflow.SYSTEM] * in_siak)}
    return tuple(state for state in states if theirs.intersection(workflow.STATES[state].waits))


@cache
def workable_states(roles: tuple[str, ...]) -> tuple[str, ...]:
    """Select the states from which somebody with one of these roles can do something, in the table's order."""
    can = {source for row in workflow.TRANSITIONS if set(roles) & set(row.roles) for source in row.sources}
    return tuple(state for state in workflow.STATES if state in can)


# Numbers


def counts(view) -> dict[Any, int]:
    """Count all that the page of a queue says, by state and by (promise, state); to just beyond MAX_COUNTED."""
    if view.endpoint not in _counted():
        count_all([view])
    return _counted()[view.endpoint]


def count_all(views: Iterable, more: Mapping[Any, Condition] | None = None) -> dict[Any, int]:
    """Count what the pages of these queues say, and something more, which is returned; all in one statement."""
    due = criteria.promises()
    asked = {(view.endpoint, name): one for view in views for name, one in _conditions(view, due).items()}
    found = query.counts(asked | {("", name): one for name, one in (more or {}).items()})
    for (endpoint, name), number in found.items():
        _counted().setdefault(endpoint, {})[name] = number
    return _counted().get("", {})


def due_counts(view) -> dict[str, int]:
    """Count how many of what is shown, unfiltered, are late, and due today."""
    found = counts(view)
    return {code: sum(found.get((code, state), 0) for state in view.shown_states()) for code, _ in PROMISES}


def _conditions(view, due: Mapping[str, Condition]) -> dict[Any, Condition]:
    """All that the page of a queue counts; promises only where officers work by them, in states in which time runs."""
    shown = view.shown_states()
    found: dict[Any, Condition] = {state: view.condition(state) for state in {*view.states, *shown}}
    running = [state for state in shown if state not in criteria.ENDED] if view.claimable else []
    for code, _ in PROMISES:
        for state in running:
            where, given = found[state]
            found[code, state] = f"{where} AND {due[code][0]}", (*given, *due[code][1])
    for state in view.waiting_states() if view.compares_drafts else ():
        where, given = view.condition(state)
        found |= {(code, state): (f"{where} AND draft_verdict = ?", (*given, code)) for code in VERDICTS}
    return {name: query.order_by_index(one) for name, one in found.items()}


def _counted() -> dict[str, dict[Any, int]]:
    return g.setdefault("counts", {})
