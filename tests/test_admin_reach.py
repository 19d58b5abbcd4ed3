"""Permissions on the staff side, and that no argument of an address opens or breaks anything."""

import re
from functools import partial

import pytest

import workflow
from admin_views.queue.view import LABELS
from admin_views.queues import Completeness
from models import Attachment, Permohonan
from tests.helpers.factory import OfficeFactory
from tests.helpers.staff_client import EMAIL_BY_ROLE, Officer, offered_actions, registered_views, sign_in_officer

HOSTILE = (
    "page=-1", "page=99999999999999999999", "page=x", "sort=99&desc=7", "sort=-5", "page_size=100000000", "search=%00",
    "search=" + "a+" * 3000, "flt0_1=x", "keadaan=%00", "keadaan=x&keadaan=y", "_scheme=javascript&_external=1",
    "endpoint=x", "self=1", "url=http:evil.example", "url=//evil.example", "url=http://[", "url=%0d%0aX: y",
)  # fmt: skip
HOSTILE_IDS = ("", "1", "%00", "9" * 40, "x' OR 1=1 --", "%F0%9F%92%A9", "../..", "a" * 5000)


@pytest.fixture
def officer(app, factory):
    """A function that signs in the demonstration's person with a role: officer("admin")."""
    return partial(sign_in_officer, app)


def test_every_screen_is_open_to_its_roles_and_to_nobody_else(app, officer):
    for role in EMAIL_BY_ROLE:
        person = officer(role)
        for screen in registered_views(app):
            wanted = 200 if role in screen.roles else 404
            assert person.get(f"{screen.url}/").status_code == wanted, (role, screen.endpoint)


def test_every_screen_names_roles_of_the_workflow(app):
    for screen in registered_views(app):
        assert screen.roles and set(screen.roles) < set(workflow.ROLES) - {"applicant"}, screen.endpoint


def test_strangers_and_applicants_are_shown_the_door(app, client, factory):
    for screen in registered_views(app):
        assert "/petugas/masuk" in client.get(f"{screen.url}/").headers["Location"]
    assert "/petugas/masuk" in client.get("/petugas/berkas/abc").headers["Location"]


def test_an_applicant_cannot_enter_the_staff_side(app):
    with pytest.raises(AssertionError, match="does not get in"):
        Officer(app, "pemohon@aku.example")


def test_what_is_out_of_reach_answers_like_what_does_not_exist(app, submit, factory):
    hidden = factory.advance_to(submit("AK-LAHIR", "counter"), "adb_review")
    file = Attachment.select().first().file.key
    other = Officer(app, "loket.sukasada@aku.example")
    nothing = "a" * 26
    for url in (
        "/petugas/loket/details/?id={}", "/petugas/loket/aksi/withdraw/?id={}", "/petugas/permohonan/log/?id={}",
        "/petugas/permohonan/{}/dossier.pdf", "/petugas/permohonan/{}/slip.pdf", "/petugas/permohonan/{}/draf/akta.pdf",
        "/petugas/permohonan/{}/tanda-terima.pdf",
    ):  # fmt: skip
        seen, unseen = other.get(url.format(hidden.key)), other.get(url.format(nothing))
        assert (seen.status_code, seen.data) == (404, unseen.data), url
    assert other.get(f"/petugas/berkas/{file}").data == other.get(f"/petugas/berkas/{nothing}").data
    pressed = other.press("loket", "withdraw", hidden, reason="Coba")
    assert pressed.data == other.get(f"/petugas/loket/details/?id={nothing}").data
    assert hidden.number not in other.text("/petugas/loket/?keadaan=adb_review")
    assert Permohonan.get_by_id(hidden.id).state == "adb_review"


def test_the_own_counter_reaches_its_files(app, submit, officer):
    submit("AK-LAHIR", "counter")
    file = Attachment.select().first().file.key
    assert officer("counter_operator").get(f"/petugas/berkas/{file}").status_code == 200


@pytest.mark.parametrize("screen", ["pemeriksaan", "permohonan", "nomor-antrean"])
def test_hostile_addresses_break_nothing(officer, submit, screen):
    submit()
    admin = officer("admin")
    for query in HOSTILE:
        assert admin.get(f"/petugas/{screen}/?{query}").status_code in (200, 404), query
    for key in HOSTILE_IDS:
        for part in ("details/", "aksi/send_to_siak/", "aksi/nothing/"):
            assert admin.get(f"/petugas/{screen}/{part}?id={key}").status_code == 404, (part, key)
        assert admin.get(f"/petugas/berkas/{key or 'x'}").status_code == 404
    for text in ("%", "_", "\0", "a" * 5000, "'", "51089945059000011111"):
        assert admin.post("/petugas/permohonan/cari/", q=text).status_code in (303, 422)


