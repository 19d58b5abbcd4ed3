"""Every (state, role, action, track) posted over HTTP, and every address asked by those from whom it is hidden."""

import random
import re
from html import unescape

import pytest
from flask import g

from admin_views.queue.view import QueueView
from documents import printouts
from models import Attachment, Deficiency, Document, Event, Outbox, Permohonan
from tests import machine
from tests.helpers.factory import TODAY, OfficeFactory, transition_params
from tests.helpers.public_client import PublicClient
from tests.helpers.staff_client import EMAIL_BY_ROLE, TOKEN, Officer, registered_views, sign_in_officer
from workflow import CONDITIONS, STATES, TRACKS, TRANSITIONS

pytestmark = pytest.mark.fuzz

ACTIONS = sorted({row.action for _, row in transition_params()})
ANSWERS = {
    "declaration": "ya",
    "reason": "Alasan contoh.",
    "place": "Kantor Dinas",
    "date": "",
    "passphrase": "tanda-tangan",
    "password": "buleleng-2026",
    "cards_received": "ya",
    "originals_seen": "ya",
    "old_returned": "ya",
    "proxy_letter": "ya",
    "recipient_name": "Ni Luh Ayu",
    "recipient_nik": "5108994501900019",
    "signature": "[[[10,10],[90,50]]]",
    "documents-akta-number": f"5108-LU-{TODAY}-0001",
    "answered": "1",
    "deficiencies-formulir-fault": "1",
    "deficiencies-formulir-reason": "tidak_terbaca",
}  # whatever any action asks for, so that nothing but the table says no
NOTHING, TOKEN_BYTES = "a" * 26, re.compile(TOKEN.pattern.encode())


class Presser:
    """Somebody signed in, with one cookie and one token for thousands of presses: no told word waits for the next."""

    def __init__(self, person, home):
        self.client, shown = person.client, person.get(home)
        self.token = unescape(TOKEN.search(shown.get_data(as_text=True))[1])
        self.cookie = self.client.get_cookie("session").value

    def ask(self, method, url, **form):
        for name in list(g):
            g.pop(name)
        self.client.set_cookie("session", self.cookie)
        data = {"csrf_token": self.token} | form if method == "POST" else None
        headers = {"X-CSRFToken": self.token, "Upload-Offset": "0", "Upload-Length": "9"} if method == "PATCH" else None
        return self.client.open(url, method=method, data=data, headers=headers, buffered=True)

    def sees_no_difference(self, method, urls, **form):
        """Is this person told the same at all of them, down to the byte, the tokens left aside?"""
        answers = [self.ask(method, url, **form) for url in urls]
        told = [(one.status_code, _headers(one), TOKEN_BYTES.sub(b"", one.data)) for one in answers]
        return told[0] == told[1] and answers[0].status_code in (303, 404)


def _headers(answer):
    return [header for header in answer.headers if header[0] != "Set-Cookie"]


def _everything():
    permohonan = Permohonan.select(Permohonan.id, Permohonan.state, Permohonan.version).tuples()
    return sorted(permohonan), [table.select().count() for table in (Event, Outbox, Deficiency, Document)]


def _permitted(permohonan, role, state, track):
    return {
        row.action
        for row in TRANSITIONS
        if state in row.sources
        and role in row.roles
        and row.track in (None, track)
        and CONDITIONS[row.condition].holds(permohonan)
    }


def _screens_of(app, role):
    """The role's own screen, and the one of all applications."""
    mine = [one.endpoint for one in registered_views(app) if isinstance(one, QueueView) and role in one.roles]
    return sorted(mine, key=lambda name: name == "permohonan")[:1] + ["permohonan"] * ("permohonan" in mine[1:])


@pytest.mark.parametrize("track", TRACKS)
def test_what_the_table_does_not_allow_changes_nothing_when_an_officer_posts_it(app, factory, track, database_kind):
    """In `make fuzz` each of them, on two screens and both databases; in `make test` half, mostly on the role's own."""
    permohonan, dice = factory.submit(track=track), random.Random()
    seen = str(permohonan.version)
    share = [machine.repetitions(few, 100) / 100 for few in ((50, 6) if database_kind == "sqlite" else (6, 3))]
    for role in EMAIL_BY_ROLE:
        officer, homes = Presser(sign_in_officer(app, role), "/petugas/"), _screens_of(app, role)
        for state in STATES:
            factory.force_state(permohonan, state)
            before, forbidden = _everything(), set(ACTIONS) - _permitted(permohonan, role, state, track)
            for action in forbidden:
                for screen in [home for home, part in zip(homes, share, strict=False) if dice.random() < part]:
                    officer.ask(
                        "POST", f"/petugas/{screen}/aksi/{action}/?id={permohonan.key}", version=seen, **ANSWERS
                    )
            assert _everything() == before, (state, role)


