"""Who is working on an application: take, keep, release, take over; it decides nothing about who may do what.

A claim is a courtesy among officers. It counts for one version of an application, so that every transition ends
it, and it never stands in the way of a transition's own compare-and-swap.
"""

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta

import peewee as pw

import office
from lib import fast_sql
from lib.database import local, now, transaction
from models import Claim, ClaimChange, Permohonan, User
from performing import already_done
from workflow import NotAllowed, allowed

IDLE_MINUTES = 30  # unless the office says otherwise: the fact "claim_minutes"
TOUCHED = timedelta(minutes=1)  # how exactly one knows when somebody was last active
JOINED = 'LEFT JOIN claim c ON c.permohonan_id = t.id AND c.version = t.version LEFT JOIN "user" h ON h.id = c.user_id'
COLUMNS, HELD = "c.user_id, h.name, c.since, c.active_at", ("holder_id", "holder", "held_since", "held_at")
AT_ONCE, AT_MOST = 20, 400  # applications that are tried for the next one


class Taken(NotAllowed):
    """Somebody else works on it; the message says who, and since when."""

    def __init__(self, claim: Claim):
        self.claim = claim
        super().__init__(
            f"Sedang dikerjakan {claim.user.name} sejak {since(claim)}. Kalau memang perlu, ambil alih dulu."
        )


def since(claim: Claim) -> str:
    """09.41, on the office's clock; of another day, with its date."""
    return _clock(claim.since)


def _clock(moment: datetime) -> str:
    there = local(moment)
    return f"{there:%H.%M}" if there.date() == local().date() else f"{there:%d-%m-%Y %H.%M}"


def told(rows: Iterable) -> dict[int, tuple[str, str, int]]:
    """Who holds which of the rows of a list, since when, and their id; the rows have JOINED's columns as HELD."""
    held = [row for row in rows if row.holder_id]
    moment, deadline = Claim.since.python_value, lapsed_before() if held else now()
    still = [row for row in held if moment(row.held_at) >= deadline]
    return {row.id: (row.holder, _clock(moment(row.held_since)), row.holder_id) for row in still}


def lapsed_before() -> datetime:
    """Whoever was last active before this moment holds nothing any more."""
    return now() - timedelta(minutes=office.fact("claim_minutes", IDLE_MINUTES))


def seconds_left(claim: Claim) -> int:
    """How long it counts, if nothing is done in the meantime."""
    return max(0, int((claim.active_at - lapsed_before()).total_seconds()))


def of(permohonans: Iterable[Permohonan]) -> dict[int, Claim]:
    """The claims that count, by the application's id; one statement for all of them, and one more if there are any."""
    versions = {one.id: one.version for one in permohonans}
    if not versions:
        return {}
    both = (
        f'{fast_sql.columns(Claim, "c")}, {fast_sql.columns(User, "u")} FROM claim c JOIN "user" u ON u.id = c.user_id'
    )
    these, values = fast_sql.among("c.permohonan_id", versions)
    found = [_claim(row) for row in fast_sql.rows(f"SELECT {both} WHERE {these}", values)]
    found = [claim for claim in found if claim.version == versions[claim.permohonan_id]]
    deadline = lapsed_before() if found else now()
    return {claim.permohonan_id: claim for claim in found if claim.active_at >= deadline}


def _claim(values: tuple) -> Claim:
    claim, own = fast_sql.made(Claim, values), len(Claim._meta.sorted_fields)
    claim.__rel__["user"] = fast_sql.made(User, values[own:])
    return claim


def holder(permohonan: Permohonan) -> Claim | None:
    """The claim that counts for this application."""
    return of([permohonan]).get(permohonan.id)


def refuse_others(permohonan: Permohonan, user: User) -> None:
    """Raise Taken where somebody else works on it."""
    claim = others([permohonan], user).get(permohonan.id)
    if claim:
        raise Taken(claim)


def others(permohonans: Iterable[Permohonan], user: User) -> dict[int, Claim]:
    """The claims of others that count, by the application's id; asked for only where there was one at its reading."""
    found = of(one for one in permohonans if one.claimed_by not in (None, user.id))
    return {ident: claim for ident, claim in found.items() if claim.user_id != user.id}


def take(permohonan: Permohonan, user: User) -> None:
    """Claim it, or keep what is one's own already; raises Taken, or AlreadyDone where it has moved on."""
    deadline = lapsed_before()
    with transaction():
        won = _insert(permohonan, user) or _replace(permohonan, user, Claim.active_at < deadline)
        _refuse_moved(permohonan)
        if won:
            ClaimChange.create(permohonan=permohonan.id, what="taken", by=user)
        elif not _touch(permohonan, user):
            raise _beaten(permohonan)


