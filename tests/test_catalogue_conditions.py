"""Conditions: when they are met, what they may name, that one that can never be true is refused, and how they read."""

import copy

import pytest
from flask_babel import force_locale

from catalogue import condition_checks, condition_text, conditions, definition
from catalogue.schema import InvalidDefinition
from tests.helpers.condition_cases import CASES, FIELDS, TODAY, WEDDING

TODAY_IS = {conditions.SUBMITTED_ON: TODAY}
NIK_WITHOUT_REASONS = {"key": "nik_wajib", "type": "nik", "label": {"id": "NIK"}, "options": [], "required": True}
KNOWN = FIELDS | {
    "nik_wajib": NIK_WITHOUT_REASONS,
    "minggu": {"key": "minggu", "type": "number", "label": {"id": "Minggu"}, "min": 28, "max": 45},
    "mati": {"key": "mati", "type": "date", "label": {"id": "Tanggal mati"}, "not_future": True},
    "hanya_satu": {
        "key": "hanya_satu",
        "type": "yesno",
        "label": {"id": "Hanya?"},
        "when": {"field": "status", "is": ["1"]},
    },
}


def refusal(when, known=KNOWN):
    """Return the sentence that refuses a condition; "" where it is accepted."""
    try:
        condition_checks.validate_references(condition_checks.validate_shape(when, "syarat"), known, "syarat")
    except InvalidDefinition as wrong:
        return str(wrong)
    return ""


@pytest.mark.parametrize(("when", "answers", "met"), CASES)
def test_a_condition_is_met_by_the_right_answers_only(when, answers, met):
    assert conditions.is_met(when, answers | TODAY_IS) is met


@pytest.mark.parametrize("when", [case[0] for case in CASES])
def test_every_shape_is_accepted(when):
    assert refusal(when) == ""
    assert condition_checks.validate_shape(when, "") == when


@pytest.mark.parametrize(
    ("language", "beginnings"),
    [("id", ("Hanya bila ", "Tidak perlu bila ")), ("en", ("Only if ", "Not needed if "))],
)
def test_every_shape_reads_as_a_sentence(app, language, beginnings):
    with app.test_request_context(), force_locale(language):
        for when, _answers, _met in CASES:
            said = condition_text.sentence(when, FIELDS)
            assert said.startswith(beginnings) and said.endswith(".") and "None" not in said, said


@pytest.mark.parametrize(
    ("when", "said"),
    [
        ({"field": "tidak_ada", "is": ["1"]}, "“tidak_ada” bukan pilihan yang ditanyakan sebelumnya"),
        ({"field": "jumlah", "is": ["1"]}, "“jumlah” bukan pilihan"),
        ({"field": "status", "is": ["1", "9"]}, "“status” tidak punya jawaban 9"),
        ({"field": "hadir", "is_not": ["mungkin"]}, "“hadir” tidak punya jawaban mungkin"),
        ({"field": "status", "at_least": 1}, "“status” bukan angka atau kelompok"),
        ({"age": "jumlah", "below": 21}, "“jumlah” bukan tanggal atau NIK"),
        ({"age": "lahir", "on": "hadir", "below": 21}, "“hadir” bukan tanggal atau NIK"),
        ({"field": "anggota.tidak_ada", "is": ["1"]}, "“anggota.tidak_ada” bukan pilihan"),
        ({"same": ["nik", "lahir"]}, "dua isian yang berbeda dan sejenis"),
        ({"same": ["nik", "nik"]}, "dua isian yang berbeda dan sejenis"),
        ({"field": "status", "is": []}, "“is” masih kosong"),
        ({"field": "status"}, "tulis satu perbandingan"),
        ({"field": "status", "is": ["1"], "answered": True}, "tulis satu perbandingan"),
        ({"age": "lahir", "at_least": 200}, "paling banyak 150"),
        ({"age": "lahir", "at_least": -1}, "bilangan bulat"),
        ({"age": "lahir", "at_least": 10**30}, "bilangan bulat"),
        ({"age": "lahir", "below": 3, "unit": "jam"}, "salah satu dari"),
        ({"all": []}, "daftar tabel yang tidak kosong"),
        ({"all": [{"field": "status", "is": ["1"]}] * 41}, "paling banyak 40 perbandingan"),
        ({"tahun": 3}, "harus punya satu dari"),
        ({"all": [], "any": []}, "harus punya satu dari"),
        ([], "harus punya satu dari"),
        (None, "harus punya satu dari"),
        ({"field": ["status"], "is": ["1"]}, "kunci isian"),
        ({"field": "a.b.c", "is": ["1"]}, "kunci isian"),
    ],
)
def test_what_a_condition_names_wrongly_is_said(when, said):
    assert said in refusal(when)


def test_a_condition_without_an_end_is_refused():
    endless: dict = {"all": []}
    endless["all"].append(endless)
    assert "terlalu dalam" in refusal(endless)


@pytest.mark.parametrize(
    "when",
    [
        {"age": "lahir", "at_least": 21, "below": 21},
        {"field": "jumlah", "at_least": 5, "below": 5},
        {"field": "minggu", "below": 28},
        {"field": "minggu", "at_least": 46},
        {"age": "mati", "below": 0},
        {"field": "nik_wajib", "answered": False},
        {"all": [{"field": "status", "is": ["1"]}, {"field": "status", "is": ["2"]}]},
        {"all": [{"field": "status", "is": ["1"]}, {"field": "status", "is_not": ["1", "2"]}]},
        {"all": [{"field": "hanya_satu", "is": ["ya"]}, {"field": "status", "is": ["2"]}]},
        {"all": [WEDDING, {"none": [WEDDING]}]},
        {"all": [{"age": "lahir", "at_least": 18}, {"age": "lahir", "unit": "months", "below": 216}]},
        {"none": [{"field": "jumlah", "answered": True}, {"field": "jumlah", "answered": False}]},
    ],
)
def test_what_can_never_be_is_refused(when):
    assert "tidak akan pernah terpenuhi" in refusal(when)


