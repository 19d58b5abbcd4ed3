"""The page on which the filled form is signed on the screen; the PDF with the signature becomes the form's upload."""

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

UPLOAD_ANCHOR = f"upload-{screen_signature.FORM}"


def sign_form(case: ApplicationInChannel):
    """Show the signature pad; on POST, attach the signed form and go back to the uploads."""
    permohonan = case.permohonan
    correction = correction_form.draft_to_correct(case)
    draft = field_pages.draft_to_fill(case) or correction
    if draft is None or not screen_signature.is_offered(permohonan, draft):
        return case.redirect_to("one")
    back = {"page": "one" if correction else "upload", "_anchor": "perbaiki" if correction else UPLOAD_ANCHOR}
    if any(not name.startswith("upload-") for name in submission.submission_errors(permohonan)):
        flash(_("Lengkapi dulu jawabannya; sesudah itu formulirnya dapat ditandatangani."), "warn")
        return case.redirect_to("one") if correction else case.redirect_to("check")
    error = ""
    if request.method == "POST":
        error = _sign(case, draft)
        if not error:
            flash(_("Formulir sudah ditandatangani di layar."), "good")
            return case.redirect_to(**back)
    page = case.render("wizard/sign_form.html", error=error, name=draft.answers.get("pemohon_nama", ""), back=back)
    return page, 422 if error else 200


def _sign(case: ApplicationInChannel, draft: Draft) -> str:
    """Attach the form with the posted signature; returns a sentence if that failed."""
    try:
        strokes = signature(request.form, case.permohonan, case.channel.role)["signature"]
    except InvalidInput:
        strokes = ON_PAPER
    if strokes == ON_PAPER:
        return _("Belum ada tanda tangan yang terbaca. Tanda tangani di dalam kotak.")
    pdf = printouts.application_form(case.permohonan.edition, draft.answers, _signed(draft, strokes))
    try:
        user = current_user._get_current_object()
        screen_signature.attach(case.permohonan, pdf, layout.page_count(pdf), user, draft.answers)
    except storage.StorageError as refused:
        return _(str(refused))
    return ""


def _signed(draft: Draft, strokes: bytes) -> dict:
    """Return what is printed at the place to sign: the strokes, whose they are, when and with which account."""
    with force_locale(DEFAULT_LANGUAGE):
        at = office.moment_in_words(now())
    note = f"Ditandatangani di layar pada {at}, dengan akun {current_user.name} ({current_user.email})."
    return {"strokes": json.loads(strokes), "name": draft.answers.get("pemohon_nama", ""), "note": note}
