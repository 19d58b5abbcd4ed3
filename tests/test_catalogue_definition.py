"""Validation of definitions: each invalid one is refused, with its file, its part and what is wrong there."""

import copy

import pytest

from catalogue.definition import in_legal_order, read_definition, validate_definition
from catalogue.schema import InvalidDefinition

VALID = """
code = "CONTOH"
name = { id = "Layanan contoh" }
short = { id = "Untuk mencoba" }
group = "capil"
category = "salah"
form_code = "F-2.01"

[[products]]
key = "akta"
kind = "pdf"
name = { id = "Kutipan akta" }
source = "siak"

[[requirements]]
key = "formulir"
name = { id = "Formulir" }
help = { id = "Isi dan tanda tangani." }

[[requirements]]
key = "surat"
name = { id = "Surat" }
help = { id = "Dari kantor desa." }
required = "when"
when = { field = "punya", is = ["ya"] }

[[sections]]
key = "orang"
title = { id = "Orang" }

[[sections.fields]]
key = "nama"
type = "name"
label = { id = "Nama" }
required = true
subject = "name"

[[sections.fields]]
key = "punya"
type = "yesno"
label = { id = "Apakah punya surat?" }
required = true

[[sections.fields]]
key = "agama"
type = "choice"
label = { id = "Agama" }
options_from = "agama"

[[sections.fields]]
key = "desa"
type = "village"
label = { id = "Desa" }
required = true
subject = "village"

[[sections.fields]]
key = "anggota"
type = "group"
label = { id = "Anggota" }

[[sections.fields.item]]
key = "name"
type = "name"
label = { id = "Nama" }
"""
NAME, ASKED, RELIGION, VILLAGE, MEMBERS = range(5)


def change_field(changes, place=NAME):
    """Return a change of one field of the valid definition."""
    return lambda edition: edition["sections"][0]["fields"][place].update(changes)


def change_part(name, changes, place=0):
    """Return a change of one product, requirement or section."""
    return lambda edition: edition[name][place].update(changes)


def change_service(changes):
    return lambda edition: edition.update(changes)


