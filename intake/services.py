"""Reads a service's definition (TOML or a dict) into the snapshot that applications keep; it must not save anything."""

import tomllib
from pathlib import Path
from typing import Any

from applicant import PROXY_LETTER
from intake import shape
from intake.kinds import APPLICANT
from intake.shape import Malformed, place, table, unique

OWN_SECTIONS = frozenset(("pemohon", "unggahan", "periksa"))  # pages that every application has
OWN_FIELDS = frozenset("csrf_token draft_version more drop later stay remove periksa declaration".split())
SEED = Path(__file__).resolve().parent.parent / "seed"


def read(source: Path | str, codes: dict | None = None) -> dict:
    """Return the snapshot of the service in a TOML file (a Path) or in TOML text, or raise Malformed."""
    where = source.name if isinstance(source, Path) else "layanan"
    text = source.read_text(encoding="utf-8") if isinstance(source, Path) else source
    try:
        raw = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise Malformed(f"{where}: bukan TOML yang benar ({error})") from None
    return check(raw, where, codes)


def read_codes(path: Path = SEED / "codes.toml") -> dict[str, list]:
    """Return the code lists that fields can name: name → [[code, label], …]."""
    return tomllib.loads(path.read_text(encoding="utf-8"))


def check(raw: dict, where: str = "layanan", codes: dict | None = None) -> dict:
    """Return a definition with code lists expanded and defaults filled in, or raise Malformed.

    What comes out can go in again.
    """
    codes = read_codes() if codes is None else codes
    edition = table(raw, shape.SERVICE, where)
    edition["products"] = [product(one, where) for one in edition["products"]]
    edition["requirements"] = [requirement(one, where) for one in edition["requirements"]]
    edition["sections"] = [section(one, where, codes) for one in edition["sections"]]
    for part, what in (("products", "produk"), ("requirements", "syarat"), ("sections", "bagian")):
        unique(edition[part], where, what)
    together(edition, where)
    return edition


def product(raw: dict, where: str) -> dict:
    """Return one product; a PDF is made from a template, a card isn't."""
    where = place(where, "produk", raw)
    found = with_when(table(raw, shape.PRODUCT, where), where)
    if (found["kind"] == "pdf") != bool(found["template"]):
        raise Malformed(f"{where}: “template” harus ada pada pdf dan tidak boleh ada pada card")
    return found


def requirement(raw: dict, where: str) -> dict:
    """Return one requirement; it has a condition exactly when it says so."""
    where = place(where, "syarat", raw)
    found = with_when(table(raw, shape.REQUIREMENT, where), where)
    if (found["required"] == "when") != ("when" in found):
        raise Malformed(f'{where}: “when” harus ada bila required = "when", dan hanya bila begitu')
    if found["one_of"] and found["required"] == "optional":
        raise Malformed(f"{where}: syarat dengan “one_of” tidak bisa optional")
    return found


def section(raw: dict, where: str, codes: dict) -> dict:
    """Return one section with its fields."""
    where = place(where, "bagian", raw)
    found = table(raw, shape.SECTION, where)
    found["fields"] = [field(one, where, codes) for one in found["fields"]]
    return found


def field(raw: dict, where: str, codes: dict, in_group: bool = False) -> dict:
    """Return one field, its code list expanded; a group's items are fields too, but no groups."""
    where = place(where, "isian", raw)
    found = with_when(table(raw, shape.FIELD, where), where)
    kind, named = found["type"], found.pop("options_from", None)
    if named:
        if named not in codes or found["options"]:
            raise Malformed(f"{where}: “options_from” menyebut daftar kode yang tidak ada, atau “options” juga ada")
        found["options"] = codes[named]
    for key, kinds in shape.ONLY_FOR.items():
        if found.get(key) not in (None, False, []) and kind not in kinds:
            raise Malformed(f"{where}: “{key}” hanya untuk isian {', '.join(kinds)}")
    found["options"] = [option(one, where) for one in found["options"]]
    found["checks"] = checks(found, where)
    inner(found, where, codes, in_group)
    return found


def inner(found: dict, where: str, codes: dict, in_group: bool) -> None:
    """Check what only choices and groups have: options with different codes, items with different keys."""
    if found["type"] == "choice" and not found["options"]:
        raise Malformed(f"{where}: “options” belum ada")
    unique([{"key": code} for code, _ in found["options"]], where, "pilihan")
    if found["type"] != "group":
        return
    if in_group or not found["item"]:
        raise Malformed(f"{where}: kelompok harus punya “item” dan tidak boleh di dalam kelompok lain")
    found["item"] = [field(one, where, codes, in_group=True) for one in found["item"]]
    unique(found["item"], where, "isian")


def option(raw: Any, where: str) -> list:
    """Return one option as [code, {id = …}]."""
    pair = list(raw) if isinstance(raw, (list, tuple)) else []
    if len(pair) == 2 and shape.is_text(pair[1]):
        pair[1] = {"id": pair[1]}
    if len(pair) != 2 or not shape.is_text(pair[0]) or not shape.is_both(pair[1]):
        raise Malformed(f"{where}: setiap pilihan harus [kode, teks]")
    return pair


