"""The application factory: `create_app(**settings)` returns an app with its own database; it starts nothing."""

from collections.abc import Callable, Iterable
from contextlib import closing, suppress
from functools import cache

import peewee as pw
from flask import Flask, Response, abort, g, request
from flask_babel import Babel
from flask_wtf.csrf import CSRFError, CSRFProtect
from playhouse.pool import MaxConnectionsExceeded
from werkzeug.middleware.proxy_fix import ProxyFix
from werkzeug.wsgi import ClosingIterator

import accounts
import admin_views
import cli
import config
import models
import public
from admin_views import startup_checks
from casework import effects, transitions
from documents import preparation, signed_uploads, signing
from documents.tte.pki import has_demo_certificate
from files import storage
from intake import duplicates, submission
from jobs import outbox, worker
from lib import i18n
from lib.database import database, open_database
from web import compression, filters

CSP = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; font-src 'self'; connect-src 'self'; "
    "manifest-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'; object-src 'none'"
)
FRAMES = "; frame-src 'self'"  # where a page asks for it by g.frames: the service editor shows its preview
FRAMED = (  # by g.framed: the preview of a service stands in a frame of our own, and nothing is sent from it
    ("frame-ancestors 'none'", "frame-ancestors 'self'"),
    ("form-action 'self'", "form-action 'none'"),
    ("connect-src 'self'", "connect-src 'none'"),
)
EFFECTS = (submission, duplicates, preparation, effects, signing, signed_uploads)  # they register their functions
HSTS = "max-age=31536000; includeSubDomains"
HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}


def create_app(**settings) -> Flask:
    """Create an app; `settings` override the environment. Raises ConfigError naming what is missing or wrong."""
    if found := startup_checks.faults():
        raise config.ConfigError("\n".join(found))
    app = Flask(__name__, template_folder="templates", static_folder="static")
    app.jinja_environment = filters.FlatGlobalsEnvironment
    app.config.update(config.read(**settings))
    app.extensions["database"] = open_database(app.config["DATABASE_URL"])
    app.extensions["workflow"] = transitions.Performer(enqueue=outbox.enqueue)
    if app.config["SECURE"]:
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=1, x_proto=1)  # type: ignore[method-assign]
    app.wsgi_app = _head_as_get(app.wsgi_app)  # type: ignore[method-assign]
    _refuse_odd_forms(app)
    CSRFProtect(app)
    Babel(app, locale_selector=i18n.select_locale).domain_instance = i18n.CachedDomain()
    accounts.login_manager().init_app(app)
    _keep_connections(app)
    _keep_headers(app)
    compression.register(app)
    _say_busy(app)
    filters.register(app)
    public.register(app)
    admin_views.register(app)
    app.register_error_handler(CSRFError, _answer_stale_form)
    cli.register(app)
    app.add_url_rule("/healthz", "healthz", lambda: ("ok\n", {"Content-Type": "text/plain"}))
    app.add_url_rule("/readyz", "readyz", _ready)
    _refuse_what_does_not_fit(app)
    if app.config["INPROCESS_WORKER"]:
        worker.start_sweep_thread(app)
    return app


def _answer_stale_form(error: CSRFError):
    """Show again what was typed into a form that is older than its session, on the side that it belongs to."""
    answer = admin_views.login.answer_stale_form() or public.resume_form.answer_stale_form()
    return answer or public.error_pages.stale_form_page()


def _head_as_get(app: Callable) -> Callable:
    """HEAD is a GET without its body: a view that asks "is it GET?" must never take it for a press, without a token."""

    def asked(environ: dict, start_response: Callable) -> Iterable[bytes]:
        if environ["REQUEST_METHOD"] != "HEAD":
            return app(environ, start_response)
        with closing(ClosingIterator(app(environ | {"REQUEST_METHOD": "GET"}, start_response))):
            return ()

    return asked


def _refuse_what_does_not_fit(app: Flask) -> None:
    """Nothing starts with a key for other files, and production with nothing of the demonstration."""
    database = app.extensions["database"]
    with app.app_context():
        try:
            if not app.config["DEMO"]:
                _refuse_the_demonstration(app)
            with suppress(pw.OperationalError, pw.ProgrammingError):  # away (/readyz says so), or not migrated yet
                if models.StoredFile.table_exists() and storage.find_undecryptable():
                    sealed = "FILES_KEY does not open the files that are kept; give the key that sealed them"
                    raise config.ConfigError(sealed)
        finally:
            getattr(database, "close_all", database.close)()


