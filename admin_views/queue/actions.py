"""Actions on one application: the button, the form it opens, and performing it; no code for a single action here.

What is signed is approved with a passphrase, and where none is asked, with the officer's own password.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cached_property

from flask import current_app, url_for
from flask_login import current_user

import accounts
import workflow
from accounts import rate_limits
from admin_views.queue.case_file import CaseFile, Sheet
from admin_views.queue.doubts import draft_differences
from casework import access_log, document_numbers, draft_uploads, timeline, transitions
from casework import action_form as casework_action_form
from casework.inputs import Input
from casework.inputs.deficiencies import defectible, offered
from casework.inputs.originals import papers_to_take_back
from casework.inputs.products import numbered
from casework.inputs.recipient import entitled_people
from casework.inputs.returns import nameable, number_key
from catalogue.definition_parts import source_of
from documents import preparation, printouts, signed_uploads, signing
from files import storage
from intake import answer_display, drafts, submission
from lib.database import local, now
from models import Office, Permohonan, Reason, StoredFile, User


class FormInvalid(Exception):
    """The answers must be corrected: `errors` by the names of their fields; `form` holds what was typed."""

    def __init__(self, form: "ActionForm", errors: Mapping[str, str]):
        super().__init__(*errors.values())
        self.form, self.errors = form, dict(errors)


@dataclass(frozen=True)
class FormPart:
    """A requirement or a field that can be found deficient."""

    key: str
    label: str
    value: str = ""
    sheet: Sheet | None = None


@dataclass(frozen=True)
class NameablePart:
    """A field or number that a return can name; `doubt` says what the draft has instead."""

    key: str
    label: str
    value: str
    doubt: str = ""


@dataclass
class ActionForm:
    """The form of one transition for one application."""

    permohonan: Permohonan
    permitted: transitions.Permitted
    inputs: list[Input]
    proves: bool  # asks for the officer's password
    typed: Mapping = field(default_factory=dict)

    @property
    def transition(self) -> workflow.Transition:
        return self.permitted.transition

    @property
    def label(self) -> str:
        """Name what is done to this one: nothing is signed where there is no PDF."""
        return self.transition.label_for(self.permohonan)

    @property
    def opens(self) -> bool:
        """Is there anything to answer?"""
        return bool(self.inputs) or self.proves

    def reasons(self) -> list[Reason]:
        """List the reasons that the officer can choose."""
        kind = self.transition.reason_kind
        mine = (Reason.kind == kind) & Reason.active
        return list(Reason.select().where(mine).order_by(Reason.position, Reason.id)) if kind else []

    @cached_property
    def reasons_about(self) -> dict[str, list[Reason]]:
        """The same, asked for once however often a page lists them: all, then those that fit a paper and an answer."""
        every = self.reasons()
        fit = {about: [one for one in every if one.about in ("", about)] for about in ("requirement", "field")}
        return {"": every} | fit

    @cached_property
    def requirements(self) -> dict[str, str]:
        return answer_display.requirement_names(self.permohonan)

    def reasons_for(self, key: str) -> list[tuple[str, list[Reason]]]:
        """A requirement's own, by its definition; where it names none that is in use, all, those that fit first."""
        wanted, every = offered(self.permohonan, key), self.reasons_about[""]
        if own := [one for one in every if one.key in wanted]:
            return [("", own)]
        fits = self.reasons_about["requirement" if key in self.requirements else "field"]
        return [("", fits), ("Alasan lain", [one for one in every if one not in fits])]

    def parts(self, case_file: CaseFile) -> list[tuple[str, list[FormPart]]]:
        """List what can be found deficient under two headings: submitted parts first, then the others."""
        words, uploads = defectible(self.permohonan), self.requirements
        sheets = {sheet.requirement: sheet for sheet in reversed(case_file.sheets)}
        values = {key: value for section in case_file.sections for _, value, key in section.rows}
        needs = [FormPart(key, words[key], sheet=sheets.get(key)) for key in words if key in uploads]
        fields = [FormPart(key, words[key], values.get(key, "")) for key in words if key not in uploads]
        needs.sort(key=lambda part: part.sheet is None)
        fields.sort(key=lambda part: not part.value)
        return [("Syarat", needs), ("Isian", fields)]

    @property
    def reader(self) -> str:
        return casework_action_form.reader_of_reasons(self.transition, self.permitted.role)

    def lists_answers(self) -> bool:
        """Does the form itself go through everything that was answered?"""
        return any(one.kind == "deficiencies" for one in self.inputs)

    @cached_property
    def arrival(self) -> timeline.TimelineEntry | None:
        """The step by which it came here, with what was written then."""
        return timeline.arrivals([self.permohonan]).get(self.permohonan.id)

    def nameable_parts(self) -> tuple[list[NameablePart], list[NameablePart]]:
        """List what a return can name: first what its draft has otherwise than the answers, then the rest."""
        numbers = {number_key(one.product): one.number for one in preparation.current_documents(self.permohonan)}
        doubts = draft_differences(self.permohonan)
        parts = [
            NameablePart(row.key, row.full_label, row.value or numbers.get(row.key, ""), doubts.get(row.key, ""))
            for row in nameable(self.permohonan, drafts.village_names())
        ]
        return [one for one in parts if one.doubt], [one for one in parts if not one.doubt]

    def products(self, kind: str = "") -> list[dict]:
        return [one for one in self.permohonan.products if kind in ("", one["kind"])]

    def asks_number(self, product: dict) -> bool:
        """Tell whether a product bears a number of its own."""
        return product in numbered(self.permohonan)

    def number_hint(self, product: dict) -> str:
        examples = document_numbers.examples(document_numbers.kind_of(product), serial=31)
        return f"Bentuknya seperti {' atau '.join(examples)}." if examples else ""

    @cached_property
    def last_numbers(self) -> dict[str, str]:
        """List the numbers of the last round, by product: they stay unless they are changed."""
        return {one.product: one.number for one in preparation.current_documents(self.permohonan)}

    def proposed_numbers(self, product: dict) -> list[str]:
        return document_numbers.propose_numbers(self.permohonan, product) if product["kind"] == "pdf" else []

    def kept_drafts(self) -> dict:
        """List the drafts from SIAK that need not be uploaded again, by product."""
        return draft_uploads.kept_drafts(self.permohonan)

    def is_returned(self, draft: StoredFile) -> bool:
        """Tell whether a kept draft is the one that was returned."""
        return bool(self.arrival and self.arrival.reason and self.arrival.at > draft.created_at)

    def is_outdated(self, draft: StoredFile) -> bool:
        """Tell whether the answers have changed since a kept draft was uploaded."""
        revision = submission.last_revision(self.permohonan)
        return revision is not None and revision.created_at > draft.created_at

    def source(self, product: dict) -> str:
        return source_of(product)

    def originals(self) -> dict[str, str]:
        """List the papers whose originals are shown at the handover, by key."""
        return submission.originals(self.permohonan)

    def waiting_uploads(self) -> dict:
        """List the PDFs that wait for a second reader, by product."""
        return signed_uploads.waiting_uploads(self.permohonan)

    def old_papers(self) -> dict[str, str]:
        """List the old papers that must come back at the handover, by key."""
        return papers_to_take_back(self.permohonan)

    def recipients(self) -> dict[str, str]:
        """List who may receive the documents without a proxy's letter, the likeliest first: names by what they are."""
        return entitled_people(self.permohonan)

    def proposed_day(self):
        return casework_action_form.proposed_day(self.transition, self.permohonan)

    def filled(self, name: str) -> str:
        """Return what stands in a field to begin with: of a recording its place, since often only its day changes.

        What SIAK has against it begins the explanation for the applicant.
        """
        likely = {"place": self.permohonan.recording_place, "recipient_name": self.permohonan.applicant_name}
        if name == "reason" and self.transition.explains and self.arrival:
            from_siak = workflow.transition_of(self.arrival.event).reason_kind == "siak"
            likely["reason"] = self.arrival.reason if from_siak else ""
        return likely.get(name, "")

    def suggestions(self, name: str) -> list[str]:
        """Suggest values while an input is typed: the Dinas and the sub-districts, where people are recorded."""
        places = (
            Office.select(Office.name).where(Office.kind.in_(("dinas", "kecamatan"))).order_by(Office.kind, Office.name)
        )
        return [place.name for place in places] if name == "place" else []

    def shown(self) -> str:
        return signing.digest_of_documents(self.permohonan)


