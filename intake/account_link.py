"""Links an application that a counter took in to its applicant's account, by the one-time code on the slip.

No code is stored: it follows from the application and the moment at which its slip was printed. Whoever finds a slip
doesn't know the NIK that is asked for with it. The counter goes on with the application as before.
"""

import hmac
from datetime import timedelta

from flask_babel import gettext as _

from lib import encryption
from lib.database import now, transaction
from models import Grant, Note, Permohonan, User
from workflow import COUNTER

LIFETIME, SAME_PRINT = timedelta(days=90), timedelta(minutes=10)
CODE_LENGTH = 8  # random characters: 40 bits; a check character follows
NOTE = "Pemohon memasukkan permohonan ini ke akunnya dengan kode dari slip."


class LinkRefused(Exception):
    """An application isn't linked to an account; the message can be shown to a person."""


def slip_code(permohonan: Permohonan) -> str:
    """Return the code for a slip that is printed now, or "" where there is nothing to link.

    Within ten minutes it stays the same, since a PDF is loaded more than once; after that the earlier slip's code ends.
    """
    linkable = permohonan.track == COUNTER and permohonan.submitted_at and permohonan.applicant_nik
    if permohonan.owner_id or not linkable:
        return ""
    issued, moment = permohonan.slip_code_at, now().replace(microsecond=0)
    if issued is None or moment - issued > SAME_PRINT:
        Permohonan.update(slip_code_at=moment).where(Permohonan.id == permohonan.id).execute()
        permohonan.slip_code_at = moment
    code = _code(permohonan)
    return "-".join((code[:3], code[3:6], code[6:]))


def _code(permohonan: Permohonan) -> str:
    digest = bytes.fromhex(
        encryption.keyed_hash(f"{permohonan.key}:{permohonan.slip_code_at.isoformat()}", "slip-code")
    )
    text = "".join(encryption.CROCKFORD_ALPHABET[octet % 32] for octet in digest[:CODE_LENGTH])
    return text + encryption.check_character(text)


def normalize_slip_code(typed: str) -> str:
    """Normalize a typed code; "" if its length or its check character is wrong."""
    code = encryption.normalize_code(typed)
    known = len(code) == CODE_LENGTH + 1 and set(code) <= set(encryption.CROCKFORD_ALPHABET)
    return code if known and encryption.check_character(code[:-1]) == code[-1] else ""


def link(user: User, code: str, nik: str) -> Permohonan | None:
    """Make `user` the owner of the application with this code and applicant's NIK; None if there is none.

    An application has one owner: raises LinkRefused where another account was first, and then nothing has changed.
    """
    if Grant.select().where(Grant.user == user).exists():
        raise LinkRefused(_("Akun petugas tidak dapat menerima permohonan warga. Pakai akun Anda sendiri."))
    issued = (Permohonan.track == COUNTER) & (Permohonan.slip_code_at > now() - LIFETIME)
    possible = Permohonan.select().where(Permohonan.applicant_nik == nik, issued)
    found = next((one for one in possible if hmac.compare_digest(_code(one), code)), None)
    if found is not None and found.owner_id != user.id:
        _take_over(found, user)
    return found


def _take_over(permohonan: Permohonan, user: User) -> None:
    columns = {"owner": user.id} | ({} if permohonan.email else {"email": user.email})
    as_seen = (Permohonan.id == permohonan.id) & (Permohonan.slip_code_at == permohonan.slip_code_at)
    with transaction():
        if not Permohonan.update(columns).where(as_seen, Permohonan.owner.is_null()).execute():
            raise LinkRefused(
                _("Permohonan ini sudah lebih dulu dimasukkan ke sebuah akun. Bukan akun Anda? Tanyakan di loket.")
            )
        Note.create(permohonan=permohonan, author=user, text=NOTE)
