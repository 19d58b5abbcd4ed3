"""The services on offer, and finding one by everyday words; read once and kept until the office publishes again."""

import itertools
import re
import unicodedata
from dataclasses import dataclass

import peewee as pw
from flask import current_app

from filling import showing
from models import Edition, Layanan

SHORTEST, STEM, MOST_WORDS, LONGEST = 2, 4, 5, 100  # of a search
EMPTY_WORDS = frozenset(
    "saya mau ingin untuk yang dan di ke dari cara buat membuat bikin urus mengurus perlu punya".split()
)
EMPTY_WORDS |= {"baru"}  # in half of the names


@dataclass(frozen=True)
class Category:
    """A card on the home page: an event in people's lives."""

    code: str
    icon: str
    name: str
    short: str
    words: str  # that people use for it


CATEGORIES = {
    one.code: one
    for one in (
        Category(
            "lahir",
            "baby",
            "Anak lahir",
            "Akta kelahiran, masuk KK, KIA",
            "anak bayi lahir lahiran melahirkan kelahiran",
        ),
        Category(
            "kawin",
            "rings",
            "Menikah atau bercerai",
            "Akta, KK baru, perubahan KTP-el",
            "nikah menikah kawin pernikahan cerai pisah",
        ),
        Category(
            "pindah",
            "house",
            "Pindah atau datang",
            "Surat pindah, KK, KTP-el",
            "pindah pindahan datang domisili alamat rumah merantau",
        ),
        Category(
            "mati",
            "candle",
            "Keluarga meninggal",
            "Akta kematian, KK, KTP-el",
            "meninggal mati wafat kematian duka almarhum",
        ),
        Category(
            "ktp", "card", "KTP-el dan KIA", "Baru, rusak, atau berubah data", "ktp ktpel ektp kia identitas kartu"
        ),
        Category("kk", "family", "Kartu Keluarga", "KK baru, pisah KK, tambah anggota", "kk keluarga kartu anggota"),
        Category(
            "hilang",
            "lost",
            "Dokumen hilang",
            "KK, KTP-el, atau akta yang hilang",
            "hilang kehilangan dicuri tercecer ganti duplikat",
        ),
        Category(
            "salah",
            "pencil",
            "Data salah tulis",
            "Pembetulan akta dan biodata",
            "salah keliru betulkan pembetulan perbaiki ubah nama ejaan",
        ),
    )
}


def services() -> list[Edition]:
    """The current edition of every active service, in the office's order."""
    newest = Edition.select(pw.fn.MAX(Edition.id)).scalar()
    active = tuple(Layanan.select(Layanan.id, Layanan.position).where(Layanan.active).order_by(Layanan.id).tuples())
    stamp, known = current_app.extensions.get("catalogue", (None, []))
    if stamp != (newest, active):
        known = list(Edition.current())
        current_app.extensions["catalogue"] = ((newest, active), known)
    return known


def service(code: str) -> Edition | None:
    """The current edition of an active service."""
    return next((one for one in services() if one.layanan.code == code), None)


def about(edition: Edition) -> dict:
    """What the page of a service tells about an edition."""
    kinds = {product["kind"] for product in edition.body["products"]}
    return {
        "edition": edition,
        "body": edition.body,
        "requirements": grouped(edition.body["requirements"]),
        "needs": conditions(edition.body),
        "has_card": "card" in kinds,
        "has_pdf": "pdf" in kinds,
    }


def grouped(requirements: list[dict]) -> list[tuple[str, list[dict]]]:
    """Requirements in their order, those of which one is enough together: (the word they share, or "", members)."""
    together = itertools.groupby(requirements, lambda one: one.get("one_of") or "")
    return [(word, list(members)) for word, members in together]


def conditions(body: dict) -> dict[str, str]:
    """Key of a requirement → when it is needed, in words."""
    asked = {part["key"]: part for section in body["sections"] for part in section["fields"]}
    return {one["key"]: showing.in_words(one["when"], asked) for one in body["requirements"] if one.get("when")}


def by_category() -> list[tuple[Category, list[Edition]]]:
    """The services under their events; an event without a service is left out."""
    found = services()
    groups = {code: [one for one in found if one.body["category"] == code] for code in CATEGORIES}
    return [(CATEGORIES[code], members) for code, members in groups.items() if members]


def search(asked: str) -> list[Edition]:
    """The services that fit most of the words, best first; none of the words: none."""
    wanted = [word for word in _words(asked[:LONGEST]) if word not in EMPTY_WORDS][:MOST_WORDS]
    ranked = [(sum(_weight(word, one) for word in wanted), one) for one in services()]
    best = max((weight for weight, _ in ranked), default=0)
    return [one for weight, one in sorted(ranked, key=lambda pair: -pair[0]) if weight and weight * 2 >= best]


def _words(text: str) -> list[str]:
    plain = re.sub("[-.]", "", unicodedata.normalize("NFKD", text).lower())  # ktp-el, F-2.01
    return [word for word in re.findall(r"[a-z0-9]+", plain) if len(word) >= SHORTEST]


def _weight(word: str, edition: Edition) -> int:
    """How well a word fits: most in the service's own name, then in the words for its event, then in the rest."""
    body, category = edition.body, CATEGORIES[edition.body["category"]]
    products = " ".join(product["name"]["id"] for product in body["products"])
    rest = f"{body['short']['id']} {products} {body['form_code']}"
    places = ((body["name"]["id"], 4), (category.words, 3), (rest, 2))
    return sum(weight for place, weight in places if _fits(word, _words(place)))


def _fits(word: str, there: list[str]) -> bool:
    """Does it begin a word there, end one begun (hilangnya), or make its stem (lahir in kelahiran)?"""
    if len(word) < STEM:
        return any(other.startswith(word) for other in there)
    return any(word in other or (len(other) >= STEM and word.startswith(other)) for other in there)
