"""Keeps who looked at which application, and what changed since they last did; it decides nothing about reach."""

from collections.abc import Iterable, Sequence
from datetime import timedelta

from models import Access, Export, Permohonan, User, now, quick, reaching, write, writes

AGAIN = timedelta(minutes=10)  # the same thing seen twice in this time is kept once
NEW, CHANGED = "new", "changed"


def looked(permohonan: Permohonan, user: User, what: str, roles: Iterable[str]) -> None:
    """Keep that `user` saw its page, a file or a paper of it; the applicant can ask for this list."""
    role = next((role for role in roles if reaching(permohonan, user, role)), "")
    same = (Access.permohonan == permohonan.id) & (Access.user == user.id) & (Access.what == what)
    last = Access.select(Access.version, Access.at).where(same).order_by(Access.id.desc()).limit(1)
    for version, at in last.tuples():
        if version == permohonan.version and now() - at < AGAIN:
            return
    with write():
        Access.create(permohonan=permohonan, user=user, role=role, what=what, version=permohonan.version)


def acted(permohonan: Permohonan, user: User, role: str) -> None:
    """Keep that who changes it has seen its page as it is then; inside the transaction of that change."""
    seen = {"permohonan": permohonan.id, "user": user.id, "role": role, "what": "page"}
    writes.insert(Access, [seen | {"version": permohonan.version + 1}])


def news(permohonans: Sequence[Permohonan], user: User) -> dict[int, str]:
    """NEW or CHANGED by the application's id, of those that `user` never saw or not as they are now; one statement."""
    ids = [one.id for one in permohonans]
    seen = dict(
        quick.rows(
            "SELECT permohonan_id, MAX(version) FROM access WHERE user_id = ? "  # noqa: S608 -- marks only
            f"AND permohonan_id IN ({quick.marks(ids)}) GROUP BY permohonan_id",
            (user.id, *ids),
        )
        if ids
        else ()
    )
    told = {one.id: NEW if one.id not in seen else CHANGED for one in permohonans}
    return {one.id: told[one.id] for one in permohonans if seen.get(one.id, -1) < one.version}


def accesses(permohonan: Permohonan) -> list[Access]:
    """Who saw it, the latest first."""
    query = Access.select(Access, User).join(User).where(Access.permohonan == permohonan.id)
    return list(query.order_by(Access.id.desc()))


def exported(user: User, format_: str, wanted: dict, rows: int) -> Export:
    """Keep that a list was taken away as a file."""
    with write():
        return Export.create(user=user, format=format_, wanted=wanted, rows=rows)
