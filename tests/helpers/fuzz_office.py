"""Target of the HTTP fuzzer: an app with all roles and applications in many states, and checks of its responses."""

import hashlib
import re
from html import unescape

import peewee as pw
from flask import g

from casework.inputs import INPUTS
from documents import printouts
from models import Attachment, Attempt, Document, Event, Outbox, Permohonan
from tests.helpers.factory import transition_params
from tests.helpers.http_fuzzer import PICTURE, SCRIPT, TEMPLATE_RESULT, FuzzRequest, RequestGenerator
from tests.helpers.public_client import PublicClient
from tests.helpers.staff_client import EMAIL_BY_ROLE, TOKEN, Officer, registered_views

FIELD_PATTERN = re.compile(r'<(?:input|select|textarea|button)[^>]*\bname="([^"]+)"(?:[^>]*\bvalue="([^"]*)")?')
LEAKED_INTERNALS = re.compile(
    r"Traceback|site-packages|sqlite3?\.|psycopg|peewee|SELECT \"|OperationalError|werkzeug\.|\.py\b", re.I
)
PUBLIC_USERS = {
    "pemohon": "pemohon",
    "orang lain": "pemohon2",
    "admin di luar": "admin",
}  # signed in on the public side
VISITORS = ("", *PUBLIC_USERS, *EMAIL_BY_ROLE)
SESSION_PATHS = ("/masuk", "/keluar", "/daftar", "/sandi-baru", "/konfirmasi", "/peran")
SEEDED_STATES = "submitted siak_entry adb_review kabid_review awaiting_tte signed printed ready completed".split()
SAFE_METHODS, LOCAL_TARGET = (
    ("GET", "HEAD", "OPTIONS"),
    re.compile(r"(http://localhost)?/(?![/\\])[^\\]*|http://localhost"),
)


