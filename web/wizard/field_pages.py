"""The wizard's first page and its pages of fields: begin, resume, show, save, resolve conflicts."""

from collections.abc import Callable, Collection, Mapping
from functools import wraps

from flask import abort, flash, redirect, render_template, request
from flask_babel import gettext as _

import workflow
from catalogue import closed_services, definition_parts, fields, nik, page_layout
from intake import answer_validation, autosave, drafts, duplicates
from lib import encryption
from lib.database import local, now
from lib.i18n import format_time
from lib.text_normalization import is_blank
from models import Draft, Edition, Office, Permohonan
from web import service_directory
from web.wizard import background_save, copied_from, duplicate_notices, edit_conflict, form_fields, prefill_offer
from web.wizard.channel import ApplicationInChannel, Channel

LAST_STEPS = {"unggahan": "Dokumen", "periksa": "Periksa dan kirim"}  # the steps after the pages of fields
CHOOSE_OFFICE = "Pilih loket tempat permohonan ini diterima."
NO_OFFICE = "Anda belum ditempatkan di sebuah loket. Hubungi Tim TI."
STEP_ENDPOINTS = {"unggahan": "upload", "periksa": "check"}


def closed_or(channel: Channel, view: Callable) -> Callable:
    """Wrap the view that begins, so that no applicant has to sign in to be told that a service is none any more."""

    @wraps(view)
    def begin_or_closed(code: str):
        known = channel.for_others or service_directory.find_service(code)
        closed = None if known else closed_services.find_closed(code)
        return redirect(channel.about(closed.edition), 303) if closed else view(code=code)

    return begin_or_closed


def begin(channel: Channel, code: str):
    """Show the first page of a service's wizard; on POST, create the application or resume an untouched one."""
    edition = service_directory.find_service(code)
    if edition is None:
        closed = closed_services.find_closed(code) or abort(404)
        flash(closed.sentence, "warn")
        door = closed.instead if closed.joined else None
        return redirect(channel.url("begin", code=door.layanan.code) if door else channel.about(closed.edition), 303)
    places = channel.offices()
    place, (known, wrong) = _chosen_office(places or []), typed_nik(channel)
    if places is not None and not place:
        wrong["office"] = CHOOSE_OFFICE if places else NO_OFFICE
    begun = _begun_for(channel, edition, known) if "seen" not in request.form else []
    if request.method == "POST" and not wrong and not begun:
        permohonan = channel.begin(edition, place, known)
        return redirect(channel.url("resume", key=permohonan.key), 303)
    page = render_template(
        "wizard/start.html",
        channel=channel,
        edition=edition,
        body=edition.body,
        open_ones=begun or channel.unfinished_applications(edition),
        places=places if len(places or ()) > 1 else [],
        nowhere=places == [],
        wrong=wrong if request.method == "POST" else {},
    )
    return page, 422 if request.method == "POST" and wrong else 200


def _begun_for(channel: Channel, edition: Edition, known: Mapping) -> list[Permohonan]:
    """Return the drafts of this service that were begun for the same NIK, which are offered before a new one."""
    open_ones = channel.unfinished_applications(edition) if known else []
    touched = Draft.select().where(Draft.permohonan.in_(open_ones), Draft.version > 0)
    same = {draft.permohonan_id for draft in touched if known.items() <= draft.answers.items()}
    return [one for one in open_ones if one.id in same]


def typed_nik(channel: Channel) -> tuple[dict, dict]:
    """Validate the NIK typed at a counter, by which earlier answers are found: (answers to begin with, errors)."""
    typed = request.form.get("nik", "") if channel.for_others else ""
    try:
        return {} if is_blank(typed) else {"pemohon_nik": nik.clean_nik(typed, "NIK pemohon")}, {}
    except fields.InvalidAnswer as wrong:
        return {}, {"nik": str(wrong)}


def _chosen_office(places: list[Office]) -> Office | None:
    """Return the counter that was chosen; the only one where there is no choice."""
    code = request.form.get("office", "")
    return places[0] if len(places) == 1 else next((place for place in places if place.code == code), None)


def draft_to_fill(case: ApplicationInChannel) -> Draft | None:
    """Return the draft that is being filled in; None after submission or closing, and during a correction."""
    draft = Draft.get_or_none(Draft.permohonan == case.permohonan.id)
    ended = workflow.STATES[case.permohonan.state].ends_clock
    return None if draft is None or ended or draft.open_keys is not None else draft


