"""Before a letter goes out: does its address look mistyped, and where did we say that we sent it? It sends nothing."""

from flask import request, session
from flask_babel import gettext as _
from flask_wtf import FlaskForm

from intake.kinds import warn_email


def is_doubtful(form: FlaskForm) -> bool:
    """Ask once about an address that looks mistyped; whoever sends the same again means it."""
    email = form.email.data
    hints = warn_email({}, email, {})
    if not hints or request.form.get("sure", "") == email:
        return False
    form.email.errors = [f"{hints[0]} {_('Jika alamat itu memang benar, tekan tombolnya sekali lagi.')}"]
    form.sure = email
    return True


def remember(email: str) -> None:
    """Let the next page repeat the address, so that a slip of the finger is seen at once."""
    session["mailed"] = email


def remembered() -> str:
    """Where the last letter was sent, in this browser."""
    return session.get("mailed", "")
