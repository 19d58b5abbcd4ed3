"""Opened papers: which uploads an officer has had in view; a paper can be found good only afterwards.

The viewer says what it shows; without a script, the page that shows a paper and the file itself do. It judges nothing.
"""

from collections.abc import Collection
from typing import NamedTuple

from flask import url_for

from admin_views.queue import case_file
from intake import submission
from lib.database import now, transaction
from models import Attachment, Check, Permohonan, StoredFile, User

OPENED = "opened"  # kind of Check; its key names the officer and the file


class Paper(NamedTuple):
    """An upload in the viewer: its place there, and the address of the file."""

    number: int
    url: str


def record(permohonan: Permohonan, user: User, files: Collection[str]) -> None:
    """Record that `user` had these files in view, by their keys; files that were not handed in last are left out."""
    if not files:
        return
    known = {row.file.key: row.file for row in _uploads(permohonan)}
    shown = [known[key] for key in dict.fromkeys(files) if key in known]
    about = {"permohonan": permohonan.id, "kind": OPENED, "good": True, "by": user.id, "at": now()}
    rows = [about | {"key": _key(user, file), "digest": file.sha256} for file in shown]
    if rows:
        with transaction():
            Check.insert_many(rows).on_conflict_ignore().execute()


def unopened(permohonan: Permohonan, user: User) -> dict[str, list[Paper]]:
    """Map requirements to those of their uploads that `user` never had in view."""
    seen = Check.select(Check.key).where(Check.permohonan == permohonan.id, Check.kind == OPENED, Check.by == user.id)
    keys = {key for (key,) in seen.tuples()}
    found: dict[str, list[Paper]] = {}
    for number, row in enumerate(_uploads(permohonan)):
        if _key(user, row.file) not in keys:
            url = url_for("staff_files.stored", key=row.file.key)
            found.setdefault(row.requirement, []).append(Paper(number, url))
    return found


def _uploads(permohonan: Permohonan) -> list[Attachment]:
    revision = submission.last_revision(permohonan)
    return case_file.uploads(permohonan, revision) if revision else []


def _key(user: User, file: StoredFile) -> str:
    return f"{user.id}-{file.id}"