def test_what_the_table_does_not_allow_changes_nothing_when_an_applicant_posts_it(app, factory, submit):
    permohonan = submit()
    seen = str(permohonan.version)
    for email in ("pemohon", "pemohon2"):
        visitor = PublicClient(app)
        visitor.sign_in(f"{email}@aku.example")
        person, role = Presser(visitor, "/keluar"), "applicant" if email == "pemohon" else ""
        for state in STATES:
            factory.force_state(permohonan, state)
            before = _everything()
            for action in set(ACTIONS) - _permitted(permohonan, role, state, "self_service"):
                person.ask("POST", f"/permohonan/{permohonan.key}/tindakan/{action}", version=seen, **ANSWERS)
            for page in ("periksa", "perbaikan", "unggahan", "isi/pemohon") if state != "draft" else ():
                person.ask("POST", f"/permohonan/{permohonan.key}/{page}", **ANSWERS)
            assert _everything() == before, (state, email)


def test_looking_presses_nothing_however_one_looks(app, factory, submit):
    """A HEAD used to count as a press, and without a token: it withdrew, closed and signed out."""
    permohonan, visitor = submit(), PublicClient(app)
    visitor.sign_in()
    person = Presser(visitor, "/keluar")
    for state in STATES:
        factory.force_state(permohonan, state)
        before = _everything()
        for action in sorted(_permitted(permohonan, "applicant", state, "self_service")):
            for method in ("GET", "HEAD", "OPTIONS", "TRACE"):
                person.ask(method, f"/permohonan/{permohonan.key}/tindakan/{action}")
                person.ask(method, f"/permohonan/{permohonan.key}/periksa")
        assert _everything() == before, state
    assert person.ask("HEAD", f"/permohonan/{permohonan.key}").status_code == 200, "and is still signed in"


def _hidden_addresses(app, role, parts):
    """Every address that names an application or a file and is open to a role: (method, address with {} for it)."""
    shut = {screen.endpoint for screen in registered_views(app) if role not in screen.roles}
    for rule in app.url_map.iter_rules():
        if rule.rule.startswith("/petugas") != (role != "applicant") or rule.endpoint.partition(".")[0] in shut:
            continue
        for method in sorted(rule.methods & {"GET", "POST", "PATCH"}):
            if "<key>" in rule.rule:
                yield method, re.sub(r"<(?:[^:>]*:)?(\w+)>", lambda part: parts.get(part[1], "{}"), rule.rule)
            if rule.endpoint.endswith(OF_ONE):
                for action in parts["actions"] if "<action>" in rule.rule else [""]:
                    yield method, rule.rule.replace("<action>", action) + "?id={}"


OF_ONE = (
    *(".details_view", ".action_page", ".log", ".take_view", ".take_over_view", ".release_view"),
    *(".check_view", ".note_view", ".compare_view"),
)  # of the pages and presses of a screen: those that name one application
PARTS = {
    "action": "withdraw", "section": "pemohon", "n": "1", "product": "akta", "file": NOTHING, "paper": "dossier",
    "requirement": "sptjm_kelahiran", "sha256": "0" * 64, "number": "1", "version": "1",
    "actions": ["send_to_siak", "verify_adb", "approve_tte", "hand_over", "withdraw"],
}  # fmt: skip


def _differences(person, addresses, hidden):
    """Where something hidden is answered otherwise than something that doesn't exist."""
    for method, address in addresses:
        if not person.sees_no_difference(method, [address.format(name) for name in (hidden, NOTHING)], **ANSWERS):
            yield method, address


@pytest.fixture
def hidden(factory, grant):
    """Applications and one whose officer must not see them: what → (key, address of the person, role)."""
    draft, counter = factory.begin(), factory.advance_to(factory.submit("AK-LAHIR", "counter"), "signed")
    grant(factory.other_applicant, "kabid", group="dafduk")
    people = [("a draft", draft.key, EMAIL_BY_ROLE[role], role) for role in EMAIL_BY_ROLE]
    return [
        *people,
        ("another counter's", counter.key, "loket.sukasada", "counter_operator"),
        ("any, for the IT team", counter.key, "it", "it"),
        ("another division's", counter.key, "pemohon2", "kabid"),
    ]


