"""A service's proposal on its way to an edition: begin, keep, throw away, publish; two people never lose each other's.

What applicants see changes only by publishing; applications keep the edition with which they began.
"""

import copy

import peewee as pw

from intake import outline, services
from lib.database import local, now, transaction
from models import Edition, Layanan, User


class Changed(Exception):
    """Somebody else changed or published the proposal meanwhile; the message says who and when. Nothing was kept."""


class Refused(Exception):
    """It can't be done; the message says why."""


def newest(layanan: Layanan) -> Edition | None:
    """The edition that applicants see."""
    return Edition.select().where(Edition.layanan == layanan.id).order_by(Edition.number.desc()).first()


def body_of(layanan: Layanan, edition: Edition | None = None) -> dict:
    """What is being prepared, as a copy; where nothing is, the newest edition."""
    if layanan.proposal:
        return copy.deepcopy(layanan.proposal)
    edition = edition or newest(layanan)
    return copy.deepcopy(edition.body) if edition else {}


def begin(code: str, body: dict, by: User) -> Layanan:
    """A new service with its first proposal, last in the office's order. Raises Refused where the code is taken."""
    last = Layanan.select(pw.fn.MAX(Layanan.position)).scalar()
    facts = {"proposal": body | {"code": code}, "version": 1, "changed_at": now(), "changed_by": by}
    try:
        with transaction():
            return Layanan.create(code=code, position=(last or 0) + 1, **facts)
    except pw.IntegrityError:
        raise Refused(f"Kode {code} sudah dipakai layanan lain.") from None


def keep(layanan: Layanan, body: dict | None, seen: int, by: User) -> None:
    """Replace the proposal that stood at version `seen`; None throws it away. Raises Changed otherwise."""
    with transaction():
        _swap(layanan, body, seen, by)


def discard(layanan: Layanan, seen: int, by: User) -> None:
    """Throw the proposal at version `seen` away; a service that was never published goes with it."""
    with transaction():
        _swap(layanan, None, seen, by)
        if not Edition.select().where(Edition.layanan == layanan.id).exists():
            Layanan.delete().where(Layanan.id == layanan.id).execute()


def _swap(layanan: Layanan, body: dict | None, seen: int, by: User) -> None:
    facts = {"proposal": body, "version": Layanan.version + 1, "changed_at": now(), "changed_by": by}
    this = (Layanan.id == layanan.id) & (Layanan.version == seen)
    if not Layanan.update(**facts).where(this).execute():
        raise changed(Layanan.get_by_id(layanan.id))


def changed(layanan: Layanan) -> Changed:
    """Who was first, and when."""
    who = layanan.changed_by.name if layanan.changed_by else "orang lain"
    when = f" pukul {local(layanan.changed_at):%H.%M}" if layanan.changed_at else ""
    what = "mengubah usulan layanan ini" if layanan.proposal is not None else "menerbitkan atau membuang usulan ini"
    return Changed(f"{who} {what}{when}, sesudah Anda membuka halaman ini.")


def publish(layanan: Layanan, seen: int, number: int, by: User) -> Edition:
    """Freeze the proposal at version `seen` as the next edition after `number`.

    Raises Malformed where it isn't sound, Refused where there is nothing new, Changed where somebody was first.
    """
    if layanan.version != seen:
        raise changed(layanan)
    before = newest(layanan)
    if layanan.proposal is None or (before and before.body == layanan.proposal):
        raise Refused("Usulan ini sama dengan edisi yang berlaku, jadi tidak ada yang perlu diterbitkan.")
    body = services.check(layanan.proposal)
    if before and before.number != number:
        raise Changed(f"Edisi {before.number} sudah terbit sesudah Anda membuka halaman ini. Lihat lagi perbedaannya.")
    try:
        with transaction():
            _swap(layanan, None, seen, by)
            return Edition.create(layanan=layanan, number=number + 1, body=body, published_by=by)
    except pw.IntegrityError:  # the seeds were loaded in this very moment
        raise Changed("Edisi lain terbit pada saat yang sama. Lihat lagi perbedaannya.") from None


def arrange(layanan: Layanan, by: int) -> None:
    """Move a service up or down in the office's order; the others keep theirs."""
    with transaction():
        ones = list(Layanan.select().order_by(Layanan.position, Layanan.code, Layanan.id))
        here = next(place for place, one in enumerate(ones) if one.id == layanan.id)
        ones.insert(min(max(here + by, 0), len(ones) - 1), ones.pop(here))
        for place, one in enumerate(ones):
            if one.position != place:
                Layanan.update(position=place).where(Layanan.id == one.id).execute()


def switch(layanan: Layanan, active: bool) -> None:
    """Open a service for new applications, or close it; those under way go on."""
    Layanan.update(active=active).where(Layanan.id == layanan.id).execute()


def used_keys(layanan: Layanan, body: dict) -> set[str]:
    """Keys that nothing new may have: of the proposal, and of every edition, on which answers and files hang."""
    used = outline.taken(body)
    for edition in Edition.select(Edition.body).where(Edition.layanan == layanan.id):
        used |= outline.taken(edition.body)
    return used
