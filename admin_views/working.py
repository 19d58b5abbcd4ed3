"""The page on which one application is worked on: what has to be looked at, notes, its place in the queue."""

from dataclasses import dataclass

import peewee as pw
from flask import flash, g, redirect, request
from flask_admin import expose
from flask_login import current_user

import claims
import draft_checks
import history
import office
import storage
import trail
import uploads
import workflow
from admin_views import acting, checking, ticking, work
from admin_views.base import in_dialog
from admin_views.claiming import NOTHING_TO_DO, Claiming
from admin_views.scope import missing
from answers.words import LONG, plain
from lib.database import transaction
from models import Note, Permohonan

IN_VIEW = 500  # of a queue, among which the place of one is counted


@dataclass(frozen=True)
class Place:
    """Where an application stands in its queue, and the addresses of its neighbours."""

    number: int
    of: int
    before: str
    after: str


def clock() -> office.Calendar:
    """The office's calendar, asked for once a request."""
    if "clock" not in g:
        g.clock = office.calendar()
    return g.clock


class Working(Claiming):
    """The pages of one application."""

    def words(self) -> dict:
        raise NotImplementedError

    def filtered(self, query: pw.ModelSelect) -> pw.ModelSelect:
        raise NotImplementedError

    def buttons(self, permohonan: Permohonan) -> list[acting.Button]:
        raise NotImplementedError

    def page(self, permohonan: Permohonan, template: str, **facts):
        """One of its pages, with everything that lies on the desk."""
        desk = work.desk(permohonan, self, request.args.get("lihat", ""))
        self.with_claims([permohonan])
        claims.refresh(permohonan.claim, current_user)
        trail.record_view(permohonan, current_user, "page", workflow.STAFF)
        situation = history.status_summary(permohonan, public=False, clock=clock())
        facts |= {"permohonan": permohonan, "desk": desk, "situation": situation, "roles": workflow.ROLES}
        g.frames = True  # a PDF lies beside the answers
        return self.render(template, **facts, **self.words())

    def bench(self, permohonan: Permohonan) -> dict:
        """What the page needs for working on it: the check that the next step asks for, and the form of that step."""
        kind = checking.wanted(permohonan, current_user) if self.claimable else ""
        facts: dict = {"check": None, "place": self.place(permohonan), "may_note": self.may_note()}
        if kind:
            facts |= {"check": checking.of(permohonan, kind), **self._next_step(permohonan, kind)}
        return facts

    def _next_step(self, permohonan: Permohonan, kind: str) -> dict:
        row = next(row for row in workflow.allowed(permohonan, current_user) if row.checklist == kind)
        falls_short = [one for one in workflow.allowed(permohonan, current_user) if "deficiencies" in one.inputs]
        asked = acting.ask(permohonan, (falls_short or [row])[0].action, current_user)
        return {"asked": acting.ask(permohonan, row.action, current_user), "faulty": asked, "errors": {}}

    @expose("/periksa/", methods=("POST",))
    def check_view(self):
        """Keep what was found so far; from our script, answer with the bar that fits it."""
        permohonan = self.wanted()
        try:
            acting.refuse_another_version(permohonan, request.form.get("version"))
            if not checking.wanted(permohonan, current_user):
                raise workflow.NotAllowed(NOTHING_TO_DO)
            self.save_check(permohonan)
        except workflow.NotAllowed as refusal:
            return self.refused(permohonan, refusal)
        if not in_dialog():
            return redirect(self.work_page(permohonan), 303)
        self.with_claims([permohonan])
        situation = history.status_summary(permohonan, public=False, clock=clock())
        facts = {"permohonan": permohonan, "situation": situation, **self.bench(permohonan)}
        return self.render("staff/work_bar.html", **facts, **self.words())

    def save_check(self, permohonan: Permohonan) -> None:
        """Keep what the form of the page says about its parts, where it is that form."""
        kind = checking.wanted(permohonan, current_user) if "checked" in request.form else ""
        if kind:
            ticking.save(permohonan, current_user, kind, request.form)

    # Notes between officers

    def may_note(self) -> bool:
        return any(role != workflow.AUDITOR for role in self.held())

    @expose("/catatan/", methods=("POST",))
    def note_view(self):
        """Leave a word for the colleagues."""
        permohonan = self.wanted()
        try:
            text = plain(request.form.get("text"), LONG)
        except ValueError as reason:
            flash(str(reason), "error")
            text = ""
        if text and self.may_note():
            with transaction():
                Note.create(permohonan=permohonan.id, author=current_user.id, text=text)
            claims.refresh(claims.current_claim(permohonan), current_user)
        return redirect(self.work_page(permohonan), 303)

    @expose("/bandingkan/", methods=("POST",))
    def compare_view(self):
        """Compare the drafts with the answers now, where the worker hasn't come to it yet."""
        permohonan = self.wanted()
        if not self.may_note():
            missing()  # who only reads starts nothing
        try:
            draft_checks.compare(permohonan)
        except (uploads.Refused, storage.Refused) as reason:
            flash(str(reason), "error")
        return redirect(self.work_page(permohonan), 303)

    # Its place in the queue

    def place(self, permohonan: Permohonan) -> Place | None:
        """Its place among those that are listed with it; None where this isn't a queue, or far down."""
        if not self.claimable:
            return None
        here = self.shown_states()
        states = here if permohonan.state in here else (permohonan.state,)
        waiting = self.scope().where(Permohonan.state.in_(states)).order_by(*self.order)
        for narrowed in (self.filtered(waiting), waiting) if self.filters() else (waiting,):
            keys = [key for (key,) in narrowed.select(Permohonan.key).limit(IN_VIEW).tuples()]
            if permohonan.key in keys:
                return self._among(keys, keys.index(permohonan.key))
        return None

    def _among(self, keys: list[str], number: int) -> Place:
        neighbours = keys[:number][-1:], keys[number + 1 :][:1]
        before, after = (self.get_url(".details_view", id=key[0]) if key else "" for key in neighbours)
        return Place(number + 1, len(keys), before, after)
