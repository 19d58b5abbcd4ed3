"""Checks before an account mail: a warning about a mistyped address, and the last recipient. Nothing is sent here."""

from flask import request, session
from flask_babel import gettext as _
from flask_wtf import FlaskForm

from catalogue.field_types import warn_email


def ask_about_typo(form: FlaskForm) -> bool:
    """Tell whether to ask about an address that looks mistyped; submitted again unchanged, it is accepted."""
    email = form.email.data
    hints = warn_email({}, email, {})
    if not hints or request.form.get("sure", "") == email:
        return False
    form.email.errors = [f"{hints[0]} {_('Jika alamat itu memang benar, tekan tombolnya sekali lagi.')}"]
    form.sure = email
    return True


def remember_recipient(email: str) -> None:
    """Store the recipient in the session, so that the next page can show it."""
    session["mailed"] = email


def last_recipient() -> str:
    """Return the recipient of the last mail requested in this browser, or ""."""
    return session.get("mailed", "")
