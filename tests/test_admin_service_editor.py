"""Tim TI makes and changes services on screens: no code, no restart, nobody's work lost, nobody else gets in."""

import io
import threading
from functools import partial
from html import unescape as plain

import lxml.html
import pytest

from catalogue import definition, import_export, proposals
from intake import application_copy, drafts
from models import Edition, Layanan, Permohonan, Reason, StoredFile, User
from tests.helpers import service_editor_forms
from tests.helpers.browser_person import photo
from tests.helpers.public_client import PublicClient
from tests.helpers.service_editor_forms import (
    BECAUSE_OF_PARENTS,
    PAGES,
    QUESTION,
    REQUIREMENT,
    editor_field_error,
    page_url,
    post_part,
    post_publish,
    proposed_body,
    service_row,
)
from tests.helpers.staff_client import EMAIL_BY_ROLE, sign_in_officer
from web import service_directory

ON_BOTH = pytest.mark.parametrize("database_kind", ["sqlite", "postgresql"])


@pytest.fixture
def database_kind():
    """Forms over one JSON text, byte-equal on both; what only a database can spoil is tried on both."""
    return "sqlite"


@pytest.fixture
def it(app):
    return sign_in_officer(app, "it")


@pytest.fixture
def officer(app):
    return partial(sign_in_officer, app)


NEW = {"code": "SK-COBA", "name": ["Surat coba", ""], "model": "", "form_code": "F-1.99", "group": "dafduk"}


def begin(it, **more):
    return it.post(f"{service_editor_forms.ROOT}/baru/", **NEW | {"category": "salah"} | more)


@ON_BOTH
def test_a_service_from_nothing_is_offered_once_it_is_published(app, it, factory):
    assert begin(it).status_code == 303
    assert service_directory.find_service("SK-COBA") is None
    assert post_part(it, "requirements", service="SK-COBA", **REQUIREMENT).status_code == 303
    assert post_part(it, "fields", home="orang", service="SK-COBA", **QUESTION).status_code == 303
    assert "Edisi pertama" in it.text(page_url("terbitkan", "SK-COBA"))
    assert post_publish(it, "SK-COBA").status_code == 303
    edition = service_directory.find_service("SK-COBA")
    assert (edition.number, edition.published_by.email) == (1, "it@aku.example")
    assert [one["key"] for one in edition.body["requirements"]] == ["formulir", "surat_pengantar"]
    assert factory.submit("SK-COBA").state == "submitted"


def shown_facts(person, code="AK-LAHIR"):
    """The general facts of a service as its form shows them."""
    page = lxml.html.fromstring(person.text(page_url("keterangan", code)))
    typed: dict[str, list[str]] = {}
    for name, value in page.xpath("//form[.//textarea[@name='legal']]")[0].form_values():
        typed.setdefault(name, []).append(value)
    return typed


def test_general_facts_that_are_sent_as_they_were_shown_change_nothing(it):
    for edition in Edition.current():
        code, before = edition.layanan.code, edition.body
        assert it.post(page_url("keterangan", code), **shown_facts(it, code)).status_code == 303, code
        assert proposed_body(code) == before, code


WAY = {"code": "AK-MATI", "text": {"id": "Sempat hidup?", "en": "Lived for a while?"}}


def test_openings_words_and_ways_to_other_services_are_typed_shown_and_taken_away(it):
    typed = shown_facts(it) | {"opening": ["Selamat.", ""], "search_words": "akte bayi\nakta lahir\n"}
    typed |= {"leads-code": ["", "AK-MATI"], "leads-id": ["", "Sempat hidup?"], "leads-en": ["", "Lived for a while?"]}
    typed |= {"ask_office": "Sumber: " + "x" * 500}
    assert it.post(page_url("keterangan"), **typed).status_code == 303
    body = proposed_body()
    assert body["opening"] == {"id": "Selamat."} and body["search_words"] == ["akte bayi", "akta lahir"]
    assert body["leads"] == [WAY] and len(body["ask_office"][0]) == 508
    changes = it.text(page_url("terbitkan"))
    assert "AK-MATI: Sempat hidup? / Lived for a while?" in changes and "Kata untuk mencarinya" in changes
    blank = {
        "leads-code": "",
        "leads-id": "",
        "leads-en": "",
        "search_words": "",
        "ask_office": "",
        "opening": ["", ""],
    }
    assert it.post(page_url("keterangan"), **shown_facts(it) | blank).status_code == 303
    assert proposed_body()["leads"] == [] and "opening" not in proposed_body()


