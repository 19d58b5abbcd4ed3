"""Filling in an application: the pages that applicants and counters share; no rule of the procedure stands here.

A side (filling/side.py) says who is asking and how an application is found; both sides mount the same pages.
"""

from collections.abc import Callable
from functools import partial

from flask import Blueprint, flash

from filling import applying, arriving, copying, correcting, files, sending, uploading
from filling.side import Case, Side
from intake.applying import Closed

__all__ = ["Case", "Side", "mount"]

GET, POST = ("GET",), ("POST",)
PAGES = (
    # address below the application's, endpoint, view, methods
    ("", "one", correcting.one, GET),
    ("/isi", "resume", applying.resume, GET),
    ("/isi/<section>", "fill", applying.fill, GET + POST),
    ("/unggahan", "upload", uploading.upload, GET + POST),
    ("/unggahan/<requirement>/<sha256>", "arrive", arriving.arrive, ("GET", "PATCH", "POST")),
    ("/periksa", "check", sending.check, GET + POST),
    ("/perbaikan", "correct", correcting.correct, GET + POST),
    ("/salin", "copy", copying.copy, POST),
    ("/formulir.pdf", "filled_form", files.filled_form, GET),
    ("/berkas/<file>", "own_file", files.own_file, GET),
)


def mount(blueprint: Blueprint, side: Side) -> None:
    """Give a blueprint the pages of its side."""
    blueprint.record(lambda state: state.app.extensions.setdefault("sides", {}).update({side.role: side}))
    begin = side.guarded(partial(applying.begin, side))
    blueprint.add_url_rule(f"{side.root}/baru/<code>", "begin", begin, methods=GET + POST)
    for address, endpoint, view, methods in PAGES:
        blueprint.add_url_rule(f"{side.root}/<key>{address}", endpoint, _on(side, view), methods=methods)


def _on(side: Side, view: Callable) -> Callable:
    """`view` of the application that the address names; what was sent meanwhile in another tab is said, and shown."""

    def shown(key: str, **parts):
        case = Case(side, side.find(key))
        try:
            return view(case, **parts)
        except Closed as closed:
            flash(str(closed), "warn")
            return case.to("one")

    return side.guarded(shown)
