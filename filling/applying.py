"""The wizard's first page and its pages of fields: begin, resume, show, save, resolve conflicts."""

from collections.abc import Collection, Mapping

from flask import abort, flash, redirect, render_template, request
from flask_babel import gettext as _

import keys
import workflow
from filling import autosaving, catalogue, comparing, doubling, offering, showing
from filling.side import Case, Side
from intake import applying, duplicates, fields, nik, pages, saving
from language import clock_time
from lib.database import local, now
from models import Draft, Office, Permohonan

LAST = {"unggahan": "Dokumen", "periksa": "Periksa dan kirim"}  # the steps after the pages of fields
CHOOSE = "Pilih loket tempat permohonan ini diterima."
NOWHERE = "Anda belum ditempatkan di sebuah loket. Hubungi Tim TI."
SPECIAL = {"unggahan": "upload", "periksa": "check"}


def begin(channel: Side, code: str):
    """Show the first page of a service's wizard; on POST, create the application or resume an untouched one."""
    edition = catalogue.service(code) or abort(404)
    places = channel.offices()
    place, (known, wrong) = _chosen(places or []), _asked_for(channel)
    if places is not None and not place:
        wrong["office"] = CHOOSE if places else NOWHERE
    if request.method == "POST" and not wrong:
        permohonan = channel.begin(edition, place, known)
        return redirect(channel.url("resume", key=permohonan.key), 303)
    page = render_template(
        "filling/begin.html",
        channel=channel,
        edition=edition,
        body=edition.body,
        open_ones=channel.unfinished(edition),
        places=places if len(places or ()) > 1 else [],
        nowhere=places == [],
        wrong=wrong if request.method == "POST" else {},
    )
    return page, 422 if request.method == "POST" else 200


def _asked_for(channel: Side) -> tuple[dict, dict]:
    """Validate the NIK typed at a counter, by which earlier answers are found: (answers to begin with, errors)."""
    typed = request.form.get("nik", "").strip() if channel.for_others else ""
    try:
        return {"pemohon_nik": nik.clean_nik(typed, "NIK pemohon")} if typed else {}, {}
    except fields.Wrong as wrong:
        return {}, {"nik": str(wrong)}


def _chosen(places: list[Office]) -> Office | None:
    """Return the counter that was chosen; the only one where there is no choice."""
    code = request.form.get("office", "")
    return places[0] if len(places) == 1 else next((place for place in places if place.code == code), None)


def open_draft(case: Case) -> Draft | None:
    """Return the draft that is being filled in; None after submission or closing, and during a correction."""
    draft = Draft.get_or_none(Draft.permohonan == case.permohonan.id)
    ended = workflow.STATES[case.permohonan.state].ends_clock
    return None if draft is None or ended or draft.open_keys is not None else draft


def resume(case: Case):
    """Redirect to the page that was opened last; on a new draft, to the first with errors."""
    draft = open_draft(case)
    if draft is None:
        return case.to("one")
    if draft.page in _steps(case.permohonan):
        return redirect(address(case, draft.page), 303)
    for page in applying.sections(case.permohonan):
        _clean, errors, _warnings = fields.check_section(page, draft.answers | draft.typed, draft.answers)
        if errors:
            return case.to("fill", section=page["key"])
    return case.to("upload")


def fill(case: Case, section: str):
    """Show a page of fields; on POST, save its answers, valid or not."""
    draft = open_draft(case)
    if draft is None:
        return autosaving.closed() if autosaving.asked() else case.to("one")
    if section in LAST or section not in _steps(case.permohonan):
        page_key = pages.holding(applying.sections(case.permohonan), section) or abort(404)
        return case.to("fill", section=page_key, _anchor=f"bagian-{section}")
    if autosaving.asked():
        return autosaving.answer(lambda: _in_background(case, section))
    if request.method == "POST":
        return _save(case, section)
    saving.remember(draft, section)
    page = saving.page(case.permohonan, section)
    if request.args.get("periksa"):
        _clean, page.errors, page.warnings = fields.check_section(
            page.section, page.raw, draft.answers, applying.villages()
        )
    return _shown(case, page)


def _steps(permohonan: Permohonan) -> dict[str, str]:
    """Return the titles of the wizard's steps by the last part of their paths."""
    return {page["key"]: page["title"]["id"] for page in applying.sections(permohonan)} | LAST


def step(case: Case, here: str) -> dict:
    """Return the progress for a step: its number, the number of steps, the URLs of the steps before and after."""
    steps = list(_steps(case.permohonan))
    place = steps.index(here)
    before = address(case, steps[place - 1]) if place else case.url("one")
    after = address(case, steps[place + 1]) if here != steps[-1] else ""
    return {"place": place + 1, "of": len(steps), "before": before, "after": after}