class FuzzOffice:
    """Sends generated requests as any user; an AssertionError names the request whose response is wrong."""

    def __init__(self, app, factory, dice):
        self.app, self.random, self.clients = app, dice, {}
        for until in SEEDED_STATES:
            factory.advance_to(factory.submit(dice.choice(("AK-LAHIR", "AK-MATI", "KTP-HILANG"))), until)
        self.open = [  # drafts and returns, on either track
            one.key
            for track in ("self_service", "counter")
            for one in (
                factory.begin(track=track),
                factory.perform(factory.submit(track=track), "mark_incomplete", "admin"),
            )
        ]
        self.archer, self.rules = RequestGenerator(dice, self._parts()), list(app.url_map.iter_rules())
        self.roles = {screen.endpoint: set(screen.roles) for screen in registered_views(app)}

    def _parts(self):
        """Return valid values for the arguments of URL rules, by name."""
        keys = [permohonan.key for permohonan in Permohonan.select()]
        files = [row.file.key for row in Attachment.select().limit(5)]
        proofs = [document.verification_key for document in Document.select().limit(2)]
        return {
            "key": [*keys, *self.open * 3, *files[:2], *proofs],
            "number": list(map(str, range(1, 20))),
            "file": files,
            "action": sorted({row.action for _, row in transition_params()}),
            "section": ["pemohon", "anak", "ibu", "ayah", "unggahan", "periksa"],
            "code": ["AK-LAHIR", "KTP-HILANG", "AK-MATI", "en", "id"],
            "product": ["akta", "kk", "kia"],
            "paper": list(printouts.PRINTOUTS),
            "n": ["0", "1", "2", "99"],
            "what": ["daftar", "sandi"],
            "page": ["ikd", "unduh-lagi", "rekam-ktp"],
            "appointment": ["0000000000", "kalender"],
            "filename": ["public.css", "js/staff.js"],
            "requirement": ["formulir", "surat_lahir", "kk"],
            "sha256": ["0" * 64, hashlib.sha256(b"").hexdigest()],
            "hal": ["layanan", "mulai", "unggahan", "anak"],
            "unsur": ["sections", "requirements", "products"],
            "back": ["/layanan/", "/permohonan/"],
            "name": ["surat"],
            "lihat": ["0", "1"],
            "keadaan": ["submitted", "failed"],
            "nomor": [Permohonan.get().number],
        }

    def make_request(self, who):
        """Return a request as this user, most often to a page open to them; with a body if the method has one."""
        strange = self.random.random() < 0.15
        shot = self.archer.make_request([rule for rule in self.rules if strange or self._is_open(rule, who)])
        if shot.method not in (*SAFE_METHODS, "TRACE"):
            self.archer.add_body(shot, *self._form(who, shot))
        return shot

    def _is_open(self, rule, who):
        if not rule.rule.startswith("/petugas"):
            return who not in EMAIL_BY_ROLE
        return who in EMAIL_BY_ROLE and who in self.roles.get(rule.endpoint.partition(".")[0], {who})

    def _form(self, who, shot):
        """Return the fields and the CSRF token of the page at the same URL."""
        page = self.send(who, FuzzRequest("GET", shot.path, shot.query, shot.host))
        text = page.text if page.mimetype == "text/html" else ""
        home = "/petugas/" if who in EMAIL_BY_ROLE else "/keluar" if who else "/masuk"
        token = TOKEN.search(text) or TOKEN.search(self.send(who, FuzzRequest("GET", home)).text)
        fields = [(unescape(name), unescape(value)) for name, value in FIELD_PATTERN.findall(text)]
        return fields or [(name, "") for name in INPUTS], unescape(token[1]) if token else ""

    def _client(self, who):
        """Return the client of a user, signed in again if a request signed it out."""
        if who not in self.clients:
            self._forget()
            Attempt.delete().execute()
            visitor = (
                Officer(self.app, f"{EMAIL_BY_ROLE[who]}@aku.example")
                if who in EMAIL_BY_ROLE
                else PublicClient(self.app)
            )
            if who in PUBLIC_USERS:
                assert visitor.sign_in(f"{PUBLIC_USERS[who]}@aku.example").status_code == 303
            self.clients[who] = visitor.client
        return self.clients[who]

    def _forget(self):
        for name in list(g):
            g.pop(name)

    def send(self, who, shot):
        before, client = _row_counts() if shot.method in SAFE_METHODS else None, self._client(who)
        self._forget()
        try:
            answer = client.open(shot.request(), buffered=True)
            self._judge(answer)
            assert before is None or _row_counts() == before, "looking changed rows"
        except Exception as wrong:
            raise AssertionError(f"as {who or 'nobody'}: {shot!r}"[:6000]) from wrong
        if shot.method == "POST" and any(word in shot.path for word in SESSION_PATHS):
            self.clients.pop(who, None)
        return answer

    def _judge(self, answer):
        assert answer.status_code < 500, answer.status_code
        assert answer.headers.get("X-Content-Type-Options") == "nosniff"
        assert "default-src 'none'" in answer.headers.get("Content-Security-Policy", "")
        if answer.status_code in (301, 302, 303, 307, 308):
            assert LOCAL_TARGET.fullmatch(answer.headers["Location"]), f"leads to {answer.headers['Location']}"
        if answer.mimetype == "text/html":
            assert str(self.app.config["INSTANCE_DIR"]) not in answer.text and not LEAKED_INTERNALS.search(answer.text)
            assert not any(word in answer.text for word in (SCRIPT, PICTURE[2:], TEMPLATE_RESULT)), (
                "markup of a stranger"
            )


def _row_counts():
    """Return counts that a GET request must not change."""
    moved = Permohonan.select(pw.fn.COUNT(Permohonan.id), pw.fn.SUM(Permohonan.version)).tuples()[0]
    return moved, Event.select().count(), Outbox.select(pw.fn.COUNT(Outbox.id), pw.fn.SUM(Outbox.attempts)).tuples()[0]
