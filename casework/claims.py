"""Claims: which officer is working on an application; a claim gives no permission and takes none away.

A claim counts for one version of an application, so that every transition ends it without knowing of it. It is no
lock: the compare-and-swap of a transition decides.
"""

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta

import peewee as pw

import office
from casework.transitions import already_done
from lib.database import local, now, transaction
from models import Claim, ClaimChange, Permohonan, User
from workflow import NotAllowed, allowed

IDLE_MINUTES = 30  # unless the office says otherwise: the fact "claim_minutes"
REFRESH_INTERVAL = timedelta(minutes=1)  # how exactly one knows when somebody was last active
CLAIM_JOIN = (
    'LEFT JOIN claim c ON c.permohonan_id = t.id AND c.version = t.version LEFT JOIN "user" h ON h.id = c.user_id'
)
CLAIM_COLUMNS = "c.user_id, h.name, c.since, c.active_at"
CLAIM_FIELDS = ("holder_id", "holder", "held_since", "held_at")
CANDIDATES, MAX_CANDIDATES = 20, 400  # applications that are tried for the next one


class ClaimedByAnother(NotAllowed):
    """The application is claimed by somebody else; the message says by whom, and since when."""

    def __init__(self, claim: Claim):
        self.claim = claim
        held = f"Sedang dikerjakan {claim.user.name} sejak {claimed_since(claim)}."
        super().__init__(f"{held} Kalau memang perlu, ambil alih dulu.")


def claimed_since(claim: Claim) -> str:
    """Format the time of a claim in the office's time zone: 09.41, or with the date if it is of another day."""
    return _short_time(claim.since)


def _short_time(moment: datetime) -> str:
    there = local(moment)
    return f"{there:%H.%M}" if there.date() == local().date() else f"{there:%d-%m-%Y %H.%M}"


def claimants(rows: Iterable) -> dict[int, tuple[str, str, int]]:
    """Map ids of listed rows to their claimant: name, time, user id. The rows were read with CLAIM_JOIN."""
    held = [row for row in rows if row.holder_id]
    moment, deadline = Claim.since.python_value, idle_cutoff() if held else now()
    still = [row for row in held if moment(row.held_at) >= deadline]
    return {row.id: (row.holder, _short_time(moment(row.held_since)), row.holder_id) for row in still}


def idle_cutoff() -> datetime:
    """Return the time before which a claim without activity has expired."""
    return now() - timedelta(minutes=office.fact("claim_minutes", IDLE_MINUTES))


def seconds_left(claim: Claim) -> int:
    """Return the seconds until the claim expires, if there is no activity."""
    return max(0, int((claim.active_at - idle_cutoff()).total_seconds()))


def held_by(who: str, user: User) -> pw.Expression:
    """Return the condition on applications that a person holds: `saya` this user, `lain` another, `bebas` nobody."""
    of_this = (Claim.permohonan == Permohonan.id) & (Claim.version == Permohonan.version)
    held = Claim.select(Claim.id).where(of_this, Claim.active_at >= idle_cutoff())
    if who == "bebas":
        return ~pw.fn.EXISTS(held)
    return pw.fn.EXISTS(held.where(Claim.user == user.id if who == "saya" else Claim.user != user.id))


def current_claims(permohonans: Iterable[Permohonan]) -> dict[int, Claim]:
    """Map application ids to the claims in force: one query for all of them, and one more if there are any."""
    versions = {one.id: one.version for one in permohonans}
    if not versions:
        return {}
    query = Claim.select(Claim, User).join(User).where(Claim.permohonan.in_(list(versions)))
    found = [claim for claim in query if claim.version == versions[claim.permohonan_id]]
    deadline = idle_cutoff() if found else now()
    return {claim.permohonan_id: claim for claim in found if claim.active_at >= deadline}


def current_claim(permohonan: Permohonan) -> Claim | None:
    """Return the claim in force for this application."""
    return current_claims([permohonan]).get(permohonan.id)


def refuse_claimed_by_others(permohonan: Permohonan, user: User) -> None:
    """Raise ClaimedByAnother where somebody else holds the claim."""
    if claim := claims_of_others([permohonan], user).get(permohonan.id):
        raise ClaimedByAnother(claim)


def claims_of_others(permohonans: Iterable[Permohonan], user: User) -> dict[int, Claim]:
    """Map application ids to the claims that others hold; queried only where there was a claim when it was read."""
    found = current_claims(one for one in permohonans if one.claimed_by not in (None, user.id))
    return {ident: claim for ident, claim in found.items() if claim.user_id != user.id}


