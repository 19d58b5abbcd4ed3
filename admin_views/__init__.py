"""The staff side of the site, everything under /petugas/: MENU as data, and `register(app)`; no rules."""

from flask import Flask
from flask_admin import Admin
from flask_admin.theme import Bootstrap4Theme
from flask_login import current_user

from admin_views import door, files, forms, fragment_cache, taking_in
from admin_views.home import Home
from admin_views.masters import MASTERS
from admin_views.queue import rows
from admin_views.queues import QUEUES
from admin_views.records import RECORDS
from admin_views.recovering import Recoveries
from admin_views.search.view import SearchView
from admin_views.services import Services

MENU = (
    ("", QUEUES),  # no heading: each stands in the bar itself
    ("", (*RECORDS, Recoveries)),
    ("Pengaturan", (Services, *MASTERS)),
)


def register(app: Flask) -> None:
    """Give the app its staff side."""
    admin = Admin(
        app,
        name="AKU Online",
        index_view=Home(),
        theme=Bootstrap4Theme(base_template="admin/base.html"),
        translations_path=forms.TRANSLATIONS,
    )
    menu = [(heading, [screen() for screen in screens]) for heading, screens in MENU]
    for _, views in menu:
        admin.add_views(*views)
    fragment_cache.register(app)
    rows.register(app)
    app.register_blueprint(door.bp)
    app.register_blueprint(files.bp)
    app.register_blueprint(taking_in.bp)
    search = next(view for _, views in menu for view in views if isinstance(view, SearchView))
    app.jinja_env.globals |= {"search_url": f"{search.url}/cari/", "leave_url": f"{door.bp.url_prefix}/keluar"}
    app.context_processor(lambda: {"staff_menu": lambda: _open_to_me(menu), "may_search": search.is_accessible})


def _open_to_me(menu: list) -> tuple[tuple[str, tuple], ...]:
    """The menu of the person who asks; a heading under which nothing is open is left out."""
    me = current_user._get_current_object()
    mine = ((heading, tuple(view for view in views if view.admits(me))) for heading, views in menu)
    return tuple((heading, views) for heading, views in mine if views)
