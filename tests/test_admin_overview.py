"""The office at a glance: for heads only, within their reach, and every number leads to a list of as many."""

import random
import re
from datetime import timedelta

import pytest

from admin_views.search import criteria
from casework import figures
from lib import fast_sql
from lib.database import database, is_sqlite, now
from models import Event, Fact, Figure, Grant, Holiday, Permohonan, User
from seed import generate
from tests.helpers.staff_client import EMAIL_BY_ROLE, sign_in_officer

FORM = re.compile(r'<form method="post" action="/petugas/permohonan/cari/">(.*?)</form>', re.DOTALL)
FIELD = re.compile(r'<input type="hidden" name="(\w+)" value="([^"]*)"')
FOUND = re.compile(r'<span class="soft num">[0-9]+–[0-9]+ dari (?:lebih dari )?([0-9]+)</span>')


@pytest.fixture
def random_office(app):
    """Applications in every state whose events lie at random moments of the last weeks, many of them late."""
    generate.generate_applications(40, waiting=14)
    dice, fine = random.Random(8), "" if is_sqlite() else " ON event"
    database.execute_sql("DROP TRIGGER IF EXISTS event_no_update" + fine)
    for one in Permohonan.select():
        span = dice.randrange(1, 20)
        for event in Event.select().where(Event.permohonan == one.id):
            at = now() - timedelta(days=span / event.version, minutes=dice.randrange(1, 300))
            Event.update(at=at).where(Event.id == event.id).execute()
            if event.version == 1:
                Permohonan.update(submitted_at=at).where(Permohonan.id == one.id).execute()
        due_at = now() + timedelta(hours=dice.randrange(-400, 200))
        Permohonan.update(due_at=due_at).where(Permohonan.id == one.id).execute()


def glance_of(page):
    return page.split('aria-label="Kantor sekilas"', 1)[1].split('aria-label="Janji layanan"', 1)[0]


def links_of(page):
    """Each link of the overview: the number that it shows, if there is one, and its search."""
    for form in FORM.findall(glance_of(page)):
        text = re.sub(r"<[^>]+>", " ", form.split("<button", 1)[1].split(">", 1)[1])
        yield " ".join(text.split()), {name: value for name, value in FIELD.findall(form) if name != "csrf_token"}


def count_listed(officer, search):
    answer = officer.post("/petugas/permohonan/cari/", **search)
    assert answer.status_code == 303, (search, answer.status_code)
    found = FOUND.search(officer.text(answer.headers["Location"]))
    return int(found[1]) if found else 0


@pytest.fixture
def division(app):
    """The Kabid heads one division only."""
    group = "capil"
    kabid = User.select(User.id).where(User.email == "kabid@aku.example")
    Grant.update(group=group).where(Grant.user.in_(kabid), Grant.role == "kabid").execute()
    return group


def test_every_number_leads_to_a_list_of_as_many(app, random_office, division):
    kadis, kabid = sign_in_officer(app, "kadis"), sign_in_officer(app, "kabid")
    before = [list(links_of(one.text("/petugas/"))) for one in (kadis, kabid)]
    figures.roll_up()
    assert Figure.select().count()
    assert before == [list(links_of(one.text("/petugas/"))) for one in (kadis, kabid)], "rolled up, they are the same"
    assert before[0] != before[1]
    for officer, links in zip((kadis, kabid), before, strict=True):
        checked = {_check(officer, *link) for link in links}
        assert checked >= {"late", "in and out", "step"}


def _check(officer, words, search):
    """Compare a number with its list; return which kind it is."""
    listed = count_listed(officer, search)
    if search.get("menurut") == "dikembalikan":
        assert words == f"{listed} kali dikembalikan"
        return "returned"
    if search.get("menurut") == "terlambat":
        assert f" {listed} dari" in words or not listed, (words, listed)
        return "late"
    if "dari" in search or "janji" in search:
        assert str(listed) in words.split(), (words, search, listed)
        return "in and out" if "dari" in search else "step"
    return ""


