"""Permissions at a counter: own villages, own drafts, own counters; everything else answers 404."""

import re

import pytest

from intake import drafts
from models import Grant, Office, Permohonan
from tests.helpers.counter_client import HOME, CounterClient, application_url, reload
from tests.helpers.public_client import PublicClient, field_error
from tests.helpers.staff_client import sign_in_officer, table_row

SUKASADA = "51.08.05"


@pytest.fixture
def operator(app, factory):
    return CounterClient(app)


def test_only_villages_of_the_own_counter_are_offered_and_others_refused(operator, app):
    permohonan = operator.begin()
    home = next(
        (section["key"], field["key"])
        for section in drafts.form_pages(permohonan)
        for field in section["fields"]
        if field.get("subject") == "village"
    )
    page = operator.get(f"{application_url(permohonan)}/isi/{home[0]}").text
    assert set(re.findall(r'<option value="(51[\d.]+)"', page)) == {"51.08.06.2004"}
    for section in drafts.form_pages(permohonan):
        other = {home[1]: "51.08.06.2003"} if section["key"] == home[0] else {}
        operator.fill(permohonan, section["key"], **other)
    refused = operator.post(f"{application_url(permohonan)}/periksa", {"declaration": "ya"})
    assert refused.status_code == 422 and "di luar wilayah loket" in refused.text
    other = CounterClient(app, "loket.sukasada@aku.example").begin()
    page = CounterClient(app, "loket.sukasada@aku.example").get(f"{application_url(other)}/isi/{home[0]}").text
    assert len(set(re.findall(r'<option value="(51\.08\.05\.\d+)"', page))) == other.office.villages().count() > 5


def test_drafts_are_listed_by_name_taken_up_again_and_seen_by_their_author_only(app, operator, factory):
    permohonan = operator.begin()
    operator.fill(permohonan, "pemohon", pemohon_nama="Ketut Mariani", later="1")
    drafts = operator.get(f"{HOME}/?keadaan=draft").text
    assert "Ketut Mariani" in table_row(drafts, permohonan) and "Draf saya (1)" in operator.get(f"{HOME}/").text
    assert operator.get(f"{HOME}/details/?id={permohonan.key}").location == application_url(permohonan)
    assert f"{application_url(permohonan)}/isi" in operator.get(application_url(permohonan)).text
    assert operator.get(f"{application_url(permohonan)}/isi").location != application_url(permohonan)
    Grant.create(user=factory.other_applicant, role="counter_operator", office=permohonan.office)
    colleague = CounterClient(app, factory.other_applicant.email)
    assert permohonan.number not in colleague.get(f"{HOME}/?keadaan=draft").text
    assert colleague.get(application_url(permohonan)).status_code == 404


def test_who_holds_several_counters_chooses_one(app, factory):
    user = factory.staff["counter_operator"]
    Grant.create(user=user, role="counter_operator", office=Office.get(Office.code == SUKASADA))
    operator = CounterClient(app)
    way = f"{HOME}/permohonan/baru/KTP-HILANG"
    refused = operator.post(way)
    assert refused.status_code == 422 and field_error(refused, "office")
    assert operator.post(way, {"office": "51.08.06"}).status_code == 422, "not one of theirs"
    here, there = operator.begin(office="51.08.06.2004"), operator.begin(office=SUKASADA)
    assert here.id != there.id and (here.office.code, there.office.code) == ("51.08.06.2004", SUKASADA)


OUT_OF_REACH = (
    "",
    "/isi",
    "/isi/pemohon",
    "/unggahan",
    "/periksa",
    "/perbaikan",
    "/formulir.pdf",
    "/berkas/" + "a" * 26,
)
POSTED = ("/isi/pemohon", "/unggahan", "/periksa", "/perbaikan", "/salin")


@pytest.mark.parametrize("whose", ["another counter", "self-service", "a colleague's draft", "moved out of the area"])
def test_what_is_out_of_reach_answers_like_what_does_not_exist(app, operator, factory, whose):
    hidden = {
        "another counter": lambda: _of_other_village(app),
        "self-service": lambda: factory.submit("AK-LAHIR"),
        "a colleague's draft": lambda: _of_a_colleague(factory),
        "moved out of the area": lambda: _at_other_office(operator),
    }[whose]()
    for part in OUT_OF_REACH:
        seen, unseen = operator.get(application_url(hidden) + part), operator.get(f"{HOME}/permohonan/{'a' * 26}{part}")
        assert (seen.status_code, seen.data) == (404, unseen.data), part
    for part in POSTED:
        form = {"declaration": "ya", "draft_version": "0", "pemohon_nama": "Orang Lain"}
        seen = operator.post(application_url(hidden) + part, form, page=f"{HOME}/")
        unseen = operator.post(f"{HOME}/permohonan/{'a' * 26}{part}", form, page=f"{HOME}/")
        assert (seen.status_code, seen.data) == (404, unseen.data), part
    assert hidden.number not in operator.get(f"{HOME}/").text
    assert reload(hidden).version == hidden.version


def _of_other_village(app):
    other = CounterClient(app, "loket.sukasada@aku.example")
    return other.begin()


def _of_a_colleague(factory):
    permohonan = factory.begin("KTP-HILANG", "counter")
    Permohonan.update(helper=factory.other_applicant).where(Permohonan.id == permohonan.id).execute()
    return reload(permohonan)


def _at_other_office(operator):
    permohonan = operator.submit_application()
    Permohonan.update(village=1).where(Permohonan.id == permohonan.id).execute()
    return reload(permohonan)


def test_strangers_are_shown_the_door_and_other_officers_nothing(app, operator):
    permohonan = operator.begin()
    for path in (f"{HOME}/baru", f"{HOME}/permohonan/baru/AK-MATI", application_url(permohonan)):
        assert "/petugas/masuk" in PublicClient(app).get(path).location
        applicant = PublicClient(app)
        applicant.sign_in()
        assert "/petugas/masuk" in applicant.get(path).location
        assert sign_in_officer(app, "admin").get(path).status_code == 404
    outside = PublicClient(app)
    outside.sign_in("loket.pemaron@aku.example")  # on the public side: no office powers
    assert "/petugas/masuk" in outside.get(application_url(permohonan)).location


def test_who_was_placed_at_no_counter_takes_in_nothing(app, factory):
    dinas = Office.get(Office.kind == "dinas")
    Grant.update(office=dinas).where(Grant.user == factory.staff["counter_operator"]).execute()
    refused = CounterClient(app).post(f"{HOME}/permohonan/baru/KTP-HILANG")
    assert refused.status_code == 422 and "belum ditempatkan" in refused.text
    assert not Permohonan.select().exists()


def test_on_every_screen_the_buttons_lead_to_the_pages_of_filling_in(app, operator, factory):
    permohonan = factory.perform(factory.submit("AK-LAHIR", "counter"), "mark_incomplete", "admin")
    details = operator.get(f"/petugas/permohonan/details/?id={permohonan.key}").text
    assert f'href="{application_url(permohonan)}" data-action="resubmit"' in details
    for screen in ("loket", "permohonan"):
        asked = operator.get(f"/petugas/{screen}/aksi/resubmit/?id={permohonan.key}")
        assert asked.location == application_url(permohonan)
