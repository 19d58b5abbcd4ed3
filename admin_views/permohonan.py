"""Screens of applications: a queue with the buttons that apply, the page of one application, and the form of an action.

A screen is a subclass that names its roles. States, buttons, forms and permissions come from the workflow's
table; there is no code for a single action here.
"""

from collections.abc import Hashable
from contextlib import suppress

import peewee as pw
from flask import flash, redirect, request
from flask_admin import expose
from flask_login import current_user

import claims
import history
import office
import papers
import trail
import workflow
from admin_views import acting, listing, shown, taking_in, telling
from admin_views.base import in_dialog
from admin_views.filtering import FILTERS
from admin_views.parting import Parted
from admin_views.scope import find, find_all, missing, reachable
from admin_views.working import clock
from intake import asking
from models import District, Permohonan, Village

LABELS = {
    "due_at": "Sisa waktu kerja",
    "number": "Permohonan",
    "applicant_name": "Pemohon",
    "village": "Desa",
    "track": "Jalur",
    "state": "Keadaan",
    "submitted_at": "Diajukan",
    "changed_at": "Sejak",
    "queue_number": "Nomor antrean",
    "pickup_on": "Hari pengambilan",
    "recording_on": "Perekaman",
    "claim": "Dipegang",
    "draft": "Draf dibanding isian",
}
ACTIONS = {row.action for row in workflow.TRANSITIONS}


def worked_states(roles: tuple[str, ...]) -> tuple[str, ...]:
    """The states from which somebody with one of these roles can do something, in the table's order."""
    can = {source for row in workflow.TRANSITIONS if set(roles) & set(row.roles) for source in row.sources}
    return tuple(state for state in workflow.STATES if state in can)


