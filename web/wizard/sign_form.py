"""The page on which the filled form, or a statement, is signed on the screen; the signed PDF becomes its upload."""

import json

from flask import flash, request
from flask_babel import force_locale
from flask_babel import gettext as _
from flask_login import current_user

import office
from casework.inputs.signature import ON_PAPER, signature
from casework.inputs.words import InvalidInput
from documents import layout, printouts
from files import storage
from intake import screen_signature, submission
from lib.database import now
from lib.i18n import DEFAULT_LANGUAGE
from models import Draft
from web.wizard import correction_form, field_pages
from web.wizard.channel import ApplicationInChannel


def sign_form(case: ApplicationInChannel, requirement: str = screen_signature.FORM):
    """Show the signature pad for the form or a statement; on POST, attach it signed and go back to the uploads."""
    permohonan = case.permohonan
    correction = correction_form.draft_to_correct(case)
    draft = field_pages.draft_to_fill(case) or correction
    statement = screen_signature.statement_of(permohonan, requirement)
    if draft is None or not screen_signature.is_offered(permohonan, draft, requirement, statement):
        return case.redirect_to("one")
    anchor = "perbaiki" if correction else f"upload-{requirement}"
    back = {"page": "one" if correction else "upload", "_anchor": anchor}
    if any(not name.startswith("upload-") for name in submission.submission_errors(permohonan)):
        flash(_("Lengkapi dulu jawabannya; sesudah itu formulirnya dapat ditandatangani."), "warn")
        return case.redirect_to("one") if correction else case.redirect_to("check")
    error = ""
    if request.method == "POST":
        error = _sign(case, draft, requirement, statement)
        if not error:
            flash(_("Formulir sudah ditandatangani di layar."), "good")
            return case.redirect_to(**back)
    facts = {"error": error, "name": draft.answers.get("pemohon_nama", ""), "back": back, "statement": statement}
    page = case.render("wizard/sign_form.html", requirement=requirement, **facts)
    return page, 422 if error else 200


def _sign(case: ApplicationInChannel, draft: Draft, requirement: str, statement: dict | None) -> str:
    """Attach the form or statement with the posted signature; returns a sentence if that failed."""
    permohonan = case.permohonan
    try:
        strokes = signature(request.form, permohonan, case.channel.role)["signature"]
    except InvalidInput:
        strokes = ON_PAPER
    if strokes == ON_PAPER:
        return _("Belum ada tanda tangan yang terbaca. Tanda tangani di dalam kotak.")
    filled = {"answers": draft.answers, "signed": _signed(draft, strokes)}
    if statement:
        pdf = printouts.statement(statement, permohonan.edition, **filled)
    else:
        pdf = printouts.application_form(permohonan.edition, **filled)
    try:
        user = current_user._get_current_object()
        screen_signature.attach(permohonan, pdf, layout.page_count(pdf), user, draft.answers, requirement)
    except storage.StorageError as refused:
        return _(str(refused))
    return ""


def _signed(draft: Draft, strokes: bytes) -> dict:
    """Return what is printed at the place to sign: the strokes, whose they are, when and with which account."""
    with force_locale(DEFAULT_LANGUAGE):
        at = office.moment_in_words(now())
    note = f"Ditandatangani di layar pada {at}, dengan akun {current_user.name} ({current_user.email})."
    return {"strokes": json.loads(strokes), "name": draft.answers.get("pemohon_nama", ""), "note": note}
