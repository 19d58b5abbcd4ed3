"""Autosave: answers that the page's script saves in the background, as JSON; it renders no page."""

from collections.abc import Callable, Mapping

from flask import Response, jsonify, request
from flask_babel import gettext as _

import templating
from filling.side import KEY
from intake import applying, saving
from language import clock_time
from lib.database import local, now


def asked() -> bool:
    """Say whether the request is an autosave by the page's script, not a press of a button."""
    return request.method == "POST" and "auto" in request.form


def marks(form: Mapping) -> tuple[int, str, int]:
    """Read from a posted form the draft's version it is based on (-1 if missing), its tab, and its count of saves."""
    writer = form.get("writer", "")
    return (
        _number(form.get("draft_version", "")),
        writer if KEY.fullmatch(writer) else "",
        _number(form.get("turn", "")),
    )


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else -1


def answer(keep: Callable[[], int]) -> tuple[Response, int]:
    """Save with `keep`, which returns the draft's version; the response says when it was saved, or why not."""
    try:
        version = keep()
    except saving.Conflict as conflict:
        return jsonify(told=str(conflict)), 409
    except applying.Closed as error:
        return jsonify(told=str(error)), 410
    clock = f"{clock_time(local(now()))} {templating.card()['tz']}"
    return jsonify(told=_("Tersimpan otomatis pukul %(time)s.", time=clock), version=version), 200


def closed() -> tuple[Response, int]:
    """Return the response for an application that was submitted already."""
    return jsonify(told=str(applying.SENT)), 410
