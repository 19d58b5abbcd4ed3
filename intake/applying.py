"""An application being filled in: begin, show, save a page, keep and remove uploads.

Shared by the public pages and the counter. Submitting is the workflow's; the checks for it stand in
intake/submitting.py.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import peewee as pw

import keys
import office
import storage
import uploads
from intake import applicant, fields
from models import (
    Attachment,
    District,
    Draft,
    DraftFile,
    Edition,
    Office,
    Permohonan,
    Revision,
    StoredFile,
    User,
    Village,
    local,
    now,
    write,
)

FILES_AT_MOST = 20
SENT = "Permohonan ini sudah dikirim, jadi isinya tidak dapat diubah lagi."
DRAFT_LIVES = timedelta(days=30)


class Conflict(Exception):
    """The same draft was saved elsewhere meanwhile; the message says when. Nothing was saved."""


class Closed(Exception):
    """This part may not be changed now; the message says why."""


@dataclass
class Page:
    """One section as it stands: clean answers, what was typed wrongly, and sentences by field name."""

    section: dict
    raw: dict
    errors: dict[str, str] = field(default_factory=dict)
    warnings: dict[str, str] = field(default_factory=dict)
    version: int = 0


@dataclass
class Slot:
    """One requirement with its files, and whether it must be there."""

    requirement: dict
    needed: bool
    files: list[DraftFile]


def villages() -> dict[str, str]:
    """Code → "Pemaron, Buleleng" of every village, in alphabetical order."""
    rows = Village.select(Village, District).join(District).order_by(Village.name, Village.code)
    return {row.code: f"{row.name}, {row.district.name}" for row in rows}


def begin(
    edition: Edition, *, owner: User | None = None, helper: User | None = None, place: Office | None = None
) -> Permohonan:
    """Start an application; a fresh, untouched draft of the same service is taken up again instead of a second one."""
    if found := _untouched(edition, owner, helper, place):
        return found
    with write():
        permohonan = Permohonan.create(
            key=keys.random_name(),
            number=office.new_number(),
            layanan=edition.layanan,
            edition=edition,
            group=edition.body["group"],
            track="counter" if helper else "self_service",
            state="draft",
            **yields(edition.body, {}),
            owner=owner,
            helper=helper,
            office=place,
            lapses_at=now() + DRAFT_LIVES,
        )
        Draft.create(permohonan=permohonan, answers=_known(owner))
    return permohonan


def copy(permohonan: Permohonan, owner: User | None, helper: User | None = None) -> Permohonan:
    """Begin anew from an ended application, with its answers and files, in the service's newest edition (reading 2)."""
    edition = Edition.current().where(Edition.layanan == permohonan.layanan_id).get()
    fresh = begin(edition, owner=owner, helper=helper, place=permohonan.office)
    last = Revision.select().where(Revision.permohonan == permohonan.id).order_by(Revision.number.desc()).first()
    if last is None:
        return fresh
    known = {part["key"] for section in sections(fresh) for part in section["fields"]}
    wanted = {one["key"] for one in [*edition.body["requirements"], applicant.PROXY_LETTER]}
    with write():
        draft = Draft.get(Draft.permohonan == fresh.id)
        answers = {key: value for key, value in last.answers.items() if key in known}
        taken = Draft.update(answers=answers, version=1, saved_at=now()).where(Draft.id == draft.id, Draft.version == 0)
        if taken.execute():
            for row in Attachment.select().where(Attachment.revision == last, Attachment.requirement.in_(wanted)):
                DraftFile.create(draft=draft, requirement=row.requirement, position=row.position, file=row.file)
    return fresh


def yields(body: dict, answers: Mapping) -> dict:
    """Which products the answers call for, as columns of the application; those without a condition always."""
    products = [product for product in body["products"] if fields.shown(product, answers)]
    kinds = {product["kind"] for product in products}
    keys_of = [product["key"] for product in products]
    return {"product_keys": keys_of, "has_pdf": "pdf" in kinds, "has_card": "card" in kinds}


def _known(owner: User | None) -> dict:
    if owner is None:
        return {}
    known = {
        "pemohon_nama": owner.name,
        "pemohon_nik": owner.nik,
        "pemohon_email": owner.email,
        "pemohon_hp": owner.phone,
    }
    return {key: value for key, value in known.items() if value}


def _untouched(edition: Edition, owner: User | None, helper: User | None, place: Office | None) -> Permohonan | None:
    return (
        Permohonan.select()
        .join(Draft)
        .where(
            Permohonan.edition == edition,
            Permohonan.owner == owner,
            Permohonan.helper == helper,
            Permohonan.office == place,
            Permohonan.state == "draft",
            Draft.version == 0,
            ~pw.fn.EXISTS(DraftFile.select().where(DraftFile.draft == Draft.id)),
        )
        .first()
    )


def sections(permohonan: Permohonan) -> list[dict]:
    """The pages to fill in: the applicant, then the service's own."""
    return [applicant.section(permohonan.track), *permohonan.edition.body["sections"]]


def draft_of(permohonan: Permohonan) -> Draft:
    """The draft; raises Closed when nothing can be changed."""
    draft = Draft.get_or_none(Draft.permohonan == permohonan.id)
    if draft is None:
        raise Closed(SENT)
    return draft


