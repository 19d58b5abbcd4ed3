"""Reads the session of a request: the person, and for staff their roles in force, in one compiled query."""

from datetime import date

import peewee as pw

from lib import fast_sql
from lib.database import local
from models import Grant, Office, User, WebSession


def session_with_user(secret_hash: str) -> WebSession | None:
    """Read a session with its user and, if it is a staff session, the grants in force.

    Who signed in on the public side has no office powers there.
    """
    rows = _session(secret_hash, local().date())
    if not rows:
        return None
    session = fast_sql.load(WebSession, rows[0], user=User)
    behind = fast_sql.width(WebSession, User)
    found = (fast_sql.load(Grant, row[behind:], office=Office) for row in rows)
    grants = [grant for grant in found if grant] if session.user.is_active else []
    for grant in grants:
        grant.load_villages()
    session.user.grants = grants
    return session


@fast_sql.prepared
def _session(secret_hash: str, today: date) -> pw.ModelSelect:
    in_force = (Grant.since <= today) & (Grant.until.is_null() | (Grant.until >= today))
    return (
        WebSession.select(WebSession, User, Grant, Office)
        .join(User)
        .join(Grant, pw.JOIN.LEFT_OUTER, on=(WebSession.staff & (Grant.user == User.id) & in_force))
        .join(Office, pw.JOIN.LEFT_OUTER, on=(Grant.office == Office.id))
        .where(WebSession.secret_hash == secret_hash)
        .order_by(Grant.id)
    )
