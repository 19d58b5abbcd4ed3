"""Password reset: requesting a link and setting a new password. No answer reveals whether an account exists."""

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

import accounts
from accounts import links
from lib.database import now
from models import User
from public import account_pages, forms, mailing

GONE = _l("Tautan ini sudah dipakai atau sudah lewat 30 menit. Minta tautan yang baru.")
SENT = {
    "daftar": _l("Buka surat dari kami dan ikuti tautannya untuk mengaktifkan akun. Tautan berlaku 3 hari."),
    "pemulihan": _l("Ikuti tautan di surat kami untuk membuat kata sandi baru. Tautan berlaku 24 jam."),
    "alamat": _l("Ikuti tautan di surat kami. Sampai saat itu alamat yang lama tetap berlaku. Tautan berlaku 24 jam."),
    "sandi": _l(
        "Jika alamat itu punya akun, ikuti tautan di surat kami untuk membuat kata sandi baru, dalam 30 menit."
    ),
}


def add_routes(blueprint: Blueprint) -> None:
    blueprint.add_url_rule("/lupa-sandi", "forgotten", forgotten, methods=("GET", "POST"))
    blueprint.add_url_rule("/sandi-baru/<secret>", "new_password", new_password, methods=("GET", "POST"))
    blueprint.add_url_rule("/surat-terkirim/<what>", "letter_sent", letter_sent)


def forgotten():
    """Mail a reset link if the address has an account; the answer is always the same."""
    form = forms.Forgotten()
    if not form.validate_on_submit():
        return render_template("public/forgotten.html", form=form), 422 if form.errors else 200
    if refusal := account_pages.limit(form.email.data):
        return render_template("public/forgotten.html", form=form, refusal=refusal), 429
    user = accounts.find(form.email.data)
    if user and user.is_active:
        account_pages.promise_mail(user, "reset")
    mailing.remember(form.email.data)
    return redirect(url_for("public.letter_sent", what="sandi"), 303)


def letter_sent(what: str):
    """Show the "check your mail" page, the same whether a mail was sent or not."""
    if what not in SENT:
        abort(404)
    return render_template("public/letter_sent.html", sentence=SENT[what], to=mailing.remembered())


def new_password(secret: str):
    """Set a new password. Every session ends, and the address counts as confirmed, since its mail was read."""
    token = links.peek(secret, "reset")
    if token is None:
        way = url_for("public.forgotten")
        return render_template("public/link_gone.html", sentence=GONE, way=way, word=_("Minta tautan baru")), 404
    form = forms.NewPassword()
    if request.method == "GET" or not form.validate():
        return render_template("public/new_password.html", form=form), 422 if form.errors else 200
    if links.use(secret, "reset"):
        accounts.set_password(token.user, form.password.data)
        User.update(confirmed_at=now()).where(User.id == token.user.id, User.confirmed_at.is_null()).execute()
        flash(_("Kata sandi baru sudah berlaku. Masuk dengan kata sandi itu."), "good")
    return redirect(url_for("public.sign_in"), 303)
