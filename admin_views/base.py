"""What every screen is unless it says otherwise: shut, read-only, scoped, quick, and unmoved by hostile addresses.

It knows no application and no step of the procedure: screens of applications are in permohonan.py.
"""

import re
from typing import Any

import peewee as pw
from flask import current_app, flash, request
from flask_admin import BaseView
from flask_admin.contrib.peewee import ModelView

from admin_views import view_checks
from admin_views.gate import Gate, is_dialog_request, redirect_after_post, require_sign_in
from admin_views.scope import abort_not_found as missing

NUMBER = re.compile(r"[0-9]{1,9}")
KNOWN_ARGUMENTS = ("page", "page_size", "sort", "desc")


# the old names, until every branch has the new ones
in_dialog, led, to_the_door = is_dialog_request, redirect_after_post, require_sign_in


class StaffView(Gate, BaseView):
    """A page of one's own, as Flask-Admin documents `BaseView`, open to its `roles` only."""

    name: str = ""
    endpoint: str = ""

    def __init__(self, name=None, category=None, endpoint=None, **kwargs):
        super().__init__(name or self.name or None, category, endpoint or self.endpoint or None, **kwargs)
        view_checks.refuse(self)

    @property
    def title(self) -> str:
        return self.name


class Records(Gate, ModelView):
    """A list of the rows of one table."""

    table: type[pw.Model]
    title = ""
    address = ""  # in /petugas/<address>/
    empty = "Belum ada catatan di sini."
    order: tuple = ()  # must end in something unique
    extra_arguments: tuple[str, ...] = ()  # of the address, beside KNOWN_ARGUMENTS

    can_create = can_edit = can_delete = can_export = False
    can_view_details = False
    column_editable_list = None
    action_disallowed_list = ["delete"]
    page_size, page_size_options, count_cap = 25, (25, 50, 100), 10_000
    # Not offered by any screen unless it asks for them by name; their addresses don't exist.
    details_view = create_view = edit_view = delete_view = action_view = export = ajax_lookup = ajax_update = None

    def __init__(self):
        super().__init__(self.table, self.title, endpoint=self.address)

    def scaffold_form(self):
        return super().scaffold_form() if self.can_create or self.can_edit else self.form_base_class

    def scaffold_sortable_columns(self):
        return {}

    def errands(self) -> list[tuple[str, int, dict[str, Any]]]:
        """What of it waits for the person who asks, for the first page: words, how many, what narrows it to them."""
        return []

    # One scope for list, details and everything else

    def scope(self) -> pw.ModelSelect:
        """The rows that exist for the person who asks."""
        return self.table.select()

    def get_query(self) -> pw.ModelSelect:
        """The rows of a page with all that their columns need, so that no column asks again."""
        return self.table.select()

    def narrow(self) -> pw.ModelSelect:
        """The rows that this page lists."""
        return self.scope()

    def get_one(self, id):
        if not NUMBER.fullmatch(str(id)):
            return None
        key = self.table._meta.primary_key
        return self.get_query().where(key == int(id), key.in_(self.scope().select(key))).first()

    def wanted(self):
        """The row that the address names; ends the request where there is none to see."""
        ids = request.args.getlist("id")
        return (self.get_one(ids[0]) if len(ids) == 1 else None) or missing()

    # Quick: narrow on ids, count to a cap, then fetch the rows of one page

    def get_list(self, page, sort_column, sort_desc, search, filters, execute=True, page_size=None):
        key = self.table._meta.primary_key
        size = page_size or self.page_size
        ids = self.narrow().select(key)
        count = min(ids.clone().limit(self.count_cap + 1).count(), self.count_cap)
        order = self.order or (key.desc(),)
        page = min(max(page or 0, 0), max(count - 1, 0) // size)
        ids = ids.order_by(*order).limit(size).offset(page * size)
        rows = self.get_query().where(key.in_(ids)).order_by(*order)
        return count, self.completed(list(rows))

    def completed(self, rows: list) -> list:
        """A page's rows with what is better fetched for all of them at once."""
        return rows

    def _handle_join(self, query, field, joins):
        return query  # joins are made once, in get_query

    def _get_list_extra_args(self):
        """The arguments of an address, without those that would end up as arguments of url_for."""
        given = super()._get_list_extra_args()
        given.extra_args = {name: given.extra_args[name] for name in self.extra_arguments if name in given.extra_args}
        given.page = min(max(given.page, 0), self.count_cap)
        return given

    def handle_view_exception(self, exc):
        """No words of the database on a page: they may hold a NIK."""
        if isinstance(exc, pw.IntegrityError):
            flash("Data ini bertabrakan dengan data lain yang sudah ada.", "error")
            return True
        if isinstance(exc, pw.PeeweeException):
            current_app.logger.error("database refused a change: %s", type(exc).__name__)
            flash("Basis data menolak perubahan ini.", "error")
            return True
        return super().handle_view_exception(exc)
