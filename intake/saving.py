"""Keeping what was typed into a page, right or wrong, without losing what was typed elsewhere; it shows no page."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from intake import applying, fields
from models import Draft, Permohonan, local, now


class Conflict(Exception):
    """The same draft was saved elsewhere meanwhile; the message says when. Nothing was saved."""


@dataclass
class Page:
    """One section as it stands: clean answers, what was typed wrongly, and sentences by field name."""

    section: dict
    raw: dict
    errors: dict[str, str] = field(default_factory=dict)
    warnings: dict[str, str] = field(default_factory=dict)
    version: int = 0


def page(permohonan: Permohonan, section_key: str) -> Page:
    """A section with what was given so far."""
    draft, section = applying.draft_of(permohonan), _section(permohonan, section_key)
    return Page(section, draft.answers | draft.typed, version=draft.version)


def _section(permohonan: Permohonan, section_key: str) -> dict:
    for section in applying.sections(permohonan):
        if section["key"] == section_key:
            return section
    raise applying.Closed("Halaman ini tidak ada pada layanan ini.")


def save(permohonan: Permohonan, section_key: str, raw: Mapping, seen_version: int) -> Page:
    """Keep what was typed into one section, right or wrong, and say what is wrong.

    Raises Conflict when the draft was saved elsewhere after `seen_version`: then nothing is kept.
    """
    draft, section = applying.draft_of(permohonan), _section(permohonan, section_key)
    typed = {name: str(value) for name, value in raw.items()}
    if draft.version != seen_version:
        raise Conflict(_conflict(draft.saved_at))
    own = {part["key"] for part in section["fields"]}
    changeable = own if draft.open_keys is None else own & set(draft.open_keys)
    answers = {key: value for key, value in draft.answers.items() if key not in changeable}
    before = {key: value for key, value in (draft.answers | draft.typed).items() if _field_of(key, own - changeable)}
    clean, errors, odd = fields.check_section(section, before | _only(typed, changeable), answers, applying.villages())
    wrong = {name.split("-")[0] for name in errors} & changeable
    answers |= {key: value for key, value in clean.items() if key in changeable}
    kept = {name: value for name, value in draft.typed.items() if not _field_of(name, changeable)}
    saved = (
        Draft.update(
            answers=answers,
            typed=kept | _only(typed, wrong),
            saved_at=now(),
            version=Draft.version + 1,
        )
        .where(Draft.id == draft.id, Draft.version == seen_version)
        .execute()
    )
    if not saved:
        raise Conflict(_conflict(applying.draft_of(permohonan).saved_at))
    return Page(section, answers | typed, errors, odd, seen_version + 1)


def _conflict(moment: datetime) -> str:
    return f"Halaman ini sudah diubah di tempat lain pukul {local(moment):%H.%M}. Bandingkan dulu sebelum menyimpan."


def _field_of(name: str, wanted: set[str]) -> bool:
    return name.split("-")[0] in wanted


def _only(typed: dict, wanted: set[str]) -> dict:
    return {name: value for name, value in typed.items() if _field_of(name, wanted)}
