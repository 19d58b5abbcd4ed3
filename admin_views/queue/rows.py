"""The rows of a list, each rendered once and cached by all that it depends on; only `extra` sends a query.

A row is a function of its `RowKey`, and its macro (staff/queue_row.html) sees nothing else. So every change gives
another key, no invalidation is needed, and nobody is shown what was rendered for somebody else.
"""

from collections.abc import Callable, Collection, Hashable, Iterable
from functools import cached_property, lru_cache
from typing import Any, NamedTuple

from flask import Flask, current_app
from flask_login import current_user
from markupsafe import Markup

import office
import workflow
from admin_views.queue import query
from admin_views.queue.actions import Button
from casework import access_log, claims, four_eyes, opened_sheets, timeline
from catalogue.nik import mask_nik
from documents import draft_comparison
from lib import fast_sql
from lib.database import local
from models import Event, Permohonan, User
from web.filters import localized, long_date, short_moment

CACHED = 4000  # rows in a process, some 5 kB each
LOOKS = {"main": "btn-primary", "no": "btn-danger"}


class RowContext(NamedTuple):
    """The context that all rows of a list share."""

    view: Any  # the screen
    person: tuple  # who looks at it, with all that their reach hangs on
    columns: tuple[tuple[str, str], ...]
    year: int  # moments of the present one are written without it
    suffix: str  # what its addresses hand on: by what the list is narrowed
    actions: tuple[str, ...]  # the screen's own, for every row


class Claimant(NamedTuple):
    """The claim on an application, as a row shows it."""

    name: str
    since: str
    mine: bool


class RowKey(NamedTuple):
    """All that a row depends on: who lets a row show something more adds it here."""

    context: RowContext
    row: Any  # every column of the table as the database gave it, and what query.page joins to it
    left: str  # working time
    tone: str  # of that
    news: str
    claimant: Claimant | None
    extra: tuple[tuple[str, Hashable], ...]  # columns that are in no table, by name
    chosen: bool


class RowButton(NamedTuple):
    """A button of a row."""

    action: str
    label: str
    look: str
    opens: bool
    in_dialog: bool
    url: str


class RowButtons(NamedTuple):
    """The buttons of a row: in sight, and folded away, so that a row is one line high."""

    shown: list[RowButton]
    folded: list[RowButton]


class QueueRow:
    """A row of a queue."""

    def __init__(self, key: RowKey):
        self.key, self.context, self.row = key, key.context, key.row
        self.extra = dict(key.extra)
        self._drawn: dict[bool, Markup] = {}

    def draw(self, choose: bool) -> Markup:
        """Draw its line of the table, with a box to choose it or without."""
        if choose not in self._drawn:
            macro = current_app.jinja_env.get_template("staff/queue_row.html").module.line  # type: ignore[attr-defined]
            self._drawn[choose] = macro(self, choose)
        return self._drawn[choose]

    @cached_property
    def permohonan(self) -> Permohonan:
        return query.attach_editions([fast_sql.load(Permohonan, self.row)])[0]

    @cached_property
    def buttons(self) -> list[Button]:
        """List the buttons of the transitions that this person may perform; the row is cached for longer than some."""
        return [one for one in self.context.view.buttons(self.permohonan) if not one.transition.is_timed]

    @cached_property
    def is_barred(self) -> bool:
        """Tell whether four eyes keep a step of it from this person."""
        return bool(four_eyes.barred_steps(self.permohonan, current_user))

    @cached_property
    def links(self) -> list:
        return list(self.context.view.links(self.permohonan))

    @property
    def row_buttons(self) -> RowButtons:
        """The buttons in the row: what one has to look at before stands on a page of its own."""
        found = [
            RowButton(row.action, one.label, LOOKS.get(row.tone, "btn-light"), one.opens, one.in_dialog, one.url)
            for one in self.buttons
            if not (row := one.transition).needs_full_view
        ]
        if self.must_read:
            found = [one for one in found if one.action not in workflow.FOUR_EYES]
            url = f"{self.context.view.url}/details/?id={self.row.key}{self.context.suffix}"
            found.insert(0, RowButton("details", "Baca draf", LOOKS["main"], True, False, url))
        others = [one for one in found if one.look != LOOKS["main"]]
        folded = others if len(found) > 1 else []
        return RowButtons([one for one in found if one not in folded], folded)

    @cached_property
    def bulk_actions(self) -> str:
        """The actions that can be done to many, this one among them."""
        transitions = (one.transition.action for one in self.buttons if one.for_many)
        able = (action for action in transitions if not self.must_read or action not in workflow.FOUR_EYES)
        return "".join(f"{action} " for action in (*able, *self.context.actions))

    @property
    def must_read(self) -> bool:
        """Say whether a draft in doubt waits to be opened by this officer, before anything is decided on it."""
        drafts: Any = self.extra.get("draft") or ()
        return any(unread for _summary, _tone, unread in drafts)

    @property
    def css(self) -> str:
        mine = self.key.claimant and self.key.claimant.mine
        return "is-over" if self.key.tone == "bad" else "is-mine" if mine else ""

    # Words of columns

    @property
    def name(self) -> str:
        return self.row.subject_name or self.row.applicant_name or "Belum diisi"

    @property
    def nik(self) -> str:
        row = self.row
        words = f"NIK {mask_nik(row.applicant_nik)}" if row.applicant_nik else ""
        other = row.subject_name and row.subject_name != row.applicant_name
        return f"{words} · pemohon {row.applicant_name}" if other else words

    @property
    def service(self) -> str:
        return localized(self.permohonan.edition.body["name"])

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
        return mask_nik(value) if name.endswith("_nik") else value

    def _short(self, moment) -> str:
        """Without the year where it is the present one: a narrow column."""
        return short_moment(moment).replace(f" {self.context.year},", ",")