@pytest.mark.parametrize("page", ["9" * 4299, "9" * 5000, "-9", "٣"])
def test_a_page_without_end_is_the_last_one(officer, submit, page):
    keys = [submit().key, submit().key]
    admin = officer("admin")
    found = admin.post("/petugas/permohonan/cari/", q="wiguna").location
    for url in ("/petugas/permohonan/?", "/petugas/pemeriksaan/?", f"{found}&"):
        for place in ("", f"&sesudah={keys[1]}", f"&sebelum={keys[0]}"):
            assert "9" * 30 not in admin.text(f"{url}page={page}{place}&page_size=100")


def test_hostile_addresses_break_nothing_for_the_it_team(officer):
    it = officer("it")
    for screen in ("layanan", "alasan", "pesan", "pernyataan", "dokumen", "kalender", "orang", "pekerjaan"):
        for query in HOSTILE:
            assert it.get(f"/petugas/{screen}/?{query}").status_code in (200, 404), (screen, query)
        for key in HOSTILE_IDS:
            wanted = (200, 404) if key == "1" else (404,)
            assert it.get(f"/petugas/{screen}/ubah/?id={key}").status_code in wanted, (screen, key)


def test_a_link_in_a_list_never_leads_elsewhere(officer, submit):
    submit()
    html = officer("admin").text("/petugas/pemeriksaan/?_scheme=javascript&_external=1&_anchor=x")
    assert "javascript:" not in html


def test_a_longer_list_needs_no_more_statements(officer, submit, query_count):
    admin = officer("admin")
    counts = []
    for _ in range(3):
        submit()
        admin.get("/petugas/pemeriksaan/")
        with query_count() as seen:
            admin.get("/petugas/pemeriksaan/")
        counts.append(len(seen))
    assert len(set(counts)) == 1, counts
    assert counts[0] <= 12


def test_the_it_team_sees_no_application(officer, submit):
    permohonan = submit()
    it = officer("it")
    assert it.get(f"/petugas/permohonan/details/?id={permohonan.key}").status_code == 404
    assert it.get(f"/petugas/permohonan/{permohonan.key}/dossier.pdf").status_code == 404
    for page in ("/petugas/", "/petugas/pekerjaan/"):
        assert permohonan.number not in it.text(page)


def test_a_nik_that_somebody_makes_a_column_is_masked(make_app, monkeypatch):
    monkeypatch.setitem(LABELS, "applicant_nik", "NIK pemohon")
    monkeypatch.setattr(Completeness, "column_list", ("number", "applicant_nik"))
    app = make_app()
    with app.app_context():
        nik = OfficeFactory().submit().applicant_nik
        page = sign_in_officer(app, "admin").text("/petugas/pemeriksaan/")
    assert "NIK pemohon</th>" in page and nik[-4:] in page and nik not in page


def test_an_application_is_found_by_number_nik_or_name_without_an_address(officer, submit):
    permohonan = submit()
    auditor = officer("auditor")
    for wanted in (permohonan.number, permohonan.applicant_nik, "arya wig"):
        place = auditor.post("/petugas/permohonan/cari/", q=wanted).location
        assert permohonan.number in auditor.text(place), wanted
        assert permohonan.applicant_nik not in place and "arya" not in place
    place = auditor.post("/petugas/permohonan/cari/", q="%%%").location
    assert f'data-number="{permohonan.number}"' not in auditor.text(place)
    assert auditor.get("/petugas/permohonan/cari/?q=arya").status_code == 405


def test_the_auditor_reads_everything_and_can_press_nothing(officer, submit):
    permohonan = submit()
    auditor = officer("auditor")
    assert offered_actions(auditor.text(f"/petugas/permohonan/details/?id={permohonan.key}")) == []
    auditor.press("permohonan", "send_to_siak", permohonan)
    assert Permohonan.get_by_id(permohonan.id).state == "submitted"
    assert "submit" in auditor.text(f"/petugas/permohonan/log/?id={permohonan.key}")


def test_no_page_has_a_script_a_style_or_a_handler_in_it(app, officer, submit, factory):
    permohonan = factory.advance_to(submit(), "awaiting_tte")
    for role in EMAIL_BY_ROLE:
        person = officer(role)
        pages = [f"{screen.url}/" for screen in registered_views(app) if role in screen.roles]
        pages += [f"/petugas/tte/aksi/approve_tte/?id={permohonan.key}"] if role == "kadis" else []
        pages += [f"/petugas/permohonan/details/?id={permohonan.key}"] if role not in ("it", "counter_operator") else []
        for page in pages:
            html = person.text(page)
            assert not re.search(r"<script(?! src=)|<style|\sstyle=|\son[a-z]+=|javascript:", html), page
            assert '<html lang="id"' in html
            assert html.count("<h1") == 1, page