def _refuse_the_demonstration(app: Flask) -> None:
    """No made-up people, keys or certificates."""
    folder = app.config["INSTANCE_DIR"]
    made = {path.read_text().strip() for path in (folder / "keys").glob("*")} if (folder / "keys").exists() else set()
    if made & {app.config["SECRET_KEY"], *app.config["FILES_KEY"].split(",")}:
        demo = "SECRET_KEY and FILES_KEY are the demonstration's; make new ones for AKU_ENV=production"
        raise config.ConfigError(demo)
    if has_demo_certificate(signing.folder()):
        raise config.ConfigError(f"{signing.folder()} holds demonstration certificates, refused in production")
    users = models.User
    if users.table_exists() and users.select().where(users.email.endswith("@aku.example")).exists():
        raise config.ConfigError("the database holds the demonstration's people, refused in production")


def _refuse_odd_forms(app: Flask) -> None:
    """A form without files is read at once, so it must be short: 80 MB of them fill 3 GB.

    A part of a form without a name has the name None, over which those stumble who read names.
    """

    @app.before_request
    def look() -> None:
        if request.mimetype == "application/x-www-form-urlencoded":
            request.max_content_length = request.max_form_memory_size
        if request.method not in ("GET", "HEAD", "OPTIONS") and (None in request.form or None in request.files):
            abort(400)


def _say_busy(app: Flask) -> None:
    """A database that is locked, full, read-only or gone: nothing was done, and whoever asked may try again."""

    def busy(error: Exception):
        app.logger.error("the database does not answer: %s: %s", type(error).__name__, str(error).partition("\n")[0])
        text, code = public.error_pages.error_page(503)
        return text, code, {"Retry-After": "5"}

    for kind in (pw.OperationalError, pw.InterfaceError, pw.InternalError, MaxConnectionsExceeded):
        app.register_error_handler(kind, busy)


def _keep_connections(app: Flask) -> None:
    """One connection a request, opened when something is not a static file."""

    @app.before_request
    def connect() -> None:
        if request.endpoint not in (*compression.STATIC, "healthz", "readyz"):
            database.connect(reuse_if_open=True)

    @app.teardown_appcontext
    def close(error: BaseException | None) -> None:
        own = app.extensions["database"]
        if not own.is_closed() and not own.in_transaction():
            own.close()


def _keep_headers(app: Flask) -> None:
    always = HEADERS | ({"Strict-Transport-Security": HSTS} if app.config["SECURE"] else {})

    @app.after_request
    def add(response: Response) -> Response:
        wanted = {"Content-Security-Policy": _policy(g.get("frames", False), g.get("framed", False))} | always
        if request.endpoint not in compression.STATIC or response.status_code >= 400:
            wanted["Cache-Control"] = "no-store"
        elif "v" in request.args:  # the content's hash, or a version
            response.headers["Cache-Control"] = "public, max-age=31536000, immutable"
        if response.mimetype == "text/html":
            response.headers["Content-Language"] = i18n.current_language()
            wanted["Vary"] = "Cookie"
        there = set(response.headers.keys(lower=True))  # once, instead of a walk along all of them for each
        if "Vary" in wanted and "Cookie" not in response.headers.get("Vary", "Cookie"):
            response.vary.add("Cookie")
        for name, value in wanted.items():
            if name.lower() not in there:
                response.headers.add(name, value)
        return response


@cache
def _policy(frames: bool, framed: bool) -> str:
    """Return the Content-Security-Policy of a page: sources it loads from, and pages that may frame it."""
    policy = CSP + FRAMES * frames
    for narrow, wide in FRAMED if framed else ():
        policy = policy.replace(narrow, wide)
    return policy


def _ready() -> tuple[dict, int]:
    """Check the services behind the app: 200, or 503 with the names of those that are down."""
    checks = {"database": _database_answers, "storage": storage.is_writable, "queue": outbox.is_queue_available}
    down = [name for name, works in checks.items() if not works()]
    return {"down": down}, 503 if down else 200


def _database_answers() -> bool:
    try:
        return database.execute_sql("SELECT 1").fetchone()[0] == 1
    except pw.PeeweeException:
        return False
