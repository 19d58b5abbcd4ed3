"""Autosave: in the background, from two tabs, after a crash; and the layout of forms on few pages."""

import re

import pytest

from catalogue import page_layout
from intake import autosave, drafts
from models import Draft, Permohonan
from tests.helpers.counter_client import CounterClient, application_url
from tests.helpers.factory import sample_answer
from tests.helpers.public_client import PublicClient, section_form_data
from web import service_directory

OTHER_STEPS = 2  # uploads, the last look
STAMP = re.compile(r'name="(draft_version|writer|turn)" value="([^"]*)"')


@pytest.fixture
def permohonan(applicant_client):
    assert applicant_client.post("/permohonan/baru/KTP-HILANG").status_code == 303
    return Permohonan.select().order_by(Permohonan.id.desc()).get()


class Tab:
    """A page of fields open in a tab: its hidden inputs, and what is typed into it."""

    def __init__(self, visitor, permohonan, key):
        self.visitor, self.path = visitor, f"/permohonan/{permohonan.key}/isi/{key}"
        self.marks = dict(STAMP.findall(visitor.get(self.path).text))
        section = next(one for one in drafts.form_pages(permohonan) if one["key"] == key)
        answers = {field["key"]: sample_answer(field) for field in section["fields"]} | {"pemohon_untuk": "diri"}
        self.form = section_form_data(section, answers, 0) | self.marks

    def keep(self, **typed):
        self.form |= typed | {"turn": str(int(self.form["turn"]) + 1)}
        answer = self.visitor.post(self.path, self.form | {"auto": "1"})
        if answer.status_code == 200:
            self.form["draft_version"] = str(answer.json["version"])
        return answer

    def send(self, **more):
        return self.visitor.post(self.path, self.form | more)


def draft_of(permohonan):
    return Draft.get(Draft.permohonan == permohonan.id)


@pytest.mark.parametrize("track", ["self_service", "counter"])
def test_every_service_is_applied_for_in_six_steps_at_most_and_the_first_is_short(app, track):
    services = service_directory.current_services()
    long = {}
    for one in services:
        laid = page_layout.form_pages(track, one.body)
        asked = [field["key"] for page in laid for field in page["fields"]]
        every = [field["key"] for part in one.body["sections"] for field in part["fields"]]
        assert asked[-len(every) :] == every, "in the service's own order, none left out"
        assert [part["key"] for part in laid[0]["parts"]] == ["pemohon"], one.layanan.code
        if len(laid) + OTHER_STEPS > 6:
            long[one.layanan.code] = len(laid)
    assert len(services) >= 44 and long == {}


def test_sections_share_a_page_as_evenly_as_they_can():
    def part(key, title, length):
        return {"key": key, "title": {"id": title}, "fields": [{"key": f"{key}{n}"} for n in range(length)]}

    laid = page_layout.group_into_pages(
        [part("a", "Pemohon", 5), part("b", "Data anak", 11), part("c", "Orang tua", 16), part("d", "Saksi", 6)]
    )
    assert [(page["key"], page["title"]["id"], len(page["fields"])) for page in laid] == [
        ("a", "Pemohon dan data anak", 16),
        ("c", "Orang tua", 16),
        ("d", "Saksi", 6),
    ]
    assert page_layout.page_of_section(laid, "b") == "a" and page_layout.page_of_section(laid, "x") == ""


def test_the_address_of_a_section_leads_to_the_page_on_which_it_stands(applicant_client):
    applicant_client.post("/permohonan/baru/AK-KAWIN")
    one = Permohonan.select().order_by(Permohonan.id.desc()).get()
    answer = applicant_client.get(f"/permohonan/{one.key}/isi/saksi")
    assert answer.location == f"/permohonan/{one.key}/isi/perkawinan#bagian-saksi"
    page = applicant_client.get(answer.location)
    assert "<h1>Perkawinan dan alamat, dua orang saksi</h1>" in page.text and 'id="bagian-saksi"' in page.text
    assert applicant_client.get(f"/permohonan/{one.key}/isi/apa").status_code == 404


