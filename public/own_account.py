"""Account settings of applicants: name, telephone, language, and change of e-mail address. Staff accounts have none."""

from collections.abc import Callable
from functools import wraps

from flask import Blueprint, current_app, flash, redirect, render_template, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_login import current_user

import accounts
import language
import moving
from accounts import limits, links
from models import Grant, User
from public import account_pages, doors, forms, mailing

GONE = _l("Tautan ini sudah dipakai atau tidak berlaku lagi. Minta yang baru di halaman akun Anda.")


def add_routes(blueprint: Blueprint) -> None:
    both = ("GET", "POST")
    blueprint.add_url_rule("/akun", "account", account, methods=both)
    blueprint.add_url_rule("/akun/alamat", "new_address", new_address, methods=both)
    blueprint.add_url_rule("/akun/alamat/<secret>", "move", move, methods=both)


def _applicant_s(view: Callable) -> Callable:
    """Require an applicant's account: an officer's name is on official records, so only Tim TI changes it."""

    @wraps(view)
    def guarded(**parts):
        me = User.get_by_id(current_user.id)
        if not Grant.select().where(Grant.user == me).exists():
            return view(me, **parts)
        flash(_("Akun petugas diatur oleh Tim TI."), "warn")
        return redirect(url_for("public.mine"), 303)

    return doors.signed_in(guarded)


@_applicant_s
def account(me: User):
    """Edit name, telephone and language."""
    form = forms.Account(obj=me)
    if not form.validate_on_submit():
        return render_template("public/account.html", form=form, me=me), 422 if form.errors else 200
    User.update(name=form.name.data, phone=form.phone.data or "").where(User.id == me.id).execute()
    accounts.speak(me, form.language.data)
    answer = redirect(url_for("public.account"), 303)
    language.remember(answer, form.language.data)
    flash(_("Data akun Anda kami simpan."), "good")
    return answer


@_applicant_s
def new_address(me: User):
    """Request another e-mail address; it takes the password, and then the link mailed to the new address."""
    form = forms.NewAddress()
    if not form.validate_on_submit() or mailing.is_doubtful(form):
        return _address_page(form)
    try:
        if not accounts.proves(me, form.password.data):
            form.password.errors = [_("Kata sandi ini tidak cocok.")]
            return _address_page(form)
    except limits.TooMany as refused:
        return _address_page(form, str(refused), 429)
    if refusal := account_pages.limit(form.email.data):
        return _address_page(form, refusal, 429)
    moving.ask(me, form.email.data.lower())
    current_app.extensions["workflow"].enqueue()
    mailing.remember(form.email.data)
    return redirect(url_for("public.letter_sent", what="alamat"), 303)


def _address_page(form: forms.NewAddress, refusal: str = "", code: int = 200):
    page = render_template("public/new_address.html", form=form, me=current_user, refusal=refusal)
    return page, 422 if form.errors else code


@_applicant_s
def move(me: User, secret: str):
    """Confirm the new e-mail address. It takes a button, since mail scanners follow links."""
    form = forms.Form()
    token = links.peek(secret, "move")
    if token is None or token.user_id != me.id:
        way, word = url_for("public.new_address"), _("Ganti alamat e-mail")
        return render_template("public/link_gone.html", sentence=GONE, way=way, word=word), 404
    if not form.validate_on_submit():
        return render_template("public/move.html", form=form, email=token.email)
    if moving.finish(secret):
        accounts.begin(User.get_by_id(me.id), staff=False)
        flash(_("Alamat e-mail akun Anda sudah diganti."), "good")
    else:
        flash(_("Alamat itu sudah dipakai akun lain. Alamat Anda tidak berubah."), "warn")
    return redirect(url_for("public.account"), 303)
