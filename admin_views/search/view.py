"""The screen "Semua permohonan": search over everything within reach, saved searches, export.

What is searched for is kept in a row, so that no address holds a NIK or a name.
"""

from collections.abc import Sequence
from datetime import timedelta
from functools import partial

import peewee as pw
from flask import flash, g, redirect, request
from flask_admin import expose
from flask_login import current_user

import office
import workflow
from accounts.roles import NOTHING
from admin_views import spreadsheets
from admin_views.queue import export, pagination, query, saved_filters
from admin_views.queue.query import Condition
from admin_views.queue.rows import QueueRow
from admin_views.queue.view import QueueView
from admin_views.scope import KEY, abort_not_found, reachable
from admin_views.search import criteria, form
from casework import access_log
from lib import encryption, fast_sql
from lib.database import now, transaction
from lib.name_search import EVERYTHING, NameMatch, Source, containing, find_by_name, find_similar
from lib.text_normalization import fold
from models import Event, EventText, Permohonan, Search

SUBMITTED = tuple(state for state in workflow.STATES if state != "draft")
READERS = tuple(role for role in workflow.STAFF if workflow.ROLES[role].reach != NOTHING)
KEPT_FOR = timedelta(days=1)  # a search without a name
NAMED_AT_MOST = 500  # of a name, in a file


