"""Kinds of documents as data: what is refused, what answers print, and what a document can't be made without."""

import copy

import pytest

from catalogue import document_templates
from catalogue.document_templates import MissingContent, compose, sample, text_error, validate_template
from catalogue.schema import InvalidDefinition

RAW = {
    "code": "SKP-CONTOH",
    "layout": "letter",
    "title": "Surat {untuk}",
    "fields": [
        {"key": "nama", "label": "Nama", "type": "name", "from": ["nama_anak"], "required": True, "fact": True},
        {"key": "lahir", "label": "Tanggal lahir", "type": "date", "from": ["tanggal_lahir"], "fact": True},
        {"key": "nik", "label": "NIK", "type": "nik", "from": ["nik"]},
        {"key": "ayah", "label": "Nama ayah", "type": "name", "from": ["nama_ayah"]},
    ],
    "parts": [
        {"text": "Nomor {nomor}: {nama|upper}[, lahir {lahir} ({lahir|words})][ anak {ayah}]."},
        {"text": "Data:", "rows": ["nik", "ayah"]},
        {
            "text": "Yang pindah:",
            "table": ["anggota"],
            "columns": [{"label": "Nama", "type": "name", "from": ["nama"]}],
        },
    ],
}
WORDS = dict.fromkeys(document_templates.FIXED, "") | {"nomor": "123", "untuk": "suami"}
FORM = [
    {"key": "nama_anak", "type": "name", "label": {"id": "Nama lengkap anak"}, "subject": "name"},
    {"key": "tanggal_lahir", "type": "date", "label": {"id": "Tanggal lahir"}},
    {"key": "nik", "type": "nik", "label": {"id": "NIK"}, "options": [["asing", {"id": "orang asing"}]]},
    {"key": "nama_ayah", "type": "name", "label": {"id": "Nama ayah"}},
    {
        "key": "anggota",
        "type": "group",
        "label": {"id": "Anggota"},
        "item": [{"key": "nama", "type": "name", "label": {"id": "Nama"}}],
    },
]


def made(raw=RAW, **answers):
    return compose(validate_template(copy.deepcopy(raw)), FORM, {"nama_anak": "Ni Luh Ḍaṇḍa"} | answers, {}, WORDS)


def changed(part, **more):
    raw = copy.deepcopy(RAW)
    raw["parts"][part] |= more
    return raw


def test_a_document_tells_what_was_answered_and_leaves_out_the_rest():
    text = made(tanggal_lahir="1931-02-01")["blocks"][0]["text"]
    assert text == (
        "Nomor 123: NI LUH ḌAṆḌA, lahir 1 Februari 1931 (satu Februari seribu sembilan ratus tiga puluh satu)."
    )
    assert made()["blocks"] == [{"kind": "text", "text": "Nomor 123: NI LUH ḌAṆḌA.", "style": "plain"}]


def test_rows_and_tables_come_with_their_text_or_not_at_all():
    blocks = made(nama_ayah="Ketut", anggota=[{"nama": "A"}, {"nama": "A"}, {"nama": "B"}])["blocks"]
    assert [one["kind"] for one in blocks] == ["text", "text", "rows", "text", "table"]
    assert blocks[2]["rows"] == [["Nama ayah", "Ketut"]]
    assert blocks[4]["rows"] == [["A"], ["B"]], "the same person isn't listed twice"


def test_the_facts_are_those_of_the_kind_and_the_people_of_its_tables():
    found = made(tanggal_lahir="2026-11-13", nama_ayah="Ketut", anggota=[{"nama": "B"}])
    assert found["facts"] == [["Nama", "Ni Luh Ḍaṇḍa"], ["Tanggal lahir", "13 November 2026"], ["Orang 1", "B"]]
    assert found["title"] == "Surat suami"


def test_who_has_no_nik_has_no_digits_and_no_row():
    found = made(nik="tanpa:asing:A1", nama_ayah="Ketut")
    assert found["nik4"] == [] and found["blocks"][2]["rows"] == [["Nama ayah", "Ketut"]]
    assert made(nik="5108994505900001")["nik4"] == ["0001"]


def test_nothing_is_made_that_lacks_its_content():
    with pytest.raises(MissingContent, match="Nama"):
        compose(validate_template(copy.deepcopy(RAW)), FORM, {"tanggal_lahir": "2026-11-13"}, {}, WORDS)
    with pytest.raises(MissingContent, match="Nama ayah"):
        made(changed(0, text="anak {ayah}"))


def test_what_was_answered_is_never_read_as_a_placeholder():
    assert "{NOMOR}" in made(nama_anak="{nomor}")["blocks"][0]["text"]
    assert "[X]" in made(nama_anak="[x]")["blocks"][0]["text"]


@pytest.mark.parametrize(
    "text, fault",
    [
        ("{nama_anak}", "tidak dikenal: {nama_anak}"),
        ("{nama|besar}", "Cara cetak ini tidak dikenal: besar"),
        ("{nama", "kurung kurawal"),
        ("[anak {ayah}", "kurung siku"),
        (" ", "kosong"),
    ],
)
def test_a_wrong_text_is_told_in_a_sentence(text, fault):
    assert fault in text_error(validate_template(copy.deepcopy(RAW)), text)
    with pytest.raises(InvalidDefinition, match="bentuk"):
        validate_template(changed(0, text=text))


def test_rows_of_unknown_fields_and_tables_without_columns_are_refused():
    for part, wrong in ((1, {"rows": ["ibu"]}), (2, {"columns": []})):
        with pytest.raises(InvalidDefinition):
            validate_template(changed(part, **wrong))


def test_the_sample_shows_every_part_with_labels_for_answers():
    shown = sample(validate_template(copy.deepcopy(RAW)), WORDS)
    assert "Nomor 123: (Nama), lahir (Tanggal lahir)" in shown["blocks"][0]["text"]
    assert ["(Nama)"] in [row for block in shown["blocks"] if block["kind"] == "table" for row in block["rows"]]


@pytest.mark.parametrize("path", sorted(document_templates.FOLDER.glob("*.toml")), ids=lambda path: path.stem)
def test_every_shipped_template_is_valid_and_named_like_its_file(path):
    found = document_templates.read_template(path)
    assert found["code"] == path.stem
    assert not any("?" in text for text in document_templates.texts_of(found))
    assert not any("?" in one["label"] for one in found["fields"])
