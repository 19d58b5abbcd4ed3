"""Workflow actions of the applicant: which are available, their forms, and performing them."""

from dataclasses import dataclass

from flask import Blueprint, abort, redirect, render_template, request, url_for
from flask_login import current_user

import workflow
from casework import action_form
from casework.inputs import Input
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
    if "version" not in request.form:  # the page that says what happens was never seen
        return (_render_form(permohonan, offer, {}), 422) if offer else redirect(url_for("public.one", key=key), 303)
    inputs = actions.read_inputs(permohonan, action, workflow.APPLICANT)
    done = actions.perform_action(permohonan, action, inputs)
    if done.errors and offer:
        return _render_form(permohonan, offer, done.errors), 422
    return redirect(url_for("public.one", key=key), 303)


def _render_form(permohonan: Permohonan, offer: AvailableAction, errors: dict[str, str]) -> str:
    typed = {"date": str(action_form.day_so_far(offer.transition, permohonan) or "")} | request.form.to_dict()
    facts = {"offer": offer, "errors": errors, "typed": typed}
    facts["days"] = action_form.days_to_choose(offer.transition, permohonan)
    facts["reader"] = action_form.reader_of_reasons(offer.transition, workflow.APPLICANT)
    return render_template("public/action_form.html", permohonan=permohonan, **facts)