WHEN = {"when": {"field": "punya", "is": ["ya"]}}
INVALID = [
    (change_service({"warna": "biru"}), "kunci tidak dikenal: warna"),
    (change_service({"code": "akta lahir"}), "“code” harus kode seperti AK-LAHIR"),
    (change_service({"code": "AKTA-AKTA-AKTA-AKTA-A"}), "“code” harus kode"),
    (change_service({"name": "Akta"}), "“name” harus teks { id = … }"),
    (change_service({"name": {"id": " "}}), "tidak kosong"),
    (change_service({"name": {"id": "Akta", "fr": "Acte"}}), "“name” harus teks"),
    (change_service({"group": "umum"}), "“group” harus salah satu dari: capil, dafduk"),
    (change_service({"category": "lain"}), "“category” harus salah satu dari: lahir"),
    (change_service({"sla_days": "2"}), "“sla_days” harus bilangan bulat"),
    (change_service({"sla_days": True}), "“sla_days” harus bilangan bulat"),
    (change_service({"short": None}), "“short” belum ada"),
    (change_service({"products": []}), "“products” harus daftar tabel yang tidak kosong"),
    (change_service({"legal": [""]}), "“legal” harus daftar teks"),
    (
        change_part("products", {"template": "ijazah", "source": "own"}),
        "bentuk dokumen ijazah tidak ada",
    ),
    (change_part("products", {"source": ""}), "“source” harus ada pada pdf"),
    (change_part("products", {"source": "own"}), "“template” harus ada pada own dan either"),
    (change_part("products", {"template": "SKPWNI"}), "tidak boleh ada pada siak"),
    (change_part("products", {"number_from": "lain"}), "“number_from” menyebut isian yang tidak ada"),
    (change_part("products", {"number_of": "akta"}), "“number_of” harus menyebut dokumen lain"),
    (change_part("products", {"kind": "card"}), "kartu tidak punya source"),
    (change_part("products", {"when": {"field": "nama", "is": ["x"]}}), "produk “akta” › when: “nama” bukan pilihan"),
    (change_part("requirements", {"required": "sometimes"}), "syarat “formulir”: “required” harus salah satu dari"),
    (change_part("requirements", {"required": "when"}), "syarat “formulir”: “when” harus ada"),
    (change_part("requirements", WHEN), "syarat “formulir”: “when” harus ada bila"),
    (change_part("requirements", {"when": {"field": "punya", "is": ["mungkin"]}}, 1), "tidak punya jawaban mungkin"),
    (change_part("requirements", {"when": {"field": "punya", "is": []}}, 1), "“is” masih kosong"),
    (change_part("requirements", {"when": {"field": "punya", "was": ["ya"]}}, 1), "kunci tidak dikenal: was"),
    (change_part("requirements", {"when": {"field": "hantu", "is": ["ya"]}}, 1), "“hantu” bukan pilihan"),
    (change_part("requirements", {"one_of": "bukti"}), "“one_of” bukti hanya ada pada satu syarat"),
    (change_part("requirements", {"one_of": "bukti", "required": "optional"}), "tidak bisa optional"),
    (change_part("requirements", {"key": "surat"}), "kunci syarat “surat” dipakai dua kali"),
    (change_part("requirements", {"key": "nama"}), "kunci isian dan syarat “nama” dipakai dua kali"),
    (change_part("requirements", {"help": None}), "syarat “formulir”: “help” belum ada"),
    (change_part("sections", {"fields": []}), "bagian “orang”: “fields” harus daftar tabel yang tidak kosong"),
    (change_field({"type": "warna"}), "isian “nama”: “type” harus salah satu dari: text"),
    (change_field({"type": ["name"]}), "“type” harus salah satu dari"),
    (change_field({"key": "punya"}), "kunci isian “punya” dipakai dua kali"),
    (change_field({"key": "Nama-Anak"}), "“key” harus kunci dari huruf kecil"),
    (change_field({"key": None}), "isian tanpa kunci: “key” belum ada"),
    (change_field({"key": "pemohon_nama"}), "dipakai halaman pemohon"),
    (change_field({"required": "ya"}), "“required” harus true atau false"),
    (change_field({"not_future": True}), "“not_future” hanya untuk isian date"),
    (change_field({"min": 1}), "“min” hanya untuk isian number"),
    (change_field({"options": [["1", "Satu"]]}), "“options” hanya untuk isian choice"),
    (change_field({"hint": {"id": ""}}), "“hint” harus teks"),
    (change_field({"required": False}), "isian “nama” harus selalu ditanyakan dan wajib"),
    (change_field({"subject": ""}), 'harus ada tepat satu isian dengan subject = "name"'),
    (change_field({"subject": "name"}, VILLAGE), 'harus ada tepat satu isian dengan subject = "name"'),
    (change_field({"type": "text"}), 'dengan subject = "name" harus bertipe name'),
    (change_field(WHEN, VILLAGE), "isian “desa” harus selalu ditanyakan dan wajib"),
    (change_field(WHEN), "“punya” bukan pilihan yang ditanyakan sebelumnya"),
    (
        change_field({"when": {"field": "punya", "is": ["ya"]}}, ASKED),
        "“punya” bukan pilihan yang ditanyakan sebelumnya",
    ),
    (change_field({"checks": {"sex": "1"}}), "“checks.sex” hanya untuk isian nik"),
    (change_field({"checks": {"warna": "1"}}), "kunci tidak dikenal: warna"),
    (change_field({"type": "nik", "checks": {"birth_date": "hantu"}}, ASKED), "“hantu” bukan isian date"),
    (change_field({"type": "nik", "checks": {"sex": "nama"}}, ASKED), "“nama” bukan isian choice"),
    (change_field({"options_from": "hantu"}, RELIGION), "menyebut daftar kode yang tidak ada"),
    (change_field({"options": [["1", "Satu"]]}, RELIGION), "atau “options” juga ada"),
    (change_field({"options_from": None}, RELIGION), "“options” belum ada"),
    (change_field({"options_from": None, "options": [["1"]]}, RELIGION), "setiap pilihan harus [kode, teks]"),
    (change_field({"options_from": None, "options": [[1, "Satu"]]}, RELIGION), "setiap pilihan harus [kode, teks]"),
    (
        change_field({"options_from": None, "options": [["1", "A"], ["1", "B"]]}, RELIGION),
        "kunci pilihan “1” dipakai dua kali",
    ),
    (change_field({"item": []}, MEMBERS), "kelompok harus punya “item”"),
    (change_field({"item": ["nama"]}, MEMBERS), "harus berupa tabel"),
    (
        change_field({"item": [{"key": "a", "type": "group", "label": {"id": "A"}}]}, MEMBERS),
        "tidak boleh di dalam kelompok",
    ),
    (
        change_field({"item": [{"key": "a", "type": "text", "label": {"id": "A"}} for _ in "ab"]}, MEMBERS),
        "isian “anggota”: kunci isian “a” dipakai dua kali",
    ),
    (
        change_field(
            {"item": [{"key": "a", "type": "text", "label": {"id": "A"}, "when": {"field": "b", "is": ["ya"]}}]},
            MEMBERS,
        ),
        "isian “anggota” › isian “a” › when: “b” bukan pilihan",
    ),
]


