"""Resuming a POST that an expired session interrupted: the login page carries its fields and offers to send it again.

Staff and public pages share it. Secrets and files are never carried, nothing comes from another site, and nothing is
sent before the person has seen it. A form of the public pages or the wizard names the account that opened it: what was
typed under one account is not sent under another.
"""

import re
from typing import NamedTuple
from urllib.parse import urlsplit

from flask import request

TOKEN, SECRET = "csrf_token", re.compile("password|passphrase")  # SECRET: anywhere in a field's name
FIELD_PREFIX = "kept-"
OF_THE_PROGRAM = ("draft_version", "writer", "account", "version", "key")  # fields that nobody types
CODE = re.compile(r"[a-z_]*|[0-9]{1,3}")  # a choice from a list, a part of a date


class InterruptedPost(NamedTuple):
    """The fields of an interrupted POST."""

    url: str
    fields: list[tuple[str, str]]
    had_files: bool = False
    had_secrets: bool = False

    @property
    def texts(self) -> list[str]:
        """Return the texts that a person wrote, as far as one can tell."""
        typed = (value.strip() for name, value in self.fields if name not in OF_THE_PROGRAM)
        return [text for text in typed if not CODE.fullmatch(text)]

    @property
    def account(self) -> str | None:
        """Return the mark of the account that opened the form; None where the form has none."""
        return dict(self.fields).get("account")


class Side(NamedTuple):
    """The staff's or the public side: where a POST may lead, and the fields that are never carried."""

    paths: re.Pattern[str]
    codes: tuple[str, ...] = ()  # besides passwords

    def is_secret(self, name: str) -> bool:
        """Tell whether a field of this name is never carried."""
        return name in (TOKEN, *self.codes) or bool(SECRET.search(name))


def interrupted_post(side: Side) -> InterruptedPost | None:
    """Return the POST of this request; None for requests of scripts, which keep their data, and of other sites."""
    address = request.full_path.rstrip("?")
    by_script = "X-Requested-With" in request.headers or request.headers.get("Sec-Fetch-Mode", "navigate") != "navigate"
    elsewhere = request.headers.get("Sec-Fetch-Site", "same-origin") != "same-origin"
    if request.method != "POST" or by_script or elsewhere or not side.paths.fullmatch(address):
        return None
    fields = [(name, value) for name, value in request.form.items(multi=True) if not side.is_secret(name)]
    secrets = any(value and name != TOKEN and side.is_secret(name) for name, value in request.form.items())
    return InterruptedPost(address, fields, any(file.filename for file in request.files.values()), secrets)


def is_from_here() -> bool:
    """Tell whether the browser says that a page of ours sent the request: what replaces a CSRF token that is gone."""
    site, origin = request.headers.get("Sec-Fetch-Site"), request.headers.get("Origin")
    return site == "same-origin" if site else bool(origin) and urlsplit(origin or "").netloc == request.host


def carried_post(side: Side) -> InterruptedPost | None:
    """Return the interrupted POST that the login form carried, or None."""
    address = request.form.get("kept", "")
    if not side.paths.fullmatch(address):
        return None
    marked = ((name, value) for name, value in request.form.items(multi=True) if name.startswith(FIELD_PREFIX))
    named = ((name.removeprefix(FIELD_PREFIX), value) for name, value in marked)
    fields = [(name, value) for name, value in named if not side.is_secret(name)]
    return InterruptedPost(address, fields, "kept_files" in request.form, "kept_secrets" in request.form)
