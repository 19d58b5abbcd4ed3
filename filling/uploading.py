"""The page of uploads: attaches posted files, shows each rejection beside its field, overrides warnings."""

import itertools
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from flask import abort, flash, redirect, request
from flask_babel import gettext as _

import storage
import uploads
from filling import applying as field_pages
from filling.side import KEY, Case
from intake import applying, attaching, doubting, saving, submitting
from models import Draft, DraftFile, Permohonan, Reason

STAYING = ("stay", "remove", "keep", "later")  # buttons that don't lead to the next step


@dataclass
class Slot:
    """The upload field of a requirement."""

    requirement: dict
    name: str  # of the file input
    files: list[DraftFile]
    needed: bool
    group: str = ""  # shared by alternatives, of which one is enough
    error: str = ""
    warnings: dict[int, list[doubting.Doubt]] = field(default_factory=dict)  # by the id of a file's row
    reasons: dict[int, str] = field(default_factory=dict)  # for keeping a file, by the id of its row
    errors: dict[str, str] = field(default_factory=dict)  # of the controls for reasons, by name
    seen_keys: list[str] = field(default_factory=list)  # of files that an officer has seen

    @property
    def replaced_keys(self) -> str:
        """Return the keys of the files with warnings, which the next upload replaces."""
        return " ".join(row.file.key for row in self.files if row.id in self.warnings)


def upload(case: Case):
    """Show the upload fields; on POST, attach or remove files and continue if nothing is missing."""
    draft = field_pages.open_draft(case)
    if draft is None:
        return case.to("one")
    if request.method == "GET":
        saving.remember(draft, "unggahan")
        return drawn(case, draft, {})
    if request.form.get("remove"):
        remove(case.permohonan, request.form["remove"])
    errors = keep_all(case.permohonan) | overrule_all(case.permohonan)
    if errors:
        if not any(request.form.get(name) for name in STAYING):
            errors = submitting.faulty_uploads(case.permohonan, draft, draft.answers) | errors
        return drawn(case, draft, errors), 422
    return _onward(case, draft)


def _onward(case: Case, draft: Draft):
    form = request.form
    if form.get("stay") or form.get("remove") or form.get("keep"):
        kept = form.get("keep")
        return case.to("upload", _anchor=f"berkas-{kept}" if kept else form.get("stay") or "isi")
    if form.get("later"):
        flash(f"{_('Tersimpan.')} {case.channel.words['later']}", "good")
        return redirect(case.channel.home(), 303)
    if errors := submitting.faulty_uploads(case.permohonan, draft, draft.answers):
        return drawn(case, draft, errors), 422
    return case.to("check")


def keep_all(
    permohonan: Permohonan, only: frozenset[str] | None = None, seen: Mapping[str, list[str]] = MappingProxyType({})
) -> dict[str, str]:
    """Attach the posted files; returns errors by the name of the file input.

    A new file replaces those with warnings, which the form names, and the `seen` ones of its requirement.
    """
    errors: dict[str, str] = {}
    for name in request.files:
        requirement = name.removeprefix("upload-")
        if requirement == name or (only is not None and requirement not in only):
            continue
        instead = [*seen.get(requirement, ()), *named(f"instead-{requirement}")]
        for posted in request.files.getlist(name):
            if posted.filename and (refusal := keep(permohonan, requirement, posted.read(), posted.filename, instead)):
                errors[name] = f"{errors.get(name, '')} {posted.filename[-60:]}: {refusal}".strip()
    return errors


def keep(permohonan: Permohonan, requirement: str, data: bytes, name: str, instead: list[str]) -> str:
    """Attach one file; returns a sentence if it is rejected."""
    try:
        attaching.attach(permohonan, requirement, data, name, instead)
    except (uploads.Refused, storage.Refused, applying.Closed) as refused:
        return _(str(refused))
    return ""


def named(control: str) -> list[str]:
    """Return the keys of files in a hidden input of the posted form."""
    return [key for key in request.form.get(control, "").split()[: attaching.FILES_AT_MOST] if KEY.fullmatch(key)]


def overrule_all(permohonan: Permohonan) -> dict[str, str]:
    """Override the warnings of files for which a reason was posted; returns errors by the name of the control."""
    form, errors = request.form, dict[str, str]()
    given = {name.removeprefix("reason-") for name, value in form.items() if name.startswith("reason-") and value}
    for key in sorted(given | {form.get("keep", "")}):
        if KEY.fullmatch(key):
            error = doubting.overrule(permohonan, key, form.get(f"reason-{key}", ""), form.get(f"why-{key}", ""))
            errors |= {f"reason-{key}": error} if error else {}
    return errors


def remove(permohonan: Permohonan, file_key: str) -> None:
    """Remove a file from the draft; one that was removed already is no error."""
    if not KEY.fullmatch(file_key):
        abort(404)
    try:
        attaching.detach(permohonan, file_key)
    except applying.Closed as closed:
        flash(str(closed), "warn")


def slots(
    permohonan: Permohonan,
    draft: Draft,
    errors: Mapping[str, str] = MappingProxyType({}),
    besides: Collection[str] = (),
) -> list[Slot]:
    """Build the upload fields of the requirements that apply, and of those that an officer named (`besides`)."""
    files = attaching.files_of(draft)
    warnings = doubting.doubts(permohonan, draft, files)
    reasons = {row.id: doubting.in_words(row.overruled) for row in files if row.overruled}
    found = []
    for needed in attaching.slots(permohonan, draft.answers, files, besides):
        requirement, name = needed.requirement, f"upload-{needed.requirement['key']}"
        slot = Slot(requirement, name, needed.files, needed.needed, requirement.get("one_of") or "")
        slot.error, slot.errors, slot.reasons = errors.get(name, ""), dict(errors), reasons
        if attaching.may_change(draft, requirement["key"]):
            slot.warnings = {row.id: warnings[row.id] for row in slot.files if row.id in warnings}
        found.append(slot)
    return found


def reasons_for(found: list[Slot]) -> list[Reason]:
    """Return the reasons to choose from; [] where no file has a warning."""
    return doubting.reasons() if any(slot.warnings for slot in found) else []


def grouped(found: list[Slot]) -> list[tuple[str, list[Slot]]]:
    """Group the upload fields of alternatives, in their order: (the word they share, or "", members)."""
    return [(group, list(members)) for group, members in itertools.groupby(found, lambda slot: slot.group)]


def drawn(case: Case, draft: Draft, errors: dict[str, str]) -> str:
    """Render the page of uploads."""
    found = slots(case.permohonan, draft, errors)
    return case.render(
        "filling/upload.html",
        groups=grouped(found),
        errors=errors,
        reasons=reasons_for(found),
        progress=field_pages.step(case, "unggahan"),
    )