def test_a_way_without_its_service_or_its_text_is_refused_beside_it(it):
    for code, words in (("", "Sempat hidup?"), ("AK-MATI", ""), ("TIDAK-ADA", "x")):
        typed = shown_facts(it) | {"leads-code": [code], "leads-id": [words], "leads-en": [""]}
        answer = it.post(page_url("keterangan"), **typed)
        assert answer.status_code == 422 and editor_field_error(answer, "leads"), code
    assert service_row().proposal is None


def test_a_service_joins_another_but_neither_itself_nor_one_that_is_joined(it):
    join = {"part_of-code": ["KIA-BARU"], "part_of-id": ["Ini bagian dari KIA baru."], "part_of-en": [""]}
    typed = shown_facts(it, "PIN-BATAL") | join
    assert it.post(page_url("keterangan", "PIN-BATAL"), **typed).status_code == 303
    assert post_publish(it, "PIN-BATAL").status_code == 303
    assert service_directory.find_service("PIN-BATAL") is None
    for code, onward in (("AK-LAHIR", "PIN-BATAL"), ("AK-MATI", "AK-MATI"), ("KIA-BARU", "AK-MATI")):
        row = service_row(code)
        body = proposed_body(code) | {"part_of": {"code": onward, "text": {"id": "Ini bagian dari itu."}}}
        proposals.save(row, body, row.version, User.get(User.email == "it@aku.example"))
        assert "Belum dapat diterbitkan" in it.text(page_url("terbitkan", code)), code
        post_publish(it, code)
        assert service_directory.find_service(code) is not None, code


def test_a_copy_brings_everything_but_its_name(it):
    assert begin(it, model="AK-LAHIR", form_code="", group="", category="").status_code == 303
    made, model = proposed_body("SK-COBA"), proposed_body("AK-LAHIR")
    assert made == model | {"code": "SK-COBA", "name": {"id": "Surat coba"}}


@pytest.mark.parametrize(
    ("typed", "field"),
    [
        ({"code": "kecil"}, "code"),
        ({"code": "AK-LAHIR"}, "code"),
        ({"name": ["", "x"]}, "name"),
        ({"group": ""}, "group"),
    ],
)
def test_a_new_service_that_is_wrong_is_refused_beside_its_field(it, typed, field):
    answer = begin(it, **typed)
    assert answer.status_code == 422 and editor_field_error(answer, field)
    assert "F-1.99" in answer.get_data(as_text=True)


def test_what_is_wrong_is_said_beside_its_field_and_what_was_typed_stays(it):
    typed = REQUIREMENT | {"required": "when", "max_files": "99", "help": ["", "Only English"], "key": "Besar!"}
    answer = post_part(it, "requirements", **typed)
    assert answer.status_code == 422
    assert all(editor_field_error(answer, name) for name in ("required", "max_files", "help", "key"))
    assert "Only English" in answer.get_data(as_text=True) and service_row().proposal is None


def test_a_choice_takes_its_options_from_rows_in_the_order_of_their_numbers(it):
    rows = {
        "options-place": ["2", "1", "", ""],
        "options-code": ["", "9", "", ""],
        "options-id": ["Kedua", "Pertama", "Ketiga", ""],
        "options-en": ["", "First", "", ""],
    }
    assert post_part(it, "fields", home="anak", label=["Mana?", ""], type="choice", **rows).status_code == 303
    made = proposed_body()["sections"][0]["fields"][-1]
    assert made["options"] == [["9", {"id": "Pertama", "en": "First"}], ["1", {"id": "Kedua"}], ["2", {"id": "Ketiga"}]]


