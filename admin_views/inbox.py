"""Inbox of a member of staff: notices that need somebody, and which of them are new to them.

Such a notice tells of a return, a refusal or a failure, and its application hasn't moved on since. It is new while this
person has neither viewed that version nor marked the inbox as read. One person's reading changes nothing for another.
Of each role only the latest `KEPT` are looked at.
"""

from datetime import datetime
from typing import NamedTuple

from flask import current_app, request
from flask_login import current_user

from admin_views.base import NUMBER
from admin_views.queue import query
from admin_views.scope import reachable
from lib import fast_sql
from lib.database import is_sqlite
from lib.i18n import localized
from models import User
from workflow import BY_ACTION, STAFF, STATES

KEPT, SHOWN = 100, 12
GOING_ON = tuple(code for code, state in STATES.items() if not state.final)

_ADDRESSED = """SELECT * FROM (
SELECT n.id, n.outbox_id, n.body, n.at, p.id AS about, p.key, p.version, p.number, p.applicant_name,
p.edition_id, p.state FROM notice n JOIN permohonan p ON p.id = n.permohonan_id
WHERE {address} AND n.is_pressing AND {reach} ORDER BY n.id DESC LIMIT {kept}) branch_{number}"""
_LATEST = """SELECT i.id, e.action, i.body, i.at, i.key, i.number, i.applicant_name, i.edition_id, i.id > ?
AND NOT EXISTS (SELECT 1 FROM access a WHERE a.permohonan_id = i.about AND a.user_id = ? AND a.version = i.version)
FROM (SELECT * FROM ({branches}) latest ORDER BY id DESC LIMIT {kept}) i
JOIN outbox o ON o.id = i.outbox_id JOIN event e ON e.id = o.event_id
WHERE e.version = i.version AND i.state IN ({going_on}) ORDER BY i.id DESC"""


class InboxItem(NamedTuple):
    """A notice as one person sees it."""

    id: int
    action: str  # of which it tells
    body: str
    at: datetime
    key: str  # of the application
    number: str
    name: str
    edition_id: int
    is_new: bool

    @property
    def label(self) -> str:
        """Return the label of what happened, as the timeline has it."""
        return BY_ACTION[self.action][0].past_label

    @property
    def service(self) -> str:
        """Return the name of its service."""
        return localized(current_app.extensions["editions"][self.edition_id].body["name"])


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
    going_on = fast_sql.marks(GOING_ON)
    statement = _LATEST.format(branches=" UNION ALL ".join(branches), kept=KEPT, going_on=going_on)
    rows = fast_sql.rows(statement, (current_user.read_until or 0, current_user.id, *values, *GOING_ON))
    found = {row[4]: _letter(*row) for row in reversed(rows)}  # of a reminder and its notice, the later one
    letters = sorted(found.values(), reverse=True)
    query.load_editions(letters[:SHOWN])
    return Inbox(letters[:SHOWN], sum(letter.is_new for letter in letters))


def _letter(ident: int, action: str, body: str, at, *rest) -> InboxItem:
    return InboxItem(ident, action, body, datetime.fromisoformat(at) if is_sqlite() else at, *rest)


def mark_read() -> None:
    """As read by this person: everything up to the newest that their page showed; what came since stays new."""
    until = request.form.get("until", "")
    if NUMBER.fullmatch(until):
        grows = User.read_until.is_null() | (User.read_until < int(until))
        User.update(read_until=int(until)).where(User.id == current_user.id, grows).execute()
