"""Search within reach, saved searches, and exports."""

import csv
import io
import re
import tempfile
import zipfile
from contextlib import suppress
from datetime import timedelta

import peewee as pw
import pytest

from admin_views.queue import export
from admin_views.spreadsheets import csv_lines, harmless
from lib.database import database, now
from models import Access, Event, Export, Permohonan, Search, User
from tests.helpers.staff_client import sign_in_officer

CARI = "/petugas/permohonan/cari/"


@pytest.fixture
def found(app, factory):
    """A function: whose application numbers does a role find with these answers?"""

    def look(role="auditor", **wanted):
        person = sign_in_officer(app, role)
        answer = person.post(CARI, page="/petugas/permohonan/", **wanted)
        assert answer.status_code == 303, wanted
        page = person.text(answer.location)
        return {row.number for row in Permohonan.select() if f'data-number="{row.number}"' in page}

    return look


def test_each_part_of_a_search_narrows_it(submit, factory, found):
    birth, family = submit("AK-LAHIR"), submit("KK-HILANG", "counter")
    factory.advance_to(family, "siak_entry")
    both = {birth.number, family.number}
    today = now().date().isoformat()
    assert found(layanan="AK-LAHIR") == {birth.number}
    assert found(keadaan="siak_entry") == {family.number}
    assert found(jalur="counter") == {family.number}
    assert found(tempat=birth.village.code) >= {birth.number}
    assert found(tempat=birth.village.district.code) >= {birth.number}
    assert found(dari="2020-01-01", sampai="2020-01-31") == set()
    assert found(dari="2020-01-01") == both
    assert found(janji="lewat") == set()
    Permohonan.update(due_at=now() - timedelta(days=1)).where(Permohonan.id == birth.id).execute()
    assert found(janji="lewat") == {birth.number}
    assert found(layanan="AK-LAHIR", jalur="counter", sampai=today) == set()


def test_a_whole_number_leads_straight_to_its_application(app, submit):
    permohonan = submit()
    place = sign_in_officer(app, "auditor").post(CARI, q=permohonan.number.lower()).location
    assert place.endswith(f"/petugas/permohonan/details/?id={permohonan.key}")


def test_a_number_is_found_without_hyphens_by_its_middle_and_with_pasted_marks(app, submit, found):
    number = submit().number
    submit("KK-HILANG")
    person = sign_in_officer(app, "auditor")
    for whole in (number.replace("-", ""), number.replace("-", " ").lower(), f"\u202a{number}\u202c", number[4:]):
        assert "/details/" in person.post(CARI, q=whole).location, ascii(whole)
    _, day, letters, check = number.split("-")
    for part in (
        letters,
        letters[:4].lower(),
        letters[2:],
        f"{letters}-{check}",
        f"aku{day}{letters[:3]}",
        f"{day}\u2013{letters}",
    ):
        assert found(q=part) == {number}, part


def test_a_name_is_found_without_diacritics_and_apostrophes_and_with_others(factory, submit, found):
    permohonan = submit("KK-RUSAK", name="I Gusti Ngurah Bagus \u015ar\u012b O\u2019Brien")
    submit("KK-HILANG")
    assert permohonan.subject_name == "I Gusti Ngurah Bagus \u015ar\u012b O'Brien"
    for typed in ("sri", "sri o'brien", "obrien", "\u015ar\u012b o\u2019brien", "S\u0307ri", "\u200bbagus"):
        assert found(q=typed) == {permohonan.number}, typed


def test_a_counter_operator_finds_only_what_their_counter_took_in(submit, found):
    own, other = submit("AK-LAHIR", "counter"), submit("AK-LAHIR")
    assert found("counter_operator", q=own.subject_name or own.applicant_name) == {own.number}
    assert found("counter_operator", q=other.applicant_nik) <= {own.number}


