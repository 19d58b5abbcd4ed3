"""Applications of the signed-in applicant: the list, and a status page with timeline, documents and actions."""

from dataclasses import dataclass
from datetime import timedelta
from typing import NamedTuple

from flask import Blueprint, render_template
from flask_babel import gettext as _
from flask_login import current_user

import history
import office
import workflow
from accounts.reach import visible_as
from answers.days import pickup_place
from filling import Case, returned
from filling.copying import may_copy
from intake import differences, drafting, submitting, wording
from language import clock_time, text
from lib import fast_sql
from lib.database import now
from models import Document, Draft, Edition, Notice, Permohonan
from public import acting, doors, drawn, sharing

SHOWN = 100  # applications on the list
RECENT = timedelta(days=14)  # drafts edited since then are offered first
ISSUED_AFTER = workflow.PATH.index("Tanda tangan elektronik")
OWN_FORMS = ("submit", "resubmit")


@dataclass
class Step:
    """A step of the applicant's timeline: done, current or to come."""

    name: str
    mark: str  # done | now | ""
    tone: str = ""
    line: history.Line | None = None
    who: str = ""


@dataclass
class Pickup:
    """Time and place of pickup, and the originals to bring."""

    number: str
    day: str
    hours: str
    place: str
    bring: list[str]


class Beside(NamedTuple):
    """The database rows that the status page shows besides the application's own; part of its cache key."""

    events: tuple[tuple, ...]  # history.happened
    notices: tuple[tuple, ...]  # newest first
    has_receipt: bool
    was_returned: bool  # a deficiency was noted, or it was submitted more than once


def add_routes(blueprint: Blueprint) -> None:
    blueprint.add_url_rule("/permohonan/", "mine", mine)


@doors.signed_in
def mine() -> str:
    """List the visitor's applications, newest first."""
    applications = list(visible_as(current_user, "applicant").order_by(Permohonan.id.desc()).limit(SHOWN))
    wanted = {row.edition_id for row in applications}
    editions = {one.id: one for one in Edition.select().where(Edition.id.in_(wanted))}
    for row in applications:
        row.edition = editions[row.edition_id]  # one object for all of its applications: it is long
    listed = [(row, history.situation(row)) for row in applications]
    return render_template("public/mine.html", listed=listed, unfinished=unfinished(applications))


def unfinished(mine: list[Permohonan]) -> Draft | None:
    """Return the draft that was edited lately, to continue; None if there is none or more than one."""
    open_ones = {row.id: row for row in mine if not workflow.STATES[row.state].ends_clock}
    lately = Draft.select().where(Draft.permohonan.in_(list(open_ones)), Draft.saved_at > now() - RECENT)
    found = [draft for draft in lately if draft.open_keys is None]
    if len(found) != 1:
        return None
    found[0].permohonan = open_ones[found[0].permohonan_id]
    return found[0]


def page(case: Case, correction: returned.Correction | None) -> str:
    """Return the status page of an application: its state, holder, due date and available actions.

    Applicants reload it often while the office works: in those states the rendered page is cached.
    """
    permohonan, beside = case.permohonan, _beside(case.permohonan)
    state = workflow.STATES[permohonan.state]
    as_it_stands = permohonan.as_read and not permohonan.is_dirty()
    if state.pauses or state.ends_clock or beside.was_returned or is_issued(permohonan) or not as_it_stands:
        return _drawn(case, correction, beside)
    facts = (current_user.id, permohonan.as_read, beside)
    return drawn.page(facts, lambda: _drawn(case, correction, beside))