def register(app: Flask) -> None:
    """Let an app cache rows; while it is being worked on, it draws them anew."""
    app.extensions["rows"] = QueueRow if app.debug else lru_cache(CACHED)(QueueRow)


def queue_rows(found: list, view, clock: Callable[[], office.Calendar], chosen: Collection[str] = ()) -> list[QueueRow]:
    """Make the rows of a list from those of its page, as query.page fetched them."""
    me, tells = current_user._get_current_object(), view.show_on_home
    offered = tuple(one.name for one in view.offered_actions())
    context = RowContext(view, me.access_key, tuple(view._list_columns), local().year, view.list_suffix(), offered)
    query.load_editions(found)
    times, held, extra = _times(found, clock), claims.claimants(found), _extra(found, view)
    cached = current_app.extensions["rows"]
    return [
        cached(
            RowKey(
                context,
                row,
                *times[row.due_at, row.paused_at, row.state],
                access_log.unseen_state(row.version, row.seen) if tells else "",
                _claimant(me.id, *held[row.id]) if row.id in held else None,
                extra.get(row.id, ()),
                row.key in chosen,
            )
        )
        for row in found
    ]


def _times(found: Iterable, clock: Callable[[], office.Calendar]) -> dict[tuple, tuple[str, str]]:
    """Working time left in words, and its tone; told once for all that are due at the same time."""
    read, times = Permohonan.due_at.python_value, {}
    for when in {(row.due_at, row.paused_at, row.state) for row in found}:
        due_at, paused_at, state = when
        times[when] = timeline.remaining_time(state, read(due_at), read(paused_at), clock()) if due_at else ("", "")
    return times


def _claimant(me: int, name: str, since: str, holder: int) -> Claimant:
    return Claimant(name, since, holder == me)


# Columns that are in no table


def _draft_verdicts(rows: list) -> dict[int, Hashable]:
    """Load the draft comparisons: summary, tone, and whether to be read first of each draft, by application."""
    found = draft_comparison.load_results(rows)
    opened = opened_sheets.opened_sheets(rows, current_user)

    def unread(one: draft_comparison.ComparisonResult) -> bool:
        return one.tone != "good" and opened_sheets.name_of(one.document) not in opened

    return {ident: tuple((one.summary, one.tone, unread(one)) for one in several) for ident, several in found.items()}


def _verified_by(rows: list) -> dict[int, Hashable]:
    """Load who verified the drafts of this round, as (role, name), the ADB official first."""
    told = Event.select(Event, User).join(User, on=(Event.actor == User.id), attr="actor")
    told = told.where(Event.permohonan.in_([row.id for row in rows]), Event.action.in_(ROUND)).order_by(Event.version)
    found: dict[int, dict[str, tuple[str, str]]] = {}
    for event in told:
        if event.action == ROUND[0]:
            found[event.permohonan_id] = {}  # a new round begins
        else:
            acting = f"a.n. {event.acting_for.name}" if event.acting_for_id else ""
            words = ", ".join(filter(None, (VERIFIERS[event.action], acting)))
            found.setdefault(event.permohonan_id, {})[event.action] = (event.actor.name, words)
    return {ident: tuple(steps.values()) for ident, steps in found.items()}


ROUND = workflow.FOUR_EYES[:3]  # the draft, and who verified it
VERIFIERS = {"verify_adb": "ADB", "verify_kabid": "Kabid"}
LOADERS: dict[str, Callable[[list], dict[int, Hashable]]] = {  # asked once for all rows
    "draft": _draft_verdicts,
    "verified": _verified_by,
}


def _formatted(found: list, view, name: str) -> dict[int, Hashable]:
    """A column as the screen formats it: `column_formatters`, as Flask-Admin documents it."""
    formatter = view.column_formatters[name]
    applications = query.attach_editions([fast_sql.load(Permohonan, row) for row in found])
    return {one.id: formatter(view, None, one, name) for one in applications}


def _extra(found: list, view) -> dict[int, tuple[tuple[str, Hashable], ...]]:
    """The columns of each row that the screen formats itself, or that a loader knows."""
    columns: dict[str, dict[int, Hashable]] = {}
    for name, _ in view._list_columns:
        if name in view.column_formatters:
            columns[name] = _formatted(found, view, name)
        elif name in LOADERS:
            columns[name] = LOADERS[name](found)
    return {row.id: tuple((name, values.get(row.id)) for name, values in columns.items()) for row in found}
