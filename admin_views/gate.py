"""The gate of the staff side: access control for every Flask-Admin view, and 404 for whatever stands without one."""

from urllib.parse import quote

from flask import Flask, current_app, redirect, request, url_for
from flask.globals import request_ctx
from flask_admin import Admin
from flask_admin.base import BaseView, BaseViewClass
from flask_login import current_user
from werkzeug.exceptions import MethodNotAllowed

from admin_views import login
from admin_views.login import SAFE_PATH
from admin_views.scope import abort_not_found
from config import ConfigError
from web import resume_post

PREFIX = "/petugas"
UNGATED = (
    "admin_views, layar {name}: tampilan Flask-Admin biasa terbuka bagi siapa saja. Turunkan dari StaffModelView atau "
    "StaffView (admin_views/base.py) dan sebut `roles`."
)


class Gate:
    """Mixin for views: lets in whoever holds one of `roles` in a staff session; nobody by default."""

    roles: tuple[str, ...] = ()

    def admits(self, person) -> bool:
        """Check the permission of a person; it decides, and `is_accessible` can only narrow it."""
        return person.is_authenticated and not person.roles.isdisjoint(self.roles)

    def is_accessible(self) -> bool:
        return self.admits(current_user._get_current_object())

    def inaccessible_callback(self, name, **kwargs):
        if not current_user.is_authenticated or not current_user.is_staff:
            return require_sign_in()
        return abort_not_found()

    def _handle_view(self, name, **kwargs):
        """Check access, and that `url` leads nowhere else: Flask-Admin lets some other sites through."""
        if not self.admits(current_user._get_current_object()):
            return self.inaccessible_callback(name, **kwargs)
        for place in request.values.getlist("url"):
            if not SAFE_PATH.fullmatch(place):
                abort_not_found()
        return super()._handle_view(name, **kwargs)  # type: ignore[misc]

    def _run_view(self, fn, *args, **kwargs):
        return fn(self, *args, **kwargs)  # the stock one hides every TypeError behind another

    def default_url(self) -> str:
        """Return the address of the first page of this view, for the menu."""
        return url_for(f"{self.endpoint}.{self._default_view}")  # type: ignore[attr-defined]


class StaffAdmin(Admin):
    """Flask-Admin's collection of views, which takes only views with a gate."""

    def add_view(self, view: BaseView) -> None:
        """Register a view; raises ConfigError for one that is open to everybody or has a taken address."""
        refuse_ungated(view)
        for other in self._views:
            if other.endpoint == view.endpoint:
                taken = f"alamat {view.endpoint!r} sudah dipakai {type(other).__name__}"
                raise ConfigError(f"admin_views, layar {type(view).__name__}: {taken}.")
        super().add_view(view)


def refuse_ungated(view: BaseView | type) -> None:
    """Raise ConfigError where a view, or the class of one, has no gate."""
    kind = view if isinstance(view, type) else type(view)
    if not issubclass(kind, Gate):
        raise ConfigError(UNGATED.format(name=kind.__name__))


def register(app: Flask, blueprints: frozenset[str]) -> None:
    """Answer 404 wherever a staff address or a Flask-Admin view has no gate; `blueprints` have gates of their own.

    It comes before every other check of a request, so that such an address tells nothing by a missing token either.
    """

    def refuse() -> None:
        endpoint = request.endpoint or _of_another_method()
        if endpoint and not _is_gated(endpoint, blueprints):
            abort_not_found()

    app.before_request_funcs.setdefault(None, []).insert(0, refuse)


def _of_another_method() -> str | None:
    """Return the endpoint that this address has for other methods, where one was asked that it doesn't have."""
    error, adapter = request.routing_exception, request_ctx.url_adapter
    if not isinstance(error, MethodNotAllowed) or not error.valid_methods or adapter is None:
        return None
    return adapter.match(method=next(iter(error.valid_methods)))[0]


def _is_gated(endpoint: str, blueprints: frozenset[str]) -> bool:
    view = getattr(current_app.view_functions[endpoint], "__self__", None)
    if isinstance(view, Gate):
        return True
    if isinstance(view, BaseViewClass):
        return False
    staff = f"{request.path}/".startswith(f"{PREFIX}/")
    return not staff or endpoint == "admin.static" or endpoint.partition(".")[0] in blueprints


# Answers that the views share


def is_dialog_request() -> bool:
    """Tell whether our script asks, which shows a form alone, in a dialog over the page."""
    return request.headers.get("X-Requested-With") == "dialog"


def redirect_after_post(address: str):
    """Redirect after a POST; a script gets the address in a header, since browsers hide from it where they are led."""
    return ("", 204, {"X-Go": address}) if is_dialog_request() else redirect(address, 303)


def require_sign_in():
    """Redirect to the sign-in page, and back here afterwards, with what was being posted."""
    if request.method == "POST" and is_dialog_request():
        return "", 401  # our script sends the form itself then
    if kept := resume_post.interrupted_post(login.SIDE):
        return login.login_page(kept=kept), 401
    back = request.full_path.rstrip("?") if request.method == "GET" else ""
    wanted = f"?next={quote(back, safe='/')}" if SAFE_PATH.fullmatch(back) else ""
    return redirect(url_for("staff_login.login_form") + wanted, 303)
