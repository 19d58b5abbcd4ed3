"""Information pages: what needs no application, in the office's own words (its facts `info_…`); they decide nothing."""

from dataclasses import dataclass

import office
from lib.i18n import N_
from models import Fact

PREFIX = office.INFORMATION_PREFIX
# the ways on from a page: endpoint, its arguments, words; services are offered where they take applications
WAYS: dict[str, tuple[tuple[str, dict, str], ...]] = {
    "ikd": (("public.book", {"untuk": "ikd"}, N_("Buat janji aktivasi IKD")),),
    "rekam-ktp": (
        ("public.book", {"untuk": "rekam"}, N_("Buat janji perekaman")),
        ("public.service", {"code": "KTP-REKAM"}, N_("Ajukan perekaman")),
    ),
    "unduh-lagi": (("public.track", {}, N_("Lacak permohonan")),),
    "legalisasi": (
        ("public.service", {"code": "KK-TTE"}, N_("KK baru dengan kode QR")),
        ("public.service", {"code": "AK-KUTIPAN2"}, N_("Kutipan akta baru")),
    ),
}


@dataclass(frozen=True)
class InformationPage:
    """A page: its key in the address, and its texts."""

    key: str
    body: dict  # name, short, sections of title and text, search_words


def all_pages() -> list[InformationPage]:
    """Return all information pages."""
    rows = Fact.select(Fact.key, Fact.value).where(Fact.key.startswith(PREFIX)).order_by(Fact.id)
    return [InformationPage(row.key.removeprefix(PREFIX).replace("_", "-"), row.value) for row in rows]


def find_page(key: str) -> InformationPage | None:
    """Find a page by its key."""
    return next((page for page in all_pages() if page.key == key), None)


def paragraphs(text: str) -> list[list[str]]:
    """Split a text at blank lines into paragraphs, as lists of their lines; a list's lines begin with "- "."""
    return [part.strip().splitlines() for part in text.split("\n\n") if part.strip()]
