"""Keeping what was typed into a page, right or wrong, without losing what was typed elsewhere; it shows no page."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from flask_babel import gettext as _

from intake import applying, fields
from language import clock_time
from lib.database import local, now
from models import Draft, Permohonan

TRIES = 5  # where another page of the same draft is saved in the same moment


class Conflict(Exception):
    """The same page was saved elsewhere meanwhile; the message says when. Nothing was saved."""


@dataclass
class Page:
    """One page as it stands: what was typed or saved, and sentences by field name."""

    section: dict
    raw: dict
    errors: dict[str, str] = field(default_factory=dict)
    warnings: dict[str, str] = field(default_factory=dict)
    version: int = 0


@dataclass(frozen=True)
class Saved:
    """The last saving of one page: the version it made, by which tab, that one's how-manieth, and when."""

    version: int = 0
    writer: str = ""
    turn: int = 0
    at: str = ""

    @classmethod
    def of(cls, draft: Draft, page_key: str) -> "Saved":
        return cls(*draft.saves.get(page_key, ()))

    def told(self) -> str:
        """The sentence for whoever saves the same page from elsewhere."""
        moment = datetime.fromisoformat(self.at) if self.at else now()
        return _(
            "Halaman ini sudah diubah di tempat lain pukul %(time)s. Bandingkan dulu sebelum menyimpan.",
            time=clock_time(local(moment)),
        )


def page(permohonan: Permohonan, section_key: str) -> Page:
    """A page with what was given so far."""
    draft, section = applying.draft_of(permohonan), _section(permohonan, section_key)
    return Page(section, draft.answers | draft.typed, version=draft.version)


def _section(permohonan: Permohonan, section_key: str) -> dict:
    for section in applying.sections(permohonan):
        if section["key"] == section_key:
            return section
    raise applying.Closed(_("Halaman ini tidak ada pada layanan ini."))


def save(
    permohonan: Permohonan,
    section_key: str,
    raw: Mapping,
    seen_version: int,
    writer: str = "",
    turn: int = 0,
    keys: Collection[str] | None = None,
) -> Page:
    """Keep what was typed into one page, right or wrong, and say what is wrong.

    Raises Conflict when the page was saved after `seen_version` by any other `writer` (a tab): then nothing is kept.
    What a tab sent before its last saving (`turn`), and arrives after it, changes nothing. A page that did not show
    all of its fields names those that it did (`keys`); the others stay as they are.
    """
    for _try in range(TRIES):
        draft, section = applying.draft_of(permohonan), _section(permohonan, section_key)
        last = Saved.of(draft, section_key)
        if not (writer and writer == last.writer) and last.version > seen_version:
            raise Conflict(last.told())
        found, columns = _checked(draft, section, {name: str(value) for name, value in raw.items()}, keys)
        if writer and writer == last.writer and turn < last.turn:
            found.version = draft.version
            return found
        found.version, moment = draft.version + 1, now()
        saves = draft.saves | {section_key: [found.version, writer, turn, moment.isoformat()]}
        columns |= {"version": found.version, "saves": saves, "saved_at": moment, "page": section_key}
        if Draft.update(**columns).where(Draft.id == draft.id, Draft.version == draft.version).execute():
            return found
    raise Conflict(Saved.of(applying.draft_of(permohonan), section_key).told())


def fill_in(permohonan: Permohonan, page_key: str, values: Mapping) -> None:
    """Put clean answers into fields that are still empty."""
    for _try in range(TRIES):
        draft, moment = applying.draft_of(permohonan), now()
        saves = draft.saves | {page_key: [draft.version + 1, "", 0, moment.isoformat()]}
        typed = {name: value for name, value in draft.typed.items() if name.split("-")[0] not in values}
        columns = {"answers": {**values, **draft.answers}, "version": draft.version + 1, "saves": saves}
        columns |= {"typed": typed}  # a required field that was sent empty
        here = (Draft.id == draft.id) & (Draft.version == draft.version)
        if not values or Draft.update(**columns, saved_at=moment).where(here).execute():
            return


def _checked(draft: Draft, section: dict, typed: dict[str, str], keys: Collection[str] | None) -> tuple[Page, dict]:
    """The page with its errors and warnings, and what the draft holds afterwards."""
    own = {part["key"] for part in section["fields"]}
    changeable = own if draft.open_keys is None else own & set(draft.open_keys)
    changeable = changeable if keys is None else changeable & set(keys)
    answers = {key: value for key, value in draft.answers.items() if key not in changeable}
    before = only({**draft.answers, **draft.typed}, own - changeable)
    clean, errors, odd = fields.check_section(section, before | only(typed, changeable), answers, applying.villages())
    wrong = {name.split("-")[0] for name in errors} & changeable
    answers |= {key: value for key, value in clean.items() if key in changeable}
    kept = {name: value for name, value in draft.typed.items() if name.split("-")[0] not in changeable}
    return Page(section, answers | typed, errors, odd), {"answers": answers, "typed": kept | only(typed, wrong)}


def only(typed: Mapping, wanted: set[str]) -> dict:
    """The part of what was typed that belongs to these fields."""
    return {name: value for name, value in typed.items() if name.split("-")[0] in wanted}


def remember(draft: Draft, page_key: str) -> None:
    """Note on which page somebody is, so that they come back to it."""
    if draft.page != page_key:
        Draft.update(page=page_key).where(Draft.id == draft.id).execute()
