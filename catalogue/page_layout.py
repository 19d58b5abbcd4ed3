"""Layout of a form's sections on pages, few enough for a phone; it knows no draft and no address."""

from collections.abc import Mapping
from itertools import combinations, pairwise

from catalogue.applicant_section import form_sections
from catalogue.text_input import mid_sentence

MAX_PAGES = 3  # of the service's own; six steps in all, with the applicant, the uploads and the review
CONJUNCTIONS = {"id": " dan ", "en": " and "}


def form_pages(track: str, body: Mapping) -> list[dict]:
    """Return the pages of a service's form: the short one about the applicant, then its own."""
    applicant, *own = form_sections(track, body)
    return [*group_into_pages([applicant]), *group_into_pages(own)]


def group_into_pages(sections: list[dict]) -> list[dict]:
    """Group sections into at most MAX_PAGES pages, in their order and as evenly as possible.

    A page looks like a section: it has the key of its first section and all their fields; `parts` are its sections.
    """
    count = min(MAX_PAGES, len(sections))
    cuts = [pairwise((0, *places, len(sections))) for places in combinations(range(1, len(sections)), count - 1)]
    groupings = [[sections[start:end] for start, end in cut] for cut in cuts]
    evenest = min(groupings, key=lambda pages: sum(sum(map(_length, page)) ** 2 for page in pages))
    return [_page(parts) for parts in evenest]


def _length(section: dict) -> int:
    """Return the length of a section on a phone: its number of fields, with those of one row of a group."""
    return sum(len(field.get("item") or ()) + 1 for field in section["fields"])


def _page(parts: list[dict]) -> dict:
    fields = [field for part in parts for field in part["fields"]]
    title = _joint_title([part["title"] for part in parts])
    return {"key": parts[0]["key"], "title": title, "fields": fields, "parts": parts}


def _joint_title(titles: list[dict]) -> dict:
    """Join titles into one, in each language that all of them have."""
    languages = [language for language in CONJUNCTIONS if all(language in title for title in titles)]
    return {language: _join_titles(language, [title[language] for title in titles]) for language in languages}


def _join_titles(language: str, titles: list[str]) -> str:
    """Join two titles by "and" (Pemohon dan data anak); by commas where there are more or one has an "and" itself."""
    word = CONJUNCTIONS[language]
    plain = len(titles) == 2 and not any(word in title for title in titles)
    return (word if plain else ", ").join([titles[0], *map(mid_sentence, titles[1:])])


def page_of_section(pages: list[dict], section: str) -> str:
    """Return the key of the page that holds a section; "" if none does."""
    return next((page["key"] for page in pages if section in {part["key"] for part in page["parts"]}), "")
