"""A return being corrected: keeping what may change, and sending the application again; each side shows its page."""

from collections.abc import Mapping
from functools import partial

from flask import flash, redirect, request
from flask_babel import gettext as _

import history
from filling import addressing, applying, autosaving, performing, returned, uploading
from filling.returned import Kept, open_draft, view
from filling.side import Case
from intake import applying as intake
from intake import saving
from language import clock_time
from lib.database import local, now
from models import Draft, Permohonan

RESUBMIT = "resubmit"
STAYING = ("stay", "keep", "more", "drop", "later")  # buttons that keep something and send nothing


def one(case: Case):
    """The application's own page, with what is open for correction."""
    return case.side.page(case, view(case))


def correct(case: Case):
    """Keep what was replaced in a return, and send the application again."""
    permohonan, draft = case.permohonan, open_draft(case)
    if autosaving.asked():
        return autosaving.answer(partial(_in_background, permohonan, draft)) if draft else autosaving.closed()
    if request.method == "GET" or draft is None:
        return case.to("one")
    if request.form.get("remove"):
        uploading.remove(permohonan, request.form["remove"])
        return case.to("one", _anchor="perbaiki")
    kept, staying = keep(permohonan, draft), any(request.form.get(name) for name in STAYING)
    draft = open_draft(case) or draft
    if staying and not kept.conflict and (answer := _stay(case, kept)):
        return answer
    if not kept.errors and (answer := addressing.answered(case, draft, case.url("one"))):
        return answer
    if not (kept.errors or kept.conflict):
        kept.errors = addressing.settle(case, draft)
    if not (kept.errors or kept.conflict):
        done = performing.perform(permohonan, RESUBMIT, {})
        kept.errors = done.errors
        if done.happened:
            flash(case.side.words["corrected"], "good")
    if kept.errors or kept.conflict:
        return case.side.page(case, view(case, kept)), 409 if kept.conflict else 422
    return case.to("one")


def _stay(case: Case, kept: Kept):
    """Back to the page, or to the list; a row more or less and a later day complain about no field."""
    form = request.form
    of_files = [name for name in kept.errors if name.startswith(("upload-", "reason-"))]
    if of_files or (kept.errors and (form.get("stay") or form.get("keep"))):
        return None
    if form.get("later"):
        told = _("Tersimpan pukul %(time)s.", time=clock_time(local(now())))
        flash(f"{told} {case.side.words['later']}", "good")
        return redirect(case.side.home(), 303)
    more = form.get("more")
    return case.to("one", more=more, _anchor=f"{more}-last" if more else "perbaiki")


def keep(permohonan: Permohonan, draft: Draft) -> Kept:
    """Keep the files and fields that were posted, as far as they are open."""
    form = applying.without_dropped_row(request.form)
    errors = _keep_files(permohonan, frozenset(draft.open_keys))
    try:
        return Kept(errors | _keep_fields(permohonan, draft, form), form)
    except saving.Conflict as conflict:
        return Kept(errors, form, str(conflict))


def _in_background(permohonan: Permohonan, draft: Draft) -> int:
    _keep_fields(permohonan, draft, request.form)
    return intake.draft_of(permohonan).version


def _keep_fields(permohonan: Permohonan, draft: Draft, form: Mapping) -> dict[str, str]:
    """What the page showed: all that fell short, and of what was opened besides only what was posted."""
    marks, errors = autosaving.marks(request.form), dict[str, str]()
    shown = {fault.key for fault in history.open_faults(permohonan)} | {name.split("-")[0] for name in request.form}
    here = shown & set(draft.open_keys)
    for section in intake.sections(permohonan):
        if here & {part["key"] for part in section["fields"]}:
            page = saving.save(permohonan, section["key"], form, *marks, keys=here)
            errors |= {name: said for name, said in page.errors.items() if name.split("-")[0] in draft.open_keys}
    return errors


def _keep_files(permohonan: Permohonan, open_keys: frozenset[str]) -> dict[str, str]:
    """Keep the new files, in place of the old ones where the page says so, and the reasons of doubted ones."""
    seen = returned.seen_files(permohonan)
    old = {key: files for key, files in seen.items() if request.form.get(f"replace-{key}") == "ya"}
    return uploading.keep_all(permohonan, open_keys, old) | uploading.overrule_all(permohonan)
