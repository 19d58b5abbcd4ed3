"""The last question before sending: does the address that was given reach its applicant? It decides nothing itself."""

from dataclasses import dataclass

from flask import current_app, flash, redirect, request
from flask_babel import gettext as _

from accounts import limits
from filling.side import Case
from intake import addresses
from models import Draft


@dataclass
class Asked:
    """What the page asks about an address that nobody proved yet."""

    email: str
    own: str  # the account's
    waiting: bool  # a code is on its way
    error: str = ""


def view(case: Case, draft: Draft, errors: dict[str, str]) -> Asked | None:
    """None where nothing is to be proved."""
    owner, email = case.permohonan.owner, addresses.unconfirmed(case.permohonan, draft.answers)
    if not email:
        return None
    return Asked(email, owner.email, addresses.is_waiting(owner, email), errors.get(addresses.CODE_FIELD, ""))


def answered(case: Case, draft: Draft, back: str):
    """Where a button about the address was pressed: do it, and come back to the page; else None."""
    if request.form.get("own_address"):
        addresses.use_own(case.permohonan)
        return redirect(back, 303)
    if request.form.get("send_code"):
        if email := addresses.unconfirmed(case.permohonan, draft.answers):
            _send(case, email)
        return redirect(f"{back}#alamat", 303)
    return None


def settle(case: Case, draft: Draft) -> dict[str, str]:
    """Take the code that was typed; without one, have it sent. A sentence while the address is not proved."""
    email = addresses.unconfirmed(case.permohonan, draft.answers)
    if not email:
        return {}
    typed = request.form.get(addresses.CODE_FIELD, "")
    if not typed.strip():
        if not addresses.is_waiting(case.permohonan.owner, email):
            _send(case, email)
        return {addresses.CODE_FIELD: _("Ketik kode 6 angka dari surat yang kami kirim ke %(email)s.", email=email)}
    try:
        good = addresses.confirm(case.permohonan.owner, email, typed)
    except limits.TooMany as refused:
        return {addresses.CODE_FIELD: str(refused)}
    wrong = _("Kode ini tidak cocok atau sudah lewat 2 jam. Periksa angkanya, atau minta kode baru.")
    return {} if good else {addresses.CODE_FIELD: wrong}


def _send(case: Case, email: str) -> None:
    try:
        current_app.extensions["workflow"].enqueue(*addresses.ask(case.permohonan.owner, email))
    except limits.TooMany as refused:
        flash(str(refused), "warn")
    else:
        flash(_("Kode kami kirim ke %(email)s. Periksa juga folder spam.", email=email), "good")