def test_a_head_of_a_division_is_told_of_that_division_alone(app, factory, division):
    for code in ("AK-LAHIR", "AK-LAHIR", "KK-HILANG"):
        factory.submit(code)
    mine = Permohonan.select().where(Permohonan.group == division).count()
    number = re.compile(r"<span class=\"soft\">Masuk minggu ini</span><b>([0-9]+)</b>")
    assert mine == 2
    assert number.search(sign_in_officer(app, "kabid").text("/petugas/"))[1] == "2"
    assert number.search(sign_in_officer(app, "kadis").text("/petugas/"))[1] == "3"


def test_who_holds_what_is_late_is_named_while_the_claim_lasts(app, submit, set_clock):
    set_clock(2026, 11, 23, 2, 0)
    permohonan = submit()
    set_clock(2026, 12, 23, 2, 0)
    sign_in_officer(app, "admin").post(f"/petugas/pemeriksaan/ambil/?id={permohonan.key}")
    assert "dipegang Kadek Sri Wahyuni 1" in glance_of(sign_in_officer(app, "kadis").text("/petugas/"))
    set_clock(2026, 12, 23, 3, 0)
    assert "dipegang" not in glance_of(sign_in_officer(app, "kadis").text("/petugas/"))


def test_nobody_else_sees_it_and_the_page_asks_no_more_for_more(app, query_count):
    for role in EMAIL_BY_ROLE:
        shown = 'aria-label="Kantor sekilas"' in sign_in_officer(app, role).text("/petugas/")
        assert shown == (role in ("kabid", "kadis")), role
    kadis = sign_in_officer(app, "kadis")
    kadis.text("/petugas/")
    with query_count() as few:
        kadis.text("/petugas/")
    generate.generate_applications(20)
    kadis.text("/petugas/")
    with query_count() as many:
        kadis.text("/petugas/")
    assert len(few) == len(many) <= 16


def test_ones_own_work_is_the_first_thing_and_says_how_many(app, submit):
    submit(), submit()
    page = sign_in_officer(app, "admin").text("/petugas/")
    body = page.split("<h1>", 1)[1]
    first = re.search(r"<button[^>]*data-claim=\"next\"[^>]*>(.*?)</button>", body)
    assert re.sub("<[^>]+>", "", first[1]) == "Kerjakan berikutnya (2)"
    assert "btn-primary" in first[0] and body.index(first[0]) < body.index('class="tiles"')
    assert re.search(r'<p class="soft">Kosong: <a[^>]*>Data tidak valid di SIAK</a>', body), "a zero is quiet"
    assert "Nomor antrean</a>: kosong" in body, "a queue with nothing at all is one line"


@pytest.mark.parametrize(
    "wanted", [("selesai", "event_finished"), ("terlambat", "event_finished"), ("dikembalikan", "event_returned")]
)
def test_lists_of_what_happened_have_an_index(app, submit, wanted):
    submit()
    kind, index = wanted
    text, values = criteria.condition({"menurut": kind, "dari": "2026-11-01", "sampai": "2026-12-01"})
    statement = f"SELECT COUNT(*) FROM permohonan p WHERE {text}"
    if not is_sqlite():
        database.execute_sql("SET enable_seqscan = off")  # of a small table
    told = fast_sql.rows(f"EXPLAIN {'QUERY PLAN ' if is_sqlite() else ''}{statement}", values)
    assert index in str(told)


def test_what_is_ones_turn_comes_before_what_one_may_do_besides(app, submit, factory):
    factory.advance_to(submit(), "completed")
    body = sign_in_officer(app, "kabid").text("/petugas/").split("<h1>", 1)[1]
    assert body.index(">Verifikasi Kepala Bidang</a>: kosong") < body.index("<h2>Penarikan</h2>")


def test_an_office_that_is_never_open_has_a_first_page_too(app, submit):
    submit()
    Fact.update(value={}).where(Fact.key == "hours").execute()
    Holiday.delete().execute()
    assert "Kantor sekilas" in sign_in_officer(app, "kadis").text("/petugas/")
