"""QueueView, the list of applications of a role: its routes only; the modules beside it do the work.

A screen names its roles (admin_views/queues.py). States, buttons, forms and permissions come from the workflow's
table; there is no code for a single action here.
"""

import re
from contextlib import suppress
from functools import partial
from urllib.parse import urlencode

import peewee as pw
from flask import flash, redirect, request
from flask_admin import expose
from flask_login import current_user

import workflow
from admin_views import counter_channel, files
from admin_views.base import StaffModelView
from admin_views.gate import is_dialog_request, redirect_after_post
from admin_views.queue import (
    actions,
    bulk,
    bulk_bar,
    case_page,
    checklist,
    claim_actions,
    filters,
    options,
    pagination,
    query,
    rows,
    saved_filters,
    sort_order,
    tabs,
)
from admin_views.queue.query import Condition
from admin_views.scope import abort_not_found, find, find_all, reachable
from casework import access_log, action_form, claims, four_eyes
from casework.inputs.words import LONG, plain
from documents import draft_comparison, printouts
from files import inspection, storage
from lib.database import transaction
from models import District, Note, Permohonan, Village

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
    "verified": "Diverifikasi",
}
ACTIONS = {row.action for row in workflow.TRANSITIONS}
KEPT = re.compile(r"[A-Za-z0-9._-]{1,40}")


