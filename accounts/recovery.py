"""Account recovery at a counter: look-up by NIK, one-time code, new address. No pages, no mail.

Nobody takes over an account unnoticed: the code is handed out on paper and expires, the old address is notified and
can object, and every row is kept for Tim TI and the auditor.
"""

import re
from collections.abc import Iterable
from datetime import timedelta

import accounts
from accounts import one_time_links, rate_limits
from lib import encryption
from lib.database import advisory_lock, now, transaction
from lib.text_normalization import fold
from models import Attempt, Grant, Outbox, Permohonan, Recovery, Token, User

COUNTER_ROLE, OFFICE_ROLE = "counter_operator", "pickup"  # the permitted roles: for their area, at the Dinas for all
CODE_LIFETIME = timedelta(hours=24)
MAX_LOOKUPS, MAX_CODES_BY_OFFICER, MAX_CODES_FOR_ACCOUNT = 20, 10, 3  # per 15 minutes; per day; per week
DAY, WEEK = timedelta(days=1), timedelta(days=7)
CODE_LENGTH, MAX_GUESSES = 10, 10  # characters of a code; wrong ones from one IP address per 15 minutes
IDENTITY_DOCUMENTS = {
    "ktp_el": "KTP-el asli; foto dan NIK cocok dengan orang yang datang",
    "kk": "Kartu Keluarga asli yang memuat NIK-nya",
    "hilang": "Surat kehilangan KTP-el dari kepolisian",
}
SUFFICIENT_DOCUMENTS = ({"ktp_el"}, {"kk", "hilang"})
INSUFFICIENT_DOCUMENTS = "Lihat KTP-el asli; bila hilang, KK asli bersama surat kehilangan dari kepolisian."
TOO_MANY_CODES = "Akun ini sudah mendapat tiga kode dalam seminggu. Arahkan pemohon ke Dinas."
ADDRESS_TAKEN = "Alamat ini sudah dipakai akun lain. Ulangi dengan alamat yang lain."


class RecoveryRefused(Exception):
    """A recovery is refused; the message can be shown to a person."""


def find_accounts(nik: str, officer: User) -> list[User]:
    """Return the residents' accounts of this NIK within the officer's area; never accounts of staff.

    An account belongs to the person it names: a neighbour for whom an application was filled in has no claim to it.
    """
    mine = (Permohonan.applicant_nik == nik) & Permohonan.submitted_at.is_null(False)
    query = Permohonan.select(Permohonan, User).join(User, on=Permohonan.owner).where(mine)
    rows = list(query.order_by(Permohonan.id.desc()).limit(100))
    if not rows or not _is_in_area(officer, rows[0].village_id):
        return []
    found = {row.owner_id: row.owner for row in rows if _belongs_to(row.owner, nik, row.applicant_name)}
    staff = _staff(found)
    return [user for user in found.values() if user.id not in staff]


def _staff(users: Iterable[int]) -> set[int]:
    """Return the ids of users who hold or held a role."""
    return {grant.user_id for grant in Grant.select(Grant.user).where(Grant.user.in_(list(users)))}


def _is_in_area(officer: User, village: int | None) -> bool:
    """Return whether the officer's area includes the village of the newest application."""
    areas = (grant.village_ids for grant in officer.as_role(COUNTER_ROLE))
    return bool(officer.as_role(OFFICE_ROLE)) or any(village in area for area in areas)


def _belongs_to(user: User, nik: str, name: str) -> bool:
    named = user.nik == nik if user.nik else _letters(user.name) == _letters(name) != ""
    return named and user.is_active and user.confirmed_at is not None


def _letters(name: str) -> str:
    return re.sub(r"[^a-z]", "", fold(name))


def look_up_accounts(nik: str, officer: User) -> list[User]:
    """Return `find_accounts`, rate limited against enumeration of NIKs; raises RateLimited."""
    rate_limits.consume(rate_limits.bucket("recovery-look-up", str(officer.id)), MAX_LOOKUPS)
    return find_accounts(nik, officer)


def issue_code(user: User, officer: User, seen: set[str]) -> str:
    """Issue a one-time code for the account, to be printed at once: only its hash is stored. Older codes are revoked.

    On RecoveryRefused or RateLimited nothing has changed.
    """
    if not any(papers <= seen for papers in SUFFICIENT_DOCUMENTS):
        raise RecoveryRefused(INSUFFICIENT_DOCUMENTS)
    own = rate_limits.bucket("recovery-of", str(officer.id))
    rate_limits.check(own, MAX_CODES_BY_OFFICER, DAY)
    if Recovery.select().where(Recovery.user == user, Recovery.at > now() - WEEK).count() >= MAX_CODES_FOR_ACCOUNT:
        raise RecoveryRefused(TOO_MANY_CODES)
    rate_limits.record_attempts(own)
    code = encryption.random_code(CODE_LENGTH)
    grants = officer.as_role(COUNTER_ROLE) + officer.as_role(OFFICE_ROLE)
    with transaction():
        Recovery.update(stopped_at=now()).where(_is_open(), Recovery.user == user).execute()
        facts = {"seen": sorted(seen & IDENTITY_DOCUMENTS.keys()), "code_hash": _hash(code), "old_email": user.email}
        place, until = grants[0].office, now() + CODE_LIFETIME
        row = Recovery.create(user=user, officer=officer, office=place, expires_at=until, **facts)
        Outbox.add("recovery_mail", purpose="begun", recovery=row.id)
    return code


