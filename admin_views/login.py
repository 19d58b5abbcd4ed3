"""Login and logout of staff. Permissions are not decided here."""

from flask import Blueprint, current_app, redirect, render_template, request, url_for
from flask_login import current_user

import accounts
from casework.inputs.words import plain
from lib.safe_redirect import path_pattern
from models import Grant, User
from seed import demo
from web import kept_answers, resume_post
from web.resume_post import InterruptedPost
from workflow import ROLES

SAFE_PATH = path_pattern("/petugas/")
SIDE = resume_post.Side(SAFE_PATH)
STALE = "Halaman ini sudah terlalu lama terbuka. Isi kata sandi sekali lagi."
bp = Blueprint("staff_login", __name__, url_prefix="/petugas")


@bp.get("/masuk")
def login_form():
    if current_user.is_authenticated and current_user.is_staff:
        return redirect(url_for("admin.index"), 303)
    return login_page()


@bp.post("/masuk")
def sign_in():
    """Sign in to a staff session; a failed attempt returns the form with the address as typed."""
    try:
        email = plain(request.form.get("email"), 120)
        accounts.sign_in(email, request.form.get("password", ""), staff=True)
    except ValueError:
        return login_page("E-mail atau kata sandi tidak cocok. Periksa keduanya."), 422
    except accounts.AccountRefused as reason:
        return login_page(str(reason)), 422
    if kept := resume_post.carried_post(SIDE):
        return _render_resume(kept)
    wanted = request.form.get("next", "")
    return redirect(wanted if SAFE_PATH.fullmatch(wanted) else url_for("admin.index"), 303)


@bp.post("/keluar")
def sign_out():
    kept_answers.forget_account()
    accounts.sign_out()
    return redirect(url_for("staff_login.login_form"), 303)


def answer_stale_form():
    """Answer a staff form whose session ended, or that is older than it; None where the error page has to.

    Without a session nothing proves that a form is ours but what the browser says of its origin.
    """
    signed_in = current_user.is_authenticated and current_user.is_staff
    if not request.path.startswith("/petugas/") or not (signed_in or resume_post.is_from_here()):
        return None
    if request.endpoint == "staff_login.sign_in":
        return redirect(url_for("admin.index"), 303) if signed_in else (login_page(STALE), 400)
    kept = resume_post.interrupted_post(SIDE)
    if kept and not signed_in:
        return login_page(kept=kept), 401
    return (_render_resume(kept), 400) if kept else None


def _render_resume(kept: InterruptedPost) -> str:
    foreign = kept.account not in (None, accounts.account_mark(current_user))
    return render_template("staff/resume_post.html", kept=kept, foreign=foreign)


def login_page(error: str = "", kept: InterruptedPost | None = None) -> str:
    """Render the login page; with `kept`, the interrupted POST that is resumed afterwards."""
    wanted = request.values.get("next", "")
    return render_template(
        "staff/login.html",
        error=error,
        kept=kept or resume_post.carried_post(SIDE),
        email=request.form.get("email", "")[:120],
        wanted=wanted if SAFE_PATH.fullmatch(wanted) else "",
        people=_demo_accounts() if current_app.config["DEMO"] else [],
        password=demo.PASSWORD,
    )


def _demo_accounts() -> list[tuple[str, str, str]]:
    """Return the staff accounts of the demonstration: (address, name, role)."""
    names = {email for email, _, _, _, grants in demo.PEOPLE if grants}
    held = Grant.in_force().select(Grant, User).join_from(Grant, User).where(User.email.in_(names)).order_by(Grant.id)
    return [(grant.user.email, grant.user.name, ROLES[grant.role].label) for grant in held]
