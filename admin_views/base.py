"""What every screen is unless it says otherwise: shut, read-only, scoped, quick, and unmoved by hostile addresses.

It knows no application and no step of the procedure: screens of applications are in permohonan.py.
"""

import re
from typing import Any
from urllib.parse import quote

import peewee as pw
from flask import current_app, flash, redirect, request, url_for
from flask_admin.contrib.peewee import ModelView
from flask_login import current_user

from admin_views import door, resuming
from admin_views.resuming import SAFE_TARGET
from admin_views.scope import missing

NUMBER = re.compile(r"[0-9]{1,9}")
KNOWN_ARGUMENTS = ("page", "page_size", "sort", "desc")


class Gate:
    """Lets in whoever holds one of `roles` in a staff session; nobody by default."""

    roles: tuple[str, ...] = ()

    def admits(self, person) -> bool:
        return person.is_authenticated and not person.roles.isdisjoint(self.roles)

    def is_accessible(self) -> bool:
        return self.admits(current_user._get_current_object())

    def inaccessible_callback(self, name, **kwargs):
        if not current_user.is_authenticated or not current_user.is_staff:
            return to_the_door()
        return missing()

    def _handle_view(self, name, **kwargs):
        """Flask-Admin takes `url` for a place to return to, and lets some other sites through."""
        for place in request.values.getlist("url"):
            if not SAFE_TARGET.fullmatch(place):
                missing()
        return super()._handle_view(name, **kwargs)  # type: ignore[misc]

    def _run_view(self, fn, *args, **kwargs):
        return fn(self, *args, **kwargs)  # the stock one hides every TypeError behind another


def in_dialog() -> bool:
    """Was it asked by our script, which shows the form alone over the page?"""
    return request.headers.get("X-Requested-With") == "dialog"


def led(address: str):
    """After a press, to another page; our script follows by itself, since a browser hides from it where it leads."""
    return ("", 204, {"X-Go": address}) if in_dialog() else redirect(address, 303)


def to_the_door():
    """To the sign-in page, and back here afterwards, with what was being sent."""
    if request.method == "POST" and in_dialog():
        return "", 401  # our script sends the form itself then
    if kept := resuming.sent():
        return door.page(kept=kept), 401
    back = request.full_path.rstrip("?") if request.method == "GET" else ""
    wanted = f"?next={quote(back, safe='/')}" if SAFE_TARGET.fullmatch(back) else ""
    return redirect(url_for("staff_door.enter") + wanted, 303)


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
