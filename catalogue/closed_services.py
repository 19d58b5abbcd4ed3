"""Services that take no new applications: closed, or part of another; what they say, and what serves instead."""

from dataclasses import dataclass

from flask_babel import gettext as _

from lib.i18n import localized
from models import Edition, Layanan

MAX_NOTE = 500  # letters


@dataclass(frozen=True)
class ClosedService:
    """A service that takes no new applications, with its last edition."""

    edition: Edition
    note: str  # the office's own words; may be empty
    instead: Edition | None  # the service that serves instead, where there is one
    joined: bool = False  # part of `instead` now, as the note says; a draft may still be sent

    @property
    def heading(self) -> str:
        """Return the heading of what is said."""
        if self.joined and self.instead:
            return _("Sekarang lewat “%(service)s”", service=localized(self.instead.body["name"]))
        return _("Layanan ini sudah ditutup untuk permohonan baru.")

    @property
    def sentence(self) -> str:
        """Return that it takes no new applications, in one sentence."""
        return self.note if self.joined else self.heading


def find_closed(code: str) -> ClosedService | None:
    """Find a service that takes no new applications, by its code; None where it does, or was never published."""
    layanan = Layanan.get_or_none(Layanan.code == code)
    return closed_service(layanan) if layanan else None


def closed_service(layanan: Layanan) -> ClosedService | None:
    """Return what is said of a service that takes no new applications; None where it does, or was never published."""
    edition = layanan.editions.order_by(Edition.number.desc()).first()
    part_of: dict = (edition.body.get("part_of") if edition else None) or {}
    if edition is None or (layanan.active and not part_of):
        return None
    if layanan.active:
        return ClosedService(edition, localized(part_of["text"]), open_edition(part_of["code"]), joined=True)
    closing: dict = layanan.closing or {}
    return ClosedService(edition, localized(closing.get("note") or {"id": ""}), open_edition(closing.get("instead")))


def open_edition(code: str | None) -> Edition | None:
    """Return the current edition of a service that takes new applications; None for any other."""
    found = Edition.current().where(Layanan.code == code).first()
    return None if found is None or found.body.get("part_of") else found