WRONG: tuple[dict[str, str], ...] = (
    {"q": "ab"},
    {"q": "a" * 3000},
    {"dari": "2026-02-30"},
    {"dari": "9999-12-31"},
    {"dari": "2026-03-01", "sampai": "2026-02-01"},
    {"layanan": "x"},
    {"tempat": "\0"},
)


def test_what_is_wrong_with_a_search_is_said_beside_its_field(app, factory):
    person = sign_in_officer(app, "admin")
    for wrong in WRONG:
        answer = person.post(CARI, page="/petugas/permohonan/", **wrong)
        page = answer.get_data(as_text=True)
        assert answer.status_code == 422 and f'id="{list(wrong)[-1]}-error"' in page, wrong


def test_a_search_belongs_to_the_one_who_asked(app, submit):
    mine = sign_in_officer(app, "admin").post(CARI, q="arya").location
    other = sign_in_officer(app, "auditor")
    assert other.get(mine).status_code == 404
    for page in ("cari/simpan/", "cari/hapus/", "ekspor/"):
        key = mine.partition("cari=")[2]
        assert other.post(f"/petugas/permohonan/{page}", cari=key, nama="x", format="csv").status_code == 404


def test_a_search_with_a_name_stays_and_one_without_goes(app, submit, set_clock):
    set_clock(2026, 11, 23, 9)
    person = sign_in_officer(app, "admin")
    keys = [person.post(CARI, keadaan=state).location.partition("cari=")[2] for state in ("submitted", "siak_entry")]
    person.post("/petugas/permohonan/cari/simpan/", cari=keys[0], nama="Baru masuk")
    set_clock(2026, 11, 25, 9)
    person = sign_in_officer(app, "admin")
    person.post(CARI, q="arya")
    assert "Baru masuk" in person.text("/petugas/permohonan/")
    assert (
        Search.select().where(Search.key == keys[0]).exists()
        and not Search.select().where(Search.key == keys[1]).exists()
    )
    person.post("/petugas/permohonan/cari/hapus/", cari=keys[0])
    assert "Baru masuk" not in person.text("/petugas/permohonan/")


@pytest.mark.parametrize(
    ("name", "kept"),
    [
        ("\u0958" * 60, "\u0915\u093c" * 30),  # a letter that is written as two
        ("a" * 70, "a" * 60),
        ("Akta\0 \u202eSukasada ", "Akta Sukasada"),
        ("\u202e" * 60, ""),
        ("=1+1", "=1+1"),
    ],
    ids=["growing", "long", "marks", "nothing", "sum"],
)
def test_an_odd_name_of_a_search_is_cut_and_breaks_nothing(app, submit, name, kept):
    admin = sign_in_officer(app, "admin")
    asked = Search.get(key=admin.post("/petugas/permohonan/cari/", q="arya").location.partition("cari=")[2])
    assert admin.post("/petugas/permohonan/cari/simpan/", cari=asked.key, nama=name).status_code == 303
    assert Search.get_by_id(asked.id).name == kept


def test_a_part_of_a_search_can_be_taken_away(app, submit):
    person = sign_in_officer(app, "admin")
    place = person.post(CARI, keadaan="submitted", jalur="counter", tanpa="jalur").location
    asked = Search.get(Search.key == place.partition("cari=")[2])
    assert asked.wanted == {"keadaan": "submitted"}


def test_each_part_of_a_search_stands_on_its_page_to_be_taken_away(app, submit):
    """One form holds them all, so that a press says which one goes; the next search shows its own."""
    person = sign_in_officer(app, "admin")
    for typed in ("Pratiwi", "Suardana"):
        page = person.text(person.post(CARI, q=typed, jalur="counter", dari="2026-11-02").location)
        kept = dict(re.findall(r'<input type="hidden" form="less" name="(\w+)" value="([^"]*)">', page))
        assert kept == {"q": typed, "jalur": "counter", "dari": "2026-11-02"}
        assert re.findall(r'form="less" name="tanpa" value="(\w+)">', page) == ["q", "dari", "jalur"]
        assert '<form id="less" method="post" action="/petugas/permohonan/cari/"><input' in page
        assert f'name="q" type="text" value="{typed}"' in page and '<option value="counter" selected>' in page


