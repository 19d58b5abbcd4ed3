"""Filters and sorting of a queue: by codes in its address, by index, and kept under a name of one's own."""

import re
from datetime import timedelta

from admin_views.queue import saved_filters, sort_order
from casework import claims
from lib.database import database, now
from models import Permohonan, Search
from tests.helpers.staff_client import sign_in_officer

QUEUE = "/petugas/pemeriksaan/"


def listed(page):
    return re.findall(r'data-number="([^"]+)"', page)


def test_a_queue_is_narrowed_by_codes_in_its_address(app, submit):
    birth, family = submit("AK-LAHIR"), submit("KK-HILANG", "counter")
    Permohonan.update(due_at=now() - timedelta(days=1)).where(Permohonan.id == birth.id).execute()
    admin = sign_in_officer(app, "admin")

    def shown(query):
        page = admin.text(f"/petugas/pemeriksaan/?{query}")
        return [row.number for row in (birth, family) if f'data-number="{row.number}"' in page]

    assert shown("") == [birth.number, family.number]
    assert shown("janji=lewat") == [birth.number]
    assert shown("layanan=KK-HILANG&keadaan=submitted") == [family.number]
    assert shown("jalur=self_service") == [birth.number]
    assert shown(f"tempat={family.village.code}&jalur=counter") == [family.number]
    assert shown("layanan=KK-HILANG&janji=lewat") == []
    assert "Lewat waktu <b>1</b>" in admin.text("/petugas/pemeriksaan/")
    page = admin.text(f"{QUEUE}?layanan=KK-HILANG&keadaan=submitted")
    assert re.search(r'<option value="KK-HILANG" selected>', page) and 'name="keadaan" value="submitted"' in page


def test_a_filter_that_means_nothing_breaks_nothing(app, submit):
    permohonan = submit()
    admin = sign_in_officer(app, "admin")
    sorts = ("urut=number", "urut=-", "urut=state")
    places = ("layanan='--", "tempat=%00", "layanan=a&layanan=b", "tempat=" + "a" * 3000)
    for query in ("janji=x", "pemegang=x", "jalur=x", *sorts, *places):
        assert permohonan.number in admin.text(f"/petugas/pemeriksaan/?{query}") or "layanan=a" in query


def test_a_queue_is_narrowed_to_what_somebody_holds(app, submit, staff):
    mine, theirs, free = submit(), submit(), submit()
    claims.take(mine, staff["admin"])
    claims.take(theirs, staff["siak_operator"])
    admin = sign_in_officer(app, "admin")
    for holder, one in (("saya", mine), ("lain", theirs), ("bebas", free)):
        assert listed(admin.text(f"{QUEUE}?pemegang={holder}")) == [one.number], holder
    Permohonan.update(version=mine.version + 1).where(Permohonan.id == mine.id).execute()
    assert listed(admin.text(f"{QUEUE}?pemegang=saya")) == [], "a claim is of one version"


def test_a_header_sorts_and_turns_round_and_the_pages_keep_it(app, submit):
    numbers = [submit().number for _ in range(3)]
    for place, number in enumerate(numbers):
        at = now() - timedelta(days=place)
        times = {"submitted_at": at, "due_at": at + timedelta(days=4 * place)}
        Permohonan.update(times).where(Permohonan.number == number).execute()
    admin = sign_in_officer(app, "admin")
    assert listed(admin.text(QUEUE)) == numbers and 'aria-sort="ascending"' in admin.text(QUEUE)
    page = admin.text(f"{QUEUE}?urut=submitted_at&jalur=self_service")
    assert listed(page) == numbers[::-1] and f"{QUEUE}?urut=submitted_at&jalur=self_service&janji=lewat" in page
    assert page.count("&urut=submitted_at&jalur=self_service") >= 3, "the pages of applications lead back to it"
    assert "urut=-submitted_at" in page, "the header turns it round"
    assert listed(admin.text(f"{QUEUE}?urut=-submitted_at")) == numbers


def test_every_header_that_sorts_reads_an_index_in_order(app, submit):
    """However many there are, nothing is sorted to show the first of them."""
    submit()
    for name in sort_order.SORTABLE:
        plan = "EXPLAIN QUERY PLAN " if "sqlite" in app.config["DATABASE_URL"] else "EXPLAIN "
        text = f"SELECT p.id FROM permohonan p WHERE p.state = 'submitted' ORDER BY p.{name} DESC, p.id DESC LIMIT 26"
        if "sqlite" not in app.config["DATABASE_URL"]:
            database.execute_sql("SET enable_sort = off")
        told = str(database.execute_sql(plan + text).fetchall())
        assert "TEMP B-TREE" not in told and "Sort" not in told and "index" in told.lower(), (name, told)


def test_a_filter_is_kept_under_a_name_and_is_nobody_elses(app, submit):
    submit()
    admin, adb = sign_in_officer(app, "admin"), sign_in_officer(app, "siak_operator")
    narrowed = f"{QUEUE}?urut=-submitted_at&layanan=AK-LAHIR"
    assert "Simpan saringan" not in admin.text(QUEUE) and "Simpan saringan" in admin.text(narrowed)
    answer = admin.post(f"{QUEUE}saringan/?urut=-submitted_at&layanan=AK-LAHIR", nama="Akta terbaru")
    assert answer.location == narrowed
    link = f'href="{narrowed}" aria-current="true">Akta terbaru</a>'
    assert link in admin.text(narrowed) and "Simpan saringan" not in admin.text(narrowed)
    assert "Akta terbaru" in admin.text(QUEUE) and "Akta terbaru" not in adb.text("/petugas/siak/")
    assert "Akta terbaru" not in admin.text("/petugas/permohonan/"), "it is no search"
    key = Search.get(Search.screen == "pemeriksaan").key
    adb.post("/petugas/siak/saringan/hapus/", key=key)
    assert Search.select().where(Search.key == key).exists(), "somebody else's stays"
    admin.post(f"{QUEUE}saringan/hapus/", key=key)
    assert not Search.select().where(Search.key == key).exists()


def test_a_filter_without_a_name_or_one_too_many_is_refused_in_a_sentence(app):
    admin = sign_in_officer(app, "admin")
    admin.post(f"{QUEUE}saringan/?jalur=counter", nama=" ")
    assert saved_filters.NAMELESS in admin.text(QUEUE)
    for number in range(saved_filters.AT_MOST + 1):
        admin.post(f"{QUEUE}saringan/?jalur=counter", nama=f"Saringan {number}")
    assert saved_filters.FULL in admin.text(QUEUE) and Search.select().count() == saved_filters.AT_MOST
    admin.post(f"{QUEUE}saringan/?jalur=self_service", nama="Saringan 0")
    assert Search.get(Search.name == "Saringan 0").wanted == {"jalur": "self_service"}, "the same name: replaced"
