"""Finding, putting, moving and removing the parts of a service's definition; it knows no table and no page.

A part is named by its kind (`products`, `requirements`, `sections`, `fields`, `items`) and its key; an item of a group
by "group.item". Keys are proposed from names, and once given they stay.
"""

import copy
import re
import unicodedata
from dataclasses import dataclass

from applicant import PROXY_LETTER
from intake import services, shape
from intake.kinds import APPLICANT

PARTS = ("products", "requirements", "sections")
MOST = {"products": 10, "requirements": 30, "sections": 15, "fields": 60, "items": 25, "options": 300}


class Refused(ValueError):
    """A change that can't be made; the message is fit to show."""


@dataclass(frozen=True)
class Spot:
    """Where a part stands: in which list, and at which place."""

    kind: str
    ones: list
    place: int

    @property
    def part(self) -> dict:
        return self.ones[self.place]


def fields_of(body: dict) -> list[dict]:
    """Every field of a service, in the order in which it is asked; without the items of groups."""
    return [one for section in body.get("sections", ()) for one in section.get("fields", ())]


def listed(body: dict, kind: str, home: str = "") -> list | None:
    """The list that holds parts of a kind: of the service, of the section `home`, of the group `home`."""
    if kind in PARTS:
        return body.setdefault(kind, [])
    homes = body.get("sections", []) if kind == "fields" else fields_of(body)
    inside = "fields" if kind == "fields" else "item"
    found = next((one for one in homes if one["key"] == home), None)
    if found is None or (kind == "items" and found["type"] != "group"):
        return None
    return found.setdefault(inside, [])


def find(body: dict, kind: str, key: str) -> Spot | None:
    """A part by its kind and key."""
    home, _, own = key.rpartition(".") if kind == "items" else ("", "", key)
    homes = [one["key"] for one in body.get("sections", ())] if kind == "fields" else [home]
    for name in homes:
        ones = listed(body, kind, name) or []
        for place, one in enumerate(ones):
            if one["key"] == own:
                return Spot(kind, ones, place)
    return None


def home_of(body: dict, kind: str, key: str) -> str:
    """The section of a field, the group of an item."""
    if kind == "items":
        return key.rpartition(".")[0]
    inside = (one["key"] for one in body.get("sections", ()) if any(f["key"] == key for f in one.get("fields", ())))
    return next(inside, "") if kind == "fields" else ""


def put(body: dict, kind: str, home: str, key: str, part: dict) -> None:
    """Write a part in its place, or at the end of its list where it is new."""
    if found := find(body, kind, key) if key else None:
        inner = {"sections": "fields", "fields": "item"}.get(kind, "")
        kept = {inner: found.part[inner]} if inner in found.part and not part.get(inner) else {}
        found.ones[found.place] = part | kept
        return
    ones = listed(body, kind, home)
    if ones is None:
        raise Refused("Tempatnya sudah dihapus orang lain. Buka lagi ringkasan layanan ini.")
    if len(ones) >= MOST[kind]:
        raise Refused(f"Sudah {MOST[kind]}, tidak bisa lebih banyak lagi.")
    ones.append(part)


def remove(body: dict, kind: str, key: str) -> dict | None:
    """Take a part out; returns it."""
    found = find(body, kind, key)
    return found.ones.pop(found.place) if found else None


def move(body: dict, kind: str, key: str, by: int) -> bool:
    """Move a part within its list; a field at the edge goes on into the next section."""
    found = find(body, kind, key)
    if found is None:
        return False
    to = found.place + by
    if 0 <= to < len(found.ones):
        found.ones.insert(to, found.ones.pop(found.place))
        return True
    return kind == "fields" and _into_neighbour(body, key, found, by)


def _into_neighbour(body: dict, key: str, found: Spot, by: int) -> bool:
    homes = [one["key"] for one in body["sections"]]
    to = homes.index(home_of(body, "fields", key)) + by
    if not 0 <= to < len(homes) or len(found.ones) == 1:
        return False
    neighbour = body["sections"][to].setdefault("fields", [])
    neighbour.insert(len(neighbour) if by < 0 else 0, found.ones.pop(found.place))
    return True


def dependents(body: dict, key: str) -> list[str]:
    """The names of what hangs on a field: conditions, comparisons, what a document prints, whom it is made out to."""
    inner = [one for field in fields_of(body) for one in field.get("item") or ()]
    out = []
    for one in [*body.get("products", ()), *body.get("requirements", ()), *fields_of(body), *inner]:
        hangs = one.get("when", {}).get("field") == key or key in (one.get("checks") or {}).values()
        if hangs or key in (one.get("holder"), *(one.get("prints") or ())):
            out.append((one.get("name") or one["label"])["id"])
    return out


