"""Reads and validates a service's definition (TOML or a dict); it must not save anything.

The result, with code lists expanded and defaults filled in, is what an edition stores.
"""

import re
import tomllib
from pathlib import Path
from typing import Any

from catalogue import applicant_section, condition_checks, conditions, document_templates, schema, statements
from catalogue.applicant_section import PROXY_LETTER
from catalogue.field_types import APPLICANT_PREFIX
from catalogue.schema import InvalidDefinition, part_path, refuse_duplicate_keys, validate

RESERVED_SECTIONS = frozenset(("pemohon", "unggahan", "periksa"))  # keys of pages that every form has
RESERVED_FIELDS = frozenset("csrf_token draft_version more drop later stay remove periksa declaration".split())
RESERVED_FIELDS |= {conditions.SUBMITTED_ON}
LEGAL_RANKS = ("UUD", "UU", "PERPPU", "PP", "PERPRES", "KEPPRES", "PERMEN", "KEPMEN", "PERDA", "PERGUB", "PERBUP")
SEED = Path(__file__).resolve().parent.parent / "seed"


def read_definition(source: Path | str, codes: dict | None = None) -> dict:
    """Read a definition from a TOML file (a Path) or TOML text; raises InvalidDefinition if it isn't valid."""
    where = source.name if isinstance(source, Path) else "layanan"
    text = source.read_text(encoding="utf-8") if isinstance(source, Path) else source
    return validate_definition(schema.parse_toml(text, where), where, codes)


def read_codes(path: Path = SEED / "codes.toml") -> dict[str, list]:
    """Read the code lists that fields can refer to: name → [[code, label], …]."""
    return tomllib.loads(path.read_text(encoding="utf-8"))


def validate_definition(raw: dict, where: str = "layanan", codes: dict | None = None) -> dict:
    """Validate a definition; returns it with code lists expanded and defaults filled in, or raises InvalidDefinition.

    Idempotent: the result is a valid definition too, and validating it returns its equal.
    """
    codes = read_codes() if codes is None else codes
    edition = validate(raw, schema.SERVICE, where)
    edition["legal"] = in_legal_order(edition["legal"])
    edition["products"] = [validate_product(part, where) for part in edition["products"]]
    edition["requirements"] = [validate_requirement(part, where) for part in edition["requirements"]]
    edition["sections"] = [validate_section_definition(part, where, codes) for part in edition["sections"]]
    edition["contradictions"] = [validate_contradiction(part, where) for part in edition["contradictions"]]
    edition["leads"] = [validate(part, schema.LEAD, f"{where} › leads") for part in edition["leads"]]
    if "part_of" in edition:
        edition["part_of"] = validate(edition["part_of"], schema.LEAD, f"{where} › part_of")
    parts = (
        ("products", "produk"),
        ("requirements", "syarat"),
        ("sections", "bagian"),
        ("contradictions", "pertentangan"),
    )
    for part, what in parts:
        refuse_duplicate_keys(edition[part], where, what)
    validate_references(edition, where)
    return edition


def in_legal_order(bases: list[str]) -> list[str]:
    """Return legal bases in the order of their rank (UU 12/2011 Art. 7), those of one rank by year."""

    def rank(basis: str) -> tuple[int, int]:
        kind = basis.split(" ")[0].upper()
        year = re.search(r"/((?:19|20)\d\d)", basis)
        places = (place for place, name in enumerate(LEGAL_RANKS) if kind.startswith(name))
        return next(places, len(LEGAL_RANKS)), int(year[1]) if year else 0

    return sorted(bases, key=rank)


def validate_product(raw: dict, where: str) -> dict:
    """Validate a product; what is made here needs a template, a card has neither draft nor number."""
    where = part_path(where, "produk", raw)
    found = condition_checks.validate_applicable(raw, schema.PRODUCT, where)
    if found["kind"] == "card":
        if extra := [name for name in ("source", "template", "number", "number_from", "number_of") if found[name]]:
            raise InvalidDefinition(f"{where}: kartu tidak punya {', '.join(extra)}")
        return found
    if not found["source"]:
        raise InvalidDefinition(f"{where}: “source” harus ada pada pdf: siak, own, atau either")
    if (found["source"] == "siak") == bool(found["template"]):
        raise InvalidDefinition(f"{where}: “template” harus ada pada own dan either, dan tidak boleh ada pada siak")
    if found["template"] and found["template"] not in document_templates.titles():
        raise InvalidDefinition(f"{where}: bentuk dokumen {found['template']} tidak ada")
    return found


