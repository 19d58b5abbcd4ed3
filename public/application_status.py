"""Applications of the signed-in applicant: the list, and a status page with timeline, documents and actions."""

from dataclasses import dataclass
from datetime import timedelta
from typing import NamedTuple

import peewee as pw
from flask import Blueprint, render_template
from flask_babel import gettext as _
from flask_login import current_user

import office
import workflow
from accounts.reach import visible_as
from casework import timeline
from casework.inputs.days import pickup_place
from documents import preparation
from intake import revision_diff, submission
from lib import fast_sql
from lib.database import local, now
from lib.i18n import format_time, localized
from models import Deficiency, Document, Draft, Edition, Handover, Notice, Permohonan, Revision
from public import access, applicant_actions, page_cache, share_message
from web.wizard import ApplicationInChannel, correction_form
from web.wizard.copy_view import can_copy

MAX_LISTED = 100  # applications on the list
RECENT_DRAFT = timedelta(days=14)  # drafts edited since then are offered first
ACTIONS_WITH_OWN_PAGE = ("submit", "resubmit")


@dataclass
class TimelineStep:
    """A step of the applicant's timeline: done, current or to come."""

    name: str
    mark: str  # done | now | ""
    tone: str = ""
    line: timeline.TimelineEntry | None = None
    who: str = ""


@dataclass
class PickupSlot:
    """Time and place of pickup, and the originals to bring."""

    number: str
    day: str
    hours: str
    place: str
    bring: list[str]
    optional: bool  # the applicant has the PDF
    passed: bool  # its day


class RelatedRows(NamedTuple):
    """The database rows that the status page shows besides the application's own; part of its cache key."""

    events: tuple[tuple, ...]  # of timeline
    notices: tuple[tuple, ...]  # newest first
    has_receipt: bool
    was_returned: bool  # a deficiency was noted, or it was submitted more than once


def add_routes(blueprint: Blueprint) -> None:
    blueprint.add_url_rule("/permohonan/", "mine", my_applications)


@access.login_required
def my_applications() -> str:
    """List the visitor's applications, newest first."""
    applications = list(visible_as(current_user, "applicant").order_by(Permohonan.id.desc()).limit(MAX_LISTED))
    wanted = {row.edition_id for row in applications}
    editions = {one.id: one for one in Edition.select().where(Edition.id.in_(wanted))}
    for row in applications:
        row.edition = editions[row.edition_id]  # one object for all of its applications: it is long
    clock = office.calendar()
    listed = [(row, timeline.status_summary(row, clock=clock)) for row in applications]
    return render_template("public/my_applications.html", listed=listed, unfinished=recent_draft(applications))


def recent_draft(mine: list[Permohonan]) -> Draft | None:
    """Return the draft that was edited lately, to continue; None if there is none or more than one."""
    open_ones = {row.id: row for row in mine if not workflow.STATES[row.state].ends_clock}
    lately = Draft.select().where(Draft.permohonan.in_(list(open_ones)), Draft.saved_at > now() - RECENT_DRAFT)
    found = [draft for draft in lately if draft.open_keys is None]
    if len(found) != 1:
        return None
    found[0].permohonan = open_ones[found[0].permohonan_id]
    return found[0]


def status_page(case: ApplicationInChannel, correction: correction_form.Correction | None) -> str:
    """Return the status page of an application: its state, holder, due date and available actions.

    Applicants reload it often while the office works: in those states the rendered page is cached.
    """
    permohonan, beside = case.permohonan, _related_rows(case.permohonan)
    state = workflow.STATES[permohonan.state]
    as_it_stands = permohonan.as_read and not permohonan.is_dirty()
    if state.pauses or state.ends_clock or beside.was_returned or is_issued(permohonan) or not as_it_stands:
        return _render_status(case, correction, beside)
    facts = (current_user.id, permohonan.as_read, beside, timeline.is_late(permohonan) and local().date())
    return page_cache.cached_page(facts, lambda: _render_status(case, correction, beside))


def _related_rows(permohonan: Permohonan) -> RelatedRows:
    found = _notices_and_more(permohonan.id, current_user.id)
    handed, faulty, again = found[0][-3:]
    notices = tuple(row[:-3] for row in found if row[0])
    return RelatedRows(tuple(timeline.event_rows(permohonan.id)), notices, bool(handed), bool(faulty or again))


