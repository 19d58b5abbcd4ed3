"""Opened sheets: which uploads and drafts an officer has opened in the viewer; nobody decides on what they never saw.

A sheet is named by its stored file, or, as a draft, by its document: one of another round is another sheet.
"""

from collections.abc import Iterable

from lib.database import transaction
from models import Document, OpenedSheet, Permohonan, StoredFile, User


def name_of(sheet: Document | StoredFile) -> str:
    """Return the name under which a sheet is recorded."""
    return f"document-{sheet.id}" if isinstance(sheet, Document) else sheet.key


def record_opened(permohonan: Permohonan, user: User, sheet: str) -> None:
    """Record that an officer opened a sheet; once."""
    facts = {"permohonan": permohonan.id, "user": user.id, "sheet": sheet}
    with transaction():
        OpenedSheet.insert(facts).on_conflict_ignore().execute()


def opened_sheets(permohonans: Iterable[Permohonan], user: User) -> set[str]:
    """Return the names of the sheets of these applications that the officer has opened; one query."""
    ids = [one.id for one in permohonans]
    mine = (OpenedSheet.user == user.id) & OpenedSheet.permohonan.in_(ids)
    return {name for (name,) in OpenedSheet.select(OpenedSheet.sheet).where(mine).tuples()} if ids else set()