def test_what_an_officer_does_not_reach_answers_like_what_does_not_exist(app, hidden):
    file = Attachment.get().file.key
    for what, key, email, role in hidden:
        officer = Presser(Officer(app, f"{email}@aku.example"), "/petugas/")
        assert list(_differences(officer, _hidden_addresses(app, role, PARTS), key)) == [], (what, role)
        if what != "a draft":
            assert officer.sees_no_difference("GET", [f"/petugas/berkas/{name}" for name in (file, NOTHING)])
        for address in _addresses_for_many(app, role):
            answers = [_of_many(officer, address, name) for name in (key, NOTHING)]
            assert answers[0] == answers[1], (what, role, address)


def _of_many(officer, address, key):
    """What a press on many answers to this one, and the page that tells how it went."""
    answer = officer.ask("POST", address, rowid=key, action="withdraw")
    if answer.status_code == 303:
        answer = officer.ask("GET", answer.location)
        assert "1 permohonan</b> Tidak ditemukan." in answer.text
    return TOKEN.sub("", answer.text)


def test_whoever_reaches_it_is_told_otherwise(app, factory):
    """The control: the comparison above notices a difference."""
    admin = Presser(sign_in_officer(app, "admin"), "/petugas/")
    assert list(_differences(admin, _hidden_addresses(app, "admin", PARTS), factory.submit().key))


def _addresses_for_many(app, role):
    for screen in _screens_of(app, role):
        yield f"/petugas/{screen}/massal/"
        yield from (f"/petugas/{screen}/cetak/{paper}/" for paper in printouts.PRINTOUTS)


def test_a_stranger_s_application_answers_like_one_that_does_not_exist(app, factory):
    """To another applicant, and to an officer who is signed in on the public side."""
    hidden = factory.advance_to(factory.submit(), "ready")
    for email in ("pemohon2@aku.example", "admin@aku.example"):
        visitor = PublicClient(app)
        visitor.sign_in(email)
        stranger = Presser(visitor, "/keluar")
        public = [pair for pair in _hidden_addresses(app, "applicant", PARTS) if "/verifikasi/" not in pair[1]]
        assert len(public) > 15 and list(_differences(stranger, public, hidden.key)) == [], email
        assert _same_file(stranger, hidden)


def _same_file(stranger, hidden):
    """Not even through an application of one's own."""
    file = Attachment.get().file.key
    own = OfficeFactory().begin().key
    return stranger.sees_no_difference("GET", [f"/permohonan/{own}/berkas/{name}" for name in (file, NOTHING)])


@pytest.mark.parametrize("who", ["nobody", "pemohon", "admin"])
def test_without_a_staff_session_there_is_nothing_behind_the_door_but_the_door(app, factory, who):
    """Also for an officer signed in on the public side: no screen, no press, no file, no name."""
    permohonan = factory.advance_to(factory.submit(), "adb_review")
    visitor = PublicClient(app)
    if who != "nobody":
        visitor.sign_in(f"{who}@aku.example")
    person, before = Presser(visitor, "/keluar" if who != "nobody" else "/masuk"), _everything()
    parts = PARTS | {"key": permohonan.key, "file": Attachment.get().file.key, "code": "AK-LAHIR", "filename": "x.css"}
    for rule in app.url_map.iter_rules():
        if not rule.rule.startswith("/petugas") or rule.endpoint.startswith("staff_login."):
            continue
        address = re.sub(r"<(?:[^:>]*:)?(\w+)>", lambda part: parts[part[1]], rule.rule) + f"?id={permohonan.key}"
        for method in rule.methods & {"GET", "POST", "PATCH"}:
            answer = person.ask(method, address, rowid=permohonan.key, **ANSWERS)
            assert answer.status_code in (303, 401, 404), (method, address, answer.status_code)
            led = answer.status_code == 303 and answer.location.startswith("/petugas/masuk")
            kept = answer.status_code == 401 and method == "POST" and "Masuk petugas" in answer.text
            assert answer.status_code == 404 or led or kept, (method, address, answer.location)
            assert permohonan.number not in answer.text and permohonan.applicant_name not in answer.text
    assert _everything() == before