def test_a_condition_hangs_on_an_answer(it):
    typed = REQUIREMENT | {"required": "when"} | BECAUSE_OF_PARENTS
    assert "Centang sedikitnya satu" in editor_field_error(post_part(it, "requirements", **typed), "when")
    typed["when-0-code"] = ["1", "2"]
    assert post_part(it, "requirements", **typed).status_code == 303
    assert proposed_body()["requirements"][-1]["when"] == {"field": "status_orang_tua", "is": ["1", "2"]}


def test_every_part_of_every_seed_is_saved_as_it_was(it):
    """What the forms leave out would be lost by opening a part and pressing Simpan."""
    for code in ("AK-LAHIR", "AK-MATI", "KK-BARU"):
        before = proposed_body(code)
        for kind, key, typed in service_editor_forms.unchanged_forms(it, code):
            answer = post_part(it, kind, key, service=code, **typed)
            assert answer.status_code == 303, (code, kind, key, answer.get_data(as_text=True)[:3000])
        assert proposed_body(code) == before, code


def test_a_group_of_questions_is_made_and_filled(it):
    assert post_part(it, "fields", home="anak", label=["Saudara", ""], type="group", max_items="4").status_code == 303
    assert post_part(it, "items", home="saudara", label=["Umur", ""], type="number", max="120").status_code == 303
    group = proposed_body()["sections"][0]["fields"][-1]
    assert [one["key"] for one in group["item"]] == ["nama", "umur"]
    assert post_part(it, "items", "saudara.umur", label=["Usia", ""], type="number").status_code == 303
    it.post(page_url("susunan"), version=str(service_row().version), move="items:saudara.umur:up")
    assert [one["label"]["id"] for one in proposed_body()["sections"][0]["fields"][-1]["item"]] == ["Usia", "Nama"]
    assert post_part(it, "fields", "saudara", label=["Semua saudara", ""], type="group").status_code == 303
    assert len(proposed_body()["sections"][0]["fields"][-1]["item"]) == 2


@ON_BOTH
def test_two_at_once_and_the_second_is_told_with_what_was_typed(it, officer):
    seen = service_row().version
    assert post_part(it, "requirements", seen=seen, **REQUIREMENT).status_code == 303
    second = post_part(officer("it"), "requirements", seen=seen, **REQUIREMENT | {"name": ["Surat kedua", ""]})
    page = second.get_data(as_text=True)
    assert second.status_code == 409 and "Surat kedua" in page and "mengubah usulan layanan ini" in page
    assert f'name="version" value="{service_row().version}"' in page
    names = [one["name"]["id"] for one in proposed_body()["requirements"]]
    assert "Surat pengantar" in names and "Surat kedua" not in names


@ON_BOTH
def test_publishing_twice_makes_one_edition(it):
    post_part(it, "requirements", **REQUIREMENT)
    seen = service_row().version
    assert post_publish(it, version=seen, number=1).status_code == 303
    post_publish(it, version=seen, number=1)
    assert "Tidak diterbitkan" in it.text(page_url("susun"))
    assert [one.number for one in service_row().editions.order_by(Edition.number)] == [1, 2]


