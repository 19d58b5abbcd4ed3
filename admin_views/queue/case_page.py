"""The page of one application: its case file, the form of the next step, its place in the queue."""

from dataclasses import dataclass

from flask import g, request
from flask_login import current_user

import office
import workflow
from admin_views.queue import actions, case_file, checklist, claim_actions, doubts, filters
from casework import access_log, claims, opened_sheets, timeline
from models import Permohonan

IN_VIEW = 500  # of a queue, among which the place of one is counted


@dataclass(frozen=True)
class Place:
    """The place of an application in its queue, and the addresses of its neighbours."""

    number: int
    of: int
    before: str
    after: str


def calendar() -> office.Calendar:
    """Load the office's calendar, once a request."""
    if "clock" not in g:
        g.clock = office.calendar()
    return g.clock


def status(permohonan: Permohonan):
    """Summarise where an application stands, for officers."""
    return timeline.status_summary(permohonan, public=False, clock=calendar())


def load(view, permohonan: Permohonan) -> dict:
    """Load what every page of an application shows; keep its claim alive, and log the access."""
    loaded = case_file.load(permohonan, request.args.get("lihat", ""), request.args.get("halaman", ""))
    claim_actions.load_claims([permohonan])
    claims.refresh(permohonan.claim, current_user)
    access_log.record_view(permohonan, current_user, "page", workflow.STAFF)
    if loaded.sheet and loaded.sheet.name not in loaded.opened:
        opened_sheets.record_opened(permohonan, current_user, loaded.sheet.name)
        loaded.opened.add(loaded.sheet.name)
    facts = {"permohonan": permohonan, "case_file": loaded, "situation": status(permohonan)}
    return facts | {"may_note": may_note(view)}


def next_step_form(view, permohonan: Permohonan) -> dict:
    """Make the checklist and the forms of this person's next step; with the place in the queue."""
    kind = checklist.required_kind(permohonan, current_user) if view.claimable else ""
    facts: dict = {"check": None, "place": place(view, permohonan)}
    if not kind:
        return facts
    allowed = workflow.allowed(permohonan, current_user)
    onward = next(one for one in allowed if one.checklist == kind)
    falls_short = next((one for one in allowed if "deficiencies" in one.inputs), onward)
    onward_form, faulty = (actions.action_form(permohonan, one.action, current_user) for one in (onward, falls_short))
    steps = {"action_form": onward_form, "deficiency_form": faulty, "errors": {}}
    return facts | steps | {"check": checklist.load_for(permohonan, kind, current_user)}


def load_doubts(step: dict, permohonan: Permohonan) -> doubts.Doubts:
    """Load what is doubtful, where this person goes through it, and put it beside the items of the checklist."""
    found = doubts.load(permohonan) if step["check"] else doubts.Doubts()
    if step["check"]:
        step["check"].add_doubts(found.notes)
    return found


def save_checklist(permohonan: Permohonan) -> None:
    """Save what the form of the page says about its items, where it is that form."""
    kind = checklist.required_kind(permohonan, current_user) if "checked" in request.form else ""
    if kind:
        checklist.save(permohonan, current_user, kind, request.form)


def may_note(view) -> bool:
    """Is the person here as somebody who works, and not as a reader only?"""
    return any(role != workflow.AUDITOR for role in view.held_roles())


def place(view, permohonan: Permohonan) -> Place | None:
    """Find its place among those that are listed with it; None where this isn't a queue, or far down."""
    if not view.claimable:
        return None
    here = view.shown_states()
    states = here if permohonan.state in here else (permohonan.state,)
    waiting = view.scope().where(Permohonan.state.in_(states)).order_by(*view.order)
    for narrowed in (view.apply_filters(waiting), waiting) if filters.from_request() else (waiting,):
        keys = [key for (key,) in narrowed.select(Permohonan.key).limit(IN_VIEW).tuples()]
        if permohonan.key in keys:
            return _among(view, keys, keys.index(permohonan.key))
    return None


def _among(view, keys: list[str], number: int) -> Place:
    neighbours = keys[:number][-1:], keys[number + 1 :][:1]
    before, after = (view.get_url(".details_view", id=key[0]) if key else "" for key in neighbours)
    return Place(number + 1, len(keys), before, after)
