"""Staff screens, everything under /petugas/: MENU as data, and `register(app)`; no rules."""

from typing import Any

from flask import Flask
from flask_admin import Admin, BaseView
from flask_admin.theme import Bootstrap4Theme
from flask_login import current_user

from admin_views import columns, counter_channel, files, forms, fragment_cache, gate, login
from admin_views.account_recovery import Recoveries
from admin_views.appointments import Appointments
from admin_views.home import Home
from admin_views.logs import LOGS
from admin_views.office_data import OFFICE_DATA
from admin_views.queue import rows
from admin_views.queues import QUEUES
from admin_views.search.view import SearchView
from admin_views.service_editor import ServiceEditor
from admin_views.service_sheets import ServiceSheets

MENU = (
    ("", QUEUES),  # no heading: each stands in the bar itself
    ("", (SearchView, Appointments, *LOGS, Recoveries)),
    ("Pengaturan", (ServiceEditor, ServiceSheets, *OFFICE_DATA)),
)


OWN_BLUEPRINTS = frozenset({"staff_login", "staff_files", "counter"})  # each checks by itself who comes in


def register(app: Flask) -> None:
    """Give the app its staff side; raises ConfigError for a view that is open to everybody."""
    theme, catalogues = Bootstrap4Theme(base_template="admin/base.html"), forms.TRANSLATIONS
    admin = gate.StaffAdmin(app, "AKU Online", index_view=Home(), theme=theme, translations_path=catalogues)
    for heading, screens in MENU:
        for screen in screens:
            admin.add_view(_made(screen, heading))
    app.jinja_env.filters["row_label"] = columns.label_of
    app.jinja_env.globals["field_attributes"] = forms.attributes
    fragment_cache.register(app)
    rows.register(app)
    for blueprint in (login.bp, files.bp, counter_channel.bp):
        app.register_blueprint(blueprint)
    gate.register(app, OWN_BLUEPRINTS)
    search = next(view for view in admin._views if isinstance(view, SearchView))
    app.jinja_env.globals |= {"search_url": f"{search.url}/cari/", "leave_url": f"{login.bp.url_prefix}/keluar"}
    app.context_processor(lambda: {"staff_menu": lambda: _menu(admin), "may_search": search.is_accessible})


def _made(screen: type[Any] | BaseView, heading: str) -> BaseView:
    """Return the view of an entry of MENU: a class with everything in its attributes, or a view that is made."""
    gate.refuse_ungated(screen)
    view = screen() if isinstance(screen, type) else screen
    view.category = view.category or heading or None
    return view


def _menu(admin: Admin) -> tuple[tuple[str, tuple], ...]:
    """Return the menu of the person who asks, by heading; a heading under which nothing is open is left out."""
    found: dict[str, list] = {}
    me = current_user._get_current_object()
    for view in admin._views[1:]:
        narrowed = type(view).is_accessible is not gate.Gate.is_accessible
        if view.admits(me) and (not narrowed or view.is_accessible()) and view.is_visible():
            found.setdefault(view.category or "", []).append(view)
    return tuple((heading, tuple(views)) for heading, views in found.items())
