"""Django admin with django-fsm-2, as documented: list, filters, search, transitions, a bulk action."""

from datetime import datetime
from importlib import import_module
from urllib.parse import quote_plus, urlsplit

import django
from django.conf import settings
from django.core.management import call_command
from django.core.wsgi import get_wsgi_application

from benchmarks.peers.protocol import STATUS, THERE_AND_BACK
from benchmarks.wsgi_client import WsgiClient

TOKEN = "a" * 32
DJANGO, LIST_URL = "django.contrib", "/admin/registry/permohonan/"
APPS = [f"{DJANGO}.{name}" for name in ("admin", "auth", "contenttypes", "sessions", "messages", "staticfiles")]
MIDDLEWARE = (
    "django.middleware.security.SecurityMiddleware", f"{DJANGO}.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware", "django.middleware.csrf.CsrfViewMiddleware",
    f"{DJANGO}.auth.middleware.AuthenticationMiddleware", f"{DJANGO}.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
)  # fmt: skip
PAGE = STATUS.replace('event.at.strftime("%d %b %Y %H:%M")', 'event.at|date:"d M Y H:i"')


def configure(url: str) -> None:
    """Configure Django, once per process; Django's own tables are created beside ours."""
    templates = {
        "loaders": [
            ("django.template.loaders.cached.Loader", [
                "django.template.loaders.app_directories.Loader",
                ("django.template.loaders.locmem.Loader", {"status.html": PAGE}),
            ])
        ],
        "context_processors": [
            "django.template.context_processors.request",
            f"{DJANGO}.auth.context_processors.auth",
            f"{DJANGO}.messages.context_processors.messages",
        ],
    }  # fmt: skip
    settings.configure(
        SECRET_KEY=TOKEN,
        ALLOWED_HOSTS=["*"],
        ROOT_URLCONF="benchmarks.peers.registry.urls",
        DATABASES={"default": _database(url)},
        INSTALLED_APPS=[*APPS, "django_fsm", "benchmarks.peers.registry"],
        MIDDLEWARE=MIDDLEWARE,
        TEMPLATES=[{"BACKEND": "django.template.backends.django.DjangoTemplates", "OPTIONS": templates}],
        STATIC_URL="/static/",
        USE_TZ=False,
        LANGUAGE_CODE="id",
    )
    django.setup()


def _database(url: str) -> dict:
    if url.startswith("sqlite"):
        start = "PRAGMA journal_mode = wal; PRAGMA synchronous = full;"
        options = {"init_command": start, "transaction_mode": "IMMEDIATE", "timeout": 20}
        name = url.removeprefix("sqlite:///")
        return {"ENGINE": "django.db.backends.sqlite3", "NAME": name, "CONN_MAX_AGE": None, "OPTIONS": options}
    place = urlsplit(url)
    where = {"USER": place.username, "PASSWORD": place.password or "", "HOST": place.hostname, "PORT": place.port}
    engine = {"ENGINE": "django.db.backends.postgresql", "NAME": place.path[1:], "CONN_MAX_AGE": None}
    return engine | where


class DjangoAdmin:
    """Client of the admin, as superuser; a transition is what django-fsm offers: a row's form, saved with it."""

    def __init__(self, caller: WsgiClient):
        self.caller = caller
        self.table = import_module("benchmarks.peers.registry.models").Permohonan

    def queue(self) -> bytes:
        return self.caller.get(f"{LIST_URL}?state__exact=submitted")

    def search(self, wanted: str) -> bytes:
        return self.caller.get(f"{LIST_URL}?q={quote_plus(wanted)}")

    def page(self, number: int) -> bytes:
        return self.caller.get(f"{LIST_URL}?p={number + 1}")

    def press(self, ident: int) -> bytes:
        one = self.table.objects.filter(id=ident).values().get()
        form = {"csrfmiddlewaretoken": TOKEN, "_fsm_transition_to": THERE_AND_BACK[one["state"]][0]}
        for name, value in one.items():
            if isinstance(value, datetime):
                form |= {f"{name}_0": str(value.date()), f"{name}_1": str(value.time())}
            elif name != "state":
                form[name.removesuffix("_id")] = "" if value is None else str(value)
        return self.caller.post(f"{LIST_URL}{ident}/change/", form, 302)

    def batch(self, idents: list[int]) -> bytes:
        form = {"csrfmiddlewaretoken": TOKEN, "action": "move", "_selected_action": idents}
        return self.caller.post(LIST_URL, form, 302)

    def status(self, key: str) -> bytes:
        return self.caller.get(f"/status/{key}")


def build(url: str) -> DjangoAdmin:
    configure(url)
    wsgi = get_wsgi_application()
    call_command("migrate", verbosity=0)
    auth, store = import_module(f"{DJANGO}.auth"), import_module(f"{DJANGO}.sessions.backends.db").SessionStore()
    people = auth.get_user_model().objects
    user = people.filter(username="admin").first() or people.create_superuser("admin")
    store[auth.SESSION_KEY], store[auth.BACKEND_SESSION_KEY] = str(user.pk), f"{DJANGO}.auth.backends.ModelBackend"
    store[auth.HASH_SESSION_KEY] = user.get_session_auth_hash()
    store.save()
    return DjangoAdmin(WsgiClient(wsgi, f"sessionid={store.session_key}; csrftoken={TOKEN}"))
