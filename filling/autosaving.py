"""Answers that are sent in the background while they are typed: kept as the button keeps them; it draws no page."""

from collections.abc import Callable, Mapping

from flask import Response, jsonify, request
from flask_babel import gettext as _

import templating
from filling.side import KEY
from intake import applying, saving
from language import clock_time
from lib.database import local, now


def asked() -> bool:
    """Is this a page's script that saves, rather than a person who pressed a button?"""
    return request.method == "POST" and "auto" in request.form


def marks(form: Mapping) -> tuple[int, str, int]:
    """The version of the draft that a page was made from (-1, which none has, if missing), its tab, and its turn."""
    writer = form.get("writer", "")
    return (
        _number(form.get("draft_version", "")),
        writer if KEY.fullmatch(writer) else "",
        _number(form.get("turn", "")),
    )


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else -1


def answer(keep: Callable[[], int]) -> tuple[Response, int]:
    """Keep a page as far as it is written (`keep` gives the draft's version); say when, or who was first."""
    try:
        version = keep()
    except saving.Conflict as conflict:
        return jsonify(told=str(conflict)), 409
    except applying.Closed as closed:
        return jsonify(told=str(closed)), 410
    clock = f"{clock_time(local(now()))} {templating.card()['tz']}"
    return jsonify(told=_("Tersimpan otomatis pukul %(time)s.", time=clock), version=version), 200


def closed() -> tuple[Response, int]:
    """What was sent already is changed no more."""
    return jsonify(told=str(applying.SENT)), 410
