"""Resuming an applicant's form that arrived after its session had ended: sign in, and one press sends it again.

What may be carried stands in web/resume_post.py.
"""

import re

from flask import current_app, redirect, render_template, request, url_for
from flask_babel import lazy_gettext as _l
from flask_login import current_user

import accounts
from lib.safe_redirect import path_pattern
from public import account_forms
from web import resume_post
from web.resume_post import InterruptedPost

PATHS, CODES = re.compile("(?!/petugas)" + path_pattern("/").pattern), ("code", "kode_email", "nik4", "kode_slip")
SIDE = resume_post.Side(PATHS, CODES)
STALE = _l("Halaman ini sudah terlalu lama terbuka. Isi kata sandi Anda sekali lagi.")


def sign_in_page(form: account_forms.SignInForm, refusal: str = "", kept: InterruptedPost | None = None) -> str:
    """Render the sign-in page; with `kept`, the interrupted POST that is resumed afterwards."""
    return render_template(
        "public/sign_in.html", form=form, refusal=refusal, kept=kept or resume_post.carried_post(SIDE)
    )


def ask_to_sign_in() -> tuple[str, int] | None:
    """Return the sign-in page that carries the POST of this request; None where there is nothing to carry."""
    kept = resume_post.interrupted_post(SIDE)
    return (sign_in_page(account_forms.SignInForm(formdata=None), kept=kept), 401) if kept else None


def after_sign_in() -> str | None:
    """Return the page that sends again what the sign-in form carried; None where it carried nothing."""
    kept = resume_post.carried_post(SIDE)
    return _resume_page(kept, bound=True) if kept else None


def _resume_page(kept: InterruptedPost, bound: bool) -> str:
    """Show what was typed and a button that sends it; only to the account that opened the form if it is `bound`."""
    foreign = bound and kept.account != accounts.account_mark(current_user)
    return render_template("public/resume_form.html", kept=kept, foreign=foreign)


def answer_stale_form():
    """Answer a public form whose CSRF token is missing or of another session; None where the error page has to.

    Where no account's mark is in the form, nothing proves that it is ours but what the browser says of its origin.
    """
    bound = getattr(current_app.view_functions.get(request.endpoint or ""), "needs_account", False)
    if not (resume_post.is_from_here() or (bound and current_user.is_authenticated)):
        return None
    if request.endpoint == "public.sign_in":
        return _stale_sign_in()
    if bound and not current_user.is_authenticated:
        return ask_to_sign_in()
    kept = resume_post.interrupted_post(SIDE)
    return (_resume_page(kept, bound), 400) if kept else None


def _stale_sign_in():
    if current_user.is_authenticated:
        return after_sign_in() or redirect(url_for("public.mine"), 303)
    form = account_forms.SignInForm()
    form.password.data = None
    return sign_in_page(form, str(STALE)), 400