def test_a_nik_that_was_searched_for_stands_in_no_address_and_in_no_log(app, submit):
    permohonan = submit()
    person = sign_in_officer(app, "auditor")
    place = person.post(CARI, q=permohonan.applicant_nik).location
    assert permohonan.applicant_nik not in place
    person.post("/petugas/permohonan/ekspor/", cari=place.partition("cari=")[2], format="csv")
    assert Export.get().wanted == {"q": "nik"} and Export.get().rows == 1
    assert "q: nik" in person.text("/petugas/unduhan/")


def _csv(person, **more):
    answer = person.post("/petugas/permohonan/ekspor/", page="/petugas/permohonan/", format="csv", **more)
    assert answer.status_code == 200 and answer.mimetype == "text/csv"
    return list(csv.DictReader(io.StringIO(answer.get_data().decode("utf-8-sig")), delimiter=";"))


def test_an_export_holds_what_is_within_reach_masked_and_harmless(app, submit):
    own, other = submit("AK-LAHIR", "counter"), submit("AK-LAHIR")
    Permohonan.update(applicant_name='=HYPERLINK("http://evil.example")').where(Permohonan.id == own.id).execute()
    assert {row["Nomor"] for row in _csv(sign_in_officer(app, "auditor"))} == {own.number, other.number}
    (row,) = _csv(sign_in_officer(app, "counter_operator"))
    assert row["Nomor"] == own.number and row["Pemohon"].startswith("'=HYPERLINK")
    assert own.subject_nik not in str(row) and own.applicant_nik not in str(row)


def test_an_export_comes_in_pieces_and_misses_nobody(app, submit, monkeypatch):
    monkeypatch.setattr("admin_views.queue.export.CHUNK", 2)
    made = [submit().number for _ in range(5)]
    assert [row["Nomor"] for row in _csv(sign_in_officer(app, "auditor"))] == made[::-1]


def test_a_workbook_holds_text_as_text(app, submit):
    permohonan = submit()
    Permohonan.update(applicant_name="+62 cmd").execute()
    answer = sign_in_officer(app, "auditor").post(
        "/petugas/permohonan/ekspor/", page="/petugas/permohonan/", format="xlsx"
    )
    whole = answer.get_data()
    answer.close()
    with zipfile.ZipFile(io.BytesIO(whole)) as book:
        sheet = book.read("xl/worksheets/sheet1.xml").decode()
    assert permohonan.number in sheet and "'+62 cmd" in sheet and "<f>" not in sheet


def test_a_list_that_is_too_long_is_asked_to_be_narrowed(app, submit, monkeypatch):
    monkeypatch.setitem(export.AT_MOST, "csv", 1)
    submit()
    submit()
    person = sign_in_officer(app, "auditor")
    assert person.post("/petugas/permohonan/ekspor/", format="csv").status_code == 303
    assert "Persempit dulu" in person.text("/petugas/permohonan/") and not Export.select().exists()


def test_who_may_not_read_applications_takes_no_list_away(app, submit):
    submit()
    assert sign_in_officer(app, "it").post("/petugas/permohonan/ekspor/", format="csv").status_code == 404
    assert sign_in_officer(app, "admin").get("/petugas/unduhan/").status_code == 404
    assert sign_in_officer(app, "auditor").post("/petugas/permohonan/ekspor/", format="exe").status_code == 404


@pytest.mark.parametrize("start", list("=+-@\t\r\n|＝＋－＠"))
def test_no_cell_starts_like_a_formula(start):
    assert harmless(f"{start}1").startswith("'")
    assert harmless(f"I {start} 1") == f"I {start} 1"