class QueueView(StaffModelView):
    """The applications of a role, the earliest due date first."""

    model = Permohonan
    states: tuple[str, ...] = ()  # none named: those in which the roles can do something
    track: str | None = None  # only this one
    claimable = True  # officers take them one after the other
    for_many = True  # several can be chosen
    show_on_home = True  # its numbers stand on the first page, and its rows say what the person never saw
    empty = "Tidak ada yang menunggu Anda. Permohonan baru muncul di sini, yang paling mendesak paling atas."
    column_list: tuple[str, ...] = ("due_at", "number", "applicant_name", "village", "track", "submitted_at", "claim")
    column_labels = LABELS
    computed_columns = tuple(LABELS)
    order: tuple = (Permohonan.due_at, Permohonan.id)
    extra_arguments = saved_filters.KEPT
    list_template, details_template = "staff/queue.html", "staff/case_page.html"

    def __init__(self, *given, **named):
        options.validate_options(type(self))
        self.states = self.states or tabs.workable_states(self.roles)
        super().__init__(*given, **named)

    def init_actions(self):
        """Give an `@action` the ids of what was chosen within reach; addresses and forms carry keys."""
        super().init_actions()
        for name, (method, text, question) in self._actions_data.items():
            self._actions_data[name] = partial(self._by_ids, method), text, question

    def _by_ids(self, method, keys: list[str]):
        return method([one.id for one in self._rows_of(keys)])

    def _rows_of(self, ids):
        """Of what is within reach, what this queue lists: an `@action` gets nothing else."""
        return [one for one in self.get_many(ids) if one.state in self.states and self.track in (None, one.track)]

    # Scope: which applications exist here, for the person who asks

    def reach(self) -> pw.ModelSelect:
        """Select what the person reaches here, in whatever state."""
        found = reachable(current_user, self.roles)
        return found.where(Permohonan.track == self.track) if self.track else found

    def scope(self):
        return self.reach().where(Permohonan.state.in_(self.states))

    def apply_filters(self, applications: pw.ModelSelect) -> pw.ModelSelect:
        """Narrow a query by the filters of the address."""
        return filters.apply(applications, current_user)

    def narrow(self):
        return self.apply_filters(self.scope().where(Permohonan.state.in_(self.shown_states())))

    def get_query(self):
        query = Permohonan.select(Permohonan, Village, District)
        return query.join(Village, pw.JOIN.LEFT_OUTER).join(District, pw.JOIN.LEFT_OUTER)

    def get_pk_value(self, model):
        return model.key  # addresses carry the random key

    def get_one(self, id):
        """Within reach, in whatever state: who comes second is told who was first."""
        return find(current_user._get_current_object(), str(id), self.roles)

    def get_many(self, keys: list[str]) -> list[Permohonan]:
        """Load those of these keys that are within reach, in this order."""
        return query.attach_editions(find_all(current_user._get_current_object(), keys, self.roles))

    @property
    def compares_drafts(self) -> bool:
        """Say whether officers decide on drafts here."""
        return "draft" in self.column_list

    def held_roles(self) -> frozenset[str]:
        """The roles by which the person is here."""
        return current_user.roles.intersection(self.roles)

    # Addresses: every page of a list hands on by what it is narrowed, so that one comes back to where one was

    def list_arguments(self) -> dict:
        """The part of the address that narrows the list, and the page of it."""
        given, names = request.args, (*self.extra_arguments, *pagination.ARGUMENTS)
        return {name: given[name] for name in names if name in given and KEPT.fullmatch(given[name])}

    def list_suffix(self) -> str:
        """The same, to be put behind an address that names an application."""
        kept = self.list_arguments()
        return f"&{urlencode(kept)}" if kept else ""

    def list_url(self) -> str:
        """The list as it was narrowed."""
        return self.get_url(".index_view", **self.list_arguments())

    def work_page(self, permohonan: Permohonan) -> str:
        return self.get_url(f"{self.endpoint}.details_view", id=permohonan.key)

    def own_queue(self, permohonan: Permohonan) -> "QueueView":
        """Find the queue in which it waits for this person: another screen has no place for ticks."""
        assert self.admin
        queues = [self, *(view for view in self.admin._views if isinstance(view, QueueView))]
        mine = (one for one in queues if one.claimable and one.is_accessible() and permohonan.state in one.states)
        return next(mine, self)

    def get_url(self, endpoint, **kwargs):
        """Return the URL of a view; URLs of one application keep the list's filters."""
        about_one = endpoint.startswith((".", f"{self.endpoint}.")) and "id" in kwargs
        return super().get_url(endpoint, **(kwargs | (self.list_arguments() if about_one else {}) | kwargs))

    def address_of(self, below: str = "", **arguments) -> str:
        """An address of this screen; empty arguments are left out."""
        given = urlencode({name: value for name, value in arguments.items() if value})
        return f"{self.url}/{below}?{given}" if given else f"{self.url}/{below}"

    # The list

    def waiting_states(self) -> tuple[str, ...]:
        """Those in which it is the turn of these roles; all, where it is nobody's."""
        return tabs.states_in_turn(self.states, self.roles) or self.states

    def shown_states(self) -> tuple[str, ...]:
        asked = request.args.get("keadaan", "")
        return (asked,) if asked in self.states else self.waiting_states()

    def list_tabs(self) -> tuple[tabs.Tab, ...]:
        return tabs.tabs(self)

    def condition(self, state: str) -> Condition:
        """The condition of a state, as the person reaches it."""
        return query.condition((state, self.endpoint, *current_user.access_key), partial(self._in_state, state))

    def _in_state(self, state: str) -> pw.ModelSelect:
        return self.reach().where(Permohonan.state == state)

    def list_page(self) -> pagination.Page:
        """Fetch the rows of the page that was asked for, and where it lies."""
        states, viewer = self.shown_states(), current_user.id if self.show_on_home else None
        if filters.from_request():
            narrowed = {state: query.condition(None, partial(self._filtered, state)) for state in states}
            found = query.counts({state: query.order_by_index(one) for state, one in narrowed.items()})
            return pagination.numbered_page(self, narrowed.values(), found.values(), viewer)
        counts = tabs.counts(self)
        branches = [self.condition(state) for state in states]
        return pagination.numbered_page(self, branches, [counts[state] for state in states], viewer)

    def _filtered(self, state: str) -> pw.ModelSelect:
        return self.apply_filters(self._in_state(state))

    @expose("/")
    def index_view(self):
        above: dict = {"tabs": self.list_tabs(), "heads": sort_order.heads(self)}
        if self.claimable:
            above |= {"filters": filters.line(self), "saved": saved_filters.saved(self)}
            above["waiting"] = sum(tabs.counts(self)[state] for state in self.waiting_states())
        found, pages = self.list_page()
        listed = rows.queue_rows(found, self, case_page.calendar, self._template_args.get("chosen", ()))
        bar = bulk_bar.bar(self, listed)
        facts = {
            "lines": [row.draw(bar is not None) for row in listed],
            "rows": listed,
            "pages": pages,
            "bar": bar,
            "result": bulk.last_result(self) if self.for_many else None,
            "bulk_url": self.address_of("massal/", **self.list_arguments()),
        }
        return self.render(self.list_template, **above, **facts, **self.list_context(), **self.page_context())

    def list_context(self) -> dict:
        """Return the context of a queue page beside its rows."""
        return {}

    def page_context(self) -> dict:
        """Return the template context of an application's pages; sends no query."""
        return {
            "buttons": self.buttons, "PAPERS": printouts.PRINTOUTS, "NOT_FOUND": bulk.NOT_FOUND,
            "STATES": workflow.STATES, "TRACKS": workflow.TRACKS,
            "claim_since": claims.claimed_since, "claim_left": claims.seconds_left, "four_eyes": four_eyes.explain,
        }  # fmt: skip

    def empty_text(self) -> str:
        """Return the text of an empty list."""
        return claim_actions.NONE_SUCH if filters.from_request() else self.empty

    def buttons(self, permohonan: Permohonan) -> list[actions.Button]:
        made = (actions.button(self, permohonan, row) for row in workflow.allowed(permohonan, current_user))
        return [counter_channel.with_action_page(button, permohonan) for button in made]

    def links(self, permohonan: Permohonan) -> list:
        """List further links of a row, before its buttons: `url`, `words`, and `paper` (a printout).

        Like its buttons, by its columns, the person and the settings alone: queue/rows.py caches them.
        """
        return []

    @expose("/saringan/", methods=("POST",))
    def save_filter(self):
        """Keep how the list is narrowed now under a name."""
        if refusal := saved_filters.save(self):
            flash(refusal, "error")
        return redirect(self.list_url(), 303)

    @expose("/saringan/hapus/", methods=("POST",))
    def forget_filter(self):
        """Keep a filter no longer; the list stays as it is."""
        saved_filters.forget(self)
        return redirect(self.list_url(), 303)

    # One application

    def page(self, permohonan: Permohonan, template: str, **facts):
        """Render a page of an application, with its case file."""
        return self.render(template, **facts, **case_page.load(self, permohonan), **self.page_context())

    @expose("/details/")
    def details_view(self):
        permohonan = self.get_one_or_404()
        loaded = case_page.load(self, permohonan)
        step = case_page.next_step_form(self, permohonan)
        step["doubts"] = case_page.load_doubts(step, permohonan)
        return self.render(self.details_template, **loaded, **step, **self.page_context())

    @expose("/periksa/", methods=("POST",))
    def check_view(self):
        """Save what was found so far; to our script, answer with the bar that fits it."""
        permohonan = self.get_one_or_404()
        try:
            actions.check_version(permohonan, request.form.get("version"))
            if not checklist.required_kind(permohonan, current_user):
                raise workflow.NotAllowed(claim_actions.NOTHING_TO_DO)
            case_page.save_checklist(permohonan)
        except workflow.NotAllowed as refusal:
            return claim_actions.refused(self, permohonan, refusal)
        if not is_dialog_request():
            return redirect(self.work_page(permohonan), 303)
        claim_actions.load_claims([permohonan])
        facts = {"permohonan": permohonan, "situation": case_page.status(permohonan)}
        facts |= case_page.next_step_form(self, permohonan)
        return self.render("staff/action_bar.html", **facts, **self.page_context())

    @expose("/catatan/", methods=("POST",))
    def note_view(self):
        """Leave a note for the colleagues."""
        permohonan = self.get_one_or_404()
        try:
            text = plain(request.form.get("text"), LONG)
        except ValueError as reason:
            flash(str(reason), "error")
            text = ""
        if text and case_page.may_note(self):
            with transaction():
                Note.create(permohonan=permohonan.id, author=current_user.id, text=text)
            claims.refresh(claims.current_claim(permohonan), current_user)
        return redirect(self.work_page(permohonan), 303)

    @expose("/bandingkan/", methods=("POST",))
    def compare_view(self):
        """Compare the drafts with the answers now, where the worker hasn't come to it yet."""
        permohonan = self.get_one_or_404()
        if not case_page.may_note(self):
            abort_not_found()  # who only reads starts nothing
        try:
            draft_comparison.compare_drafts(permohonan)
        except (inspection.UploadRejected, storage.StorageError) as reason:
            flash(str(reason), "error")
        return redirect(self.work_page(permohonan), 303)

    # Claims

    @expose("/berikutnya/", methods=("POST",))
    def next_view(self):
        """Open the one with the least working time left that is free, or one's own already."""
        return redirect(claim_actions.current_or_next(self), 303)

    @expose("/ambil/", methods=("POST",))
    def take_view(self):
        """Claim this one, and open it."""
        return self._claimed(claims.take)

    @expose("/ambil-alih/", methods=("POST",))
    def take_over_view(self):
        """Take it over from a colleague; who from whom is kept."""
        return self._claimed(claims.take_over)

    def _claimed(self, how):
        permohonan = self.get_one_or_404()
        claim_actions.claim(permohonan, how)
        return redirect(self.work_page(permohonan), 303)

    @expose("/lepas/", methods=("POST",))
    def release_view(self):
        """Give it back to the queue."""
        claim_actions.release(self.get_one_or_404())
        return redirect(self.list_url(), 303)

    # An action for one

    @expose("/aksi/<action>/", methods=("GET", "POST"))
    def action_page(self, action):
        """The form of an action (GET), and performing it (POST)."""
        permohonan = self.get_one_or_404()
        if action not in ACTIONS:
            abort_not_found()
        if page := counter_channel.action_page_url(permohonan, action):
            return redirect(page, 303)
        user = current_user._get_current_object()
        try:
            if request.method == "GET":
                form = actions.action_form(permohonan, action, user)
                if is_dialog_request():
                    draft_comparison.refuse_unread(action, permohonan, user)
                return self._form(form)
            actions.check_version(permohonan, request.form.get("version"))
            form = actions.action_form(permohonan, action, user)
            if "take_over" in request.form:
                claims.take_over(permohonan, user)
            case_page.save_checklist(permohonan)
            claims.refuse_claimed_by_others(permohonan, user)
            checklist.refuse_incomplete(form.transition, permohonan)
            draft_comparison.refuse_unread(action, permohonan, user)
            actions.perform(form, request.form, request.files, user, seen=True)
        except actions.FormInvalid as invalid:
            claim_actions.hold(permohonan)
            return self._form(invalid.form, invalid.errors), 422
        except claims.ClaimedByAnother as taken:
            if not form.opens:
                return claim_actions.refused(self, permohonan, taken)
            form.typed = request.form  # what was written stays, and can be sent by taking it over
            return self._form(form, taken=taken), 422
        except workflow.NotAllowed as refusal:
            return claim_actions.refused(self, permohonan, refusal)
        return self._done(form)

    def _form(self, form: actions.ActionForm, errors: dict | None = None, taken: claims.ClaimedByAnother | None = None):
        facts = {"action_form": form, "errors": errors or {}, "taken": taken}
        if is_dialog_request() and not action_form.needs_page(form.transition):
            facts |= {"permohonan": form.permohonan}
            return self.render("staff/action_form.html", **facts, **self.page_context())
        return self.page(form.permohonan, "staff/action.html", **facts)

    def _done(self, form: actions.ActionForm):
        """After a press: to the next one where the officer works one after the other, else to the list."""
        if form.transition.after_commit:  # it has moved on by itself
            with suppress(pw.OperationalError):  # what was done is done, also where this mark can't be kept
                access_log.record_view(form.permohonan, current_user, "page", workflow.STAFF)
        done = f"{form.permohonan.number}: {actions.done_text(form.transition)}."
        flash([done, actions.printout_link(form), actions.undo_flash(self, form)], "done")  # type: ignore[arg-type]
        if form.transition.undoes:  # to do it right now
            return redirect_after_post(self.work_page(form.permohonan))
        if self.claimable and request.args.get("lanjut"):
            return redirect_after_post(claim_actions.claim_next(self))
        return redirect(self.list_url(), 303)

    # An action for many

    @expose("/massal/", methods=("GET", "POST"))
    def bulk_view(self):
        """Perform one transition on all that were ticked; where it asks something, ask it once first."""
        if request.method == "GET":
            return redirect(self.list_url(), 303)
        typed, user = request.form, current_user._get_current_object()
        transition = bulk_bar.transition_for_many(self, typed.get("action", "")) or abort_not_found()
        try:
            choice = bulk.sort_chosen(transition, *bulk.load_chosen(self, bulk.AT_ONCE), user, typed)
            form = bulk.bulk_form(choice, typed)
            if form and form.opens and not bulk.is_answered(form, typed):
                return self._bulk_form(choice, form, {})
            return self._bulk_done(bulk.perform(choice, form, user, typed))
        except actions.FormInvalid as invalid:
            return self._bulk_form(choice, invalid.form, invalid.errors), 422
        except bulk.BulkRefused as refusal:
            return self._bulk_refused(refusal)

    def _bulk_form(self, choice: bulk.Choice, form: actions.ActionForm, errors: dict):
        template = "staff/bulk_form.html" if is_dialog_request() else "staff/bulk_page.html"
        return self.render(template, choice=choice, action_form=form, errors=errors, **self.page_context())

    def _bulk_done(self, result: bulk.Result):
        """Lead to the list, which shows how it went."""
        try:
            named = {bulk.RESULT: bulk.save_result(result, self, current_user)}
        except pw.OperationalError:  # what was done is done, also where this can't be kept
            flash(result.summary, "info")
            named = {}
        return redirect_after_post(self.get_url(".index_view", **self.list_arguments(), **named))

    def _bulk_refused(self, refusal: bulk.BulkRefused):
        """Show the list again, with what was ticked."""
        flash(str(refusal), "error")
        self._template_args["chosen"] = set(request.form.getlist("rowid"))
        return self.index_view(), 422

    @expose("/cetak/<paper>/", methods=("POST",))
    def print_view(self, paper):
        """One kind of paper of all that were ticked, as one PDF."""
        if paper not in printouts.PRINTOUTS or not self.for_many:
            abort_not_found()
        try:
            found, _ = bulk.load_chosen(self, bulk.PRINTED_AT_ONCE)
        except bulk.BulkRefused as refusal:
            return self._bulk_refused(refusal)
        words = printouts.PRINTOUTS[paper][0].replace(" ", "-")
        name = f"{words}-{len(found)}-permohonan.pdf"
        duplex = "simplex" not in request.form
        return files.file_response(
            lambda: bulk_bar.print_all(paper, found or abort_not_found(), duplex=duplex), files.PDF, name
        )
