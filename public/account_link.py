"""Linking an application from a counter to the visitor's account, by the code on its slip and the applicant's NIK."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_login import current_user

from accounts import rate_limits
from intake import account_link
from public import access, account_forms


def add_routes(blueprint: Blueprint) -> None:
    blueprint.add_url_rule("/permohonan/gabung", "link", link, methods=("GET", "POST"))


@access.login_required
def link():
    """Ask for code and NIK; the application they name joins the visitor's. Wrong guesses are limited."""
    form = account_forms.LinkForm()
    if not form.validate_on_submit():
        return _render(form)
    code = account_link.normalize_slip_code(form.kode_slip.data)
    if not code:
        form.kode_slip.errors = [_("Kode ini salah ketik. Contoh: 7QK-2M9-XD4.")]
        return _render(form)
    me, guesses = current_user._get_current_object(), f"{current_user.id} {request.remote_addr or '-'}"
    try:
        guess = rate_limits.consume(rate_limits.bucket("slip-code", guesses), rate_limits.MAX_ATTEMPTS)
        found = account_link.link(me, code, form.nik.data)
    except rate_limits.RateLimited as refused:
        return _render(form, str(refused), 429)
    except account_link.LinkRefused as refused:
        return _render(form, str(refused), 409)
    if found is None:
        return _render(
            form, _("NIK dan kode itu tidak cocok, atau kodenya sudah tidak berlaku. Pakai slip yang terakhir."), 404
        )
    guess.delete_instance()
    flash(_("Permohonan ini sekarang ada di akun Anda. Loket tetap melayaninya seperti biasa."), "good")
    return redirect(url_for("public.one", key=found.key), 303)


def _render(form: account_forms.LinkForm, refusal: str = "", code: int = 200):
    page = render_template("public/link.html", form=form, refusal=refusal)
    return page, 422 if form.errors else code
