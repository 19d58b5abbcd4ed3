"""The editor's modules: parts of a definition, problems, diff, import and export."""

import copy

import pytest

from catalogue import definition, definition_parts, diff, import_export, schema, validation

SEEDS = sorted((definition.SEED / "layanan").glob("*.toml"))
CODES = definition.read_codes()


@pytest.fixture
def body():
    return definition.read_definition(definition.SEED / "layanan" / "AK-LAHIR.toml")


def new_service():
    return definition_parts.new_service("SK-COBA", {"id": "Surat coba"}, "F-1.99", "dafduk", "salah")


@pytest.mark.parametrize("path", SEEDS, ids=lambda path: path.stem)
def test_every_seed_comes_back_equal_from_its_file(path):
    body = definition.read_definition(path)
    assert import_export.from_toml(import_export.to_toml(body).encode()) == body
    assert diff.compare(body, body) == []
    assert validation.find_problems(body, CODES) == []


def test_a_new_service_can_be_published_as_it_is_and_asks_for_the_signed_form():
    body = definition.validate_definition(new_service())
    assert [one["key"] for one in body["requirements"]] == ["formulir"]
    assert "F-1.99" in body["requirements"][0]["name"]["id"]


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"x" * 400_000, "terlalu besar"),
        (b"\x00\xff\xfe\x89PNG", "bukan berkas teks"),
        (b"a = " + b"[" * 20_000, "terlalu dalam"),
        (b"a = " + b"9" * 9_000, "bukan TOML"),
        (b"[[[", "bukan TOML"),
        (b"", "“code” belum ada"),
        (b"x." * 40_000 + b"y = 1", "terlalu dalam"),
    ],
    ids=["huge", "binary", "deep", "long number", "broken", "empty", "dotted"],
)
def test_a_file_that_is_no_service_is_refused_with_a_sentence(data, words):
    with pytest.raises(import_export.ImportRefused, match=words):
        import_export.from_toml(data)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda one: one.update(sla_days=10**9), "sla_days"),
        (lambda one: one["products"][0].update(prints=[{"a": 1}]), "prints"),
        (lambda one: one["name"].update(id="Surat\u202ecoba"), "name"),
        (lambda one: one["products"][0]["name"].update(id="x" * 121), "120"),
        (lambda one: one["sections"][0].update(key="periksa"), "dipakai halaman kami"),
        (lambda one: one["sections"][0]["fields"][0].update(key="later"), "dipakai halaman kami"),
        (lambda one: one["requirements"][0].update(key="surat_kuasa"), "dipakai halaman kami"),
        (lambda one: one["requirements"][0].update(sample="../../etc/passwd"), "gambar contoh"),
        (lambda one: one.update(group=["capil"]), "group"),
    ],
)
def test_a_definition_that_would_break_a_page_is_refused(change, words):
    body = new_service()
    change(body)
    with pytest.raises(schema.InvalidDefinition, match=words):
        definition.validate_definition(body)


def test_more_parts_than_a_page_can_carry_are_refused():
    body = definition.validate_definition(new_service())
    one = body["requirements"][0]
    body["requirements"] = [one | {"key": f"surat_{n}"} for n in range(99)]
    with pytest.raises(import_export.ImportRefused, match="requirements"):
        import_export.from_toml(import_export.to_toml(body).encode())


def test_all_faults_are_named_at_once_each_with_its_place():
    body = new_service()
    body["requirements"][0]["required"] = "when"
    body["sections"][0]["fields"][1]["type"] = "choice"
    body["sections"].append({"key": "kosong", "title": {"id": "Kosong"}})
    del body["short"]
    found = {(one.kind, one.key) for one in validation.find_problems(body, CODES)}
    assert found == {("", ""), ("requirements", "formulir"), ("fields", "nik"), ("sections", "kosong")}


def test_what_does_not_fit_together_is_named_with_its_place():
    body = new_service()
    body["sections"][0]["fields"][1]["when"] = {"field": "tidak_ada", "is": ["ya"]}
    (fault,) = validation.find_problems(body, CODES)
    assert (fault.kind, fault.key) == ("fields", "nik")
    assert "bukan pilihan yang ditanyakan sebelumnya" in fault.sentence


def test_keys_come_from_names_and_never_twice():
    assert definition_parts.make_key("Nama lengkap anak", set()) == "nama_lengkap_anak"
    assert definition_parts.make_key("Nama lengkap anak", {"nama_lengkap_anak"}) == "nama_lengkap_anak_2"
    assert definition_parts.make_key("Pemohon: nama", set()) == "isian_pemohon_nama"
    assert definition_parts.make_key("17 Agustus", set()) == "isian_17_agustus"
    assert definition_parts.make_key("漢字", set()) == "isian"


def test_a_question_at_the_edge_of_its_section_moves_into_the_next_one(body):
    last = body["sections"][0]["fields"][-1]["key"]
    assert definition_parts.move_part(body, "fields", last, 1)
    assert body["sections"][1]["fields"][0]["key"] == last
    assert definition_parts.move_part(body, "fields", last, -1)
    assert body["sections"][0]["fields"][-1]["key"] == last


def test_a_question_can_hang_only_on_choices_asked_before_it(body):
    before = {one["key"] for one in definition_parts.condition_fields(body, "fields", "penolong")}
    assert "jenis_kelamin" in before and "penolong" not in before
    wanted = {one["key"] for one in definition_parts.condition_fields(body, "requirements", "surat_lahir")}
    assert {"status_orang_tua", "penolong"} <= wanted


def test_differences_are_told_in_words(body):
    new = copy.deepcopy(body)
    new["sla_days"] = 3
    definition_parts.remove_part(new, "requirements", "ba_polisi")
    definition_parts.find_part(new, "requirements", "akta_kawin").part["when"]["is"] = ["1", "2"]
    definition_parts.find_part(new, "fields", "berat").part["label"]["id"] = "Berat (gram)"
    new["requirements"].append(
        definition.validate_requirement({"key": "x", "name": {"id": "Surat X"}, "help": {"id": "Dari X"}}, "")
    )
    told = [
        (heading, one.word, one.name, [(d.label, d.before, d.after) for d in one.details])
        for heading, changes in diff.compare(body, new)
        for one in changes
    ]
    assert ("Layanan", "Berubah", "Keterangan umum", [("Janji selesai (hari kerja)", "2", "3")]) in told
    assert any(one[:3] == ("Syarat", "Baru", "Surat X") for one in told)
    assert any(one[:2] == ("Syarat", "Dihapus") for one in told)
    (condition,) = next(one[3] for one in told if one[1] == "Berubah" and one[2].startswith("Kutipan akta perkawinan"))
    assert condition[0] == "Hanya bila" and condition[2].startswith("Keadaan orang tua anak: Menikah")
    assert "is" not in {label for *_, details in told for label, *_ in details}


def test_only_what_moved_is_said_to_have_moved(body):
    new = copy.deepcopy(body)
    new["requirements"].append(new["requirements"].pop(0))
    ((heading, (change,)),) = diff.compare(body, new)
    assert (heading, change.word) == ("Syarat", "Pindah urutan")
    assert change.name == body["requirements"][0]["name"]["id"]