def test_right_and_wrong_answers_are_kept_while_they_are_typed(applicant_client, permohonan, set_clock):
    set_clock(2026, 11, 23, 10, 42)
    tab = Tab(applicant_client, permohonan, "pemilik")
    answer = tab.keep(nama="Ni Luh", nik="5108 99")
    assert (answer.status_code, answer.json["told"]) == (200, "Tersimpan otomatis pukul 10.42 WITA.")
    assert draft_of(permohonan).answers["nama"] == "Ni Luh" and draft_of(permohonan).typed == {"nik": "5108 99"}
    page = applicant_client.get(tab.path).text
    assert 'value="Ni Luh"' in page and 'value="5108 99"' in page


def test_a_page_is_no_conflict_with_what_it_saved_itself(applicant_client, permohonan):
    tab = Tab(applicant_client, permohonan, "pemilik")
    tab.keep(nama="Ni Luh")
    tab.form |= tab.marks | {"turn": "5"}  # the answer to the background's saving never came
    assert tab.send(nama="Ni Luh Ayu").status_code == 303
    assert draft_of(permohonan).answers["nama"] == "Ni Luh Ayu"


def test_what_arrives_late_from_the_same_page_undoes_nothing(applicant_client, permohonan):
    tab = Tab(applicant_client, permohonan, "pemilik")
    tab.keep(nama="Ni Luh")
    assert tab.send(turn="9", nama="Ni Luh Ayu").status_code == 303
    assert tab.keep(nama="Ni L").status_code == 200
    assert draft_of(permohonan).answers["nama"] == "Ni Luh Ayu"


def test_two_tabs_on_two_pages_are_in_nobodys_way(applicant_client, permohonan):
    one, two = Tab(applicant_client, permohonan, "pemilik"), Tab(applicant_client, permohonan, "pemohon")
    assert one.keep(nama="Ni Luh").status_code == two.keep(pemohon_nama="Ni Luh Ayu").status_code == 200
    assert one.send().status_code == two.send().status_code == 303
    assert {"nama": "Ni Luh", "pemohon_nama": "Ni Luh Ayu"}.items() <= draft_of(permohonan).answers.items()


def test_a_second_tab_is_told_and_nothing_is_replaced(applicant_client, permohonan, set_clock):
    set_clock(2026, 11, 23, 10, 40)
    one, two = Tab(applicant_client, permohonan, "pemilik"), Tab(applicant_client, permohonan, "pemilik")
    one.keep(nama="Dari Satu", alamat="Jalan Satu")
    told = two.keep(nama="Dari Dua", alamat="Jalan Satu")
    assert told.status_code == 409 and "sudah diubah di tempat lain pukul 10.40" in told.json["told"]
    page = two.send()
    assert page.status_code == 409 and "pukul 10.40" in page.text and 'role="alert"' in page.text
    assert re.findall(r'name="asked-([a-z_]+)"', page.text) == ["nama"], "only what differs is asked about"
    assert 'Pakai isian ini: <b class="lines">Dari Dua' in page.text
    assert 'Pakai yang tersimpan: <b class="lines">Dari Satu' in page.text
    assert draft_of(permohonan).answers["nama"] == "Dari Satu"