def validate_requirement(raw: dict, where: str) -> dict:
    """Validate a requirement; one that everybody has to bring has no condition."""
    where = part_path(where, "syarat", raw)
    found = condition_checks.validate_applicable(raw, schema.REQUIREMENT, where)
    if (found["required"] == "when" and "when" not in found) or (found["required"] == "always" and "when" in found):
        raise InvalidDefinition(f'{where}: “when” harus ada bila required = "when", dan tidak boleh ada bila "always"')
    if found["one_of"] and found["required"] == "optional":
        raise InvalidDefinition(f"{where}: syarat dengan “one_of” tidak bisa optional")
    if (code := found.get("statement")) and code not in statements.codes():
        there = ", ".join(sorted(statements.codes()))
        raise InvalidDefinition(f"{where}: “statement” {code} tidak ada; yang ada: {there}")
    return found


def validate_contradiction(raw: dict, where: str) -> dict:
    """Validate a contradiction: the condition that must not be, and its sentence."""
    where = part_path(where, "pertentangan", raw)
    return condition_checks.validate_applicable(raw, schema.CONTRADICTION, where)


def validate_section_definition(raw: dict, where: str, codes: dict) -> dict:
    """Validate a section with its fields."""
    where = part_path(where, "bagian", raw)
    found = validate(raw, schema.SECTION, where)
    found["fields"] = [validate_field_definition(part, where, codes) for part in found["fields"]]
    return found


def validate_field_definition(raw: dict, where: str, codes: dict, in_group: bool = False) -> dict:
    """Validate a field and expand its code list; the items of a group are fields too, but no groups."""
    where = part_path(where, "isian", raw)
    found = condition_checks.validate_applicable(raw, schema.FIELD, where)
    kind, named = found["type"], found.pop("options_from", None)
    if named:
        if named not in codes or found["options"]:
            fault = "“options_from” menyebut daftar kode yang tidak ada, atau “options” juga ada"
            raise InvalidDefinition(f"{where}: {fault}")
        found["options"] = codes[named]
    for key, kinds in schema.ALLOWED_TYPES.items():
        if found.get(key) not in (None, False, []) and kind not in kinds:
            raise InvalidDefinition(f"{where}: “{key}” hanya untuk isian {', '.join(kinds)}")
    found["options"] = [validate_option(pair, where) for pair in found["options"]]
    found["checks"] = validate_checks(found, where)
    validate_options_and_items(found, where, codes, in_group)
    return found


def validate_options_and_items(found: dict, where: str, codes: dict, in_group: bool) -> None:
    """Validate the options of a choice and the items of a group; their codes and keys must be unique."""
    if found["type"] == "choice" and not found["options"]:
        raise InvalidDefinition(f"{where}: “options” belum ada")
    refuse_duplicate_keys([{"key": code} for code, _ in found["options"]], where, "pilihan")
    if "default" in found and (in_group or found["default"] not in {code for code, _ in found["options"]}):
        raise InvalidDefinition(f"{where}: “default” harus salah satu pilihan, dan tidak untuk isian dalam kelompok")
    if found["type"] != "group":
        return
    if in_group or not found["item"]:
        raise InvalidDefinition(f"{where}: kelompok harus punya “item” dan tidak boleh di dalam kelompok lain")
    found["item"] = [validate_field_definition(item, where, codes, in_group=True) for item in found["item"]]
    refuse_duplicate_keys(found["item"], where, "isian")


def validate_option(raw: Any, where: str) -> list:
    """Validate an option; returns it as [code, {id = …}]."""
    pair = list(raw) if isinstance(raw, (list, tuple)) else []
    if len(pair) == 2 and schema.is_text(pair[1]):
        pair[1] = {"id": pair[1]}
    if len(pair) != 2 or not schema.is_text(pair[0]) or not schema.is_bilingual(pair[1]):
        raise InvalidDefinition(f"{where}: setiap pilihan harus [kode, teks]")
    return pair


def validate_checks(found: dict, where: str) -> dict:
    """Validate a field's `checks`, the comparisons that warnings make; drops those that are off."""
    wanted = validate(found["checks"], schema.CHECKS, f"{where} › checks")
    wanted = {key: value for key, value in wanted.items() if value}
    for key in wanted:
        if schema.CHECK_TYPES[key] != found["type"]:
            raise InvalidDefinition(f"{where}: “checks.{key}” hanya untuk isian {schema.CHECK_TYPES[key]}")
    return wanted


