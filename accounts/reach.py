"""Row-level permissions: who reaches which application, for every list, page, file, action and export.

What a role reaches stands in `roles.ROLES`. Each reach is written twice side by side, as a condition for the
database and as a question about one object, so that buttons need no query; tests/test_accounts_reach.py holds the two
against each other.
"""

from collections.abc import Callable
from functools import reduce
from operator import or_
from typing import NamedTuple

import peewee as pw

from accounts import roles
from accounts.roles import APPLICANT, ROLES
from models import Grant, Permohonan, User

NO_ROWS: pw.Expression = pw.Value(0) == pw.Value(1)


class Reach(NamedTuple):
    """One reach, as a condition for the database and as a question about one application."""

    condition: Callable[[Grant, User], pw.Expression]
    covers: Callable[[Grant, User, Permohonan], bool]


def visible_to(user: User):
    """Return the query of the applications that `user` reaches in any role; no other exists for them."""
    condition = Permohonan.owner == user.id
    for grant in user.grants:
        condition |= _reach(grant).condition(grant, user)
    return Permohonan.select().where(condition)


def visible_as(user: User, *codes: str):
    """Return the query of the applications that `user` reaches in any of the named roles; none, without a role."""
    conditions = [Permohonan.owner == user.id] if APPLICANT in codes else []
    conditions += [_reach(grant).condition(grant, user) for grant in user.grants if grant.role in codes]
    return Permohonan.select().where(reduce(or_, conditions) if conditions else NO_ROWS)


def grants_for(permohonan: Permohonan, user: User, role: str) -> list[Grant | None]:
    """Return the grants by which `user` reaches it in `role` ([None] for its owner); empty: none. No query."""
    if role == APPLICANT:
        return [None] if permohonan.owner_id == user.id else []
    return [grant for grant in user.as_role(role) if _reach(grant).covers(grant, user, permohonan)]


def _reach(grant: Grant) -> Reach:
    """Return what its role reaches; a role that the program no longer knows reaches nothing."""
    role = ROLES.get(grant.role)
    return REACHES[role.reach if role else roles.NOTHING]


def _in_own_division(grant: Grant, user: User):
    submitted = Permohonan.submitted_at.is_null(False)
    return submitted & (Permohonan.group == grant.group) if grant.group else submitted


def _is_in_own_division(grant: Grant, user: User, permohonan: Permohonan) -> bool:
    return permohonan.submitted_at is not None and grant.group in (None, permohonan.group)


def _of_own_office(grant: Grant, user: User):
    return (
        (Permohonan.track == "counter")
        & (Permohonan.office == grant.office_id)
        & (Permohonan.village.is_null() | Permohonan.village.in_(list(grant.village_ids)))
        & (Permohonan.submitted_at.is_null(False) | (Permohonan.helper == user.id))
    )


def _is_of_own_office(grant: Grant, user: User, permohonan: Permohonan) -> bool:
    return (
        permohonan.track == "counter"
        and permohonan.office_id == grant.office_id
        and (permohonan.village_id is None or permohonan.village_id in grant.village_ids)
        and (permohonan.submitted_at is not None or permohonan.helper_id == user.id)
    )


REACHES = {
    roles.EVERYTHING_SUBMITTED: Reach(
        lambda grant, user: Permohonan.submitted_at.is_null(False),
        lambda grant, user, permohonan: permohonan.submitted_at is not None,
    ),
    roles.OWN_DIVISION: Reach(_in_own_division, _is_in_own_division),
    roles.OWN_OFFICE: Reach(_of_own_office, _is_of_own_office),
    roles.OWN: Reach(
        lambda grant, user: Permohonan.owner == user.id,
        lambda grant, user, permohonan: permohonan.owner_id == user.id,
    ),
    roles.NOTHING: Reach(lambda grant, user: NO_ROWS, lambda grant, user, permohonan: False),
}
