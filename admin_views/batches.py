"""The same action for many applications: what is asked once for all of them, and how each of them went.

Those that a row moves alike go together, in one transaction (`pile`). Every other goes its own way, by `acting.press`,
as if its own button were pressed: a wrong one doesn't stop the others.
There is no code for a single action here.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import chain

import claims
import draft_checks
import performing
import pile
import signing
import workflow
from admin_views import acting, checking
from admin_views.acting import Asked, Wrong
from admin_views.base import NUMBER
from admin_views.telling import Result
from answers import INPUTS, Input
from answers.words import InvalidInput
from intake import asking
from models import Document, Permohonan, User

AT_ONCE, SIGNED_AT_ONCE, PRINTED_AT_ONCE = 100, 20, 50
SURPLUS = f"melewati {SIGNED_AT_ONCE} dokumen sekali tanda tangan; pilih lagi sesudah ini."
UNSEEN = "belum ikut ditandatangani; pilih lagi."
NOT_TRIED = "Belum dicoba dan tetap menunggu, karena yang sebelumnya gagal."


class Refused(Exception):
    """Nothing was done with any of them; the message says why."""


@dataclass
class Choice:
    """What was chosen, sorted by what can be done to it."""

    row: workflow.Transition
    missing: int = 0  # not within reach, or not there at all
    willing: list[Asked] = field(default_factory=list)
    already: list[Permohonan] = field(default_factory=list)  # done by this very person, who pressed twice
    skipped: list[tuple[Permohonan, str]] = field(default_factory=list)  # with the reason

    def everybody(self) -> list[Permohonan]:
        return [*(one.permohonan for one in self.willing), *self.already, *(one for one, _ in self.skipped)]

    def result(self) -> Result:
        """How it went so far: nobody who is willing has had their turn."""
        return Result(self.row, list(self.already), list(self.skipped), self.missing)


@dataclass
class Together(Asked):
    """The form of one action for many; `permohonan` is the first of those that it can be done to."""

    willing: list[Asked] = field(default_factory=list)
    papers: dict[int, list[Document]] = field(default_factory=dict)  # what is going to be signed, by application

    def products(self, kind: str = "") -> list[dict]:
        found = chain.from_iterable(one.products(kind) for one in self.willing)
        return list({product["key"]: product for product in found}.values())

    def shown(self) -> str:
        return ""  # each has a digest of its own: digest_of

    def digest_of(self, permohonan: Permohonan) -> str:
        return signing.digest(self.papers.get(permohonan.id, []))


def sort(row: workflow.Transition, chosen: list[Permohonan], missing: int, user: User, form: Mapping) -> Choice:
    """Who of the chosen it can be done to, and why not to the others."""
    choice = Choice(row, missing)
    held, unready = claims.claims_of_others(chosen, user), checking.unready(row, chosen)
    if row.action in workflow.FOUR_EYES[1:]:
        unready |= draft_checks.odd(chosen)
    for permohonan in chosen:
        if permohonan.id in held:
            choice.skipped.append((permohonan, f"diambil oleh {held[permohonan.id].user.name}."))
            continue
        try:
            asked = acting.ask(permohonan, row.action, user)
            acting.refuse_another_version(permohonan, form.get(f"version-{permohonan.key}"))
            _refuse_unseen(row, permohonan, form)
            if permohonan.id in unready:
                raise workflow.NotAllowed(unready[permohonan.id])
            choice.willing.append(asked)
        except workflow.NotAllowed as refusal:
            _not_now(choice, permohonan, refusal, user, form)
    return choice


def _not_now(found: Choice | Result, permohonan: Permohonan, refusal: Exception, user: User, form: Mapping) -> None:
    """Skip it, saying why, unless this person did it from this very page a moment ago: that is nothing to tell."""
    if isinstance(refusal, performing.AlreadyDone) and _was_me(permohonan, found.row, user, form):
        (found.already if isinstance(found, Choice) else found.done).append(permohonan)
    else:
        found.skipped.append((permohonan, " ".join(map(str, refusal.args))))


def form_for(choice: Choice, typed: Mapping) -> Together | None:
    """The form that is answered once for all; None where nobody is left."""
    if not choice.willing:
        return None
    _leave_surplus(choice)
    row, first = choice.row, choice.willing[0]
    asks = [INPUTS[name] for name in row.inputs if any(INPUTS[name] in one.asks for one in choice.willing)]
    proves = not asks and any(one.proves for one in choice.willing)
    together = Together(first.permohonan, row, first.role, asks, proves, typed, willing=choice.willing)
    if "shown" in row.checks:
        together.papers = _papers([one.permohonan for one in choice.willing])
    return together


def _was_me(permohonan: Permohonan, row: workflow.Transition, user: User, form: Mapping) -> bool:
    """Did this person do this to it from this very page, a moment ago? Then there is nothing to complain about."""
    seen = form.get(f"version-{permohonan.key}") or ""
    if not NUMBER.fullmatch(seen) or (row.after_commit and permohonan.state in (row.target, *row.sources)):
        return False
    return performing.was_performed_by(user, permohonan, row.action, int(seen) + 1)


def _leave_surplus(choice: Choice) -> None:
    """What is more than is signed at once waits for the next passphrase."""
    room = SIGNED_AT_ONCE
    for one in list(choice.willing):
        signed = len(one.products("pdf")) if any(ask.kind == "passphrase" for ask in one.asks) else 0
        if signed > room:
            choice.willing.remove(one)
            choice.skipped.append((one.permohonan, SURPLUS))
        else:
            room -= signed


def _refuse_unseen(row: workflow.Transition, permohonan: Permohonan, form: Mapping) -> None:
    """What stood on the answered page as skipped is not signed after all."""
    if "shown" in row.checks and "answered" in form and not form.get(f"shown-{permohonan.key}"):
        raise performing.NotAllowed(UNSEEN)


def _papers(chosen: list[Permohonan]) -> dict[int, list[Document]]:
    """The documents of the rounds that count, asked for once."""
    found: dict[int, list[Document]] = {one.id: [] for one in chosen}
    rounds = {one.id: one.round for one in chosen}
    for document in Document.select().where(Document.permohonan.in_(list(found))).order_by(Document.id):
        if document.round == rounds[document.permohonan_id]:
            found[document.permohonan_id].append(document)
    return found


def press(choice: Choice, together: Together | None, user: User, form: Mapping) -> Result:
    """Do it to each of them. Raises Wrong, and nothing has happened, where an answer is good for none of them."""
    if together:
        _check(together, form)
        _prove(together, user, form)
    result = choice.result()
    waiting = _at_once(choice, result, user, form)
    while waiting:
        asked = waiting.pop(0)
        asked.proves = False  # that has been asked, once for all
        try:
            acting.press(asked, _own(asked, form), {}, user)
            result.done.append(asked.permohonan)
        except (workflow.NotAllowed, Wrong) as refusal:
            _not_now(result, Permohonan.get_by_id(asked.permohonan.id), refusal, user, form)
            if isinstance(refusal, signing.Stopped):
                result.skipped += [(one.permohonan, NOT_TRIED) for one in waiting]
                break
    return result


def _at_once(choice: Choice, result: Result, user: User, form: Mapping) -> list[Asked]:
    """Do to all what can be done to all in one go; returns those who have not had their turn."""
    if not pile.supports(choice.row):
        return list(choice.willing)
    if not choice.willing:
        return []
    first = choice.willing[0]  # what is asked of many has one answer for all
    answers = asking.read_answers(first.row, first.permohonan, form, {})
    chosen = [(one.permohonan, one.permitted, answers) for one in choice.willing if one.permitted]
    result.done += pile.perform_transitions(chosen, user)
    done = {one.id for one in result.done}
    return [one for one in choice.willing if one.permohonan.id not in done]


def _own(asked: Asked, form: Mapping) -> dict:
    """The answers as the form of this one application would have sent them."""
    key, version = asked.permohonan.key, str(asked.permohonan.version)
    own = {"version": form.get(f"version-{key}") or version, "shown": form.get(f"shown-{key}", "")}
    return {name: form[name] for name in form} | own


def _check(together: Together, form: Mapping) -> None:
    """Raise Wrong where an answer is good for none of those who are asked."""
    errors: dict[str, str] = {}
    for ask in together.asks:
        errors |= _refused_by_all(together, ask, form)
    if errors:
        raise Wrong(together, errors)


def _refused_by_all(together: Together, ask: Input, form: Mapping) -> dict[str, str]:
    errors: dict[str, str] = {}
    for one in together.willing:
        if ask in one.asks:
            try:
                ask.clean(asking.read_answers(one.row, one.permohonan, form, {}), one.permohonan, one.role)
            except InvalidInput as refused:
                errors = errors or refused.errors
            else:
                return {}
    return errors


def _prove(together: Together, user: User, form: Mapping) -> None:
    """The password or the passphrase, once, before the first of them."""
    if together.proves:
        acting.prove(together, form.get("password", ""))
    if any(ask.kind == "passphrase" for ask in together.asks):
        try:
            signing.prove(user, form.get("passphrase", ""))
        except performing.Incomplete as incomplete:
            raise Wrong(together, incomplete.errors) from None
        except signing.Stopped as reason:
            raise Refused(str(reason)) from None
