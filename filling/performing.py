"""Workflow actions on public pages: reads an action's inputs from the form and performs it; it defines no action."""

from dataclasses import dataclass, field

from flask import flash, request
from flask_login import current_user

import performing
import workflow
from answers.words import InvalidInput
from intake import applying, asking
from models import Permohonan


@dataclass
class Done:
    """The result of an action: whether it was performed by this request, or the errors of its inputs by field."""

    happened: bool = False
    errors: dict[str, str] = field(default_factory=dict)


def open_row(permohonan: Permohonan, action: str, role: str) -> workflow.Transition | None:
    """Find the transition of an action that the person may perform now in this role."""
    rows = workflow.allowed(permohonan, current_user)
    return next((row for row in rows if row.action == action and role in row.roles), None)


def answers(permohonan: Permohonan, action: str, role: str) -> dict:
    """Read an action's inputs from the posted form; {} if the person may not perform it now."""
    row = open_row(permohonan, action, role)
    return asking.read_answers(row, permohonan, request.form, request.files) if row else {}


def unanswered(permohonan: Permohonan, action: str, role: str) -> dict[str, str]:
    """Validate an action's inputs in the posted form without performing it; returns the errors by field."""
    row = open_row(permohonan, action, role)
    found: dict[str, str] = {}
    for ask in asking.inputs_for(row, permohonan, role) if row else ():
        try:
            ask.clean(request.form, permohonan, role)
        except InvalidInput as refused:
            found |= refused.errors
    return found


def perform(permohonan: Permohonan, action: str, given: dict) -> Done:
    """Perform an action; returns the errors of its inputs, and flashes any other refusal.

    Unless the result says that it happened, nothing has changed.
    """
    try:
        if request.form.get("version", str(permohonan.version)) != str(permohonan.version):
            raise performing.already_done(permohonan)
        performing.perform(permohonan, action, current_user._get_current_object(), **given)
    except performing.Incomplete as incomplete:
        return Done(errors=incomplete.errors)
    except (workflow.NotAllowed, applying.Closed) as refused:
        user = current_user._get_current_object()
        if not performing.was_performed_by(user, permohonan, action):  # else the same button was pressed twice
            flash(str(refused), "warn")
        return Done()
    return Done(happened=True)
