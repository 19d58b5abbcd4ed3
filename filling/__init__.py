"""The wizard: the pages on which applicants and counter operators fill in an application; it holds no rule.

Both channels, self-service and counter, mount the same pages under their own addresses.
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
    # path below the application's, endpoint, view, methods
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


def mount(blueprint: Blueprint, channel: Side) -> None:
    """Add the wizard's URL rules to a blueprint, for its channel."""
    blueprint.record(lambda state: state.app.extensions.setdefault("channels", {}).update({channel.role: channel}))
    begin = channel.guarded(partial(applying.begin, channel))
    blueprint.add_url_rule(f"{channel.root}/baru/<code>", "begin", begin, methods=GET + POST)
    for path, endpoint, view, methods in PAGES:
        blueprint.add_url_rule(f"{channel.root}/<key>{path}", endpoint, _on(channel, view), methods=methods)


def _on(channel: Side, view: Callable) -> Callable:
    """Wrap a view so that it gets the application named in the URL; one submitted meanwhile is shown instead."""

    def with_application(key: str, **parts):
        case = Case(channel, channel.find(key))
        try:
            return view(case, **parts)
        except Closed as closed:
            flash(str(closed), "warn")
            return case.to("one")

    return channel.guarded(with_application)
