"""The outgoing mail of the demonstration, shown on a page instead of sent. Registered in the demonstration only."""

import re
from dataclasses import dataclass
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from pathlib import Path

from flask import Blueprint, Response, abort, current_app, render_template
from flask_babel import gettext as _

from web.wizard.file_downloads import download_response

MAIL_NAME = re.compile(r"[0-9A-Za-z-]{1,60}")
MAX_SHOWN = 50
URL_PATTERN = re.compile(r"(https?://[^\s<>\"]*[^\s<>\".,])")


@dataclass
class DemoMail:
    """A mail, parsed for display."""

    name: str
    to: str
    subject: str
    date: str
    text_parts: list[tuple[str, bool]]  # text, and whether it is a link
    files: list[str]


def add_routes(blueprint: Blueprint) -> None:
    blueprint.add_url_rule("/demo/surat", "letters", mailbox)
    blueprint.add_url_rule("/demo/surat/<name>/<int(max=99):n>", "letter_file", attachment)


def _mail_folder() -> Path:
    return Path(current_app.config["INSTANCE_DIR"]) / "mail"


def mailbox() -> str:
    """List the newest mails, as their recipients would read them."""
    newest = sorted(_mail_folder().glob("*.eml"), key=lambda path: path.stat().st_mtime, reverse=True)[:MAX_SHOWN]
    return render_template("public/demo_mailbox.html", letters=[_parse_mail(path) for path in newest])


def _read_mail(path: Path) -> EmailMessage:
    mail = message_from_bytes(path.read_bytes(), policy=default)
    assert isinstance(mail, EmailMessage)
    return mail


def _parse_mail(path: Path) -> DemoMail:
    mail = _read_mail(path)
    body = mail.get_body(("plain",))
    parts = URL_PATTERN.split(body.get_content() if body else "")
    files = [part.get_filename() or _("lampiran") for part in mail.iter_attachments()]
    text_parts = [(text, place % 2 == 1) for place, text in enumerate(parts)]
    return DemoMail(path.stem, str(mail["To"]), str(mail["Subject"]), str(mail["Date"]), text_parts, files)


def attachment(name: str, n: int) -> Response:
    """Download an attachment of a mail."""
    path = _mail_folder() / f"{name}.eml"
    if not MAIL_NAME.fullmatch(name) or not path.exists():
        abort(404)
    parts = list(_read_mail(path).iter_attachments())
    if not 1 <= n <= len(parts):
        abort(404)
    part = parts[n - 1]
    return download_response(part.get_content(), part.get_content_type(), part.get_filename() or _("lampiran"))
