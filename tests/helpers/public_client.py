"""HTTP client of the public pages: keeps cookies, sends CSRF tokens."""

import io
import re
from html import unescape

from flask import g, has_app_context

from tests.helpers.browser_person import photo

PASSWORD = "buleleng-2026"
TOKEN = re.compile(r'name="csrf_token" value="([^"]+)"')


class PublicClient:
    """Flask's test client with the CSRF token of each form."""

    def __init__(self, app):
        self.client = app.test_client()

    def _fresh(self):
        """Clear `g`: the test's app context outlives a request, but what the request stored in it must not."""
        for name in list(g) if has_app_context() else ():
            g.pop(name)

    def get(self, path, **more):
        self._fresh()
        return self.client.get(path, buffered=True, **more)

    def post(self, path, data=None, page=None, follow=False, **more):
        """Post a form with the CSRF token of its page (`page`, else the URL itself)."""
        found = TOKEN.search(self.get(page or path).text)
        token = {"csrf_token": unescape(found[1])} if found else {}
        self._fresh()
        answer = self.client.post(path, data=token | (data or {}), buffered=True, **more)
        return self.get(answer.location) if follow and answer.status_code == 303 else answer

    def sign_in(self, email="pemohon@aku.example", password=PASSWORD, **more):
        return self.post("/masuk", {"email": email, "password": password}, **more)


def jpeg_upload(words="Contoh", name="foto.jpg"):
    """Return a legible photo, as a file field sends it."""
    return io.BytesIO(photo(words, size=(700, 900))), name


def section_form_data(section, answers, version):
    """Return the answers of one section as its page posts them."""
    form = {"draft_version": str(version)}
    for field in section["fields"]:
        value = answers.get(field["key"], "")
        if field["type"] == "date" and value:
            form[field["key"]] = "-".join(reversed(value.split("-")))
        elif field["type"] == "group":
            form |= {f"{field['key']}-{n}-{key}": one for n, row in enumerate(value) for key, one in row.items()}
        else:
            form[field["key"]] = str(value)
    return form


def field_error(answer, name):
    """Return the error of a field, or ""."""
    found = re.search(rf'id="{re.escape(name)}-error">.*?<span>(.*?)</span>', answer.text, re.DOTALL)
    return unescape(found[1]) if found else ""