def resume(case: ApplicationInChannel):
    """Redirect to the page that was opened last; on a new draft, to the first with errors."""
    draft = draft_to_fill(case)
    if draft is None:
        return case.redirect_to("one")
    if draft.page in _steps(case.permohonan):
        return redirect(step_url(case, draft.page), 303)
    for page in drafts.form_pages(case.permohonan):
        _clean, errors, _warnings = answer_validation.validate_page(
            case.permohonan, draft, page, draft.answers | draft.typed
        )
        if errors:
            return case.redirect_to("fill", section=page["key"])
    return case.redirect_to("upload")


def fill(case: ApplicationInChannel, section: str):
    """Show a page of fields; on POST, save its answers, valid or not."""
    draft = draft_to_fill(case)
    if draft is None:
        return background_save.not_editable() if background_save.is_autosave() else case.redirect_to("one")
    if section in LAST_STEPS or section not in _steps(case.permohonan):
        page_key = page_layout.page_of_section(drafts.form_pages(case.permohonan), section) or abort(404)
        return case.redirect_to("fill", section=page_key, _anchor=f"bagian-{section}")
    if background_save.is_autosave():
        return background_save.save_and_report(lambda: _autosave(case, section))
    if request.method == "POST":
        return _save_posted(case, section)
    if "X-Requested-With" not in request.headers:  # a script that looks after what was typed here before
        autosave.remember_page(draft, section)
    page = autosave.load_page(case.permohonan, section)
    if request.args.get("periksa"):
        names = drafts.village_names()
        checked = answer_validation.validate_page(case.permohonan, draft, page.section, page.raw, names)
        _clean, page.errors, page.warnings = checked
    return _render(case, page)


def _steps(permohonan: Permohonan) -> dict[str, str]:
    """Return the titles of the wizard's steps by the last part of their paths."""
    return {page["key"]: page["title"]["id"] for page in drafts.form_pages(permohonan)} | LAST_STEPS


def progress(case: ApplicationInChannel, here: str) -> dict:
    """Return the progress for a step: its number, the number of steps, the URLs of the steps before and after."""
    kept = case.permohonan.id  # a preview's application is in no table and has no draft
    silent = _silent_pages(case.permohonan, drafts.get_draft(case.permohonan)) - {here} if kept else set()
    steps = [step for step in _steps(case.permohonan) if step not in silent]
    place = steps.index(here)
    before = step_url(case, steps[place - 1]) if place else case.url("one")
    after = step_url(case, steps[place + 1]) if here != steps[-1] else ""
    return {"place": place + 1, "of": len(steps), "before": before, "after": after}


def _silent_pages(permohonan: Permohonan, draft: Draft) -> set[str]:
    """Return the keys of the pages on which the answers leave nothing to ask: a foundling's parents."""
    pages = drafts.form_pages(permohonan)
    return {page["key"] for page in pages if not any(fields.is_shown(field, draft.answers) for field in page["fields"])}


def step_url(case: ApplicationInChannel, page: str) -> str:
    """Return the URL of a step."""
    return case.url(STEP_ENDPOINTS[page]) if page in STEP_ENDPOINTS else case.url("fill", section=page)


def _autosave(case: ApplicationInChannel, section: str) -> int:
    return autosave.save_page(case.permohonan, section, request.form, *background_save.save_stamp(request.form)).version


def _save_posted(case: ApplicationInChannel, section: str):
    draft = drafts.get_draft(case.permohonan)
    form = without_removed_row(request.form)
    here = next(page for page in drafts.form_pages(case.permohonan) if page["key"] == section)
    form, open_ones = edit_conflict.apply_choices(here, form, draft)
    if open_ones:
        return _render_conflict(case, here, form, edit_conflict.CHOOSE_VALUE, open_ones), 422
    try:
        page = autosave.save_page(case.permohonan, section, form, *background_save.save_stamp(form))
    except autosave.SaveConflict as conflict:
        return _resolve_conflict(case, here, form, str(conflict))
    except drafts.DraftNotEditable as closed:
        flash(str(closed), "warn")
        return case.redirect_to("one")
    background_save.confirm(form)
    return _next_page(case, page)


def without_removed_row(form: Mapping) -> dict:
    """Return the posted form without the group's row whose "remove" button was pressed."""
    removed = form.get("drop")
    return {name: value for name, value in form.items() if not (removed and name.startswith(f"{removed}-"))}


def saved_for_later(case: ApplicationInChannel):
    """Redirect to the list of applications, with the time of the save."""
    saved = _("Tersimpan pukul %(time)s.", time=format_time(local(now())))
    flash(f"{saved} {case.channel.words['later']}", "good")
    return redirect(case.channel.home_url(), 303)


