"""Keeps who looked at which application, and what changed since they last did; it decides nothing about reach."""

from collections.abc import Iterable
from datetime import timedelta

from accounts.reach import reaching
from lib.database import now, transaction
from models import Access, Export, Permohonan, User

AGAIN = timedelta(minutes=10)  # the same thing seen twice in this time is kept once
NEW, CHANGED = "new", "changed"
SEEN = "(SELECT MAX(a.version) FROM access a WHERE a.permohonan_id = t.id AND a.user_id = ?)"


def looked(permohonan: Permohonan, user: User, what: str, roles: Iterable[str]) -> None:
    """Keep that `user` saw its page, a file or a paper of it; the applicant can ask for this list."""
    role = next((role for role in roles if reaching(permohonan, user, role)), "")
    same = (Access.permohonan == permohonan.id) & (Access.user == user.id) & (Access.what == what)
    last = Access.select(Access.version, Access.at).where(same).order_by(Access.id.desc()).limit(1)
    for version, at in last.tuples():
        if version == permohonan.version and now() - at < AGAIN:
            return
    with transaction():
        Access.create(permohonan=permohonan, user=user, role=role, what=what, version=permohonan.version)


def acted(permohonan: Permohonan, user: User, role: str) -> tuple[type[Access], list[dict]]:
    """The row that says that who changes it has seen its page as it is then; for the transaction of that change."""
    seen = {"permohonan": permohonan.id, "user": user.id, "role": role, "what": "page"}
    return Access, [seen | {"version": permohonan.version + 1}]


def news(version: int, seen: int | None) -> str:
    """NEW or CHANGED, where somebody never saw it, or not as it is now."""
    return NEW if seen is None else CHANGED if seen < version else ""


def accesses(permohonan: Permohonan) -> list[Access]:
    """Who saw it, the latest first."""
    query = Access.select(Access, User).join(User).where(Access.permohonan == permohonan.id)
    return list(query.order_by(Access.id.desc()))


def exported(user: User, format_: str, wanted: dict, rows: int) -> Export:
    """Keep that a list was taken away as a file."""
    with transaction():
        return Export.create(user=user, format=format_, wanted=wanted, rows=rows)
