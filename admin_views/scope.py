"""Which applications a person reaches as staff, and the one answer to all that they don't reach; changes nothing."""

import re
from collections.abc import Iterable
from typing import NoReturn

import peewee as pw
from flask import abort, make_response, render_template

from accounts.reach import reaching, visible_as
from lib import fast_sql
from models import Permohonan, User
from workflow import APPLICANT, STAFF

KEY = re.compile(r"[a-z0-9]{1,40}")
CLAIMED_BY = "(SELECT c.user_id FROM claim c WHERE c.permohonan_id = p.id AND c.version = p.version)"


def reachable(user: User, roles: Iterable[str] = STAFF) -> pw.ModelSelect:
    """The applications that `user` reaches in any of these roles, never as their applicant."""
    return visible_as(user, *(role for role in roles if role != APPLICANT))


def find(user: User, key: str | None, roles: Iterable[str] = STAFF) -> Permohonan:
    """The application with this key, within reach; otherwise the request ends as if it didn't exist."""
    return next(iter(find_all(user, [key or ""], roles)), None) or missing()


def find_all(user: User, keys: Iterable[str], roles: Iterable[str]) -> list[Permohonan]:
    """Those with these keys that `user` reaches in any of these roles, never as their applicant; in this order."""
    wanted = [key for key in keys if KEY.fullmatch(key)]
    mine = [role for role in roles if role != APPLICANT and role in user.roles]
    if not wanted or not mine:
        return []
    these, values = fast_sql.among("p.key", wanted)
    both = f"{fast_sql.columns(Permohonan, 'p')}, {CLAIMED_BY} FROM permohonan p WHERE {these}"
    found = []
    for row in fast_sql.rows(f"SELECT {both}", values):
        found.append(fast_sql.made(Permohonan, row))
        found[-1].claimed_by = row[-1]
    there = {one.key: one for one in found}
    within = {key for key, one in there.items() if any(reaching(one, user, role) for role in mine)}
    return [there[key] for key in wanted if key in within]


def missing() -> NoReturn:
    """End the request: what is out of reach and what doesn't exist get the same page, byte for byte."""
    abort(make_response(render_template("staff/missing.html"), 404))