def validate_references(edition: dict, where: str) -> None:
    """Validate the references between parts: unique keys, conditions, comparisons, the person it is about."""
    fields = [one for part in edition["sections"] for one in part["fields"]]
    refuse_duplicate_keys(fields, where, "isian")
    refuse_duplicate_keys([*fields, *edition["requirements"]], where, "isian dan syarat")  # a deficiency has only a key
    refuse_reserved_keys(edition, fields, where)
    applicant = applicant_section.fields_of(edition)
    known = validate_field_order(fields, applicant, where)
    own = {one["key"]: one for one in fields}
    validate_contradictions(edition, known, where)
    for word, kind in (("produk", "products"), ("syarat", "requirements")):
        for part in edition[kind]:
            validate_condition(part, known, part_path(where, word, part))
    for part in edition["products"]:
        path = part_path(where, "produk", part)
        if unknown := sorted(set(part.get("prints", ())) - set(own)):
            raise InvalidDefinition(f"{path}: “prints” menyebut isian yang tidak ada: {', '.join(unknown)}")
        if part["number_from"] and part["number_from"] not in own:
            raise InvalidDefinition(f"{path}: “number_from” menyebut isian yang tidak ada: {part['number_from']}")
        others = {one["key"] for one in edition["products"] if one["kind"] == "pdf" and not one["number_of"]}
        if part["number_of"] and part["number_of"] not in others - {part["key"]}:
            raise InvalidDefinition(f"{path}: “number_of” harus menyebut dokumen lain yang bernomor sendiri")
        if part.get("holder") and own.get(part["holder"], {}).get("type") != "name":
            raise InvalidDefinition(f"{path}: “holder” harus menyebut isian berisi nama orang")
    validate_alternatives(edition, where)
    validate_subjects(fields, where)


def refuse_reserved_keys(edition: dict, fields: list[dict], where: str) -> None:
    """Refuse keys that the program's own pages and forms use."""
    proxy = frozenset((PROXY_LETTER["key"],))
    for word, parts, keys in (
        ("bagian", edition["sections"], RESERVED_SECTIONS),
        ("isian", fields, RESERVED_FIELDS | proxy),
        ("syarat", edition["requirements"], proxy),
    ):
        for part in parts:
            if part["key"] in keys:
                path = part_path(where, word, part)
                raise InvalidDefinition(f"{path}: kunci ini dipakai halaman kami; pilih yang lain")


def validate_field_order(fields: list[dict], before: dict, where: str) -> dict:
    """Validate the fields one after the other against those before them; returns all by key."""
    known, siblings = dict(before), {one["key"]: one for one in fields}
    for one in fields:
        path = part_path(where, "isian", one)
        if one["key"].startswith(APPLICANT_PREFIX):
            raise InvalidDefinition(f"{path}: kunci yang mulai dengan {APPLICANT_PREFIX} dipakai halaman pemohon")
        validate_condition(one, known, path)
        validate_comparisons(one, siblings, path)
        validate_field_order(one["item"], known, path)
        known[one["key"]] = one
    return known


def validate_condition(part: dict, known: dict, where: str) -> None:
    """Refuse a condition that names what isn't asked before the part, or can never be true."""
    if "when" in part:
        condition_checks.validate_references(part["when"], known, f"{where} › when")


def validate_contradictions(edition: dict, known: dict, where: str) -> None:
    """Refuse a contradiction that stands beside no field, or that every application has."""
    for part in edition["contradictions"]:
        path = part_path(where, "pertentangan", part)
        if part["field"] not in known:
            raise InvalidDefinition(f"{path}: “field” menyebut isian yang tidak ada: {part['field']}")
        validate_condition(part, known, path)
        if not condition_checks.can_be_true({"none": [part["when"]]}, known):
            raise InvalidDefinition(f"{path}: {condition_checks.ALWAYS}")


def validate_comparisons(one: dict, known: dict, where: str) -> None:
    """Refuse a comparison with a field that doesn't exist or has another type."""
    wanted = {key: value for key, value in one["checks"].items() if key != "new_name" and value not in ("1", "2")}
    for key, other in wanted.items():
        kind = "choice" if key == "sex" else "date"
        if other not in known or known[other]["type"] != kind:
            raise InvalidDefinition(f"{where} › checks: “{other}” bukan isian {kind} di layanan ini")


def validate_alternatives(edition: dict, where: str) -> None:
    """Refuse alternatives of one requirement only: the same `one_of` must stand on at least two."""
    named = [part["one_of"] for part in edition["requirements"] if part["one_of"]]
    if lonely := sorted(word for word in set(named) if named.count(word) < 2):
        raise InvalidDefinition(f"{where}: “one_of” {', '.join(lonely)} hanya ada pada satu syarat")


def validate_subjects(fields: list[dict], where: str) -> None:
    """Require fields for the name and village of the person concerned, always asked; other facts at most once."""
    for what, kind in schema.SUBJECTS.items():
        found = [one for one in fields if one["subject"] == what]
        if len(found) > 1 or (what in ("name", "village") and len(found) != 1):
            raise InvalidDefinition(f'{where}: harus ada tepat satu isian dengan subject = "{what}"')
        for one in found:
            if one["type"] != kind:
                raise InvalidDefinition(f'{where}: isian “{one["key"]}” dengan subject = "{what}" harus bertipe {kind}')
            if what in ("name", "village") and ("when" in one or not one["required"]):
                raise InvalidDefinition(f"{where}: isian “{one['key']}” harus selalu ditanyakan dan wajib")
