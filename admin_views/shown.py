"""The rows of a list, each drawn once and remembered by all that it hangs on; nothing here asks the database.

A row is a function of its `Facts`, and its macro (staff/queue_row.html) sees nothing else: so whatever changes makes
another row, nothing is ever forgotten on purpose, and nobody is shown what was drawn for somebody else.
"""

from collections.abc import Callable, Collection, Hashable, Iterable
from functools import cached_property, lru_cache, partial
from typing import Any, NamedTuple

from flask import Flask, current_app
from flask_login import current_user
from markupsafe import Markup

import claims
import history
import office
import trail
import workflow
from admin_views import listing
from admin_views.acting import Button
from lib import fast_sql
from lib.database import local
from models import Permohonan
from templating import long_date, masked, short_moment, text

REMEMBERED = 4000  # rows in a process, some 5 kB each
LOOKS = {"main": "btn-primary", "no": "btn-danger"}


class Sheet(NamedTuple):
    """What all rows of a list have in common."""

    view: Any  # the screen
    person: tuple  # who looks at it, with all that their reach hangs on
    columns: tuple[tuple[str, str], ...]
    year: int  # moments of the present one are written without it
    rest: str  # what its addresses hand on: by what the list is narrowed


class Held(NamedTuple):
    """Who works on it."""

    name: str
    since: str
    mine: bool


class Facts(NamedTuple):
    """All that a row hangs on: who lets a row show something more adds it here."""

    sheet: Sheet
    row: Any  # every column of the table as the database gave it, and names of the place: listing.row
    left: str  # working time
    tone: str  # of that
    news: str
    held: Held | None
    beside: Hashable  # what the screen adds
    chosen: bool


class Offer(NamedTuple):
    """A button of a row."""

    action: str
    label: str
    look: str
    opens: bool
    in_dialog: bool
    url: str


class Shown:
    """What a list prints of one application."""

    def __init__(self, facts: Facts):
        self.facts, self.sheet, self.row = facts, facts.sheet, facts.row
        self._drawn: dict[bool, Markup] = {}

    def drawn(self, choose: bool) -> Markup:
        """Its line of the table, with a box to choose it or without."""
        if choose not in self._drawn:
            macro = current_app.jinja_env.get_template("staff/queue_row.html").module.line  # type: ignore[attr-defined]
            self._drawn[choose] = macro(self, choose)
        return self._drawn[choose]

    @cached_property
    def permohonan(self) -> Permohonan:
        return listing.joined([fast_sql.load(Permohonan, self.row)])[0]

    @cached_property
    def buttons(self) -> list[Button]:
        """What this person may do with it."""
        return self.sheet.view.buttons(self.permohonan)

    @cached_property
    def links(self) -> list:
        return list(self.sheet.view.links(self.permohonan))

    @property
    def offers(self) -> list[Offer]:
        """The buttons in the row: what one has to look at before stands on a page of its own."""
        return [
            Offer(b.row.action, b.row.label, LOOKS.get(b.row.tone, "btn-light"), b.opens, b.in_dialog, b.url)
            for b in self.buttons
            if not b.row.needs_full_view
        ]

    @cached_property
    def can(self) -> str:
        """The actions that can be done to many, this one among them."""
        return "".join(f"{one.row.action} " for one in self.buttons if one.for_many)

    @property
    def css(self) -> str:
        mine = self.facts.held and self.facts.held.mine
        return "is-over" if self.facts.tone == "bad" else "is-mine" if mine else ""

    # Words of columns

    @property
    def name(self) -> str:
        return self.row.subject_name or self.row.applicant_name or "Belum diisi"

    @property
    def nik(self) -> str:
        row = self.row
        words = f"NIK {masked(row.applicant_nik)}" if row.applicant_nik else ""
        other = row.subject_name and row.subject_name != row.applicant_name
        return f"{words} · pemohon {row.applicant_name}" if other else words

    @property
    def service(self) -> str:
        return text(self.permohonan.edition.body["name"])

    @property
    def village(self) -> str:
        return f"{self.row.village_name}, {self.row.district_name}" if self.row.village_name else ""

    @property
    def track(self) -> str:
        return workflow.TRACKS[self.row.track]

    @property
    def state(self) -> workflow.State:
        return workflow.STATES[self.row.state]

    @property
    def submitted_at(self) -> str:
        return self._short(self.permohonan.submitted_at)

    @property
    def changed_at(self) -> str:
        return self._short(self.permohonan.changed_at)

    @property
    def pickup_on(self) -> str:
        return long_date(self.permohonan.pickup_on)

    @property
    def queue_number(self) -> str:
        return office.queue_number(self.row.pickup_number) if self.row.pickup_number else ""

    def plain(self, name: str) -> str:
        """Any other column of the table as it is; a NIK never whole."""
        value = getattr(self.permohonan, name)
        return masked(value) if name.endswith("_nik") else value

    def _short(self, moment) -> str:
        """Without the year where it is the present one: a narrow column."""
        return short_moment(moment).replace(f" {self.sheet.year},", ",")


def register(app: Flask) -> None:
    """Let an app remember rows; while it is being worked on, it draws them anew."""
    app.extensions["rows"] = Shown if app.debug else lru_cache(REMEMBERED)(Shown)


def rows(found: list, view, clock: Callable[[], office.Calendar], kept: Collection[str] = ()) -> list[Shown]:
    """The rows of a list."""
    me, tells = current_user._get_current_object(), view.on_home
    sheet = Sheet(view, me.access_key, tuple(view._list_columns), local().year, view.rest())
    times, held, beside = _times(found, clock), claims.claimants(found), view.beside(found)
    known, holder = current_app.extensions["rows"], partial(_held, me.id)
    listing.learn(found)
    return [
        known(
            Facts(
                sheet,
                row,
                *times[row.due_at, row.paused_at, row.state],
                trail.unseen_state(row.version, row.seen) if tells else "",
                holder(*held[row.id]) if row.id in held else None,
                beside.get(row.id),
                row.key in kept,
            )
        )
        for row in found
    ]


def _times(found: Iterable, clock: Callable[[], office.Calendar]) -> dict[tuple, tuple[str, str]]:
    """Working time left in words, and its tone; told once for all that are due at the same time."""
    read, times = Permohonan.due_at.python_value, {}
    for when in {(row.due_at, row.paused_at, row.state) for row in found}:
        due_at, paused_at, state = when
        times[when] = history.remaining_time(state, read(due_at), read(paused_at), clock()) if due_at else ("", "")
    return times


def _held(me: int, name: str, since: str, holder: int) -> Held:
    return Held(name, since, holder == me)
