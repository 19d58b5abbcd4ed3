"""Display of answers and requirements, for staff screens and printouts; it asks for no answer."""

from dataclasses import dataclass

from catalogue import fields
from intake import attachments, drafts, submission
from lib.i18n import localized
from models import Permohonan, Revision

MADE_FOR_IT = ("formulir", "pas_foto")  # requirements that are no papers to show: made for the application


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


def original_names(permohonan: Permohonan) -> list[str]:
    """Return the names of the papers that were uploaded, whose originals are shown at the pickup."""
    revision = submission.last_revision(permohonan)
    names = requirement_names(permohonan)
    keys = dict.fromkeys(row.requirement for row in submission.revision_attachments(revision)) if revision else {}
    return [names[key] for key in keys if key in names and key not in MADE_FOR_IT]