@pytest.mark.parametrize("name", ["I;=1+1;", "I, =1+1", "I\t@SUM(1)", "I\n-1", "I;＝1"])
def test_no_cell_begins_in_the_middle_of_a_name(name):
    """Excel here takes a semicolon for the end of a cell, whatever the quotes say."""
    assert re.search(r"[;,\t\n] *'", harmless(name))


def test_without_room_for_a_workbook_the_officer_reads_what_to_do(app, submit, monkeypatch, tmp_path):
    submit()
    admin = sign_in_officer(app, "admin")
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "full"))  # no file can be made there
    answer = admin.post("/petugas/permohonan/ekspor/", format="xlsx")
    assert answer.status_code == 303 and "Unduh CSV" in admin.text(answer.location)
    assert admin.post("/petugas/permohonan/ekspor/", format="csv").status_code == 200


def test_what_an_officer_never_saw_is_new_and_what_moved_since_is_changed(app, factory, submit):
    permohonan = submit()
    admin = sign_in_officer(app, "admin")
    assert ">Baru<" in admin.text("/petugas/pemeriksaan/")
    admin.text(f"/petugas/pemeriksaan/details/?id={permohonan.key}")
    assert ">Baru<" not in admin.text("/petugas/pemeriksaan/")
    factory.perform(permohonan, "mark_incomplete", "admin")
    assert ">Berubah<" in admin.text("/petugas/pemeriksaan/?keadaan=incomplete")


def test_who_saw_an_application_is_kept_once_in_ten_minutes(app, submit, set_clock):
    set_clock(2026, 11, 23, 9)
    permohonan = submit()
    for minute in (0, 5, 11):
        set_clock(2026, 11, 23, 9, minute)
        sign_in_officer(app, "admin").text(f"/petugas/pemeriksaan/details/?id={permohonan.key}")
    seen = list(Access.select().where(Access.permohonan == permohonan.id, Access.what == "page"))
    assert [row.role for row in seen] == ["admin", "admin"]
    assert seen[0].user_id == User.get(User.email == "admin@aku.example").id


def test_who_changes_an_application_has_seen_it_as_it_is_then(app, submit):
    permohonan = submit()
    admin = sign_in_officer(app, "admin")
    admin.press("pemeriksaan", "cancel", permohonan, reason="Diajukan dua kali.")
    seen = Access.get(Access.permohonan == permohonan.id)
    assert (seen.role, seen.what, seen.version) == ("admin", "page", permohonan.version + 1)
    everything = admin.text("/petugas/permohonan/")
    assert permohonan.number in everything and ">Berubah<" not in everything and ">Baru<" not in everything


def test_a_change_is_not_made_where_it_cannot_be_kept_that_it_was_seen(app, submit):
    permohonan = submit()
    admin = sign_in_officer(app, "admin")
    database.execute_sql("ALTER TABLE access RENAME TO elsewhere")
    with suppress(pw.DatabaseError):
        admin.press("pemeriksaan", "cancel", permohonan, reason="Diajukan dua kali.")
    database.execute_sql("ALTER TABLE elsewhere RENAME TO access")
    assert Permohonan.get().state == "submitted" and Event.select().count() == 1


def test_a_csv_opens_in_columns_in_an_excel_that_speaks_indonesian():
    """A semicolon between cells, a decimal comma, and no NIK as 5,1E+15."""
    rows = [["5108994505900001", "081200004417", 2.5, 7, "Ni Luh; Ayu"]]
    text = "".join(csv_lines(["NIK", "HP", "Hari", "Jumlah", "Nama"], rows)).lstrip("\N{BYTE ORDER MARK}")
    heads, cells = list(csv.reader(io.StringIO(text), delimiter=";"))
    assert heads == ["NIK", "HP", "Hari", "Jumlah", "Nama"]
    assert cells == ['="5108994505900001"', '="081200004417"', "2,5", "7", "Ni Luh; Ayu"]
