"""Search of services and information pages by everyday words: by stem, by phrase, and by likeness where it is mistyped.

Every page stands here as an entry with its texts; a service that is part of another lends its words to that one.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from difflib import get_close_matches

from flask import current_app

from catalogue.categories import CATEGORIES
from lib.text_normalization import fold, normalize_name
from models import Edition
from web import information_pages, service_directory
from web.information_pages import InformationPage

MIN_WORD, MIN_STEM, MAX_WORDS, MAX_QUERY = 2, 4, 6, 100  # letters of a word and a stem, words, letters of a query
NAME_WEIGHT, PHRASE_WEIGHT, OTHER_WEIGHT = 4, 2, 2
LIKENESS = 0.7  # of a mistyped word: two letters of six
STOP_WORDS = frozenset(  # stop words of both languages
    "saya mau ingin untuk yang dan di ke dari cara buat membuat bikin bikinin urus mengurus ngurus perlu punya sy aku "
    "gimana bagaimana tolong dong kak min pak bu kalau kalo apa bisa tidak ga gak nggak tak udah sudah lagi nya".split()
)
STOP_WORDS |= {"baru"}  # stands in half of the names
STOP_WORDS |= frozenset("an the my of for to on or and in new get need want how with is not do".split())
SPELLINGS = {"akte": "akta", "ektp": "ktp", "ktpel": "ktp", "ilang": "hilang", "barkode": "barcode"}  # of one word
Words = list[str]


@dataclass
class _Entry:
    """The words of a page: by name, by what people call it (phrases), and others that say what it is about."""

    page: Edition | InformationPage
    names: list[dict]
    phrases: list[Words]
    others: list[dict]
    category: dict = field(default_factory=lambda: {"id": ""})

    def weight(self, word: str) -> int:
        """Return the weight of a word: 4 in the names and in the category's synonyms each, else 2 elsewhere."""
        named = any(_matches_text(word, text) for text in self.names)
        named = named or any(_matches_word(word, phrase) for phrase in self.phrases)
        weight = NAME_WEIGHT * named + NAME_WEIGHT * _matches_text(word, self.category)
        return weight or OTHER_WEIGHT * any(_matches_text(word, text) for text in self.others)

    def phrase_weight(self, wanted: Words) -> int:
        """Return what the longest phrase adds of which every word was asked for."""
        whole = (len(one) for one in self.phrases if one and all(_is_asked(word, wanted) for word in one))
        return PHRASE_WEIGHT * max(whole, default=0)

    def vocabulary(self) -> Iterable[str]:
        for text in (*self.names, self.category, *self.others):
            yield from (*text["id"], *text["en"])
        for phrase in self.phrases:
            yield from phrase


def search(query: str) -> list[Edition]:
    """Search the services by words; returns the best matches first, [] where no word matches."""
    return [one for one in search_all(query) if isinstance(one, Edition)]


def search_all(query: str) -> list[Edition | InformationPage]:
    """Search services and information pages by words; returns the best matches first, [] where no word matches."""
    entries = _entries()
    wanted = [word for word in _words(query[:MAX_QUERY]) if word not in STOP_WORDS][:MAX_WORDS]
    columns = [_weigh(word, entries) for word in wanted]
    wanted = [word for word, _ in columns]
    weights = list(zip(*(column for _, column in columns), strict=True)) or [()] * len(entries)
    pairs = zip(entries, map(sum, weights), strict=True)
    totals = [total and total + entry.phrase_weight(wanted) for entry, total in pairs]
    best = max(totals, default=0)
    found = [place for place, total in enumerate(totals) if total * 2 > best]
    # of equal weights, the entry that matches more of the words is first; then the office's own order
    found.sort(key=lambda place: (-totals[place], weights[place].count(0)))
    return [entries[place].page for place in found]


def _entries() -> list[_Entry]:
    """Return the entries of what is on offer now; the services' are cached by `published`."""
    editions = service_directory.current_services()
    known, entries = current_app.extensions.get("search", (None, []))
    if known is not editions:
        joined = service_directory.joined_services()
        entries = [_service_entry(one, joined.get(one.layanan.code, ())) for one in editions]
        current_app.extensions["search"] = (editions, entries)
    return [*entries, *map(_page_entry, information_pages.all_pages())]


def _service_entry(edition: Edition, joined: Iterable[Edition]) -> _Entry:
    body = edition.body
    phrases = [_words(text) for one in (edition, *joined) for text in one.body.get("search_words", ())]
    phrases += [_content_words(text) for one in joined for text in one.body["name"].values()]
    others = [body["short"], *(product["name"] for product in body["products"]), {"id": body["form_code"]}]
    category = _split(CATEGORIES[body["category"]].words)
    return _Entry(edition, [_split(body["name"])], phrases, [_split(text) for text in others], category)


def _page_entry(page: InformationPage) -> _Entry:
    phrases = [_words(text) for text in page.body.get("search_words", ())]
    return _Entry(page, [_split(page.body["name"])], phrases, [_split(page.body["short"])], _split({"id": ""}))


def _split(text: dict) -> dict[str, Words]:
    return {"id": _words(text["id"]), "en": _words(text.get("en", ""))}


def _content_words(text: str) -> Words:
    return [word for word in _words(text) if word not in STOP_WORDS]


def _words(text: str) -> Words:
    plain = fold(re.sub("[-.]", "", normalize_name(text)))  # ktp-el, F-2.01
    words = re.findall(r"[a-z0-9]+", plain)
    return [SPELLINGS.get(word, word) for word in words if len(word) >= MIN_WORD]


def _weigh(word: str, entries: list[_Entry]) -> tuple[str, list[int]]:
    """Weigh a word in each entry; where nothing matches, the word that was probably meant. Returns it too."""
    weights = [entry.weight(word) for entry in entries]
    if any(weights) or len(word) < MIN_STEM:
        return word, weights
    vocabulary = dict.fromkeys(one for entry in entries for one in entry.vocabulary() if len(one) >= MIN_STEM)
    meant = get_close_matches(word, vocabulary, 1, LIKENESS)
    return (meant[0], [entry.weight(meant[0]) for entry in entries]) if meant else (word, weights)


def _matches_text(word: str, text: dict) -> bool:
    """Match by stem in Indonesian, by prefix in English: there is "mati" in "legitimation"."""
    return _matches_word(word, text["id"]) or any(other.startswith(word) for other in text["en"])


def _matches_word(word: str, others: Words) -> bool:
    """Match a word with others by prefix, by suffix (hilang, hilangnya) or by stem (lahir, kelahiran), not "non-"."""
    if len(word) < MIN_STEM:
        return any(other.startswith(word) for other in others)
    return any(
        (word in other and other != f"non{word}") or (len(other) >= MIN_STEM and word.startswith(other))
        for other in others
    )


def _is_asked(word: str, wanted: Words) -> bool:
    """Say whether a word of a phrase was asked for, in its own form or by its stem."""
    return word in STOP_WORDS or any(word == one or (len(word) >= MIN_STEM and word in one) for one in wanted)