@dataclass(frozen=True)
class Button:
    """A transition as the person may perform it: a form of its own, or a link to the page that asks."""

    transition: workflow.Transition
    label: str
    url: str
    opens: bool
    in_dialog: bool  # answered over the list, not on a page with the papers beside it
    for_many: bool  # the same can be done to many at once


def button(view, permohonan: Permohonan, transition: workflow.Transition) -> Button:
    """Make the button of a transition that this person may perform."""
    url = f"{view.url}/aksi/{transition.action}/?id={permohonan.key}{view.list_suffix()}"
    role = next((role for role in transition.roles if role in current_user.roles), transition.roles[0])
    opens = _form(permohonan, transitions.Permitted(transition, role, None)).opens
    in_dialog = not casework_action_form.needs_page(transition)
    for_many = casework_action_form.answerable_once(transition)
    return Button(transition, transition.label_for(permohonan), url, opens, in_dialog, for_many)


def _form(permohonan: Permohonan, permitted: transitions.Permitted) -> ActionForm:
    """Return the form of an action; with nothing to sign, the officer's password stands for the passphrase."""
    inputs = casework_action_form.inputs_for(permitted.transition, permohonan, permitted.role)
    proves = "passphrase" in permitted.transition.inputs and not inputs
    return ActionForm(permohonan, permitted, inputs, proves)


