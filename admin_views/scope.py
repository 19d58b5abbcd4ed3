"""Scope of the staff side: the applications that a person reaches, and 404 for all others; changes nothing."""

import re
from collections.abc import Iterable
from typing import NoReturn

import peewee as pw
from flask import abort, make_response, render_template

from accounts.reach import grants_for, visible_as
from lib import fast_sql
from models import Claim, Permohonan, User
from workflow import APPLICANT, STAFF

KEY = re.compile(r"[a-z0-9]{1,40}")


def reachable(user: User, roles: Iterable[str] = STAFF) -> pw.ModelSelect:
    """The applications that `user` reaches in any of these roles, never as their applicant."""
    return visible_as(user, *(role for role in roles if role != APPLICANT))


def find(user: User, key: str | None, roles: Iterable[str] = STAFF) -> Permohonan:
    """The application with this key, within reach; otherwise the request ends as if it didn't exist."""
    return next(iter(find_all(user, [key or ""], roles)), None) or abort_not_found()


def find_all(user: User, keys: Iterable[str], roles: Iterable[str]) -> list[Permohonan]:
    """Those with these keys that `user` reaches in any of these roles, never as their applicant; in this order."""
    wanted = [key for key in keys if KEY.fullmatch(key)]
    mine = [role for role in roles if role != APPLICANT and role in user.roles]
    if not wanted or not mine:
        return []
    there = {}
    for row in _applications(wanted):
        one = fast_sql.load(Permohonan, row)
        there[one.key], one.claimed_by = one, row[-1]
    within = {key for key, one in there.items() if any(grants_for(one, user, role) for role in mine)}
    return [there[key] for key in wanted if key in within]


@fast_sql.prepared
def _applications(keys: list[str]) -> pw.ModelSelect:
    """Applications by their keys, each with the id of whoever claimed its version."""
    claimed = (Claim.permohonan == Permohonan.id) & (Claim.version == Permohonan.version)
    return Permohonan.select(Permohonan, Claim.select(Claim.user).where(claimed)).where(Permohonan.key.in_(keys))


def abort_not_found() -> NoReturn:
    """End the request with 404: what is out of reach and what doesn't exist get the same page, byte for byte."""
    abort(make_response(render_template("staff/missing.html"), 404))
