"""Navigation after an action: officers return to where they were, and read what was done and what is urgent."""

import re
from datetime import timedelta
from functools import partial

import pytest

from casework import claims, timeline
from lib.database import local, now
from lib.name_search import search_text
from models import Permohonan
from tests.helpers.checklist import tick_checklist
from tests.helpers.staff_client import sign_in_officer


@pytest.fixture
def officer(app, factory):
    """A function that signs in the demonstration's person with a role."""
    return partial(sign_in_officer, app)


def due(permohonan, days):
    Permohonan.update(due_at=now() + timedelta(days=days)).where(Permohonan.id == permohonan.id).execute()


def test_a_narrowed_queue_stays_narrowed_through_a_press_and_back(officer, submit):
    other, first, second = submit("AK-MATI"), submit(), submit()
    admin, narrow = officer("admin"), "layanan=AK-LAHIR"
    queue = admin.text(f"/petugas/pemeriksaan/?{narrow}")
    assert f"details/?id={first.key}&{narrow}" in queue and other.number not in queue
    work = admin.post(f"/petugas/pemeriksaan/berikutnya/?{narrow}").location
    assert first.key in work
    page = admin.text(work)
    assert "1 dari 2" in page and f'href="/petugas/pemeriksaan/?{narrow}"' in page
    tick_checklist(first)
    onward = re.search(r'formaction="([^"]+send_to_siak[^"]+)"', admin.text(work))[1]
    answer = admin.post(onward, version=str(first.version), checked="ya")
    assert second.key in answer.location and narrow in answer.location
    told = admin.post(f"/petugas/pemeriksaan/massal/?{narrow}", action="send_to_siak", rowid=second.key).location
    assert narrow in told and second.number in (page := admin.text(told)) and other.number not in page
    away = admin.post(f"/petugas/pemeriksaan/lepas/?id={second.key}&{narrow}")
    assert away.location.endswith(f"/petugas/pemeriksaan/?{narrow}")


def test_from_what_a_search_found_one_comes_back_to_it(officer, submit):
    permohonan = submit()
    admin = officer("admin")
    found = admin.post("/petugas/permohonan/cari/", janji="lewat").location
    assert found.partition("?")[2].startswith("cari=")
    due(permohonan, -3)
    asked = found.partition("?")[2]
    assert f"id={permohonan.key}&{asked}" in admin.text(found)
    page = admin.text(f"/petugas/permohonan/details/?id={permohonan.key}&{asked}")
    assert f'href="/petugas/permohonan/?{asked}"' in page


def test_a_search_says_why_it_found_and_leads_to_where_one_works(officer, submit):
    permohonan = submit()
    found_by = search_text(permohonan.number, "Ketut Rentana")
    named = Permohonan.update(subject_name="Ketut Rentana", search_text=found_by)
    named.where(Permohonan.id == permohonan.id).execute()
    admin = officer("admin")

    def page(typed):
        return admin.text(admin.post("/petugas/permohonan/cari/", q=typed).location)

    assert "Tidak ada nama “Rentena”. Ini yang berbeda satu huruf." in page("Rentena")
    assert "berbeda satu huruf" not in page("rentana") and "Unduh 1 baris ini" in page("rentana")
    work = admin.text(f"/petugas/permohonan/details/?id={permohonan.key}")
    assert f'href="/petugas/pemeriksaan/details/?id={permohonan.key}">Kerjakan di antrean' in work


def test_kerjakan_berikutnya_begins_with_what_one_holds_where_it_is_the_most_pressing(officer, submit, staff):
    first, second = submit(), submit()
    claims.take(first, staff["admin"])
    admin = officer("admin")
    assert first.key in admin.post("/petugas/pemeriksaan/berikutnya/").location
    due(first, 30)
    assert second.key in admin.post("/petugas/pemeriksaan/berikutnya/").location


def test_what_was_done_is_told_in_a_sentence_with_its_paper_beside_it(officer, submit):
    permohonan = submit()
    admin = officer("admin")
    page = admin.text(admin.press("pemeriksaan", "send_to_siak", permohonan).location)
    told = page.split('role="status">', 1)[1].split("</p>", 1)[0]
    assert f"{permohonan.number}: berkas lengkap, dikirim ke operator SIAK." in told and "Cetak berkas" in told


