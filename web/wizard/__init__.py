"""The wizard: the pages on which applicants and counter operators fill in an application; it holds no rule.

Both channels, self-service and counter, mount the same pages under their own addresses.
"""

from collections.abc import Callable
from functools import partial

from flask import Blueprint, flash

from intake.drafts import DraftNotEditable
from web import service_directory
from web.wizard import (
    copy_view,
    correction,
    field_pages,
    file_downloads,
    resumable_upload,
    review,
    sign_form,
    upload_page,
)
from web.wizard.channel import ApplicationInChannel, Channel

__all__ = ["ApplicationInChannel", "Channel", "mount"]

GET, POST = ("GET",), ("POST",)
PAGES = (
    # path below the application's, endpoint, view, methods
    ("", "one", correction.show_application, GET),
    ("/isi", "resume", field_pages.resume, GET),
    ("/isi/<section>", "fill", field_pages.fill, GET + POST),
    ("/unggahan", "upload", upload_page.upload, GET + POST),
    ("/unggahan/<requirement>/<sha256>", "arrive", resumable_upload.receive_upload, ("GET", "PATCH", "POST")),
    ("/tanda-tangan", "sign_form", sign_form.sign_form, GET + POST),
    ("/tanda-tangan/<requirement>", "sign_statement", sign_form.sign_form, GET + POST),
    ("/periksa", "check", review.check, GET + POST),
    ("/perbaikan", "correct", correction.correct, GET + POST),
    ("/salin", "copy", copy_view.copy, POST),
    ("/formulir.pdf", "filled_form", file_downloads.filled_form, GET),
    ("/pernyataan/<requirement>.pdf", "filled_statement", file_downloads.filled_statement, GET),
    ("/berkas/<file>", "own_file", file_downloads.own_file, GET),
)


def mount(blueprint: Blueprint, channel: Channel) -> None:
    """Add the wizard's URL rules to a blueprint, for its channel."""
    blueprint.record(lambda state: state.app.extensions.setdefault("channels", {}).update({channel.role: channel}))
    blueprint.record(lambda state: state.app.jinja_env.globals.update(find_service=service_directory.find_service))
    begin = field_pages.closed_or(channel, channel.require_access(partial(field_pages.begin, channel)))
    blueprint.add_url_rule(f"{channel.root}/baru/<code>", "begin", begin, methods=GET + POST)
    for path, endpoint, view, methods in PAGES:
        own = _with_application(channel, view)
        blueprint.add_url_rule(f"{channel.root}/<key>{path}", endpoint, own, methods=methods)


def _with_application(channel: Channel, view: Callable) -> Callable:
    """Wrap a view so that it gets the application named in the URL; one submitted meanwhile is shown instead."""

    def with_application(key: str, **parts):
        case = ApplicationInChannel(channel, channel.find(key))
        try:
            return view(case, **parts)
        except DraftNotEditable as closed:
            flash(str(closed), "warn")
            return case.redirect_to("one")

    return channel.require_access(with_application)
