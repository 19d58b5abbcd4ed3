"""Base views of the staff side: stock Flask-Admin, closed by default, read-only, within scope, logged.

`StaffModelView` and `StaffView` are used as Flask-Admin documents `ModelView` and `BaseView`; what a person may open is
`roles`. They know no step of the procedure: screens of applications are in queue/.
"""

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, reduce
from math import ceil
from operator import or_
from typing import Any
from urllib.parse import quote

import peewee as pw
from flask import current_app, flash, redirect, request
from flask_admin import BaseView, expose
from flask_admin.actions import action
from flask_admin.babel import gettext, lazy_gettext, ngettext
from flask_admin.contrib.peewee import ModelView
from flask_admin.helpers import get_redirect_target
from flask_login import current_user
from werkzeug import Response as AnyResponse
from wtforms.validators import ValidationError

from admin_views import column_filters, columns, forms, model_forms, spreadsheets, view_checks
from admin_views.gate import Gate, is_dialog_request
from admin_views.scope import abort_not_found, reachable
from casework import access_log
from catalogue.nik import mask_nik
from lib.database import transaction
from models import Grant, Permohonan, User

NUMBER, ODD = re.compile(r"[0-9]{1,9}"), re.compile(r"[^A-Za-z0-9_\-./?=&%+~]")
OVERTAKEN = (
    "Belum tersimpan: orang lain mengubah data ini sementara Anda mengisi. Lihat yang sekarang di daftarnya; "
    "bila isian Anda yang benar, simpan sekali lagi."
)
CHUNK, CHOSEN = 500, 1000  # rows of an export that are fetched at a time; rows of one action
# which option offers which address; what is not offered has none
OFFERS = {
    "create_view": "can_create", "edit_view": "can_edit", "delete_view": "can_delete",
    "details_view": "can_view_details", "export": "can_export",
}  # fmt: skip


class StaffView(Gate, BaseView):
    """A page of one's own, as Flask-Admin documents `BaseView`, open to its `roles` only."""

    name: str = ""
    endpoint: str = ""

    def __init__(self, name=None, category=None, endpoint=None, **kwargs):
        super().__init__(name or self.name or None, category, endpoint or self.endpoint or None, **kwargs)
        view_checks.validate_view(self)


@dataclass(frozen=True)
class RowAction:
    """A documented `@action`: what it is called, and the question that is asked before it is done."""

    name: str
    text: str
    confirmation: str = ""


