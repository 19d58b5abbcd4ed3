"""In which language a page speaks, and words, days and times in it; it reads no database and knows no page."""

from datetime import date, datetime, time
from functools import cache, lru_cache

from babel import Locale
from babel.dates import format_date, get_month_names
from flask import current_app, g, has_app_context, has_request_context, request, session
from flask_babel import Domain, get_locale, ngettext
from werkzeug.wrappers import Response

USUAL, NAMES = "id", {"id": "Bahasa Indonesia", "en": "English"}
REMEMBERED = 365 * 24 * 3600  # seconds
STAFF = "/petugas"
CLOCK = {"id": "%H.%M", "en": "%H:%M"}
OF_FORMS = Domain("translations", domain="wtforms")


class Words(Domain):
    """The sentences of the pages; asked a hundred times a page, it doesn't spell the locale out each time."""

    def get_translations(self):
        code = current()
        if code not in self.cache:
            self.cache[code] = super().get_translations()
        return self.cache[code]


def chosen() -> str:
    """What was chosen in this browser, else what the signed-in person's account says; on staff screens Indonesian.

    The browser's own wish doesn't count: phones sold here often say English, and their owners don't.
    """
    if not has_request_context() or f"{request.path}/".startswith(f"{STAFF}/"):
        return USUAL
    wanted = from_cookie() or session.get("language", "")
    return wanted if wanted in NAMES else USUAL


def locale() -> Locale:
    """The same as flask-babel wants it."""
    return _locale(chosen())


@cache
def _locale(code: str) -> Locale:
    return Locale.parse(code)


def from_cookie() -> str:
    """The language that was chosen in this browser; nothing where none was."""
    wanted = request.cookies.get(_cookie(), "")
    return wanted if wanted in NAMES else ""


def _cookie() -> str:
    return "__Host-language" if current_app.config["SECURE"] else "language"


def remember(response: Response, code: str) -> None:
    """Let this browser keep the choice; it is no secret, and says nothing about a person."""
    secure = current_app.config["SECURE"]
    response.set_cookie(_cookie(), code, max_age=REMEMBERED, path="/", secure=secure, httponly=True, samesite="Lax")


def current() -> str:
    """The code of the language that is spoken just now: id or en; outside of a request Indonesian."""
    # what flask-babel keeps for this request, without its four steps there: a page asks some hundred times
    known = getattr(g.get("_flask_babel"), "babel_locale", None) if has_app_context() else None
    locale = known or get_locale()
    return locale.language if locale else USUAL


def text(words: dict | str | None) -> str:
    """What people read of {id=…, en=…}; Indonesian where there is no English."""
    return words.get(current()) or words["id"] if isinstance(words, dict) else words or ""


def long_date(day: date) -> str:
    """Rabu, 25 November 2026; Wednesday, 25 November 2026."""
    return _written(day, "EEEE, d MMMM y", current())


def short_date(day: date) -> str:
    """Rab, 25 Nov 2026; Wed, 25 Nov 2026."""
    return _written(day, "EEE, d MMM y", current())


def plain_date(day: date) -> str:
    """25 November 2026."""
    return _written(day, "d MMMM y", current())


@lru_cache(2000)
def _written(day: date, pattern: str, code: str) -> str:
    return format_date(day, pattern, locale=code)


def month(number: int) -> str:
    """November, of 11."""
    return get_month_names("wide", locale=current())[number]


def thousands(number: int) -> str:
    """3.150 in Indonesian, 3,150 in English."""
    return f"{number:,}".replace(",", "." if current() == USUAL else ",")


def clock_time(at: time | datetime) -> str:
    """10.42 in Indonesian, 10:42 in English; of a local time."""
    return at.strftime(CLOCK[current()])


def decimal(number: float) -> str:
    """1,8 in Indonesian, 1.8 in English."""
    return f"{number:.1f}".replace(".", "," if current() == USUAL else ".")


def working_days(number: int) -> str:
    """2 hari kerja; 2 working days."""
    return ngettext("%(num)d hari kerja", "%(num)d hari kerja", number)
