"""Taking a step of the workflow from a page: reads its answers, says how it went; the table says which steps exist."""

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
    """How a step went: whether it happened just now, or else what to say beside the fields."""

    happened: bool = False
    errors: dict[str, str] = field(default_factory=dict)


def open_row(permohonan: Permohonan, action: str, role: str) -> workflow.Transition | None:
    """The row of an action, where the person may perform it now in this role."""
    rows = workflow.allowed(permohonan, current_user)
    return next((row for row in rows if row.action == action and role in row.roles), None)


def answers(permohonan: Permohonan, action: str, role: str) -> dict:
    """What the posted form answers to a step's questions; nothing where the step is not open."""
    row = open_row(permohonan, action, role)
    return asking.read_answers(row, permohonan, request.form, request.files) if row else {}


def unanswered(permohonan: Permohonan, action: str, role: str) -> dict[str, str]:
    """What a step asks and the posted form does not answer, as sentences; without taking the step."""
    row = open_row(permohonan, action, role)
    found: dict[str, str] = {}
    for ask in asking.inputs_for(row, permohonan, role) if row else ():
        try:
            ask.clean(request.form, permohonan, role)
        except InvalidInput as refused:
            found |= refused.errors
    return found


def perform(permohonan: Permohonan, action: str, given: dict) -> Done:
    """Take a step; on the errors of its questions nothing has happened, everything else is told on the next page."""
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
