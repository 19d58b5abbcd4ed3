"""The page of uploads: files judged as they are posted, good ones kept, each refusal beside its field."""

import itertools
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from flask import abort, flash, redirect, request
from flask_babel import gettext as _

import storage
import uploads
from filling import applying as way
from filling.side import KEY, Case
from intake import applying, attaching, doubting, saving
from language import text
from models import Draft, DraftFile, Permohonan, Reason

STAYING = ("stay", "remove", "keep", "later")  # buttons that don't lead on


@dataclass
class Slot:
    """One requirement on the page."""

    requirement: dict
    name: str  # of its file field
    files: list[DraftFile]
    needed: bool
    word: str = ""  # shared with the others of which one is enough
    error: str = ""
    doubts: dict[int, list[doubting.Doubt]] = field(default_factory=dict)  # by the id of a file's row
    why: dict[int, str] = field(default_factory=dict)  # it stays nevertheless
    errors: dict[str, str] = field(default_factory=dict)  # of reasons, by the name of the control
    old: list[str] = field(default_factory=list)  # keys of files that an officer has seen

    @property
    def instead(self) -> str:
        """The keys of the doubted files, in whose place the next upload comes."""
        return " ".join(row.file.key for row in self.files if row.id in self.doubts)


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
    errors = keep_all(case.permohonan) | overrule_all(case.permohonan)
    if errors:
        stays = any(request.form.get(name) for name in STAYING)
        return drawn(case, draft, errors if stays else _wrong(case.permohonan, draft) | errors), 422
    return _onward(case, draft)


def _onward(case: Case, draft: Draft):
    form = request.form
    if form.get("stay") or form.get("remove") or form.get("keep"):
        kept = form.get("keep")
        return case.to("upload", _anchor=f"berkas-{kept}" if kept else form.get("stay") or "isi")
    if form.get("later"):
        flash(f"{_('Tersimpan.')} {case.side.words['later']}", "good")
        return redirect(case.side.home(), 303)
    if wrong := _wrong(case.permohonan, draft):
        return drawn(case, draft, wrong), 422
    return case.to("check")


def _wrong(permohonan: Permohonan, draft: Draft) -> dict[str, str]:
    """Everything that stands between this page and the next."""
    files = attaching.files_of(draft)
    return missing_in(slots(permohonan, draft)) | doubting.unsettled(permohonan, draft, files)


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


def keep_all(
    permohonan: Permohonan, only: frozenset[str] | None = None, old: Mapping[str, list[str]] = MappingProxyType({})
) -> dict[str, str]:
    """Keep every posted file that is good; a sentence by field name for those that aren't.

    A new file comes in place of those that the page names as doubted, and of the `old` ones of its requirement.
    """
    errors: dict[str, str] = {}
    for name in request.files:
        requirement = name.removeprefix("upload-")
        if requirement == name or (only is not None and requirement not in only):
            continue
        instead = [*old.get(requirement, ()), *named(f"instead-{requirement}")]
        for posted in request.files.getlist(name):
            if posted.filename and (refusal := keep(permohonan, requirement, posted.read(), posted.filename, instead)):
                errors[name] = f"{errors.get(name, '')} {posted.filename[-60:]}: {refusal}".strip()
    return errors


def keep(permohonan: Permohonan, requirement: str, data: bytes, name: str, instead: list[str]) -> str:
    """Keep one file; a sentence when it is refused."""
    try:
        attaching.attach(permohonan, requirement, data, name, instead)
    except (uploads.Refused, storage.Refused, applying.Closed) as refused:
        return _(str(refused))
    return ""


def named(control: str) -> list[str]:
    """Keys of files that a hidden control names."""
    return [key for key in request.form.get(control, "").split()[: attaching.FILES_AT_MOST] if KEY.fullmatch(key)]


def overrule_all(permohonan: Permohonan) -> dict[str, str]:
    """Keep doubted files for which a reason was given; a sentence by control where it is not enough."""
    form, errors = request.form, dict[str, str]()
    given = {name.removeprefix("reason-") for name, value in form.items() if name.startswith("reason-") and value}
    for key in sorted(given | {form.get("keep", "")}):
        if KEY.fullmatch(key):
            wrong = doubting.overrule(permohonan, key, form.get(f"reason-{key}", ""), form.get(f"why-{key}", ""))
            errors |= {f"reason-{key}": wrong} if wrong else {}
    return errors


def remove(permohonan: Permohonan, file_key: str) -> None:
    """Take a file out of the draft; one that isn't there is gone already."""
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
    """What is to be uploaded, for the answers or because an officer asks for it (`besides`), with what was uploaded."""
    files = attaching.files_of(draft)
    doubts = doubting.doubts(permohonan, draft, files)
    why = {row.id: doubting.in_words(row.overruled) for row in files if row.overruled}
    found = []
    for one in attaching.slots(permohonan, draft.answers, files, besides):
        name = f"upload-{one.requirement['key']}"
        own = {row.id: doubts[row.id] for row in one.files if row.id in doubts}
        slot = Slot(one.requirement, name, one.files, one.needed, one.requirement.get("one_of") or "")
        slot.error, slot.errors, slot.why = errors.get(name, ""), dict(errors), why
        slot.doubts = own if attaching.may_change(draft, one.requirement["key"]) else {}
        found.append(slot)
    return found


def reasons_for(found: list[Slot]) -> list[Reason]:
    """The reasons to choose from, where there is anything to choose for."""
    return doubting.reasons() if any(slot.doubts for slot in found) else []


def grouped(found: list[Slot]) -> list[tuple[str, list[Slot]]]:
    """Slots in their order, those of which one is enough together."""
    return [(word, list(members)) for word, members in itertools.groupby(found, lambda slot: slot.word)]


def drawn(case: Case, draft: Draft, errors: dict[str, str]) -> str:
    found = slots(case.permohonan, draft, errors)
    return case.render(
        "filling/upload.html",
        groups=grouped(found),
        errors=errors,
        reasons=reasons_for(found),
        way=way.step(case, "unggahan"),
    )
