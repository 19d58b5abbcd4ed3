"""The services on offer, and finding one by everyday words; read once and kept until the office publishes again."""

import itertools
import re
import unicodedata

from flask import current_app

from filling import showing
from intake.categories import CATEGORIES, Category
from lib import fast_sql
from models import Edition

SHORTEST, STEM, MOST_WORDS, LONGEST = 2, 4, 5, 100  # of a search
EMPTY_WORDS = frozenset(
    "saya mau ingin untuk yang dan di ke dari cara buat membuat bikin urus mengurus perlu punya".split()
)
EMPTY_WORDS |= {"baru"}  # in half of the names
EMPTY_WORDS |= frozenset("an the my of for to on or and in new get need want how with".split())


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
