"""Workflow actions of the applicant: which are available, their forms, and performing them."""

from dataclasses import dataclass
from datetime import date, timedelta

from flask import Blueprint, abort, redirect, render_template, request, url_for
from flask_login import current_user

import office
import workflow
from casework import action_form
from casework.inputs import Input
from casework.inputs.days import DAYS_AHEAD, pickup_place
from lib.database import local
from models import Permohonan
from public import access
from web.wizard import actions


@dataclass
class AvailableAction:
    """A transition that the applicant may perform now, with its inputs."""

    transition: workflow.Transition
    inputs: list[Input]

    @property
    def is_quiet(self) -> bool:
        """Return whether it refuses or gives up: a link at the end of the page, not a button beside the others."""
        return self.transition.tone == "no"


def add_routes(blueprint: Blueprint) -> None:
    blueprint.add_url_rule("/permohonan/<key>/tindakan/<action>", "act", perform_action, methods=("GET", "POST"))


def available_actions(permohonan: Permohonan) -> list[AvailableAction]:
    """Return the transitions that the applicant may perform now, with their inputs."""
    transitions = [one for one in workflow.allowed(permohonan, current_user) if workflow.APPLICANT in one.roles]
    return [AvailableAction(one, action_form.inputs_for(one, permohonan, workflow.APPLICANT)) for one in transitions]


@access.login_required
def perform_action(key: str, action: str):
    """Show the form of an action, then perform it; submitted twice, it is performed once."""
    permohonan = access.own_application(key)
    if action not in {one.action for one in workflow.TRANSITIONS if workflow.APPLICANT in one.roles}:
        abort(404)
    if action in ("submit", "resubmit"):  # they have pages of their own
        return redirect(url_for("public.check" if action == "submit" else "public.one", key=key), 303)
    offer = next((one for one in available_actions(permohonan) if one.transition.action == action), None)
    if request.method == "GET":
        return _render_form(permohonan, offer, {}) if offer else redirect(url_for("public.one", key=key), 303)
    inputs = actions.read_inputs(permohonan, action, workflow.APPLICANT)
    done = actions.perform_action(permohonan, action, inputs)
    if done.errors and offer:
        return _render_form(permohonan, offer, done.errors), 422
    return redirect(url_for("public.one", key=key), 303)


def _render_form(permohonan: Permohonan, offer: AvailableAction, errors: dict[str, str]) -> str:
    days = _pickup_days(permohonan) if any(one.kind == "date" for one in offer.inputs) else []
    typed = {"date": str(permohonan.pickup_on or "")} | request.form.to_dict()
    facts = {"offer": offer, "errors": errors, "days": days, "typed": typed}
    return render_template("public/action_form.html", permohonan=permohonan, **facts)


def _pickup_days(permohonan: Permohonan) -> list[date]:
    """Return the opening days of the pickup office, from the next one on, that can be chosen."""
    clock, last = office.calendar(pickup_place(permohonan)), local().date() + timedelta(days=DAYS_AHEAD)
    days = [action_form.proposed_day(permohonan)]
    while (following := clock.next_open(days[-1])) <= last:
        days.append(following)
    return days
