"""An application that is being filled in: begun, copied, and what its draft holds; it keeps no answer and no file.

Shared by the public pages and the counter. Answers are kept by intake/saving.py, files by intake/attaching.py;
submitting is the workflow's, with its checks in intake/submitting.py.
"""

from collections.abc import Mapping
from datetime import timedelta
from types import MappingProxyType

import peewee as pw
from flask_babel import lazy_gettext as _l

import keys
import office
from intake import applicant, fields, pages
from models import (
    Attachment,
    District,
    Draft,
    DraftFile,
    Edition,
    Office,
    Permohonan,
    Revision,
    User,
    Village,
    now,
    one_at_a_time,
    write,
)

SENT = _l("Permohonan ini sudah dikirim, jadi isinya tidak dapat diubah lagi.")
DRAFT_LIVES = timedelta(days=30)


class Closed(Exception):
    """This part may not be changed now; the message says why."""


def villages() -> dict[str, str]:
    """Code → "Pemaron, Buleleng" of every village, in alphabetical order."""
    rows = Village.select(Village, District).join(District).order_by(Village.name, Village.code)
    return {row.code: f"{row.name}, {row.district.name}" for row in rows}


def begin(
    edition: Edition,
    *,
    owner: User | None = None,
    helper: User | None = None,
    place: Office | None = None,
    known: Mapping = MappingProxyType({}),
) -> Permohonan:
    """Start an application in which `known` is answered; a fresh, untouched one of the same service is taken up again.

    Pressed twice in one moment, it is one application.
    """
    answers = {**_known(owner), **known}
    with write():
        one_at_a_time(f"begin {edition.id} {owner and owner.id} {helper and helper.id}")
        if found := _untouched(edition, owner, helper, place, answers):
            return found
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
        Draft.create(permohonan=permohonan, answers=answers)
    return permohonan


def copy(permohonan: Permohonan, owner: User | None, helper: User | None = None) -> Permohonan:
    """Begin anew from an ended application, with its answers and files, in the service's newest edition (reading 2)."""
    edition = Edition.current().where(Edition.layanan == permohonan.layanan_id).get()
    fresh = begin(edition, owner=owner, helper=helper, place=permohonan.office)
    last = Revision.select().where(Revision.permohonan == permohonan.id).order_by(Revision.number.desc()).first()
    if last is None:
        return fresh
    known = {key for key, *_ in _asked(permohonan) & _asked(fresh)}
    wanted = {one["key"] for one in [*edition.body["requirements"], applicant.PROXY_LETTER]}
    with write():
        draft = Draft.get(Draft.permohonan == fresh.id)
        answers = {key: value for key, value in last.answers.items() if key in known}
        taken = Draft.update(answers=answers, version=1, saved_at=now()).where(Draft.id == draft.id, Draft.version == 0)
        if taken.execute():
            for row in Attachment.select().where(Attachment.revision == last, Attachment.requirement.in_(wanted)):
                DraftFile.create(
                    draft=draft,
                    requirement=row.requirement,
                    position=row.position,
                    file=row.file,
                    overruled=row.overruled,
                )
    return fresh


def _asked(permohonan: Permohonan) -> set[tuple]:
    """What an answer must have in common with a question to be taken over: key, type, and the types inside a group."""
    parts = [part for section in sections(permohonan) for part in section["fields"]]
    inside = {part["key"]: tuple((one["key"], one["type"]) for one in part.get("item") or ()) for part in parts}
    return {(part["key"], part["type"], inside[part["key"]]) for part in parts}


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


def _untouched(
    edition: Edition, owner: User | None, helper: User | None, place: Office | None, answers: Mapping
) -> Permohonan | None:
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
            Draft.answers == answers,
            ~pw.fn.EXISTS(DraftFile.select().where(DraftFile.draft == Draft.id)),
        )
        .first()
    )


def sections(permohonan: Permohonan) -> list[dict]:
    """The pages to fill in: the applicant and the service's own sections, on few pages (intake/pages.py)."""
    return pages.laid([applicant.section(permohonan.track), *permohonan.edition.body["sections"]])


def draft_of(permohonan: Permohonan) -> Draft:
    """The draft; raises Closed when nothing can be changed."""
    draft = Draft.get_or_none(Draft.permohonan == permohonan.id)
    if draft is None:
        raise Closed(SENT)
    return draft
