"""An application that is being filled in: begun, copied, and what its draft holds; it keeps no answer and no file.

Shared by the public pages and the counter. Answers are kept by intake/saving.py, files by intake/attaching.py;
submitting is the workflow's, with its checks in intake/submitting.py.
"""

from collections.abc import Mapping
from datetime import timedelta
from types import MappingProxyType

import peewee as pw
from flask_babel import lazy_gettext as _l

import applicant
import keys
import office
from intake import fields, pages
from lib.database import advisory_lock, now, transaction
from models import District, Draft, DraftFile, Edition, Office, Permohonan, User, Village

SENT = _l("Permohonan ini sudah dikirim, jadi isinya tidak dapat diubah lagi.")
DRAFT_LIVES = timedelta(days=30)


class Closed(Exception):
    """This part may not be changed now; the message says why."""


def villages() -> dict[str, str]:
    """Code → "Pemaron, Buleleng" of every village, in alphabetical order."""
    rows = Village.select(Village.code, Village.name, District.name).join(District)
    return {code: f"{name}, {district}" for code, name, district in rows.order_by(Village.name, Village.code).tuples()}


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
    with transaction():
        advisory_lock(f"begin {edition.id} {owner and owner.id} {helper and helper.id}")
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