class SearchView(QueueView):
    """Semua yang dapat Anda lihat, dalam keadaan apa pun; yang terbaru paling atas."""

    name, endpoint, roles, states = "Semua permohonan", "permohonan", READERS, SUBMITTED
    column_list = ("number", "applicant_name", "village", "track", "state", "submitted_at")
    order = pagination.NEWEST_FIRST
    show_on_home = for_many = claimable = False
    list_template = "staff/search.html"
    extra_arguments = ("cari",)
    empty = "Tidak ada permohonan yang cocok di antara yang dapat Anda lihat."

    def scope(self):
        return reachable(current_user, self.roles).where(Permohonan.state != "draft")

    def waiting_states(self):
        return self.states

    def shown_states(self):
        return self.states

    def narrow(self):
        search = self.current_search()
        if search is None:
            return self.scope()
        name = criteria.searched_name(search.wanted)
        found = criteria.narrow(self.scope(), search.wanted)
        ids = find_by_name(self._but_for_name(), name, NAMED_AT_MOST) if name else []
        return found.where(Permohonan.id.in_(ids)) if name else found

    # The list: all states together stand in one order already, and are too many for numbers above it

    def list_tabs(self):
        return ()

    def list_page(self):
        (where, source), search = self._condition(), self.current_search()
        if anchor := pagination.anchor(self):
            found = pagination.keyset_page(self, anchor, where, source)
        elif search is None or "q" not in search.wanted:  # counting all of a name takes longer than to find the first
            found = pagination.numbered_page(self, [where], [self._count(where)])
        else:
            found = pagination.uncounted_page(self, partial(self._first_rows, where, source))
        return pagination.link_by_keyset(self, *found)

    def _count(self, where: Condition) -> int:
        search = self.current_search()
        of_one_state = search is not None and "keadaan" in search.wanted
        return query.counts({"": query.order_by_index(where) if of_one_state else where})[""]

    def _condition(self) -> tuple[Condition, Source]:
        """The condition of all that is listed, and where it is looked for: a name has an index of its own."""
        (where, given), named = self._but_for_name(), self._named()
        if named is None:
            return (where, given), EVERYTHING
        return (f"{named.where} AND {where}", (*named.values, *given)), named.source

    def _but_for_name(self) -> Condition:
        """Everything within reach that was searched for, but for a name."""
        where, given = query.condition((self.endpoint, *current_user.access_key), self.scope)
        search = self.current_search()
        text, values = criteria.condition(search.wanted) if search else ("1 = 1", ())
        return f"{where} AND {text}", (*given, *values)

    def _named(self) -> NameMatch | None:
        """Return the source and condition of the name searched for, or None."""
        search = self.current_search()
        name = criteria.searched_name(search.wanted) if search else ""
        return containing(name) if name else None

    def _first_rows(self, where: Condition, source: Source, size: int, offset: int) -> list:
        """The first rows; where nobody has such a name, those a typo away, on one page."""
        rows, search = query.page([where], self.order, size, offset, source), self.current_search()
        name = criteria.searched_name(search.wanted) if search and not rows and not offset else ""
        near = find_similar(self._but_for_name(), name, size - 1) if name else []
        found = f"p.id IN ({fast_sql.marks(near)})", tuple(near)
        return query.page([found], self.order, size, 0) if near else rows

    # Searches

    def current_search(self) -> Search | None:
        """The search that the address names; nobody else's."""
        if "search" not in g:
            g.search = self._load_search()
        return g.search

    def _load_search(self) -> Search | None:
        given = request.values.getlist("cari")
        if not given or given == [""]:
            return None
        key = given[0] if len(given) == 1 and KEY.fullmatch(given[0]) else ""
        return next((one for one in _searches(key) if one.key == key), None) or abort_not_found()

    def list_context(self):
        search = self.current_search()
        wanted = dict(search.wanted) if search else {}
        typed = wanted.pop("q", "")
        return {
            "search": search,
            "typed": typed,
            "typed_before": criteria.typed_before(typed),
            "filled": form.FilledForm(tuple(wanted.items()), form.choices()),
            "Q_LABEL": criteria.Q_LABEL,
            "saved": [one for one in _searches(search.key if search else "") if one.name],
            "near_match": near_match,
        }

    @expose("/cari/", methods=("POST",))
    def search(self):
        """Save what is searched for and show what it finds; posted, so that no NIK stands in an address."""
        posted = form.fill_choices(criteria.SearchForm(request.form), form.choices())
        if not posted.validate():
            self._template_args["refused"] = posted
            return self.index_view(), 422
        wanted = posted.wanted
        wanted.pop(request.form.get("tanpa", ""), None)
        if set(wanted) == {"q"} and (only := self._only_one(wanted["q"])):
            return redirect(self.get_url(".details_view", id=only.key), 303)
        if not wanted:
            return redirect(self.get_url(".index_view"), 303)
        return redirect(self.get_url(".index_view", cari=_save(wanted).key), 303)

    def _only_one(self, text: str) -> Permohonan | None:
        """The application whose whole number was typed."""
        return self.scope().where(Permohonan.number == text).first() if office.normalize_number(text) else None

    @expose("/cari/simpan/", methods=("POST",))
    def save_search(self):
        """Give a search a name, so that it stays."""
        search, name = self.current_search() or abort_not_found(), saved_filters.typed_name()
        if not name:
            flash(saved_filters.NAMELESS, "error")
        elif len([one for one in _searches(search.key) if one.name]) >= saved_filters.AT_MOST:
            flash(f"Sudah ada {saved_filters.AT_MOST} pencarian tersimpan. Hapus satu dulu.", "error")
        else:
            Search.update(name=name).where(Search.id == search.id).execute()
            flash(f"Pencarian tersimpan: {name}.", "success")
        return redirect(self.get_url(".index_view", cari=search.key), 303)

    @expose("/cari/hapus/", methods=("POST",))
    def forget_search(self):
        """Keep a search no longer."""
        search = self.current_search() or abort_not_found()
        Search.update(name="").where(Search.id == search.id).execute()
        flash("Pencarian tidak lagi disimpan.", "success")
        return redirect(self.get_url(".index_view"), 303)

    # Export, and the log of one

    @expose("/ekspor/", methods=("POST",))
    def export_view(self):
        """Export the list as it is narrowed now; the log says who took it."""
        kind, search = request.form.get("format", ""), self.current_search()
        if kind not in export.AT_MOST:
            abort_not_found()
        found = self.narrow().select(Permohonan.id)
        count = found.clone().limit(export.AT_MOST[kind] + 1).count()
        if count > export.AT_MOST[kind]:
            flash(export.too_many(kind), "error")
            return redirect(self.get_url(".index_view", cari=search.key if search else None), 303)
        access_log.record_export(current_user.id, kind, criteria.loggable(search.wanted if search else {}), count)
        try:
            return export.response(kind, self.get_query(), found)
        except spreadsheets.DiskFull as full:
            flash(str(full), "error")
            return redirect(self.list_url(), 303)

    @expose("/log/")
    def log(self):
        """The chain of one application: every event with its codes and the head of its hash."""
        permohonan = self.get_one_or_404()
        query = Event.select(Event, EventText).where(Event.permohonan == permohonan.id).order_by(Event.version)
        texts = EventText.event == Event.id
        events = list(query.join(EventText, pw.JOIN.LEFT_OUTER, on=texts, attr="text"))
        facts = {"permohonan": permohonan, "events": events, "roles": workflow.ROLES}
        return self.render("staff/log.html", **facts, **self.page_context())


def near_match(search: Search | None, rows: Sequence[QueueRow]) -> str:
    """Say why a search for a name found these, where that isn't plain to see."""
    typed = criteria.searched_name(search.wanted) if search and rows else ""
    exact = not typed or all(word in rows[0].row.search_text for word in fold(typed).split())
    return "" if exact else f"Tidak ada nama “{typed}”. Ini yang berbeda satu huruf."


def _searches(key: str) -> list[Search]:
    """The person's searches that have a name, in its order, and the one with this key."""
    if "searches" not in g:
        g.searches = [fast_sql.load(Search, row) for row in _own_searches(current_user.id, key)]
    return g.searches


@fast_sql.prepared
def _own_searches(user: int, key: str) -> pw.ModelSelect:
    mine = (Search.user == user) & (Search.screen == "") & ((Search.name != "") | (Search.key == key))
    return Search.select().where(mine).order_by(Search.name, Search.id)


def _save(wanted: dict[str, str]) -> Search:
    with transaction():
        Search.delete().where(Search.user == current_user.id, Search.name == "", Search.at < now() - KEPT_FOR).execute()
        return Search.create(key=encryption.random_token(), user=current_user.id, wanted=wanted)
