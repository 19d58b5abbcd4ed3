"""Filling in an application: beginning one, and its pages of fields; uploads and sending stand beside this."""

from collections.abc import Mapping
from types import MappingProxyType

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask_login import current_user

import workflow
from intake import applying, fields
from models import Edition, Permohonan, local, now, visible_as
from public import catalogue, doors, showing

LAST = {"unggahan": "Dokumen", "periksa": "Periksa dan kirim"}


def add_to(blueprint: Blueprint) -> None:
    both = ("GET", "POST")
    blueprint.add_url_rule("/permohonan/baru/<code>", "begin", begin, methods=both)
    blueprint.add_url_rule("/permohonan/<key>/isi", "resume", resume)
    blueprint.add_url_rule("/permohonan/<key>/isi/<section>", "fill", fill, methods=both)


@doors.signed_in
def begin(code: str):
    """Begin an application, or go on with one of the same service."""
    edition = catalogue.service(code) or abort(404)
    if request.method == "POST":
        permohonan = applying.begin(edition, owner=current_user._get_current_object())
        return redirect(url_for("public.resume", key=permohonan.key), 303)
    open_ones = [one for one in _of_service(edition) if not workflow.STATES[one.state].ends_clock]
    return render_template("public/begin.html", edition=edition, body=edition.body, open_ones=open_ones)


def _of_service(edition: Edition) -> list[Permohonan]:
    mine = visible_as(current_user, "applicant").where(Permohonan.layanan == edition.layanan_id)
    return list(mine.order_by(Permohonan.id.desc()).limit(5))


@doors.signed_in
def resume(key: str):
    """The first page that is not filled in yet."""
    permohonan = doors.own(key)
    draft = applying.Draft.get_or_none(applying.Draft.permohonan == permohonan.id)
    if draft is None or draft.open_keys is not None:
        return redirect(url_for("public.one", key=key), 303)
    for section in applying.sections(permohonan):
        _, errors, _ = fields.check_section(section, draft.answers | draft.typed, draft.answers)
        if errors:
            return redirect(url_for("public.fill", key=key, section=section["key"]), 303)
    return redirect(url_for("public.upload", key=key), 303)


@doors.signed_in
def fill(key: str, section: str):
    """One section: shown, or saved as far as it goes, right or wrong."""
    permohonan = doors.own(key)
    draft = applying.Draft.get_or_none(applying.Draft.permohonan == permohonan.id)
    if draft is None or draft.open_keys is not None:
        return redirect(url_for("public.one", key=key), 303)
    if section not in _steps(permohonan):
        abort(404)
    if request.method == "POST":
        return _save(permohonan, section)
    page = applying.page(permohonan, section)
    if request.args.get("periksa"):
        _, page.errors, page.warnings = fields.check_section(page.section, page.raw, draft.answers, applying.villages())
    return _shown(permohonan, page)


def _steps(permohonan: Permohonan) -> dict[str, str]:
    """Every page on the way, by the last part of its address."""
    return {section["key"]: section["title"]["id"] for section in applying.sections(permohonan)} | LAST


def step(permohonan: Permohonan, here: str) -> dict:
    """Where on the way a page stands: its number, how many there are, the addresses before and after."""
    steps = list(_steps(permohonan))
    place = steps.index(here)
    before = address(permohonan, steps[place - 1]) if place else url_for("public.one", key=permohonan.key)
    after = address(permohonan, steps[place + 1]) if here != steps[-1] else ""
    return {"place": place + 1, "of": len(steps), "before": before, "after": after}


def address(permohonan: Permohonan, page: str) -> str:
    """The address of one page on the way."""
    special = {"unggahan": "public.upload", "periksa": "public.check"}.get(page)
    if special:
        return url_for(special, key=permohonan.key)
    return url_for("public.fill", key=permohonan.key, section=page)


def _save(permohonan: Permohonan, section: str):
    form = _without_dropped_row(request.form)
    try:
        page = applying.save(permohonan, section, form, version(form))
    except applying.Conflict as conflict:
        return _settled(permohonan, section, form, conflict)
    except applying.Closed as closed:
        flash(str(closed), "warn")
        return redirect(url_for("public.one", key=permohonan.key), 303)
    return _onward(permohonan, page)


def version(form: Mapping) -> int:
    """The version of the draft that a page was made from; -1, which no draft has, where it is missing."""
    text = form.get("draft_version", "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else -1


def _without_dropped_row(form: Mapping) -> dict:
    dropped = form.get("drop")
    return {name: value for name, value in form.items() if not (dropped and name.startswith(f"{dropped}-"))}


def _onward(permohonan: Permohonan, page: applying.Page):
    form, here = request.form, page.section["key"]
    if form.get("more") or form.get("drop"):
        more = form.get("more")
        anchor = f"{more}-last" if more else None
        return redirect(url_for("public.fill", key=permohonan.key, section=here, more=more, _anchor=anchor), 303)
    if form.get("later"):
        flash(f"Tersimpan pukul {local(now()):%H.%M}. Lanjutkan kapan saja, juga dari ponsel lain.", "good")
        return redirect(url_for("public.mine"), 303)
    if page.errors:
        return _shown(permohonan, page), 422
    after = url_for("public.check", key=permohonan.key) if form.get("periksa") else step(permohonan, here)["after"]
    return redirect(after, 303)


def _settled(permohonan: Permohonan, section: str, form: dict, conflict: applying.Conflict):
    """The same page sent twice changes nothing; a different one is shown beside what was saved meanwhile."""
    saved = applying.page(permohonan, section)
    draft = applying.draft_of(permohonan)
    clean, errors, odd = fields.check_section(saved.section, form, draft.answers, applying.villages())
    own = [part["key"] for part in saved.section["fields"]]
    if not errors and all(clean.get(key) == draft.answers.get(key) for key in own):
        return _onward(permohonan, applying.Page(saved.section, dict(form), {}, odd, draft.version))
    page = applying.Page(saved.section, dict(form), errors, odd, draft.version)
    return _shown(permohonan, page, conflict=str(conflict), saved=draft.answers), 409


def _shown(
    permohonan: Permohonan, page: applying.Page, conflict: str = "", saved: Mapping = MappingProxyType({})
) -> str:
    draft, names = applying.draft_of(permohonan), applying.villages()
    more = request.args.get("more", "")
    sight = showing.Sight(page.raw, draft.answers, names, page.errors, page.warnings, more)
    laid = showing.boxes(page.section["fields"], sight)
    for box in laid if conflict else ():
        box.saved = fields.display(box.part, saved.get(box.part["key"]), names) or "kosong"
    way = step(permohonan, page.section["key"])
    return render_template(
        "public/fill.html", permohonan=permohonan, page=page, boxes=laid, way=way, conflict=conflict, draft=draft
    )
