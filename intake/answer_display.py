"""Display of answers and requirements, for staff screens and printouts; it asks for no answer."""

from dataclasses import dataclass

from catalogue import fields
from intake import attachments, drafts
from lib.i18n import localized
from models import Permohonan, Revision


@dataclass(frozen=True)
class AnswerSection:
    """A section of formatted answers."""

    title: str
    rows: list[tuple[str, str, str]]  # label, value, key


def answer_sections(permohonan: Permohonan, revision: Revision | None) -> list[AnswerSection]:
    """Format the answers of a revision, in the order of the form; empty ones are left out."""
    answers: dict = revision.answers if revision else {}
    names = drafts.village_names()
    found = [AnswerSection(page["title"]["id"], _rows(page, answers, names)) for page in drafts.form_pages(permohonan)]
    return [section for section in found if section.rows]


def _rows(page: dict, answers: dict, names: dict[str, str]) -> list[tuple[str, str, str]]:
    values = ((field, fields.display(field, answers.get(field["key"]), names)) for field in page["fields"])
    return [(field["label"]["id"], value, field["key"]) for field, value in values if value]


def requirement_names(permohonan: Permohonan) -> dict[str, str]:
    """Return the names of all requirements by key, in the reader's language."""
    requirements = attachments.all_requirements(permohonan)
    return {one["key"]: localized(one["name"]) for one in requirements}
