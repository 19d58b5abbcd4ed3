"""The shipped definitions of services: valid, complete in both languages, readable."""

import itertools
import re
import tomllib
from xml.etree import ElementTree

import pytest
from flask_babel import force_locale

from catalogue import applicant_section, condition_text, conditions, definition, definition_parts, validation
from catalogue.categories import CATEGORIES
from catalogue.field_types import FIELD_TYPES
from catalogue.fields import is_shown, validate_edition
from models import Reason
from notify.message import PLACEHOLDERS
from seed import load
from tests import ROOT
from tests.helpers.field_checks import FATHER_NIK, MOTHER_NIK

FILES = sorted((definition.SEED / "layanan").glob("*.toml"))
SERVICES = {path.stem: definition.read_definition(path) for path in FILES}
ALL_FIELDS = pytest.mark.parametrize("edition", SERVICES.values(), ids=SERVICES)
FULL_LISTS = (
    "AK-LAHIR AK-MATI AK-KAWIN AK-CERAI AK-BETUL AK-KUTIPAN2 KTP-HILANG KTP-BARU KTP-RUSAK KTP-UBAH "
    "KK-BARU KK-ELEMEN KK-HILANG KIA-BARU PIN-KELUAR PIN-DATANG BIO-WNI"
).split()
SAMPLE = {"text": "X", "long": "X", "date": "2020-05-04", "time": "04.25", "nik": MOTHER_NIK, "kk": "5108990101189001"}
SAMPLE |= {"village": "51.08.06.2003", "name": "Ni Luh Ayu", "yesno": "ya", "phone": "081200004417"}


@ALL_FIELDS
def test_a_way_to_another_service_leads_to_one_that_takes_applications(edition):
    others = {code: other for code, other in SERVICES.items() if other is not edition}
    assert validation.find_link_problems(edition, others) == []


def fields_of(edition):
    return [field for section in edition["sections"] for field in section["fields"]]


def fields_with_items(edition):
    return [part for field in fields_of(edition) for part in (field, *field["item"])]


def bilingual_texts(thing):
    """All bilingual texts of a definition."""
    if isinstance(thing, dict) and "id" in thing:
        yield from thing.values()
    elif isinstance(thing, dict):
        for value in thing.values():
            yield from bilingual_texts(value)
    elif isinstance(thing, list):
        for value in thing:
            yield from bilingual_texts(value)


def sample(field):
    """A valid answer; of a choice the last option, so that conditions on the first are not met."""
    if field["type"] == "group":
        return [{item["key"]: sample(item) for item in field["item"]}]
    if field["type"] == "choice":
        return field["options"][-1][0]
    return field.get("min", 1) if field["type"] == "number" else SAMPLE[field["type"]]


def test_there_are_at_least_25_services_in_files_named_by_their_codes():
    assert len(SERVICES) >= 25
    assert [edition["code"] for edition in SERVICES.values()] == list(SERVICES)
    assert set(FULL_LISTS) <= set(SERVICES)


@ALL_FIELDS
def test_what_was_read_can_be_read_again(edition):
    assert definition.validate_definition(edition) == edition


@ALL_FIELDS
def test_the_filled_form_comes_first_and_is_always_needed(edition):
    first = edition["requirements"][0]
    assert (first["key"], first["required"]) == ("formulir", "always")
    assert edition["form_code"] in first["name"]["id"]


@ALL_FIELDS
def test_the_program_asks_for_the_letter_of_attorney_and_the_applicant_itself(edition):
    assert "surat_kuasa" not in {requirement["key"] for requirement in edition["requirements"]}
    assert not [field["key"] for field in fields_of(edition) if field["type"] in ("email", "phone")]


@ALL_FIELDS
def test_one_name_and_one_village_say_whom_it_is_about(edition):
    about = [field["subject"] for field in fields_of(edition) if field["subject"]]
    assert about.count("name") == about.count("village") == 1
    assert about.count("nik") <= 1


def test_only_those_who_have_no_nik_yet_are_without_one():
    without = {code for code, one in SERVICES.items() if not [f for f in fields_of(one) if f["subject"] == "nik"]}
    assert without == {"BIO-WNI", "BIO-LN", "AK-LAHIR-OA"}


