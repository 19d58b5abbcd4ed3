"""The page of uploads: files judged as they are posted, good ones kept, each refusal beside its field."""

import hashlib
import itertools
from dataclasses import dataclass, field

from flask import abort, flash, redirect, request
from flask_babel import gettext as _
from werkzeug.datastructures import FileStorage

import storage
import uploads
from filling import applying as way
from filling.side import KEY, Case
from intake import applying, attaching, saving
from language import text
from models import Draft, DraftFile, Permohonan, StoredFile


@dataclass
class Slot:
    """One requirement on the page."""

    requirement: dict
    name: str  # of its file field
    files: list[DraftFile]
    needed: bool
    word: str = ""  # shared with the others of which one is enough
    error: str = ""
    twice: dict[int, str] = field(default_factory=dict)  # id of a file → the requirement that has the same one


def upload(case: Case):
    """Show the requirements and their files; keep what was posted."""
    draft = way.open_draft(case)
    if draft is None:
        return case.to("one")
    if request.method == "GET":
        saving.remember(draft, "unggahan")
        return drawn(case, draft, {})
    if request.form.get("remove"):
        remove(case.permohonan, request.form["remove"])
    errors = keep_all(case.permohonan)
    if errors:
        return drawn(case, draft, errors), 422
    return _onward(case, draft)


def _onward(case: Case, draft: Draft):
    stay = request.form.get("stay") or request.form.get("remove")
    if stay:
        return case.to("upload", _anchor=request.form.get("stay") or "isi")
    if request.form.get("later"):
        flash(f"{_('Tersimpan.')} {case.side.words['later']}", "good")
        return redirect(case.side.home(), 303)
    if missing := missing_in(slots(case.permohonan, draft)):
        return drawn(case, draft, missing), 422
    return case.to("check")


def missing_in(all_slots: list[Slot]) -> dict[str, str]:
    """Sentences about missing uploads; of several of which one is enough, one sentence beside the first."""
    found: dict[str, str] = {}
    done: set[str] = set()
    for slot in all_slots:
        if slot.files or not slot.needed or slot.word in done:
            continue
        names = [text(other.requirement["name"]) for other in all_slots if slot.word and other.word == slot.word]
        done |= {slot.word} - {""}
        found[slot.name] = _("Unggah %(what)s.", what=_(" atau ").join(names) or text(slot.requirement["name"]))
    return found


def keep_all(permohonan: Permohonan, only: frozenset[str] | None = None) -> dict[str, str]:
    """Keep every posted file that is good; a sentence by field name for those that aren't."""
    errors: dict[str, str] = {}
    for name in request.files:
        requirement = name.removeprefix("upload-")
        if requirement == name or (only is not None and requirement not in only):
            continue
        for posted in request.files.getlist(name):
            if posted.filename and (refusal := _keep(permohonan, requirement, posted)):
                errors[name] = f"{errors.get(name, '')} {posted.filename[-60:]}: {refusal}".strip()
    return errors


def _keep(permohonan: Permohonan, requirement: str, posted: FileStorage) -> str:
    """Keep one file unless the same lies there already (a form sent twice); a sentence when it is refused."""
    data = posted.read()
    digest = hashlib.sha256(data).hexdigest()
    try:
        if not _same(permohonan, requirement, digest):
            attaching.attach(permohonan, requirement, data, posted.filename or "")
            for later in _same(permohonan, requirement, digest)[1:]:
                attaching.detach(permohonan, later.file.key)
    except (uploads.Refused, storage.Refused, applying.Closed) as refused:
        return _(str(refused))
    return ""


def _same(permohonan: Permohonan, requirement: str, digest: str) -> list[DraftFile]:
    return list(
        DraftFile.select(DraftFile, StoredFile)
        .join(StoredFile)
        .switch(DraftFile)
        .join(Draft)
        .where(
            Draft.permohonan == permohonan.id,
            DraftFile.requirement == requirement,
            StoredFile.original_sha256 == digest,
        )
        .order_by(DraftFile.position)
    )


def remove(permohonan: Permohonan, file_key: str) -> None:
    """Take a file out of the draft; one that isn't there is gone already."""
    if not KEY.fullmatch(file_key):
        abort(404)
    try:
        attaching.detach(permohonan, file_key)
    except applying.Closed as closed:
        flash(str(closed), "warn")


def slots(permohonan: Permohonan, draft: Draft, errors: dict[str, str] | None = None) -> list[Slot]:
    """What is to be uploaded, with what was, and what was said about it."""
    files = attaching.files_of(draft)
    found = [
        Slot(
            one.requirement,
            f"upload-{one.requirement['key']}",
            one.files,
            one.needed,
            one.requirement.get("one_of") or "",
            (errors or {}).get(f"upload-{one.requirement['key']}", ""),
        )
        for one in attaching.slots(permohonan, draft.answers, files)
    ]
    _note_twins(found)
    return found


def grouped(found: list[Slot]) -> list[tuple[str, list[Slot]]]:
    """Slots in their order, those of which one is enough together."""
    return [(word, list(members)) for word, members in itertools.groupby(found, lambda slot: slot.word)]


def _note_twins(found: list[Slot]) -> None:
    """Say where one file stands for two requirements: often a wrong pick, sometimes one PDF of everything."""
    first: dict[str, Slot] = {}
    for slot in found:
        for row in slot.files:
            other = first.setdefault(row.file.original_sha256, slot)
            if other is not slot:
                slot.twice[row.id] = text(other.requirement["name"])


def drawn(case: Case, draft: Draft, errors: dict[str, str]) -> str:
    """The page of uploads; the draft need not be in the database (the office previews what it prepares)."""
    return case.render(
        "filling/upload.html",
        groups=grouped(slots(case.permohonan, draft, errors)),
        errors=errors,
        warnings=uploads.WARNINGS,
        way=way.step(case, "unggahan"),
    )
