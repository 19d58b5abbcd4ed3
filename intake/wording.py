"""What was answered and what can be uploaded, as people read it on staff screens and papers; it asks for no answer."""

from dataclasses import dataclass

import applicant
from intake import applying, fields
from language import text
from models import Permohonan, Revision


@dataclass(frozen=True)
class Section:
    """A part of the answers, in words."""

    title: str
    rows: list[tuple[str, str, str]]  # label, value, key


def sections(permohonan: Permohonan, revision: Revision | None) -> list[Section]:
    """The answers of a revision as people read them, in the order of the form; empty ones are left out."""
    answers: dict = revision.answers if revision else {}
    names = applying.villages()
    found = [Section(part["title"]["id"], _rows(part, answers, names)) for part in applying.sections(permohonan)]
    return [section for section in found if section.rows]


def _rows(section: dict, answers: dict, names: dict[str, str]) -> list[tuple[str, str, str]]:
    shown = ((part, fields.display(part, answers.get(part["key"]), names)) for part in section["fields"])
    return [(part["label"]["id"], value, part["key"]) for part, value in shown if value]


def requirement_names(permohonan: Permohonan) -> dict[str, str]:
    """Key → name of everything that can be uploaded for it."""
    wanted = [*permohonan.edition.body["requirements"], applicant.PROXY_LETTER]
    return {part["key"]: text(part["name"]) for part in wanted}
