"""Giving a lost account back at a counter: who may look up whom, the one-time code, what it opens; no page, no mail.

Nobody takes over an account silently: the code goes to the person on paper and soon lapses, the old address is
told and can say no, and every row stays for Tim TI and the auditor.
"""

import re
from collections.abc import Iterable
from datetime import timedelta

import accounts
import keys
from accounts import limits, links
from lib.database import advisory_lock, now, transaction
from models import Attempt, Grant, Outbox, Permohonan, Recovery, Token, User

COUNTER, EVERYWHERE = "counter_operator", "pickup"  # the roles that may: for their area, and at the Dinas
LIVES = timedelta(hours=24)
LOOKUPS, CODES_OF_ONE, CODES_FOR_ONE = 20, 10, 3  # in a quarter of an hour; a day; a week
DAY, WEEK = timedelta(days=1), timedelta(days=7)
LENGTH, GUESSES = 10, 10  # characters of a code; wrong ones from one address in a quarter of an hour
PAPERS = {
    "ktp_el": "KTP-el asli; foto dan NIK cocok dengan orang yang datang",
    "kk": "Kartu Keluarga asli yang memuat NIK-nya",
    "hilang": "Surat kehilangan KTP-el dari kepolisian",
}
ENOUGH = ({"ktp_el"}, {"kk", "hilang"})
NOT_ENOUGH = "Lihat KTP-el asli; bila hilang, KK asli bersama surat kehilangan dari kepolisian."
TOO_OFTEN = "Akun ini sudah mendapat tiga kode dalam seminggu. Arahkan pemohon ke Dinas."
TAKEN = "Alamat ini sudah dipakai akun lain. Ulangi dengan alamat yang lain."


class Refused(Exception):
    """It is not given, or not any more; the message is fit to show."""


def owners(nik: str, officer: User) -> list[User]:
    """The residents' accounts that belong to this NIK, as far as the officer's area goes; never those of staff.

    An account belongs to whom it names: a neighbour for whom an application was filled in once has no claim to it.
    """
    mine = (
        Permohonan.select(Permohonan, User)
        .join(User, on=Permohonan.owner)
        .where(Permohonan.applicant_nik == nik, Permohonan.submitted_at.is_null(False))
        .order_by(Permohonan.id.desc())
        .limit(100)
    )
    rows = list(mine)
    if not rows or not _reaches(officer, rows[0].village_id):
        return []
    found = {row.owner_id: row.owner for row in rows if _is_of(row.owner, nik, row.applicant_name)}
    staff = _staff(found)
    return [user for user in found.values() if user.id not in staff]


def _staff(users: Iterable[int]) -> set[int]:
    """Those who have, or ever had, a role."""
    return {grant.user_id for grant in Grant.select(Grant.user).where(Grant.user.in_(list(users)))}


def _reaches(officer: User, village: int | None) -> bool:
    """Is the resident, who lives where their newest application says, one of this officer's?"""
    return bool(officer.as_role(EVERYWHERE)) or any(village in grant.village_ids for grant in officer.as_role(COUNTER))


def _is_of(user: User, nik: str, name: str) -> bool:
    named = user.nik == nik if user.nik else _letters(user.name) == _letters(name) != ""
    return named and user.is_active and user.confirmed_at is not None


def _letters(name: str) -> str:
    return re.sub(r"[^a-z]", "", name.casefold())


def look_up(nik: str, officer: User) -> list[User]:
    """As `owners`, counted: raises limits.TooMany for whoever tries one NIK after another."""
    limits.take(limits.bucket("recovery-look-up", str(officer.id)), LOOKUPS)
    return owners(nik, officer)


def give(user: User, officer: User, seen: set[str]) -> str:
    """A code for the account, to be printed at once: it stands nowhere else. Older codes are worth nothing now.

    On Refused or limits.TooMany nothing has changed.
    """
    if not any(papers <= seen for papers in ENOUGH):
        raise Refused(NOT_ENOUGH)
    own = limits.bucket("recovery-of", str(officer.id))
    limits.refuse_too_many(own, CODES_OF_ONE, DAY)
    if Recovery.select().where(Recovery.user == user, Recovery.at > now() - WEEK).count() >= CODES_FOR_ONE:
        raise Refused(TOO_OFTEN)
    limits.count(own)
    code = keys.random_code(LENGTH)
    grants = officer.as_role(COUNTER) + officer.as_role(EVERYWHERE)
    with transaction():
        Recovery.update(stopped_at=now()).where(_open(), Recovery.user == user).execute()
        row = Recovery.create(
            user=user,
            officer=officer,
            office=grants[0].office,
            seen=sorted(seen & PAPERS.keys()),
            code_hash=_hash(code),
            expires_at=now() + LIVES,
            old_email=user.email,
        )
        Outbox.add("recovery_mail", purpose="begun", recovery=row.id)
    return code


