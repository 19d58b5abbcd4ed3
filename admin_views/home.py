"""Home page of the staff side: one's own work first, what is late, notices, and to heads the office at a glance."""

from dataclasses import dataclass
from typing import Any

import peewee as pw
from flask import redirect, url_for
from flask_admin import AdminIndexView, expose
from flask_login import current_user

import workflow
from admin_views import inbox, overview
from admin_views.base import StaffModelView
from admin_views.gate import Gate
from admin_views.queue import query, tabs
from admin_views.queue.filters import Chip
from admin_views.queue.view import QueueView
from admin_views.scope import reachable
from admin_views.search import criteria
from models import Permohonan

RUNNING = tuple(state.code for state in workflow.STATES.values() if not state.ends_clock and not state.pauses)


@dataclass(frozen=True)
class Tile:
    """A number, what it counts, and where that is listed; `promise` says what to search for where no address does."""

    label: str
    count: int
    url: str = ""
    note: str = ""
    promise: str = ""


@dataclass(frozen=True)
class Part:
    """A queue on this page: its parts, how many wait for this person, and what of them is pressing."""

    view: QueueView
    tiles: list[Tile]
    waiting: int
    pressing: list[Chip]

    @property
    def is_empty(self) -> bool:
        """Say whether there is nothing to do or to see: one line is enough."""
        return not getattr(self.view, "begins", "") and not any(tile.count for tile in self.tiles)


class Home(Gate, AdminIndexView):
    """Beranda petugas."""

    roles = workflow.STAFF

    def __init__(self):
        super().__init__(name="Beranda", url="/petugas", template="staff/home.html")

    @expose()
    def index(self):
        queues = self._queues()
        counts = tabs.count_all(queues, _deadlines())
        deadlines = [Tile(label, counts[code], promise=code) for code, label in criteria.PROMISES if code]
        facts = {"lists": self._lists(), "deadlines": deadlines}
        parts = sorted((_part(view) for view in queues), key=lambda part: not part.waiting)  # what waits comes first
        return self.render(self._template, inbox=inbox.read(), queues=parts, overview=overview.read(), **facts)

    @expose("/pemberitahuan", methods=("POST",))
    def read_notices(self):
        """Mark one's own inbox as read."""
        inbox.mark_read()
        return redirect(url_for("admin.index"), 303)

    def _queues(self) -> list[QueueView]:
        """Those of this person."""
        assert self.admin
        queues = (view for view in self.admin._views if isinstance(view, QueueView) and view.show_on_home)
        return [view for view in queues if view.is_accessible()]

    def _lists(self) -> list[tuple[StaffModelView, list[Tile]]]:
        """Count what waits in other lists, for those whose work is in no queue."""
        assert self.admin
        lists = (view for view in self.admin._views if isinstance(view, StaffModelView) and view.is_accessible())
        found = [(view, view.home_tiles()) for view in lists]
        return [(view, [_tile(view, *one) for one in several]) for view, several in found if several]


def _tile(view: StaffModelView, label: str, count: int, narrowed: dict[str, Any]) -> Tile:
    return Tile(label, count, url_for(f"{view.endpoint}.index_view", **narrowed))


def _part(view: QueueView) -> Part:
    counts = tabs.counts(view)
    waiting = sum(counts[state] for state in view.waiting_states())
    promised = tabs.due_counts(view) if view.claimable and waiting else {}
    address = f"{view.endpoint}.index_view"
    urgent = ((code, label) for code, label in tabs.PROMISES if promised.get(code))
    pressing = [Chip(label, url_for(address, janji=code), False, promised[code]) for code, label in urgent]
    return Part(view, _tiles(view), waiting, pressing)


def _tiles(view: QueueView) -> list[Tile]:
    counts, waiting, address = tabs.counts(view), view.waiting_states(), f"{view.endpoint}.index_view"
    notes = {state: "" if state in waiting else "untuk dipantau" for state in view.states}
    urls = {state: url_for(address, keadaan=state) for state in view.states}
    return [Tile(workflow.STATES[one].label, counts[one], urls[one], notes[one]) for one in view.states]


def _running() -> pw.ModelSelect:
    return reachable(current_user).where(Permohonan.state.in_(RUNNING))


def _deadlines() -> dict[str, query.Condition]:
    """Of what this person reaches and the office still works on: late, due today, due tomorrow."""
    where, given = query.condition(("running", *current_user.access_key), _running)
    dates = criteria.promises()
    return {code: (f"{where} AND {text}", (*given, *its)) for code, (text, its) in dates.items()}
