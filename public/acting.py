"""The applicant's own steps of the workflow: which are offered, their questions, and performing them."""

from dataclasses import dataclass
from datetime import date, timedelta

from flask import Blueprint, abort, redirect, render_template, request, url_for
from flask_login import current_user

import office
import workflow
from answers import Input
from answers.days import DAYS_AHEAD, pickup_place
from filling import performing
from intake import asking
from lib.database import local
from models import Permohonan
from public import doors


@dataclass
class Offer:
    """A step that the applicant may take now."""

    row: workflow.Transition
    asks: list[Input]


def add_to(blueprint: Blueprint) -> None:
    blueprint.add_url_rule("/permohonan/<key>/tindakan/<action>", "act", act, methods=("GET", "POST"))


def offers(permohonan: Permohonan) -> list[Offer]:
    """The rows that the applicant may perform now, with what each asks for."""
    rows = [row for row in workflow.allowed(permohonan, current_user) if workflow.APPLICANT in row.roles]
    return [Offer(row, asking.inputs_for(row, permohonan, workflow.APPLICANT)) for row in rows]


def find(permohonan: Permohonan, action: str) -> Offer | None:
    """One of the offers, by its action."""
    return next((offer for offer in offers(permohonan) if offer.row.action == action), None)


@doors.signed_in
def act(key: str, action: str):
    """Ask what a step needs to know, then take it; pressed twice, it happens once."""
    permohonan = doors.own(key)
    if action not in {row.action for row in workflow.TRANSITIONS if workflow.APPLICANT in row.roles}:
        abort(404)
    if action in ("submit", "resubmit"):  # they have pages of their own
        return redirect(url_for("public.check" if action == "submit" else "public.one", key=key), 303)
    offer = find(permohonan, action)
    if request.method == "GET":
        return _shown(permohonan, offer, {}) if offer else redirect(url_for("public.one", key=key), 303)
    given = performing.answers(permohonan, action, workflow.APPLICANT)
    done = performing.perform(permohonan, action, given)
    if done.errors and offer:
        return _shown(permohonan, offer, done.errors), 422
    return redirect(url_for("public.one", key=key), 303)


def _shown(permohonan: Permohonan, offer: Offer, errors: dict[str, str]) -> str:
    days = _open_days(permohonan) if any(ask.kind == "date" for ask in offer.asks) else []
    typed = {"date": str(permohonan.pickup_on or "")} | request.form.to_dict()
    return render_template("public/act.html", permohonan=permohonan, offer=offer, errors=errors, days=days, typed=typed)


def _open_days(permohonan: Permohonan) -> list[date]:
    """The days on which the pickup place is open, from the next one on."""
    clock, last = office.calendar(pickup_place(permohonan)), local().date() + timedelta(days=DAYS_AHEAD)
    days = [asking.proposed_day(permohonan)]
    while (following := clock.next_open(days[-1])) <= last:
        days.append(following)
    return days
