"""Bulk actions: one form for many applications, performing it, and how each of them went.

Applications that casework/bulk.py supports are moved together, in one transaction. Each other one goes through
`actions.perform`, as if its own button were pressed: a refused one doesn't stop the others. The result is stored, and
shown on the list that follows, so that reloading it performs nothing. There is no code for a single action here.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from itertools import chain

from flask import request
from flask_login import current_user
from werkzeug.datastructures import MultiDict

import workflow
from admin_views.base import NUMBER
from admin_views.queue import actions, bulk_bar, checklist
from admin_views.queue.actions import ActionForm, FormInvalid
from admin_views.scope import KEY
from casework import action_form, bulk, claims, transitions
from casework.inputs import INPUTS, Input
from casework.inputs.words import InvalidInput
from documents import draft_comparison, signing
from models import Batch, Document, Permohonan, User

AT_ONCE, SIGNED_AT_ONCE, PRINTED_AT_ONCE = 100, 20, 50
SURPLUS = f"melewati {SIGNED_AT_ONCE} dokumen sekali tanda tangan; pilih lagi sesudah ini."
UNSEEN = "belum ikut ditandatangani; pilih lagi."
NOT_TRIED = "Belum dicoba dan tetap menunggu, karena yang sebelumnya gagal."
NOT_FOUND = "Tidak ditemukan."
RESULT = "hasil"  # the argument of an address that names a result


class BulkRefused(Exception):
    """Nothing was done with any of them; the message says why."""


Verdicts = dict[int, list[draft_comparison.ComparisonResult]]  # by application


def load_verdicts(transition: workflow.Transition, chosen: list[Permohonan]) -> Verdicts:
    """Load how the drafts compare, where they are what is decided on."""
    return draft_comparison.load_results(chosen, signed=True) if transition.action in workflow.FOUR_EYES[1:] else {}


@dataclass
class Result:
    """The result of a bulk action, row by row."""

    transition: workflow.Transition
    done: list[Permohonan]
    skipped: list[tuple[Permohonan, str]]
    missing: int

    @cached_property
    def verdicts(self) -> Verdicts:
        return load_verdicts(self.transition, self.done)

    @property
    def summary(self) -> str:
        """17 dicetak; 1 dilewati: …"""
        done = f"{len(self.done)} {actions.done_text(self.transition)}" if self.done else "Belum ada yang diproses"
        left_out = len(self.skipped) + self.missing
        if not left_out:
            return f"{done}."
        reasons = {sentence for _, sentence in self.skipped} | ({NOT_FOUND} if self.missing else set())
        return f"{done}; {left_out} dilewati{': ' + reasons.pop() if len(reasons) == 1 else '.'}"


@dataclass
class Choice:
    """The selected applications, sorted into eligible, already done and skipped."""

    transition: workflow.Transition
    missing: int = 0  # not within reach, or not there at all
    eligible: list[ActionForm] = field(default_factory=list)
    already_done: list[Permohonan] = field(default_factory=list)  # done by this very person, who pressed twice
    skipped: list[tuple[Permohonan, str]] = field(default_factory=list)  # with the reason

    @cached_property
    def verdicts(self) -> Verdicts:
        return load_verdicts(self.transition, [one.permohonan for one in self.eligible])

    def all_chosen(self) -> list[Permohonan]:
        return [*(one.permohonan for one in self.eligible), *self.already_done, *(one for one, _ in self.skipped)]

    def result(self) -> Result:
        """Return the result before any eligible application is processed."""
        return Result(self.transition, list(self.already_done), list(self.skipped), self.missing)


@dataclass
class BulkForm(ActionForm):
    """The form of one action for many; `permohonan` is the first of those that it can be done to."""

    eligible: list[ActionForm] = field(default_factory=list)
    papers: dict[int, list[Document]] = field(default_factory=dict)  # what is going to be signed, by application

    @property
    def label(self) -> str:
        return self.transition.label if any(map(_is_signed, self.eligible)) else super().label

    def products(self, kind: str = "") -> list[dict]:
        found = chain.from_iterable(one.products(kind) for one in self.eligible)
        return list({product["key"]: product for product in found}.values())

    def filled(self, name: str) -> str:
        return ""  # what fits the first need not fit the others

    def shown(self) -> str:
        return ""  # each has a digest of its own: digest_of

    def digest_of(self, permohonan: Permohonan) -> str:
        return signing.digest(self.papers.get(permohonan.id, []))


def load_chosen(view, at_most: int) -> tuple[list[Permohonan], int]:
    """Load what was ticked, and count what of it is not to be found. Raises BulkRefused: none, or too many."""
    keys = list(dict.fromkeys(request.form.getlist("rowid")))
    if not keys:
        raise BulkRefused("Belum ada yang dipilih. Centang dulu permohonan di daftar.")
    if len(keys) > at_most:
        raise BulkRefused(f"Anda memilih {len(keys)} permohonan. Pilih paling banyak {at_most} sekaligus.")
    found = view.get_many([key for key in keys if KEY.fullmatch(key)])
    return found, len(keys) - len(found)


def sort_chosen(
    transition: workflow.Transition, permohonans: list[Permohonan], missing: int, user: User, typed: Mapping
) -> Choice:
    """Sort out to whom of the chosen it can be done, and why not to the others; each one's version is checked here."""
    choice = Choice(transition, missing)
    held, unready = claims.claims_of_others(permohonans, user), checklist.incomplete_reasons(transition, permohonans)
    if transition.action in workflow.FOUR_EYES[1:]:
        unready |= draft_comparison.unread_drafts(permohonans, user)
    for permohonan in permohonans:
        if permohonan.id in held:
            choice.skipped.append((permohonan, f"diambil oleh {held[permohonan.id].user.name}."))
            continue
        try:
            form = actions.action_form(permohonan, transition.action, user)
            actions.check_version(permohonan, typed.get(f"version-{permohonan.key}"))
            _refuse_unseen(transition, permohonan, typed)
            if permohonan.id in unready:
                raise workflow.NotAllowed(unready[permohonan.id])
            choice.eligible.append(form)
        except workflow.NotAllowed as refusal:
            _skip(choice, permohonan, refusal, user, typed)
    return choice


