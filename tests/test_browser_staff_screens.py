"""Every staff screen, found by following links as each role: axe, two widths, a picture; no screen is left out.

Which screens there are, the address map says. Where a link leads to more of the same, one of it is looked at.
"""

from dataclasses import dataclass, field
from inspect import unwrap
from urllib.parse import parse_qs, urlsplit

import pytest
from flask import current_app
from werkzeug.exceptions import HTTPException

import workflow
from admin_views.queue.view import QueueView
from catalogue import proposals
from intake import appointments
from jobs import outbox
from lib import encryption
from models import Draft, DraftFile, Layanan, Office, Permohonan, User
from tests import machine
from tests.helpers.browser_office import browser_office
from tests.helpers.browser_person import Person
from tests.helpers.staff_client import EMAIL_BY_ROLE, registered_views
from tests.test_wizard_statements import begin_unsigned

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.timeout(600)]
NO_PAGES = {
    # files
    *("staff_files.stored", "staff_files.dossier", "staff_files.documents", "staff_files.draft", "staff_files.slip"),
    *("staff_files.stored_page", "staff_files.draft_page", "staff_files.sample_draft"),
    *("staff_files.consignment", "staff_files.receipt", "counter.own_file", "counter.filled_form", "counter.arrive"),
    *(
        "layanan.blank_form",
        "layanan.export",
        "pernyataan.preview",
        "dokumen.preview",
        "counter.filled_statement",
        "admin.static",
    ),
    # they lead on
    *("queue.bulk_view", "counter.resume", "counter.correct"),
    "layanan.inside",  # a page of the public side, in the frame of layanan.preview
}
WIDTHS = (1366, 820)
ROAD = "send_to_siak submit_draft verify_adb verify_kabid approve_tte".split()
STANDING = (
    # service, track, what happened to it since it was sent; the roles follow from the table
    ("AK-LAHIR", "self_service", ""),
    ("AK-LAHIR", "self_service", "mark_incomplete"),
    ("AK-LAHIR", "self_service", "send_to_siak"),
    ("AK-LAHIR", "self_service", "send_to_siak report_invalid"),
    ("KTP-BARU", "self_service", "send_to_siak ask_recording"),
    ("AK-LAHIR", "self_service", "send_to_siak submit_draft"),
    ("AK-LAHIR", "self_service", "send_to_siak submit_draft return_to_operator"),
    ("PIN-KELUAR", "self_service", "send_to_siak submit_draft verify_adb"),
    ("AK-LAHIR", "self_service", "send_to_siak submit_draft verify_adb verify_kabid"),
    ("AK-LAHIR", "self_service", " ".join(ROAD)),
    ("KTP-HILANG", "self_service", " ".join([*ROAD, "wait_for_blank"])),
    ("KTP-HILANG", "self_service", " ".join([*ROAD, "print_document"])),
    ("KTP-HILANG", "self_service", " ".join([*ROAD, "print_document assign_queue_number"])),
    ("KTP-HILANG", "self_service", " ".join([*ROAD, "print_document assign_queue_number set_aside"])),
    ("KTP-HILANG", "self_service", " ".join([*ROAD, "print_document assign_queue_number hand_over"])),
    ("AK-LAHIR", "counter", ""),
    ("AK-LAHIR", "counter", "cancel"),
    ("AK-LAHIR", "counter", "mark_incomplete"),
    ("KTP-HILANG", "counter", " ".join(ROAD)),
    ("KTP-HILANG", "counter", " ".join([*ROAD, "publish_to_counter"])),
    ("KTP-HILANG", "counter", " ".join([*ROAD, "publish_to_counter print_document"])),
    ("KTP-HILANG", "counter", " ".join([*ROAD, "publish_to_counter print_document assign_queue_number"])),
)


@pytest.fixture(scope="module")
def server():
    """A server with applications wherever one can stand, a draft, and a service that is being changed."""
    with browser_office(REDIS_URL=machine.valkey()) as (running, factory):
        for code, track, actions in STANDING:
            permohonan = factory.submit(code, track)
            for action in actions.split():
                permohonan = factory.perform(permohonan, action, _who(permohonan, action))
        begun = begin_unsigned(factory, "counter")
        to_sign = DraftFile.select(DraftFile.id).join(Draft).where(Draft.permohonan == begun.id)
        DraftFile.delete().where(DraftFile.id.in_(to_sign), DraftFile.requirement == "formulir").execute()
        _propose()
        _book()
        outbox.drain()
        yield running


