"""The bar under a list: the bulk actions that workflow.py allows, and printouts of many; it performs nothing."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

import workflow
from admin_views.queue import actions, checklist
from casework import action_form
from documents import printouts
from files import storage
from models import Permohonan

ORDER = {row.action: number for number, row in reversed(list(enumerate(workflow.TRANSITIONS)))}


class BarButton(NamedTuple):
    """A button of the bar."""

    action: str
    label: str
    tone: str
    in_dialog: bool
    skips: str  # what it passes over beside the rows that don't suit it
    url: str = ""  # of an `@action` of the screen


@dataclass(frozen=True)
class Bar:
    """The bulk actions of a list, and its printouts (name, label)."""

    actions: tuple[BarButton, ...]
    papers: tuple[tuple[str, str], ...]


def bar(view, rows: Iterable) -> Bar | None:
    """Make the bar of the listed rows; None: nobody may do anything with several, so there is nothing to choose."""
    if not view.for_many:
        return None
    kinds = {row.bulk_actions: row.buttons for row in rows}.values()
    found = {button.transition.action: button for kind in kinds for button in kind if button.for_many}
    offered = [_bar_button(button) for button in sorted(found.values(), key=lambda one: ORDER[one.transition.action])]
    offered += [
        BarButton(one.name, one.text, "", bool(one.confirmation), "", view.get_url(".action_view"))
        for one in view.offered_actions()
    ]
    printed = tuple(
        (name, printouts.PRINTOUTS[name][0]) for name in printable(view.held_roles(), view.states, view.track)
    )
    return Bar(tuple(offered), printed) if rows and (offered or printed) else None


def _bar_button(button: actions.Button) -> BarButton:
    row = button.transition
    skips = checklist.INCOMPLETE.get(row.checklist, "").rstrip(".")
    label = button.label if workflow.signed_in_siak() else row.label  # some of the chosen may be signed here
    return BarButton(row.action, label, row.tone, button.in_dialog, skips)


def transition_for_many(view, action: str) -> workflow.Transition | None:
    """Find what the bar of this screen offers under this name."""
    mine = view.held_roles() if view.for_many else set()
    rows = (row for row in workflow.TRANSITIONS if row.action == action and mine & set(row.roles))
    return next((row for row in rows if action_form.answerable_once(row)), None)


@lru_cache(1000)
def printable(mine: frozenset[str], states: tuple[str, ...], track: str | None) -> tuple[str, ...]:
    """List the papers of what these roles can do to many in these states, and of what a colleague hands over."""
    found = set()
    for row in workflow.TRANSITIONS:
        here = row.track is None or track in (None, row.track)
        done_here = (
            mine.intersection(row.roles) and set(states).intersection(row.sources) and action_form.answerable_once(row)
        )
        handed_over = row.target in states and mine.intersection(workflow.STATES[row.target].waits)
        if here and (done_here or (handed_over and workflow.APPLICANT not in row.roles)):
            found.add(row.printout)
    return tuple(name for name in printouts.PRINTOUTS if name in found)


def print_all(paper: str, permohonans: list[Permohonan], *, duplex: bool) -> bytes:
    """Print one kind of paper of all these, as one PDF; raises StorageError where nothing of it is there yet."""
    whole = printouts.combine(paper, permohonans, duplex=duplex)
    if whole is None:
        raise storage.StorageError(f"Yang Anda pilih belum mempunyai {printouts.PRINTOUTS[paper][0]} untuk dicetak.")
    return whole
