"""Text comparison of a draft with the expected names, numbers and dates, by fuzzy matching. No PDF, no database.

Each expected value is searched in the whole text. A near match is a difference, with the differing part marked; no
match means missing. A text that could not be read never counts as correct.
"""

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from difflib import SequenceMatcher

from documents import date_extraction

NAME, DIGITS, DATE, NUMBER = "name", "digits", "date", "number"  # kinds of expected values
SAME, DIFFERS, MISSING = "same", "differs", "missing"
MIN_LETTERS = 40  # fewer are a stamp on a scan
MAX_WORDS = 4000
MAX_PARTICLE_LETTERS = 2  # letters
MIN_SIMILARITY = 0.75  # a name with at least this ratio is the same name, misspelt
ACADEMIC_TITLE = re.compile(r"\s*,\s*((?:[A-Z][A-Za-z]{0,4}\.\s?)+)")
COMMON_WORDS = frozenset(
    "ANAK DARI DAN AYAH IBU LAHIR PADA TANGGAL DI NIK NO NOMOR KK YANG TELAH SUAMI ISTRI ATAS NAMA KE DENGAN TAHUN "
    "BULAN HARI KEPALA KELUARGA STATUS AGAMA JENIS KELAMIN LAKI PEREMPUAN WNI WNA INDONESIA".split()
)
DRAFT_MARKS = frozenset("DRAF DRAFT KONSEP CONTOH".split())


@dataclass(frozen=True)
class ExpectedValue:
    """A value that the draft must contain; dates in ISO format."""

    key: str
    label: str
    kind: str
    value: str


@dataclass(frozen=True)
class Finding:
    """The result for one value: `parts` are pieces of the draft's text, each with whether it differs."""

    key: str
    label: str
    value: str
    verdict: str
    parts: tuple[tuple[str, bool], ...] = ()


@dataclass(frozen=True)
class Token:
    """A word of a text."""

    raw: str
    plain: str  # normalized for comparison
    joined: bool  # follows the previous word on its line, with only space between
    end: int  # its end in the text


def has_text(text: str) -> bool:
    """Return whether a PDF has text, not just a picture of it."""
    return sum(c.isalpha() for c in text) >= MIN_LETTERS


def compare(wanted: list[ExpectedValue], text: str, known: Iterable[str] = ()) -> list[Finding]:
    """Search each of `wanted` in `text`; `known` are other words of the application, which may stand beside a name."""
    text = unicodedata.normalize("NFKC", text).replace("\u00ad", "").replace("\u2010", "-").replace("\u2011", "-")
    values = {one.value for one in wanted}
    find = {
        NAME: _NameMatcher(text, wanted, known).find,
        DIGITS: lambda one: _find_digits(one, text, values),
        NUMBER: lambda one: _find_number(one, text, values),
        DATE: lambda one: _find_date(one, text, values),
    }
    return [find[one.kind](one) for one in wanted]


def missing_words(before: str, after: str) -> list[str]:
    """Return the words of a text that another one lacks, or has less often; the mark of a draft isn't missed."""
    missed = Counter(_normalized_words(before)) - Counter(_normalized_words(after))
    return [word for word in missed if word not in DRAFT_MARKS]


# Names


