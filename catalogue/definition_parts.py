"""Finds, adds, replaces, moves and removes the parts of a service's definition; it knows no table and no page.

A part is addressed by its kind (`products`, `requirements`, `sections`, `fields`, `items`) and its key; an item of a
group by "group.item". Keys are made from names and never change afterwards.
"""

import copy
import itertools
import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass

from catalogue import applicant_section, conditions, definition, schema
from catalogue.applicant_section import PROXY_LETTER
from catalogue.field_types import APPLICANT_PREFIX

PART_KINDS = ("products", "requirements", "sections", "contradictions")
MAX_PARTS = {
    "contradictions": 40,
    "products": 10,
    "requirements": 30,
    "sections": 15,
    "fields": 60,
    "items": 25,
    "options": 300,
}


class EditRefused(ValueError):
    """An edit that can't be made; the message is fit to show."""


@dataclass(frozen=True)
class PartLocation:
    """The location of a part: the list that holds it, and its index."""

    kind: str
    siblings: list
    index: int

    @property
    def part(self) -> dict:
        return self.siblings[self.index]


def all_fields(body: dict) -> list[dict]:
    """Return all fields of a service in the order of its form, without the items of groups."""
    return [field for section in body.get("sections", ()) for field in section.get("fields", ())]


def fields_by_key(body: dict) -> dict[str, dict]:
    """Return the fields of a service's form by key, those about the applicant among them."""
    return applicant_section.fields_of(body) | {field["key"]: field for field in all_fields(body)}


def is_taken_back(requirement: Mapping) -> bool:
    """Return whether the original of a requirement is taken back when the new document is handed over."""
    once_told_by_its_key = requirement["key"].endswith(("_lama", "_rusak"))  # in editions before December 2026
    return requirement.get("taken_back", once_told_by_its_key)


def part_list(body: dict, kind: str, home: str = "") -> list | None:
    """Return the list that holds the parts of a kind: of the service, of the section or group `home`."""
    if kind in PART_KINDS:
        return body.setdefault(kind, [])
    parents = body.get("sections", []) if kind == "fields" else all_fields(body)
    found = next((parent for parent in parents if parent["key"] == home), None)
    if found is None or (kind == "items" and found["type"] != "group"):
        return None
    return found.setdefault("fields" if kind == "fields" else "item", [])


def find_part(body: dict, kind: str, key: str) -> PartLocation | None:
    """Find a part by its kind and key."""
    home, _, own = key.rpartition(".") if kind == "items" else ("", "", key)
    homes = [section["key"] for section in body.get("sections", ())] if kind == "fields" else [home]
    for parent in homes:
        siblings = part_list(body, kind, parent) or []
        for index, part in enumerate(siblings):
            if part["key"] == own:
                return PartLocation(kind, siblings, index)
    return None


def parent_key(body: dict, kind: str, key: str) -> str:
    """Return the key of a field's section or an item's group; "" for other parts."""
    if kind == "items":
        return key.rpartition(".")[0]
    if kind != "fields":
        return ""
    sections = body.get("sections", ())
    return next((one["key"] for one in sections if any(field["key"] == key for field in one.get("fields", ()))), "")


def replace_or_append(body: dict, kind: str, home: str, key: str, part: dict) -> None:
    """Replace a part, keeping the fields or items inside it, or append it to its list where it is new."""
    if found := find_part(body, kind, key) if key else None:
        inner = {"sections": "fields", "fields": "item"}.get(kind, "")
        kept = {inner: found.part[inner]} if inner in found.part and not part.get(inner) else {}
        found.siblings[found.index] = part | kept
        return
    siblings = part_list(body, kind, home)
    if siblings is None:
        raise EditRefused("Tempatnya sudah dihapus orang lain. Buka lagi ringkasan layanan ini.")
    if len(siblings) >= MAX_PARTS[kind]:
        raise EditRefused(f"Sudah {MAX_PARTS[kind]}, tidak bisa lebih banyak lagi.")
    siblings.append(part)


def remove_part(body: dict, kind: str, key: str) -> dict | None:
    """Remove a part and return it."""
    found = find_part(body, kind, key)
    return found.siblings.pop(found.index) if found else None


def move_part(body: dict, kind: str, key: str, by: int) -> bool:
    """Move a part within its list; the first or last field of a section moves into the neighbouring one."""
    found = find_part(body, kind, key)
    if found is None:
        return False
    to = found.index + by
    if 0 <= to < len(found.siblings):
        found.siblings.insert(to, found.siblings.pop(found.index))
        return True
    return kind == "fields" and _move_to_neighbour(body, key, found, by)


def _move_to_neighbour(body: dict, key: str, found: PartLocation, by: int) -> bool:
    homes = [section["key"] for section in body["sections"]]
    to = homes.index(parent_key(body, "fields", key)) + by
    if not 0 <= to < len(homes) or len(found.siblings) == 1:
        return False
    neighbour = body["sections"][to].setdefault("fields", [])
    neighbour.insert(len(neighbour) if by < 0 else 0, found.siblings.pop(found.index))
    return True


