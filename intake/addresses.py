"""Whether the address given for an application's news is read by its applicant; it shows no page and sends no mail.

The account's own address was confirmed when it was made, and counts everywhere. Another one is confirmed once, by a
code sent to it, and then for every application of the account: papers with personal data go there.
"""

import secrets
from datetime import timedelta

import keys
from accounts import limits
from lib.database import now, transaction
from models import Address, Draft, Outbox, Permohonan, User

FIELD, CODE_FIELD = "pemohon_email", "kode_email"
LIVES = timedelta(hours=2)
MAILS, TRIES = 4, 5  # to one address, wrong codes for it: in limits.WINDOW


def unconfirmed(permohonan: Permohonan, answers: dict) -> str:
    """The address that still needs its code; "" where there is none, and at counters, which need no e-mail."""
    email = (answers.get(FIELD) or "").lower()
    if permohonan.owner_id is None or not email or email == permohonan.owner.email:
        return ""
    proved = Address.select().where(_is(permohonan.owner, email), Address.confirmed_at.is_null(False))
    return "" if proved.exists() else email


def _is(user: User, email: str):
    return (Address.user == user) & (Address.email == email)


def is_waiting(user: User, email: str) -> bool:
    """Is a code on its way that still works?"""
    return Address.select().where(_is(user, email), Address.sent_at > now() - LIVES).exists()


def ask(user: User, email: str) -> list[int]:
    """Have a code sent to the address; the promises to wake. Raises limits.TooMany."""
    limits.take(limits.bucket("address-mail", email), MAILS)
    with transaction():
        Address.insert(user=user, email=email).on_conflict_ignore().execute()
        row = Address.get(_is(user, email))
        Address.update(sent_at=now()).where(Address.id == row.id).execute()
        return [Outbox.add("address_mail", address=row.id).id]


def make_code(row: Address) -> str:
    """Six digits, made when the mail is; only the newest work."""
    code = f"{secrets.randbelow(1_000_000):06d}"
    Address.update(code_hash=_hash(row, code), sent_at=now()).where(Address.id == row.id).execute()
    return code


def _hash(row: Address, code: str) -> str:
    return keys.keyed_hash(f"{row.id}:{code}", "address")


def confirm(user: User, email: str, typed: str) -> bool:
    """Does the code that was typed prove the address? Raises limits.TooMany."""
    attempt = limits.take(limits.bucket("address-code", f"{user.id}:{email}"), TRIES)
    row = Address.get_or_none(_is(user, email))
    code = "".join(c for c in typed if c.isascii() and c.isdigit())
    if row is None or not row.sent_at or row.sent_at < now() - LIVES or row.code_hash != _hash(row, code):
        return False
    Address.update(confirmed_at=now(), code_hash="").where(Address.id == row.id).execute()
    attempt.delete_instance()
    return True


def use_own(permohonan: Permohonan) -> None:
    """Put the account's address into the draft instead."""
    with transaction():
        draft = Draft.get_or_none(Draft.permohonan == permohonan.id)
        if draft is None or (draft.open_keys is not None and FIELD not in draft.open_keys):
            return
        typed = {name: value for name, value in draft.typed.items() if name != FIELD}
        answers = draft.answers | {FIELD: permohonan.owner.email}
        Draft.update(answers=answers, typed=typed, version=Draft.version + 1, saved_at=now()).where(
            Draft.id == draft.id
        ).execute()
