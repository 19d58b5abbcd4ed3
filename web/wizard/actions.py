"""Workflow actions on public pages: reads an action's inputs from the form and performs it; it defines no action."""

from dataclasses import dataclass, field

from flask import flash, request
from flask_login import current_user

import workflow
from casework import action_form, transitions
from casework.inputs.words import InvalidInput
from intake import drafts
from models import Permohonan


@dataclass
class ActionResult:
    """The result of an action: whether it was performed by this request, or the errors of its inputs by field."""

    happened: bool = False
    errors: dict[str, str] = field(default_factory=dict)


def find_transition(permohonan: Permohonan, action: str, role: str) -> workflow.Transition | None:
    """Find the transition of an action that the person may perform now in this role."""
    rows = workflow.allowed(permohonan, current_user)
    return next((row for row in rows if row.action == action and role in row.roles), None)


def read_inputs(permohonan: Permohonan, action: str, role: str) -> dict:
    """Read an action's inputs from the posted form; {} if the person may not perform it now."""
    row = find_transition(permohonan, action, role)
    return action_form.read_answers(row, permohonan, request.form, request.files) if row else {}


def missing_inputs(permohonan: Permohonan, action: str, role: str) -> dict[str, str]:
    """Validate an action's inputs in the posted form without performing it; returns the errors by field."""
    row = find_transition(permohonan, action, role)
    found: dict[str, str] = {}
    for ask in action_form.inputs_for(row, permohonan, role) if row else ():
        try:
            ask.clean(request.form, permohonan, role)
        except InvalidInput as refused:
            found |= refused.errors
    return found


def perform_action(permohonan: Permohonan, action: str, given: dict) -> ActionResult:
    """Perform an action; returns the errors of its inputs, and flashes any other refusal.

    Unless the result says that it happened, nothing has changed.
    """
    try:
        if request.form.get("version", str(permohonan.version)) != str(permohonan.version):
            raise transitions.already_done(permohonan)
        transitions.perform(permohonan, action, current_user._get_current_object(), **given)
    except transitions.Incomplete as incomplete:
        return ActionResult(errors=incomplete.errors)
    except (workflow.NotAllowed, drafts.DraftNotEditable) as refused:
        user = current_user._get_current_object()
        if not transitions.was_performed_by(user, permohonan, action):  # else the same button was pressed twice
            flash(str(refused), "warn")
        return ActionResult()
    return ActionResult(happened=True)