def source_of(product: Mapping) -> str:
    """Return where a PDF's draft comes from: siak, own (made here), or either; an edition from before: siak."""
    return product.get("source") or "siak"


def dependents(body: dict, key: str) -> list[str]:
    """Return the names of the parts that refer to a field: by a condition, a comparison, or their own keys."""
    items = [item for field in all_fields(body) for item in field.get("item") or ()]
    found = []
    parts = [part for kind in PART_KINDS for part in body.get(kind, ()) if kind != "sections"]
    for part in [*parts, *all_fields(body), *items]:
        depends = key in conditions.keys_of(part.get("when")) or key in (part.get("checks") or {}).values()
        named = (part.get(name) for name in ("holder", "field", "number_from"))
        if depends or key in (*named, *(part.get("prints") or ())):
            found.append((part.get("name") or part.get("label") or part["text"])["id"])
    return found


def condition_fields(body: dict, kind: str, key: str, home: str = "") -> list[dict]:
    """Return the fields on which a part's condition may depend, those about the applicant first.

    Fields and items may depend on answers before them, other parts on any.
    """
    before = list(applicant_section.fields_of(body).values())
    stop = key if kind == "fields" else home if kind == "items" else None
    for section in body.get("sections", ()):
        for field in section.get("fields", ()):
            if field["key"] == stop:
                return before + _items_before(field, key) if kind == "items" else before
            before.append(field)
        if kind == "fields" and not key and section["key"] == home:
            break  # a new field will be the last of its section
    return before


def _items_before(group: dict, key: str) -> list[dict]:
    own = key.rpartition(".")[2]
    return list(itertools.takewhile(lambda item: item["key"] != own, group.get("item") or ()))


def choice_options(field: dict) -> list[tuple[str, str]]:
    """Return (code, label) of each option of a choice field."""
    if field["type"] == "yesno":
        return [("ya", "Ya"), ("tidak", "Tidak")]
    return [(code, label["id"] if isinstance(label, dict) else label) for code, label in field.get("options", ())]


def reserved_keys(body: dict) -> set[str]:
    """Return the keys that a new part of the service may not have: reserved ones, and those in use."""
    reserved = definition.RESERVED_FIELDS | definition.RESERVED_SECTIONS | {PROXY_LETTER["key"]}
    parts = [part["key"] for kind in PART_KINDS for part in body.get(kind, ())]
    return {*reserved, *parts, *(field["key"] for field in all_fields(body))}


def make_key(name: str, used: set[str]) -> str:
    """Make a key from a name (a slug): Nama lengkap anak → nama_lengkap_anak; with a number where it is in use."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    words = re.sub("[^a-z0-9]+", "_", plain).strip("_")[:32].strip("_")
    if not schema.KEY_PATTERN.fullmatch(words) or words.startswith(APPLICANT_PREFIX):
        words = f"isian_{words}".strip("_")
    number, key = 1, words
    while key in used:
        number += 1
        key = f"{words}_{number}"
    return key


def new_service(code: str, name: dict, form_code: str, group: str, category: str) -> dict:
    """Return a valid definition to start from: the signed form, name and village of the person, a letter."""
    title = name["id"]
    return {
        "code": code,
        "name": dict(name),
        "short": dict(name),
        "group": group,
        "category": category,
        "form_code": form_code,
        "products": [{"key": "surat", "kind": "pdf", "name": {"id": title}, "source": "siak"}],
        "requirements": [signed_form_requirement(form_code)],
        "sections": [
            {
                "key": "orang",
                "title": {"id": "Data orang yang bersangkutan", "en": "The person concerned"},
                "fields": copy.deepcopy(PERSON_FIELDS),
            }
        ],
    }


def signed_form_requirement(form_code: str) -> dict:
    """Return the requirement that every new service has: its own form, filled in and signed."""
    return {
        "key": "formulir",
        "name": {
            "id": f"Formulir {form_code} yang sudah diisi dan ditandatangani",
            "en": f"Form {form_code}, filled in and signed",
        },
        "help": {
            "id": f"Sesudah Anda menjawab, formulir {form_code} dapat diunduh sudah terisi. Cetak, "
            "tanda tangani, lalu foto semua halamannya. Formulir kosong yang ditulis tangan juga boleh.",
            "en": f"Once you have answered, form {form_code} can be downloaded filled in. Print it, "
            "sign it, then photograph all its pages. A blank form written by hand will do too.",
        },
    }


# fmt: off
PERSON_FIELDS: list[dict] = [
    {
        "key": "nama", "type": "name", "label": {"id": "Nama lengkap", "en": "Full name"},
        "required": True, "subject": "name",
    },
    {
        "key": "nik", "type": "nik", "label": {"id": "NIK"},
        "hint": {"id": "16 angka, ada di KTP-el atau KK.", "en": "16 digits, on the ID card or family card."},
        "required": True, "subject": "nik",
    },
    {
        "key": "desa", "type": "village", "label": {"id": "Desa atau kelurahan", "en": "Village"},
        "hint": {"id": "Tempat tinggal sesuai KK.", "en": "Where the person lives, as on the family card."},
        "required": True, "subject": "village",
    },
]
# fmt: on
