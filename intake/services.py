"""Reads and validates a service's definition (TOML or a dict); it must not save anything.

The result, with code lists expanded and defaults filled in, is what an edition stores.
"""

import tomllib
from pathlib import Path
from typing import Any

from applicant import PROXY_LETTER
from intake import shape
from intake.kinds import APPLICANT
from intake.shape import Malformed, place, table, unique

OWN_SECTIONS = frozenset(("pemohon", "unggahan", "periksa"))  # keys of pages that every form has
OWN_FIELDS = frozenset("csrf_token draft_version more drop later stay remove periksa declaration".split())
SEED = Path(__file__).resolve().parent.parent / "seed"


def read(source: Path | str, codes: dict | None = None) -> dict:
    """Read a definition from a TOML file (a Path) or TOML text; raises Malformed if it isn't valid."""
    where = source.name if isinstance(source, Path) else "layanan"
    text = source.read_text(encoding="utf-8") if isinstance(source, Path) else source
    try:
        raw = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise Malformed(f"{where}: bukan TOML yang benar ({error})") from None
    return check(raw, where, codes)


def read_codes(path: Path = SEED / "codes.toml") -> dict[str, list]:
    """Read the code lists that fields can refer to: name → [[code, label], …]."""
    return tomllib.loads(path.read_text(encoding="utf-8"))


def check(raw: dict, where: str = "layanan", codes: dict | None = None) -> dict:
    """Validate a definition; returns it with code lists expanded and defaults filled in, or raises Malformed.

    Idempotent: the result is a valid definition too, and validating it returns its equal.
    """
    codes = read_codes() if codes is None else codes
    edition = table(raw, shape.SERVICE, where)
    edition["products"] = [product(part, where) for part in edition["products"]]
    edition["requirements"] = [requirement(part, where) for part in edition["requirements"]]
    edition["sections"] = [section(part, where, codes) for part in edition["sections"]]
    for part, what in (("products", "produk"), ("requirements", "syarat"), ("sections", "bagian")):
        unique(edition[part], where, what)
    together(edition, where)
    return edition


def product(raw: dict, where: str) -> dict:
    """Validate a product; a PDF needs a template, a card has none."""
    where = place(where, "produk", raw)
    found = with_when(table(raw, shape.PRODUCT, where), where)
    if (found["kind"] == "pdf") != bool(found["template"]):
        raise Malformed(f"{where}: “template” harus ada pada pdf dan tidak boleh ada pada card")
    return found


def requirement(raw: dict, where: str) -> dict:
    """Validate a requirement; it has a condition exactly when `required` is "when"."""
    where = place(where, "syarat", raw)
    found = with_when(table(raw, shape.REQUIREMENT, where), where)
    if (found["required"] == "when") != ("when" in found):
        raise Malformed(f'{where}: “when” harus ada bila required = "when", dan hanya bila begitu')
    if found["one_of"] and found["required"] == "optional":
        raise Malformed(f"{where}: syarat dengan “one_of” tidak bisa optional")
    return found


def section(raw: dict, where: str, codes: dict) -> dict:
    """Validate a section with its fields."""
    where = place(where, "bagian", raw)
    found = table(raw, shape.SECTION, where)
    found["fields"] = [field(part, where, codes) for part in found["fields"]]
    return found


def field(raw: dict, where: str, codes: dict, in_group: bool = False) -> dict:
    """Validate a field and expand its code list; the items of a group are fields too, but no groups."""
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
    found["options"] = [option(pair, where) for pair in found["options"]]
    found["checks"] = checks(found, where)
    inner(found, where, codes, in_group)
    return found


def inner(found: dict, where: str, codes: dict, in_group: bool) -> None:
    """Validate the options of a choice and the items of a group; their codes and keys must be unique."""
    if found["type"] == "choice" and not found["options"]:
        raise Malformed(f"{where}: “options” belum ada")
    unique([{"key": code} for code, _ in found["options"]], where, "pilihan")
    if found["type"] != "group":
        return
    if in_group or not found["item"]:
        raise Malformed(f"{where}: kelompok harus punya “item” dan tidak boleh di dalam kelompok lain")
    found["item"] = [field(item, where, codes, in_group=True) for item in found["item"]]
    unique(found["item"], where, "isian")


def option(raw: Any, where: str) -> list:
    """Validate an option; returns it as [code, {id = …}]."""
    pair = list(raw) if isinstance(raw, (list, tuple)) else []
    if len(pair) == 2 and shape.is_text(pair[1]):
        pair[1] = {"id": pair[1]}
    if len(pair) != 2 or not shape.is_text(pair[0]) or not shape.is_both(pair[1]):
        raise Malformed(f"{where}: setiap pilihan harus [kode, teks]")
    return pair


def checks(found: dict, where: str) -> dict:
    """Validate a field's `checks`, the comparisons that warnings make; drops those that are off."""
    wanted = table(found["checks"], shape.CHECKS, f"{where} › checks")
    wanted = {key: value for key, value in wanted.items() if value}
    for key in wanted:
        if shape.CHECKS_FOR[key] != found["type"]:
            raise Malformed(f"{where}: “checks.{key}” hanya untuk isian {shape.CHECKS_FOR[key]}")
    return wanted