class _NameMatcher:
    """Matcher of names in a text."""

    def __init__(self, text: str, wanted: list[ExpectedValue], known: Iterable[str]):
        whole = re.sub(r"(?<=[^\W\d_])-[ \t]*\n\s*(?=[^\W\d_])", "", text)  # a hyphenated word
        parted = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", text)  # a label without space before its value
        self.texts = list(dict.fromkeys((whole, text, parted)))
        self.words = [list(_tokenize(one))[:MAX_WORDS] for one in self.texts]
        names = [_normalized_words(one.value) for one in wanted if one.kind == NAME]
        spans = [[(start, start + len(one)) for one in names for start in _positions(one, it)] for it in self.words]
        self.taken = {place for span in spans[0] for place in range(*span)}  # positions of exact names
        self.edges = [({begin for begin, _ in some}, {end for _, end in some}) for some in spans]
        self.known = COMMON_WORDS | {word for phrase in known for word in _normalized_words(phrase)}

    def find(self, one: ExpectedValue) -> Finding:
        """Search a name, exact or misspelt, with what stands beside it."""
        name, longer = _normalized_words(one.value), None
        for text, words, (begins, ends) in zip(self.texts, self.words, self.edges, strict=True):
            for start in _positions(name, words):
                # another name that ends or begins here is the next cell of a table
                before = "" if start in ends else self._prefix(words, start)
                more = "" if start + len(name) in begins else self._suffix(text, words, start, len(name))
                if not before and not more:
                    return Finding(one.key, one.label, one.value, SAME)
                longer = longer or before + " ".join(word.raw for word in words[start : start + len(name)]) + more
        found = longer or self._closest(name)
        return _difference(one, found, fold=True) if found else Finding(one.key, one.label, one.value, MISSING)

    def _prefix(self, words: list[Token], start: int) -> str:
        """Return the short word before a name that belongs to it: I, Ni, an initial."""
        if not start or not words[start].joined:
            return ""
        short = words[start - 1]
        belongs = len(short.plain) <= MAX_PARTICLE_LETTERS and self._is_name(short, words[start].raw)
        return f"{short.raw} " if belongs else ""

    def _suffix(self, text: str, words: list[Token], start: int, count: int) -> str:
        """Return what belongs to a name after it: an academic title, or another name."""
        if title := ACADEMIC_TITLE.match(text, words[start + count - 1].end):
            return f", {title[1].strip()}"
        after = words[start + count : start + count + 1]
        if after and after[0].joined and self._is_name(after[0], words[start].raw):
            return f" {after[0].raw}"
        return ""

    def _is_name(self, word: Token, like: str) -> bool:
        """Return whether a word is capitalized like the name and is no other known word."""
        same_hand = word.raw.isupper() == like.isupper() or 1 in (len(like), len(word.raw))
        return word.raw[0].isupper() and same_hand and word.plain not in self.known

    def _closest(self, name: list[str]) -> str:
        wanted, best, most = "".join(name), "", MIN_SIMILARITY
        words = self.words[0]
        for size in {max(1, len(name) - 1), len(name), len(name) + 1}:
            for start in range(len(words) - size + 1):
                some = words[start : start + size]
                if not all(word.joined for word in some[1:]) or self.taken & set(range(start, start + size)):
                    continue
                if (alike := _similarity(wanted, "".join(word.plain for word in some), most)) > most:
                    best, most = " ".join(word.raw for word in some), alike
        return best


def _normalized_words(text: str) -> list[str]:
    return [word.plain for word in _tokenize(text)]


def _tokenize(text: str) -> Iterator[Token]:
    last = 0
    for found in re.finditer(r"[^\W_]+(?:['’`][^\W_]+)*", text):
        between, last = text[last : found.start()], found.end()
        raw = found[0]
        yield Token(raw, re.sub(r"['’`]", "", raw).upper(), between.strip(" .-'’`") == "", found.end())


def _positions(name: list[str], words: list[Token]) -> Iterator[int]:
    plain = [word.plain for word in words]
    for start in range(len(plain) - len(name) + 1):
        if plain[start] == name[0] and plain[start : start + len(name)] == name:
            yield start


def _similarity(wanted: str, found: str, at_least: float) -> float:
    if abs(len(wanted) - len(found)) > 0.3 * len(wanted) + 1:
        return 0.0
    match = SequenceMatcher(None, wanted, found, autojunk=False)
    return match.ratio() if match.quick_ratio() > at_least else 0.0


# Numbers


def _find_digits(one: ExpectedValue, text: str, values: set[str]) -> Finding:
    """Search a number of sixteen digits, however it is grouped."""
    if re.search(r"(?<!\d)" + r"[ .\-\n]{0,2}".join(one.value) + r"(?!\d)", text):
        return Finding(one.key, one.label, one.value, SAME)
    runs = re.findall(r"(?<!\d)(?:\d{14,18}|\d{4}(?:[ .\-]\d{4}){3})(?!\d)", text)
    return _nearest(one, [re.sub(r"\D", "", run) for run in runs], values, 0.8)