def take_over(permohonan: Permohonan, user: User) -> None:
    """Claim it although somebody else works on it; who from whom is kept."""
    claim = holder(permohonan)
    if claim is None or claim.user_id == user.id:
        return take(permohonan, user)
    with transaction():
        seen = (Claim.user == claim.user_id) & (Claim.since == claim.since)
        won = _replace(permohonan, user, seen)
        _refuse_moved(permohonan)
        if not won:  # a third one was quicker
            raise _beaten(permohonan)
        ClaimChange.create(permohonan=permohonan.id, what="taken_over", by=user, holder=claim.user_id)
    return None


def release(permohonan: Permohonan, user: User) -> bool:
    """Give back what is one's own; nothing happens where it isn't, and False says so."""
    mine = (Claim.permohonan == permohonan.id) & (Claim.user == user.id) & (Claim.version == permohonan.version)
    with transaction():
        was_mine = bool(Claim.delete().where(mine).execute())
        if was_mine:
            ClaimChange.create(permohonan=permohonan.id, what="released", by=user)
    return was_mine


def keep(claim: Claim | None, user: User) -> None:
    """Note that its holder is still at work."""
    if claim and claim.user_id == user.id and now() - claim.active_at > TOUCHED:
        claim.active_at = now()
        with transaction():
            Claim.update(active_at=claim.active_at).where(Claim.id == claim.id, Claim.user == user.id).execute()


def take_next(query: pw.ModelSelect, user: User) -> Permohonan | None:
    """Claim the first of these, in their order, that is free and on which this person can act; None: there is none.

    Whoever is beaten to it by a colleague gets the one after.
    """
    for permohonan in _candidates(query):
        if not any(row.tone == "main" for row in allowed(permohonan, user)):
            continue  # they could only send it back: four eyes
        try:
            take(permohonan, user)
        except NotAllowed:
            continue
        return permohonan
    return None


def _candidates(query: pw.ModelSelect) -> Iterator[Permohonan]:
    held = Claim.select(Claim.id).where(
        Claim.permohonan == Permohonan.id, Claim.version == Permohonan.version, Claim.active_at >= lapsed_before()
    )
    free = query.where(~pw.fn.EXISTS(held))
    seen: set[int] = set()
    while len(seen) < AT_MOST:
        found = list(free.where(Permohonan.id.not_in(list(seen))).limit(AT_ONCE) if seen else free.limit(AT_ONCE))
        if not found:
            return
        seen |= {one.id for one in found}
        yield from found


def changes(permohonan: Permohonan) -> list[ClaimChange]:
    """Everything that happened to its claims, oldest first."""
    other = User.alias()
    return list(
        ClaimChange.select(ClaimChange, User, other)
        .join(User, on=(ClaimChange.by == User.id))
        .switch(ClaimChange)
        .join(other, pw.JOIN.LEFT_OUTER, on=(ClaimChange.holder == other.id), attr="holder")
        .where(ClaimChange.permohonan == permohonan.id)
        .order_by(ClaimChange.id)
    )


def _insert(permohonan: Permohonan, user: User) -> int:
    row = Claim.insert(permohonan=permohonan.id, version=permohonan.version, user=user.id)
    return row.on_conflict_ignore().as_rowcount().execute()


def _replace(permohonan: Permohonan, user: User, condition) -> int:
    """Put this person in the place of a claim that fits the condition, or that an earlier version had."""
    here = (Claim.permohonan == permohonan.id) & (
        (Claim.version < permohonan.version) | ((Claim.version == permohonan.version) & condition)
    )
    moment = now()
    changed = Claim.update(version=permohonan.version, user=user.id, since=moment, active_at=moment)
    return changed.where(here).execute()


def _touch(permohonan: Permohonan, user: User) -> int:
    mine = (Claim.permohonan == permohonan.id) & (Claim.user == user.id) & (Claim.version == permohonan.version)
    return Claim.update(active_at=now()).where(mine).execute()


def _refuse_moved(permohonan: Permohonan) -> None:
    """Raise AlreadyDone where it isn't what was seen any more; the caller's transaction is undone by that."""
    same = (Permohonan.id == permohonan.id) & (Permohonan.version == permohonan.version)
    if not Permohonan.select().where(same).exists():
        raise already_done(permohonan)


def _beaten(permohonan: Permohonan) -> NotAllowed:
    """By whom; or by one who has given it back in the same moment."""
    whose = Claim.select(Claim, User).join(User, on=(Claim.user == User.id))
    claim = whose.where(Claim.permohonan == permohonan.id).first()
    return Taken(claim) if claim else NotAllowed("Orang lain baru saja memegangnya. Coba ambil lagi.")