def address(case: Case, page: str) -> str:
    """Return the URL of a step."""
    return case.url(SPECIAL[page]) if page in SPECIAL else case.url("fill", section=page)


def _in_background(case: Case, section: str) -> int:
    return saving.save(case.permohonan, section, request.form, *autosaving.marks(request.form)).version


def _save(case: Case, section: str):
    draft = applying.draft_of(case.permohonan)
    form = without_dropped_row(request.form)
    here = next(page for page in applying.sections(case.permohonan) if page["key"] == section)
    form, open_ones = comparing.chosen(here, form, draft)
    if open_ones:
        return _compared(case, here, form, comparing.CHOOSE, open_ones), 422
    try:
        page = saving.save(case.permohonan, section, form, *autosaving.marks(form))
    except saving.Conflict as conflict:
        return _settled(case, here, form, str(conflict))
    except applying.Closed as closed:
        flash(str(closed), "warn")
        return case.to("one")
    return _onward(case, page)


def without_dropped_row(form: Mapping) -> dict:
    """Return the posted form without the group's row whose "remove" button was pressed."""
    removed = form.get("drop")
    return {name: value for name, value in form.items() if not (removed and name.startswith(f"{removed}-"))}


def saved_for_later(case: Case):
    """Redirect to the list of applications, with the time of the save."""
    saved = _("Tersimpan pukul %(time)s.", time=clock_time(local(now())))
    flash(f"{saved} {case.channel.words['later']}", "good")
    return redirect(case.channel.home(), 303)


def _onward(case: Case, page: saving.Page):
    form, here = request.form, page.section["key"]
    if form.get("offer"):
        offering.answer(case, page.section)
        return case.to("fill", section=here)
    if form.get("more") or form.get("drop"):
        more = form.get("more")
        return case.to("fill", section=here, more=more, _anchor=f"{more}-last" if more else None)
    if form.get("later"):
        return saved_for_later(case)
    double = _double(case, page.section, applying.draft_of(case.permohonan))
    if page.errors or doubling.stops(case, double, "aware" in form):
        return _shown(case, page), 422
    return redirect(case.url("check") if form.get("periksa") else step(case, here)["after"], 303)


def _double(case: Case, here: dict, draft: Draft) -> list[doubling.Notice]:
    """Return the notices of duplicates, on pages with a field that the duplicate rule compares.

    The application of a preview isn't in the database and has none.
    """
    compared = duplicates.keys_of(case.permohonan) & {field["key"] for field in here["fields"]}
    return doubling.notices(case, draft.answers) if compared and case.permohonan.id else []


def _settled(case: Case, here: dict, form: dict, conflict: str):
    """Show both values of each field that differs after a conflict; if none does, continue as after a save."""
    draft = applying.draft_of(case.permohonan)
    if comparing.differences(here, form, draft, applying.villages()):
        return _compared(case, here, form, conflict), 409
    _clean, errors, warnings = fields.check_section(here, form, draft.answers, applying.villages())
    return _onward(case, saving.Page(here, form, errors, warnings, draft.version))


def _compared(case: Case, here: dict, form: dict, lead: str, open_ones: Collection[str] = ()) -> str:
    draft = applying.draft_of(case.permohonan)
    return case.render(
        "filling/compare.html",
        page=here,
        found=comparing.differences(here, form, draft, applying.villages()),
        kept=comparing.kept(here, form),
        version=draft.version,
        marks=autosaving.marks(form),
        lead=lead,
        open_ones=open_ones,
        progress=step(case, here["key"]),
    )


def _shown(case: Case, page: saving.Page) -> str:
    return drawn(case, page, applying.draft_of(case.permohonan))


def drawn(case: Case, page: saving.Page, draft: Draft) -> str:
    """Render a page of fields; its draft need not be in the database (a preview's isn't)."""
    names = applying.villages()
    context = showing.Sight(page.raw, draft.answers, names, page.errors, page.warnings, request.args.get("more", ""))
    context.home_villages = case.channel.villages(case.permohonan)
    _version, writer, turn = autosaving.marks(request.form)
    return case.render(
        "filling/fill.html",
        page=page,
        parts=showing.parts(page.section, context),
        progress=step(case, page.section["key"]),
        draft=draft,
        double=_double(case, page.section, draft),
        offer=offering.offer(case, page.section, draft),
        writer=writer or keys.random_name(),
        turn=max(turn, 0),
    )