def page(permohonan: Permohonan, section_key: str) -> Page:
    """A section with what was given so far."""
    draft, section = draft_of(permohonan), _section(permohonan, section_key)
    return Page(section, draft.answers | draft.typed, version=draft.version)


def _section(permohonan: Permohonan, section_key: str) -> dict:
    for section in sections(permohonan):
        if section["key"] == section_key:
            return section
    raise Closed("Halaman ini tidak ada pada layanan ini.")


def save(permohonan: Permohonan, section_key: str, raw: Mapping, seen_version: int) -> Page:
    """Keep what was typed into one section, right or wrong, and say what is wrong.

    Raises Conflict when the draft was saved elsewhere after `seen_version`: then nothing is kept.
    """
    draft, section = draft_of(permohonan), _section(permohonan, section_key)
    typed = {name: str(value) for name, value in raw.items()}
    if draft.version != seen_version:
        raise Conflict(_conflict(draft.saved_at))
    own = {part["key"] for part in section["fields"]}
    changeable = own if draft.open_keys is None else own & set(draft.open_keys)
    answers = {key: value for key, value in draft.answers.items() if key not in changeable}
    before = {key: value for key, value in (draft.answers | draft.typed).items() if _field_of(key, own - changeable)}
    clean, errors, odd = fields.check_section(section, before | _only(typed, changeable), answers, villages())
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
        raise Conflict(_conflict(draft_of(permohonan).saved_at))
    return Page(section, answers | typed, errors, odd, seen_version + 1)


def _conflict(moment: datetime) -> str:
    return f"Halaman ini sudah diubah di tempat lain pukul {local(moment):%H.%M}. Bandingkan dulu sebelum menyimpan."


def _field_of(name: str, wanted: set[str]) -> bool:
    return name.split("-")[0] in wanted


def _only(typed: dict, wanted: set[str]) -> dict:
    return {name: value for name, value in typed.items() if _field_of(name, wanted)}


def slots(permohonan: Permohonan, answers: Mapping, files: list[DraftFile]) -> list[Slot]:
    """The requirements that the answers call for, each with its files."""
    by_key: dict[str, list[DraftFile]] = {}
    for row in files:
        by_key.setdefault(row.requirement, []).append(row)
    wanted = [*permohonan.edition.body["requirements"], applicant.PROXY_LETTER]
    out = []
    for requirement in wanted:
        if requirement["required"] == "when" and not fields.shown(requirement, answers):
            continue
        group = requirement.get("one_of")
        others = [other["key"] for other in wanted if group and other.get("one_of") == group]
        needed = requirement["required"] != "optional" and not any(by_key.get(key) for key in others)
        out.append(Slot(requirement, needed, by_key.get(requirement["key"], [])))
    return out


def files_of(draft: Draft) -> list[DraftFile]:
    return list(
        DraftFile.select(DraftFile, StoredFile)
        .join(StoredFile)
        .where(DraftFile.draft == draft)
        .order_by(DraftFile.requirement, DraftFile.position)
    )


def may_change(draft: Draft, key: str) -> bool:
    """While a return is being corrected, only what fell short may change."""
    return draft.open_keys is None or key in draft.open_keys


def attach(permohonan: Permohonan, requirement: str, data: bytes, name: str) -> StoredFile:
    """Look into an upload, clean it, keep it. Raises uploads.Refused, storage.Refused or Closed."""
    draft = draft_of(permohonan)
    known = {one["key"]: one for one in [*permohonan.edition.body["requirements"], applicant.PROXY_LETTER]}
    if requirement not in known or not may_change(draft, requirement):
        raise Closed("Dokumen ini sudah baik dan tidak perlu diganti.")
    present = files_of(draft)
    same = [row for row in present if row.requirement == requirement]
    if len(same) >= known[requirement].get("max_files", 5) or len(present) >= FILES_AT_MOST:
        raise uploads.Refused("Jumlah berkas sudah penuh. Hapus satu dulu, atau gabungkan menjadi satu PDF.")
    clean = uploads.clean(data, name)
    stored = storage.keep(
        clean.data,
        kind="upload",
        media_type=clean.media_type,
        name=name,
        original_sha256=clean.original_sha256,
        pages=clean.pages,
        warnings=list(clean.warnings),
    )
    _add(draft, requirement, stored)
    return stored


def _add(draft: Draft, requirement: str, stored: StoredFile) -> None:
    with write():
        if not Draft.update(saved_at=now()).where(Draft.id == draft.id).execute():  # others wait here for their turn
            raise Closed(SENT)
        highest = DraftFile.select(pw.fn.MAX(DraftFile.position)).where(
            DraftFile.draft == draft, DraftFile.requirement == requirement
        )
        stored.save(force_insert=True)
        DraftFile.create(draft=draft, requirement=requirement, position=(highest.scalar() or 0) + 1, file=stored)


def detach(permohonan: Permohonan, file_key: str) -> None:
    """Take a file out of the draft; files of earlier revisions stay where they were submitted."""
    draft = draft_of(permohonan)
    row = DraftFile.select().join(StoredFile).where(DraftFile.draft == draft, StoredFile.key == file_key).first()
    if row and may_change(draft, row.requirement):
        DraftFile.delete().where(DraftFile.id == row.id).execute()
