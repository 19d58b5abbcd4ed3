"""Account recovery without the old mailbox: the counter's code, the new address, and cancelling from the old one."""

from flask import Blueprint, current_app, flash, redirect, render_template, request, session, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

import recovery
from accounts import limits, links
from models import Recovery
from public import account_pages, forms, mailing

WRONG = _l("Kode ini tidak cocok atau sudah lewat 24 jam. Periksa lagi, atau minta slip baru.")


def add_routes(blueprint: Blueprint) -> None:
    both = ("GET", "POST")
    blueprint.add_url_rule("/pulihkan", "recover", recover, methods=both)
    blueprint.add_url_rule("/alamat-baru/<secret>", "rebind", rebind, methods=both)
    blueprint.add_url_rule("/batalkan-pemulihan/<secret>", "stop_recovery", stop_recovery, methods=both)


def recover():
    """Explain account recovery; with a counter's code, accept a new e-mail address and mail it a link."""
    form = forms.Recover()
    if not form.validate_on_submit():
        return _recover_page(form, code=422 if form.errors else 200)
    try:
        attempt = recovery.guess(request.remote_addr or "-")
    except limits.TooMany as refused:
        return _recover_page(form, str(refused), 429)
    found = recovery.find(form.code.data)
    if found is None:
        form.code.errors = [WRONG]
        return _recover_page(form, code=422)
    attempt.delete_instance()
    if mailing.is_doubtful(form):
        return _recover_page(form, code=422)
    if refusal := account_pages.limit(form.email.data):
        return _recover_page(form, refusal, 429)
    recovery.aim(found, form.email.data.lower())
    session["recovering"] = recovery.mark(found)
    current_app.extensions["workflow"].enqueue()
    mailing.remember(form.email.data)
    return redirect(url_for("public.letter_sent", what="pemulihan"), 303)


def _recover_page(form: forms.Recover, refusal: str = "", code: int = 200) -> tuple[str, int]:
    return render_template("public/recover.html", form=form, refusal=refusal), code


def rebind(secret: str):
    """Finish the recovery from the new address: set a new password.

    The new address may be mistyped and belong to a stranger: another browser than the one that typed the code must
    type it again.
    """
    token = links.peek(secret, "rebind")
    row = recovery.aimed(token) if token else None
    if token is None or row is None:
        return _gone(_("Tautan ini sudah dipakai atau tidak berlaku lagi. Isi kodenya lagi untuk mendapat yang baru."))
    here = session.get("recovering") == recovery.mark(row)
    form = forms.NewPassword() if here else forms.Rebind()
    if request.method == "GET" or not form.validate() or not (here or _proves(form, row)):
        page = render_template("public/rebind.html", form=form, email=token.email, asks=not here)
        return page, 422 if form.errors else 200
    try:
        done = recovery.finish(secret, form.password.data)
    except recovery.Refused as refused:
        return _gone(str(refused))
    if not done:
        return _gone(_("Kode pemulihannya sudah dibatalkan atau dipakai. Minta slip baru di loket."))
    flash(_("Akun Anda sudah pulih. Masuk dengan alamat dan kata sandi yang baru."), "good")
    return redirect(url_for("public.sign_in"), 303)


def _proves(form: forms.Rebind, row: Recovery) -> bool:
    try:
        attempt = recovery.guess(request.remote_addr or "-")
    except limits.TooMany as refused:
        form.code.errors = [str(refused)]
        return False
    if recovery.find(form.code.data) != row:
        form.code.errors = [WRONG]
        return False
    attempt.delete_instance()
    return True


def _gone(sentence: str):
    way, word = url_for("public.recover"), _("Isi kode pemulihan")
    return render_template("public/link_gone.html", sentence=sentence, way=way, word=word), 404


def stop_recovery(secret: str):
    """Cancel a recovery from the old address. It takes a button, since mail scanners follow links."""
    if request.method == "GET":
        if links.peek(secret, "stop") is None:
            return _gone(_("Tautan ini sudah dipakai atau sudah lewat 7 hari."))
        return render_template("public/stop_recovery.html")
    if not recovery.stop(secret):
        return _gone(_("Tautan ini sudah dipakai atau sudah lewat 7 hari."))
    flash(_("Pemulihan dibatalkan. Bila akunnya sudah berganti alamat, akun itu kami kunci; telepon kami."), "good")
    return redirect(url_for("public.home"), 303)