class StaffModelView(Gate, ModelView):
    """A table, as Flask-Admin documents `ModelView`: `StaffModelView(Model, name=…)`, or by class attributes."""

    model: Any = None
    name: str = ""
    endpoint: str = ""  # in /petugas/<endpoint>/
    empty = "Belum ada catatan di sini."
    order: tuple = ()  # where nobody sorts; must end in something unique
    extra_arguments: tuple[str, ...] = ()  # of the address, kept in the links of a list
    computed_columns: tuple[str, ...] = ()  # which the template draws itself, beside fields, attributes and formatters

    can_create = can_edit = can_delete = can_export = can_view_details = False
    can_set_page_size = True
    page_size, count_cap = 25, 10_000
    page_size_options: tuple[int, ...] = (25, 50, 100)
    export_types = ["csv", "xlsx"]
    form_base_class = forms.Form
    model_form_converter = model_forms.Converter
    filter_converter = column_filters.Converter()
    form_excluded_columns: Any = None
    column_type_formatters = column_type_formatters_detail = columns.FORMATTERS
    column_type_formatters_export = columns.EXPORT_FORMATTERS
    ajax_lookup = ajax_update = None  # closed: they know no scope

    def __init__(self, model=None, name=None, category=None, endpoint=None, url=None, **kwargs):
        self.model = model or self.model
        self.endpoint = endpoint or self.endpoint or (self.model.__name__.lower() if self.model else "")
        self._actions = list(_actions_of(type(self)))
        self.page_size_options = tuple(sorted({*self.page_size_options, self.page_size}))
        self.details_modal = self.edit_modal = self.create_modal = False  # what they would show has a page here
        view_checks.validate_view(self)
        super().__init__(self.model, name or self.name or None, category, self.endpoint, url, **kwargs)
        self._urls: list = [one for one in vars(type(self))["_urls"] if self._offers(one[1])]

    def about(self) -> str:
        """Return the docstring of a screen, which its page shows under the heading."""
        return (type(self).__doc__ or "").split("\n")[0] if type(self) is not StaffModelView else ""

    def _offers(self, view: str) -> bool:
        """Tell whether an address exists; an option that is a property, or a view of one's own, decides later."""
        if getattr(type(self), view) is not getattr(StaffModelView, view, None):
            return True
        if view == "action_view":
            own = any(name not in ("delete", *self.action_disallowed_list) for name, _ in self._actions)
            return own or self._offers("delete_view")
        flag = OFFERS.get(view, "")
        return not flag or isinstance(getattr(type(self), flag), property) or bool(getattr(self, flag))

    def home_tiles(self) -> list[tuple[str, int, dict[str, Any]]]:
        """Count what waits for the person who asks, for the first page: words, how many, arguments of the list."""
        return []

    # Scope: list, details, edit, delete, export and actions all go through it

    def scope(self) -> pw.ModelSelect:
        """Select the rows that exist for the person who asks; a `get_query` of a view's own narrows them too."""
        rows, key = self.scope_of(self.model), self.model._meta.primary_key
        if type(self).get_query is not StaffModelView.get_query:
            rows = rows.where(key.in_(self.get_query().select(key)))
        return rows

    def scope_of(self, model: type[pw.Model]) -> pw.ModelSelect:
        """Select the rows of a table that this person reaches: all, but of applications those within reach.

        Of users it is the staff: no list of choices names the applicants.
        """
        if model is User:
            return User.select().where(User.id.in_(Grant.select(Grant.user)))
        if columns.within_reach(model, Permohonan.select()) is None:
            return model.select()
        applications = reachable(current_user, self.roles).where(Permohonan.state != "draft")
        return model.select().where(columns.within_reach(model, applications))

    def narrow(self) -> pw.ModelSelect:
        """Select the rows that this page lists."""
        return self.scope().where(*conditions) if (conditions := self.conditions()) else self.scope()

    def get_query(self) -> pw.ModelSelect:
        """Select rows with all that their columns need, so that no column asks again."""
        shown = (*self._list_columns, *getattr(self, "_details_columns", ()), *self._export_columns)
        return columns.with_relations(self.model, [name for name, _ in shown])

    def prefetch_related(self, rows: list) -> list:
        """Return a page's rows with what is better fetched for all of them at once."""
        return rows

    def get_one(self, id):
        """Return the row with this id within scope, or None."""
        found = self._rows_of([str(id)])
        return found[0] if found else None

    def get_one_or_404(self):
        """Return the row that the address names; ends the request with 404 where there is none to see."""
        ids = request.args.getlist("id")
        return (self.get_one(ids[0]) if len(ids) == 1 else None) or abort_not_found()

    def reachable_ids(self, ids: list[str]) -> list[str]:
        """Return those of these ids, as a form posts them, that are within scope; nothing else reaches an action."""
        there = {str(self.get_pk_value(row)) for row in self._rows_of(ids)}
        return [ident for ident in dict.fromkeys(ids) if ident in there]

    def _rows_of(self, ids: list[str]) -> list:
        key = self.model._meta.primary_key
        keys = [value for ident in ids[:CHOSEN] if (value := _key(key, ident)) is not None]
        return list(self.get_query().where(key.in_(keys), key.in_(self.scope().select(key)))) if keys else []

    # The list: narrow on ids, count to a cap, then fetch the rows of one page

    def get_list(self, page, sort_column, sort_desc, search, filters, execute=True, page_size=None):
        key, size = self.model._meta.primary_key, page_size or self.page_size or self.page_size_options[-1]
        rows = self.narrow().select(key)
        count = min(rows.clone().limit(self.count_cap + 1).count(), self.count_cap)
        page = min(max(page or 0, 0), max(count - 1, 0) // size)
        self._template_args.update(page=page, num_pages=ceil(count / size))
        order = self.ordering(sort_column, sort_desc)
        ids = [ident for (ident,) in rows.order_by(*order).limit(size).offset(page * size).tuples()]
        return count, self.prefetch_related(self._in_order(ids))

    def _in_order(self, ids: list) -> list:
        key = self.model._meta.primary_key
        there = {row._pk: row for row in self.get_query().where(key.in_(ids))} if ids else {}
        return [there[ident] for ident in ids if ident in there]

    def ordering(self, sort_column: str | None, descending: bool) -> tuple:
        """Return the ordering that was asked for, the default one otherwise; it always ends in something unique."""
        key = self.model._meta.primary_key
        if sort_column in self._sortable_columns:
            return self._sort_path(self._sortable_columns[sort_column]).ordering(descending), key.desc()
        if default := self._get_default_order():
            return *(self._sort_path(name).ordering(down) for name, down in default), key.desc()
        return self.order or (key.desc(),)

    def _sort_path(self, target) -> columns.FieldPath:
        """Return the field to sort by: of a relation, what its rows are called."""
        path = columns.find_field(self.model, target)
        assert path is not None, target  # view_checks.refuse
        named = columns.label_field(path.field.rel_model) if isinstance(path.field, pw.ForeignKeyField) else None
        return path if named is None else columns.FieldPath((*path.keys, path.field), named)

    def scaffold_list_columns(self):
        return [name for name in super().scaffold_list_columns() if not columns.is_secret(name)]

    def scaffold_sortable_columns(self):
        return {name: name for name in self.scaffold_list_columns()}

    # Search and filters

    def init_search(self):
        fields = [columns.find_field(self.model, one) for one in self.column_searchable_list or ()]
        self._search_fields = [path for path in fields if path]
        return bool(self._search_fields)

    def search_placeholder(self):
        return ", ".join(dict.fromkeys(self._words_of(path) for path in self._search_fields))

    def _words_of(self, path: columns.FieldPath, whole: bool = False) -> str:
        """Return what a field is called: its label, of a relation that of its path or of the relation itself."""
        name = ".".join(one.name for one in (*path.keys, path.field))
        if not path.keys or name in (self.column_labels or {}):
            return self.get_column_name(name)
        relation = self.get_column_name(path.keys[-1].name)
        return f"{relation}: {self.get_column_name(path.field.name)}" if whole else relation

    def scaffold_filters(self, name):
        path = columns.find_field(self.model, name)
        assert path is not None, name  # view_checks.refuse
        words = self._words_of(path, whole=True)
        if choices := (self.column_choices or {}).get(str(name)):
            found = column_filters.choice_filters(path.field, words, list(choices))
        else:
            found = self.filter_converter.convert(type(path.field).__name__, path.field, words)
        for one in found or ():
            one.path = path
        return found

    def _refresh_filters_cache(self):
        """Collect the filters; their choices are asked for at each request, when there is a person."""
        self._filters, self._filter_groups = self.get_filters(), None
        numbered = list(enumerate(self._filters or ()))
        self._filter_args = {self.get_filter_arg(number, one): (number, one) for number, one in numbered}
        for one in self._filters or ():  # those that a view made itself have no path yet
            if not hasattr(one, "path"):
                one.path = columns.find_field(self.model, one.column) or columns.FieldPath((), one.column)

    def _get_list_filter_args(self):
        """Return what the address filters by, as (number, name, value); what is no value is told and left out."""
        found: list[tuple[int, str, str]] = []
        for arg, value in column_filters.requested():
            number, one = self._filter_args.get(arg, (0, None))
            if one is None or len(found) == column_filters.MOST:
                continue
            if column_filters.accepts(one, value):
                found.append((number, str(one.name), value.strip()))
            else:
                flash(self.get_invalid_value_msg(value[:40], one), "error")
        return found

    def conditions(self) -> list[pw.Expression]:
        """Return what search and filters of this request ask, as conditions on columns of this table alone."""
        found: list[pw.Expression] = []
        for word in column_filters.words_of(request.args.get("search")) if self._search_fields else ():
            either = [path.within(column_filters.search_term(path.field, word)) for path in self._search_fields]
            found.append(reduce(or_, either))
        for number, _, value in self._get_list_extra_args().filters or ():
            one, path = self._filters[number], self._filters[number].path
            rows = one.apply((path.keys[-1].rel_model if path.keys else self.model).select(), one.clean(value))
            key = self.model._meta.primary_key
            found.append(path.among(rows) if path.keys else key.in_(rows.select(key)))
        return found

    def list_arguments(self) -> dict[str, Any]:
        """Return the arguments of the address that a link to the same list keeps."""
        given = self._get_list_extra_args()
        kept = {"search": given.search, "sort": given.sort, "desc": 1 if given.sort_desc else None}
        kept |= {"page_size": self.get_safe_page_size(given.page_size) if given.page_size else None}
        kept |= given.extra_args | self._get_filters(given.filters)
        return {name: value for name, value in kept.items() if value not in (None, "")}

    def _get_list_extra_args(self):
        """Read the arguments of an address once a request, without those that would be arguments of url_for."""
        if "list_arguments" in self._template_args:
            return self._template_args["list_arguments"]
        given = super()._get_list_extra_args()
        given.extra_args = {name: given.extra_args[name] for name in self.extra_arguments if name in given.extra_args}
        given.page = min(max(given.page, 0), self.count_cap)
        given.search = " ".join(column_filters.words_of(given.search)) or None
        self._template_args["list_arguments"] = given
        return given

    def _get_list_url(self, view_args):
        """Return the address of the list in the form that login.SAFE_PATH lets one return to."""
        return ODD.sub(lambda found: quote(found[0]), super()._get_list_url(view_args))

    def filter_panel(self) -> column_filters.Panel:
        """Return the search box and the filters of this list, with what is set now."""
        given, kept = self._get_list_extra_args(), self.list_arguments()
        active, arguments = [], self._get_filters(given.filters)
        for (number, name, value), argument in zip(given.filters or (), arguments, strict=True):
            words = f"{name} {self._filters[number].operation()} {self._shown(number, value)}"
            rest = {key: one for key, one in kept.items() if key != argument}
            active.append(column_filters.Active(words, self.get_url(".index_view", **rest)))
        fixed = {name: value for name, value in kept.items() if name != "search"}
        clear = {name: value for name, value in kept.items() if name != "search" and name not in arguments}
        placeholder, rows = self.search_placeholder() or "", list(column_filters.form_rows(self))
        urls = self.get_url(".index_view"), self.get_url(".index_view", **clear)
        searches = bool(self._search_fields)
        return column_filters.Panel(searches, given.search or "", placeholder, rows, active, fixed, *urls)

    def _shown(self, number: int, value: str) -> str:
        """Return the value of a filter as its form shows it."""
        options = self._filters[number].get_options(self) or ()
        return next((str(words) for key, words in options if str(key) == value), value)

    def get_empty_list_message(self):
        given = self._get_list_extra_args()
        return "Tidak ada yang cocok dengan pencarian ini." if given.search or given.filters else self.empty

    @expose("/")
    def index_view(self):
        """Show the list; what its form of filters sent is turned into the documented arguments of the address."""
        if any(name.startswith("saring-") for name in request.args):
            return redirect(self.get_url(".index_view", **self.list_arguments()), 303)
        self._template_args.update(panel=self.filter_panel(), row_actions_offered=self.offered_actions())
        return super().index_view()

    # Values: NIKs are masked wherever no formatter of the view's own shows them

    def _get_list_value(self, context, model, name, column_formatters, column_type_formatters):
        if columns.is_secret(str(name)):
            return "•••"
        if columns.holds_nik(str(name)) and name not in column_formatters:
            return mask_nik(self._get_field_value(model, name))
        return super()._get_list_value(context, model, name, column_formatters, column_type_formatters)

    def _get_field_value(self, model, name):
        """Follow a path of relations; one that leads nowhere is empty."""
        for part in str(name).split("."):
            model = getattr(model, part) if model is not None else None
            model = model() if callable(model) and not isinstance(model, pw.Model) else model
        return model

    # Export

    @expose("/export/<export_type>/")
    def export(self, export_type):
        """Give away the list as it is narrowed now, as a file; the log says who took it."""
        if not self.can_export or export_type not in self.export_types:
            abort_not_found()
        key, given = self.model._meta.primary_key, self._get_list_extra_args()
        most = min(spreadsheets.AT_MOST[export_type], self.export_max_rows or 10**9)
        column = self._get_column_by_idx(given.sort)
        order = self.ordering(column[0] if column else None, given.sort_desc)
        ids = [ident for (ident,) in self.narrow().select(key).order_by(*order).limit(most + 1).tuples()]
        if len(ids) > most:
            flash(f"Lebih dari {most:,} baris. Persempit dulu.".replace(",", "."), "error")
            return redirect(self.get_url(".index_view", **self.list_arguments()), 303)
        told = {"daftar": self.endpoint} | {str(name): "disaring" for _, name, _ in given.filters or ()}
        told |= {"cari": "teks"} if given.search else {}
        access_log.record_export(current_user.id, export_type, told, len(ids))
        headings = [words for _, words in self._export_columns]
        try:
            return spreadsheets.response(self.endpoint, export_type, self.name, headings, self._export_rows(ids))
        except spreadsheets.DiskFull as full:
            flash(str(full), "error")
            return redirect(self.get_url(".index_view"), 303)

    def _export_rows(self, ids: list) -> Iterator[list]:
        for start in range(0, len(ids), CHUNK):
            for row in self.prefetch_related(self._in_order(ids[start : start + CHUNK])):
                yield [self.get_export_value(row, name) for name, _ in self._export_columns]

    def get_export_value(self, model, name):
        """Return a cell: a formatter that is a template's macro is passed over, and no HTML comes along."""
        own = self.column_formatters_export.items()
        formatters = {key: one for key, one in own if getattr(one, "__name__", "") != "inner"}
        value = self._get_list_value(None, model, name, formatters, self.column_type_formatters_export)
        return value.striptags() if hasattr(value, "striptags") else value

    # Details and forms

    @expose("/details/")
    def details_view(self):
        if not self.can_view_details:
            abort_not_found()
        self._template_args.update(model=self.get_one_or_404(), row_actions_offered=self.offered_actions())
        return super().details_view()

    @expose("/new/", methods=("GET", "POST"))
    @expose("/baru/", methods=("GET", "POST"))
    def create_view(self):
        if not self.can_create or ("_continue_editing" in request.form and not self.can_edit):
            abort_not_found()
        self._template_args.update(heading=f"Tambah {self.name.lower()}", back=self._back())
        return _after_post(super().create_view())

    @expose("/edit/", methods=("GET", "POST"))
    @expose("/ubah/", methods=("GET", "POST"))
    def edit_view(self):
        """Change one row; only what is different is written, and nothing that somebody else changed meanwhile."""
        if not self.can_edit or ("_add_another" in request.form and not self.can_create):
            abort_not_found()
        row = self.get_one_or_404()
        words, hint = self.form_heading(row)
        heading = f"Ubah {self.name.lower()}: {words}"
        self._template_args.update(heading=heading, hint=hint, seen=digest(row), back=self._back())
        return _after_post(super().edit_view())

    def form_heading(self, row: pw.Model) -> tuple[str, str]:
        """Return by which name a form says which row it changes, and what one should know about it."""
        return columns.label_of(row), ""

    def scaffold_form(self):
        """Make the form from the model, if there is one to show; NIKs and secrets only where they are named."""
        if not any(self._offers(view) for view in ("create_view", "edit_view")):
            return self.form_base_class
        if not self.form_columns:
            kept_out = [name for name in self.model._meta.fields if columns.holds_nik(name) or columns.is_secret(name)]
            self.form_excluded_columns = (*(self.form_excluded_columns or ()), *kept_out)
        return super().scaffold_form()

    def create_model(self, form):
        """Keep a new row; False where it is refused, which has been told."""
        row = self.model()
        try:
            with transaction():
                form.populate_obj(row)
                self._on_model_change(form, row, True)
                row.save(force_insert=True)
        except (pw.PeeweeException, ValidationError) as refused:
            self.handle_view_exception(refused)
            return False
        self.after_model_change(form, row, True)
        return row

    def update_model(self, form, model):
        """Keep what is different; False where somebody else changed the row since the form was shown."""
        before, seen = dict(model.__data__), digest(model)
        try:
            with transaction():
                if request.form.get("seen") != seen:
                    raise ValidationError(OVERTAKEN)
                form.populate_obj(model)
                self._on_model_change(form, model, False)
                if not self._update(model, before):
                    raise ValidationError(OVERTAKEN)
        except (pw.PeeweeException, ValidationError) as refused:
            self.handle_view_exception(refused)
            return False
        self.after_model_change(form, model, False)
        return True

    def _update(self, row: pw.Model, before: dict) -> bool:
        fields = self.model._meta.fields
        changed = {fields[name]: value for name, value in row.__data__.items() if before.get(name) != value}
        as_read = [field == before.get(field.name) for field in changed]
        here = self.model._meta.primary_key == row._pk
        return not changed or bool(self.model.update(changed).where(here, *as_read).execute())

    # Delete and actions: asked first, on a page of their own or in our script's dialog

    @expose("/delete/", methods=("GET", "POST"))
    def delete_view(self):
        if not self.can_delete:
            abort_not_found()
        if request.method == "GET":
            ident = str(self.get_pk_value(self.get_one_or_404()))
            asked = RowAction("", gettext("Delete"), gettext("Are you sure you want to delete this record?"))
            return self._question_page(asked, [ident])
        if not self.reachable_ids([request.form.get("id", "")]):
            abort_not_found()
        return ("", 204) if is_dialog_request() else _after_post(super().delete_view())

    def delete_model(self, model):
        """Delete a row, never what depends on it; False where it is refused, which has been told."""
        try:
            with transaction():
                self.on_model_delete(model)
                model.delete_instance()
        except pw.IntegrityError:
            flash("Data ini masih dipakai data lain, jadi tidak dapat dihapus.", "error")
            return False
        except (pw.PeeweeException, ValidationError) as refused:
            self.handle_view_exception(refused)
            return False
        self.after_model_delete(model)
        return True

    @action("delete", lazy_gettext("Delete"), lazy_gettext("Are you sure you want to delete selected records?"))
    def action_delete(self, ids):
        if gone := sum(self.delete_model(row) for row in self._rows_of(ids)):
            words = "Record was successfully deleted.", "%(count)s records were successfully deleted."
            flash(ngettext(*words, gone, count=gone), "success")

    def init_actions(self):
        """Collect the actions in the order in which they are written; Flask-Admin's is that of their names."""
        view: Any = type(self)
        self._actions = list(_actions_of(view))
        self._actions_data = {name: (getattr(self, method), text, ask) for name, (method, text, ask) in _methods(view)}

    def offered_actions(self) -> list[RowAction]:
        """Return the actions that are allowed now."""
        listed, confirmations = self.get_actions_list()
        asked = {name: gettext(words) for name, words in confirmations.items()}
        return [RowAction(name, gettext(text), asked.get(name, "")) for name, text in listed]

    @expose("/action/", methods=("POST",))
    def action_view(self):
        """Do an action with the chosen rows within scope; one with a confirmation is asked about first."""
        offered = {one.name: one for one in self.offered_actions()}
        chosen = offered.get(request.form.get("action", "")) or abort_not_found()
        posted = request.form.getlist("rowid")
        ids = self.reachable_ids(posted)
        if posted and not ids:
            abort_not_found()
        if not ids:
            flash(gettext("Please select at least one record."), "error")
            return redirect(self._back(), 303)
        if chosen.confirmation and request.form.get("confirm") != "ya":
            return self._question_page(chosen, ids)
        if is_dialog_request():
            return "", 204  # our script sends the form itself then, so that whatever the action answers is shown
        return self._actions_data[chosen.name][0](ids) or redirect(self._back(), 303)

    def _back(self) -> str:
        return get_redirect_target() or self.get_url(".index_view")

    def _question_page(self, asked: RowAction, ids: list[str]):
        """Show the question before an action (or before one row is deleted, which has no action)."""
        page = "staff/confirm_form.html" if is_dialog_request() else "staff/confirm.html"
        return self.render(page, asked=asked, ids=ids, rows=self.labels(ids), back=self._back())

    def labels(self, ids: list[str]) -> list[str]:
        """Return what the chosen rows are called, for the question before an action."""
        return [columns.label_of(row) for row in self._rows_of(ids)]

    def handle_view_exception(self, exc):
        """Tell what was refused, without the words of the database: they may hold a NIK."""
        if isinstance(exc, pw.IntegrityError):
            flash("Data ini bertabrakan dengan data lain yang sudah ada.", "error")
            return True
        if isinstance(exc, pw.PeeweeException):
            current_app.logger.error("database refused a change: %s", type(exc).__name__)
            flash("Basis data menolak perubahan ini.", "error")
            return True
        return super().handle_view_exception(exc)


def digest(row: pw.Model) -> str:
    """Return what stands for a row as it is, so that a form knows whether it still is what it showed."""
    return hashlib.sha256(repr(sorted(row.__data__.items())).encode()).hexdigest()[:20]


def _key(field: pw.Field, text: str):
    """Return the value of a primary key that a request names; None where it cannot be one."""
    while isinstance(field, pw.ForeignKeyField):
        field = field.rel_field
    if isinstance(field, pw.IntegerField):
        return int(text) if NUMBER.fullmatch(text) else None
    return text if text.isprintable() and len(text) <= 100 else None


def _after_post(answer):
    """Give a form that was refused the status 422, and a redirect after a POST 303."""
    if request.method != "POST":
        return answer
    if isinstance(answer, AnyResponse):
        answer.status_code = 303 if answer.status_code == 302 else answer.status_code
        return answer
    return answer, 422


@cache
def _methods(view: Any) -> tuple[tuple[str, tuple[str, Any, Any]], ...]:
    """Return name of an action → its method, text and confirmation: a view's own first, as they are written."""
    written = ((name, one) for kind in view.__mro__ for name, one in vars(kind).items())
    methods = dict.fromkeys(name for name, one in written if hasattr(one, "_action"))
    found = [(method, getattr(getattr(view, method), "_action", None)) for method in methods]
    return tuple((action[0], (method, *action[1:])) for method, action in found if action)


def _actions_of(view: Any) -> Iterator[tuple[str, Any]]:
    return ((name, text) for name, (_, text, _) in _methods(view))
