"""Tim TI makes and changes services on screens: no code, no restart, nobody's work lost, nobody else gets in."""

import io
import threading
from functools import partial

import lxml.html
import pytest

from filling import catalogue
from intake import applying, copying, proposals, services, sharing
from models import Edition, Layanan, Permohonan, Reason, StoredFile, User
from tests import editing
from tests.browsing import photo
from tests.editing import PAGES, QUESTION, REQUIREMENT, at, body, part, publish, row, wrong
from tests.officers import EMAILS, enter
from tests.visiting import Visitor

ON_BOTH = pytest.mark.parametrize("database_kind", ["sqlite", "postgresql"])


@pytest.fixture
def database_kind():
    """Forms over one JSON text, byte-equal on both; what only a database can spoil is tried on both."""
    return "sqlite"


@pytest.fixture
def it(app):
    return enter(app, "it")


@pytest.fixture
def officer(app):
    return partial(enter, app)


NEW = {"code": "SK-COBA", "name": ["Surat coba", ""], "model": "", "form_code": "F-1.99", "group": "dafduk"}


def begin(it, **more):
    return it.post(f"{editing.ROOT}/baru/", **NEW | {"category": "salah"} | more)


@ON_BOTH
def test_a_service_from_nothing_is_offered_once_it_is_published(app, it, world):
    assert begin(it).status_code == 303
    assert catalogue.service("SK-COBA") is None
    assert part(it, "requirements", service="SK-COBA", **REQUIREMENT).status_code == 303
    assert part(it, "fields", home="orang", service="SK-COBA", **QUESTION).status_code == 303
    assert "Edisi pertama" in it.text(at("terbitkan", "SK-COBA"))
    assert publish(it, "SK-COBA").status_code == 303
    edition = catalogue.service("SK-COBA")
    assert (edition.number, edition.published_by.email) == (1, "it@aku.example")
    assert [one["key"] for one in edition.body["requirements"]] == ["formulir", "surat_pengantar"]
    assert world.submit("SK-COBA").state == "submitted"


def test_general_facts_that_are_sent_as_they_were_shown_change_nothing(it):
    shown = lxml.html.fromstring(it.text(at("keterangan"))).xpath("//form[.//textarea[@name='legal']]")[0]
    typed: dict[str, list[str]] = {}
    for name, value in shown.form_values():
        typed.setdefault(name, []).append(value)
    before = body()
    assert it.post(at("keterangan"), **typed).status_code == 303
    assert body() == before and len(before["legal"]) > 2


def test_a_copy_brings_everything_but_its_name(it):
    assert begin(it, model="AK-LAHIR", form_code="", group="", category="").status_code == 303
    made, model = body("SK-COBA"), body("AK-LAHIR")
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
    assert answer.status_code == 422 and wrong(answer, field)
    assert "F-1.99" in answer.get_data(as_text=True)


def test_what_is_wrong_is_said_beside_its_field_and_what_was_typed_stays(it):
    typed = REQUIREMENT | {"required": "when", "max_files": "99", "help": ["", "Only English"], "key": "Besar!"}
    answer = part(it, "requirements", **typed)
    assert answer.status_code == 422
    assert all(wrong(answer, name) for name in ("required", "max_files", "help", "key"))
    assert "Only English" in answer.get_data(as_text=True) and row().proposal is None


def test_a_choice_takes_its_options_from_rows_in_the_order_of_their_numbers(it):
    rows = {
        "options-place": ["2", "1", "", ""],
        "options-code": ["", "9", "", ""],
        "options-id": ["Kedua", "Pertama", "Ketiga", ""],
        "options-en": ["", "First", "", ""],
    }
    assert part(it, "fields", home="anak", label=["Mana?", ""], type="choice", **rows).status_code == 303
    made = body()["sections"][0]["fields"][-1]
    assert made["options"] == [["9", {"id": "Pertama", "en": "First"}], ["1", {"id": "Kedua"}], ["2", {"id": "Ketiga"}]]


def test_a_condition_hangs_on_an_answer(it):
    typed = REQUIREMENT | {"required": "when", "when": "status_orang_tua"}
    assert "Centang sedikitnya satu" in wrong(part(it, "requirements", **typed), "when")
    typed["when-status_orang_tua"] = ["1", "2"]
    assert part(it, "requirements", **typed).status_code == 303
    assert body()["requirements"][-1]["when"] == {"field": "status_orang_tua", "is": ["1", "2"]}


