"""Which applications a person reaches as staff, and the one answer to all that they don't reach; changes nothing."""

import re
from collections.abc import Iterable
from typing import NoReturn

import peewee as pw
from flask import abort, make_response, render_template

from models import Permohonan, User, quick, visible_as
from workflow import APPLICANT, ROLES, SYSTEM

KEY = re.compile(r"[a-z0-9]{1,40}")
STAFF = tuple(role for role in ROLES if role not in (APPLICANT, SYSTEM))


def reachable(user: User, roles: Iterable[str] = STAFF) -> pw.ModelSelect:
    """The applications that `user` reaches in any of these roles, never as their applicant."""
    return visible_as(user, *(role for role in roles if role != APPLICANT))


def find(query: pw.ModelSelect, key: str | None) -> Permohonan:
    """The application with this key within `query`; otherwise the request ends as if it didn't exist."""
    if not KEY.fullmatch(key or ""):
        missing()
    ids = [ident for (ident,) in query.select(Permohonan.id).where(Permohonan.key == key).limit(1).tuples()]
    return next(iter(quick.by_ids(Permohonan, ids)), None) or missing()


def missing() -> NoReturn:
    """End the request: what is out of reach and what doesn't exist get the same page, byte for byte."""
    abort(make_response(render_template("staff/missing.html"), 404))
