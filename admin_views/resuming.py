"""What was being sent when a session ended: it waits on the sign-in page, and is sent after one more press.

Nothing gets here but what came with a token of this browser, or by somebody who is signed in: CSRFProtect asks first.
Secrets and files are never carried, and nothing is done before the person has seen what would be sent.
"""

from typing import NamedTuple

from flask import request

from lib.safe_redirect import path_pattern

SAFE_TARGET = path_pattern("/petugas/")
SECRET = ("csrf_token", "password", "passphrase")
MARK = "kept-"


class Sent(NamedTuple):
    """A form on its way."""

    url: str
    fields: list[tuple[str, str]]
    had_files: bool = False

    @property
    def texts(self) -> list[str]:
        """What a person wrote in it, as far as one can tell: whatever has a space."""
        return [value for _, value in self.fields if " " in value.strip()]


def sent() -> Sent | None:
    """What this request sends; None where a script sends it, which keeps it itself, or a page of somebody else's."""
    address = request.full_path.rstrip("?")
    by_script = "X-Requested-With" in request.headers or request.headers.get("Sec-Fetch-Mode", "navigate") != "navigate"
    elsewhere = request.headers.get("Sec-Fetch-Site", "same-origin") != "same-origin"
    if request.method != "POST" or by_script or elsewhere or not SAFE_TARGET.fullmatch(address):
        return None
    fields = [(name, value) for name, value in request.form.items(multi=True) if name not in SECRET]
    return Sent(address, fields, any(file.filename for file in request.files.values()))


def carried() -> Sent | None:
    """What the sign-in page carried."""
    address = request.form.get("kept", "")
    if not SAFE_TARGET.fullmatch(address):
        return None
    marked = ((name, value) for name, value in request.form.items(multi=True) if name.startswith(MARK))
    fields = [(name.removeprefix(MARK), value) for name, value in marked]
    return Sent(address, [one for one in fields if one[0] not in SECRET], "kept_files" in request.form)
