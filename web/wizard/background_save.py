"""Autosave: answers that the page's script saves in the background, as JSON; it renders no page."""

from collections.abc import Callable, Mapping

from flask import Response, jsonify, request
from flask_babel import gettext as _

from intake import autosave, drafts
from lib.database import local, now
from lib.i18n import format_time
from web import filters, kept_answers
from web.wizard.channel import KEY_PATTERN


def is_autosave() -> bool:
    """Say whether the request is an autosave by the page's script, not a press of a button."""
    return request.method == "POST" and "auto" in request.form


def save_stamp(form: Mapping) -> tuple[int, str, int]:
    """Read from a posted form the draft's version it is based on (-1 if missing), its tab, and its count of saves."""
    writer, version, turn = (form.get(name, "") for name in ("writer", "draft_version", "turn"))
    return _number(version), writer if KEY_PATTERN.fullmatch(writer) else "", _number(turn)


def confirm(form: Mapping) -> None:
    """Let the page's script forget what this form has saved."""
    _version, writer, turn = save_stamp(form)
    kept_answers.forget_saved(writer, turn)


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else -1


def save_and_report(keep: Callable[[], int]) -> tuple[Response, int]:
    """Save with `keep`, which returns the draft's version; the response says when it was saved, or why not."""
    try:
        version = keep()
    except autosave.SaveConflict as conflict:
        return jsonify(told=str(conflict)), 409
    except drafts.DraftNotEditable as error:
        return jsonify(told=str(error)), 410
    clock = f"{format_time(local(now()))} {filters.office_card()['tz']}"
    return jsonify(told=_("Tersimpan otomatis pukul %(time)s.", time=clock), version=version), 200


def not_editable() -> tuple[Response, int]:
    """Return the response for an application that was submitted already."""
    return jsonify(told=str(drafts.ALREADY_SUBMITTED)), 410
