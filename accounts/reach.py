"""Who reaches which application: the one rule behind every list, page, file, action and export.

It is written twice side by side, as a condition for the database and as a question about one object, so
that buttons need no query; tests/test_reach.py holds the two against each other.
"""

from functools import reduce
from operator import or_

import peewee as pw

from models import Grant, Permohonan, User

EVERYTHING_SUBMITTED = ("admin", "siak_operator", "kadis", "production", "pickup", "auditor")
OWN_DIVISION = ("adb", "kabid")
NOTHING: pw.Expression = pw.Value(0) == pw.Value(1)


def visible_to(user: User):
    """The applications that `user` reaches in any of their roles; what is not in it doesn't exist for them."""
    condition = Permohonan.owner == user.id
    for grant in user.grants:
        condition |= _condition(grant, user)
    return Permohonan.select().where(condition)


def visible_as(user: User, *roles: str):
    """The applications that `user` reaches in any of the named roles; in none, where none is named."""
    conditions = [Permohonan.owner == user.id] if "applicant" in roles else []
    conditions += [_condition(grant, user) for grant in user.grants if grant.role in roles]
    return Permohonan.select().where(reduce(or_, conditions) if conditions else NOTHING)


def reaching(permohonan: Permohonan, user: User, role: str) -> list[Grant | None]:
    """The grants by which `user` reaches it in `role` ([None] for its owner); empty: not at all. No query."""
    if role == "applicant":
        return [None] if permohonan.owner_id == user.id else []
    return [grant for grant in user.as_role(role) if _covers(grant, permohonan, user)]


def _condition(grant: Grant, user: User):
    submitted = Permohonan.submitted_at.is_null(False)
    if grant.role in EVERYTHING_SUBMITTED:
        return submitted
    if grant.role in OWN_DIVISION:
        return submitted & (Permohonan.group == grant.group) if grant.group else submitted
    if grant.role == "counter_operator":
        return (
            (Permohonan.track == "counter")
            & (Permohonan.office == grant.office_id)
            & (Permohonan.village.is_null() | Permohonan.village.in_(list(grant.village_ids)))
            & (submitted | (Permohonan.helper == user.id))
        )
    return NOTHING


def _covers(grant: Grant, permohonan: Permohonan, user: User) -> bool:
    submitted = permohonan.submitted_at is not None
    if grant.role in EVERYTHING_SUBMITTED:
        return submitted
    if grant.role in OWN_DIVISION:
        return submitted and grant.group in (None, permohonan.group)
    if grant.role == "counter_operator":
        return (
            permohonan.track == "counter"
            and permohonan.office_id == grant.office_id
            and (permohonan.village_id is None or permohonan.village_id in grant.village_ids)
            and (submitted or permohonan.helper_id == user.id)
        )
    return False
