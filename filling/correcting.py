"""Correction of a returned application: saves what may change, and resubmits; each channel renders its own page."""

from collections.abc import Mapping
from functools import partial

from flask import flash, request

import history
from filling import addressing, applying, autosaving, performing, returned, uploading
from filling.returned import Kept, open_draft, view
from filling.side import Case
from intake import applying as drafts
from intake import saving
from models import Draft, Permohonan

RESUBMIT = "resubmit"
STAYING = ("stay", "keep", "more", "drop", "later")  # buttons that save without resubmitting


def one(case: Case):
    """Show the application's own page, with its correction form if it was returned."""
    return case.channel.page(case, view(case))


def correct(case: Case):
    """Save the correction and resubmit the application, or stay on the page, by the button that was pressed."""
    permohonan, draft = case.permohonan, open_draft(case)
    if autosaving.asked():
        return autosaving.answer(partial(_in_background, permohonan, draft)) if draft else autosaving.closed()
    if request.method == "GET" or draft is None:
        return case.to("one")
    if request.form.get("remove"):
        uploading.remove(permohonan, request.form["remove"])
        return case.to("one", _anchor="perbaiki")
    saved, staying = keep(permohonan, draft), any(request.form.get(name) for name in STAYING)
    draft = open_draft(case) or draft
    if staying and not saved.conflict and (response := _stay(case, saved)):
        return response
    if not saved.errors and (response := addressing.answered(case, draft, case.url("one"))):
        return response
    if not (saved.errors or saved.conflict):
        saved.errors = addressing.settle(case, draft)
    if not (saved.errors or saved.conflict):
        result = performing.perform(permohonan, RESUBMIT, {})
        saved.errors = result.errors
        if result.happened:
            flash(case.channel.words["corrected"], "good")
    if saved.errors or saved.conflict:
        return case.channel.page(case, view(case, saved)), 409 if saved.conflict else 422
    return case.to("one")


def _stay(case: Case, saved: Kept):
    """Redirect back to the page or to the list; None if errors must be shown.

    Adding or removing a row and "later" ignore errors of fields.
    """
    form = request.form
    of_files = [name for name in saved.errors if name.startswith(("upload-", "reason-"))]
    if of_files or (saved.errors and (form.get("stay") or form.get("keep"))):
        return None
    if form.get("later"):
        return applying.saved_for_later(case)
    more = form.get("more")
    return case.to("one", more=more, _anchor=f"{more}-last" if more else "perbaiki")


def keep(permohonan: Permohonan, draft: Draft) -> Kept:
    """Save the posted files and fields that are open for correction."""
    form = applying.without_dropped_row(request.form)
    errors = _keep_files(permohonan, frozenset(draft.open_keys))
    try:
        return Kept(errors | _keep_fields(permohonan, draft, form), form)
    except saving.Conflict as conflict:
        return Kept(errors, form, str(conflict))


def _in_background(permohonan: Permohonan, draft: Draft) -> int:
    _keep_fields(permohonan, draft, request.form)
    return drafts.draft_of(permohonan).version


def _keep_fields(permohonan: Permohonan, draft: Draft, form: Mapping) -> dict[str, str]:
    """Save the open fields that the page showed: those with a deficiency, and others only if they were posted."""
    stamp, errors = autosaving.marks(request.form), dict[str, str]()
    deficient = {deficiency.key for deficiency in history.open_deficiencies(permohonan)}
    shown = deficient | {name.split("-")[0] for name in request.form}
    here = shown & set(draft.open_keys)
    for page in drafts.sections(permohonan):
        if here & {field["key"] for field in page["fields"]}:
            state = saving.save(permohonan, page["key"], form, *stamp, keys=here)
            errors |= {name: text for name, text in state.errors.items() if name.split("-")[0] in draft.open_keys}
    return errors


def _keep_files(permohonan: Permohonan, open_keys: frozenset[str]) -> dict[str, str]:
    """Attach the new files, replacing the seen ones where the form says so, and store reasons for keeping files."""
    seen = returned.seen_files(permohonan)
    old = {key: files for key, files in seen.items() if request.form.get(f"replace-{key}") == "ya"}
    return uploading.keep_all(permohonan, open_keys, old) | uploading.overrule_all(permohonan)
