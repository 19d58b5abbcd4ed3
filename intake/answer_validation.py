"""Validation of an application's answers: each by itself, and held against each other. It saves nothing."""

from collections.abc import Collection, Iterable, Iterator, Mapping

from catalogue import contradictions, fields, persons
from catalogue.conditions import SUBMITTED_ON
from catalogue.contradictions import Contradiction
from catalogue.fields import Sentences
from catalogue.nik import today
from intake import drafts
from models import Draft, Permohonan, Revision


def validate_draft(permohonan: Permohonan, draft: Draft, villages: Mapping) -> tuple[dict, Sentences]:
    """Validate all answers, as at submission: (clean answers and the day that counts as today, errors)."""
    answers: dict = {SUBMITTED_ON: draft.answers.get(SUBMITTED_ON) or today().isoformat()}
    errors: Sentences = {}
    pages = drafts.form_pages(permohonan)
    for page in pages:
        clean, page_errors, _warnings = fields.validate_section(page, draft.answers | draft.typed, answers, villages)
        answers |= clean
        errors |= page_errors
    found = _find(permohonan, draft, answers, _awaited(pages, answers, only_required=True))
    return answers, _by_control((one for one in found if one.refused), draft) | errors


def validate_page(
    permohonan: Permohonan, draft: Draft, page: dict, raw: Mapping, villages: Mapping | None = None
) -> tuple[dict, Sentences, Sentences]:
    """Validate the answers of one page beside those of the others: (clean answers, errors, warnings)."""
    clean, errors, warnings = fields.validate_section(page, raw, draft.answers, villages)
    own = {field["key"] for field in page["fields"]}
    others = {key: value for key, value in draft.answers.items() if key not in own}
    against, doubts = contradictions_on_page(permohonan, draft, page, raw, others | clean)
    return clean, against | errors, doubts | warnings


def contradictions_on_page(
    permohonan: Permohonan, draft: Draft, page: dict, raw: Mapping, answers: Mapping
) -> tuple[Sentences, Sentences]:
    """Return the contradictions that stand on a page as (errors, warnings), once all answers that they name are there.

    Rows of groups are named as they are numbered on the page.
    """
    pages = drafts.form_pages(permohonan)
    given = fields.without_hidden({"sections": pages}, answers)
    after = [one["key"] for one in pages].index(page["key"]) + 1
    awaited = _awaited(pages[:after], given, only_required=True) | _awaited(pages[after:], given)
    numbers = {one["key"]: fields.group_rows(one, raw)[1] for one in page["fields"] if one["type"] == "group"}
    found = list(_find(permohonan, draft, given, awaited))
    sorted_out = (
        _by_control((one for one in found if one.refused is refused), draft, numbers) for refused in (True, False)
    )
    own = {field["key"] for field in page["fields"]}
    errors, warnings = ({name: text for name, text in some.items() if _field_of(name) in own} for some in sorted_out)
    return errors, warnings


def answer_warnings(permohonan: Permohonan, answers: Mapping) -> Sentences:
    """Return the warnings that stand about submitted answers, by the keys of their fields."""
    against = {_field_of(one.control): one.sentence for one in _all(permohonan, answers) if not one.refused}
    asked = [field for field in drafts.form_fields(permohonan) if field["key"] in answers]
    return against | fields.collect_warnings(asked, dict(answers), answers, "")


def _find(permohonan: Permohonan, draft: Draft, answers: Mapping, awaited: Collection[str]) -> Iterator[Contradiction]:
    """Yield the contradictions of the answers; what was accepted at the submission doesn't block a correction."""
    own = Revision.permohonan == permohonan.id
    last = (
        Revision.select().where(own).order_by(Revision.number.desc()).first() if draft.open_keys is not None else None
    )
    accepted = set(_all(permohonan, last.answers)) if last else set()
    yield from (one for one in _all(permohonan, answers, awaited) if one not in accepted)


def _all(permohonan: Permohonan, answers: Mapping, awaited: Collection[str] = ()) -> Iterator[Contradiction]:
    yield from contradictions.find_contradictions(permohonan.edition.body, answers, awaited)
    yield from persons.find_contradictions(drafts.form_fields(permohonan), answers)


def _awaited(pages: Iterable[dict], answers: Mapping, only_required: bool = False) -> set[str]:
    """Return the keys of the questions that are asked and not yet answered."""
    asked = (field for page in pages for field in page["fields"] if field["key"] not in answers)
    wanted = (field for field in asked if field.get("required") or not only_required)
    return {field["key"] for field in wanted if fields.is_shown(field, answers)}


def _by_control(
    found: Iterable[Contradiction], draft: Draft, numbers: Mapping[str, list[str]] | None = None
) -> Sentences:
    """Return the sentences by control; in a correction beside an answer that may change, if there is one."""
    sentences: Sentences = {}
    for one in found:
        key, _dash, rest = one.control.partition("-")
        position, _dash, item = rest.partition("-")
        rows, control = (numbers or {}).get(key, []), one.control
        if draft.open_keys is not None and key not in draft.open_keys:
            control = next((other for other in one.keys if other in draft.open_keys), control)
        elif item and int(position) < len(rows):
            control = f"{key}-{rows[int(position)]}-{item}"
        sentences.setdefault(control, one.sentence)
    return sentences


def _field_of(control: str) -> str:
    return control.partition("-")[0]
