"""Minimal WSGI client with a cookie, so that the client costs next to nothing."""

import io
import re
import sys
from collections.abc import Callable
from urllib.parse import urlencode

from flask import Flask

WSGI_ENVIRON = {
    "SERVER_NAME": "127.0.0.1", "SERVER_PORT": "80", "HTTP_HOST": "127.0.0.1", "REMOTE_ADDR": "127.0.0.1",
    "wsgi.url_scheme": "http", "wsgi.version": (1, 0), "wsgi.multithread": False, "wsgi.multiprocess": True,
    "wsgi.run_once": False, "SCRIPT_NAME": "", "SERVER_PROTOCOL": "HTTP/1.1", "wsgi.errors": sys.stderr,
    "HTTP_ACCEPT_LANGUAGE": "id",
}  # fmt: skip
TOKEN = re.compile(r'name="?csrf_token"? value="?([^">]+)')


def encode_form(form: dict) -> bytes:
    """Encode a form as a browser does."""
    return urlencode(form, doseq=True).encode()


class WsgiClient:
    """WSGI client with a cookie; a response with an unexpected status raises."""

    def __init__(self, app: Callable, cookie: str):
        self.app, self.cookie = app, cookie
        self.location = ""  # the Location of the last response

    def get(self, path: str, status: int = 200) -> bytes:
        place, _, query = path.partition("?")
        return self._ask({"REQUEST_METHOD": "GET", "PATH_INFO": place, "QUERY_STRING": query}, b"", status)

    def follow(self, path: str, form: dict | bytes) -> bytes:
        """Post a form and get the page of the redirect."""
        self.post(path, form)
        return self.get(self.location)

    def post(self, path: str, form: dict | bytes, status: int = 303) -> bytes:
        body = form if isinstance(form, bytes) else encode_form(form)
        place, _, query = path.partition("?")
        asked = {"REQUEST_METHOD": "POST", "PATH_INFO": place, "QUERY_STRING": query}
        kind = {"CONTENT_TYPE": "application/x-www-form-urlencoded", "CONTENT_LENGTH": str(len(body))}
        return self._ask(asked | kind, body, status)

    def token(self, path: str) -> str:
        """Return the CSRF token of a page."""
        found = TOKEN.search(self.get(path).decode())
        assert found, f"{path} has no form"
        return found[1]

    def _ask(self, asked: dict, body: bytes, status: int) -> bytes:
        answered: list = []
        environ = WSGI_ENVIRON | asked | {"HTTP_COOKIE": self.cookie, "wsgi.input": io.BytesIO(body)}
        answer = self.app(environ, lambda *said: answered.extend(said))  # type: ignore[arg-type]
        content = b"".join(answer)
        getattr(answer, "close", lambda: None)()
        if not answered[0].startswith(str(status)):
            raise RuntimeError(f"{asked['PATH_INFO']}: {answered[0]} {content[:300]!r}")
        self.location = next((value for name, value in answered[1] if name == "Location"), "")
        return content


class SessionClient(WsgiClient):
    """WSGI client with a session of a Flask app."""

    def __init__(self, app: Flask, session: dict):
        client = app.test_client()
        with client.session_transaction() as kept:
            kept.update(session)
            kept.permanent = True
        names = (app.config["SESSION_COOKIE_NAME"], "__Host-session")
        found = next(cookie for name in names if (cookie := client.get_cookie(name)))
        super().__init__(app.wsgi_app, f"{found.key}={found.value}")