def _skip(found: Choice | Result, permohonan: Permohonan, refusal: Exception, user: User, typed: Mapping) -> None:
    """Skip it, saying why, unless this person did it from this very page a moment ago: that is nothing to tell."""
    if isinstance(refusal, transitions.AlreadyDone) and _performed_by_same_press(
        permohonan, found.transition, user, typed
    ):
        (found.already_done if isinstance(found, Choice) else found.done).append(permohonan)
    else:
        found.skipped.append((permohonan, " ".join(map(str, refusal.args))))


def bulk_form(choice: Choice, typed: Mapping) -> BulkForm | None:
    """Make the form that is answered once for all; None where nobody is left."""
    if not choice.eligible:
        return None
    _leave_surplus(choice)
    row, first = choice.transition, choice.eligible[0]
    inputs = [INPUTS[name] for name in row.inputs if any(INPUTS[name] in one.inputs for one in choice.eligible)]
    proves = not inputs and any(one.proves for one in choice.eligible)
    form = BulkForm(first.permohonan, first.permitted, inputs, proves, typed, eligible=choice.eligible)
    if "shown" in row.checks:
        form.papers = _documents([one.permohonan for one in choice.eligible])
    return form


def is_answered(form: BulkForm, typed: MultiDict) -> bool:
    """Return True if the form was submitted, False if it is still to be shown."""
    names: Iterable[str] = (name for one in form.inputs for name in (*one.recorded, one.name))
    return "answered" in typed or any(name in typed for name in names)


def _performed_by_same_press(permohonan: Permohonan, row: workflow.Transition, user: User, typed: Mapping) -> bool:
    """Return True if this person performed it from this very page already: a double submit is no refusal."""
    seen = typed.get(f"version-{permohonan.key}") or ""
    if not NUMBER.fullmatch(seen) or (row.after_commit and permohonan.state in (row.target, *row.sources)):
        return False
    return transitions.was_performed_by(user, permohonan, row.action, int(seen) + 1)


def _leave_surplus(choice: Choice) -> None:
    """Leave the documents beyond the limit of one signing for the next passphrase."""
    room = SIGNED_AT_ONCE
    for one in list(choice.eligible):
        signed = len(one.products("pdf")) if _is_signed(one) else 0
        if signed > room:
            choice.eligible.remove(one)
            choice.skipped.append((one.permohonan, SURPLUS))
        else:
            room -= signed


def _is_signed(form: ActionForm) -> bool:
    return any(one.kind == "passphrase" for one in form.inputs)


def _refuse_unseen(row: workflow.Transition, permohonan: Permohonan, typed: Mapping) -> None:
    """Skip what the answered page did not show as eligible, so that nothing unseen is signed."""
    if "shown" in row.checks and "answered" in typed and not typed.get(f"shown-{permohonan.key}"):
        raise workflow.NotAllowed(UNSEEN)