def _next_page(case: ApplicationInChannel, page: autosave.PageState):
    form, here = request.form, page.section["key"]
    if form.get("offer"):
        prefill_offer.accept_or_refuse(case, page.section)
        complete = form["offer"] == "take" and _is_complete(case, page.section, drafts.get_draft(case.permohonan))
        return redirect(_next_open_step(case, here), 303) if complete else case.redirect_to("fill", section=here)
    if form.get("more") or form.get("drop"):
        more = form.get("more")
        return case.redirect_to("fill", section=here, more=more, _anchor=f"{more}-last" if more else None)
    if form.get("later"):
        return saved_for_later(case)
    double = _duplicate_notices(case, page.section, drafts.get_draft(case.permohonan))
    page.warnings |= dict.fromkeys(page.proposed, _("Diisi dari NIK. Periksa lagi."))
    if page.errors or duplicate_notices.is_blocking(case, double, "aware" in form):
        return _render(case, page), 422
    if page.proposed:  # it was sent without the page's script, so nobody has seen them yet
        flash(_("Isian yang kosong kami lengkapi dari NIK. Periksa, lalu lanjutkan."), "good")
        return case.redirect_to("fill", section=here, _anchor=page.proposed[0])
    return redirect(case.url("check") if form.get("periksa") else _next_open_step(case, here), 303)


def _next_open_step(case: ApplicationInChannel, here: str) -> str:
    """Return the URL of the next step; pages that were filled in before and need nothing more are passed over."""
    draft, steps = drafts.get_draft(case.permohonan), list(_steps(case.permohonan))
    done = {page["key"] for page in drafts.form_pages(case.permohonan) if _is_complete(case, page, draft)}
    done |= _silent_pages(case.permohonan, draft)
    return step_url(case, next(step for step in steps[steps.index(here) + 1 :] if step not in done))


def _is_complete(case: ApplicationInChannel, page: dict, draft: Draft) -> bool:
    """Say whether a page was saved before, by its button or by taking an offer, and has no errors."""
    if page["key"] not in draft.saves:
        return False
    _clean, errors, _warnings = answer_validation.validate_page(
        case.permohonan, draft, page, draft.answers | draft.typed
    )
    return not errors


def _duplicate_notices(case: ApplicationInChannel, here: dict, draft: Draft) -> list[duplicate_notices.DuplicateNotice]:
    """Return the notices of duplicates, on pages with a field that the duplicate rule compares.

    The application of a preview isn't in the database and has none.
    """
    compared = duplicates.identifying_keys(case.permohonan) & {field["key"] for field in here["fields"]}
    return duplicate_notices.notices_for(case, draft.answers) if compared and case.permohonan.id else []


def _resolve_conflict(case: ApplicationInChannel, here: dict, form: dict, conflict: str):
    """Show both values of each field that differs after a conflict; if none does, continue as after a save."""
    draft = drafts.get_draft(case.permohonan)
    if edit_conflict.find_differences(here, form, draft, drafts.village_names()):
        return _render_conflict(case, here, form, conflict), 409
    names = drafts.village_names()
    _clean, errors, warnings = answer_validation.validate_page(case.permohonan, draft, here, form, names)
    background_save.confirm(form)
    return _next_page(case, autosave.PageState(here, form, errors, warnings, draft.version))


def _render_conflict(
    case: ApplicationInChannel, here: dict, form: dict, lead: str, open_ones: Collection[str] = ()
) -> str:
    draft = drafts.get_draft(case.permohonan)
    return case.render(
        "wizard/conflict.html",
        page=here,
        found=edit_conflict.find_differences(here, form, draft, drafts.village_names()),
        kept=edit_conflict.carried_values(here, form),
        version=draft.version,
        marks=background_save.save_stamp(form),
        lead=lead,
        open_ones=open_ones,
        progress=progress(case, here["key"]),
    )


def _render(case: ApplicationInChannel, page: autosave.PageState) -> str:
    return render_page(case, page, drafts.get_draft(case.permohonan))


def render_page(case: ApplicationInChannel, page: autosave.PageState, draft: Draft) -> str:
    """Render a page of fields; its draft need not be in the database (a preview's isn't)."""
    names, more = drafts.village_names(), request.args.get("more", "")
    context = form_fields.FormContext(page.raw, draft.answers, names, page.errors, page.warnings, more)
    context.every = definition_parts.fields_by_key(case.permohonan.edition.body)
    context.home_villages = case.channel.villages(case.permohonan)
    _version, writer, turn = background_save.save_stamp(request.form)
    return case.render(
        "wizard/section.html",
        page=page,
        parts=form_fields.fields_by_section(page.section, context),
        progress=progress(case, page.section["key"]),
        draft=draft,
        double=_duplicate_notices(case, page.section, draft),
        offer=prefill_offer.build_offer(case, page.section, draft),
        copied=copied_from.earlier_faults(case),
        writer=writer or encryption.random_token(),
        turn=max(turn, 0),
    )
