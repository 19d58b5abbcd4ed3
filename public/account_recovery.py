"""Account recovery without the old mailbox: the counter's code, the new address, and cancelling from the old one."""

from flask import Blueprint, current_app, flash, redirect, render_template, request, session, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from accounts import one_time_links, rate_limits, recovery
from models import Recovery
from public import account_forms, authentication, email_checks
from public.tracking import last_four_digits

WRONG_CODE = _l(
    "Kode dan angka NIK itu tidak cocok, atau kodenya sudah lewat 24 jam. Periksa keduanya, atau minta slip baru."
)


def add_routes(blueprint: Blueprint) -> None:
    both = ("GET", "POST")
    blueprint.add_url_rule("/pulihkan", "recover", enter_recovery_code, methods=both)
    blueprint.add_url_rule("/alamat-baru/<secret>", "rebind", finish_recovery, methods=both)
    blueprint.add_url_rule("/batalkan-pemulihan/<secret>", "stop_recovery", cancel_recovery, methods=both)


def enter_recovery_code():
    """Explain account recovery; with a counter's code, accept a new e-mail address and mail it a link."""
    form = account_forms.RecoveryCodeForm()
    if not form.validate_on_submit():
        return _render_recovery(form, code=422 if form.errors else 200)
    try:
        attempt = recovery.count_guess(request.remote_addr or "-")
    except rate_limits.RateLimited as refused:
        return _render_recovery(form, str(refused), 429)
    found = recovery.find_by_code(form.code.data)
    if found is None or not recovery.knows_owner(found, last_four_digits(form.nik4.data)):
        form.code.errors = [WRONG_CODE]  # which of the two is wrong helps only who has no right to it
        return _render_recovery(form, code=422)
    attempt.delete_instance()
    if email_checks.ask_about_typo(form):
        return _render_recovery(form, code=422)
    if refusal := authentication.count_mail_or_refuse(form.email.data):
        return _render_recovery(form, refusal, 429)
    recovery.set_new_email(found, form.email.data.lower())
    session["recovering"] = recovery.browser_token(found)
    current_app.extensions["workflow"].enqueue()
    email_checks.remember_recipient(form.email.data)
    return redirect(url_for("public.letter_sent", what="pemulihan"), 303)


def _render_recovery(form: account_forms.RecoveryCodeForm, refusal: str = "", code: int = 200) -> tuple[str, int]:
    return render_template("public/recovery_code.html", form=form, refusal=refusal), code


def finish_recovery(secret: str):
    """Finish the recovery from the new address: set a new password.

    The new address may be mistyped and belong to a stranger: another browser than the one that typed the code must
    type it again.
    """
    token = one_time_links.peek(secret, "rebind")
    row = recovery.find_by_link(token) if token else None
    if token is None or row is None:
        used = _("Tautan ini sudah dipakai atau tidak berlaku lagi. Isi kodenya lagi untuk mendapat yang baru.")
        return _link_expired(used)
    here = session.get("recovering") == recovery.browser_token(row)
    form = account_forms.NewPasswordForm() if here else account_forms.RecoveryPasswordForm()
    if request.method == "GET" or not form.validate() or not (here or _check_code(form, row)):
        page = render_template("public/recovery_password.html", form=form, email=token.email, asks=not here)
        return page, 422 if form.errors else 200
    try:
        done = recovery.complete(secret, form.password.data)
    except recovery.RecoveryRefused as refused:
        return _link_expired(str(refused))
    if not done:
        return _link_expired(_("Kode pemulihannya sudah dibatalkan atau dipakai. Minta slip baru di loket."))
    flash(_("Akun Anda sudah pulih. Masuk dengan alamat dan kata sandi yang baru."), "good")
    return redirect(url_for("public.sign_in"), 303)


def _check_code(form: account_forms.RecoveryPasswordForm, row: Recovery) -> bool:
    try:
        attempt = recovery.count_guess(request.remote_addr or "-")
    except rate_limits.RateLimited as refused:
        form.code.errors = [str(refused)]
        return False
    if recovery.find_by_code(form.code.data) != row:
        form.code.errors = [WRONG_CODE]
        return False
    attempt.delete_instance()
    return True


def _link_expired(sentence: str):
    way, word = url_for("public.recover"), _("Isi kode pemulihan")
    return render_template("public/link_expired.html", sentence=sentence, way=way, word=word), 404


def cancel_recovery(secret: str):
    """Cancel a recovery from the old address. It takes a button, since mail scanners follow links."""
    if request.method == "GET":
        if one_time_links.peek(secret, "stop") is None:
            return _link_expired(_("Tautan ini sudah dipakai atau sudah lewat 7 hari."))
        return render_template("public/cancel_recovery.html")
    if not recovery.object_to(secret):
        return _link_expired(_("Tautan ini sudah dipakai atau sudah lewat 7 hari."))
    flash(_("Pemulihan dibatalkan. Bila akunnya sudah berganti alamat, akun itu kami kunci; telepon kami."), "good")
    return redirect(url_for("public.home"), 303)
