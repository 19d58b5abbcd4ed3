"""What a queue offers for several applications at once: the bar, the actions, and papers for the printer.

Which actions that are, the workflow's table says, and the kinds of questions that they ask.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple
from urllib.parse import urlencode

import peewee as pw
from flask import flash, g, redirect, request
from flask_admin import expose
from flask_login import current_user
from werkzeug.datastructures import MultiDict

import papers
import storage
import workflow
from admin_views import acting, batches, checking, files, telling
from admin_views.base import Records, in_dialog, led
from admin_views.scope import KEY, missing
from admin_views.shown import Shown
from intake import asking
from models import Permohonan

PLACE = ("page", "page_size", "sesudah", "sebelum")  # which page of a list
KEPT = re.compile(r"[A-Za-z0-9._-]{1,40}")
ORDER = {row.action: number for number, row in reversed(list(enumerate(workflow.TRANSITIONS)))}


@dataclass(frozen=True)
class Bar:
    """What can be done with the chosen: actions, and papers to print (name, words)."""

    actions: tuple["Pick", ...]
    papers: tuple[tuple[str, str], ...]


class Pick(NamedTuple):
    """A button of the bar."""

    action: str
    label: str
    tone: str
    in_dialog: bool
    skips: str  # what it passes over beside the rows that don't suit it


def _pick(button: acting.Button) -> Pick:
    row = button.row
    return Pick(row.action, row.label, row.tone, button.in_dialog, checking.SAID.get(row.checklist, "").rstrip("."))


class Many(Records):
    """A list of applications of which several can be chosen, where `for_many` says so."""

    for_many = True
    states: tuple[str, ...] = ()  # none named: those in which the roles can do something
    track: str | None = None  # only this one

    def words(self) -> dict:
        """What the templates of applications ask with."""
        raise NotImplementedError

    # Every page of a list hands on by what it is narrowed, so that one comes back to where one was

    def kept(self) -> dict[str, str]:
        """The part of the address that narrows the list, and the page of it."""
        if "kept" not in g:
            given, names = request.args, (*self.extra_arguments, *PLACE)
            g.kept = {name: given[name] for name in names if name in given and KEPT.fullmatch(given[name])}
        return g.kept

    def get_url(self, endpoint, **kwargs):
        """What is about one application hands it on by itself."""
        about_one = endpoint.startswith((".", f"{self.endpoint}.")) and "id" in kwargs
        return super().get_url(endpoint, **(kwargs | (self.kept() if about_one else {}) | kwargs))

    def rest(self) -> str:
        """The same, to be put behind an address that names an application."""
        kept = self.kept()
        return f"&{urlencode(kept)}" if kept else ""

    def back(self) -> str:
        """The list as it was narrowed."""
        return self.get_url(".index_view", **self.kept())

    def get_many(self, keys: list[str]) -> list[Permohonan]:
        """Those of these keys that are within reach, in this order."""
        raise NotImplementedError

    def bar(self, rows: list[Shown]) -> Bar | None:
        """What somebody may do with several of the listed rows; None: nothing, so there is nothing to choose."""
        if not self.for_many:
            return None
        kinds = {row.can: row.buttons for row in rows}.values()
        found = {button.row.action: button for kind in kinds for button in kind if button.for_many}
        sorted_ones = sorted(found.values(), key=lambda button: ORDER[button.row.action])
        actions = tuple(_pick(button) for button in sorted_ones)
        printed = tuple((name, papers.PAPERS[name][0]) for name in printable(self.held(), self.states, self.track))
        return Bar(actions, printed) if rows and (actions or printed) else None

    def held(self) -> frozenset[str]:
        """The roles by which the person is here."""
        return current_user.roles.intersection(self.roles)

    def chosen(self, at_most: int) -> tuple[list[Permohonan], int]:
        """What was ticked, and how many of it are not to be found. Raises Refused: none, or too many."""
        keys = list(dict.fromkeys(request.form.getlist("rowid")))
        if not keys:
            raise batches.Refused("Belum ada yang dipilih. Centang dulu permohonan di daftar.")
        if len(keys) > at_most:
            raise batches.Refused(f"Anda memilih {len(keys)} permohonan. Pilih paling banyak {at_most} sekaligus.")
        found = self.get_many([key for key in keys if KEY.fullmatch(key)])
        return found, len(keys) - len(found)

    @expose("/massal/", methods=("GET", "POST"))
    def action_view(self):
        """Do one action to all that were ticked; where it asks something, ask it once first."""
        if request.method == "GET":
            return redirect(self.back(), 303)
        form, user = request.form, current_user._get_current_object()
        row = self.row_for_many(form.get("action", "")) or missing()
        try:
            choice = batches.sort(row, *self.chosen(batches.AT_ONCE), user, form)
            together = batches.form_for(choice, form)
            if together and together.opens and not _answers(together, form):
                return self._ask(choice, together, {})
            return self._told(batches.press(choice, together, user, form))
        except acting.Wrong as wrong:
            return self._ask(choice, wrong.asked, wrong.errors), 422
        except batches.Refused as refusal:
            flash(str(refusal), "error")
            return self._list(kept=set(form.getlist("rowid"))), 422

    def row_for_many(self, action: str) -> workflow.Transition | None:
        """What the bar of this screen offers under this name."""
        mine = self.held() if self.for_many else set()
        rows = (row for row in workflow.TRANSITIONS if row.action == action and mine & set(row.roles))
        return next((row for row in rows if asking.answerable_once(row)), None)

    def _told(self, result: telling.Result):
        """Lead to the list, which tells how it went."""
        try:
            named = {telling.NAMED: telling.keep(result, self, current_user)}
        except pw.OperationalError:  # what was done is done, also where this can't be kept
            flash(result.summary, "info")
            named = {}
        return led(self.get_url(".index_view", **self.kept(), **named))

    def _ask(self, choice: batches.Choice, asked: acting.Asked, errors: dict):
        template = "staff/batch_form.html" if in_dialog() else "staff/batch.html"
        return self.render(template, choice=choice, asked=asked, errors=errors, **self.words())

    def _list(self, **facts):
        self._template_args.update(facts)
        return self.index_view()

    @expose("/cetak/<paper>/", methods=("POST",))
    def print_view(self, paper):
        """One kind of paper of all that were ticked, as one PDF."""
        if paper not in papers.PAPERS or not self.for_many:
            missing()
        try:
            found, _ = self.chosen(batches.PRINTED_AT_ONCE)
        except batches.Refused as refusal:
            flash(str(refusal), "error")
            return self._list(kept=set(request.form.getlist("rowid"))), 422
        words = papers.PAPERS[paper][0].replace(" ", "-")
        name = f"{words}-{len(found)}-permohonan.pdf"
        return files.sent(lambda: _printed(paper, found or missing()), files.PDF, name)


@lru_cache(1000)
def printable(mine: frozenset[str], states: tuple[str, ...], track: str | None) -> tuple[str, ...]:
    """The papers of what these roles can do to many in these states, and of what a colleague did to hand it over."""
    found = set()
    for row in workflow.TRANSITIONS:
        here = row.track is None or track in (None, row.track)
        done_here = (
            mine.intersection(row.roles) and set(states).intersection(row.sources) and asking.answerable_once(row)
        )
        handed_over = row.target in states and mine.intersection(workflow.STATES[row.target].waits)
        if here and (done_here or (handed_over and workflow.APPLICANT not in row.roles)):
            found.add(row.printout)
    return tuple(name for name in papers.PAPERS if name in found)


def _printed(paper: str, chosen: list[Permohonan]) -> bytes:
    whole = papers.together(paper, chosen)
    if whole is None:
        raise storage.Refused(f"Yang Anda pilih belum mempunyai {papers.PAPERS[paper][0]} untuk dicetak.")
    return whole


def _answers(asked: acting.Asked, form: MultiDict) -> bool:
    """Was the form sent, or is it still to be shown?"""
    names: Iterable[str] = (name for ask in asked.asks for name in (*ask.recorded, ask.name))
    return "answered" in form or any(name in form for name in names)
