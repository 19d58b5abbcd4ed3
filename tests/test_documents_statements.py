"""Official statements: each is used, filled in from what its services ask, and readable on paper."""

import re

import pytest

from catalogue import applicant_section, schema, statements
from documents import layout
from tests.helpers import service_cases
from tests.helpers.document_samples import RENDER_OPTIONS, misplaced_words, pdf_pages, pdf_words

ALL = {path.stem: statements.read_statement(path) for path in sorted(statements.FOLDER.glob("*.toml"))}
WORDS = {"layanan": "Layanan contoh", "kantor": "Dinas contoh"}
# whom a service doesn't ask for: these write their names by hand, (service, statement) → titles of signers
BY_HAND = {
    ("PIN-DALAM", "ASUH"): {"Ayah,", "Ibu,"},
    ("PIN-DATANG", "ASUH"): {"Ayah,", "Ibu,"},
    ("PIN-KELUAR", "IZIN-ORTU"): {"Ayah,", "Ibu,"},
}


def _papers():
    """Yield each statement that a case of a service demands: (service, what it makes of the case, statement)."""
    for case in service_cases.read_cases():
        service = case["service"]
        asked = [one for one in service_cases.services()[service]["requirements"] if one.get("statement")]
        if asked and not case.get("refused"):
            found = service_cases.judge(service, case.get("answers", {}))
            keys = set().union(*found.papers, found.optional)
            for code in [one["statement"] for one in asked if one["key"] in keys]:
                yield pytest.param(service, found, code, id=f"{service} {code} {case['name']}")


def filled(code, service="", answers=None):
    sections = applicant_section.form_sections("counter", service_cases.services()[service]) if service else ()
    form_fields = [field for part in sections for field in part["fields"]]
    found = statements.fill(ALL[code], form_fields, answers, {}, WORDS if service else {})
    return found, layout.statement_form(found, filled=answers is not None, **RENDER_OPTIONS)


def asked_statements():
    asked = [one for body in service_cases.services().values() for one in body["requirements"]]
    return {one["statement"] for one in [*asked, applicant_section.PROXY_LETTER] if one.get("statement")}


def test_every_statement_is_asked_for_by_a_service_and_each_that_is_asked_for_is_there():
    assert asked_statements() == set(ALL)
    assert all(statement["code"] == code for code, statement in ALL.items())


@pytest.mark.parametrize("code", list(ALL))
def test_a_blank_one_has_a_place_for_everything_and_stands_on_one_page(code):
    statement, pdf = filled(code)
    text = pdf_words(pdf)
    assert len(pdf_pages(pdf)) == 1 and statement["title"] in text and "{" not in text
    assert all(signer["title"] in text for signer in statement["signers"])
    assert all(label in text for part in statement["parts"] for label, _kind, _value in part["rows"])
    assert ("Rp10.000" in text) == bool(statement["stamp_duty"])
    assert misplaced_words(pdf) == []


def _unasked(code, asked):
    """Return the titles of signers whose name a service has neither asked for nor knows as the person's own."""
    sources = {field["key"]: set(field["from"]) for field in statements.all_fields(ALL[code])}
    return {one["title"] for one in ALL[code]["signers"] if not sources[one["name"]] & (asked | {"subjek_nama"})}


@pytest.mark.parametrize(("service", "outcome", "code"), list(_papers()))
def test_a_filled_one_names_who_signs_and_prints_every_answer(service, outcome, code):
    statement, pdf = filled(code, service, outcome.answers)
    text = pdf_words(pdf)
    nameless = {signer["title"] for signer in statement["signers"] if not signer["name"]}
    assert nameless & _unasked(code, outcome.asked) <= BY_HAND.get((service, code), set())
    values = [value for part in statement["parts"] for _label, _kind, value in part["rows"]]
    cells = [cell for part in statement["parts"] for row in part["table"] for cell in row]
    assert all("".join(value.split()) in "".join(text.split()) for value in (*values, *cells))
    assert len(pdf_pages(pdf)) <= 2 and "[U+" not in text and misplaced_words(pdf) == []