def _documents(chosen: list[Permohonan]) -> dict[int, list[Document]]:
    """The documents of the rounds that count, asked for once."""
    found: dict[int, list[Document]] = {one.id: [] for one in chosen}
    rounds = {one.id: one.round for one in chosen}
    for document in Document.select().where(Document.permohonan.in_(list(found))).order_by(Document.id):
        if document.round == rounds[document.permohonan_id]:
            found[document.permohonan_id].append(document)
    return found


def perform(choice: Choice, form: BulkForm | None, user: User, typed: Mapping) -> Result:
    """Perform it on each; raises FormInvalid, and nothing has happened, where an answer is good for none of them."""
    if form:
        _check_inputs(form, typed)
        _confirm(form, user, typed)
    result = choice.result()
    waiting = _perform_together(choice, result, user, typed)
    while waiting:
        one = waiting.pop(0)
        one.proves = False  # that has been asked, once for all
        key = one.permohonan.key
        own = {name: typed[name] for name in typed} | {"shown": typed.get(f"shown-{key}", "")}
        try:
            actions.perform(one, own, {}, user)
            result.done.append(one.permohonan)
        except (workflow.NotAllowed, FormInvalid) as refusal:
            _skip(result, Permohonan.get_by_id(one.permohonan.id), refusal, user, typed)
            if isinstance(refusal, signing.SigningStopped):
                result.skipped += [(left.permohonan, NOT_TRIED) for left in waiting]
                break
    return result


def _perform_together(choice: Choice, result: Result, user: User, typed: Mapping) -> list[ActionForm]:
    """Perform it on all in one go where that can be; returns those who have not had their turn."""
    if not choice.eligible or not bulk.supports(choice.transition):
        return list(choice.eligible)
    first = choice.eligible[0]  # what is asked of many has one answer for all
    answers = action_form.read_answers(first.transition, first.permohonan, typed, {})
    result.done += bulk.perform_transitions([(one.permohonan, one.permitted, answers) for one in choice.eligible], user)
    done = {one.id for one in result.done}
    return [one for one in choice.eligible if one.permohonan.id not in done]


def _check_inputs(form: BulkForm, typed: Mapping) -> None:
    """Raise FormInvalid where an answer is good for none of those who are asked."""
    errors: dict[str, str] = {}
    for one in form.inputs:
        errors |= _refused_by_all(form, one, typed)
    if errors:
        raise FormInvalid(form, errors)


def _refused_by_all(form: BulkForm, ask: Input, typed: Mapping) -> dict[str, str]:
    errors: dict[str, str] = {}
    for one in form.eligible:
        if ask in one.inputs:
            try:
                answers = action_form.read_answers(one.transition, one.permohonan, typed, {})
                ask.clean(answers, one.permohonan, one.permitted.role)
            except InvalidInput as refused:
                errors = errors or refused.errors
            else:
                return {}
    return errors


def _confirm(form: BulkForm, user: User, typed: Mapping) -> None:
    """Ask for the password or the passphrase, once, before the first of them."""
    if form.proves:
        actions.confirm_password(form, typed.get("password", ""))
    if _is_signed(form):
        try:
            signing.verify_passphrase(user, typed.get("passphrase", ""))
        except transitions.Incomplete as incomplete:
            raise FormInvalid(form, incomplete.errors) from None
        except signing.SigningStopped as reason:
            raise BulkRefused(str(reason)) from None


# How it went


def save_result(result: Result, view, user: User) -> int:
    """Save a result for the list of this screen; returns the number by which an address names it."""
    facts = {"user": user.id, "screen": view.endpoint, "action": result.transition.action, "missing": result.missing}
    done, skipped = [one.key for one in result.done], [(one.key, sentence) for one, sentence in result.skipped]
    return Batch.create(**facts, done=done, skipped=skipped).id


def last_result(view) -> Result | None:
    """Load the result that the address names, where this very person pressed it here; with what is still in reach."""
    number = request.args.get(RESULT, "")
    if not NUMBER.fullmatch(number):
        return None
    batch = Batch.get_or_none(Batch.id == int(number), Batch.user == current_user.id, Batch.screen == view.endpoint)
    transition = batch and bulk_bar.transition_for_many(view, batch.action)
    if not transition:
        return None
    there = {one.key: one for one in view.get_many([*batch.done, *(key for key, _ in batch.skipped)])}
    skipped = [(there[key], sentence) for key, sentence in batch.skipped if key in there]
    return Result(transition, [there[key] for key in batch.done if key in there], skipped, batch.missing)
