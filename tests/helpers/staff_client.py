"""HTTP client of the staff side: signs in, opens pages, posts actions."""

import re
from html import unescape

from flask import g, has_app_context

from tests.helpers.checklist import tick_checklist
from workflow import FOUR_EYES

PASSWORD = "buleleng-2026"
EMAIL_BY_ROLE = {
    "admin": "admin",
    "siak_operator": "siak",
    "adb": "adb",
    "kabid": "kabid",
    "kadis": "kadis",
    "production": "produksi",
    "pickup": "pengambilan",
    "it": "it",
    "auditor": "auditor",
    "counter_operator": "loket.pemaron",
}  # role: the demonstration's person, @aku.example
TOKEN = re.compile(r'name="csrf_token" value="([^"]+)"')


class Officer:
    """A staff user, signed in."""

    def __init__(self, app, email):
        self.client = app.test_client()
        answer = self.post("/petugas/masuk", page="/petugas/masuk", email=email, password=PASSWORD)
        assert answer.status_code == 303, f"{email} does not get in"

    def _forget(self):
        """Clear `g`: the test's app context outlives a request, but what the request stored in it must not."""
        for name in list(g) if has_app_context() else ():
            g.pop(name)

    def get(self, url):
        self._forget()
        return self.client.get(url)

    def text(self, url):
        answer = self.get(url)
        assert answer.status_code == 200, f"{url}: {answer.status_code}"
        return unescape(answer.get_data(as_text=True))

    def post(self, url, page="/petugas/", **form):
        """Post a form with the CSRF token of this session."""
        token = TOKEN.search(self.get(page).get_data(as_text=True))
        self._forget()
        return self.client.post(url, data={"csrf_token": token[1] if token else ""} | form)

    def press(self, screen, action, permohonan, opened=True, **answers):
        """Perform an action through its form on a screen, with the checklist ticked and the drafts opened."""
        if opened and action in FOUR_EYES[1:]:
            for product in (one["key"] for one in permohonan.products if one["kind"] == "pdf"):
                self.post(f"/petugas/permohonan/{permohonan.key}/draf/{product}.pdf")
        if action in ("send_to_siak", "submit_draft") and has_app_context():
            tick_checklist(permohonan)
        url = f"/petugas/{screen}/aksi/{action}/?id={permohonan.key}"
        return self.post(url, version=str(permohonan.version), **answers)


def sign_in_officer(app, role):
    """Sign in as the demonstration's person with this role."""
    return Officer(app, f"{EMAIL_BY_ROLE[role]}@aku.example")


def registered_views(app):
    """Return every registered Flask-Admin view."""
    return app.extensions["admin"][0]._views


def offered_actions(html):
    """Return the actions offered in a piece of a page, in order."""
    return re.findall(r'data-action="([a-z_]+)"', html)


def table_row(html, permohonan):
    """Return the table row of one application in a list."""
    return html.split(f'data-number="{permohonan.number}"', 1)[1].split("</tr>", 1)[0]
