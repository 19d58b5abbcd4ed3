"""The first page of the staff side: what waits for whom, what is late, and the latest notices."""

from dataclasses import dataclass
from datetime import timedelta

import peewee as pw
from flask import redirect, url_for
from flask_admin import AdminIndexView, expose
from flask_login import current_user

import workflow
from admin_views.base import Gate
from admin_views.permohonan import PermohonanView
from admin_views.scope import STAFF, reachable
from models import Notice, Permohonan, from_local, local, now

NOTICES = 12
RUNNING = tuple(state.code for state in workflow.STATES.values() if not state.ends_clock and not state.pauses)


@dataclass(frozen=True)
class Tile:
    """A number and what it counts."""

    label: str
    count: int
    url: str = ""
    note: str = ""
    late: bool = False


class Home(Gate, AdminIndexView):
    """Beranda petugas."""

    roles = STAFF
    title = "Beranda"

    def __init__(self):
        super().__init__(name=self.title, url="/petugas", template="staff/home.html")

    @expose()
    def index(self):
        return self.render(
            self._template, queues=self._queues(), deadlines=_deadlines(), notices=_notices(), unread=_unread().count()
        )

    @expose("/pemberitahuan", methods=("POST",))
    def read_notices(self):
        """Mark everything in the inbox as read."""
        Notice.update(read_at=now()).where(Notice.id.in_(_unread().select(Notice.id))).execute()
        return redirect(url_for("admin.index"), 303)

    def _queues(self) -> list[tuple[PermohonanView, list[Tile]]]:
        """Each queue of this person with its parts."""
        assert self.admin
        queues = (view for view in self.admin._views if isinstance(view, PermohonanView) and view.on_home)
        return [(view, _tiles(view)) for view in queues if view.is_accessible()]


def _tiles(view: PermohonanView) -> list[Tile]:
    counts, waiting = view.counts(view.states), view.waiting_states()
    return [
        Tile(
            workflow.STATES[state].label,
            counts.get(state, 0),
            url_for(f"{view.endpoint}.index_view", keadaan=state),
            "" if state in waiting else "untuk dipantau",
        )
        for state in view.states
    ]


def _deadlines() -> list[Tile]:
    """Of what this person reaches and the office still works on: late, due today, due tomorrow."""
    today = local().replace(hour=0, minute=0, second=0, microsecond=0)
    midnight, next_midnight = (from_local(today + timedelta(days=days)) for days in (1, 2))
    running = reachable(current_user).where(Permohonan.state.in_(RUNNING), Permohonan.due_at < next_midnight)
    late, soon = Permohonan.due_at < now(), Permohonan.due_at < midnight
    row = running.select(
        pw.fn.COUNT(pw.Case(None, [(late, 1)])),
        pw.fn.COUNT(pw.Case(None, [(soon & ~late, 1)])),
        pw.fn.COUNT(pw.Case(None, [(~soon, 1)])),
    ).tuples()[0]
    return [
        Tile("Lewat waktu", row[0], late=row[0] > 0, note="dari semua yang Anda jangkau"),
        Tile("Jatuh tempo hari ini", row[1]),
        Tile("Jatuh tempo besok", row[2]),
    ]


def _mine():
    """Notices for this person, or for everybody with one of their roles; of applications that they reach."""
    roles = [role for role in current_user.roles if role in STAFF]
    addressed = (Notice.user == current_user.id) | Notice.role.in_(roles)
    return Notice.select().where(addressed, Notice.permohonan.in_(reachable(current_user).select(Permohonan.id)))


def _notices() -> list[Notice]:
    return list(_mine().select(Notice, Permohonan).join(Permohonan).order_by(Notice.id.desc()).limit(NOTICES))


def _unread():
    return _mine().where(Notice.read_at.is_null())