class PermohonanView(Parted):
    """The applications of a role, oldest promise first."""

    table = Permohonan
    empty = "Tidak ada yang menunggu Anda. Permohonan baru muncul di sini, yang paling mendesak paling atas."
    column_list: tuple[str, ...] = ("due_at", "number", "applicant_name", "village", "track", "submitted_at", "claim")
    column_labels = LABELS
    order: tuple = (Permohonan.due_at, Permohonan.id)
    extra_arguments = ("keadaan", *FILTERS)
    list_template, details_template = "staff/queue.html", "staff/work.html"

    def __init__(self):
        self.states = self.states or worked_states(self.roles)
        super().__init__()

    def get_pk_value(self, model):
        return model.key  # addresses carry the random key

    def get_one(self, id):
        """Within reach, in whatever state: who comes second is told who was first."""
        return find(current_user._get_current_object(), str(id), self.roles)

    def get_many(self, keys):
        return listing.joined(find_all(current_user._get_current_object(), keys, self.roles))

    def within(self):
        found = reachable(current_user, self.roles)
        return found.where(Permohonan.track == self.track) if self.track else found

    def scope(self):
        return self.within().where(Permohonan.state.in_(self.states))

    def narrow(self):
        return self.filtered(self.scope().where(Permohonan.state.in_(self.shown_states())))

    def get_query(self):
        return (
            Permohonan.select(Permohonan, Village, District)
            .join(Village, pw.JOIN.LEFT_OUTER)
            .join(District, pw.JOIN.LEFT_OUTER)
        )

    def beside(self, rows: list) -> dict[int, Hashable]:
        """What the columns show that isn't in the table, by the row's id: asked for once for all of them."""
        return {}

    @expose("/")
    def index_view(self):
        if self.claimable:
            self.counted(self.numbers())  # all in one statement
        tabs = self.tabs()
        found, pages = self.shown_page()
        rows = shown.rows(found, self, clock, self._template_args.get("kept", ()))
        bar = self.bar(rows)
        lines = [row.drawn(bar is not None) for row in rows]
        facts = {"tabs": tabs, "lines": lines, "pages": pages, "bar": bar}
        facts["list_columns"] = tuple(self._list_columns)
        facts |= {"chips": self.chips()} if self.claimable else {}
        facts |= {"result": telling.told(self) if self.for_many else None}
        facts |= {"rows": rows, "many_url": self.address_of("massal/", **self.kept())}
        return self.render(self.list_template, **facts, **self.around(), **self.words())

    def around(self) -> dict:
        """What the page of a screen shows beside its list."""
        return {}

    def words(self) -> dict:
        """What the templates of applications ask with; everything is answered without a query."""
        return {
            "time_left": lambda permohonan: history.time_left(permohonan, clock()),
            "buttons": self.buttons,
            "PAPERS": papers.PAPERS,
            "NOT_FOUND": telling.NOT_FOUND,
            "STATES": workflow.STATES,
            "TRACKS": workflow.TRACKS,
            "queue_number_of": office.queue_number,
            "claim_since": claims.claimed_since,
            "claim_left": claims.seconds_left,
        }

    def buttons(self, permohonan: Permohonan) -> list[acting.Button]:
        made = (acting.button(self, permohonan, row) for row in workflow.allowed(permohonan, current_user))
        return [taking_in.led(button, permohonan) for button in made]

    def links(self, permohonan: Permohonan) -> list:
        """What else a row leads to, before its buttons: each with `url`, `words`, and whether it is a `paper`.

        Like its buttons, by its columns, the person and the settings alone: admin_views/shown.py remembers them.
        """
        return []

    # One application

    @expose("/details/")
    def details_view(self):
        permohonan = self.wanted()
        return self.page(permohonan, self.details_template, **self.bench(permohonan))

    @expose("/aksi/<action>/", methods=("GET", "POST"))
    def action_page(self, action):
        """The form of an action (GET), and performing it (POST)."""
        permohonan = self.wanted()
        if action not in ACTIONS:
            missing()
        if page := taking_in.own_page(permohonan, action):
            return redirect(page, 303)
        user = current_user._get_current_object()
        try:
            asked = acting.ask(permohonan, action, user)
            if request.method == "POST":
                acting.refuse_another_version(permohonan, request.form.get("version"))
                if "take_over" in request.form:
                    claims.take_over(permohonan, user)
                self.save_check(permohonan)
                acting.refuse_untimely(asked, user)
                acting.press(asked, request.form, request.files, user, seen=True)
                return self._done(asked)
        except acting.Wrong as wrong:
            self.hold(permohonan)
            return self._form(permohonan, wrong.asked, wrong.errors), 422
        except claims.ClaimedByAnother as taken:
            return self._taken(permohonan, asked, taken)
        except workflow.NotAllowed as refusal:
            return self.refused(permohonan, refusal)
        return self._form(permohonan, asked, {})

    def _taken(self, permohonan: Permohonan, asked: acting.Asked, taken: claims.ClaimedByAnother):
        """Somebody else took it while one wrote: what was written stays, and can be sent by taking it over."""
        if not asked.opens:
            return self.refused(permohonan, taken)
        asked.typed = request.form
        return self._form(permohonan, asked, {}, taken), 422

    def _form(
        self, permohonan: Permohonan, asked: acting.Asked, errors: dict, taken: claims.ClaimedByAnother | None = None
    ):
        facts = {"asked": asked, "errors": errors, "taken": taken}
        if in_dialog() and not asking.needs_page(asked.row):
            return self.render("staff/action_form.html", permohonan=permohonan, **facts, **self.words())
        return self.page(permohonan, "staff/action.html", **facts)

    def _done(self, asked: acting.Asked):
        if asked.row.after_commit:  # it has moved on by itself
            with suppress(pw.OperationalError):  # what was done is done, also where this mark can't be kept
                trail.record_view(asked.permohonan, current_user, "page", workflow.STAFF)
        done = f"{asked.permohonan.number}: {acting.happened(asked.row)}."
        flash([done, *acting.paper_after(asked)], "done")  # type: ignore[arg-type]
        return self.onward()
