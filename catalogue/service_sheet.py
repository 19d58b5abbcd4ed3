"""The sheet of a service: its definition in words that the head of a section can check and sign; reads no database.

Officers read it, so that it is in Indonesian; templates make a page and a Markdown file of it.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from catalogue import applicant_section, condition_text, labels
from catalogue.definition_parts import is_taken_back
from catalogue.siak_forms import FORMS, part_title
from catalogue.statements import is_for_screen

MAX_OPTIONS = 12  # of a question that are listed; longer lists are those of the form
ALWAYS, IF_AT_HAND, ONE_IS_ENOUGH = "Selalu", "Bila ada", ", salah satu"
TAKEN_BACK = "Aslinya ditarik saat dokumen baru diserahkan"
SIGNED = {True: "ditandatangani di layar atau di kertas", False: "ditandatangani di kertas"}


@dataclass(frozen=True)
class Paper:
    """A requirement: when it is demanded, what else will do, and what the site gives for it."""

    name: str
    help: str
    when: str
    alternatives: str
    given: str  # and how it is signed
    stamp_duty: int  # rupiah


@dataclass(frozen=True)
class Question:
    """A field of the form, or an item of a group."""

    label: str
    options: str
    needed: str
    when: str
    siak: str  # the part of the form in which SIAK asks it
    inside: bool = False  # an item of the group before it


@dataclass(frozen=True)
class Rule:
    """A contradiction: the answers that are refused or warned of, and the sentence that people read."""

    word: str
    when: str
    text: str


@dataclass(frozen=True)
class Product:
    """A document or card that the service yields."""

    name: str
    kind: str
    when: str
    holder: str


@dataclass(frozen=True)
class ServiceSheet:
    """A service in words."""

    code: str
    name: str
    form_code: str
    facts: list[tuple[str, str]]
    papers: list[Paper]
    sections: list[tuple[str, list[Question]]]
    rules: list[Rule]
    products: list[Product]
    leads: list[tuple[str, str]]  # code of another service, and for whom it is
    legal: list[str]
    ask_office: list[str]


def build(body: dict, statements: Mapping[str, Mapping]) -> ServiceSheet:
    """Build the sheet of a valid definition; `statements` are the official statements by code."""
    sections = applicant_section.form_sections("counter", body)
    fields = {one["key"]: one for part in sections for one in part["fields"]}
    requirements = [*body["requirements"], applicant_section.PROXY_LETTER]
    given = [statements[one["statement"]] for one in requirements if one.get("statement") in statements]
    leads = [*([body["part_of"]] if body.get("part_of") else []), *body.get("leads", ())]
    return ServiceSheet(
        body["code"],
        body["name"]["id"],
        body["form_code"],
        list(_facts(body)),
        [_paper(one, body, fields, statements) for one in requirements],
        [(part["title"]["id"], list(_questions(part, body, fields))) for part in sections],
        [_rule(one, fields) for one in body.get("contradictions", ())],
        [_product(one, fields) for one in body["products"]],
        [(one["code"], one["text"]["id"]) for one in leads],
        body.get("legal", []),
        list(dict.fromkeys([*body.get("ask_office", []), *(text for one in given for text in one["ask_office"])])),
    )


def _facts(body: dict) -> Iterator[tuple[str, str]]:
    section = applicant_section.section("counter", body)
    who, nik = (next(one for one in section["fields"] if one["key"] == key) for key in ("pemohon_untuk", "pemohon_nik"))
    days = body.get("report_within_days")
    if body.get("part_of"):
        yield "Permohonan baru", "Tidak diterima di sini; lihat layanan yang disebut di bawah"
    yield "Untuk", body["short"]["id"]
    yield "Pemohon", "; ".join(label["id"] for _code, label in who["options"])
    if nik["options"]:
        yield "Pemohon tanpa NIK", "Boleh, dengan alasan"
    if body.get("opening"):
        yield "Dibaca lebih dulu", body["opening"]["id"]
    yield "Formulir", f"{body['form_code']}, {SIGNED[body.get('screen_signature', True)]}"
    yield "Diverifikasi", labels.GROUPS[body["group"]]
    yield "Batas melapor", f"{days} hari" if days else "Tidak ada"
    yield "Janji selesai", f"{body.get('sla_days', 2)} hari kerja"
    if body.get("search_words"):
        yield "Dicari dengan kata", ", ".join(body["search_words"])


def _paper(part: dict, body: dict, fields: Mapping, statements: Mapping[str, Mapping]) -> Paper:
    when = _when(part, fields) if part.get("when") else ALWAYS
    when = IF_AT_HAND + (f". {when}" if part.get("when") else "") if part["required"] == "optional" else when
    word = part.get("one_of")
    when += ONE_IS_ENOUGH if word and part["required"] == "always" else ""
    when = f"{when.rstrip('.')}. {TAKEN_BACK}" if is_taken_back(part) else when
    others = [one["name"]["id"] for one in body["requirements"] if word and one["one_of"] == word and one is not part]
    statement, given = statements.get(part.get("statement", "")), ""
    if part["key"] == "formulir":
        given = f"{body['form_code']} terisi dari jawaban, {SIGNED[body.get('screen_signature', True)]}"
    elif statement:
        given = f"{statement['name']['id']} terisi dari jawaban, {SIGNED[is_for_screen(statement)]}"
    stamp_duty = statement["stamp_duty"] if statement else 0
    return Paper(part["name"]["id"], part["help"]["id"], when, "; ".join(others), given, stamp_duty)


def _questions(section: dict, body: dict, fields: Mapping) -> Iterator[Question]:
    form = FORMS.get(body["form_code"], {})
    for field in section["fields"]:
        of_applicant = field["key"] in form.get("applicant", ())
        yield _question(field, fields, form["parts"][0][1] if of_applicant else part_title(body["form_code"], field))
        items = field.get("item") or ()
        known = {**fields, **{item["key"]: item for item in items}}
        yield from (_question(item, known, "", inside=True) for item in items)


def _question(field: dict, fields: Mapping, siak: str, inside: bool = False) -> Question:
    texts = [label["id"] if isinstance(label, dict) else label for _code, label in field.get("options") or ()]
    listed = "; ".join(texts) if field["type"] == "choice" and len(texts) <= MAX_OPTIONS else ""
    needed = "Wajib" if field["required"] else "Boleh kosong"
    return Question(field["label"]["id"], listed, needed, _when(field, fields), siak, inside)


def _rule(part: dict, fields: Mapping) -> Rule:
    word = "Ditolak" if part["kind"] == "refuse" else "Diingatkan"
    return Rule(word, condition_text.clause(part["when"], fields), part["text"]["id"])


def _product(part: dict, fields: Mapping) -> Product:
    holder = fields.get(part.get("holder", ""), {}).get("label", {}).get("id", "")
    when = _when(part, fields) or ALWAYS
    return Product(part["name"]["id"], labels.PRODUCT_KINDS[part["kind"]], when, holder or "Orang yang bersangkutan")


def _when(part: dict, fields: Mapping) -> str:
    return condition_text.sentence(part.get("when"), fields)
