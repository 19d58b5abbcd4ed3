"""The inbox of officers: what is new is decided for each person, and ends with the next version."""

import re
from functools import partial

import pytest

import accounts
from jobs import outbox
from lib.database import now
from models import Notice, User
from tests.helpers.staff_client import Officer, sign_in_officer

NEW = re.compile(r'<li class="is-new">.*?<summary>(.*?) <small>', re.DOTALL)
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
    found = [words.split()[-1] for words in NEW.findall(page)]
    assert int(told[1]) == len(found) if told else not found
    return found


def mark_read(person):
    until = UNTIL.search(person.text("/petugas/"))[1]
    assert person.post("/petugas/pemberitahuan", until=until).status_code == 303


def test_a_notice_to_a_role_is_read_by_each_person_for_themselves(officer, colleague, submit):
    permohonan = submit()
    outbox.drain()
    admin = officer("admin")
    assert new_to(admin) == new_to(colleague) == [permohonan.number]
    mark_read(admin)
    assert new_to(admin) == []
    assert new_to(colleague) == [permohonan.number]


def test_what_came_after_the_page_was_drawn_stays_new(officer, submit):
    submit()
    outbox.drain()
    admin = officer("admin")
    until = UNTIL.search(admin.text("/petugas/"))[1]
    later = submit()
    outbox.drain()
    admin.post("/petugas/pemberitahuan", until=until)
    assert new_to(admin) == [later.number]
    admin.post("/petugas/pemberitahuan", until="1")  # an old page, pressed late
    assert new_to(admin) == [later.number]


def test_who_opened_the_application_needs_no_notice_of_it(officer, colleague, submit):
    permohonan = submit()
    outbox.drain()
    admin = officer("admin")
    admin.get(f"/petugas/pemeriksaan/details/?id={permohonan.key}")
    assert new_to(admin) == []
    assert new_to(colleague) == [permohonan.number]


def test_what_has_moved_on_or_ended_is_new_to_nobody(officer, colleague, submit, factory):
    moved, ended = submit(), submit()
    outbox.drain()
    admin = officer("admin")
    admin.press("pemeriksaan", "cancel", ended, reason="Permohonan ganda.", undo_in_siak="tidak")
    factory.advance_to(moved, "siak_entry")
    assert new_to(colleague) == []
    assert len(re.findall("<details>", colleague.text("/petugas/"))) == 2, "they are still listed"


def test_a_mark_that_is_no_number_marks_nothing(officer, submit):
    submit()
    outbox.drain()
    admin = officer("admin")
    for until in ("", "-1", "9999999999", "1 OR 1=1"):
        assert admin.post("/petugas/pemberitahuan", until=until).status_code == 303
    assert len(new_to(admin)) == 1


def test_an_inbox_is_no_archive(officer, submit, app):
    permohonan = submit()
    outbox.drain()
    first = Notice.get(Notice.role == "admin")
    promised = [outbox_row(first.outbox) for _ in range(130)]
    Notice.insert_many(
        {"outbox": one, "permohonan": permohonan, "role": "admin", "subject": f"Lagi {one}", "body": "-"}
        for one in promised
    ).execute()
    page = officer("admin").text("/petugas/")
    assert UNREAD.search(page)[1] == "99+"
    assert len(NEW.findall(page)) == 12


def outbox_row(like):
    return type(like).create(event=like.event, job="tell", payload=like.payload, state="done")
