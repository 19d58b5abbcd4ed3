"""Pressing a button: which form it opens, how its answers are read, and performing it; no code for a single action.

What is signed is approved with a passphrase, and where none is asked, with the officer's own password.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

from flask import url_for
from flask_login import current_user

import accounts
import claims
import papers
import performing
import signing
import storage
import trail
import workflow
from accounts import limits
from admin_views import checking
from admin_views.work import Desk, Sheet
from answers import Input
from answers.deficiencies import defectible, offered
from intake import applying, asking, wording
from models import Permohonan, Reason, User


class Wrong(Exception):
    """The answers must be corrected: `errors` by the names of their fields; `asked` holds what was typed."""

    def __init__(self, asked: "Asked", errors: Mapping[str, str]):
        super().__init__(*errors.values())
        self.asked, self.errors = asked, dict(errors)


@dataclass
class Asked:
    """The form of one row for one application."""

    permohonan: Permohonan
    row: workflow.Transition
    role: str
    asks: list[Input]
    proves: bool  # asks for the officer's password
    typed: Mapping = field(default_factory=dict)
    permitted: performing.Permitted | None = None  # where the person may perform it now

    @property
    def opens(self) -> bool:
        """Is there anything to answer?"""
        return bool(self.asks) or self.proves

    def reasons(self) -> list[Reason]:
        """What the officer can pick from."""
        mine = (Reason.kind == self.row.reason_kind) & Reason.active
        return list(Reason.select().where(mine).order_by(Reason.position, Reason.id)) if self.row.reason_kind else []

    @cached_property
    def listed(self) -> dict[str, list[Reason]]:
        """The same, asked for once however often a page lists them: all, then those that fit a paper and an answer."""
        every = self.reasons()
        fit = {about: [one for one in every if one.about in ("", about)] for about in ("requirement", "field")}
        return {"": every} | fit

    @cached_property
    def uploads(self) -> dict[str, str]:
        return wording.requirement_names(self.permohonan)

    def reasons_for(self, key: str) -> list[tuple[str, list[Reason]]]:
        """A requirement's own, by its definition; where it names none that is in use, all, those that fit first."""
        wanted, every = offered(self.permohonan, key), self.listed[""]
        if own := [one for one in every if one.key in wanted]:
            return [("", own)]
        fits = self.listed["requirement" if key in self.uploads else "field"]
        return [("", fits), ("Alasan lain", [one for one in every if one not in fits])]

    def parts(self, desk: Desk) -> list[tuple[str, list["Part"]]]:
        """What can be found short, under two headings: what was handed in before what was not."""
        words = defectible(self.permohonan)
        uploads = wording.requirement_names(self.permohonan)
        sheets = {sheet.requirement: sheet for sheet in reversed(desk.sheets)}
        values = {key: value for section in desk.sections for _, value, key in section.rows}
        needs = [Part(key, words[key], sheet=sheets.get(key)) for key in words if key in uploads]
        fields = [Part(key, words[key], values.get(key, "")) for key in words if key not in uploads]
        return [
            ("Syarat", sorted(needs, key=lambda part: part.sheet is None)),
            ("Isian", sorted(fields, key=lambda part: not part.value)),
        ]

    def lists_answers(self) -> bool:
        """Does the form itself go through everything that was answered?"""
        return any(ask.kind == "deficiencies" for ask in self.asks)

    def products(self, kind: str = "") -> list[dict]:
        return [one for one in self.permohonan.products if kind in ("", one["kind"])]

    def proposed(self, name: str) -> list[str]:
        """What most often answers a question, to be taken over at a press: who comes is usually who applied."""
        return [self.permohonan.applicant_name] if name == "recipient_name" and self.permohonan.applicant_name else []

    def proposed_day(self):
        return asking.proposed_day(self.permohonan)

    def shown(self) -> str:
        return signing.digest_of(self.permohonan)


