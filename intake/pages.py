"""The pages on which a service's sections are filled in: few enough for a phone; it knows no draft and no address."""

from itertools import combinations, pairwise

from intake.text import inside

MOST = 3  # with the beginning, the uploads and the last look before sending: six in all
AND = {"id": " dan ", "en": " and "}


def laid(sections: list[dict]) -> list[dict]:
    """Sections on at most MOST pages, in their order and as evenly as their fields allow.

    A page is a section itself, with the key of its first part and the fields of all; `parts` are the sections on it.
    """
    count = min(MOST, len(sections))
    ways = [_cut(sections, places) for places in combinations(range(1, len(sections)), count - 1)]
    return [_page(parts) for parts in min(ways, key=_unevenness)]


def _cut(sections: list[dict], places: tuple[int, ...]) -> list[list[dict]]:
    return [sections[start:end] for start, end in pairwise((0, *places, len(sections)))]


def _unevenness(pages: list[list[dict]]) -> int:
    return sum(sum(map(_length, page)) ** 2 for page in pages)


def _length(section: dict) -> int:
    """How long a section is on a phone: its fields, those of one row of a group among them."""
    return sum(len(field.get("item") or ()) + 1 for field in section["fields"])


def _page(parts: list[dict]) -> dict:
    fields = [field for part in parts for field in part["fields"]]
    return {
        "key": parts[0]["key"],
        "title": _title([part["title"] for part in parts]),
        "fields": fields,
        "parts": parts,
    }


def _title(titles: list[dict]) -> dict:
    """One heading of several, in each language that all of them have."""
    languages = [one for one in AND if all(one in title for title in titles)]
    return {one: _joined(one, [title[one] for title in titles]) for one in languages}


def _joined(language: str, titles: list[str]) -> str:
    """Pemohon dan data anak; with commas where a title has an "and" of its own, or they are many."""
    word = AND[language]
    plain = len(titles) == 2 and not any(word in title for title in titles)
    return (word if plain else ", ").join([titles[0], *map(inside, titles[1:])])


def holding(pages: list[dict], section: str) -> str:
    """The key of the page on which a section stands; empty: on none."""
    return next((page["key"] for page in pages if section in {part["key"] for part in page["parts"]}), "")
