"""Resuming a POST that an expired session interrupted: the login page carries its fields and offers to send it again.

Only requests with a CSRF token of this browser, or of somebody signed in, get here: CSRFProtect runs first. Secrets and
files are never carried, and nothing is sent before the person has seen it.
"""

from typing import NamedTuple

from flask import request

from lib.safe_redirect import path_pattern

SAFE_PATH = path_pattern("/petugas/")
SECRET_FIELDS = ("csrf_token", "password", "passphrase")
FIELD_PREFIX = "kept-"


class InterruptedPost(NamedTuple):
    """The fields of an interrupted POST."""

    url: str
    fields: list[tuple[str, str]]
    had_files: bool = False

    @property
    def texts(self) -> list[str]:
        """Return the texts that a person wrote, as far as one can tell: the values that contain a space."""
        return [value for _, value in self.fields if " " in value.strip()]


def interrupted_post() -> InterruptedPost | None:
    """Return the POST of this request; None for requests of scripts, which keep their data, and of other sites."""
    address = request.full_path.rstrip("?")
    by_script = "X-Requested-With" in request.headers or request.headers.get("Sec-Fetch-Mode", "navigate") != "navigate"
    elsewhere = request.headers.get("Sec-Fetch-Site", "same-origin") != "same-origin"
    if request.method != "POST" or by_script or elsewhere or not SAFE_PATH.fullmatch(address):
        return None
    fields = [(name, value) for name, value in request.form.items(multi=True) if name not in SECRET_FIELDS]
    return InterruptedPost(address, fields, any(file.filename for file in request.files.values()))


def carried_post() -> InterruptedPost | None:
    """Return the interrupted POST that the login form carried, or None."""
    address = request.form.get("kept", "")
    if not SAFE_PATH.fullmatch(address):
        return None
    marked = ((name, value) for name, value in request.form.items(multi=True) if name.startswith(FIELD_PREFIX))
    named = ((name.removeprefix(FIELD_PREFIX), value) for name, value in marked)
    fields = [(name, value) for name, value in named if name not in SECRET_FIELDS]
    return InterruptedPost(address, fields, "kept_files" in request.form)