def _open():
    return Recovery.used_at.is_null() & Recovery.stopped_at.is_null()


def _hash(code: str) -> str:
    return keys.keyed_hash(code, "recovery")


def shown(code: str) -> str:
    """7QK2M-D4X9P: as it is printed."""
    return f"{code[: LENGTH // 2]}-{code[LENGTH // 2 :]}"


def guess(address: str) -> Attempt:
    """Count a try at a code before it is made; raises limits.TooMany. A right one is taken back by deleting it."""
    return limits.take(limits.bucket("recovery-code", address), GUESSES)


def find(typed: str) -> Recovery | None:
    """What a code opens, however it was typed, while it works."""
    code = keys.unmistaken(typed)
    return Recovery.get_or_none(_open(), Recovery.code_hash == _hash(code), Recovery.expires_at > now())


def mark(row: Recovery) -> str:
    """Lets the browser that gave the code go on without typing it again; worth nothing elsewhere."""
    return keys.keyed_hash(row.code_hash, "recovering")


def aim(row: Recovery, email: str) -> None:
    """Have a link sent to the new address; another one may be named as long as no link was used."""
    with transaction():
        Recovery.update(new_email=email).where(_open(), Recovery.id == row.id).execute()
        Outbox.add("recovery_mail", purpose="rebind", recovery=row.id)


def finish(secret: str, password: str) -> bool:
    """The link at the new address was followed: address and password are the person's own again.

    News of open applications goes to the new address as well, every session ends, and the old address is told.
    False where the link or the code no longer works; raises Refused where the address became somebody else's.
    """
    hashed = accounts.hash_password(password)
    token = links.peek(secret, "rebind")
    row = aimed(token) if token else None
    if token is None or row is None:
        return False
    with transaction():
        advisory_lock(f"address {token.email}")
        taken = User.select().where(User.email == token.email, User.id != row.user_id).exists()
        if taken:
            raise Refused(TAKEN)
        if _staff([row.user_id]):  # since the code was given
            return False
        if not Recovery.update(used_at=now()).where(_open(), Recovery.id == row.id).execute():
            return False
        User.update(email=token.email, password=hashed, confirmed_at=now()).where(User.id == row.user_id).execute()
        old = (Permohonan.owner == row.user_id) & (Permohonan.email == row.old_email)
        Permohonan.update(email=token.email).where(old).execute()
        accounts.end_all(row.user)
        links.void(row.user, "reset", "confirm")  # that went to the old address
        Outbox.add("recovery_mail", purpose="moved", recovery=row.id)
    links.use(secret, "rebind")
    return True


def aimed(token: Token) -> Recovery | None:
    """The recovery whose new address a link was sent to, while it works."""
    mine = (Recovery.user == token.user) & (Recovery.new_email == token.email)
    return Recovery.select().where(_open(), mine).order_by(Recovery.id.desc()).first()


def stop(secret: str) -> bool:
    """The old address says no: an unused code is worth nothing; a used one locks the account until Tim TI looked."""
    token = links.use(secret, "stop")
    if token is None:
        return False
    mine = (Recovery.user == token.user) & (Recovery.old_email == token.email)
    row = Recovery.select().where(mine).order_by(Recovery.id.desc()).first()
    with transaction():
        Recovery.update(stopped_at=now()).where(Recovery.id == row.id, Recovery.stopped_at.is_null()).execute()
        if Recovery.get_by_id(row.id).used_at:
            User.update(disabled_at=now()).where(User.id == row.user_id).execute()
            accounts.end_all(row.user)
    return True


def is_locked(row: Recovery) -> bool:
    """Did the old address say no after the account had moved, and has nobody settled it yet?"""
    return bool(row.used_at and row.stopped_at and not row.settled_at)


def locked() -> int:
    """How many accounts are locked until Tim TI looks."""
    return Recovery.select().where(_lock()).count()


def _lock():
    return Recovery.used_at.is_null(False) & Recovery.stopped_at.is_null(False) & Recovery.settled_at.is_null()


def settle(row: Recovery, officer: User) -> bool:
    """Tim TI looked into it: the account opens again, as it is now; once."""
    with transaction():
        settled = Recovery.update(settled_at=now(), settled_by=officer).where(Recovery.id == row.id, _lock()).execute()
        if settled:
            User.update(disabled_at=None).where(User.id == row.user_id).execute()
    return bool(settled)