def checks(found: dict, where: str) -> dict:
    """Return the comparisons that warnings make, without those that aren't asked for."""
    wanted = table(found["checks"], shape.CHECKS, f"{where} › checks")
    wanted = {key: value for key, value in wanted.items() if value}
    for key in wanted:
        if shape.CHECKS_FOR[key] != found["type"]:
            raise Malformed(f"{where}: “checks.{key}” hanya untuk isian {shape.CHECKS_FOR[key]}")
    return wanted


def with_when(found: dict, where: str) -> dict:
    """Return the table with its condition read."""
    if "when" in found:
        found["when"] = table(found["when"], shape.WHEN, f"{where} › when")
        if not found["when"]["is"]:
            raise Malformed(f"{where} › when: “is” masih kosong")
    return found


def together(edition: dict, where: str) -> None:
    """Check what hangs together across a service: keys, conditions, comparisons, the person it is about."""
    fields = [one for part in edition["sections"] for one in part["fields"]]
    unique(fields, where, "isian")
    unique([*fields, *edition["requirements"]], where, "isian dan syarat")  # a fault names either by its key alone
    reserved(edition, fields, where)
    known = in_order(fields, {}, where)
    for what, part in (("produk", "products"), ("syarat", "requirements")):
        for one in edition[part]:
            condition(one, known, place(where, what, one))
    for one in edition["products"]:
        if strange := set(one.get("prints", ())) - set(known):
            raise Malformed(
                f"{place(where, 'produk', one)}: “prints” menyebut isian yang tidak ada: {', '.join(sorted(strange))}"
            )
        if one.get("holder") and known.get(one["holder"], {}).get("type") != "name":
            raise Malformed(f"{place(where, 'produk', one)}: “holder” harus menyebut isian berisi nama orang")
    alternatives(edition, where)
    subjects(fields, where)


def reserved(edition: dict, fields: list[dict], where: str) -> None:
    """Refuse keys that our own pages and forms use."""
    proxy = frozenset((PROXY_LETTER["key"],))
    for what, ones, own in (
        ("bagian", edition["sections"], OWN_SECTIONS),
        ("isian", fields, OWN_FIELDS | proxy),
        ("syarat", edition["requirements"], proxy),
    ):
        for one in ones:
            if one["key"] in own:
                raise Malformed(f"{place(where, what, one)}: kunci ini dipakai halaman kami; pilih yang lain")


def in_order(fields: list[dict], before: dict, where: str) -> dict:
    """Check fields one after the other against those known by then; return all by key."""
    known, together_with = dict(before), {one["key"]: one for one in fields}
    for one in fields:
        spot = place(where, "isian", one)
        if one["key"].startswith(APPLICANT):
            raise Malformed(f"{spot}: kunci yang mulai dengan {APPLICANT} dipakai halaman pemohon")
        condition(one, known, spot)
        compared(one, together_with, spot)
        in_order(one["item"], known, spot)
        known[one["key"]] = one
    return known


def condition(one: dict, known: dict, where: str) -> None:
    """Refuse a condition that can't be met: on a field that isn't there before it, or on an answer nobody can give."""
    if "when" not in one:
        return
    asked = known.get(one["when"]["field"])
    if not asked or asked["type"] not in ("choice", "yesno"):
        raise Malformed(f"{where} › when: “{one['when']['field']}” bukan pilihan yang ditanyakan sebelumnya")
    possible = {"ya", "tidak"} if asked["type"] == "yesno" else {code for code, _ in asked["options"]}
    if strangers := sorted(set(one["when"]["is"]) - possible):
        raise Malformed(f"{where} › when: “{asked['key']}” tidak punya jawaban {', '.join(strangers)}")


def compared(one: dict, known: dict, where: str) -> None:
    """Refuse a comparison with a field that isn't there or isn't of the right type."""
    wanted = {key: value for key, value in one["checks"].items() if key != "new_name" and value not in ("1", "2")}
    for key, other in wanted.items():
        kind = "choice" if key == "sex" else "date"
        if other not in known or known[other]["type"] != kind:
            raise Malformed(f"{where} › checks: “{other}” bukan isian {kind} di layanan ini")


def alternatives(edition: dict, where: str) -> None:
    """Refuse a choice of one: `one_of` needs at least two requirements with the same word."""
    named = [one["one_of"] for one in edition["requirements"] if one["one_of"]]
    if lonely := sorted(word for word in set(named) if named.count(word) < 2):
        raise Malformed(f"{where}: “one_of” {', '.join(lonely)} hanya ada pada satu syarat")


def subjects(fields: list[dict], where: str) -> None:
    """Require name and village of the person whom the document is about, always asked; the rest at most once."""
    for what, kind in shape.SUBJECTS.items():
        found = [one for one in fields if one["subject"] == what]
        if len(found) > 1 or (what in ("name", "village") and len(found) != 1):
            raise Malformed(f'{where}: harus ada tepat satu isian dengan subject = "{what}"')
        for one in found:
            if one["type"] != kind:
                raise Malformed(f'{where}: isian “{one["key"]}” dengan subject = "{what}" harus bertipe {kind}')
            if what in ("name", "village") and ("when" in one or not one["required"]):
                raise Malformed(f"{where}: isian “{one['key']}” harus selalu ditanyakan dan wajib")