@pytest.mark.parametrize(("nik", "named"), [("5108990103160001", True), ("5108990103760001", False)])
def test_a_child_that_is_taken_in_is_named_and_no_adult_is(nik, named):
    _statement, pdf = filled("ASUH", "KK-NUMPANG", {"nama": "I Putu Contoh", "nik": nik})
    assert ("I Putu Contoh" in pdf_words(pdf)) == named


def test_the_longest_names_are_printed_whole_and_lie_on_nothing():
    name, nik = "I Gusti Ngurah Agung Putu Wijayakusuma Dharmawangsa Sastrawan", "5108990101909001"
    for code, blank in ALL.items():
        statement = statements.fill(blank, [], None, {}, {})
        for part in statement["parts"]:
            part["rows"] = [(label, kind, nik if kind in ("nik", "kk") else name) for label, kind, _ in part["rows"]]
            part["table"] = [(name,) * len(part["heads"])] * 12 if part["heads"] else []
        statement["signers"] = [one | {"name": name, "nik": nik} for one in statement["signers"]]
        pdf = layout.statement_form(statement, filled=True, **RENDER_OPTIONS)
        assert misplaced_words(pdf) == [], code
        assert pdf_words(pdf).count("Ngurah") >= len(statement["signers"]), code


def test_a_person_is_found_by_the_role_in_which_they_apply():
    body = service_cases.services()["AK-LAHIR"]
    form = [field for part in applicant_section.form_sections("counter", body) for field in part["fields"]]
    answers = {"nama_anak": "Anak", "nama_ibu": "Ibu", "tempat_lahir_ibu": "Singaraja", "pemohon_untuk": "ibu"}
    known = statements.known_answers([{**one, "when": None} for one in form], answers)
    assert known["pemohon_tempat_lahir"][1] == "Singaraja" and known["subjek_nama"][1] == "Anak"
    answers["pemohon_untuk"] = "lain"
    assert "pemohon_tempat_lahir" not in statements.known_answers([{**one, "when": None} for one in form], answers)


def test_a_child_or_a_dead_person_gives_no_authority():
    letter = ALL["F-1.07"]
    form = [
        {"key": "nama", "type": "name", "subject": "name"},
        {"key": "tanggal_lahir", "type": "date", "subject": "birth_date"},
        {"key": "hubungan_pelapor", "type": "text"},
    ]
    adult = {"nama": "Ni Luh Contoh", "tanggal_lahir": "1990-05-04"}
    assert "pemberi" in statements.find_answers(letter, form, adult)
    assert "pemberi" not in statements.find_answers(letter, form, adult | {"tanggal_lahir": "2020-05-04"})
    assert "pemberi" not in statements.find_answers(letter, form, adult | {"hubungan_pelapor": "1"})


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda one: one["parts"][0].update(text="Saya {namaku}"), "{namaku}"),
        (lambda one: one["parts"][0].update(text=" "), "teks"),
        (lambda one: one["parts"][0].update(text="Saya {pemohon"), "kurung kurawal"),
        (lambda one: one["signers"][0].update(name="siapa"), "isian yang tidak ada: siapa"),
        (lambda one: one["parts"][0].update(when={"umur": 3}), "harus punya satu dari"),
        (lambda one: one["parts"][0].update(table=["anggota"]), "“table” dan “columns”"),
        (lambda one: one.update(stamp_duty=-1), "bilangan bulat"),
        (lambda one: one["parts"][1]["fields"].append(one["parts"][0]["fields"][0]), "dipakai dua kali"),
    ],
)
def test_a_wrong_statement_is_refused_with_a_sentence(change, words):
    one = statements.validate_statement(ALL["F-2.03"])
    change(one)
    with pytest.raises(schema.InvalidDefinition, match=re.escape(words)):
        statements.validate_statement(one)