@dataclass(frozen=True)
class Part:
    """A requirement or a field."""

    key: str
    label: str
    value: str = ""
    sheet: Sheet | None = None


@dataclass(frozen=True)
class Button:
    """A row of the table as the person may press it: a form of its own, or a link to the page that asks."""

    row: workflow.Transition
    url: str
    opens: bool
    in_dialog: bool  # answered over the list, not on a page with the papers beside it
    for_many: bool  # the same can be done to many at once


def button(view, permohonan: Permohonan, row: workflow.Transition) -> Button:
    url = f"{view.url}/aksi/{row.action}/?id={permohonan.key}{view.rest()}"
    role = next((role for role in row.roles if role in current_user.roles), row.roles[0])
    return Button(
        row, url, _asked(permohonan, row, role).opens, not asking.needs_page(row), asking.answerable_once(row)
    )


def _asked(permohonan: Permohonan, row: workflow.Transition, role: str) -> Asked:
    """What is approved with a passphrase is approved with the own password where there is nothing to sign."""
    asks = asking.inputs_for(row, permohonan, role)
    return Asked(permohonan, row, role, asks, proves="passphrase" in row.inputs and not asks)


def ask(permohonan: Permohonan, action: str, user: User) -> Asked:
    """The form of an action; raises NotAllowed, saying why, where the person may not perform it."""
    permitted = performing.find_transition(permohonan, action, user)
    found = _asked(permohonan, permitted.transition, permitted.role)
    found.permitted = permitted
    return found


def refuse_another_version(permohonan: Permohonan, seen: str | None) -> None:
    """Raise AlreadyDone where the page showed another version than there is now."""
    if (seen or str(permohonan.version)) != str(permohonan.version):
        raise performing.already_done(permohonan)


def refuse_untimely(asked: Asked, user: User) -> None:
    """Raise NotAllowed where somebody else works on it, or it has to be looked at first."""
    claims.refuse_claimed_by_others(asked.permohonan, user)
    checking.refuse_unready(asked.row, asked.permohonan)


def press(asked: Asked, form: Mapping, files: Mapping, user: User, *, seen: bool = False) -> None:
    """Perform what `ask` has found, with what was typed; with `seen`, keep that the person saw it so.

    The version of the page has been compared by then (`refuse_another_version`). Raises Wrong, with the form as it was
    typed, or NotAllowed.
    """
    permohonan = asked.permohonan
    asked.typed = form
    assert asked.permitted, "found by `ask`"
    if asked.proves:
        prove(asked, form.get("password", ""))
    answers = asking.read_answers(asked.row, permohonan, form, files)
    try:
        performing.perform_transition(permohonan, asked.permitted, user, answers, _seen if seen else None)
    except performing.Incomplete as incomplete:
        raise Wrong(asked, incomplete.errors) from None
    except (storage.Refused, applying.Closed) as reason:
        raise workflow.NotAllowed(str(reason)) from None


def _seen(move: performing.Move) -> performing.Rows:
    assert move.actor is not None
    return [trail.record_action(move.permohonan, move.actor, move.role)]


def prove(asked: Asked, password: str) -> None:
    """Raise Wrong where this is not the password of the person at the keyboard."""
    try:
        proved = accounts.proves(current_user, password)
    except limits.TooMany as reason:
        raise Wrong(asked, {"password": str(reason)}) from None
    if not proved:
        raise Wrong(asked, {"password": "Kata sandi ini tidak cocok. Isi kata sandi akun Anda."})


def happened(row: workflow.Transition) -> str:
    """What a press of it has done, as the end of a sentence."""
    return f"{row.past_label[0].lower()}{row.past_label[1:]}"


def paper_after(asked: Asked) -> list[str]:
    """[address, words] of what is usually printed with this action; empty: nothing."""
    if not asked.row.printout:
        return []
    words, _ = papers.PAPERS[asked.row.printout]
    address = url_for(f"staff_files.{asked.row.printout}", key=asked.permohonan.key)
    return [address, f"Cetak {words}"]