def _who(permohonan, action):
    fits = (row for row in workflow.BY_SOURCE[permohonan.state] if row.action == action)
    return next(row.roles[0] for row in fits if row.track in (None, permohonan.track))


def _book():
    place = Office.get(Office.kind == "dinas")
    day, hours = next(iter(appointments.free_hours(place).items()))
    who = appointments.Contact("Ni Luh Contoh", "081200000000", "", "", "id")
    appointments.book(place, day, hours[0], "rekam", who, encryption.random_token())


def _propose():
    row = Layanan.get(Layanan.code == "AK-LAHIR")
    body = proposals.proposal_body(row)
    with_more = body | {"name": body["name"] | {"id": "Akta kelahiran baru"}}
    it = User.get(User.email == "it@aku.example")
    proposals.save(row, with_more, row.version, it)


@dataclass
class Walk:
    """Follows links as one role after the other; remembers what has been looked at, whoever saw it."""

    seen: set = field(default_factory=set)  # what makes a page different from others of its kind
    kinds: set = field(default_factory=set)

    def __post_init__(self):
        self.views = {view.endpoint: view for view in registered_views(current_app)}
        self.map = current_app.url_map.bind("localhost")

    def wanted(self):
        """Every kind of staff page that there is."""
        rules = current_app.url_map.iter_rules()
        staff = [rule for rule in rules if rule.rule.startswith("/petugas") and "GET" in rule.methods]
        return {self.kind(rule.endpoint) for rule in staff} - NO_PAGES - {None}

    def kind(self, endpoint):
        """The endpoint; of what all queues share, the function. None: the screen has no such page."""
        screen, _, name = endpoint.partition(".")
        view = self.views.get(screen)
        if not isinstance(view, QueueView) or name == "index_view":
            return endpoint
        shared = unwrap(getattr(view, name)) == unwrap(getattr(QueueView, name, None))
        return f"queue.{name}" if shared else endpoint

    def new(self, path, user):
        """Is this a page of which none has been looked at? Then it will have been."""
        parts = urlsplit(path)
        try:
            endpoint, named = self.map.match(parts.path, method="GET")
        except HTTPException:
            return None
        kind = self.kind(endpoint)
        if kind is None or kind in NO_PAGES:
            return None
        query = {name: values[0] for name, values in parse_qs(parts.query).items()}
        mark = (kind, *self._mark(endpoint, named, query, user))
        if mark in self.seen:
            return None
        self.seen.add(mark)
        self.kinds.add(kind)
        return "-".join(filter(None, map(str, mark))).replace("/", "").replace(".", "-")

    def _mark(self, endpoint, named, query, user):
        if endpoint == "admin.index":
            return (user.email.partition("@")[0],)
        if endpoint.endswith("details_view"):
            permohonan = Permohonan.get(Permohonan.key == query["id"])
            waits = user.roles.intersection(workflow.STATES[permohonan.state].waits)
            worked = "worked" if self.views[endpoint.partition(".")[0]].claimable else ""
            return (permohonan.state, worked) if waits else ("watched", bool(workflow.allowed(permohonan, user)))
        return filter(None, (named.get("action"), named.get("section"), query.get("jenis")))


def test_axe_finds_nothing_on_any_staff_screen_and_none_scrolls_sideways(server, browser):
    walk = Walk()
    _look_around(walk, Person(browser, server.url), "/petugas/masuk", User())
    for role in sorted(EMAIL_BY_ROLE, key=list(workflow.ROLES).index):
        person = Person(browser, server.url)
        person.sign_in_as_staff(f"{EMAIL_BY_ROLE[role]}@aku.example")
        _look_around(walk, person, "/petugas/", User.get(User.email == f"{EMAIL_BY_ROLE[role]}@aku.example"))
    assert walk.kinds == walk.wanted()


def _look_around(walk, person, start, user):
    """Look at a page and at what it leads to, until there is nothing new."""
    ahead = [start]
    for path in ahead:
        if name := walk.new(path, user):
            person.go(path)
            person.check_page_at_widths(f"petugas-{name}", *WIDTHS, axe=WIDTHS[-1])
            links = person.page.locator("a[href^='/petugas/']:not([target])")
            ahead += links.evaluate_all("all => all.map(a => a.getAttribute('href').split('#')[0])")
    assert person.errors == []
    person.context.close()
