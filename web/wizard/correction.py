"""Correction of a returned application: saves what may change, and resubmits; each channel renders its own page."""

from collections.abc import Mapping
from functools import partial

from flask import flash, request
from flask_login import current_user

from casework import timeline, transitions
from intake import autosave, drafts
from models import Draft, Permohonan
from web.wizard import actions, background_save, correction_form, email_code, field_pages, upload_page
from web.wizard.channel import ApplicationInChannel
from web.wizard.correction_form import SaveResult, build_correction, draft_to_correct

RESUBMIT = "resubmit"
STAY_BUTTONS = ("stay", "keep", "more", "drop", "later")  # buttons that save without resubmitting


def show_application(case: ApplicationInChannel):
    """Show the application's own page, with its correction form if it was returned."""
    return case.channel.page(case, build_correction(case))


def correct(case: ApplicationInChannel):
    """Save the correction and resubmit the application, or stay on the page, by the button that was pressed."""
    permohonan, draft = case.permohonan, draft_to_correct(case)
    if background_save.is_autosave():
        if draft is None:
            return background_save.not_editable()
        return background_save.save_and_report(partial(_autosave, permohonan, draft))
    if request.method == "GET" or draft is None:
        _say_who_was_first(case)
        return case.redirect_to("one")
    if request.form.get("remove"):
        upload_page.remove_file(permohonan, request.form["remove"])
        return case.redirect_to("one", _anchor="perbaiki")
    saved, staying = save_correction(permohonan, draft), any(request.form.get(name) for name in STAY_BUTTONS)
    if not saved.conflict:
        background_save.confirm(request.form)
    draft = draft_to_correct(case) or draft
    if staying and not saved.conflict and (response := _back_to_page(case, saved)):
        return response
    if not saved.errors and (response := email_code.handle_button(case, draft, case.url("one"))):
        return response
    if not (saved.errors or saved.conflict):
        saved.errors = email_code.verify_typed_code(case, draft)
    if not (saved.errors or saved.conflict):
        result = actions.perform_action(permohonan, RESUBMIT, {})
        saved.errors = result.errors
        if result.happened:
            flash(case.channel.words["corrected"], "good")
    if saved.errors or saved.conflict:
        return case.channel.page(case, build_correction(case, saved)), 409 if saved.conflict else 422
    return case.redirect_to("one")


def _say_who_was_first(case: ApplicationInChannel) -> None:
    """Flash what happened meanwhile, where somebody presses on a page whose correction is closed: it was undone."""
    user = current_user._get_current_object()
    if request.method == "POST" and not transitions.was_performed_by(user, case.permohonan, RESUBMIT):
        flash(str(transitions.already_done(case.permohonan)), "warn")


def _back_to_page(case: ApplicationInChannel, saved: SaveResult):
    """Redirect back to the page or to the list; None if errors must be shown.

    Adding or removing a row and "later" ignore errors of fields.
    """
    form = request.form
    of_files = [name for name in saved.errors if name.startswith(("upload-", "reason-"))]
    if of_files or (saved.errors and (form.get("stay") or form.get("keep"))):
        return None
    if form.get("later"):
        return field_pages.saved_for_later(case)
    more = form.get("more")
    return case.redirect_to("one", more=more, _anchor=f"{more}-last" if more else "perbaiki")


def save_correction(permohonan: Permohonan, draft: Draft) -> SaveResult:
    """Save the posted files and fields that are open for correction."""
    form = field_pages.without_removed_row(request.form)
    errors = _save_files(permohonan, frozenset(draft.open_keys))
    try:
        return SaveResult(errors | _save_fields(permohonan, draft, form), form)
    except autosave.SaveConflict as conflict:
        return SaveResult(errors, form, str(conflict))


def _autosave(permohonan: Permohonan, draft: Draft) -> int:
    _save_fields(permohonan, draft, request.form)
    return drafts.get_draft(permohonan).version


def _save_fields(permohonan: Permohonan, draft: Draft, form: Mapping) -> dict[str, str]:
    """Save the open fields that the page showed: those with a deficiency, and others only if they were posted."""
    stamp, errors = background_save.save_stamp(request.form), dict[str, str]()
    deficient = {deficiency.key for deficiency in timeline.open_deficiencies(permohonan)}
    shown = deficient | {name.split("-")[0] for name in request.form}
    here = shown & set(draft.open_keys)
    for page in drafts.form_pages(permohonan):
        if here & {field["key"] for field in page["fields"]}:
            state = autosave.save_page(permohonan, page["key"], form, *stamp, keys=here)
            errors |= {name: text for name, text in state.errors.items() if name.split("-")[0] in draft.open_keys}
    return errors


def _save_files(permohonan: Permohonan, open_keys: frozenset[str]) -> dict[str, str]:
    """Attach the new files, replacing the seen ones where the form says so, and store reasons for keeping files."""
    seen = correction_form.seen_files(permohonan)
    old = {key: files for key, files in seen.items() if request.form.get(f"replace-{key}") == "ya"}
    return upload_page.attach_posted(permohonan, open_keys, old) | upload_page.override_posted(permohonan)
