"""Beginning an application, and its pages of fields; uploads and sending stand beside this."""

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

LAST = {"unggahan": "Dokumen", "periksa": "Periksa dan kirim"}
CHOOSE = "Pilih loket tempat permohonan ini diterima."
NOWHERE = "Anda belum ditempatkan di sebuah loket. Hubungi Tim TI."
SPECIAL = {"unggahan": "upload", "periksa": "check"}


def begin(side: Side, code: str):
    """Begin an application, or go on with one of the same service."""
    edition = catalogue.service(code) or abort(404)
    places = side.offices()
    place, (known, wrong) = _chosen(places or []), _asked_for(side)
    if places is not None and not place:
        wrong["office"] = CHOOSE if places else NOWHERE
    if request.method == "POST" and not wrong:
        permohonan = side.begin(edition, place, known)
        return redirect(side.url("resume", key=permohonan.key), 303)
    page = render_template(
        "filling/begin.html",
        side=side,
        edition=edition,
        body=edition.body,
        open_ones=side.unfinished(edition),
        places=places if len(places or ()) > 1 else [],
        nowhere=places == [],
        wrong=wrong if request.method == "POST" else {},
    )
    return page, 422 if request.method == "POST" else 200


def _asked_for(side: Side) -> tuple[dict, dict]:
    """Whose earlier answers are to be offered, by NIK: (what is known, what is wrong with it)."""
    typed = request.form.get("nik", "").strip() if side.for_others else ""
    try:
        return {"pemohon_nik": nik.clean_nik(typed, "NIK pemohon")} if typed else {}, {}
    except fields.Wrong as wrong:
        return {}, {"nik": str(wrong)}


def _chosen(places: list[Office]) -> Office | None:
    """The counter that was picked; where there is only one, nobody is asked."""
    code = request.form.get("office", "")
    return places[0] if len(places) == 1 else next((one for one in places if one.code == code), None)


def open_draft(case: Case) -> Draft | None:
    """The draft that is being filled in; None once it was sent or closed, and while a return is corrected."""
    draft = Draft.get_or_none(Draft.permohonan == case.permohonan.id)
    ended = workflow.STATES[case.permohonan.state].ends_clock
    return None if draft is None or ended or draft.open_keys is not None else draft


def resume(case: Case):
    """The page on which one was last; on a fresh draft, the first that is not filled in."""
    draft = open_draft(case)
    if draft is None:
        return case.to("one")
    if draft.page in _steps(case.permohonan):
        return redirect(address(case, draft.page), 303)
    for section in applying.sections(case.permohonan):
        _clean, errors, _odd = fields.check_section(section, draft.answers | draft.typed, draft.answers)
        if errors:
            return case.to("fill", section=section["key"])
    return case.to("upload")


def fill(case: Case, section: str):
    """One page of fields: shown, or saved as far as it goes, right or wrong."""
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
    """Every page on the way, by the last part of its address."""
    return {section["key"]: section["title"]["id"] for section in applying.sections(permohonan)} | LAST


def step(case: Case, here: str) -> dict:
    """Where on the way a page stands: its number, how many there are, the addresses before and after."""
    steps = list(_steps(case.permohonan))
    place = steps.index(here)
    before = address(case, steps[place - 1]) if place else case.url("one")
    after = address(case, steps[place + 1]) if here != steps[-1] else ""
    return {"place": place + 1, "of": len(steps), "before": before, "after": after}


def address(case: Case, page: str) -> str:
    """The address of one page on the way."""
    return case.url(SPECIAL[page]) if page in SPECIAL else case.url("fill", section=page)


def _in_background(case: Case, section: str) -> int:
    return saving.save(case.permohonan, section, request.form, *autosaving.marks(request.form)).version


def _save(case: Case, section: str):
    draft = applying.draft_of(case.permohonan)
    form = without_dropped_row(request.form)
    here = next(one for one in applying.sections(case.permohonan) if one["key"] == section)
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
    """What was posted without the row of a group whose button was pressed."""
    dropped = form.get("drop")
    return {name: value for name, value in form.items() if not (dropped and name.startswith(f"{dropped}-"))}


def _onward(case: Case, page: saving.Page):
    form, here = request.form, page.section["key"]
    if form.get("offer"):
        offering.answer(case, page.section)
        return case.to("fill", section=here)
    if form.get("more") or form.get("drop"):
        more = form.get("more")
        return case.to("fill", section=here, more=more, _anchor=f"{more}-last" if more else None)
    if form.get("later"):
        told = _("Tersimpan pukul %(time)s.", time=clock_time(local(now())))
        flash(f"{told} {case.side.words['later']}", "good")
        return redirect(case.side.home(), 303)
    double = _double(case, page.section, applying.draft_of(case.permohonan))
    if page.errors or doubling.stops(case, double, "aware" in form):
        return _shown(case, page), 422
    return redirect(case.url("check") if form.get("periksa") else step(case, here)["after"], 303)


def _double(case: Case, here: dict, draft: Draft) -> list[doubling.Notice]:
    """Other applications for the same thing, on the pages on which it is said what this one is for.

    A preview's is in no table, and asks after nobody.
    """
    told = duplicates.keys_of(case.permohonan) & {part["key"] for part in here["fields"]}
    return doubling.notices(case, draft.answers) if told and case.permohonan.id else []


def _settled(case: Case, here: dict, form: dict, conflict: str):
    """The same page sent twice changes nothing; a different one is shown beside what was saved meanwhile."""
    draft = applying.draft_of(case.permohonan)
    if comparing.differences(here, form, draft, applying.villages()):
        return _compared(case, here, form, conflict), 409
    _clean, errors, odd = fields.check_section(here, form, draft.answers, applying.villages())
    return _onward(case, saving.Page(here, form, errors, odd, draft.version))


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
        way=step(case, here["key"]),
    )


def _shown(case: Case, page: saving.Page) -> str:
    return drawn(case, page, applying.draft_of(case.permohonan))


def drawn(case: Case, page: saving.Page, draft: Draft) -> str:
    """A page of fields; its draft need not be in the database (the office previews what it prepares)."""
    names = applying.villages()
    sight = showing.Sight(page.raw, draft.answers, names, page.errors, page.warnings, request.args.get("more", ""))
    sight.homes = case.side.villages(case.permohonan)
    _version, writer, turn = autosaving.marks(request.form)
    return case.render(
        "filling/fill.html",
        page=page,
        parts=showing.parts(page.section, sight),
        way=step(case, page.section["key"]),
        draft=draft,
        double=_double(case, page.section, draft),
        offer=offering.offer(case, page.section, draft),
        writer=writer or keys.random_name(),
        turn=max(turn, 0),
    )
