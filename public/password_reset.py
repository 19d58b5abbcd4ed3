"""Password reset: requesting a link and setting a new password. No answer reveals whether an account exists."""

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

import accounts
from accounts import one_time_links
from lib.database import now
from models import User
from public import account_forms, authentication, email_checks

LINK_EXPIRED = _l("Tautan ini sudah dipakai atau sudah lewat 30 menit. Minta tautan yang baru.")
SENT_MESSAGES = {
    "daftar": _l("Buka surat dari kami dan ikuti tautannya untuk mengaktifkan akun. Tautan berlaku 3 hari."),
    "pemulihan": _l("Ikuti tautan di surat kami untuk membuat kata sandi baru. Tautan berlaku 24 jam."),
    "alamat": _l("Ikuti tautan di surat kami. Sampai saat itu alamat yang lama tetap berlaku. Tautan berlaku 24 jam."),
    "sandi": _l(
        "Jika alamat itu punya akun, ikuti tautan di surat kami untuk membuat kata sandi baru, dalam 30 menit."
    ),
}


def add_routes(blueprint: Blueprint) -> None:
    blueprint.add_url_rule("/lupa-sandi", "forgotten", forgotten_password, methods=("GET", "POST"))
    blueprint.add_url_rule("/sandi-baru/<secret>", "new_password", set_new_password, methods=("GET", "POST"))
    blueprint.add_url_rule("/surat-terkirim/<what>", "letter_sent", mail_sent)


def forgotten_password():
    """Mail a reset link if the address has an account; the answer is always the same."""
    form = account_forms.ForgottenPasswordForm()
    if not form.validate_on_submit():
        return render_template("public/forgotten_password.html", form=form), 422 if form.errors else 200
    if refusal := authentication.count_mail_or_refuse(form.email.data):
        return render_template("public/forgotten_password.html", form=form, refusal=refusal), 429
    user = accounts.find_user(form.email.data)
    if user and user.is_active:
        authentication.enqueue_mail(user, "reset")
    email_checks.remember_recipient(form.email.data)
    return redirect(url_for("public.letter_sent", what="sandi"), 303)


def mail_sent(what: str):
    """Show the "check your mail" page, the same whether a mail was sent or not."""
    if what not in SENT_MESSAGES:
        abort(404)
    return render_template("public/mail_sent.html", sentence=SENT_MESSAGES[what], to=email_checks.last_recipient())


def set_new_password(secret: str):
    """Set a new password. Every session ends, and the address counts as confirmed, since its mail was read."""
    token = one_time_links.peek(secret, "reset")
    if token is None:
        way, word = url_for("public.forgotten"), _("Minta tautan baru")
        return render_template("public/link_expired.html", sentence=LINK_EXPIRED, way=way, word=word), 404
    form = account_forms.NewPasswordForm()
    if request.method == "GET" or not form.validate():
        return render_template("public/new_password.html", form=form), 422 if form.errors else 200
    if one_time_links.redeem(secret, "reset"):
        accounts.set_password(token.user, form.password.data)
        User.update(confirmed_at=now()).where(User.id == token.user.id, User.confirmed_at.is_null()).execute()
        flash(_("Kata sandi baru sudah berlaku. Masuk dengan kata sandi itu."), "good")
    return redirect(url_for("public.sign_in"), 303)
