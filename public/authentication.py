"""Registration, e-mail confirmation, sign-in and sign-out. No answer reveals whether an address has an account."""

from flask import Blueprint, current_app, flash, redirect, render_template, request, session, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_login import current_user

import accounts
from accounts import one_time_links, rate_limits
from lib import encryption, i18n
from lib.database import now, transaction
from models import Outbox, Token, User
from public import access, account_forms, email_checks, resume_form
from web import kept_answers

MAILS_PER_ADDRESS, MAILS_PER_CLIENT = 4, 30  # in rate_limits.WINDOW
LINK_EXPIRED = _l(
    "Tautan ini sudah dipakai atau tidak berlaku lagi. Daftar lagi dengan e-mail yang sama; surat baru kami kirim."
)


def add_routes(blueprint: Blueprint) -> None:
    both = ("GET", "POST")
    blueprint.add_url_rule("/daftar", "register", register, methods=both)
    blueprint.add_url_rule("/konfirmasi/<secret>", "confirm", confirm, methods=both)
    blueprint.add_url_rule("/masuk", "sign_in", sign_in, methods=both)
    blueprint.add_url_rule("/keluar", "sign_out", sign_out, methods=both)


def register():
    """Register an account, usable once its address is confirmed; a known address gets the same answer."""
    form = account_forms.RegistrationForm()
    if request.method == "GET":
        form.next.data = request.args.get("next", "")
    if not form.validate_on_submit():
        return render_template("public/register.html", form=form), 422 if form.errors else 200
    if email_checks.ask_about_typo(form):
        return render_template("public/register.html", form=form), 422
    if refusal := count_mail_or_refuse(form.email.data):
        return render_template("public/register.html", form=form, refusal=refusal), 429
    password = accounts.hash_password(form.password.data)
    session["registered"], session["onward"] = _registration_mark(password), form.next.data
    user, purpose = _register_user(form, password)
    enqueue_mail(user, purpose)
    email_checks.remember_recipient(form.email.data)
    return redirect(url_for("public.letter_sent", what="daftar"), 303)


def count_mail_or_refuse(email: str) -> str:
    """Count a requested mail against the rate limits, by recipient and by client IP; return the refusal, or ""."""
    to, here = rate_limits.bucket("mail-to", email.lower()), rate_limits.bucket("mail-from", request.remote_addr or "-")
    try:
        rate_limits.check(to, MAILS_PER_ADDRESS)
        rate_limits.check(here, MAILS_PER_CLIENT)
    except rate_limits.RateLimited as refused:
        return str(refused)
    rate_limits.record_attempts(to, here)
    return ""


def _registration_mark(password_hash: str) -> str:
    """Return a mark for the session of the browser that registered, which may then confirm without the password."""
    return encryption.keyed_hash(password_hash, "registered")


def _register_user(form: account_forms.RegistrationForm, password: str) -> tuple[User, str]:
    """Create the account, or overwrite an unconfirmed one; return the user and the kind of mail to send."""
    email = form.email.data.lower()
    facts = {"name": form.name.data, "phone": form.phone.data or "", "password": password}
    facts["language"] = i18n.current_language()
    with transaction():
        User.insert(email=email, **facts).on_conflict_ignore().execute()
        open_still = (User.email == email) & User.confirmed_at.is_null() & User.disabled_at.is_null()
        User.update(**facts).where(open_still).execute()
    user = User.get(User.email == email)
    return user, "exists" if user.confirmed_at or user.disabled_at else "confirm"


def enqueue_mail(user: User, purpose: str) -> None:
    """Enqueue an account mail. The worker generates its link, so that the outbox row holds no secret."""
    with transaction():
        Outbox.add("account_mail", purpose=purpose, user=user.id)
    current_app.extensions["workflow"].enqueue()


def confirm(secret: str):
    """Confirm an e-mail address and sign in.

    Somebody may have registered with an address of another person, and then knows the password: so any other
    browser than the one that registered must type it.
    """
    token = one_time_links.peek(secret, "confirm")
    if token is None:
        way = url_for("public.register")
        return render_template("public/link_expired.html", sentence=LINK_EXPIRED, way=way, word=_("Daftar lagi")), 404
    form = account_forms.ConfirmationForm()
    here, wanted = session.get("registered") == _registration_mark(token.user.password), session.get("onward")
    if request.method == "GET" or not (here or form.validate()):
        return _render_confirm(form, token, here)
    if not here and (refusal := _password_error(token.user, form.password.data)):
        form.password.errors = [refusal]
        return _render_confirm(form, token, here)
    if one_time_links.redeem(secret, "confirm"):
        User.update(confirmed_at=now()).where(User.id == token.user.id, User.confirmed_at.is_null()).execute()
        accounts.start_session(token.user, staff=False)
        flash(_("Akun Anda sudah aktif."), "good")
    return redirect(access.safe_redirect_target(wanted, url_for("public.services")), 303)


def _render_confirm(form: account_forms.ConfirmationForm, token: Token, here: bool) -> tuple[str, int]:
    page = render_template("public/confirm.html", form=form, email=token.email, asks=not here)
    return page, 422 if form.errors else 200


def _password_error(user: User, password: str) -> str:
    try:
        good = accounts.reauthenticate(user, password)
    except rate_limits.RateLimited as refused:
        return str(refused)
    return "" if good else _("Kata sandi ini tidak cocok. Lupa? Buat kata sandi baru di halaman masuk.")


def sign_in():
    """Sign in; every failed attempt gets the same answer."""
    form = account_forms.SignInForm()
    if request.method == "GET":
        form.next.data = request.args.get("next", "")
        if current_user.is_authenticated:
            return redirect(access.safe_redirect_target(form.next.data, url_for("public.mine")), 303)
    refusal, code = "", 422 if form.is_submitted() else 200
    if form.validate_on_submit():
        try:
            accounts.sign_in(form.email.data, form.password.data, staff=False)
        except accounts.AccountRefused as refused:
            refusal, code = str(refused), 429 if isinstance(refused, rate_limits.RateLimited) else 422
        else:
            onward = access.safe_redirect_target(form.next.data, url_for("public.mine"))
            return resume_form.after_sign_in() or redirect(onward, 303)
    return resume_form.sign_in_page(form, refusal), code


def sign_out():
    """Sign out. It takes a button, since mail scanners and prefetchers follow links."""
    if request.method == "GET":
        return render_template("public/sign_out.html")
    kept_answers.forget_account()
    accounts.sign_out()
    flash(_("Anda sudah keluar."), "")
    return redirect(url_for("public.home"), 303)