@ON_BOTH
def test_ten_who_publish_at_once_make_one_edition(app, it):
    post_part(it, "requirements", **REQUIREMENT)
    seen, layanan_id = service_row().version, service_row().id
    by, results, start = User.get(User.email == "it@aku.example"), [], threading.Barrier(10)

    def press():
        with app.app_context():
            layanan = Layanan.get_by_id(layanan_id)
            start.wait()
            try:
                results.append(proposals.publish(layanan, seen, 1, by).number)
            except (proposals.ProposalConflict, proposals.ProposalRefused):
                results.append(None)

    threads = [threading.Thread(target=press) for _ in range(10)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(results, key=str) == [2, *[None] * 9]
    assert Edition.select().where(Edition.layanan == layanan_id).count() == 2


@ON_BOTH
def test_a_running_application_keeps_its_edition(it, submit, factory):
    permohonan = submit()
    post_part(it, "requirements", **REQUIREMENT)
    post_publish(it)
    assert Permohonan.get_by_id(permohonan.id).edition.number == 1
    assert factory.begin().edition.number == 2


@ON_BOTH
def test_an_old_edition_is_published_again_under_a_new_number(it):
    old = proposed_body()
    post_part(it, "requirements", **REQUIREMENT)
    post_publish(it)
    it.post(page_url("edisi/pakai", nomor=1), version=str(service_row().version))
    page = it.text(page_url("terbitkan"))
    assert "Dihapus" in page and "Surat pengantar" in page
    post_publish(it)
    assert (proposals.newest_edition(service_row()).number, proposals.newest_edition(service_row()).body) == (3, old)
    assert "Edisi 3 dibanding edisi 2" in it.text(page_url("edisi"))


def test_a_proposal_with_faults_is_not_published(it):
    assert post_part(it, "sections", title=["Bagian kosong", ""]).status_code == 303
    assert "Bagian ini belum punya isian" in it.text(page_url("terbitkan"))
    post_publish(it)
    assert proposals.newest_edition(service_row()).number == 1


def test_what_something_hangs_on_is_not_removed(it):
    it.post(page_url("susunan"), version="0", remove="fields:status_orang_tua")
    assert "masih dipakai" in it.text(page_url("susun"))
    it.post(page_url("susunan"), version="0", remove="requirements:ba_polisi")
    assert "ba_polisi" not in [one["key"] for one in proposed_body()["requirements"]]


def test_a_published_question_keeps_its_key_and_its_type(it):
    answer = post_part(it, "fields", "berat", label=["Berat", ""], type="text")
    assert answer.status_code == 422 and editor_field_error(answer, "type")
    gone = proposed_body()["requirements"][-1]["key"]
    it.post(page_url("susunan"), version="0", remove=f"requirements:{gone}")
    assert "sudah dipakai" in editor_field_error(post_part(it, "requirements", key=gone, **REQUIREMENT), "key")


@ON_BOTH
def test_a_proposal_is_thrown_away_and_a_service_that_never_was_goes_with_it(it):
    post_part(it, "requirements", **REQUIREMENT)
    it.post(page_url("buang"), version=str(service_row().version))
    assert service_row().proposal is None
    begin(it)
    it.post(page_url("buang", "SK-COBA"), version=str(service_row("SK-COBA").version))
    assert Layanan.get_or_none(Layanan.code == "SK-COBA") is None


@ON_BOTH
def test_services_are_put_in_order_and_closed(it):
    first, second = [one.code for one in Layanan.select().order_by(Layanan.position, Layanan.code).limit(2)]
    it.post(page_url("urutan", second), way="up")
    assert [one.layanan.code for one in service_directory.current_services()][:2] == [second, first]
    it.post(page_url("buka", first), active="tidak")
    assert service_directory.find_service(first) is None
    it.post(page_url("buka", first), active="ya")
    assert service_directory.find_service(first) is not None


def test_a_file_goes_out_and_comes_back_as_a_proposal(it):
    text = it.get(page_url("unduh")).get_data(as_text=True)
    assert definition.read_definition(text) == proposed_body()
    changed = text.replace("sla_days = 2", "") + ""
    changed = changed.replace('form_code = "F-2.01"', 'form_code = "F-2.99"')
    assert load(it, changed.encode()).status_code == 303
    assert proposed_body()["form_code"] == "F-2.99"
    assert "F-2.99" in it.text(page_url("terbitkan"))
    assert "Masih ada usulan" in load(it, changed.encode()).get_data(as_text=True)
    assert load(it, changed.replace("AK-LAHIR", "AK-BARU").encode()).status_code == 303
    assert proposed_body("AK-BARU")["form_code"] == "F-2.99"


def load(it, data, name="layanan.toml"):
    return it.post(f"{service_editor_forms.ROOT}/muat/", file=(io.BytesIO(data), name))


@pytest.mark.parametrize(
    "data",
    [b"", b"x" * 400_000, b"\x00\xff" * 99, b"a=" + b"[" * 50_000, photo("bukan layanan", (300, 300))],
    ids=["empty", "huge", "binary", "deep", "photo"],
)
def test_a_hostile_file_gets_a_sentence(it, data):
    answer = load(it, data)
    assert answer.status_code == 422 and editor_field_error(answer, "file")


def test_a_stranger_s_sample_does_not_come_along(it):
    text = import_export.to_toml(proposed_body()).replace(
        'key = "formulir"', f'key = "formulir"\nsample = "{"a" * 26}"', 1
    )
    text = text.replace('sample = "formulir"\n', "")
    assert load(it, text.encode()).status_code == 303
    assert len(proposed_body()["requirements"][0].get("sample", "")) != 26


def test_an_own_sample_is_cleaned_kept_and_shown_to_everybody(app, it):
    picture = (io.BytesIO(photo("Contoh KK", (1600, 1200))), "kk.jpg")
    assert post_part(it, "requirements", **REQUIREMENT, picture=picture).status_code == 303
    key = proposed_body()["requirements"][-1]["sample"]
    post_publish(it)
    visitor = PublicClient(app)
    assert f"/contoh/{key}.jpg" in visitor.get("/layanan/AK-LAHIR").text
    answer = visitor.get(f"/contoh/{key}.jpg")
    assert answer.status_code == 200 and answer.data[:2] == b"\xff\xd8" and len(answer.data) < 300_000
    assert "immutable" in answer.headers["Cache-Control"]
    assert answer.headers["Content-Security-Policy"].startswith("sandbox")


def test_only_samples_are_open_to_everybody(app, submit):
    submit()
    upload = StoredFile.get(StoredFile.kind == "upload")
    assert PublicClient(app).get(f"/contoh/{upload.key}.jpg").status_code == 404


def test_a_sample_that_is_no_picture_is_refused_beside_its_field(it):
    for data in (b"", b"%PDF-1.4 bukan", b"<svg onload=alert(1)>"):
        answer = post_part(it, "requirements", **REQUIREMENT, picture=(io.BytesIO(data), "x.jpg"))
        assert answer.status_code == 422 and editor_field_error(answer, "picture")


def test_the_officer_is_offered_the_reasons_of_the_requirement(it, officer, factory):
    keys = [one.key for one in Reason.select().where(Reason.kind == "deficiency").order_by(Reason.position).limit(3)]
    requirement = proposed_body()["requirements"][1]
    typed = REQUIREMENT | {"one_of": requirement["one_of"], "reasons": keys[:2]}
    assert post_part(it, "requirements", requirement["key"], **typed).status_code == 303
    post_publish(it)
    permohonan = factory.submit()
    admin, stem = officer("admin"), f"deficiencies-{requirement['key']}"
    for address in ("aksi/mark_incomplete", "details"):
        page = admin.text(f"/petugas/pemeriksaan/{address}/?id={permohonan.key}")
        select = page.split(f'name="{stem}-reason"', 1)[1].split("</select>", 1)[0]
        assert keys[0] in select and keys[1] in select and keys[2] not in select
    answers = {f"{stem}-fault": "ya", f"{stem}-reason": keys[2]}
    assert admin.press("pemeriksaan", "mark_incomplete", permohonan, **answers).status_code == 422
    answers[f"{stem}-reason"] = keys[1]
    assert admin.press("pemeriksaan", "mark_incomplete", permohonan, **answers).status_code == 303


def test_an_answer_to_another_kind_of_question_is_not_copied(it, factory, submit):
    permohonan = factory.perform(submit(), "cancel", "admin")
    changed = proposed_body()
    for one in changed["sections"][0]["fields"]:
        if one["key"] == "berat":
            one.update(type="date", min=None, max=None)
    proposals.save(service_row(), changed, service_row().version, User.get(User.email == "it@aku.example"))
    post_publish(it)
    fresh = application_copy.copy_application(permohonan, factory.applicant)
    answers = drafts.get_draft(fresh).answers
    assert "berat" not in answers and "nama_anak" in answers


@pytest.mark.parametrize("page", ["layanan", "mulai", "unggahan"])
def test_the_preview_shows_the_applicant_s_page_and_sends_nothing(it, page):
    post_part(it, "requirements", **REQUIREMENT)
    outer = it.get(page_url("pratinjau", hal=page))
    assert "frame-src 'self'" in outer.headers["Content-Security-Policy"]
    assert "frame-ancestors 'none'" in outer.headers["Content-Security-Policy"]
    inner = it.get(page_url("pratinjau/isi", hal=page))
    policy = inner.headers["Content-Security-Policy"]
    assert inner.status_code == 200 and "Surat pengantar" in inner.get_data(as_text=True)
    assert "form-action 'none'" in policy and "connect-src 'none'" in policy and "frame-ancestors 'self'" in policy
    assert Permohonan.select().count() == 0 and service_directory.find_service("AK-LAHIR").number == 1
    assert it.post(page_url("pratinjau/isi", hal=page)).status_code == 405


def test_the_preview_follows_the_answers_that_are_supposed(it):
    page = page_url("pratinjau/isi", hal="unggahan")
    assert "upload-akta_kawin" not in it.text(page)
    assert "upload-akta_kawin" in it.text(f"{page}&jawab-status_orang_tua=1")
    assert it.get(page_url("formulir")).data.startswith(b"%PDF")


def test_every_page_of_a_preview_is_drawn_and_tells_nothing_of_open_applications(it, submit):
    """The page that asks for the NIK ended in a server error, and would else have looked for that person."""
    first = submit("KTP-HILANG")
    numbers = {one.code: one.id for one in Layanan.select()}
    for code in ("KTP-HILANG", "AK-LAHIR", "AK-KAWIN"):
        for section in proposals.proposal_body(Layanan.get(Layanan.code == code))["sections"]:
            given = f"jawab-nik={first.subject_nik}&jawab-nik_ibu={first.subject_nik}"
            page = it.get(f"/petugas/layanan/pratinjau/isi/?id={numbers[code]}&hal={section['key']}&{given}")
            assert page.status_code in (200, 404), (code, section["key"])  # several may be laid on one page
            assert page.status_code == 404 or first.number[-4:] not in page.text


@pytest.mark.parametrize("role", [role for role in EMAIL_BY_ROLE if role != "it"])
def test_nobody_but_it_sees_or_changes_a_service(officer, role):
    person = officer(role)
    for page in PAGES:
        assert person.get(page_url(page)).status_code in (404, 405), page
        assert person.post(page_url(page), version="0").status_code in (404, 405), page
    assert service_row().proposal is None


def test_an_applicant_is_sent_to_the_door(app):
    visitor = PublicClient(app)
    visitor.sign_in()
    for page in PAGES:
        answer = visitor.get(page_url(page))
        assert answer.status_code in (303, 405) and "isi" not in (answer.location or "").split("?")[0]


def test_a_condition_that_counts_is_made_in_the_table(it):
    rows = {
        "when-join": "any",
        "when-0-of": "age:tanggal_lahir", "when-0-how": "number", "when-0-least": "61", "when-0-unit": "days",
        "when-2-of": "nik_ibu", "when-2-how": "empty",
    }  # fmt: skip
    assert post_part(it, "requirements", **REQUIREMENT | {"required": "when"} | rows).status_code == 303
    made = proposed_body()["requirements"][-1]
    late, without = {"age": "tanggal_lahir", "unit": "days", "at_least": 61}, {"field": "nik_ibu", "answered": False}
    assert made["when"] == {"any": [late, without]}
    page = it.get(page_url("unsur", jenis="requirements", kunci=made["key"])).get_data(as_text=True)
    assert "sudah 61 hari atau “NIK ibu” tidak diisi." in page


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        ({"when-0-of": "tidak_ada", "when-0-how": "filled"}, "bukan isian yang ditanyakan sebelumnya"),
        ({"when-0-of": "age:tanggal_lahir", "when-0-least": "dua"}, "angka bulat"),
        ({"when-0-of": "age:tanggal_lahir", "when-0-least": "9" * 12}, "paling banyak"),
        ({"when-0-of": "age:tanggal_lahir"}, "Tulis satu perbandingan"),
        ({"when-0-of": "nik_ibu", "when-0-how": "same", "when-0-with": "nama_ibu"}, "sejenis"),
        ({"when-0-of": "age:tanggal_lahir", "when-0-below": "0"}, "tidak akan pernah"),
        ({"when-join": "toml", "when-toml": "{ all = ["}, "bukan TOML"),
        ({"when-join": "toml", "when-toml": "[[" * 2000}, "bukan TOML"),
        ({"when-join": "toml", "when-toml": "7"}, "Harus punya satu dari"),
        ({"when-join": "toml", "when-toml": "a." * 3000}, "Terlalu panjang"),
        ({"when-join": "toml", "when-toml": "{}"}, "satu syarat saja"),
        ({"when-join": "toml", "when-toml": '{ field = "x" }\nage = 7'}, "satu syarat saja"),
    ],
)
def test_a_condition_that_makes_no_sense_is_refused_beside_the_table(it, rows, said):
    answer = post_part(it, "requirements", **REQUIREMENT | {"required": "when", "when-join": "all"} | rows)
    assert answer.status_code == 422 and said in editor_field_error(answer, "when")
    assert all(value[:40] in plain(answer.get_data(as_text=True)) for value in rows.values() if value != "tidak_ada")


