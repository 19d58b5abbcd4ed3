"""E-mail verification: proves by a one-time code that the applicant reads the address given in an application.

The account's own address was verified when the account was made. Any other address is verified once and then counts
for every application of the account, because documents with personal data are sent there. It shows no page and sends
no mail itself.
"""

import re
import secrets
from datetime import timedelta

from accounts import rate_limits
from lib import encryption
from lib.database import now, transaction
from lib.text_normalization import normalize_number
from models import Address, Draft, Outbox, Permohonan, User

EMAIL_FIELD, CODE_FIELD = "pemohon_email", "kode_email"
CODE_LIFETIME = timedelta(hours=2)
MAX_MAILS, MAX_ATTEMPTS = 4, 5  # rate limits in rate_limits.WINDOW: mails to one address, wrong codes for it


def unverified_email(permohonan: Permohonan, answers: dict) -> str:
    """Return the address that still has to be verified; "" if none, and at counters, where e-mail is optional."""
    email = (answers.get(EMAIL_FIELD) or "").lower()
    if permohonan.owner_id is None or not email or email == permohonan.owner.email:
        return ""
    verified = Address.select().where(_matches(permohonan.owner, email), Address.confirmed_at.is_null(False))
    return "" if verified.exists() else email


def _matches(user: User, email: str):
    return (Address.user == user) & (Address.email == email)


def is_code_pending(user: User, email: str) -> bool:
    """Say whether a verification code was sent that has not expired."""
    return Address.select().where(_matches(user, email), Address.sent_at > now() - CODE_LIFETIME).exists()


def send_code(user: User, email: str) -> list[int]:
    """Queue a mail with a verification code; returns the ids of the outbox rows. Raises RateLimited."""
    rate_limits.consume(rate_limits.bucket("address-mail", email), MAX_MAILS)
    with transaction():
        Address.insert(user=user, email=email).on_conflict_ignore().execute()
        address = Address.get(_matches(user, email))
        Address.update(sent_at=now()).where(Address.id == address.id).execute()
        return [Outbox.add("address_mail", address=address.id).id]


def make_code(address: Address) -> str:
    """Generate a verification code of six digits and store its hash; earlier codes stop working."""
    code = f"{secrets.randbelow(1_000_000):06d}"
    Address.update(code_hash=_hash(address, code), sent_at=now()).where(Address.id == address.id).execute()
    return code


def _hash(address: Address, code: str) -> str:
    return encryption.keyed_hash(f"{address.id}:{code}", "address")


def verify_code(user: User, email: str, typed: str) -> bool:
    """Verify the address with the code that was typed; False if it is wrong or expired. Raises RateLimited."""
    attempt = rate_limits.consume(rate_limits.bucket("address-code", f"{user.id}:{email}"), MAX_ATTEMPTS)
    address = Address.get_or_none(_matches(user, email))
    code = re.sub("[^0-9]", "", normalize_number(typed))
    if address is None or not address.sent_at or address.sent_at < now() - CODE_LIFETIME:
        return False
    if address.code_hash != _hash(address, code):
        return False
    Address.update(confirmed_at=now(), code_hash="").where(Address.id == address.id).execute()
    attempt.delete_instance()
    return True


def use_account_email(permohonan: Permohonan) -> None:
    """Replace the address in the draft by the account's own; nothing happens where the field may not change."""
    with transaction():
        draft = Draft.get_or_none(Draft.permohonan == permohonan.id)
        if draft is None or (draft.open_keys is not None and EMAIL_FIELD not in draft.open_keys):
            return
        typed = {name: value for name, value in draft.typed.items() if name != EMAIL_FIELD}
        answers = draft.answers | {EMAIL_FIELD: permohonan.owner.email}
        query = Draft.update(answers=answers, typed=typed, version=Draft.version + 1, saved_at=now())
        query.where(Draft.id == draft.id).execute()
