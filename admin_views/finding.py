"""The screen that searches: what is asked is kept in a row, so that no address holds a NIK or a name."""

from collections.abc import Sequence
from datetime import timedelta

import peewee as pw
from flask import flash, g, redirect, request
from flask_admin import expose
from flask_login import current_user

import keys
from admin_views import forms, listing, searching, sought
from admin_views.paging import FarPages
from admin_views.scope import KEY, missing
from admin_views.searching import SearchForm, kind_of
from admin_views.shown import Shown
from answers.words import plain
from lib import fast_sql
from lib.database import now, transaction
from lib.name_search import NameMatch, containing, find_by_name, find_similar
from models import Permohonan, Search

KEPT_FOR = timedelta(days=1)  # a search without a name
SAVED_AT_MOST, NAME_AT_MOST = 20, 60
NAMED_AT_MOST = 500  # of a name, in a file


class Finding(FarPages):
    """A list over everything within reach that can be searched, and whose searches can be kept."""

    list_template = "staff/finding.html"
    extra_arguments = ("cari",)

    def tabs(self):
        return ()  # to count a million finished ones would take longer than the list itself

    def narrow(self):
        asked = self.asked()
        if asked is None:
            return self.scope()
        name = searching.name_in(asked.wanted)
        query = searching.narrowed(self.scope(), asked.wanted)
        return query.where(Permohonan.id.in_(find_by_name(self._within(), name, NAMED_AT_MOST))) if name else query

    def shown_states(self):
        return self.states

    # Its rows, the text of what was asked for beside that of the reach

    def _within(self) -> listing.Condition:
        """Everything within reach that was asked for, but for a name."""
        (where, given), asked = super().whole(), self.asked()
        text, values = searching.condition(asked.wanted) if asked else ("1 = 1", ())
        return f"{where} AND {text}", (*given, *values)

    def _named(self) -> NameMatch | None:
        """Where the name is looked for that was asked for."""
        asked = self.asked()
        name = searching.name_in(asked.wanted) if asked else ""
        return containing(name) if name else None

    def whole(self):
        (where, given), named = self._within(), self._named()
        return (f"{named.where} AND {where}", (*named.values, *given)) if named else (where, given)

    def source(self):
        named = self._named()
        return named.source if named else super().source()

    def is_counted(self):
        """Whoever looks for somebody wants the first ones; to count all of that name takes longer than to find them."""
        asked = self.asked()
        return asked is None or "q" not in asked.wanted

    def first_rows(self, size, offset):
        """Where nobody has such a name, those a typo away, on one page."""
        rows, asked = super().first_rows(size, offset), self.asked()
        name = searching.name_in(asked.wanted) if asked and not rows and not offset else ""
        near = find_similar(self._within(), name, size - 1) if name else []
        found = f"p.id IN ({fast_sql.marks(near)})", tuple(near)
        return listing.page([found], self.order, size, 0) if near else rows

    def asked(self) -> Search | None:
        """The search that the address names; nobody else's."""
        if "asked" not in g:
            g.asked = self._asked()
        return g.asked

    def _asked(self) -> Search | None:
        given = request.values.getlist("cari")
        if not given or given == [""]:
            return None
        key = given[0] if len(given) == 1 and KEY.fullmatch(given[0]) else ""
        return next((one for one in _known(key) if one.key == key), None) or missing()

    def around(self):
        asked = self.asked()
        wanted = dict(asked.wanted) if asked else {}
        typed = wanted.pop("q", "")
        return {
            "asked": asked,
            "typed": typed,
            "typed_before": searching.typed_before(typed),
            "sought": sought.Sought(tuple(wanted.items()), sought.offered()),
            "ASKS": searching.ASKS,
            "saved": [one for one in _known(asked.key if asked else "") if one.name],
            "found_how": found_how,
        }

    @expose("/cari/", methods=("POST",))
    def search(self):
        """Keep what is asked for and show what it finds; posted, so that no NIK stands in an address."""
        form = sought.filled(SearchForm(request.form), sought.offered())
        if not form.validate():
            self._template_args["refused"] = form
            return self.index_view(), 422
        wanted = form.wanted
        wanted.pop(request.form.get("tanpa", ""), None)
        if set(wanted) == {"q"} and (only := self._only_one(wanted["q"])):
            return redirect(self.get_url(".details_view", id=only.key), 303)
        if not wanted:
            return redirect(self.get_url(".index_view"), 303)
        return redirect(self.get_url(".index_view", cari=_keep(wanted).key), 303)

    def _only_one(self, text: str) -> Permohonan | None:
        """The application whose whole number was typed."""
        return self.scope().where(Permohonan.number == text.upper()).first() if kind_of(text) == "nomor" else None

    @expose("/cari/simpan/", methods=("POST",))
    def save_search(self):
        """Give a search a name, so that it stays."""
        asked, name = self.asked() or missing(), _name()
        if not name:
            flash("Beri nama dulu, misalnya: Akta Sukasada yang terlambat.", "error")
        elif _saved().count() >= SAVED_AT_MOST:
            flash(f"Sudah ada {SAVED_AT_MOST} pencarian tersimpan. Hapus satu dulu.", "error")
        else:
            Search.update(name=name).where(Search.id == asked.id).execute()
            flash(f"Pencarian tersimpan: {name}.", "success")
        return redirect(self.get_url(".index_view", cari=asked.key), 303)

    @expose("/cari/hapus/", methods=("POST",))
    def forget_search(self):
        """Keep a search no longer."""
        asked = self.asked() or missing()
        Search.update(name="").where(Search.id == asked.id).execute()
        flash("Pencarian tidak lagi disimpan.", "success")
        return redirect(self.get_url(".index_view"), 303)


def found_how(asked: Search | None, rows: Sequence[Shown]) -> str:
    """Why a search for a name found these, where that isn't plain to see."""
    typed = searching.name_in(asked.wanted) if asked and rows else ""
    names = f"{rows[0].row.subject_name} {rows[0].row.applicant_name}".lower() if typed else ""
    exact = all(word in names for word in typed.lower().split())
    return "" if exact else f"Tidak ada nama “{typed}”. Ini yang berbeda satu huruf."


def _known(key: str) -> list[Search]:
    """The person's searches that have a name, in its order, and the one with this key."""
    if "searches" not in g:
        mine = Search.select().where(Search.user == current_user.id, (Search.name != "") | (Search.key == key))
        g.searches = list(mine.order_by(Search.name, Search.id))
    return g.searches


def _name() -> str:
    """What a search shall be called; what is too long is cut."""
    whole = plain(request.form.get("nama", "")[:NAME_AT_MOST], forms.LONGEST)  # some letters are written as several
    return whole[:NAME_AT_MOST].strip()


def _saved() -> pw.ModelSelect:
    return Search.select().where(Search.user == current_user.id, Search.name != "")


def _keep(wanted: dict[str, str]) -> Search:
    with transaction():
        Search.delete().where(Search.user == current_user.id, Search.name == "", Search.at < now() - KEPT_FOR).execute()
        return Search.create(key=keys.random_name(), user=current_user.id, wanted=wanted)