def action_form(permohonan: Permohonan, action: str, user: User) -> ActionForm:
    """Make the form of an action; raises NotAllowed, saying why, where the person may not perform it."""
    return _form(permohonan, transitions.find_transition(permohonan, action, user))


def check_version(permohonan: Permohonan, seen: str | None) -> None:
    """Raise AlreadyDone where the page showed another version than there is now, or doesn't say which."""
    if seen != str(permohonan.version):
        raise transitions.already_done(permohonan)


def perform(form: ActionForm, typed: Mapping, files: Mapping, user: User, *, seen: bool = False) -> None:
    """Perform the action of a form with what was typed; with `seen`, record that the person saw it so.

    Raises FormInvalid, with the form as it was typed, or NotAllowed.
    """
    form.typed = typed
    if form.proves:
        confirm_password(form, typed.get("password", ""))
    answers = casework_action_form.read_answers(form.transition, form.permohonan, typed, files)
    try:
        transitions.perform_transition(form.permohonan, form.permitted, user, answers, _seen if seen else None)
    except transitions.Incomplete as incomplete:
        raise FormInvalid(form, incomplete.errors) from None
    except (storage.StorageError, drafts.DraftNotEditable) as reason:
        raise workflow.NotAllowed(str(reason)) from None


def _seen(move: transitions.Move) -> transitions.Rows:
    assert move.actor is not None
    return [access_log.record_action(move.permohonan, move.actor, move.role)]


def confirm_password(form: ActionForm, password: str) -> None:
    """Raise FormInvalid where this is not the password of the person at the keyboard."""
    try:
        proved = accounts.reauthenticate(current_user, password)
    except rate_limits.RateLimited as reason:
        raise FormInvalid(form, {"password": str(reason)}) from None
    if not proved:
        raise FormInvalid(form, {"password": "Kata sandi ini tidak cocok. Isi kata sandi akun Anda."})


def done_text(transition: workflow.Transition) -> str:
    """Say what performing it has done, as the end of a sentence."""
    return f"{transition.past_label[0].lower()}{transition.past_label[1:]}"


@dataclass(frozen=True)
class UndoOffer:
    """The button that takes back what was just done, as long as nobody was told of it."""

    transition: workflow.Transition
    seconds: int  # left
    until: str  # the same as a time of day


def undo_offer(action: str, at: datetime) -> UndoOffer | None:
    """Return the offer to undo an action that was performed at this time; None where there is none any more."""
    transition = workflow.UNDO.get(action)
    if transition is None:
        return None
    ends = at + timedelta(seconds=workflow.BY_ACTION[action][0].undo_seconds)
    seconds = int((ends - now()).total_seconds())
    zone = current_app.config["ZONE"]
    return UndoOffer(transition, seconds, f"{local(ends):%H.%M.%S} {zone}") if seconds > 0 else None


def undo_flash(view, form: ActionForm) -> list:
    """[seconds, time, words of the button, its address, version] of the offer to undo; empty: there is none."""
    offer = undo_offer(form.transition.action, form.permohonan.changed_at)
    if offer is None:
        return []
    address = f"{view.url}/aksi/{offer.transition.action}/?id={form.permohonan.key}{view.list_suffix()}"
    return [offer.seconds, offer.until, offer.transition.action, address, form.permohonan.version]


def printout_link(form: ActionForm) -> list[str]:
    """[address, words] of what is usually printed with this action; empty: nothing."""
    if not form.transition.printout:
        return []
    words, _ = printouts.PRINTOUTS[form.transition.printout]
    address = url_for(f"staff_files.{form.transition.printout}", key=form.permohonan.key)
    return [address, f"Cetak {words}"]
