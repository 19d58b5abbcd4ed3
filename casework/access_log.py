"""Access log: who viewed or exported which applications, and what has changed since; it grants no access."""

from collections.abc import Iterable
from datetime import timedelta

from accounts.reach import grants_for
from lib.database import now, transaction
from models import Access, Export, Permohonan, User

SAME_VIEW_WITHIN = timedelta(minutes=10)  # a second view of the same thing is not recorded
NEW, CHANGED = "new", "changed"
SEEN_VERSION = "(SELECT MAX(a.version) FROM access a WHERE a.permohonan_id = t.id AND a.user_id = ?)"


def record_view(permohonan: Permohonan, user: User, what: str, roles: Iterable[str]) -> None:
    """Record that `user` viewed its page, a file or a printout; the applicant can ask for this list."""
    role = next((role for role in roles if grants_for(permohonan, user, role)), "")
    same = (Access.permohonan == permohonan.id) & (Access.user == user.id) & (Access.what == what)
    last = Access.select(Access.version, Access.at).where(same).order_by(Access.id.desc()).limit(1)
    for version, at in last.tuples():
        if version == permohonan.version and now() - at < SAME_VIEW_WITHIN:
            return
    with transaction():
        Access.create(permohonan=permohonan, user=user, role=role, what=what, version=permohonan.version)


def record_action(permohonan: Permohonan, user: User, role: str) -> tuple[type[Access], list[dict]]:
    """Return the log row of whoever performs a transition: they have seen its result. For the same transaction."""
    seen = {"permohonan": permohonan.id, "user": user.id, "role": role, "what": "page"}
    return Access, [seen | {"version": permohonan.version + 1}]


def unseen_state(version: int, seen: int | None) -> str:
    """Return NEW or CHANGED where somebody never saw it, or not this version; else an empty text."""
    return NEW if seen is None else CHANGED if seen < version else ""


def accesses(permohonan: Permohonan) -> list[Access]:
    """List the accesses to an application, the latest first."""
    query = Access.select(Access, User).join(User).where(Access.permohonan == permohonan.id)
    return list(query.order_by(Access.id.desc()))


def record_export(user: User, format_: str, wanted: dict, rows: int) -> Export:
    """Record the export of a list."""
    with transaction():
        return Export.create(user=user, format=format_, wanted=wanted, rows=rows)
