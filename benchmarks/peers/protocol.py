"""The interface of a peer, and the parts that both Flask-Admin peers share."""

from dataclasses import dataclass
from typing import Protocol
from urllib.parse import quote_plus

from flask import Flask
from flask_babel import Babel
from flask_login import LoginManager
from flask_wtf import CSRFProtect
from itsdangerous import URLSafeTimedSerializer

from benchmarks.wsgi_client import SessionClient

COLUMNS = ("number", "layanan", "track", "state", "applicant_name", "subject_nik", "village", "submitted_at", "due_at")
STATUS = """<!doctype html><title>Status</title><h1>{{ one.number }}</h1><p>{{ one.layanan.code }} {{ one.state }}</p>
<ol>{% for event in events %}<li>{{ event.at.strftime("%d %b %Y %H:%M") }} {{ event.target }}</li>{% endfor %}</ol>"""
ZERO_HASH = "0" * 64
THERE_AND_BACK = {"submitted": ("send_to_siak", "siak_entry"), "siak_entry": ("give_back", "submitted")}
SCREEN = "/admin/permohonan/"


class Peer(Protocol):
    """The measured calls; each performs a whole request and raises on an unexpected response."""

    def queue(self) -> bytes: ...
    def search(self, wanted: str) -> bytes: ...
    def page(self, number: int) -> bytes: ...
    def press(self, ident: int) -> bytes: ...
    def batch(self, idents: list[int]) -> bytes: ...
    def status(self, key: str) -> bytes: ...


def event_columns(action: str, source: str, target: str) -> dict:
    """Return the columns of an event that a peer would fill; peers have no hash chain."""
    chain = {"text_digest": ZERO_HASH, "previous": ZERO_HASH, "hash": ZERO_HASH}
    return chain | {"action": action, "source": source, "target": target, "role": "admin"}


def make_app(name: str, load) -> Flask:
    """Create an app with sessions and CSRF protection as Flask-Login and Flask-WTF document it."""
    app = Flask(name)
    app.config.update(SECRET_KEY=name, WTF_CSRF_TIME_LIMIT=None, WTF_CSRF_SSL_STRICT=False)
    Babel(app)
    LoginManager(app).user_loader(load)
    CSRFProtect(app)
    return app


@dataclass
class FlaskAdmin:
    """Client of a Flask-Admin view at SCREEN; `flt` is the number of its filter for the state."""

    asker: SessionClient
    flt: int
    token: str

    def queue(self) -> bytes:
        return self.asker.get(f"{SCREEN}?flt0_{self.flt}=submitted")

    def search(self, wanted: str) -> bytes:
        return self.asker.get(f"{SCREEN}?search={quote_plus(wanted)}")

    def page(self, number: int) -> bytes:
        return self.asker.get(f"{SCREEN}?page={number}")

    def press(self, ident: int) -> bytes:
        return self.asker.post(f"{SCREEN}move/{ident}", {"csrf_token": self.token}, 302)

    def batch(self, idents: list[int]) -> bytes:
        form = {"csrf_token": self.token, "action": "move", "rowid": idents, "url": SCREEN}
        return self.asker.post(f"{SCREEN}action/", form, 302)

    def status(self, key: str) -> bytes:
        return self.asker.get(f"/status/{key}")


def sign_in_first_user(app: Flask, view) -> FlaskAdmin:
    """Return a client of the app signed in as its first user."""
    filters = [(one.name, type(one).__name__) for one in view._filters]
    asker = SessionClient(app, {"_user_id": "1", "_fresh": True, "csrf_token": ZERO_HASH})
    token = URLSafeTimedSerializer(app.name, salt="wtf-csrf-token").dumps(ZERO_HASH)
    return FlaskAdmin(asker, filters.index(("State", "FilterEqual")), str(token))
