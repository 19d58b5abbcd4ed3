"""The services on offer, and finding one by everyday words; read once and kept until the office publishes again."""

import itertools
import re
import unicodedata
from dataclasses import dataclass

from flask import current_app

from filling import showing
from lib import fast_sql
from models import Edition

SHORTEST, STEM, MOST_WORDS, LONGEST = 2, 4, 5, 100  # of a search
EMPTY_WORDS = frozenset(
    "saya mau ingin untuk yang dan di ke dari cara buat membuat bikin urus mengurus perlu punya".split()
)
EMPTY_WORDS |= {"baru"}  # in half of the names
EMPTY_WORDS |= frozenset("an the my of for to on or and in new get need want how with".split())


@dataclass(frozen=True)
class Category:
    """A card on the home page: an event in people's lives."""

    code: str
    icon: str
    name: dict  # {id=…, en=…}
    short: dict
    words: dict  # that people use for it


def _category(code: str, icon: str, *texts: tuple[str, str]) -> Category:
    return Category(code, icon, *({"id": indonesian, "en": english} for indonesian, english in texts))


CATEGORIES = {
    one.code: one
    for one in (
        _category(
            "lahir",
            "baby",
            ("Anak lahir", "A child is born"),
            ("Akta kelahiran, masuk KK, KIA", "Birth certificate, family card, child identity card"),
            ("anak bayi lahir lahiran melahirkan kelahiran", "birth born baby child"),
        ),
        _category(
            "kawin",
            "rings",
            ("Menikah atau bercerai", "Marriage or divorce"),
            ("Akta, KK baru, perubahan KTP-el", "Certificates, new family card, changed ID card"),
            ("nikah menikah kawin pernikahan cerai pisah", "marriage married marry wedding divorce"),
        ),
        _category(
            "pindah",
            "house",
            ("Pindah atau datang", "Moving away or in"),
            ("Surat pindah, KK, KTP-el", "Moving letter, family card, ID card"),
            ("pindah pindahan datang domisili alamat rumah merantau", "move moving address house"),
        ),
        _category(
            "mati",
            "candle",
            ("Keluarga meninggal", "A death in the family"),
            ("Akta kematian, KK, KTP-el", "Death certificate, family card, ID card"),
            ("meninggal mati wafat kematian duka almarhum", "death died dead"),
        ),
        _category(
            "ktp",
            "card",
            ("KTP-el dan KIA", "ID card and child card"),
            ("Baru, rusak, atau berubah data", "New, damaged, or with changed data"),
            ("ktp ktpel ektp kia identitas kartu", "id identity card"),
        ),
        _category(
            "kk",
            "family",
            ("Kartu Keluarga", "Family card"),
            ("KK baru, pisah KK, tambah anggota", "New or separate family card, another member"),
            ("kk keluarga kartu anggota", "family card"),
        ),
        _category(
            "hilang",
            "lost",
            ("Dokumen hilang", "A lost document"),
            ("KK, KTP-el, atau akta yang hilang", "A lost family card, ID card or certificate"),
            ("hilang kehilangan dicuri tercecer ganti duplikat", "lost stolen replacement copy"),
        ),
        _category(
            "salah",
            "pencil",
            ("Data salah tulis", "Wrong data"),
            ("Pembetulan akta dan biodata", "Correction of certificates and personal data"),
            (
                "salah keliru betulkan pembetulan perbaiki ubah nama ejaan",
                "wrong error correction change name spelling",
            ),
        ),
    )
}


def services() -> list[Edition]:
    """The current edition of every active service, in the office's order."""
    now = published()
    stamp, known = current_app.extensions.get("catalogue", (None, []))
    if stamp != now:
        known = list(Edition.current())
        current_app.extensions["catalogue"] = (now, known)
    return known


def published() -> tuple:
    """Stands for everything that is on offer: it is another as soon as the office publishes, opens or closes one."""
    statement = "SELECT id, code, position, (SELECT MAX(id) FROM edition) FROM layanan WHERE active ORDER BY id"
    return tuple(fast_sql.rows(statement))


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
    weights = {one.id: [_weight(word, one) for word in wanted] for one in services()}
    best = max(map(sum, weights.values()), default=0)
    found = [one for one in services() if sum(weights[one.id]) * 2 > best]
    # the same weight: whoever fits more of the words; then the office's own order
    return sorted(found, key=lambda one: (-sum(weights[one.id]), weights[one.id].count(0)))


def _words(text: str) -> list[str]:
    plain = re.sub("[-.]", "", unicodedata.normalize("NFKD", text).lower())  # ktp-el, F-2.01
    return [word for word in re.findall(r"[a-z0-9]+", plain) if len(word) >= SHORTEST]


def _weight(word: str, edition: Edition) -> int:
    """How well a word fits: in the service's own name, in the words for its event; where in neither, in the rest."""
    body, category = edition.body, CATEGORIES[edition.body["category"]]
    rest = [body["short"], *(product["name"] for product in body["products"]), {"id": body["form_code"]}]
    found = sum(4 for place in (body["name"], category.words) if _said(word, place))
    return found or 2 * any(_said(word, place) for place in rest)


def _said(word: str, text: dict) -> bool:
    """In Indonesian a stem will do, in English only a beginning: there is "mati" in "legitimation"."""
    return _fits(word, _words(text["id"])) or any(other.startswith(word) for other in _words(text.get("en", "")))


def _fits(word: str, there: list[str]) -> bool:
    """Does it begin a word there, end one begun (hilangnya), or make its stem (lahir in kelahiran)?"""
    if len(word) < STEM:
        return any(other.startswith(word) for other in there)
    return any(word in other or (len(other) >= STEM and word.startswith(other)) for other in there)
