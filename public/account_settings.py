"""Account settings of applicants: name, telephone, language, password, e-mail address. Staff accounts have none."""

from collections.abc import Callable
from functools import wraps

from flask import Blueprint, current_app, flash, redirect, render_template, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_login import current_user

import accounts
from accounts import email_change, one_time_links, rate_limits
from lib import i18n
from models import Grant, User
from public import access, account_forms, authentication, email_checks

LINK_EXPIRED = _l("Tautan ini sudah dipakai atau tidak berlaku lagi. Minta yang baru di halaman akun Anda.")


def add_routes(blueprint: Blueprint) -> None:
    both = ("GET", "POST")
    blueprint.add_url_rule("/akun", "account", edit_account, methods=both)
    blueprint.add_url_rule("/akun/sandi", "change_password", change_password, methods=both)
    blueprint.add_url_rule("/akun/alamat", "new_address", request_new_email, methods=both)
    blueprint.add_url_rule("/akun/alamat/<secret>", "move", confirm_new_email, methods=both)


def _applicants_only(view: Callable) -> Callable:
    """Require an applicant's account: an officer's name is on official records, so only Tim TI changes it."""

    @wraps(view)
    def guarded(**parts):
        me = User.get_by_id(current_user.id)
        if not Grant.select().where(Grant.user == me).exists():
            return view(me, **parts)
        flash(_("Akun petugas diatur oleh Tim TI."), "warn")
        return redirect(url_for("public.mine"), 303)

    return access.login_required(guarded)


@_applicants_only
def edit_account(me: User):
    """Edit name, telephone and language."""
    form = account_forms.AccountForm(obj=me)
    if not form.validate_on_submit():
        return render_template("public/account.html", form=form, me=me), 422 if form.errors else 200
    User.update(name=form.name.data, phone=form.phone.data or "").where(User.id == me.id).execute()
    accounts.set_language(me, form.language.data)
    answer = redirect(url_for("public.account"), 303)
    i18n.set_language_cookie(answer, form.language.data)
    flash(_("Data akun Anda kami simpan."), "good")
    return answer


@_applicants_only
def change_password(me: User):
    """Change the password, by the present one; every other session ends, and a mail says so."""
    form = account_forms.ChangePasswordForm()
    form.email.data = me.email
    if not form.validate_on_submit():
        return _render_change_password(form)
    try:
        if not accounts.reauthenticate(me, form.old_password.data):
            form.old_password.errors = [_("Kata sandi ini tidak cocok.")]
            return _render_change_password(form)
    except rate_limits.RateLimited as refused:
        return _render_change_password(form, str(refused), 429)
    accounts.set_password(me, form.password.data)
    accounts.start_session(User.get_by_id(me.id), staff=False)
    authentication.enqueue_mail(me, "password")
    flash(_("Kata sandi baru sudah berlaku."), "good")
    return redirect(url_for("public.account"), 303)


def _render_change_password(form: account_forms.ChangePasswordForm, refusal: str = "", code: int = 200):
    page = render_template("public/change_password.html", form=form, me=current_user, refusal=refusal)
    return page, 422 if form.errors else code


@_applicants_only
def request_new_email(me: User):
    """Request another e-mail address; it takes the password, and then the link mailed to the new address."""
    form = account_forms.NewEmailForm()
    if not form.validate_on_submit() or email_checks.ask_about_typo(form):
        return _render_new_email(form)
    try:
        if not accounts.reauthenticate(me, form.password.data):
            form.password.errors = [_("Kata sandi ini tidak cocok.")]
            return _render_new_email(form)
    except rate_limits.RateLimited as refused:
        return _render_new_email(form, str(refused), 429)
    if refusal := authentication.count_mail_or_refuse(form.email.data):
        return _render_new_email(form, refusal, 429)
    email_change.request_change(me, form.email.data.lower())
    current_app.extensions["workflow"].enqueue()
    email_checks.remember_recipient(form.email.data)
    return redirect(url_for("public.letter_sent", what="alamat"), 303)


def _render_new_email(form: account_forms.NewEmailForm, refusal: str = "", code: int = 200):
    page = render_template("public/new_email.html", form=form, me=current_user, refusal=refusal)
    return page, 422 if form.errors else code


@_applicants_only
def confirm_new_email(me: User, secret: str):
    """Confirm the new e-mail address. It takes a button, since mail scanners follow links."""
    form = account_forms.TranslatedForm()
    token = one_time_links.peek(secret, "move")
    if token is None or token.user_id != me.id:
        way, word = url_for("public.new_address"), _("Ganti alamat e-mail")
        return render_template("public/link_expired.html", sentence=LINK_EXPIRED, way=way, word=word), 404
    if not form.validate_on_submit():
        return render_template("public/confirm_new_email.html", form=form, email=token.email)
    if email_change.confirm_change(secret):
        accounts.start_session(User.get_by_id(me.id), staff=False)
        flash(_("Alamat e-mail akun Anda sudah diganti."), "good")
    else:
        flash(_("Alamat itu sudah dipakai akun lain. Alamat Anda tidak berubah."), "warn")
    return redirect(url_for("public.account"), 303)
