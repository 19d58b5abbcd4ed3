"""Inbox of a member of staff: the latest notices to them and to their roles, and which are new to them.

A notice is new while it is about the present version of its application, and this person has neither viewed that nor
marked the inbox as read. One person's reading changes nothing for another. Only the latest `KEPT` notices are shown.
"""

from datetime import datetime
from typing import NamedTuple

from flask import request
from flask_login import current_user

from admin_views.base import NUMBER
from admin_views.queue import query
from admin_views.scope import reachable
from lib import fast_sql
from lib.database import is_sqlite
from models import User
from workflow import STAFF

KEPT, SHOWN = 100, 12

_ADDRESSED = """SELECT * FROM (
SELECT n.id, n.outbox_id, n.subject, n.body, n.at, p.id AS about, p.key, p.version
FROM notice n JOIN permohonan p ON p.id = n.permohonan_id WHERE {address} AND {reach} ORDER BY n.id DESC LIMIT {kept}
) branch_{number}"""
_LATEST = """SELECT i.id, i.subject, i.body, i.at, i.key, i.id > ? AND e.version = i.version AND NOT EXISTS (
SELECT 1 FROM access a WHERE a.permohonan_id = i.about AND a.user_id = ? AND a.version = i.version)
FROM (SELECT * FROM ({branches}) latest ORDER BY id DESC LIMIT {kept}) i
JOIN outbox o ON o.id = i.outbox_id JOIN event e ON e.id = o.event_id ORDER BY i.id DESC"""


class InboxItem(NamedTuple):
    """A notice as one person sees it."""

    id: int
    subject: str
    body: str
    at: datetime
    key: str  # of the application
    is_new: bool


class Inbox(NamedTuple):
    """The latest items of an inbox, and the number of unread ones."""

    letters: list[InboxItem]
    unread: int

    @property
    def unread_label(self) -> str:
        """The number of new ones in words."""
        return f"{KEPT - 1}+" if self.unread >= KEPT else str(self.unread)


def read() -> Inbox:
    """The inbox of the person who asks."""
    reach, given = query.condition(("inbox", *current_user.access_key), lambda: reachable(current_user))
    roles = sorted(current_user.roles.intersection(STAFF))
    addresses = [("n.user_id = ?", current_user.id), *(("n.role = ?", role) for role in roles)]
    numbered = enumerate(address for address, _ in addresses)
    branches = (_ADDRESSED.format(address=one, reach=reach, kept=KEPT, number=number) for number, one in numbered)
    values = [value for _, whom in addresses for value in (whom, *given)]
    statement = _LATEST.format(branches=" UNION ALL ".join(branches), kept=KEPT)
    rows = fast_sql.rows(statement, (current_user.read_until or 0, current_user.id, *values))
    return Inbox([_letter(row) for row in rows[:SHOWN]], sum(bool(row[-1]) for row in rows))


def _letter(row: tuple) -> InboxItem:
    ident, subject, body, at, key, is_new = row
    return InboxItem(ident, subject, body, datetime.fromisoformat(at) if is_sqlite() else at, key, bool(is_new))


def mark_read() -> None:
    """As read by this person: everything up to the newest that their page showed; what came since stays new."""
    until = request.form.get("until", "")
    if NUMBER.fullmatch(until):
        grows = User.read_until.is_null() | (User.read_until < int(until))
        User.update(read_until=int(until)).where(User.id == current_user.id, grows).execute()
