"""Saves the answers of one page into the draft, valid or not, with optimistic locking; it shows no page.

Autosave and the button save the same way.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Self

from flask_babel import gettext as _

from catalogue import derived_answers, fields
from intake import answer_validation, drafts
from lib.database import local, now
from lib.i18n import format_time
from models import Draft, Permohonan

MAX_TRIES = 5  # when another page of the same draft is saved at the same moment


class SaveConflict(Exception):
    """The same page was saved from another tab or device meanwhile; the message says when. Nothing was saved."""


@dataclass
class PageState:
    """The state of a page: raw answers as typed or saved, and errors and warnings by the name of the control."""

    section: dict
    raw: dict
    errors: dict[str, str] = field(default_factory=dict)
    warnings: dict[str, str] = field(default_factory=dict)
    version: int = 0
    proposed: tuple[str, ...] = ()  # keys of its empty fields that were filled from a NIK or from who applies


@dataclass(frozen=True)
class LastSave:
    """The last save of a page, for detecting conflicts."""

    version: int = 0  # of the draft, that it made
    writer: str = ""  # the tab
    turn: int = 0  # the tab's own count of saves
    at: str = ""  # ISO text, UTC

    @classmethod
    def of(cls, draft: Draft, page_key: str) -> Self:
        return cls(*draft.saves.get(page_key, ()))

    def conflict_sentence(self) -> str:
        """Return the message for another tab that saves the same page."""
        at = format_time(local(datetime.fromisoformat(self.at) if self.at else now()))
        return _("Halaman ini sudah diubah di tempat lain pukul %(time)s. Bandingkan dulu sebelum menyimpan.", time=at)


def load_page(permohonan: Permohonan, section_key: str) -> PageState:
    """Load a page with the answers given so far."""
    draft, section = drafts.get_draft(permohonan), _find_page(permohonan, section_key)
    return PageState(section, draft.answers | draft.typed, version=draft.version)


def _find_page(permohonan: Permohonan, section_key: str) -> dict:
    for section in drafts.form_pages(permohonan):
        if section["key"] == section_key:
            return section
    raise drafts.DraftNotEditable(_("Halaman ini tidak ada pada layanan ini."))


def save_page(
    permohonan: Permohonan,
    section_key: str,
    raw: Mapping,
    seen_version: int,
    writer: str = "",
    turn: int = 0,
    keys: Collection[str] | None = None,
) -> PageState:
    """Save the answers of one page, valid or not; returns the page with its errors and warnings.

    Raises SaveConflict if another `writer` (tab) saved the page after `seen_version`: then nothing is saved. A request
    of the same tab that arrives after a later one (by `turn`) is ignored. A page that shows only some of its fields
    names them in `keys`; the others stay as they are.
    """
    for _try in range(MAX_TRIES):
        draft, section = drafts.get_draft(permohonan), _find_page(permohonan, section_key)
        last = LastSave.of(draft, section_key)
        if not (writer and writer == last.writer) and last.version > seen_version:
            raise SaveConflict(last.conflict_sentence())
        state, columns = _validate(permohonan, draft, section, {name: str(value) for name, value in raw.items()}, keys)
        _follow(drafts.form_fields(permohonan), draft, state, columns)
        if writer and writer == last.writer and turn < last.turn:
            state.version = draft.version
            return state
        state.version, moment = draft.version + 1, now()
        saves = draft.saves | {section_key: [state.version, writer, turn, moment.isoformat()]}
        columns |= {"version": state.version, "saves": saves, "saved_at": moment, "page": section_key}
        columns["filling_seconds"] = drafts.filling_seconds(draft, moment)
        if Draft.update(**columns).where(Draft.id == draft.id, Draft.version == draft.version).execute():
            return state
    raise SaveConflict(LastSave.of(drafts.get_draft(permohonan), section_key).conflict_sentence())


def fill_empty_fields(permohonan: Permohonan, values: Mapping) -> None:
    """Write clean answers, and what follows from them, into fields that are still empty; their pages count as saved."""
    pages = drafts.form_pages(permohonan)
    filled = [page["key"] for page in pages if any(field["key"] in values for field in page["fields"])]
    for _try in range(MAX_TRIES):
        draft, moment = drafts.get_draft(permohonan), now()
        stamp = [draft.version + 1, "", 0, moment.isoformat()]
        typed = {name: value for name, value in draft.typed.items() if name.split("-")[0] not in values}
        columns: dict = {"answers": {**values, **draft.answers}, "typed": typed}
        _follow([field for page in pages for field in page["fields"]], draft, PageState({"fields": []}, {}), columns)
        columns |= {"version": stamp[0], "saves": draft.saves | dict.fromkeys(filled, stamp), "saved_at": moment}
        as_read = (Draft.id == draft.id) & (Draft.version == draft.version)
        if not values or Draft.update(**columns).where(as_read).execute():
            return


def _validate(
    permohonan: Permohonan, draft: Draft, section: dict, typed: dict, keys: Collection[str] | None
) -> tuple[PageState, dict]:
    """Validate what was typed: the page with its errors and warnings, and the new columns of the draft."""
    own = {part["key"] for part in section["fields"]}
    changeable = own if draft.open_keys is None else own & set(draft.open_keys)
    changeable = changeable if keys is None else changeable & set(keys)
    answers = {key: value for key, value in draft.answers.items() if key not in changeable}
    before = only_fields({**draft.answers, **draft.typed}, own - changeable)
    raw = before | only_fields(typed, changeable)
    clean, errors, warnings = fields.validate_section(section, raw, answers, drafts.village_names())
    invalid = {name.split("-")[0] for name in errors} & changeable
    answers |= {key: value for key, value in clean.items() if key in changeable}
    unchanged = {name: value for name, value in draft.typed.items() if name.split("-")[0] not in changeable}
    columns = {"answers": answers, "typed": unchanged | only_fields(typed, invalid)}
    against, doubts = answer_validation.contradictions_on_page(permohonan, draft, section, raw, answers)
    return PageState(section, answers | typed, against | errors, doubts | warnings), columns


def _follow(every: list[dict], draft: Draft, state: PageState, columns: dict) -> None:
    """Add the answers that follow from the new ones; what somebody typed stays, and so does what may not change."""
    posted = {field["key"] for field in state.section["fields"]}
    kept = {name.split("-")[0] for name, value in columns["typed"].items() if value.strip()}
    if draft.open_keys is not None:
        kept |= {field["key"] for field in every} - set(draft.open_keys)
    found = derived_answers.follow(every, draft.answers, columns["answers"], posted, kept)
    columns["answers"] = {key: value for key, value in (columns["answers"] | found).items() if value != ""}
    columns["typed"] = {name: value for name, value in columns["typed"].items() if name.split("-")[0] not in found}
    state.proposed = tuple(key for key in found if key in posted)
    state.raw = {name: value for name, value in state.raw.items() if name.split("-")[0] not in found} | found
    state.errors = {name: text for name, text in state.errors.items() if name not in found}


def only_fields(typed: Mapping, keys: set[str]) -> dict:
    """Return the raw answers that belong to the fields with these keys."""
    return {name: value for name, value in typed.items() if name.split("-")[0] in keys}


def remember_page(draft: Draft, page_key: str) -> None:
    """Store the page that was opened last, where the applicant resumes."""
    if draft.page != page_key:
        Draft.update(page=page_key).where(Draft.id == draft.id).execute()
