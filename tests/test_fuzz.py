"""Hostile requests at every address, as every role and as nobody: nothing breaks, leaks, leads away or moves by looking."""

import random
import re
from html import unescape
from urllib.parse import urlsplit

import peewee as pw
import pytest
from flask import g

import models
from answers import ASKS
from models import Attachment, Document, Event, Outbox, Permohonan
from tests import machine
from tests.hostile import SCRIPT, SUM, Archer
from tests.invariant import Invariant
from tests.officers import EMAILS, Officer, screens
from tests.visiting import Visitor
from tests.world import rows

pytestmark = [pytest.mark.fuzz, pytest.mark.timeout(3600)]

TOKEN = re.compile(r'name="csrf_token" value="([^"]+)"')
FIELD = re.compile(r'<(?:input|select|textarea|button)[^>]*\bname="([^"]+)"(?:[^>]*\bvalue="([^"]*)")?')
INSIDE = re.compile(r"Traceback|site-packages|sqlite3?\.|psycopg|peewee|\bSELECT \"|OperationalError|werkzeug\.|\.py\b", re.I)
HOME = {(False, False): "/masuk", (True, False): "/keluar", (True, True): "/petugas/"}  # pages with a token: signed in, staff
PUBLIC = {"pemohon": "pemohon@aku.example", "orang lain": "pemohon2@aku.example", "admin di luar": "admin@aku.example"}
REMEMBERED = ("/masuk", "/keluar", "/daftar", "/sandi-baru", "/konfirmasi", "/peran")  # what ends or changes sessions


class Range:
    """An office under fire: somebody at every door, and applications on every part of the way."""

    def __init__(self, app, world, dice):
        self.app, self.world, self.dice = app, world, dice
        self.files = str(app.config["INSTANCE_DIR"])
        for until in ("submitted", "siak_entry", "adb_review", "kabid_review", "awaiting_tte", "signed", "printed", "ready", "completed"):
            world.walk(world.submit(dice.choice(("AK-LAHIR", "AK-MATI", "KTP-HILANG"))), until)
        world.submit("AK-LAHIR", "counter")
        self.open = [world.begin().key, world.act(world.submit(), "mark_incomplete", "admin").key]
        self.clients = {}
        self.archer, self.rules = Archer(dice, self._parts()), list(app.url_map.iter_rules())
        self.roles = {screen.endpoint: set(screen.roles) for screen in screens(app)}

    def _parts(self):
        """Good values for the parts of addresses."""
        keys = [permohonan.key for permohonan in Permohonan.select()]
        files = [row.file.key for row in Attachment.select().limit(5)]
        proofs = [document.verification_key for document in Document.select()]
        return {
            "key": [*keys, *self.open * 4, *files[:2], *proofs[:2]],
            "id": [*keys, *map(str, range(1, len(keys)))],
            "file": files,
            "action": sorted({row.action for _, row in rows()}),
            "section": ["pemohon", "anak", "ibu", "ayah", "unggahan", "periksa"],
            "code": ["AK-LAHIR", "KTP-HILANG", "AK-MATI"],
            "product": ["akta", "kk", "kia"],
            "n": ["0", "1", "2", "99"],
            "what": ["daftar", "sandi"],
            "filename": ["public.css", "js/staff.js"],
            "lihat": ["0", "1"],
            "keadaan": ["submitted", "failed"],
            "nomor": [Permohonan.get().number],
        }

    def shot(self, who):
        """Most often at something that is open to this person."""
        shut = self.dice.random() < 0.15
        return self.archer.shot([rule for rule in self.rules if shut or self._is_for(rule, who)])

    def _is_for(self, rule, who):
        if not rule.rule.startswith("/petugas"):
            return who not in EMAILS
        return who in EMAILS and who in self.roles.get(rule.endpoint.partition(".")[0], {who})

    def client(self, who):
        """Whoever was signed out by a shot comes in again."""
        if who not in self.clients:
            self._fresh()
            models.Attempt.delete().execute()
            if who in EMAILS:
                self.clients[who] = Officer(self.app, f"{EMAILS[who]}@aku.example").client
            else:
                visitor = Visitor(self.app)
                if who:
                    assert visitor.sign_in(PUBLIC[who]).status_code == 303
                self.clients[who] = visitor.client
        return self.clients[who]

    def _fresh(self):
        for name in list(g):
            g.pop(name)

    def fire(self, who, shot):
        """Send it; whatever is wrong with the answer is an AssertionError that names the request."""
        before = _rows() if shot.method in ("GET", "HEAD", "OPTIONS") else None
        client = self.client(who)
        self._fresh()
        try:
            answer = client.open(shot.request(), buffered=True)
            self.judge(shot, answer)
            assert before is None or _rows() == before, "looking changed rows"
        except Exception as wrong:
            raise AssertionError(f"as {who or 'nobody'}: {shot!r}"[:6000]) from wrong
        if shot.method == "POST" and any(word in shot.path for word in REMEMBERED):
            self.clients.pop(who, None)
        return answer

    def judge(self, shot, answer):
        assert answer.status_code < 500 or answer.status_code == 501, answer.status_code
        assert answer.headers.get("X-Content-Type-Options") == "nosniff", "no nosniff"
        assert "default-src 'none'" in answer.headers.get("Content-Security-Policy", ""), "no policy"
        if 300 <= answer.status_code < 400 and answer.status_code != 304:
            place = answer.headers["Location"]
            assert re.match(r"/(?![/\\])", place) or place.startswith("http://localhost/"), f"leads to {place}"
            assert "\\" not in place and not urlsplit(place).netloc.strip("localhost"), f"leads to {place}"
        if answer.mimetype == "text/html":
            text = answer.text
            assert self.files not in text and not INSIDE.search(text), INSIDE.search(text)
            assert SCRIPT not in text and "62615533" not in text and "<img src=x" not in text, "markup of a stranger"

    def form(self, who, shot):
        """The fields and the token of the page at the same address."""
        shown = type(shot)("GET", shot.path, shot.query, shot.host)
        page = self.fire(who, shown)
        text = page.text if page.mimetype == "text/html" else ""
        token = TOKEN.search(text) or TOKEN.search(self.fire(who, type(shot)("GET", HOME[bool(who), who in EMAILS])).text)
        fields = [(unescape(name), unescape(value)) for name, value in FIELD.findall(text)]
        return fields or [(name, "") for name in ASKS], unescape(token[1]) if token else ""


def _rows():
    """What looking must never change."""
    moved = Permohonan.select(pw.fn.COUNT(Permohonan.id), pw.fn.SUM(Permohonan.version)).tuples()[0]
    return moved, Event.select().count(), Outbox.select(pw.fn.COUNT(Outbox.id), pw.fn.SUM(Outbox.attempts)).tuples()[0]


def test_nothing_hostile_breaks_leaks_leads_away_or_moves_by_looking(app, world):
    seed = random.randrange(10**6)
    dice = random.Random(seed)
    field = Range(app, world, dice)
    everybody = ["", *PUBLIC, *EMAILS]
    statuses = {}
    for _ in range(machine.rounds(600, 20_000)):
        who = dice.choice(everybody)
        shot = field.shot(who)
        if shot.method in ("POST", "PUT", "PATCH", "DELETE"):
            field.archer.load(shot, *field.form(who, shot))
        answer = field.fire(who, shot)
        statuses[answer.status_code] = statuses.get(answer.status_code, 0) + 1
    print(seed, statuses)
    app.config["CLOCK"] = None
    assert Invariant().whole() == []