def test_every_part_of_every_seed_is_saved_as_it_was(it):
    """What the forms leave out would be lost by opening a part and pressing Simpan."""
    for code in ("AK-LAHIR", "AK-MATI", "KK-BARU"):
        before = body(code)
        for kind, key, typed in editing.as_typed(it, code):
            answer = part(it, kind, key, service=code, **typed)
            assert answer.status_code == 303, (code, kind, key, answer.get_data(as_text=True)[:3000])
        assert body(code) == before, code


def test_a_group_of_questions_is_made_and_filled(it):
    assert part(it, "fields", home="anak", label=["Saudara", ""], type="group", max_items="4").status_code == 303
    assert part(it, "items", home="saudara", label=["Umur", ""], type="number", max="120").status_code == 303
    group = body()["sections"][0]["fields"][-1]
    assert [one["key"] for one in group["item"]] == ["nama", "umur"]
    assert part(it, "items", "saudara.umur", label=["Usia", ""], type="number").status_code == 303
    it.post(at("susunan"), version=str(row().version), move="items:saudara.umur:up")
    assert [one["label"]["id"] for one in body()["sections"][0]["fields"][-1]["item"]] == ["Usia", "Nama"]
    assert part(it, "fields", "saudara", label=["Semua saudara", ""], type="group").status_code == 303
    assert len(body()["sections"][0]["fields"][-1]["item"]) == 2


@ON_BOTH
def test_two_at_once_and_the_second_is_told_with_what_was_typed(it, officer):
    seen = row().version
    assert part(it, "requirements", seen=seen, **REQUIREMENT).status_code == 303
    second = part(officer("it"), "requirements", seen=seen, **REQUIREMENT | {"name": ["Surat kedua", ""]})
    page = second.get_data(as_text=True)
    assert second.status_code == 409 and "Surat kedua" in page and "mengubah usulan layanan ini" in page
    assert f'name="version" value="{row().version}"' in page
    names = [one["name"]["id"] for one in body()["requirements"]]
    assert "Surat pengantar" in names and "Surat kedua" not in names


@ON_BOTH
def test_publishing_twice_makes_one_edition(it):
    part(it, "requirements", **REQUIREMENT)
    seen = row().version
    assert publish(it, version=seen, number=1).status_code == 303
    publish(it, version=seen, number=1)
    assert "Tidak diterbitkan" in it.text(at("susun"))
    assert [one.number for one in row().editions.order_by(Edition.number)] == [1, 2]