def _beside(permohonan: Permohonan) -> Beside:
    statement = (
        "SELECT EXISTS (SELECT 1 FROM handover WHERE permohonan_id = o.id), "  # noqa: S608
        "EXISTS (SELECT 1 FROM deficiency WHERE permohonan_id = o.id), "
        "EXISTS (SELECT 1 FROM revision WHERE permohonan_id = o.id AND number > 1), "
        f"{fast_sql.columns(Notice, 'n')} FROM (SELECT ? AS id) o "
        "LEFT JOIN notice n ON n.permohonan_id = o.id AND n.user_id = ? ORDER BY n.id DESC LIMIT 20"
    )
    found = fast_sql.rows(statement, (permohonan.id, current_user.id))
    handed, faulty, again = found[0][:3]
    notices = tuple(row[3:] for row in found if row[3])
    return Beside(tuple(history.happened(permohonan)), notices, bool(handed), bool(faulty or again))


def _drawn(case: Case, correction: returned.Correction | None, beside: Beside) -> str:
    permohonan = case.permohonan
    situation, lines = history.situation(permohonan), history.timeline(permohonan, rows=beside.events)
    offers = acting.offers(permohonan)
    documents, slot = issued(permohonan), pickup(permohonan)
    return case.render(
        "public/one.html",
        body=permohonan.edition.body,
        situation=situation,
        steps=steps(permohonan, situation, lines),
        last=lines[-1] if lines else None,
        correction=correction,
        documents=documents,
        titles={one["key"]: text(one["name"]) for one in permohonan.edition.body["products"]},
        pickup=slot,
        main_offer=next((offer for offer in offers if offer.transition.action in OWN_FORMS), None),
        offers=[offer for offer in offers if offer.transition.action not in OWN_FORMS],
        notices=[fast_sql.made(Notice, row) for row in beside.notices],
        may_copy=may_copy(permohonan),
        receipt=beside.has_receipt,
        changes=differences.changes(permohonan) if beside.was_returned else [],
        share=sharing.share(permohonan, situation, slot),
    )


def steps(permohonan: Permohonan, situation: history.Situation, lines: list[history.Line]) -> list[Step]:
    """Return the timeline: past events, the current step, then the steps to come."""
    me = current_user.id
    out = [
        Step(line.label, "done", line=line, who=_("Anda") if line.event.actor_id == me else line.who) for line in lines
    ]
    for name, mark in history.path(permohonan):
        if mark == "now" and out and out[-1].name == name:  # what happened last is what is going on
            out[-1].mark, out[-1].tone = "now", situation.tone
        elif mark == "now":
            out.append(Step(name, "now", situation.tone, who=situation.holder))
        elif not mark:
            out.append(Step(name, ""))
    if out and situation.tone == "bad" and not history.path(permohonan):  # ended without a document
        out[-1].mark, out[-1].tone = "now", situation.tone
    return out


def is_issued(permohonan: Permohonan) -> bool:
    """Tell whether the documents are issued: not while they are being signed, nor after they were revoked."""
    return workflow.STATES[permohonan.state].path_step > ISSUED_AFTER


def issued(permohonan: Permohonan) -> list[tuple[int, Document]]:
    """Return the PDFs that the applicant may download, each with its number in the URL."""
    if not is_issued(permohonan):
        return []
    rows = enumerate(drafting.current_documents(permohonan), 1)
    return [(n, row) for n, row in rows if row.kind == "pdf" and row.file_id and row.revoked_at is None]


def pickup(permohonan: Permohonan) -> Pickup | None:
    """Return the pickup slot, if there is one and nothing was picked up yet."""
    state = workflow.STATES[permohonan.state]
    if not (state.ends_clock and state.waits and permohonan.pickup_number):
        return None
    place, day = pickup_place(permohonan), permohonan.pickup_on
    hours = office.calendar(place).on(day)
    names = wording.requirement_names(permohonan)
    revision = submitting.last_revision(permohonan)
    keys = dict.fromkeys(row.requirement for row in submitting.attachments(revision)) if revision else {}
    return Pickup(
        office.queue_number(permohonan.pickup_number),
        office.long_date(day),
        f"{clock_time(hours[0])}–{clock_time(hours[1])}" if hours else "",
        place.name,
        [names[key] for key in keys if key != "formulir" and key in names],
    )
