"""Four eyes in words: which step an earlier one on the same draft bars a person from, and who may take it instead."""

from typing import NamedTuple

import workflow
from accounts.reach import grants_for
from models import Grant, Permohonan, User
from workflow import BY_ACTION, BY_SOURCE, CONDITIONS, Transition


class BarredStep(NamedTuple):
    """A transition that four eyes alone keep from a person, and why, in a sentence."""

    transition: Transition
    reason: str


def barred_steps(permohonan: Permohonan, user: User) -> list[BarredStep]:
    """Return the transitions of its state that `user` would be allowed but for four eyes; sends no query."""
    return [step for one in BY_SOURCE.get(permohonan.state, ()) if (step := barred_step(one, permohonan, user))]


def barred_step(transition: Transition, permohonan: Permohonan, user: User) -> BarredStep | None:
    """Return why four eyes bar `user` from a transition; None where they don't, or something else does."""
    here = transition.track in (None, permohonan.track) and CONDITIONS[transition.condition].holds(permohonan)
    grants = [grant for role in transition.roles for grant in grants_for(permohonan, user, role)] if here else []
    earlier = [workflow.earlier_steps(transition, permohonan, user, grant) for grant in grants]
    if not grants or not all(earlier):
        return None
    action = earlier[0][0]
    who = "Anda" if user.id in permohonan.round_people[action] else "Orang yang Anda gantikan"
    label, done = transition.label_for(permohonan), BY_ACTION[action][0].label
    return BarredStep(transition, f"“{label}” harus ditekan orang lain: {who} sudah menekan “{done}” pada draf ini.")


def explain(permohonan: Permohonan, user: User) -> list[str]:
    """Say of each step that is missing because of four eyes why it is, and who may take it."""
    found = []
    for transition, reason in barred_steps(permohonan, user):
        others = ", ".join(people_allowed(permohonan, transition))
        found.append(f"{reason} " + (f"Yang dapat: {others}." if others else "Belum ada yang dapat; hubungi Tim TI."))
    return found


def people_allowed(permohonan: Permohonan, transition: Transition) -> list[str]:
    """Return the names of those who may perform a transition now, with one query."""
    rows = Grant.in_force().select_extend(User).join_from(Grant, User)
    held: dict[User, list[Grant]] = {}
    for grant in rows.where(Grant.role.in_(transition.roles), User.disabled_at.is_null()):
        held.setdefault(grant.user, []).append(grant)
    for person, grants in held.items():
        person.grants = grants
    return sorted(person.name for person in held if workflow.permitting_grant(transition, permohonan, person))
