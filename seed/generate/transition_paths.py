"""Paths of generated applications through the workflow: their transitions up to the present state."""

from dataclasses import dataclass
from random import Random

import workflow
from workflow import COUNTER, SELF_SERVICE, Transition

FINISHED, COMPLETED = 0.97, 0.928  # of all; of the finished (the others were withdrawn)
DRAFTED = ("submit", "send_to_siak", "submit_draft")
SIGNED = (*DRAFTED, "verify_adb", "verify_kabid", "approve_tte", "record_signature")
# States of open applications: share in percent, and the actions that lead there.
OPEN_STATES = {
    "submitted": (20, ("submit",)),
    "incomplete": (8, ("submit", "mark_incomplete")),
    "siak_entry": (15, DRAFTED[:2]),
    "siak_invalid": (2, (*DRAFTED[:2], "report_invalid")),
    "adb_review": (10, DRAFTED),
    "revision": (3, (*DRAFTED, "return_to_operator")),
    "kabid_review": (9, SIGNED[:4]),
    "awaiting_tte": (10, SIGNED[:5]),
    "signed": (8, SIGNED),
    "printed": (7, (*SIGNED, "print_document")),
    "ready": (8, (*SIGNED, "print_document", "assign_queue_number")),
}
HANDED_OVER = (*SIGNED, "print_document", "assign_queue_number", "hand_over")
AS_PDF = (*SIGNED, "keep_digital")
WITHDRAWN = ("submit", "withdraw")
MILESTONES = ("submit", "record_signature", "withdraw", "hand_over", "keep_digital")  # the events of a short history
REASONS = {"report_invalid": "NIK tidak ditemukan di SIAK.", "return_to_operator": "Nama tidak sama dengan KK."}


@dataclass(frozen=True)
class TransitionPath:
    """The transitions of an application, and whether its history is complete."""

    transitions: tuple[Transition, ...]
    complete: bool

    @property
    def state(self) -> str:
        """Return the present state."""
        return self.transitions[-1].target

    def reached(self, action: str) -> bool:
        """Return whether the path contains an action."""
        return any(one.action == action for one in self.transitions)

    @property
    def has_documents(self) -> bool:
        """Return True if the application has documents."""
        return self.reached("submit_draft") or self.reached("record_signature")


def choose_path(chance: Random, state: str | None, track: str, has_card: bool, complete: bool) -> TransitionPath:
    """Choose a path to a state, or to a final state if none is given."""
    if state:
        actions = OPEN_STATES[state][1]
    elif chance.random() < COMPLETED:
        actions = HANDED_OVER if has_card else AS_PDF
    else:
        actions = WITHDRAWN
    return _cached_path(actions, track, complete)


_CACHE: dict[tuple, TransitionPath] = {}


def _cached_path(actions: tuple[str, ...], track: str, complete: bool) -> TransitionPath:
    key = actions, track, complete
    if key not in _CACHE:
        taken = _with_counter(actions, track) if track == COUNTER else actions
        taken = taken if complete else tuple(action for action in taken if action in MILESTONES)
        _CACHE[key] = TransitionPath(tuple(_transition(action, track) for action in taken), complete)
    return _CACHE[key]


def _with_counter(actions: tuple[str, ...], track: str) -> tuple[str, ...]:
    """Insert `publish_to_counter` before printing, on the counter track."""
    if "print_document" not in actions:
        return actions
    place = actions.index("print_document")
    return (*actions[:place], "publish_to_counter", *actions[place:])


def _transition(action: str, track: str) -> Transition:
    """Return the transition of an action on a track."""
    found = [one for one in workflow.TRANSITIONS if one.action == action and one.track in (None, track)]
    return next(one for one in found if one.condition in ("", "no_card"))


def actor_role(transition: Transition, track: str) -> str:
    """Return the role that performed a transition."""
    if track == SELF_SERVICE and workflow.APPLICANT in transition.roles:
        return workflow.APPLICANT
    return next((role for role in transition.roles if role != workflow.APPLICANT), workflow.APPLICANT)