@pytest.mark.parametrize(
    "when",
    [
        {"all": [{"age": "lahir", "at_least": 18}, {"age": "lahir", "unit": "months", "below": 217}]},
        {"all": [{"field": "minggu", "at_least": 28}, {"field": "minggu", "below": 29}]},
        {"all": [{"field": "anggota.hubungan", "is": ["1"]}, {"field": "anggota.hubungan", "is": ["2"]}]},
        {"all": [WEDDING, {"age": "lahir", "at_least": 21}]},
        {"any": [{"field": "hanya_satu", "is": ["ya"]}, {"field": "status", "is": ["2"]}]},
    ],
)
def test_what_can_be_is_accepted(when):
    assert refusal(when) == ""


def test_a_long_condition_is_judged_quickly():
    many = {f"f{n}": {"key": f"f{n}", "type": "number", "label": {"id": "F"}} for n in range(40)}
    when = {"all": [{"any": [{"field": key, "at_least": 3}, {"field": key, "below": 1}]} for key in list(many)[:20]]}
    assert refusal(when, many) == ""


READ = [  # (condition, in Indonesian, in English)
    (
        WEDDING,
        "Hanya bila suami belum 21 tahun pada tanggal pemberkatan.",
        "Only if the husband is under 21 years old on the date of the blessing.",
    ),
    (
        {"any": [WEDDING, WEDDING | {"age": "nik_ibu"}]},
        "Hanya bila suami atau ibu belum 21 tahun pada tanggal pemberkatan.",
        "Only if the husband or the mother is under 21 years old on the date of the blessing.",
    ),
    ({"field": "nik_ibu", "answered": False}, "Hanya bila “NIK ibu” tidak diisi.", ""),
    (
        {"none": [{"field": "hadir", "is": ["ya"]}, {"age": "lahir", "at_least": 17}]},
        "Tidak perlu bila ibunya hadir atau suami sudah 17 tahun.",
        "",
    ),
    (
        {"all": [{"field": "status", "is": ["1"]}, {"none": [{"age": "lahir", "at_least": 5, "below": 17}]}]},
        "Hanya bila Anda memilih “1” pada “Status” dan suami belum 5 tahun atau sudah 17 tahun.",
        "",
    ),
]


def test_conditions_read_as_people_say_them(app):
    with app.test_request_context():
        for when, indonesian, english in READ:
            assert condition_text.sentence(when, FIELDS) == indonesian
            with force_locale("en"):
                assert not english or condition_text.sentence(when, FIELDS) == english


def test_odd_answers_meet_nothing_and_break_nothing():
    odd = ("", None, [], "31-02-2020", "0000-00-00", "x" * 16, "9" * 16, "²" * 16, -5, 10**30, [{}], ["x"], {"a": 1})
    for when, _answers, _met in CASES:
        for value in odd:
            conditions.is_met(when, dict.fromkeys(conditions.keys_of(when), value) | TODAY_IS)


# -- in a service -----------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def service():
    return definition.read_definition(definition.SEED / "layanan" / "KIA-GANTI.toml")


def with_part(service, part_kind, **part):
    body = copy.deepcopy(service)
    body[part_kind].append(part)
    return body


def requirement(when):
    return {"key": "baru", "name": {"id": "Baru"}, "help": {"id": "Baru."}, "required": "when", "when": when}


def contradiction(when, **more):
    return {"key": "salah", "field": "tanggal_lahir", "when": when, "text": {"id": "Tidak cocok."}, **more}


def test_requirements_and_contradictions_may_name_the_applicant(service):
    when = {"all": [{"field": "pemohon_untuk", "is": ["lain"]}, {"same": ["nik", "pemohon_nik"]}]}
    assert definition.validate_definition(with_part(service, "requirements", **requirement(when)))
    assert definition.validate_definition(with_part(service, "contradictions", **contradiction(when)))


@pytest.mark.parametrize(
    ("part", "said"),
    [
        (contradiction({"age": "tanggal_lahir", "at_least": 17}, field="tidak_ada"), "menyebut isian yang tidak ada"),
        (contradiction({"field": "nama", "answered": True}), "selalu terjadi"),
        (contradiction({"age": "tanggal_lahir", "below": 0}), "tidak akan pernah terpenuhi"),
        (contradiction({"age": "tanggal_lahir", "below": 5}, kind="mungkin"), "salah satu dari"),
    ],
)
def test_a_contradiction_that_makes_no_sense_is_refused(service, part, said):
    with pytest.raises(InvalidDefinition, match=said):
        definition.validate_definition(with_part(service, "contradictions", **part))


def test_a_field_depends_on_what_is_asked_before_it(service):
    body = copy.deepcopy(service)
    first, *_others, last = [field for section in body["sections"] for field in section["fields"]]
    first["when"] = {"field": last["key"], "answered": True}
    with pytest.raises(InvalidDefinition, match="ditanyakan sebelumnya"):
        definition.validate_definition(body)