@ALL_FIELDS
def test_a_service_has_six_pages_at_most(edition):
    assert len(edition["sections"]) <= 4  # and the applicant's, and the uploads
    assert all(len(section["fields"]) <= 16 for section in edition["sections"])


@ALL_FIELDS
def test_every_text_says_something_in_plain_words(edition):
    for text in bilingual_texts(edition):
        assert text == " ".join(text.split()), text
        assert not text.endswith("!")
        assert "klik di sini" not in text.lower()


def untranslated(thing, where):
    """Paths of texts without English, or without a language."""
    if isinstance(thing, dict) and "id" in thing:
        if not thing.get("en", "").strip() or thing["en"].endswith(".") != thing["id"].endswith("."):
            yield f"{where}: {thing['id']}"
    elif isinstance(thing, dict):
        for key, value in thing.items():
            yield from untranslated(value, f"{where} › {key}")
    elif isinstance(thing, list):
        for value in thing:
            yield from untranslated(value, where)


def test_every_text_has_its_english():
    seeds = [tomllib.loads(path.read_text(encoding="utf-8")) for path in definition.SEED.glob("*.toml")]
    told = [
        applicant_section.section("self_service", {}),
        applicant_section.PROXY_LETTER,
        applicant_section.REPORTER_FIELDS,
        [vars(one) for one in CATEGORIES.values()],
    ]
    found = list(untranslated([*SERVICES.values(), *seeds, *told], "seed"))
    assert found == []


def test_a_message_says_the_same_in_both_languages():
    messages = tomllib.loads((definition.SEED / "messages.toml").read_text(encoding="utf-8"))["messages"]
    for one in messages:
        for text in (one["subject"], one["body"]):
            said = [sorted(re.findall(r"\{(\w+)\}", text[language])) for language in ("id", "en")]
            assert said[0] == said[1], text["id"]
            assert set(said[0]) <= set(PLACEHOLDERS)
            assert text["id"].count("\n\n") == text["en"].count("\n\n"), text["id"]


def test_every_sample_is_a_small_harmless_drawing_that_is_used():
    needs = [one for edition in SERVICES.values() for one in edition["requirements"]]
    named = {one["sample"] for one in [*needs, applicant_section.PROXY_LETTER] if "sample" in one}
    drawings = {path.stem: path.read_text(encoding="utf-8") for path in (ROOT / "static" / "samples").glob("*.svg")}
    assert named | {"foto-baik"} == set(drawings)
    for name, drawing in drawings.items():
        assert len(drawing.encode()) < 3000, name
        tags = {part.tag.rpartition("}")[2] for part in ElementTree.fromstring(drawing).iter()}
        assert not tags & {"script", "style", "image", "foreignObject", "a"}, name
        assert not re.search(r"style=|http(?!://www.w3.org/2000/svg)|url\((?!#)|\bon\w+=", drawing), name
        assert name == "foto-baik" or "CONTOH" in drawing


@ALL_FIELDS
def test_what_its_help_says_is_taken_back_is_taken_back(edition):
    told = {one["key"] for one in edition["requirements"] if "ditarik" in one["help"]["id"]}
    assert told <= {one["key"] for one in edition["requirements"] if one["taken_back"]}


@ALL_FIELDS
def test_help_and_hints_are_sentences(edition):
    for requirement in edition["requirements"]:
        assert all(text.endswith(".") for text in requirement["help"].values())
    for field in fields_with_items(edition):
        assert all(text.endswith(".") for text in field.get("hint", {}).values())


@ALL_FIELDS
def test_labels_of_a_page_differ_in_both_languages(edition):
    for section, language in itertools.product(edition["sections"], ("id", "en")):
        labels = [field["label"][language] for field in section["fields"]]
        assert len(labels) == len(set(labels))


@ALL_FIELDS
def test_every_nik_and_card_number_says_where_to_find_it_or_that_it_may_be_empty(edition):
    for field in fields_with_items(edition):
        if field["type"] in ("nik", "kk"):
            assert field.get("hint"), field["key"]