def _find_number(one: ExpectedValue, text: str, values: set[str]) -> Finding:
    """Search any other number, however its parts are spaced."""
    parts = [re.escape(char) for char in one.value.upper() if not char.isspace()]
    between = r"[ \n]?" if not one.value.isdigit() else r"[.,]?"
    if re.search(r"(?<![\w])" + between.join(parts) + r"(?![\w]|[-/]\w)", text.upper()):
        return Finding(one.key, one.label, one.value, SAME)
    tokens = [token.strip(".,;:()") for token in text.split() if re.search(r"\d", token)]
    return _nearest(one, [token for token in tokens if abs(len(token) - len(one.value)) <= 2], values, 0.8)


def _nearest(one: ExpectedValue, candidates: list[str], values: set[str], at_least: float) -> Finding:
    others = [candidate for candidate in dict.fromkeys(candidates) if candidate not in values]
    rated = [(_similarity(one.value.upper(), other.upper(), at_least), other) for other in others]
    alike, found = max(rated, default=(0.0, ""))
    return _difference(one, found) if alike >= at_least else Finding(one.key, one.label, one.value, MISSING)


# Dates


def _find_date(one: ExpectedValue, text: str, values: set[str]) -> Finding:
    day = date.fromisoformat(one.value)
    wanted = (day.day, day.month, day.year)
    shown = ExpectedValue(one.key, one.label, one.kind, f"{day:%d-%m-%Y}")
    found = list(dict.fromkeys(date_extraction.extract_dates(text)))
    if wanted in found:
        return Finding(one.key, one.label, shown.value, SAME)
    near = [other for other in found if f"{other[2]:04}-{other[1]:02}-{other[0]:02}" not in values]
    rated = sorted((_date_distance(wanted, other), place) for place, other in enumerate(near))
    if not rated or rated[0][0] > 2:
        return Finding(one.key, one.label, shown.value, MISSING)
    return _difference(shown, "{:02}-{:02}-{:04}".format(*near[rated[0][1]]))


def _date_distance(wanted: tuple[int, int, int], other: tuple[int, int, int]) -> int:
    """Return the number of differing digits; swapped day and month count as one."""
    if (wanted[1], wanted[0], wanted[2]) == other:
        return 1
    digits = ["{:02}{:02}{:04}".format(*some) for some in (wanted, other)]
    differing = sum(a != b for a, b in zip(*digits, strict=True))
    return min(differing, 1 + sum(a != b for a, b in zip(wanted, other, strict=True)))


def _difference(one: ExpectedValue, found: str, fold: bool = False) -> Finding:
    """Return a difference, with the differing parts of the draft's text marked."""
    a, b = (one.value.upper(), found.upper()) if fold else (one.value, found)
    if len(b) != len(found):  # an upper-case form that is longer
        return Finding(one.key, one.label, one.value, DIFFERS, ((found, True),))
    if one.kind in (DATE, DIGITS) and len(a) == len(b):
        marked = [x != y for x, y in zip(a, b, strict=True)]
        return Finding(one.key, one.label, one.value, DIFFERS, tuple(_runs(found, marked)))
    parts = []
    for what, _, _, start, end in SequenceMatcher(None, a, b, autojunk=False).get_opcodes():
        if what == "delete":  # a missing part: its neighbours are marked
            start, end = max(0, start - 1), min(len(found), end + 1)
        parts.append((start, end, what != "equal"))
    marked = [any(differs and start <= n < end for start, end, differs in parts) for n in range(len(found))]
    return Finding(one.key, one.label, one.value, DIFFERS, tuple(_runs(found, marked)))


def _runs(text: str, marked: list[bool]) -> Iterator[tuple[str, bool]]:
    start = 0
    for n in range(1, len(text) + 1):
        if n == len(text) or marked[n] != marked[start]:
            yield text[start:n], marked[start]
            start = n
