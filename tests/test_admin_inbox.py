"""The inbox of officers: what is new is decided for each person, and ends with the next version."""

import re
from functools import partial

import pytest

import accounts
from jobs import outbox
from lib.database import now
from models import Event, Notice, Outbox, Permohonan, User
from tests.helpers.staff_client import Officer, sign_in_officer

NEW = re.compile(r'<li class="is-new">.*?<b class="num">(.*?)</b>', re.DOTALL)
UNTIL = re.compile(r'name="until" value="([0-9]+)"')
UNREAD = re.compile(r"Pemberitahuan <span[^>]*>([0-9+]+) baru")


@pytest.fixture
def officer(app, factory):
    return partial(sign_in_officer, app)


@pytest.fixture
def colleague(app, factory):
    """Another admin."""
    one = User.create(email="admin2@aku.example", name="Ni Luh Sari", password="-", confirmed_at=now())
    accounts.set_password(one, "buleleng-2026")
    accounts.grant_role(one, "admin")
    return Officer(app, one.email)


def new_to(person):
    """The numbers of the applications that the first page calls new, the latest first."""
    page = person.text("/petugas/")
    told = UNREAD.search(page)
    found = NEW.findall(page)
    assert int(told[1]) == len(found) if told else not found
    return found


def mark_read(person):
    until = UNTIL.search(person.text("/petugas/"))[1]
    assert person.post("/petugas/pemberitahuan", until=until).status_code == 303


@pytest.fixture
def returned(submit, factory):
    """A function that submits an application which the SIAK operator sends back to the admins."""

    def send_back():
        permohonan = factory.advance_to(submit(), "siak_entry")
        permohonan = factory.perform(permohonan, "return_to_admin", "siak_operator")
        outbox.drain()
        return permohonan

    return send_back


def test_a_notice_to_a_role_is_read_by_each_person_for_themselves(officer, colleague, returned):
    permohonan = returned()
    admin = officer("admin")
    assert new_to(admin) == new_to(colleague) == [permohonan.number]
    mark_read(admin)
    assert new_to(admin) == []
    assert new_to(colleague) == [permohonan.number]


def test_only_what_needs_somebody_is_told_with_number_service_and_name(officer, submit, returned):
    ordinary, permohonan = submit(), returned()
    admin = officer("admin")
    told = admin.text("/petugas/").split('aria-label="Pemberitahuan"', 1)[1].split("</section>", 1)[0]
    assert ordinary.number not in told, "it waits in the queue, which says so"
    line = re.sub(r"<[^>]+>", "", re.search("<summary>(.*?)<small>", told)[1])
    service = permohonan.edition.body["name"]["id"]
    assert (
        line.strip()
        == f"Dikembalikan ke admin untuk diperiksa lagi: {permohonan.number} {service}, {permohonan.applicant_name}"
    )
    assert "Buram." in told, "why it came back is read without opening it"


def test_what_came_after_the_page_was_drawn_stays_new(officer, returned):
    returned()
    admin = officer("admin")
    until = UNTIL.search(admin.text("/petugas/"))[1]
    later = returned()
    admin.post("/petugas/pemberitahuan", until=until)
    assert new_to(admin) == [later.number]
    admin.post("/petugas/pemberitahuan", until="1")  # an old page, pressed late
    assert new_to(admin) == [later.number]


def test_who_opened_the_application_needs_no_notice_of_it(officer, colleague, returned):
    permohonan = returned()
    admin = officer("admin")
    admin.get(f"/petugas/pemeriksaan/details/?id={permohonan.key}")
    assert new_to(admin) == []
    assert new_to(colleague) == [permohonan.number]


def test_what_has_moved_on_or_ended_is_gone_for_everybody(officer, colleague, returned, factory):
    moved, ended = returned(), returned()
    admin = officer("admin")
    admin.press("pemeriksaan", "cancel", ended, reason="Permohonan ganda.", undo_in_siak="tidak")
    factory.advance_to(moved, "siak_entry")
    outbox.drain()
    assert "tidak ada yang dikembalikan atau gagal." in colleague.text("/petugas/")


def test_a_mark_that_is_no_number_marks_nothing(officer, returned):
    returned()
    admin = officer("admin")
    for until in ("", "-1", "9999999999", "1 OR 1=1"):
        assert admin.post("/petugas/pemberitahuan", until=until).status_code == 303
    assert len(new_to(admin)) == 1


def test_an_inbox_is_no_archive(officer, returned):
    """Of very many, a hundred are looked at and twelve shown; a reminder of the same application adds no line."""
    permohonan = returned()
    first = Notice.get(Notice.role == "admin", Notice.is_pressing)
    copies = [copy_of(permohonan, first.outbox, number) for number in range(130)]
    for one, sent in (*copies, copies[-1]):
        facts = {"permohonan": one, "role": "admin", "subject": "Lagi", "body": "-", "is_pressing": True}
        Notice.create(outbox=outbox_row(sent), **facts)
    page = officer("admin").text("/petugas/")
    assert UNREAD.search(page)[1] == "99"
    assert len(NEW.findall(page)) == 12


def copy_of(permohonan, sent, number):
    """Another application in the same state, and its outbox row."""
    facts = permohonan.__data__ | {"key": f"k{number}", "number": f"N{number}"}
    facts.pop("id")
    one = Permohonan.create(**facts)
    event = Event.create(
        **{name: value for name, value in sent.event.__data__.items() if name != "id"} | {"permohonan": one}
    )
    return one, Outbox.create(event=event, job="tell", payload=sent.payload, state="done")


def outbox_row(like):
    return type(like).create(event=like.event, job="tell", payload=like.payload, state="done")