@fast_sql.prepared
def _notices_and_more(permohonan: int, user: int) -> pw.ModelSelect:
    """The latest notices about an application; in each row whether it was handed over, was deficient, came again."""
    mine = (Notice.permohonan == Permohonan.id) & (Notice.user == user)
    return (
        Permohonan.select(
            Notice,
            pw.fn.EXISTS(Handover.select(pw.Value(1)).where(Handover.permohonan == Permohonan.id)),
            pw.fn.EXISTS(Deficiency.select(pw.Value(1)).where(Deficiency.permohonan == Permohonan.id)),
            pw.fn.EXISTS(Revision.select(pw.Value(1)).where(Revision.permohonan == Permohonan.id, Revision.number > 1)),
        )
        .join(Notice, pw.JOIN.LEFT_OUTER, on=mine)
        .where(Permohonan.id == permohonan)
        .order_by(Notice.id.desc())
        .limit(20)
    )


def _render_status(
    case: ApplicationInChannel, correction: correction_form.Correction | None, beside: RelatedRows
) -> str:
    permohonan = case.permohonan
    situation, lines = timeline.status_summary(permohonan), timeline.timeline(permohonan, rows=beside.events)
    offers = applicant_actions.available_actions(permohonan)
    documents, slot = issued_documents(permohonan), pickup_slot(permohonan)
    return case.render(
        "public/application.html",
        body=permohonan.edition.body,
        situation=situation,
        steps=timeline_steps(permohonan, situation, lines),
        last=lines[-1] if lines else None,
        recalled=timeline.recalled_at(lines),
        replaced=is_issued(permohonan),
        correction=correction,
        documents=documents,
        titles={one["key"]: localized(one["name"]) for one in permohonan.edition.body["products"]},
        pickup=slot,
        main_offer=next((offer for offer in offers if offer.transition.action in ACTIONS_WITH_OWN_PAGE), None),
        offers=[offer for offer in offers if offer.transition.action not in ACTIONS_WITH_OWN_PAGE],
        notices=[fast_sql.load(Notice, row) for row in beside.notices],
        may_copy=can_copy(permohonan),
        receipt=beside.has_receipt,
        changes=revision_diff.revision_changes(permohonan) if beside.was_returned else [],
        share=share_message.share_message(permohonan, situation, slot),
    )


def timeline_steps(
    permohonan: Permohonan, situation: timeline.StatusSummary, lines: list[timeline.TimelineEntry]
) -> list[TimelineStep]:
    """Return the timeline: past events, the current step, then the steps to come."""
    actors = ((line, _("Anda") if line.event.actor_id == current_user.id else line.who) for line in lines)
    out = [TimelineStep(line.label, "done", line=line, who=who) for line, who in actors]
    for name, mark in timeline.progress(permohonan):
        if mark == "now" and out and out[-1].name == name:  # what happened last is what is going on
            out[-1].mark, out[-1].tone = "now", situation.tone
        elif mark == "now":
            out.append(TimelineStep(name, "now", situation.tone, who=situation.holder))
        elif not mark:
            out.append(TimelineStep(name, ""))
    if out and situation.tone == "bad" and not timeline.progress(permohonan):  # ended without a document
        out[-1].mark, out[-1].tone = "now", situation.tone
    return out


def is_issued(permohonan: Permohonan) -> bool:
    """Tell whether the documents are issued: not while they are being signed, nor after they were revoked."""
    return workflow.STATES[permohonan.state].path_step > workflow.SIGNING_STEP


def issued_documents(permohonan: Permohonan) -> list[tuple[int, Document]]:
    """Return the PDFs that the applicant may download, each with its number in the URL."""
    if not is_issued(permohonan):
        return []
    rows = enumerate(preparation.current_documents(permohonan), 1)
    return [(n, row) for n, row in rows if row.kind == "pdf" and row.file_id and row.revoked_at is None]


def pickup_slot(permohonan: Permohonan) -> PickupSlot | None:
    """Return the pickup slot, if there is one and nothing was picked up yet."""
    state = workflow.STATES[permohonan.state]
    if not (state.ends_clock and state.waits and permohonan.pickup_number):
        return None
    place, day = pickup_place(permohonan), permohonan.pickup_on
    hours = office.calendar(place).on(day)
    opening = f"{format_time(hours[0])}–{format_time(hours[1])}" if hours else ""
    number, when = office.queue_number(permohonan.pickup_number), office.long_date(day)
    bring, optional = submission.original_names(permohonan), workflow.is_delivered_as_pdf(permohonan)
    return PickupSlot(number, when, opening, place.name, bring, optional, day < local().date())
