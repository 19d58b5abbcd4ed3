"""Service directory: the services on offer (cached), by category, and full-text search among them."""

import itertools
import math
import re

import peewee as pw
from flask import current_app

from catalogue import definition_parts, statements
from catalogue.applicant_section import PROXY_LETTER
from catalogue.categories import CATEGORIES, Category
from lib.text_normalization import fold, normalize_name
from models import Duration, Edition, Layanan
from web.wizard import form_fields

MIN_WORD, MIN_STEM, MAX_WORDS, MAX_QUERY = 2, 4, 5, 100  # letters of a word and a stem, words, letters of a query
FIELD_MINUTES, PHOTO_MINUTES = 0.3, 1.5  # while nothing is measured
STOP_WORDS = frozenset(  # stop words of both languages
    "saya mau ingin untuk yang dan di ke dari cara buat membuat bikin urus mengurus perlu punya".split()
)
STOP_WORDS |= {"baru"}  # stands in half of the names
STOP_WORDS |= frozenset("an the my of for to on or and in new get need want how with".split())


def current_services() -> list[Edition]:
    """Return the current editions of all active services, in the office's order; cached by `published`."""
    stamp = publication_stamp()
    cached_stamp, editions = current_app.extensions.get("catalogue", (None, []))
    if cached_stamp != stamp:
        editions = list(Edition.current())
        current_app.extensions["catalogue"] = (stamp, editions)
    return editions


def publication_stamp() -> tuple:
    """Return the cache key of what is on offer: it changes when the office publishes, opens or closes a service."""
    newest = Edition.select(pw.fn.MAX(Edition.id))
    query = Layanan.select(Layanan.id, Layanan.code, Layanan.position, newest).where(Layanan.active)
    return tuple(query.order_by(Layanan.id).tuples())


def find_service(code: str) -> Edition | None:
    """Find the current edition of an active service by its code."""
    return next((edition for edition in current_services() if edition.layanan.code == code), None)


def service_facts(edition: Edition) -> dict:
    """Return what the page of a service shows about an edition."""
    kinds = {product["kind"] for product in edition.body["products"]}
    duration = Duration.get_or_none(Duration.layanan == edition.layanan_id)
    return {
        "edition": edition,
        "body": edition.body,
        "requirements": group_alternatives(edition.body["requirements"]),
        "needs": requirement_conditions(edition.body),
        "statements": statements.of_requirements([*edition.body["requirements"], PROXY_LETTER]),
        "proxy_statement": PROXY_LETTER["statement"],
        "minutes": (duration and duration.filling_minutes) or filling_minutes(edition.body),
        "duration": duration,
        "has_card": "card" in kinds,
        "has_pdf": "pdf" in kinds,
    }


def filling_minutes(body: dict) -> int:
    """Estimate the minutes of filling in, to the next five, from what everybody is asked and has to photograph."""
    asked = [field for field in definition_parts.all_fields(body) if not field.get("when")]
    photos = sum(len(_required(*group)) for group in group_alternatives(body["requirements"]))
    minutes = len(asked) * FIELD_MINUTES + photos * PHOTO_MINUTES
    return max(5, 5 * math.ceil(minutes / 5))


def _required(word: str, members: list[dict]) -> list[dict]:
    """Select what everybody has to upload; of alternatives one."""
    return members[:1] if word else [one for one in members if one["required"] == "always"]


def group_alternatives(requirements: list[dict]) -> list[tuple[str, list[dict]]]:
    """Group requirements that are alternatives (`one_of`), in their order: (the word they share, or "", members)."""
    together = itertools.groupby(requirements, lambda requirement: requirement.get("one_of") or "")
    return [(word, list(members)) for word, members in together]


def requirement_conditions(body: dict) -> dict[str, str]:
    """Return the conditions of requirements in words, by key."""
    by_key = {field["key"]: field for field in definition_parts.all_fields(body)}
    parts = (one for one in body["requirements"] if one.get("when"))
    return {one["key"]: form_fields.condition_text(one["when"], by_key) for one in parts}


def by_category() -> list[tuple[Category, list[Edition]]]:
    """Return the services by category; a category without a service is left out."""
    editions = current_services()
    groups = {code: [edition for edition in editions if edition.body["category"] == code] for code in CATEGORIES}
    return [(CATEGORIES[code], members) for code, members in groups.items() if members]


def search(query: str) -> list[Edition]:
    """Search the services by words; returns the best matches first, [] where no word matches."""
    wanted = [word for word in _words(query[:MAX_QUERY]) if word not in STOP_WORDS][:MAX_WORDS]
    weights = {edition.id: [_weight(word, edition) for word in wanted] for edition in current_services()}
    best = max(map(sum, weights.values()), default=0)
    found = [edition for edition in current_services() if sum(weights[edition.id]) * 2 > best]
    # of equal weights, the edition that matches more of the words is first; then the office's own order
    return sorted(found, key=lambda edition: (-sum(weights[edition.id]), weights[edition.id].count(0)))


def _words(text: str) -> list[str]:
    plain = fold(re.sub("[-.]", "", normalize_name(text)))  # ktp-el, F-2.01
    return [word for word in re.findall(r"[a-z0-9]+", plain) if len(word) >= MIN_WORD]


def _weight(word: str, edition: Edition) -> int:
    """Return the weight of a match: 4 in the service's name and in its category's synonyms each, else 2 elsewhere."""
    body, category = edition.body, CATEGORIES[edition.body["category"]]
    others = [body["short"], *(product["name"] for product in body["products"]), {"id": body["form_code"]}]
    weight = sum(4 for text in (body["name"], category.words) if _matches_text(word, text))
    return weight or 2 * any(_matches_text(word, text) for text in others)


def _matches_text(word: str, text: dict) -> bool:
    """Match by stem in Indonesian, by prefix in English: there is "mati" in "legitimation"."""
    english = _words(text.get("en", ""))
    return _matches_word(word, _words(text["id"])) or any(other.startswith(word) for other in english)


def _matches_word(word: str, others: list[str]) -> bool:
    """Match a word with others by prefix, by suffix (hilang, hilangnya) or by stem (lahir, kelahiran)."""
    if len(word) < MIN_STEM:
        return any(other.startswith(word) for other in others)
    return any(word in other or (len(other) >= MIN_STEM and word.startswith(other)) for other in others)
