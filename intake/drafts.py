"""Drafts of applications: creates them and reads their form; shared by the public pages and the counter.

It saves no answer, attaches no file and submits nothing: other modules of this room do.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from types import MappingProxyType

import peewee as pw
from flask_babel import lazy_gettext as _l

import office
from catalogue import definition_parts, fields, page_layout
from lib import encryption
from lib.database import advisory_lock, now, transaction
from models import District, Draft, DraftFile, Edition, Office, Permohonan, User, Village

ALREADY_SUBMITTED = _l("Permohonan ini sudah dikirim, jadi isinya tidak dapat diubah lagi.")
DRAFT_LIFETIME = timedelta(days=30)
PAUSE = timedelta(minutes=10)  # without anything saved: nobody is filling in


class DraftNotEditable(Exception):
    """The draft, or this part of it, may not be changed now; the message says why."""


def village_names() -> dict[str, str]:
    """Return the names of all villages by code ("Pemaron, Buleleng"), in alphabetical order."""
    rows = Village.select(Village.code, Village.name, District.name).join(District)
    return {code: f"{name}, {district}" for code, name, district in rows.order_by(Village.name, Village.code).tuples()}


def create_application(
    edition: Edition,
    *,
    owner: User | None = None,
    helper: User | None = None,
    place: Office | None = None,
    known: Mapping = MappingProxyType({}),
) -> Permohonan:
    """Create an application with its draft, or return the person's untouched one of the same service.

    `known` are answers to begin with. An advisory lock makes it idempotent: a double click creates one application.
    """
    answers = {**_account_answers(owner), **known}
    with transaction():
        advisory_lock(f"begin {edition.id} {owner and owner.id} {helper and helper.id}")
        if found := _find_untouched(edition, owner, helper, place, answers):
            return found
        people = {"owner": owner, "helper": helper, "office": place}
        permohonan = Permohonan.create(
            key=encryption.random_token(), number=office.new_number(), layanan=edition.layanan, edition=edition,
            group=edition.body["group"], track="counter" if helper else "self_service", state="draft",
            lapses_at=now() + DRAFT_LIFETIME, **product_columns(edition.body, {}), **people,
        )  # fmt: skip
        Draft.create(permohonan=permohonan, answers=answers)
    return permohonan


def filling_seconds(draft: Draft, moment: datetime) -> int:
    """Return the seconds spent on a draft until `moment`, those since its last save among them unless it is a pause."""
    gap = moment - draft.saved_at
    return draft.filling_seconds + (int(gap.total_seconds()) if timedelta(0) < gap < PAUSE else 0)


def product_columns(body: dict, answers: Mapping) -> dict:
    """Return the columns of the application that list its products: those whose condition the answers meet."""
    products = [product for product in body["products"] if fields.is_shown(product, answers)]
    kinds = {product["kind"] for product in products}
    keys_of = [product["key"] for product in products]
    return {"product_keys": keys_of, "has_pdf": "pdf" in kinds, "has_card": "card" in kinds}


def _account_answers(owner: User | None) -> dict:
    if owner is None:
        return {}
    answers = {"pemohon_nama": owner.name, "pemohon_nik": owner.nik}
    answers |= {"pemohon_email": owner.email, "pemohon_hp": owner.phone}
    return {key: value for key, value in answers.items() if value}


def _find_untouched(
    edition: Edition, owner: User | None, helper: User | None, place: Office | None, answers: Mapping
) -> Permohonan | None:
    people = (Permohonan.owner == owner) & (Permohonan.helper == helper) & (Permohonan.office == place)
    untouched = (Permohonan.state == "draft") & (Draft.version == 0) & (Draft.answers == answers)
    files = DraftFile.select().where(DraftFile.draft == Draft.id)
    query = Permohonan.select().join(Draft).where(Permohonan.edition == edition, people, untouched)
    return query.where(~pw.fn.EXISTS(files)).first()


def form_pages(permohonan: Permohonan) -> list[dict]:
    """Return the pages of the application's form: the applicant section and the service's own, on few pages."""
    return page_layout.form_pages(permohonan.track, permohonan.edition.body)


def form_fields(permohonan: Permohonan) -> list[dict]:
    """Return all fields of the application's form, those of the applicant section among them."""
    return [field for page in form_pages(permohonan) for field in page["fields"]]


def subject_key(permohonan: Permohonan, meaning: str) -> str:
    """Return the key of the field with the name, NIK, … of the person whom the service is about; "" if it has none."""
    own = definition_parts.all_fields(permohonan.edition.body)
    return next((field["key"] for field in own if field.get("subject") == meaning), "")


def get_draft(permohonan: Permohonan) -> Draft:
    """Return the application's draft, or raise DraftNotEditable once it was submitted."""
    draft = Draft.get_or_none(Draft.permohonan == permohonan.id)
    if draft is None:
        raise DraftNotEditable(ALREADY_SUBMITTED)
    return draft
