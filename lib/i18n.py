"""Internationalization: the language of a request, and texts, dates, times and numbers in it. Reads no database."""

from collections.abc import Iterable
from datetime import date, datetime, time
from functools import lru_cache

from babel import Locale
from babel.dates import format_date, get_month_names
from babel.lists import format_list
from flask import current_app, g, has_app_context, has_request_context, request, session
from flask_babel import Domain, get_locale, ngettext
from werkzeug.wrappers import Response

DEFAULT_LANGUAGE, LANGUAGES = "id", {"id": "Bahasa Indonesia", "en": "English"}
COOKIE_SECONDS = 365 * 24 * 3600  # seconds
STAFF_PREFIX = "/petugas"
TIME_FORMATS = {"id": "%H.%M", "en": "%H:%M"}
WTFORMS_DOMAIN = Domain("translations", domain="wtforms")


def N_(sentence: str) -> str:
    """Mark a sentence for translation (gettext_noop) and return it unchanged; it is translated where it is shown."""
    return sentence


class CachedDomain(Domain):
    """Translations cached by language code. Flask-Babel formats the locale at each look-up: 1 ms for every hundred."""

    def get_translations(self):
        code = current_language()
        if code not in self.cache:
            self.cache[code] = super().get_translations()
        return self.cache[code]


def requested_language() -> str:
    """Return the language of the cookie, else of the signed-in user; always Indonesian on staff screens.

    Accept-Language is ignored: phones sold here are often set to English while their owners read Indonesian.
    """
    if not has_request_context() or f"{request.path}/".startswith(f"{STAFF_PREFIX}/"):
        return DEFAULT_LANGUAGE
    wanted = cookie_language() or session.get("language", "")
    return wanted if wanted in LANGUAGES else DEFAULT_LANGUAGE


def select_locale() -> Locale:
    """Select the locale for Flask-Babel."""
    return Locale.parse(requested_language())


def cookie_language() -> str:
    """Return the language chosen in this browser, or an empty string."""
    wanted = request.cookies.get(_cookie(), "")
    return wanted if wanted in LANGUAGES else ""


def _cookie() -> str:
    return "__Host-language" if current_app.config["SECURE"] else "language"


def set_language_cookie(response: Response, code: str) -> None:
    """Set the language cookie, which identifies nobody."""
    secure = current_app.config["SECURE"]
    response.set_cookie(_cookie(), code, max_age=COOKIE_SECONDS, path="/", secure=secure, httponly=True, samesite="Lax")


def current_language() -> str:
    """Return the current language code, id or en; id outside of a request."""
    # reads what Flask-Babel cached for this request, without its four calls: a page asks a hundred times
    cached = getattr(g.get("_flask_babel"), "babel_locale", None) if has_app_context() else None
    chosen_locale = cached or get_locale()
    return chosen_locale.language if chosen_locale else DEFAULT_LANGUAGE


def localized(words: dict | str | None) -> str:
    """Return the text of {id=…, en=…} in the current language; Indonesian where there is no English."""
    return words.get(current_language()) or words["id"] if isinstance(words, dict) else words or ""


def long_date(day: date) -> str:
    """Format a date with its weekday: Rabu, 25 November 2026; Wednesday, 25 November 2026."""
    return _format_date(day, "EEEE, d MMMM y", current_language())


def short_date(day: date) -> str:
    """Format a date with abbreviations: Rab, 25 Nov 2026; Wed, 25 Nov 2026."""
    return _format_date(day, "EEE, d MMM y", current_language())


def plain_date(day: date) -> str:
    """Format a date without its weekday: 25 November 2026."""
    return _format_date(day, "d MMMM y", current_language())


@lru_cache(2000)
def _format_date(day: date, pattern: str, code: str) -> str:
    return format_date(day, pattern, locale=code)


def month_name(number: int) -> str:
    """Return the name of a month, 1 to 12."""
    return get_month_names("wide", locale=current_language())[number]


def format_number(number: int) -> str:
    """Format an integer with separators: 3.150 in Indonesian, 3,150 in English."""
    return f"{number:,}".replace(",", "." if current_language() == DEFAULT_LANGUAGE else ",")


def format_time(at: time | datetime) -> str:
    """Format a local time: 10.42 in Indonesian, 10:42 in English."""
    return at.strftime(TIME_FORMATS[current_language()])


def format_decimal(number: float) -> str:
    """Format a number with one decimal: 1,8 in Indonesian, 1.8 in English."""
    return f"{number:.1f}".replace(".", "," if current_language() == DEFAULT_LANGUAGE else ".")


def join_words(words: Iterable[str]) -> str:
    """Join words to an enumeration: A, B, dan C; A, B, and C."""
    return format_list(list(words), locale=current_language())


def format_working_days(number: int) -> str:
    """Format a number of working days: 2 hari kerja; 2 working days."""
    return ngettext("%(num)d hari kerja", "%(num)d hari kerja", number)