def take(permohonan: Permohonan, user: User) -> None:
    """Claim an application, or refresh one's own claim; raises ClaimedByAnother, or AlreadyDone if it has moved on."""
    deadline = idle_cutoff()
    with transaction():
        won = _insert(permohonan, user) or _replace(permohonan, user, Claim.active_at < deadline)
        _refuse_moved(permohonan)
        if won:
            ClaimChange.create(permohonan=permohonan.id, what="taken", by=user)
        elif not _touch(permohonan, user):
            raise _lost_race(permohonan)


def take_over(permohonan: Permohonan, user: User) -> None:
    """Take a claim over from a colleague; who from whom is recorded."""
    claim = current_claim(permohonan)
    if claim is None or claim.user_id == user.id:
        return take(permohonan, user)
    with transaction():
        seen = (Claim.user == claim.user_id) & (Claim.since == claim.since)
        won = _replace(permohonan, user, seen)
        _refuse_moved(permohonan)
        if not won:  # a third one was quicker
            raise _lost_race(permohonan)
        ClaimChange.create(permohonan=permohonan.id, what="taken_over", by=user, holder=claim.user_id)
    return None


def release(permohonan: Permohonan, user: User) -> bool:
    """Release one's own claim; returns False where there was none."""
    mine = (Claim.permohonan == permohonan.id) & (Claim.user == user.id) & (Claim.version == permohonan.version)
    with transaction():
        was_mine = bool(Claim.delete().where(mine).execute())
        if was_mine:
            ClaimChange.create(permohonan=permohonan.id, what="released", by=user)
    return was_mine


def refresh(claim: Claim | None, user: User) -> None:
    """Record that the holder of a claim is still active."""
    if claim and claim.user_id == user.id and now() - claim.active_at > REFRESH_INTERVAL:
        claim.active_at = now()
        with transaction():
            Claim.update(active_at=claim.active_at).where(Claim.id == claim.id, Claim.user == user.id).execute()


def take_next(query: pw.ModelSelect, user: User) -> Permohonan | None:
    """Claim the next free application of a query on which this person can act; None where there is none.

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
    current = (Claim.permohonan == Permohonan.id) & (Claim.version == Permohonan.version)
    held = Claim.select(Claim.id).where(current, Claim.active_at >= idle_cutoff())
    free = query.where(~pw.fn.EXISTS(held))
    seen: set[int] = set()
    while len(seen) < MAX_CANDIDATES:
        found = list((free.where(Permohonan.id.not_in(list(seen))) if seen else free).limit(CANDIDATES))
        if not found:
            return
        seen |= {one.id for one in found}
        yield from found


def claim_history(permohonan: Permohonan) -> list[ClaimChange]:
    """List what happened to the claims of an application, oldest first."""
    other = User.alias()
    query = ClaimChange.select(ClaimChange, User, other).join(User, on=(ClaimChange.by == User.id))
    holders = ClaimChange.holder == other.id
    query = query.switch(ClaimChange).join(other, pw.JOIN.LEFT_OUTER, on=holders, attr="holder")
    return list(query.where(ClaimChange.permohonan == permohonan.id).order_by(ClaimChange.id))


def _insert(permohonan: Permohonan, user: User) -> int:
    row = Claim.insert(permohonan=permohonan.id, version=permohonan.version, user=user.id)
    return row.on_conflict_ignore().as_rowcount().execute()


def _replace(permohonan: Permohonan, user: User, condition) -> int:
    """Replace a claim that meets the condition, or that belongs to an earlier version."""
    older, same = Claim.version < permohonan.version, Claim.version == permohonan.version
    here = (Claim.permohonan == permohonan.id) & (older | (same & condition))
    moment = now()
    changed = Claim.update(version=permohonan.version, user=user.id, since=moment, active_at=moment)
    return changed.where(here).execute()


def _touch(permohonan: Permohonan, user: User) -> int:
    mine = (Claim.permohonan == permohonan.id) & (Claim.user == user.id) & (Claim.version == permohonan.version)
    return Claim.update(active_at=now()).where(mine).execute()


def _refuse_moved(permohonan: Permohonan) -> None:
    """Raise AlreadyDone where the version is no longer the one seen; that rolls the caller's transaction back."""
    same = (Permohonan.id == permohonan.id) & (Permohonan.version == permohonan.version)
    if not Permohonan.select().where(same).exists():
        raise already_done(permohonan)


def _lost_race(permohonan: Permohonan) -> NotAllowed:
    """Make the error for a lost race: by whom, or that they have released it in the same moment."""
    whose = Claim.select(Claim, User).join(User, on=(Claim.user == User.id))
    claim = whose.where(Claim.permohonan == permohonan.id).first()
    return ClaimedByAnother(claim) if claim else NotAllowed("Orang lain baru saja memegangnya. Coba ambil lagi.")
