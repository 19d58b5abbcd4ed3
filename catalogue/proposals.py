"""Proposals: unpublished changes of a service's definition, and publishing them as its next edition.

Optimistic locking: each save names the version that it is based on, so nobody overwrites a colleague's change.
Applicants see published editions only; an application keeps the edition with which it was created.
"""

import copy
from collections.abc import Mapping

import peewee as pw

from catalogue import definition, definition_parts, validation
from catalogue.closed_services import MAX_NOTE
from lib.database import local, now, transaction
from models import Edition, Layanan, User


class ProposalConflict(Exception):
    """Somebody else changed or published the proposal meanwhile; the message says who and when. Nothing was saved."""


class ProposalRefused(Exception):
    """The proposal can't be created or published; the message says why."""


def newest_edition(layanan: Layanan) -> Edition | None:
    """Return the service's current edition; None before the first was published."""
    return Edition.select().where(Edition.layanan == layanan.id).order_by(Edition.number.desc()).first()


def other_services(layanan: Layanan) -> dict[str, dict]:
    """Return the current definitions of all other services by their codes, the closed ones too."""
    others = Edition.select(Edition, Layanan).join(Layanan).where(Edition.layanan != layanan.id)
    return {one.layanan.code: one.body for one in others.order_by(Edition.number)}


def proposal_body(layanan: Layanan, edition: Edition | None = None) -> dict:
    """Return a copy of the proposed definition, or of the newest edition's where nothing is proposed."""
    if layanan.proposal:
        return copy.deepcopy(layanan.proposal)
    edition = edition or newest_edition(layanan)
    return copy.deepcopy(edition.body) if edition else {}


def create_service(code: str, body: dict, by: User) -> Layanan:
    """Create a service with its first proposal, last in the office's order; raises ProposalRefused for a known code."""
    last = Layanan.select(pw.fn.MAX(Layanan.position)).scalar()
    columns = {"proposal": body | {"code": code}, "version": 1, "changed_at": now(), "changed_by": by}
    try:
        with transaction():
            return Layanan.create(code=code, position=(last or 0) + 1, **columns)
    except pw.IntegrityError:
        raise ProposalRefused(f"Kode {code} sudah dipakai layanan lain.") from None


def save(layanan: Layanan, body: dict | None, seen: int, by: User) -> None:
    """Save a proposal based on version `seen`; None discards it. Raises ProposalConflict if it is not the latest."""
    with transaction():
        _compare_and_swap(layanan, body, seen, by)


def discard(layanan: Layanan, seen: int, by: User) -> None:
    """Discard the proposal at version `seen`; a service that was never published is deleted with it."""
    with transaction():
        _compare_and_swap(layanan, None, seen, by)
        if not Edition.select().where(Edition.layanan == layanan.id).exists():
            Layanan.delete().where(Layanan.id == layanan.id).execute()


def _compare_and_swap(layanan: Layanan, body: dict | None, seen: int, by: User) -> None:
    columns = {"proposal": body, "version": Layanan.version + 1, "changed_at": now(), "changed_by": by}
    as_seen = (Layanan.id == layanan.id) & (Layanan.version == seen)
    if not Layanan.update(**columns).where(as_seen).execute():
        raise conflict_error(Layanan.get_by_id(layanan.id))


def conflict_error(layanan: Layanan) -> ProposalConflict:
    """Return the exception that says who changed the proposal, and when."""
    who = layanan.changed_by.name if layanan.changed_by else "orang lain"
    when = f" pukul {local(layanan.changed_at):%H.%M}" if layanan.changed_at else ""
    what = "mengubah usulan layanan ini" if layanan.proposal is not None else "menerbitkan atau membuang usulan ini"
    return ProposalConflict(f"{who} {what}{when}, sesudah Anda membuka halaman ini.")


def publish(layanan: Layanan, seen: int, number: int, by: User) -> Edition:
    """Publish the proposal at version `seen` as the edition after `number`.

    Raises InvalidDefinition if it isn't valid, ProposalRefused if it changes nothing, ProposalConflict if somebody
    else was first.
    """
    if layanan.version != seen:
        raise conflict_error(layanan)
    before = newest_edition(layanan)
    if layanan.proposal is None or (before and before.body == layanan.proposal):
        raise ProposalRefused("Usulan ini sama dengan edisi yang berlaku, jadi tidak ada yang perlu diterbitkan.")
    body = definition.validate_definition(layanan.proposal)
    if wrong := validation.find_link_problems(body, other_services(layanan)):
        raise ProposalRefused(wrong[0].sentence)
    if before and before.number != number:
        late = f"Edisi {before.number} sudah terbit sesudah Anda membuka halaman ini. Lihat lagi perbedaannya."
        raise ProposalConflict(late)
    try:
        with transaction():
            _compare_and_swap(layanan, None, seen, by)
            return Edition.create(layanan=layanan, number=number + 1, body=body, published_by=by)
    except pw.IntegrityError:  # `flask init` loaded the seed at the same moment
        raise ProposalConflict("Edisi lain terbit pada saat yang sama. Lihat lagi perbedaannya.") from None


def move_service(layanan: Layanan, by: int) -> None:
    """Move a service up or down in the office's order; the others keep theirs."""
    with transaction():
        rows = list(Layanan.select().order_by(Layanan.position, Layanan.code, Layanan.id))
        here = next(index for index, row in enumerate(rows) if row.id == layanan.id)
        rows.insert(min(max(here + by, 0), len(rows) - 1), rows.pop(here))
        for index, row in enumerate(rows):
            if row.position != index:
                Layanan.update(position=index).where(Layanan.id == row.id).execute()


def set_active(layanan: Layanan, active: bool, closing: dict | None = None) -> None:
    """Open or close a service for new applications; those under way continue. `closing` is what a closed one says."""
    changes = {"active": active} | ({} if closing is None else {"closing": closing})
    Layanan.update(changes).where(Layanan.id == layanan.id).execute()


def closing_from(layanan: Layanan, form: Mapping) -> dict:
    """Read from a posted form what the page of a closed service says; raises ProposalRefused, saying what is wrong."""
    note = {tongue: form.get(f"note-{tongue}", "").strip() for tongue in ("id", "en")}
    instead = form.get("instead", "")
    if max(map(len, note.values())) > MAX_NOTE:
        raise ProposalRefused(f"Keterangannya terlalu panjang: paling banyak {MAX_NOTE} huruf.")
    if note["en"] and not note["id"]:
        raise ProposalRefused("Tulis juga keterangannya dalam bahasa Indonesia.")
    others = Layanan.select().where(Layanan.active, Layanan.code == instead, Layanan.id != layanan.id)
    if instead and not others.exists():
        raise ProposalRefused("Pilih layanan pengganti yang sedang dibuka.")
    return {"note": {tongue: words for tongue, words in note.items() if words}, "instead": instead}


def used_keys(layanan: Layanan, body: dict) -> set[str]:
    """Return the keys that a new part may not have: of the proposal and of all editions, whose answers stay."""
    used = definition_parts.reserved_keys(body)
    for edition in Edition.select(Edition.body).where(Edition.layanan == layanan.id):
        used |= definition_parts.reserved_keys(edition.body)
    return used