def with_when(found: dict, where: str) -> dict:
    """Validate the condition (`when`) of a part, where it has one; returns the part."""
    if "when" in found:
        found["when"] = table(found["when"], shape.WHEN, f"{where} › when")
        if not found["when"]["is"]:
            raise Malformed(f"{where} › when: “is” masih kosong")
    return found


def together(edition: dict, where: str) -> None:
    """Validate the references between parts: unique keys, conditions, comparisons, the person it is about."""
    fields = [one for part in edition["sections"] for one in part["fields"]]
    unique(fields, where, "isian")
    unique([*fields, *edition["requirements"]], where, "isian dan syarat")  # deficiencies name either by its key alone
    reserved(edition, fields, where)
    known = in_order(fields, {}, where)
    for word, kind in (("produk", "products"), ("syarat", "requirements")):
        for part in edition[kind]:
            condition(part, known, place(where, word, part))
    for part in edition["products"]:
        path = place(where, "produk", part)
        if unknown := sorted(set(part.get("prints", ())) - set(known)):
            raise Malformed(f"{path}: “prints” menyebut isian yang tidak ada: {', '.join(unknown)}")
        if part.get("holder") and known.get(part["holder"], {}).get("type") != "name":
            raise Malformed(f"{path}: “holder” harus menyebut isian berisi nama orang")
    alternatives(edition, where)
    subjects(fields, where)


def reserved(edition: dict, fields: list[dict], where: str) -> None:
    """Refuse keys that the program's own pages and forms use."""
    proxy = frozenset((PROXY_LETTER["key"],))
    for word, parts, keys in (
        ("bagian", edition["sections"], OWN_SECTIONS),
        ("isian", fields, OWN_FIELDS | proxy),
        ("syarat", edition["requirements"], proxy),
    ):
        for part in parts:
            if part["key"] in keys:
                raise Malformed(f"{place(where, word, part)}: kunci ini dipakai halaman kami; pilih yang lain")


def in_order(fields: list[dict], before: dict, where: str) -> dict:
    """Validate the fields one after the other against those before them; returns all by key."""
    known, siblings = dict(before), {one["key"]: one for one in fields}
    for one in fields:
        path = place(where, "isian", one)
        if one["key"].startswith(APPLICANT):
            raise Malformed(f"{path}: kunci yang mulai dengan {APPLICANT} dipakai halaman pemohon")
        condition(one, known, path)
        compared(one, siblings, path)
        in_order(one["item"], known, path)
        known[one["key"]] = one
    return known


def condition(part: dict, known: dict, where: str) -> None:
    """Refuse a condition on anything but a choice field before the part, or on an answer that it doesn't offer."""
    if "when" not in part:
        return
    choice = known.get(part["when"]["field"])
    if not choice or choice["type"] not in ("choice", "yesno"):
        raise Malformed(f"{where} › when: “{part['when']['field']}” bukan pilihan yang ditanyakan sebelumnya")
    offered = {"ya", "tidak"} if choice["type"] == "yesno" else {code for code, _ in choice["options"]}
    if unknown := sorted(set(part["when"]["is"]) - offered):
        raise Malformed(f"{where} › when: “{choice['key']}” tidak punya jawaban {', '.join(unknown)}")


def compared(one: dict, known: dict, where: str) -> None:
    """Refuse a comparison with a field that doesn't exist or has another type."""
    wanted = {key: value for key, value in one["checks"].items() if key != "new_name" and value not in ("1", "2")}
    for key, other in wanted.items():
        kind = "choice" if key == "sex" else "date"
        if other not in known or known[other]["type"] != kind:
            raise Malformed(f"{where} › checks: “{other}” bukan isian {kind} di layanan ini")


def alternatives(edition: dict, where: str) -> None:
    """Refuse alternatives of one requirement only: the same `one_of` must stand on at least two."""
    named = [part["one_of"] for part in edition["requirements"] if part["one_of"]]
    if lonely := sorted(word for word in set(named) if named.count(word) < 2):
        raise Malformed(f"{where}: “one_of” {', '.join(lonely)} hanya ada pada satu syarat")


def subjects(fields: list[dict], where: str) -> None:
    """Require fields for the name and village of the person concerned, always asked; other facts at most once."""
    for what, kind in shape.SUBJECTS.items():
        found = [one for one in fields if one["subject"] == what]
        if len(found) > 1 or (what in ("name", "village") and len(found) != 1):
            raise Malformed(f'{where}: harus ada tepat satu isian dengan subject = "{what}"')
        for one in found:
            if one["type"] != kind:
                raise Malformed(f'{where}: isian “{one["key"]}” dengan subject = "{what}" harus bertipe {kind}')
            if what in ("name", "village") and ("when" in one or not one["required"]):
                raise Malformed(f"{where}: isian “{one['key']}” harus selalu ditanyakan dan wajib")