@ALL_FIELDS
def test_siak_order_has_no_ties(edition):
    order = [field["siak"] for field in fields_of(edition) if "siak" in field]
    assert order
    assert len(order) == len(set(order))


@ALL_FIELDS
def test_every_question_is_for_siak_or_a_paper_or_decides_about_another_part(edition):
    parts = [*edition["products"], *edition["requirements"], *fields_with_items(edition)]
    parts += edition["contradictions"]
    used = {key for part in parts for key in conditions.keys_of(part.get("when"))}
    used |= {key for product in edition["products"] for key in (*product.get("prints", ()), product.get("holder"))}
    idle = [field["key"] for field in fields_of(edition) if field["key"] not in used and not field["subject"]]
    assert [key for key in idle if "siak" not in _field(edition, key)] == []


def _field(edition, key):
    return next(field for field in fields_of(edition) if field["key"] == key)


@ALL_FIELDS
def test_a_service_can_be_filled_in(edition):
    answers, errors, _ = validate_edition(edition, {field["key"]: sample(field) for field in fields_of(edition)})
    assert errors == {}
    for field in fields_of(edition):
        assert (field["key"] in answers) == is_shown(field, answers)


@ALL_FIELDS
def test_every_question_about_a_persons_own_past_refuses_the_future(edition):
    for field in fields_with_items(edition):
        if field["type"] == "date" and "lahir" in field["key"]:
            assert field["not_future"], field["key"]


def test_reports_have_the_periods_of_the_law():
    within = {code: one["report_within_days"] for code, one in SERVICES.items() if one["report_within_days"]}
    assert {
        within[code] for code in ("AK-LAHIR", "AK-LAHIR-OA", "AK-KAWIN", "AK-CERAI", "AK-WN", "AK-CERAI-BATAL")
    } == {60}
    assert within["AK-KAWIN-BATAL"] == 90
    assert {
        within[code] for code in ("AK-MATI", "LAHIR-MATI", "AK-AKUI", "AK-SAH", "AK-ANGKAT", "AK-NAMA", "AK-LN")
    } == {30}


def test_a_death_and_a_birth_yield_three_documents_each():
    assert [(one["key"], one["kind"]) for one in SERVICES["AK-MATI"]["products"]] == [
        ("akta", "pdf"), ("kk", "pdf"), ("ktp_el", "card"),
    ]  # fmt: skip
    assert [(one["key"], one["kind"]) for one in SERVICES["AK-LAHIR"]["products"]] == [
        ("akta", "pdf"), ("kk", "pdf"), ("kia", "card"),
    ]  # fmt: skip
    assert [(one["key"], one["kind"]) for one in SERVICES["KTP-HILANG"]["products"]] == [("ktp_el", "card")]


def required_uploads(code, **answers):
    """Keys of the requirements that apply to these answers."""
    return {one["key"] for one in SERVICES[code]["requirements"] if is_shown(one, answers)}


def product_keys(code, **answers):
    """Keys of the products that these answers yield."""
    return [one["key"] for one in SERVICES[code]["products"] if is_shown(one, answers)]


@pytest.mark.parametrize(("place", "yields"), [("1", ["akta", "kk"]), ("2", ["akta", "kk"]), ("3", ["akta"])])
def test_a_death_leads_to_a_new_family_card_where_somebody_is_left_on_it(place, yields):
    assert product_keys("AK-MATI", punya_nik="ya", kedudukan=place, punya_pasangan="tidak") == yields
    head = next(field for field in fields_of(SERVICES["AK-MATI"]) if field["key"] == "nama_kepala_baru")
    assert bool(is_shown(head, {"kedudukan": place})) == (place in ("1", "2"))


@ALL_FIELDS
def test_nobody_types_the_postcode_of_a_village_that_we_know(edition):
    assert "kode_pos" not in {field["key"] for field in fields_of(edition)}