def conflict_form(tab):
    """The form of an edit conflict, as the tab posts it."""
    page = tab.send().text
    hidden = dict(re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', page))
    return {name: value for name, value in hidden.items() if name != "csrf_token"}


@pytest.mark.parametrize(
    ("picked", "kept"),
    [
        ({"pick-nama": "mine", "pick-tanggal_lahir": "saved"}, ("Dari Dua", "1990-01-01")),
        ({"pick-nama": "saved", "pick-tanggal_lahir": "mine"}, ("Dari Satu", "1991-02-03")),
        ({"all": "mine"}, ("Dari Dua", "1991-02-03")),
        ({"all": "saved"}, ("Dari Satu", "1990-01-01")),
    ],
)
def test_of_what_differs_each_field_is_chosen(applicant_client, permohonan, picked, kept):
    one, two = Tab(applicant_client, permohonan, "pemilik"), Tab(applicant_client, permohonan, "pemilik")
    one.keep(nama="Dari Satu", tanggal_lahir="01011990")
    two.form |= {"nama": "Dari Dua", "tanggal_lahir": "3-2-1991"}
    form = conflict_form(two)
    page = applicant_client.post(two.path, form)
    assert page.status_code == 422 and 'id="pick-nama-error"' in page.text, "nothing is taken unasked"
    assert applicant_client.post(two.path, form | picked).status_code == 303
    found = draft_of(permohonan).answers
    assert (found["nama"], found["tanggal_lahir"]) == kept and found["alamat"] == "Jalan Contoh 1"


def test_rows_of_a_group_can_be_taken_as_they_were_saved(applicant_client):
    applicant_client.post("/permohonan/baru/KK-ELEMEN")
    permohonan = Permohonan.select().order_by(Permohonan.id.desc()).get()
    one, two = Tab(applicant_client, permohonan, "perubahan"), Tab(applicant_client, permohonan, "perubahan")
    one.keep(**{"perubahan-0-menjadi": "SATU"})
    two.form["perubahan-0-menjadi"] = "DUA"
    assert applicant_client.post(two.path, conflict_form(two) | {"pick-perubahan": "saved"}).status_code == 303
    assert [row["menjadi"] for row in draft_of(permohonan).answers["perubahan"]] == ["SATU"]


def test_coming_back_leads_to_the_page_on_which_one_was_with_its_answers(app, applicant_client, permohonan):
    tab = Tab(applicant_client, permohonan, "kehilangan")
    tab.keep(nomor_surat_kehilangan="SKTLK 7")
    later = PublicClient(app)
    later.sign_in()
    again = later.get(f"/permohonan/{permohonan.key}/isi")
    assert again.location == tab.path and 'value="SKTLK 7"' in later.get(again.location).text
    applicant_client.get(f"/permohonan/{permohonan.key}/unggahan")
    assert later.get(f"/permohonan/{permohonan.key}/isi").location.endswith("/unggahan")
    applicant_client.get(f"/permohonan/{permohonan.key}/periksa")
    assert later.get(f"/permohonan/{permohonan.key}/isi").location.endswith("/periksa")


def test_a_draft_that_was_sent_is_told_to_a_page_that_still_types(applicant_client, factory):
    permohonan = factory.begin("KTP-HILANG")
    tab = Tab(applicant_client, permohonan, "pemilik")
    applicant_client.post(f"/permohonan/{permohonan.key}/periksa", {"declaration": "ya"})
    applicant_client.get("/permohonan/baru/KTP-HILANG")
    answer = applicant_client.post(tab.path, tab.form | {"auto": "1"}, page="/permohonan/baru/KTP-HILANG")
    assert answer.status_code == 410 and "sudah dikirim" in answer.json["told"]


def test_the_counter_keeps_what_is_typed_in_the_same_way(app):
    operator = CounterClient(app)
    permohonan = operator.begin()
    path = f"{application_url(permohonan)}/isi/pemilik"
    marks = dict(STAMP.findall(operator.get(path).text))
    assert operator.post(path, marks | {"nama": "I Ketut", "auto": "1"}).json["version"] == 1
    stranger = CounterClient(app, "loket.sukasada@aku.example")
    assert stranger.post(path, {"auto": "1"}, page="/petugas/loket/baru").status_code == 404


def test_pages_saved_in_the_same_moment_are_both_kept(factory, monkeypatch):
    """The other page is saved between reading the draft and writing it."""
    permohonan = factory.begin("KTP-HILANG")
    checked, once = autosave._validate, []

    def interrupted(*parts):
        if not once:
            once.append(True)
            autosave.save_page(permohonan, "pemohon", {"pemohon_nama": "Ni Luh Ayu"}, 1)
        return checked(*parts)

    monkeypatch.setattr(autosave, "_validate", interrupted)
    autosave.save_page(permohonan, "pemilik", {"nama": "Ni Luh"}, 1)
    assert {"nama": "Ni Luh", "pemohon_nama": "Ni Luh Ayu"}.items() <= draft_of(permohonan).answers.items()