def test_a_nested_condition_is_said_kept_and_edited_as_toml(it):
    text = (
        '{ all = [{ field = "status_orang_tua", is = ["1"] }, { none = [{ age = "tanggal_lahir", at_least = 17 }] }] }'
    )
    typed = REQUIREMENT | {"required": "when", "when-join": "toml", "when-toml": text}
    assert post_part(it, "requirements", **typed).status_code == 303
    before = proposed_body()["requirements"][-1]
    key = before["key"]
    forms = {name: typed for kind, name, typed in service_editor_forms.unchanged_forms(it, "AK-LAHIR") if name == key}
    assert post_part(it, "requirements", key, **forms[key]).status_code == 303
    assert proposed_body()["requirements"][-1] == before
    more = {"when-toml": text.replace("17", "18")}
    assert post_part(it, "requirements", key, **forms[key] | more).status_code == 303
    assert proposed_body()["requirements"][-1]["when"]["all"][1] == {"none": [{"age": "tanggal_lahir", "at_least": 18}]}


def test_a_contradiction_is_made_shown_compared_published_and_taken_along(it):
    first = len(proposed_body().get("contradictions", ()))
    typed = {"text": ["Ibunya lahir sesudah anaknya.", "The mother is younger."], "kind": "refuse", "field": "nama_ibu"}
    rows = {
        "when-join": "all",
        "when-0-of": "age:tanggal_lahir_ibu",
        "when-0-with": "tanggal_lahir",
        "when-0-below": "0",
    }
    assert post_part(it, "contradictions", **typed).status_code == 422, "it happens under some condition"
    assert post_part(it, "contradictions", **typed | rows).status_code == 303
    made = proposed_body()["contradictions"][first]
    when = {"age": "tanggal_lahir_ibu", "on": "tanggal_lahir", "below": 0}
    assert (made["key"], made["when"], made["field"]) == ("ibunya_lahir_sesudah_anaknya", when, "nama_ibu")
    assert "Ibunya lahir sesudah anaknya." in it.get(page_url("susun")).get_data(as_text=True)
    compared = it.get(page_url("terbitkan")).get_data(as_text=True)
    assert "Pertentangan" in compared and "tanggal lahir ibu" in compared.casefold()
    assert import_export.from_toml(import_export.to_toml(proposed_body()).encode()) == proposed_body()
    it.post(page_url("susunan"), version=str(service_row().version), remove="fields:nama_ibu")
    assert proposed_body()["contradictions"][first]["field"] == "nama_ibu", "what depends on it is said first"
    assert post_publish(it).status_code == 303
    assert proposals.newest_edition(service_row()).body["contradictions"][first] == made


def test_a_requirement_gets_one_of_the_official_statements_and_no_other(it):
    names = {"name": ["Pernyataan", ""], "help": ["Tanda tangani.", ""], "required": "always", "max_files": "3"}
    assert "F-2.04 · " in it.text(page_url("unsur", jenis="requirements"))
    refused = post_part(it, "requirements", **names, statement="F-9.99")
    assert refused.status_code == 422 and editor_field_error(refused, "statement")
    post_part(it, "requirements", **names, statement="F-2.04")
    assert proposed_body()["requirements"][-1]["statement"] == "F-2.04"
