"""E-mail verification on the pages: asks for the code of an unverified address, and sends it; it decides nothing."""

from dataclasses import dataclass

from flask import current_app, flash, redirect, request
from flask_babel import gettext as _

from accounts import rate_limits
from intake import email_verification
from lib.text_normalization import is_blank
from models import Draft
from web.wizard.channel import ApplicationInChannel


@dataclass
class EmailQuestion:
    """The question about an unverified address, as the page shows it."""

    email: str
    account_email: str  # to use instead
    code_sent: bool
    error: str = ""


def email_question(case: ApplicationInChannel, draft: Draft, errors: dict[str, str]) -> EmailQuestion | None:
    """Return the question about the draft's address; None if it needs no verification."""
    owner, email = case.permohonan.owner, email_verification.unverified_email(case.permohonan, draft.answers)
    if not email:
        return None
    pending, error = email_verification.is_code_pending(owner, email), errors.get(email_verification.CODE_FIELD, "")
    return EmailQuestion(email, owner.email, pending, error)


def handle_button(case: ApplicationInChannel, draft: Draft, back: str):
    """Handle the buttons of the question (use the account's address, send a code); None if none was pressed."""
    if request.form.get("own_address"):
        email_verification.use_account_email(case.permohonan)
        return redirect(back, 303)
    if request.form.get("send_code"):
        if email := email_verification.unverified_email(case.permohonan, draft.answers):
            _send_code(case, email)
        return redirect(f"{back}#alamat", 303)
    return None


def verify_typed_code(case: ApplicationInChannel, draft: Draft) -> dict[str, str]:
    """Verify the typed code, or send one if none was typed; returns an error while the address is unverified."""
    email = email_verification.unverified_email(case.permohonan, draft.answers)
    if not email:
        return {}
    typed = request.form.get(email_verification.CODE_FIELD, "")
    if is_blank(typed):
        if not email_verification.is_code_pending(case.permohonan.owner, email):
            _send_code(case, email)
        asked = _("Ketik kode 6 angka dari surat yang kami kirim ke %(email)s.", email=email)
        return {email_verification.CODE_FIELD: asked}
    try:
        verified = email_verification.verify_code(case.permohonan.owner, email, typed)
    except rate_limits.RateLimited as refused:
        return {email_verification.CODE_FIELD: str(refused)}
    wrong = _("Kode ini tidak cocok atau sudah lewat 2 jam. Periksa angkanya, atau minta kode baru.")
    return {} if verified else {email_verification.CODE_FIELD: wrong}


def _send_code(case: ApplicationInChannel, email: str) -> None:
    try:
        current_app.extensions["workflow"].enqueue(*email_verification.send_code(case.permohonan.owner, email))
    except rate_limits.RateLimited as refused:
        flash(str(refused), "warn")
    else:
        flash(_("Kode kami kirim ke %(email)s. Periksa juga folder spam.", email=email), "good")