def _is_open():
    return Recovery.used_at.is_null() & Recovery.stopped_at.is_null()


def _hash(code: str) -> str:
    return encryption.keyed_hash(code, "recovery")


def format_code(code: str) -> str:
    """Format a code for print: 7QK2M-D4X9P."""
    return f"{code[: CODE_LENGTH // 2]}-{code[CODE_LENGTH // 2 :]}"


def count_guess(address: str) -> Attempt:
    """Count an attempt at a code before it is made; raises RateLimited. Delete the result after a correct one."""
    return rate_limits.consume(rate_limits.bucket("recovery-code", address), MAX_GUESSES)


def knows_owner(row: Recovery, digits: str) -> bool:
    """Return whether these are the last four digits of the account's NIK: the slip alone opens nothing."""
    own = {row.user.nik} if row.user.nik else _niks_applied_with(row.user)
    return len(digits) == 4 and digits in {nik[-4:] for nik in own}


def _niks_applied_with(user: User) -> set[str]:
    mine = (Permohonan.owner == user) & (Permohonan.applicant_nik != "")
    return {nik for (nik,) in Permohonan.select(Permohonan.applicant_nik).where(mine).tuples()}


def find_by_code(typed: str) -> Recovery | None:
    """Return the valid recovery of a typed code, or None."""
    code = encryption.normalize_code(typed)
    return Recovery.get_or_none(_is_open(), Recovery.code_hash == _hash(code), Recovery.expires_at > now())


def browser_token(row: Recovery) -> str:
    """Return a token for the session of the browser that gave the code, so that it needn't be typed again."""
    return encryption.keyed_hash(row.code_hash, "recovering")


def set_new_email(row: Recovery, email: str) -> None:
    """Set the new address and promise a mail with its link; it can be changed until a link is redeemed."""
    with transaction():
        Recovery.update(new_email=email).where(_is_open(), Recovery.id == row.id).execute()
        Outbox.add("recovery_mail", purpose="rebind", recovery=row.id)


def complete(secret: str, password: str) -> bool:
    """Complete the recovery by the link of the new address: set address and password.

    Open applications get the new address too, all sessions end, and the old address is notified. Returns False where
    link or code are no longer valid; raises RecoveryRefused where another account has taken the address.
    """
    hashed = accounts.hash_password(password)
    token = one_time_links.peek(secret, "rebind")
    row = find_by_link(token) if token else None
    if token is None or row is None:
        return False
    with transaction():
        advisory_lock(f"address {token.email}")
        taken = User.select().where(User.email == token.email, User.id != row.user_id).exists()
        if taken:
            raise RecoveryRefused(ADDRESS_TAKEN)
        if _staff([row.user_id]):  # since the code was given
            return False
        if not Recovery.update(used_at=now()).where(_is_open(), Recovery.id == row.id).execute():
            return False
        User.update(email=token.email, password=hashed, confirmed_at=now()).where(User.id == row.user_id).execute()
        old = (Permohonan.owner == row.user_id) & (Permohonan.email == row.old_email)
        Permohonan.update(email=token.email).where(old).execute()
        accounts.sign_out_everywhere(row.user)
        one_time_links.revoke(row.user, "reset", "confirm")  # sent to the old address
        Outbox.add("recovery_mail", purpose="moved", recovery=row.id)
    one_time_links.redeem(secret, "rebind")
    return True


def find_by_link(token: Token) -> Recovery | None:
    """Return the valid recovery that belongs to the token of a link, or None."""
    mine = (Recovery.user == token.user) & (Recovery.new_email == token.email)
    return Recovery.select().where(_is_open(), mine).order_by(Recovery.id.desc()).first()


def object_to(secret: str) -> bool:
    """Object to a recovery by the link sent to the old address: revoke an unused code; after use, lock the account."""
    token = one_time_links.redeem(secret, "stop")
    if token is None:
        return False
    mine = (Recovery.user == token.user) & (Recovery.old_email == token.email)
    row = Recovery.select().where(mine).order_by(Recovery.id.desc()).first()
    with transaction():
        Recovery.update(stopped_at=now()).where(Recovery.id == row.id, Recovery.stopped_at.is_null()).execute()
        if Recovery.get_by_id(row.id).used_at:
            User.update(disabled_at=now()).where(User.id == row.user_id).execute()
            accounts.sign_out_everywhere(row.user)
    return True


def is_locked(row: Recovery) -> bool:
    """Return whether the account is locked: the old address objected after the recovery, and nobody has settled it."""
    return bool(row.used_at and row.stopped_at and not row.settled_at)


def count_locked() -> int:
    """Count the locked accounts, which wait for Tim TI."""
    return Recovery.select().where(_is_locked()).count()


def _is_locked():
    return Recovery.used_at.is_null(False) & Recovery.stopped_at.is_null(False) & Recovery.settled_at.is_null()


def unlock(row: Recovery, officer: User) -> bool:
    """Unlock the account as it is now, by Tim TI; return False if it was not locked."""
    with transaction():
        locked = (Recovery.id == row.id) & _is_locked()
        settled = Recovery.update(settled_at=now(), settled_by=officer).where(locked).execute()
        if settled:
            User.update(disabled_at=None).where(User.id == row.user_id).execute()
    return bool(settled)