def test_a_foundling_has_no_parents_to_name():
    lahir = SERVICES["AK-LAHIR"]
    raw = {field["key"]: sample(field) for field in fields_of(lahir)} | {"status_orang_tua": "4"}
    answers, errors, _ = validate_edition(lahir, raw)
    assert errors == {}
    assert not [key for key in answers if key.endswith(("_ibu", "_ayah"))]


def test_a_fathers_nik_in_the_mothers_place_is_noticed():
    raw = {field["key"]: sample(field) for field in fields_of(SERVICES["AK-LAHIR"])}
    raw |= {"status_orang_tua": "1", "kewarganegaraan_ibu": "1", "nik_ibu": FATHER_NIK}
    assert "laki-laki" in validate_edition(SERVICES["AK-LAHIR"], raw)[2]["nik_ibu"]


def test_the_code_lists_are_those_of_the_forms():
    codes = definition.read_codes()
    assert [len(codes[name]) for name in ("agama", "shdk", "pendidikan", "pekerjaan")] == [7, 11, 10, 89]
    for name, options in codes.items():
        if name.startswith("tanpa_"):
            continue  # reasons of ours
        assert [code for code, _ in options] == [str(n) for n in range(1, len(options) + 1)]
        for language in ("id", "en"):
            assert len({label[language] for _, label in options}) == len(options)
    assert dict(codes["pekerjaan"])["9"]["id"] == "Petani/pekebun"
    assert dict(codes["status_kawin"])["6"]["id"] == "Cerai mati"


def test_every_code_list_and_every_type_is_used():
    text = "".join(path.read_text(encoding="utf-8") for path in FILES)
    unused = [name for name in definition.read_codes() if f'options_from = "{name}"' not in text]
    assert unused == []
    used = {field["type"] for edition in SERVICES.values() for field in fields_with_items(edition)}
    assert used == {*FIELD_TYPES, "group"} - {"phone", "email"}  # those are the applicant's


def test_every_reason_tells_what_to_do_next():
    reasons = tomllib.loads((definition.SEED / "reasons.toml").read_text(encoding="utf-8"))["reasons"]
    assert len({reason["key"] for reason in reasons}) == len(reasons)
    assert {reason["kind"] for reason in reasons} == {"deficiency", "siak", "return", "cancel", "reject", "keep"}
    for reason in reasons:
        assert set(reason) - {"about"} == {"key", "kind", "name", "next"}
        assert reason.get("about", "field") in ("requirement", "field") and (
            "about" not in reason or reason["kind"] == "deficiency"
        )
        assert len(reason["key"]) <= 40
        assert reason["name"]["id"]
        assert reason["next"]["id"].endswith(".")


def test_the_order_names_every_service_once():
    order = tomllib.loads((definition.SEED / "order.toml").read_text(encoding="utf-8"))["order"]
    assert sorted(order) == sorted(SERVICES)


def test_an_older_database_gets_the_english_of_texts_that_nobody_changed(app):
    with app.app_context():
        kept, own = list(Reason.select().order_by(Reason.id).limit(2))
        kept.name, own.name = {"id": kept.name["id"]}, {"id": "Kata-kata kantor ini"}
        kept.save()
        own.save()
        load.init()
        assert Reason.get_by_id(kept.id).name["en"] == "The photo is dark, blurred or unreadable"
        assert Reason.get_by_id(own.id).name == {"id": "Kata-kata kantor ini"}


@pytest.mark.parametrize("language", ["id", "en"])
def test_every_condition_of_the_services_is_a_sentence(app, language):
    with app.test_request_context(), force_locale(language):
        said = {text for body in SERVICES.values() for text in _conditions(body)}
    assert len(said) > 50
    for sentence in said:
        assert re.match(r"(Hanya bila|Tidak perlu bila|Only if|Not needed if) .*\.$", sentence), sentence
        assert "?:" not in sentence and ": " not in sentence and "?." not in sentence, sentence
        assert sentence.count("“") == sentence.count("”"), sentence


def _conditions(body):
    by_key = definition_parts.fields_by_key(body)
    parts = [*body["requirements"], *body["products"], *definition_parts.all_fields(body)]
    return [condition_text.sentence(part["when"], by_key) for part in parts if part.get("when")]
