"""E-mail verification on the pages: asks for the code of an unverified address, and sends it; it decides nothing."""

from dataclasses import dataclass

from flask import current_app, flash, redirect, request
from flask_babel import gettext as _

from accounts import limits
from filling.side import Case
from intake import addresses
from models import Draft


@dataclass
class Asked:
    """The question about an unverified address, as the page shows it."""

    email: str
    account_email: str  # to use instead
    code_sent: bool
    error: str = ""


def view(case: Case, draft: Draft, errors: dict[str, str]) -> Asked | None:
    """Return the question about the draft's address; None if it needs no verification."""
    owner, email = case.permohonan.owner, addresses.unconfirmed(case.permohonan, draft.answers)
    if not email:
        return None
    return Asked(email, owner.email, addresses.is_waiting(owner, email), errors.get(addresses.CODE_FIELD, ""))


def answered(case: Case, draft: Draft, back: str):
    """Handle the buttons of the question (use the account's address, send a code); None if none was pressed."""
    if request.form.get("own_address"):
        addresses.use_own(case.permohonan)
        return redirect(back, 303)
    if request.form.get("send_code"):
        if email := addresses.unconfirmed(case.permohonan, draft.answers):
            _send(case, email)
        return redirect(f"{back}#alamat", 303)
    return None


def settle(case: Case, draft: Draft) -> dict[str, str]:
    """Verify the typed code, or send one if none was typed; returns an error while the address is unverified."""
    email = addresses.unconfirmed(case.permohonan, draft.answers)
    if not email:
        return {}
    typed = request.form.get(addresses.CODE_FIELD, "")
    if not typed.strip():
        if not addresses.is_waiting(case.permohonan.owner, email):
            _send(case, email)
        return {addresses.CODE_FIELD: _("Ketik kode 6 angka dari surat yang kami kirim ke %(email)s.", email=email)}
    try:
        verified = addresses.confirm(case.permohonan.owner, email, typed)
    except limits.TooMany as refused:
        return {addresses.CODE_FIELD: str(refused)}
    wrong = _("Kode ini tidak cocok atau sudah lewat 2 jam. Periksa angkanya, atau minta kode baru.")
    return {} if verified else {addresses.CODE_FIELD: wrong}


def _send(case: Case, email: str) -> None:
    try:
        current_app.extensions["workflow"].enqueue(*addresses.ask(case.permohonan.owner, email))
    except limits.TooMany as refused:
        flash(str(refused), "warn")
    else:
        flash(_("Kode kami kirim ke %(email)s. Periksa juga folder spam.", email=email), "good")