@ON_BOTH
def test_ten_who_publish_at_once_make_one_edition(app, it):
    part(it, "requirements", **REQUIREMENT)
    seen, layanan_id = row().version, row().id
    by, results, start = User.get(User.email == "it@aku.example"), [], threading.Barrier(10)

    def press():
        with app.app_context():
            layanan = Layanan.get_by_id(layanan_id)
            start.wait()
            try:
                results.append(proposals.publish(layanan, seen, 1, by).number)
            except (proposals.Changed, proposals.Refused):
                results.append(None)

    threads = [threading.Thread(target=press) for _ in range(10)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(results, key=str) == [2, *[None] * 9]
    assert Edition.select().where(Edition.layanan == layanan_id).count() == 2


@ON_BOTH
def test_a_running_application_keeps_its_edition(it, submit, world):
    permohonan = submit()
    part(it, "requirements", **REQUIREMENT)
    publish(it)
    assert Permohonan.get_by_id(permohonan.id).edition.number == 1
    assert world.begin().edition.number == 2


@ON_BOTH
def test_an_old_edition_is_published_again_under_a_new_number(it):
    old = body()
    part(it, "requirements", **REQUIREMENT)
    publish(it)
    it.post(at("edisi/pakai", nomor=1), version=str(row().version))
    page = it.text(at("terbitkan"))
    assert "Dihapus" in page and "Surat pengantar" in page
    publish(it)
    assert (proposals.newest(row()).number, proposals.newest(row()).body) == (3, old)
    assert "Edisi 3 dibanding edisi 2" in it.text(at("edisi"))


def test_a_proposal_with_faults_is_not_published(it):
    assert part(it, "sections", title=["Bagian kosong", ""]).status_code == 303
    assert "Bagian ini belum punya isian" in it.text(at("terbitkan"))
    publish(it)
    assert proposals.newest(row()).number == 1


def test_what_something_hangs_on_is_not_removed(it):
    it.post(at("susunan"), version="0", remove="fields:status_orang_tua")
    assert "masih dipakai" in it.text(at("susun"))
    it.post(at("susunan"), version="0", remove="requirements:ba_polisi")
    assert "ba_polisi" not in [one["key"] for one in body()["requirements"]]


def test_a_published_question_keeps_its_key_and_its_type(it):
    answer = part(it, "fields", "berat", label=["Berat", ""], type="text")
    assert answer.status_code == 422 and wrong(answer, "type")
    gone = body()["requirements"][-1]["key"]
    it.post(at("susunan"), version="0", remove=f"requirements:{gone}")
    assert "sudah dipakai" in wrong(part(it, "requirements", key=gone, **REQUIREMENT), "key")


@ON_BOTH
def test_a_proposal_is_thrown_away_and_a_service_that_never_was_goes_with_it(it):
    part(it, "requirements", **REQUIREMENT)
    it.post(at("buang"), version=str(row().version))
    assert row().proposal is None
    begin(it)
    it.post(at("buang", "SK-COBA"), version=str(row("SK-COBA").version))
    assert Layanan.get_or_none(Layanan.code == "SK-COBA") is None


@ON_BOTH
def test_services_are_put_in_order_and_closed(it):
    first, second = [one.code for one in Layanan.select().order_by(Layanan.position, Layanan.code).limit(2)]
    it.post(at("urutan", second), way="up")
    assert [one.layanan.code for one in catalogue.services()][:2] == [second, first]
    it.post(at("buka", first), active="tidak")
    assert catalogue.service(first) is None
    it.post(at("buka", first), active="ya")
    assert catalogue.service(first) is not None


def test_a_file_goes_out_and_comes_back_as_a_proposal(it):
    text = it.get(at("unduh")).get_data(as_text=True)
    assert services.read(text) == body()
    changed = text.replace("sla_days = 2", "") + ""
    changed = changed.replace('form_code = "F-2.01"', 'form_code = "F-2.99"')
    assert load(it, changed.encode()).status_code == 303
    assert body()["form_code"] == "F-2.99"
    assert "F-2.99" in it.text(at("terbitkan"))
    assert "Masih ada usulan" in load(it, changed.encode()).get_data(as_text=True)
    assert load(it, changed.replace("AK-LAHIR", "AK-BARU").encode()).status_code == 303
    assert body("AK-BARU")["form_code"] == "F-2.99"


def load(it, data, name="layanan.toml"):
    return it.post(f"{editing.ROOT}/muat/", file=(io.BytesIO(data), name))


@pytest.mark.parametrize(
    "data",
    [b"", b"x" * 400_000, b"\x00\xff" * 99, b"a=" + b"[" * 50_000, photo("bukan layanan", (300, 300))],
    ids=["empty", "huge", "binary", "deep", "photo"],
)
def test_a_hostile_file_gets_a_sentence(it, data):
    answer = load(it, data)
    assert answer.status_code == 422 and wrong(answer, "file")


def test_a_stranger_s_sample_does_not_come_along(it):
    text = sharing.to_toml(body()).replace('key = "formulir"', f'key = "formulir"\nsample = "{"a" * 26}"', 1)
    text = text.replace('sample = "formulir"\n', "")
    assert load(it, text.encode()).status_code == 303
    assert len(body()["requirements"][0].get("sample", "")) != 26


def test_an_own_sample_is_cleaned_kept_and_shown_to_everybody(app, it):
    picture = (io.BytesIO(photo("Contoh KK", (1600, 1200))), "kk.jpg")
    assert part(it, "requirements", **REQUIREMENT, picture=picture).status_code == 303
    key = body()["requirements"][-1]["sample"]
    publish(it)
    visitor = Visitor(app)
    assert f"/contoh/{key}.jpg" in visitor.get("/layanan/AK-LAHIR").text
    answer = visitor.get(f"/contoh/{key}.jpg")
    assert answer.status_code == 200 and answer.data[:2] == b"\xff\xd8" and len(answer.data) < 300_000
    assert "immutable" in answer.headers["Cache-Control"]
    assert answer.headers["Content-Security-Policy"].startswith("sandbox")


def test_only_samples_are_open_to_everybody(app, submit):
    submit()
    upload = StoredFile.get(StoredFile.kind == "upload")
    assert Visitor(app).get(f"/contoh/{upload.key}.jpg").status_code == 404


def test_a_sample_that_is_no_picture_is_refused_beside_its_field(it):
    for data in (b"", b"%PDF-1.4 bukan", b"<svg onload=alert(1)>"):
        answer = part(it, "requirements", **REQUIREMENT, picture=(io.BytesIO(data), "x.jpg"))
        assert answer.status_code == 422 and wrong(answer, "picture")


def test_the_officer_is_offered_the_reasons_of_the_requirement(it, officer, world):
    keys = [one.key for one in Reason.select().where(Reason.kind == "deficiency").order_by(Reason.position).limit(3)]
    requirement = body()["requirements"][1]
    typed = REQUIREMENT | {"one_of": requirement["one_of"], "reasons": keys[:2]}
    assert part(it, "requirements", requirement["key"], **typed).status_code == 303
    publish(it)
    permohonan = world.submit()
    admin, stem = officer("admin"), f"deficiencies-{requirement['key']}"
    for address in ("aksi/mark_incomplete", "details"):
        page = admin.text(f"/petugas/pemeriksaan/{address}/?id={permohonan.key}")
        select = page.split(f'name="{stem}-reason"', 1)[1].split("</select>", 1)[0]
        assert keys[0] in select and keys[1] in select and keys[2] not in select
    answers = {f"{stem}-fault": "ya", f"{stem}-reason": keys[2]}
    assert admin.press("pemeriksaan", "mark_incomplete", permohonan, **answers).status_code == 422
    answers[f"{stem}-reason"] = keys[1]
    assert admin.press("pemeriksaan", "mark_incomplete", permohonan, **answers).status_code == 303


def test_an_answer_to_another_kind_of_question_is_not_copied(it, world, submit):
    permohonan = world.act(submit(), "cancel", "admin")
    changed = body()
    for one in changed["sections"][0]["fields"]:
        if one["key"] == "berat":
            one.update(type="date", min=None, max=None)
    proposals.keep(row(), changed, row().version, User.get(User.email == "it@aku.example"))
    publish(it)
    fresh = copying.copy(permohonan, world.applicant)
    answers = applying.draft_of(fresh).answers
    assert "berat" not in answers and "nama_anak" in answers


@pytest.mark.parametrize("page", ["layanan", "mulai", "unggahan"])
def test_the_preview_shows_the_applicant_s_page_and_sends_nothing(it, page):
    part(it, "requirements", **REQUIREMENT)
    outer = it.get(at("pratinjau", hal=page))
    assert "frame-src 'self'" in outer.headers["Content-Security-Policy"]
    assert "frame-ancestors 'none'" in outer.headers["Content-Security-Policy"]
    inner = it.get(at("pratinjau/isi", hal=page))
    policy = inner.headers["Content-Security-Policy"]
    assert inner.status_code == 200 and "Surat pengantar" in inner.get_data(as_text=True)
    assert "form-action 'none'" in policy and "connect-src 'none'" in policy and "frame-ancestors 'self'" in policy
    assert Permohonan.select().count() == 0 and catalogue.service("AK-LAHIR").number == 1
    assert it.post(at("pratinjau/isi", hal=page)).status_code == 405


def test_the_preview_follows_the_answers_that_are_supposed(it):
    page = at("pratinjau/isi", hal="unggahan")
    assert "upload-akta_kawin" not in it.text(page)
    assert "upload-akta_kawin" in it.text(f"{page}&jawab-status_orang_tua=1")
    assert it.get(at("formulir")).data.startswith(b"%PDF")


def test_every_page_of_a_preview_is_drawn_and_tells_nothing_of_open_applications(it, submit):
    """The page that asks for the NIK ended in a server error, and would else have looked for that person."""
    first = submit("KTP-HILANG")
    numbers = {one.code: one.id for one in Layanan.select()}
    for code in ("KTP-HILANG", "AK-LAHIR", "AK-KAWIN"):
        for section in proposals.body_of(Layanan.get(Layanan.code == code))["sections"]:
            given = f"jawab-nik={first.subject_nik}&jawab-nik_ibu={first.subject_nik}"
            page = it.get(f"/petugas/layanan/pratinjau/isi/?id={numbers[code]}&hal={section['key']}&{given}")
            assert page.status_code in (200, 404), (code, section["key"])  # several may be laid on one page
            assert page.status_code == 404 or first.number[-4:] not in page.text


@pytest.mark.parametrize("role", [role for role in EMAILS if role != "it"])
def test_nobody_but_it_sees_or_changes_a_service(officer, role):
    person = officer(role)
    for page in PAGES:
        assert person.get(at(page)).status_code in (404, 405), page
        assert person.post(at(page), version="0").status_code in (404, 405), page
    assert row().proposal is None


def test_an_applicant_is_sent_to_the_door(app):
    visitor = Visitor(app)
    visitor.sign_in()
    for page in PAGES:
        answer = visitor.get(at(page))
        assert answer.status_code in (303, 405) and "isi" not in (answer.location or "").split("?")[0]
