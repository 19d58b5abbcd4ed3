"""The outgoing mail of the demonstration, shown on a page instead of sent. Registered in the demonstration only."""

import re
from dataclasses import dataclass
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from pathlib import Path

from flask import Blueprint, Response, abort, current_app, render_template
from flask_babel import gettext as _

from filling.files import attached

NAME = re.compile(r"[0-9A-Za-z-]{1,60}")
SHOWN = 50
LINK = re.compile(r"(https?://[^\s<>\"]*[^\s<>\".,])")


@dataclass
class Letter:
    """A mail, parsed for display."""

    name: str
    to: str
    subject: str
    date: str
    text_parts: list[tuple[str, bool]]  # text, and whether it is a link
    files: list[str]


def add_routes(blueprint: Blueprint) -> None:
    blueprint.add_url_rule("/demo/surat", "letters", letters)
    blueprint.add_url_rule("/demo/surat/<name>/<int(max=99):n>", "letter_file", letter_file)


def _folder() -> Path:
    return Path(current_app.config["INSTANCE_DIR"]) / "mail"


def letters() -> str:
    """List the newest mails, as their recipients would read them."""
    newest = sorted(_folder().glob("*.eml"), key=lambda path: path.stat().st_mtime, reverse=True)[:SHOWN]
    return render_template("public/letters.html", letters=[_letter(path) for path in newest])


def _read(path: Path) -> EmailMessage:
    mail = message_from_bytes(path.read_bytes(), policy=default)
    assert isinstance(mail, EmailMessage)
    return mail


def _letter(path: Path) -> Letter:
    mail = _read(path)
    body = mail.get_body(("plain",))
    parts = LINK.split(body.get_content() if body else "")
    files = [part.get_filename() or _("lampiran") for part in mail.iter_attachments()]
    text_parts = [(text, place % 2 == 1) for place, text in enumerate(parts)]
    return Letter(path.stem, str(mail["To"]), str(mail["Subject"]), str(mail["Date"]), text_parts, files)


def letter_file(name: str, n: int) -> Response:
    """Download an attachment of a mail."""
    path = _folder() / f"{name}.eml"
    if not NAME.fullmatch(name) or not path.exists():
        abort(404)
    parts = list(_read(path).iter_attachments())
    if not 1 <= n <= len(parts):
        abort(404)
    part = parts[n - 1]
    return attached(part.get_content(), part.get_content_type(), part.get_filename() or _("lampiran"))
