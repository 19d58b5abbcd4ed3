"""Closing of services: what a closed one says, and what serves instead; it closes and opens none."""

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

    @property
    def sentence(self) -> str:
        """Return that it is closed, in one sentence."""
        return _("Layanan ini sudah ditutup untuk permohonan baru.")


def find_closed(code: str) -> ClosedService | None:
    """Find a closed service by its code; None where it is open, or was never published."""
    layanan = Layanan.get_or_none(Layanan.code == code)
    return closed_service(layanan) if layanan else None


def closed_service(layanan: Layanan) -> ClosedService | None:
    """Return what is said of a service that is closed; None where it is open, or was never published."""
    edition = None if layanan.active else layanan.editions.order_by(Edition.number.desc()).first()
    if edition is None:
        return None
    closing: dict = layanan.closing or {}
    instead = Edition.current().where(Layanan.code == closing.get("instead")).first()
    return ClosedService(edition, localized(closing.get("note") or {"id": ""}), instead)
