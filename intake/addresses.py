"""E-mail verification: proves by a one-time code that the applicant reads the address given in an application.

The account's own address was verified when the account was made. Any other address is verified once and then counts
for every application of the account, because documents with personal data are sent there. It shows no page and sends
no mail itself.
"""

import secrets
from datetime import timedelta

import keys
from accounts import limits
from lib.database import now, transaction
from models import Address, Draft, Outbox, Permohonan, User

FIELD, CODE_FIELD = "pemohon_email", "kode_email"
LIVES = timedelta(hours=2)
MAILS, TRIES = 4, 5  # rate limits in limits.WINDOW: mails to one address, wrong codes for it


def unconfirmed(permohonan: Permohonan, answers: dict) -> str:
    """Return the address that still has to be verified; "" if none, and at counters, where e-mail is optional."""
    email = (answers.get(FIELD) or "").lower()
    if permohonan.owner_id is None or not email or email == permohonan.owner.email:
        return ""
    verified = Address.select().where(_is(permohonan.owner, email), Address.confirmed_at.is_null(False))
    return "" if verified.exists() else email


def _is(user: User, email: str):
    return (Address.user == user) & (Address.email == email)


def is_waiting(user: User, email: str) -> bool:
    """Say whether a verification code was sent that has not expired."""
    return Address.select().where(_is(user, email), Address.sent_at > now() - LIVES).exists()


def ask(user: User, email: str) -> list[int]:
    """Queue a mail with a verification code; returns the ids of the outbox rows. Raises limits.TooMany."""
    limits.take(limits.bucket("address-mail", email), MAILS)
    with transaction():
        Address.insert(user=user, email=email).on_conflict_ignore().execute()
        address = Address.get(_is(user, email))
        Address.update(sent_at=now()).where(Address.id == address.id).execute()
        return [Outbox.add("address_mail", address=address.id).id]


def make_code(address: Address) -> str:
    """Generate a verification code of six digits and store its hash; earlier codes stop working."""
    code = f"{secrets.randbelow(1_000_000):06d}"
    Address.update(code_hash=_hash(address, code), sent_at=now()).where(Address.id == address.id).execute()
    return code


def _hash(address: Address, code: str) -> str:
    return keys.keyed_hash(f"{address.id}:{code}", "address")


def confirm(user: User, email: str, typed: str) -> bool:
    """Verify the address with the code that was typed; False if it is wrong or expired. Raises limits.TooMany."""
    attempt = limits.take(limits.bucket("address-code", f"{user.id}:{email}"), TRIES)
    address = Address.get_or_none(_is(user, email))
    code = "".join(c for c in typed if c.isascii() and c.isdigit())
    if address is None or not address.sent_at or address.sent_at < now() - LIVES:
        return False
    if address.code_hash != _hash(address, code):
        return False
    Address.update(confirmed_at=now(), code_hash="").where(Address.id == address.id).execute()
    attempt.delete_instance()
    return True


def use_own(permohonan: Permohonan) -> None:
    """Replace the address in the draft by the account's own; nothing happens where the field may not change."""
    with transaction():
        draft = Draft.get_or_none(Draft.permohonan == permohonan.id)
        if draft is None or (draft.open_keys is not None and FIELD not in draft.open_keys):
            return
        typed = {name: value for name, value in draft.typed.items() if name != FIELD}
        answers = draft.answers | {FIELD: permohonan.owner.email}
        Draft.update(answers=answers, typed=typed, version=Draft.version + 1, saved_at=now()).where(
            Draft.id == draft.id
        ).execute()
