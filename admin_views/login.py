"""Login and logout of staff. Permissions are not decided here."""

from flask import Blueprint, current_app, redirect, render_template, request, url_for
from flask_login import current_user

import accounts
from admin_views import resume_post
from admin_views.resume_post import SAFE_PATH, InterruptedPost
from casework.inputs.words import plain
from models import Grant, User
from seed import demo
from workflow import ROLES

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
    if kept := resume_post.carried_post():
        return _render_resume(kept)
    wanted = request.form.get("next", "")
    return redirect(wanted if SAFE_PATH.fullmatch(wanted) else url_for("admin.index"), 303)


@bp.post("/keluar")
def sign_out():
    accounts.sign_out()
    return redirect(url_for("staff_login.login_form"), 303)


def answer_stale_form():
    """Answer a form that was rendered before signing in again in another tab; None outside the staff side."""
    if not (request.path.startswith("/petugas/") and current_user.is_authenticated and current_user.is_staff):
        return None
    if request.endpoint == "staff_login.sign_in":
        return redirect(url_for("admin.index"), 303)
    kept = resume_post.interrupted_post()
    return (_render_resume(kept), 400) if kept else None


def _render_resume(kept: InterruptedPost) -> str:
    return render_template("staff/resume_post.html", kept=kept)


def login_page(error: str = "", kept: InterruptedPost | None = None) -> str:
    """Render the login page; with `kept`, the interrupted POST that is resumed afterwards."""
    wanted = request.values.get("next", "")
    return render_template(
        "staff/login.html",
        error=error,
        kept=kept or resume_post.carried_post(),
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
