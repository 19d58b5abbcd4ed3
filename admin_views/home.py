"""The first page of the staff side: what waits for whom, what is late, and the latest notices."""

from dataclasses import dataclass
from datetime import timedelta

import peewee as pw
from flask import redirect, url_for
from flask_admin import AdminIndexView, expose
from flask_login import current_user

import workflow
from admin_views import listing
from admin_views.base import Gate
from admin_views.permohonan import PermohonanView
from admin_views.scope import STAFF, reachable
from models import Notice, Permohonan, from_local, local, now
from templating import COUNTED

NOTICES = 12
ANCIENT = "1900-01-01 00:00:00"
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
        unread = _unread().select(Notice.id).limit(COUNTED + 1).count()
        return self.render(
            self._template,
            queues=self._queues(),
            deadlines=_deadlines(),
            notices=_notices(),
            unread=unread,
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


def _running() -> pw.ModelSelect:
    return reachable(current_user).where(Permohonan.state.in_(RUNNING))


def _deadlines() -> list[Tile]:
    """Of what this person reaches and the office still works on: late, due today, due tomorrow."""
    today = local().replace(hour=0, minute=0, second=0, microsecond=0)
    midnight, next_midnight = (from_local(today + timedelta(days=days)) for days in (1, 2))
    where, given = listing.condition(("running", *listing.person(current_user)), _running)
    present = str(now())
    bounds = {"late": ("", present), "today": (present, str(midnight)), "tomorrow": (str(midnight), str(next_midnight))}
    parts = {
        name: (f"{where} AND p.due_at >= ? AND p.due_at < ?", (*given, since or ANCIENT, until))
        for name, (since, until) in bounds.items()
    }
    row = list(listing.counts(parts).values())
    return [
        Tile("Lewat waktu", row[0], late=row[0] > 0, note="dari semua yang Anda jangkau"),
        Tile("Jatuh tempo hari ini", row[1]),
        Tile("Jatuh tempo besok", row[2]),
    ]


def _mine():
    """Notices for this person, or for everybody with one of their roles; of applications that they reach."""
    roles = [role for role in current_user.roles if role in STAFF]
    addressed = (Notice.user == current_user.id) | Notice.role.in_(roles)
    within = reachable(current_user).where(Permohonan.id == Notice.permohonan).select(pw.SQL("1"))
    return Notice.select().where(addressed, pw.fn.EXISTS(within))


def _notices() -> list[Notice]:
    return list(_mine().select(Notice, Permohonan).join(Permohonan).order_by(Notice.id.desc()).limit(NOTICES))


def _unread():
    return _mine().where(Notice.read_at.is_null())
