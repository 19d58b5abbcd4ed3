"""Workflow actions of the applicant: which are available, their forms, and performing them."""

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
    """A transition that the applicant may perform now, with its inputs."""

    transition: workflow.Transition
    inputs: list[Input]


def add_routes(blueprint: Blueprint) -> None:
    blueprint.add_url_rule("/permohonan/<key>/tindakan/<action>", "act", act, methods=("GET", "POST"))


def offers(permohonan: Permohonan) -> list[Offer]:
    """Return the transitions that the applicant may perform now, with their inputs."""
    transitions = [one for one in workflow.allowed(permohonan, current_user) if workflow.APPLICANT in one.roles]
    return [Offer(one, asking.inputs_for(one, permohonan, workflow.APPLICANT)) for one in transitions]


def find(permohonan: Permohonan, action: str) -> Offer | None:
    """Return the available action with this code, or None."""
    return next((offer for offer in offers(permohonan) if offer.transition.action == action), None)


@doors.signed_in
def act(key: str, action: str):
    """Show the form of an action, then perform it; submitted twice, it is performed once."""
    permohonan = doors.own(key)
    if action not in {one.action for one in workflow.TRANSITIONS if workflow.APPLICANT in one.roles}:
        abort(404)
    if action in ("submit", "resubmit"):  # they have pages of their own
        return redirect(url_for("public.check" if action == "submit" else "public.one", key=key), 303)
    offer = find(permohonan, action)
    if request.method == "GET":
        return _shown(permohonan, offer, {}) if offer else redirect(url_for("public.one", key=key), 303)
    inputs = performing.answers(permohonan, action, workflow.APPLICANT)
    done = performing.perform(permohonan, action, inputs)
    if done.errors and offer:
        return _shown(permohonan, offer, done.errors), 422
    return redirect(url_for("public.one", key=key), 303)


def _shown(permohonan: Permohonan, offer: Offer, errors: dict[str, str]) -> str:
    days = _open_days(permohonan) if any(one.kind == "date" for one in offer.inputs) else []
    typed = {"date": str(permohonan.pickup_on or "")} | request.form.to_dict()
    return render_template("public/act.html", permohonan=permohonan, offer=offer, errors=errors, days=days, typed=typed)


def _open_days(permohonan: Permohonan) -> list[date]:
    """Return the opening days of the pickup office, from the next one on, that can be chosen."""
    clock, last = office.calendar(pickup_place(permohonan)), local().date() + timedelta(days=DAYS_AHEAD)
    days = [asking.proposed_day(permohonan)]
    while (following := clock.next_open(days[-1])) <= last:
        days.append(following)
    return days
