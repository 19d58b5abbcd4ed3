"""The page of uploads: attaches posted files, shows each rejection beside its field, overrides warnings."""

import itertools
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from flask import abort, flash, redirect, request
from flask_babel import gettext as _

from catalogue import statements
from files import inspection, storage
from intake import attachments, autosave, drafts, screen_signature, submission, upload_warnings
from models import Draft, DraftFile, Permohonan, Reason
from web.wizard import copied_from, field_pages
from web.wizard.channel import KEY_PATTERN, ApplicationInChannel

STAY_BUTTONS = ("stay", "remove", "keep", "later")  # buttons that don't lead to the next step


@dataclass
class UploadField:
    """The upload field of a requirement."""

    requirement: dict
    name: str  # of the file input
    files: list[DraftFile]
    needed: bool
    group: str = ""  # shared by alternatives, of which one is enough
    error: str = ""
    warnings: dict[int, list[upload_warnings.UploadWarning]] = field(default_factory=dict)  # by the id of a file's row
    reasons: dict[int, str] = field(default_factory=dict)  # for keeping a file, by the id of its row
    errors: dict[str, str] = field(default_factory=dict)  # of the controls for reasons, by name
    seen_keys: list[str] = field(default_factory=list)  # of files that an officer has seen
    statement: dict | None = None  # the official statement that it asks for
    signable: bool = False  # the form, or a statement, which may be signed on the screen
    void: bool = False  # answers have changed since it was signed

    @property
    def replaced_keys(self) -> str:
        """Return the keys of the files with warnings, which the next upload replaces."""
        return " ".join(row.file.key for row in self.files if row.id in self.warnings)


def upload(case: ApplicationInChannel):
    """Show the upload fields; on POST, attach or remove files and continue if nothing is missing."""
    draft = field_pages.draft_to_fill(case)
    if draft is None:
        return case.redirect_to("one")
    if request.method == "GET":
        autosave.remember_page(draft, "unggahan")
        return render_page(case, draft, {})
    if request.form.get("remove"):
        remove_file(case.permohonan, request.form["remove"])
    errors = attach_posted(case.permohonan) | override_posted(case.permohonan)
    if errors:
        if not any(request.form.get(name) for name in STAY_BUTTONS):
            errors = submission.upload_errors(case.permohonan, draft, draft.answers) | errors
        return render_page(case, draft, errors), 422
    return _next_page(case, draft)


def _next_page(case: ApplicationInChannel, draft: Draft):
    form = request.form
    if form.get("stay") or form.get("remove") or form.get("keep"):
        kept = form.get("keep")
        return case.redirect_to("upload", _anchor=f"berkas-{kept}" if kept else form.get("stay") or "isi")
    if form.get("later"):
        flash(f"{_('Tersimpan.')} {case.channel.words['later']}", "good")
        return redirect(case.channel.home_url(), 303)
    if errors := submission.upload_errors(case.permohonan, draft, draft.answers):
        return render_page(case, draft, errors), 422
    return case.redirect_to("check")


def attach_posted(
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
        instead = [*seen.get(requirement, ()), *posted_file_keys(f"instead-{requirement}")]
        for posted in request.files.getlist(name):
            if posted.filename and (
                refusal := attach_file(permohonan, requirement, posted.read(), posted.filename, instead)
            ):
                errors[name] = f"{errors.get(name, '')} {posted.filename[-60:]}: {refusal}".strip()
    return errors


def attach_file(permohonan: Permohonan, requirement: str, data: bytes, name: str, instead: list[str]) -> str:
    """Attach one file; returns a sentence if it is rejected."""
    try:
        attachments.attach(permohonan, requirement, data, name, instead)
    except (inspection.UploadRejected, storage.StorageError, drafts.DraftNotEditable) as refused:
        return _(str(refused))
    return ""


def posted_file_keys(control: str) -> list[str]:
    """Return the keys of files in a hidden input of the posted form."""
    return [key for key in request.form.get(control, "").split()[: attachments.MAX_FILES] if KEY_PATTERN.fullmatch(key)]


def override_posted(permohonan: Permohonan) -> dict[str, str]:
    """Override the warnings of files for which a reason was posted; returns errors by the name of the control."""
    form, errors = request.form, dict[str, str]()
    given = {name.removeprefix("reason-") for name, value in form.items() if name.startswith("reason-") and value}
    for key in sorted(given | {form.get("keep", "")}):
        if KEY_PATTERN.fullmatch(key):
            error = upload_warnings.override(permohonan, key, form.get(f"reason-{key}", ""), form.get(f"why-{key}", ""))
            errors |= {f"reason-{key}": error} if error else {}
    return errors


def remove_file(permohonan: Permohonan, file_key: str) -> None:
    """Remove a file from the draft; one that was removed already is no error."""
    if not KEY_PATTERN.fullmatch(file_key):
        abort(404)
    try:
        attachments.detach(permohonan, file_key)
    except drafts.DraftNotEditable as closed:
        flash(str(closed), "warn")


def upload_fields(
    permohonan: Permohonan,
    draft: Draft,
    errors: Mapping[str, str] = MappingProxyType({}),
    besides: Collection[str] = (),
) -> list[UploadField]:
    """Build the upload fields of the requirements that apply, and of those that an officer named (`besides`)."""
    files = attachments.draft_files(draft)
    warnings = upload_warnings.open_warnings(permohonan, draft, files)
    reasons = {row.id: upload_warnings.override_text(row.overruled) for row in files if row.overruled}
    known, found = statements.of_requirements(attachments.all_requirements(permohonan)), []
    for needed in attachments.upload_slots(permohonan, draft.answers, files, besides):
        requirement, name = needed.requirement, f"upload-{needed.requirement['key']}"
        slot = UploadField(requirement, name, needed.files, needed.needed, requirement.get("one_of") or "")
        slot.error, slot.errors, slot.reasons = errors.get(name, ""), dict(errors), reasons
        slot.statement = known.get(requirement.get("statement", ""))
        if slot.statement or requirement["key"] == screen_signature.FORM:
            slot.signable = screen_signature.is_offered(permohonan, draft, requirement["key"], slot.statement)
            slot.void = any(screen_signature.is_void(permohonan, row, draft.answers) for row in slot.files)
        if attachments.can_change(draft, requirement["key"]):
            slot.warnings = {row.id: warnings[row.id] for row in slot.files if row.id in warnings}
        found.append(slot)
    return found


def override_reasons(found: list[UploadField]) -> list[Reason]:
    """Return the reasons to choose from; [] where no file has a warning."""
    return upload_warnings.override_reasons() if any(slot.warnings for slot in found) else []


def group_alternatives(found: list[UploadField]) -> list[tuple[str, list[UploadField]]]:
    """Group the upload fields of alternatives, in their order: (the word they share, or "", members)."""
    return [(group, list(members)) for group, members in itertools.groupby(found, lambda slot: slot.group)]


def render_page(case: ApplicationInChannel, draft: Draft, errors: dict[str, str]) -> str:
    """Render the page of uploads."""
    found = upload_fields(case.permohonan, draft, errors)
    groups, reasons = group_alternatives(found), override_reasons(found)
    progress = field_pages.progress(case, "unggahan")
    facts = {"groups": groups, "errors": errors, "reasons": reasons, "progress": progress}
    return case.render("wizard/uploads.html", copied=copied_from.earlier_faults(case), **facts)