def test_the_good_definition_is_read_and_filled_up():
    edition = read_definition(VALID)
    assert edition["sla_days"] == 2
    assert (
        edition["requirements"][0] | {"required": "always", "one_of": "", "max_files": 5} == edition["requirements"][0]
    )
    religion = edition["sections"][0]["fields"][RELIGION]
    assert religion["options"][3] == ["4", {"id": "Hindu", "en": "Hinduism"}]
    assert "options_from" not in religion
    assert "hint" not in religion


@pytest.mark.parametrize(("change", "about"), INVALID)
def test_a_wrong_definition_is_refused_with_its_place(change, about):
    edition = copy.deepcopy(read_definition(VALID))
    edition["sections"][0]["fields"][RELIGION] |= {"options_from": "agama", "options": []}
    change(edition)
    with pytest.raises(InvalidDefinition) as malformed:
        validate_definition(edition, "CONTOH.toml")
    assert about in str(malformed.value)
    assert str(malformed.value).startswith("CONTOH.toml")


def test_two_persons_cannot_both_be_the_one_it_is_about():
    edition = read_definition(VALID)
    twice = [{"key": f"nik_{n}", "type": "nik", "label": {"id": f"NIK {n}"}, "subject": "nik"} for n in (1, 2)]
    edition["sections"][0]["fields"] += twice[:1]
    assert validate_definition(edition)
    edition["sections"][0]["fields"] += twice[1:]
    with pytest.raises(InvalidDefinition, match='satu isian dengan subject = "nik"'):
        validate_definition(edition)


def test_what_is_no_toml_is_refused_with_its_line():
    with pytest.raises(InvalidDefinition, match=r"bukan TOML yang benar .*line 2"):
        read_definition('code = "A"\ngroup = \n')


def test_the_file_is_named(tmp_path):
    path = tmp_path / "RUSAK.toml"
    path.write_text(VALID.replace('type = "yesno"', 'type = "warna"'), encoding="utf-8")
    with pytest.raises(InvalidDefinition, match=r"^RUSAK\.toml › bagian “orang” › isian “punya”"):
        read_definition(path)


def test_a_condition_of_a_row_may_be_on_a_field_outside_it():
    edition = read_definition(VALID)
    edition["sections"][0]["fields"][MEMBERS]["item"][0] |= WHEN
    assert validate_definition(edition) == edition


def test_a_product_is_made_out_to_a_name_that_is_asked_for():
    with pytest.raises(InvalidDefinition, match="holder"):
        read_definition(VALID.replace('source = "siak"', 'source = "siak"\nholder = "agama"'))


def test_a_product_that_prints_an_unknown_field_is_named():
    with pytest.raises(InvalidDefinition, match="tinggi"):
        read_definition(VALID.replace('source = "siak"', 'source = "siak"\nprints = ["tinggi"]'))


def test_what_is_chosen_beforehand_is_one_of_the_options_and_never_in_a_row():
    chosen = read_definition(VALID.replace('options_from = "agama"', 'options_from = "agama"\ndefault = "4"'))
    assert chosen["sections"][0]["fields"][RELIGION]["default"] == "4"
    for wrong in ("99", "Hindu"):
        with pytest.raises(InvalidDefinition, match="default"):
            read_definition(VALID.replace('options_from = "agama"', f'options_from = "agama"\ndefault = "{wrong}"'))
    row = {"key": "jenis", "type": "choice", "label": {"id": "Jenis"}, "options": [["1", "A"]], "default": "1"}
    chosen["sections"][0]["fields"][MEMBERS]["item"].append(row)
    with pytest.raises(InvalidDefinition, match="default"):
        validate_definition(chosen)


def test_legal_bases_stand_in_the_order_of_their_rank_and_year():
    bases = ["Permendagri 108/2019", "Perda Buleleng 12/2016", "Perpres 96/2018 Ps. 33", "PP 40/2019"]
    bases += ["Permendagri 2/2016", "UU 23/2006 jo. UU 24/2013", "UU 1/1974 jo. UU 16/2019"]
    assert in_legal_order(bases) == [
        "UU 1/1974 jo. UU 16/2019",
        "UU 23/2006 jo. UU 24/2013",
        "PP 40/2019",
        "Perpres 96/2018 Ps. 33",
        "Permendagri 2/2016",
        "Permendagri 108/2019",
        "Perda Buleleng 12/2016",
    ]