def test_what_is_late_is_not_due_today_any_more_and_the_first_page_leads_to_both(officer, submit, set_clock):
    set_clock(2026, 11, 25, 16, 0)  # the office shut at 15.00
    late = submit()
    Permohonan.update(due_at=now() - timedelta(hours=1)).where(Permohonan.id == late.id).execute()
    late = Permohonan.get_by_id(late.id)
    assert timeline.time_left(late, timeline.office.calendar()) == ("baru lewat", "bad")
    sentence = timeline.status_summary(late).sentence
    assert sentence.endswith("Terlambat: seharusnya sudah selesai Rabu, 25 November 2026.") and local().day == 25
    home = officer("admin").text("/petugas/")
    assert 'href="/petugas/pemeriksaan/?janji=lewat">Lewat waktu <b>1</b>' in home
    assert "?janji=hari_ini" not in home
    assert 'name="janji" value="lewat"' in home


def test_an_empty_queue_says_so_before_anybody_presses(officer, submit):
    home = officer("adb").text("/petugas/")
    assert "kosong, tidak ada yang menunggu Anda" in home and "berikutnya/" not in home


def test_who_stands_at_the_counter_is_found_by_the_number_that_was_called(officer, submit, factory):
    permohonan = factory.advance_to(submit(), "ready")
    person, called = officer("pickup"), f"a-{permohonan.pickup_number}"
    page = person.text(person.post("/petugas/permohonan/cari/", q=called).location)
    assert permohonan.number in page and "hand_over" in page
    assert permohonan.number not in person.text(person.post("/petugas/permohonan/cari/", q="A-999").location)


def test_an_empty_narrowed_queue_does_not_say_that_nothing_waits(officer, submit):
    submit()
    page = officer("admin").text("/petugas/pemeriksaan/?layanan=AK-MATI")
    tomorrow = officer("admin").text("/petugas/pemeriksaan/?janji=besok")
    assert 'aria-current="true">Jatuh tempo besok' in tomorrow
    assert "Tidak ada yang cocok dengan saringan ini" in page and "Tidak ada yang menunggu Anda" not in page


def test_giving_back_what_one_does_not_hold_is_not_told_as_done(officer, submit):
    permohonan = submit()
    admin = officer("admin")
    answer = admin.post(f"/petugas/pemeriksaan/lepas/?id={permohonan.key}")
    page = admin.text(answer.location)
    assert "sedang tidak Anda pegang" in page and "Dilepas" not in page


def test_who_only_reads_starts_no_comparison(officer, submit, factory):
    permohonan = factory.advance_to(submit(), "adb_review")
    auditor, url = officer("auditor"), f"/petugas/permohonan/bandingkan/?id={permohonan.key}"
    assert auditor.post(url).status_code == 404
    assert officer("adb").post(url).status_code == 303


def test_who_comes_a_day_late_is_told_the_day(officer, submit, set_clock):
    set_clock(2026, 11, 24, 9, 0)
    permohonan = submit()
    admin = officer("admin")
    admin.press("pemeriksaan", "send_to_siak", permohonan)
    set_clock(2026, 11, 25, 9, 0)
    late = officer("admin")  # an old tab, after signing in anew
    page = late.text(late.press("pemeriksaan", "send_to_siak", permohonan).location)
    assert "pukul 09.00 WITA Sel, 24 Nov 2026" in page


def test_the_list_of_everything_speaks_of_no_search_where_there_was_none(officer, submit):
    submit()
    page = officer("admin").text("/petugas/permohonan/")
    assert "yang terbaru. Tambahkan" not in page and "berbeda satu huruf" not in page


def test_the_shortcuts_stand_on_the_list_and_on_the_work_page(officer, submit):
    permohonan = submit()
    admin = officer("admin")
    for page in ("/petugas/pemeriksaan/", f"/petugas/pemeriksaan/details/?id={permohonan.key}"):
        assert 'id="shortcuts"' in admin.text(page)