def askable(body: dict, kind: str, key: str, home: str = "") -> list[dict]:
    """The choices on which a part may depend: those asked before it; of requirements and products, all."""
    before: list[dict] = []
    stop = key if kind == "fields" else home if kind == "items" else None
    for section in body.get("sections", ()):
        for one in section.get("fields", ()):
            if one["key"] == stop:
                return _choices(before + _items_before(one, key) if kind == "items" else before)
            before.append(one)
        if kind == "fields" and not key and section["key"] == home:
            break  # a new one comes last in its section
    return _choices(before)


def _items_before(group: dict, key: str) -> list[dict]:
    own, out = key.rpartition(".")[2], []
    for one in group.get("item") or ():
        if one["key"] == own:
            break
        out.append(one)
    return out


def _choices(ones: list[dict]) -> list[dict]:
    return [one for one in ones if one["type"] in ("choice", "yesno")]


def answers_of(field: dict) -> list[tuple[str, str]]:
    """(code, words) of what can be answered to a choice."""
    if field["type"] == "yesno":
        return [("ya", "Ya"), ("tidak", "Tidak")]
    return [(code, label["id"] if isinstance(label, dict) else label) for code, label in field.get("options", ())]


def taken(body: dict) -> set[str]:
    """Keys that nothing new in a service may have."""
    ours = services.OWN_FIELDS | services.OWN_SECTIONS | {PROXY_LETTER["key"]}
    parts = [one["key"] for kind in PARTS for one in body.get(kind, ())]
    return {*ours, *parts, *(one["key"] for one in fields_of(body))}


def key_for(name: str, used: set[str]) -> str:
    """A key made of a name: Nama lengkap anak → nama_lengkap_anak; with a number where it is taken."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    words = re.sub("[^a-z0-9]+", "_", plain).strip("_")[:32].strip("_")
    if not shape.KEY.fullmatch(words) or words.startswith(APPLICANT):
        words = f"isian_{words}".strip("_")
    number, key = 1, words
    while key in used:
        number += 1
        key = f"{words}_{number}"
    return key


def begun(code: str, name: dict, form_code: str, group: str, category: str) -> dict:
    """A new service that asks for the signed form, a name and a village, and yields a letter: enough to go on from."""
    title = name["id"]
    return {
        "code": code,
        "name": dict(name),
        "short": dict(name),
        "group": group,
        "category": category,
        "form_code": form_code,
        "products": [{"key": "surat", "kind": "pdf", "name": {"id": title}, "template": "surat"}],
        "requirements": [signed_form(form_code)],
        "sections": [
            {
                "key": "orang",
                "title": {"id": "Data orang yang bersangkutan", "en": "The person concerned"},
                "fields": copy.deepcopy(PERSON),
            }
        ],
    }


def signed_form(form_code: str) -> dict:
    """What each service asks for by default: its own form, filled in and signed."""
    return {
        "key": "formulir",
        "name": {
            "id": f"Formulir {form_code} yang sudah diisi dan ditandatangani",
            "en": f"Form {form_code}, filled in and signed",
        },
        "help": {
            "id": f"Sesudah Anda menjawab, formulir {form_code} dapat diunduh sudah terisi. Cetak, tanda tangani, lalu "
            "foto semua halamannya. Boleh juga formulir kosong yang ditulis tangan; ada di kantor desa.",
            "en": f"Once you have answered, form {form_code} can be downloaded filled in. Print it, sign it, then "
            "photograph all its pages. A blank form written by hand will do too; village offices have it.",
        },
    }


PERSON: list[dict] = [
    {
        "key": "nama",
        "type": "name",
        "label": {"id": "Nama lengkap", "en": "Full name"},
        "required": True,
        "subject": "name",
    },
    {
        "key": "nik",
        "type": "nik",
        "label": {"id": "NIK"},
        "hint": {"id": "16 angka, ada di KTP-el atau KK.", "en": "16 digits, on the ID card or family card."},
        "required": True,
        "subject": "nik",
    },
    {
        "key": "desa",
        "type": "village",
        "label": {"id": "Desa atau kelurahan", "en": "Village"},
        "hint": {"id": "Tempat tinggal sesuai KK.", "en": "Where the person lives, as on the family card."},
        "required": True,
        "subject": "village",
    },
]
