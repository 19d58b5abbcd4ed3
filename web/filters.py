"""Jinja filters and globals of every template. They know no page and write nothing."""

import hashlib
import time
from datetime import date, datetime
from pathlib import Path
from typing import Any

import flask.templating
from flask import Flask, current_app, g
from flask_login import current_user
from flask_wtf.csrf import generate_csrf
from werkzeug.local import LocalProxy

import accounts
import office
from catalogue.nik import mask_nik
from files import inspection
from lib import i18n
from lib.database import local
from lib.encryption import RANDOM_NAME
from lib.i18n import localized

MAX_COUNTED = 500  # lists count exactly up to here
CARD_MAX_AGE = 30.0  # seconds that the office's facts are cached between pages


class FlatGlobalsEnvironment(flask.templating.Environment):
    """Jinja environment whose templates share one dict of globals; a chain of dicts costs a twentieth of a page."""

    def make_globals(self, d):
        return super().make_globals(d) if d else self.globals


def register(app: Flask) -> None:
    """Register the filters, `asset()`, `office_card` and `demo` with an app's templates."""
    own: tuple[Any, ...] = (long_date, moment, short_moment, masked_email, size, counted, picture, shortened)
    app.jinja_env.filters |= {one.__name__: one for one in own}
    app.jinja_env.filters |= {"text": localized, "masked": mask_nik, "working_days": i18n.format_working_days}
    app.jinja_env.globals |= {"max_upload_bytes": inspection.MAX_BYTES, "upload_accept": inspection.ACCEPT}
    app.jinja_env.globals |= {"asset": asset, "csrf_token": csrf_token, "account_mark": account_mark}
    app.jinja_env.globals |= {"language": i18n.current_language, "languages": i18n.LANGUAGES}
    app.jinja_env.policies["ext.i18n.trimmed"] = True
    app.extensions["assets"] = {}
    always = {"office_card": LocalProxy(office_card)}
    app.context_processor(lambda: always | {"demo": app.config["DEMO"]})


def csrf_token() -> str:
    """Return the CSRF token of this request; Flask-WTF's own function reads its settings again for every form."""
    return g.get("csrf_token") or generate_csrf()


def account_mark() -> str:
    """Return the mark of the account that a page is shown to."""
    return accounts.account_mark(current_user)


def long_date(day: date | datetime | str | None) -> str:
    """Format a date in the reader's language (Rabu, 25 November 2026); a UTC datetime as its local day."""
    if not day:
        return ""
    if isinstance(day, str):
        day = date.fromisoformat(day)
    return i18n.long_date(local(day).date() if isinstance(day, datetime) else day)


def shortened(name: str) -> str:
    """Shorten a long file name in its middle, so that its beginning and its end are read."""
    return name if len(name) <= 40 else f"{name[:22]}…{name[-16:]}"


def moment(at: datetime | None) -> str:
    """Format a UTC datetime in local time: Rabu, 25 November 2026 pukul 10.42 WITA."""
    return office.moment_in_words(at) if at else ""


def short_moment(at: datetime | None) -> str:
    """Format a UTC datetime in local time, short: Rab, 25 Nov 2026, 10.42."""
    if not at:
        return ""
    there = local(at)
    return f"{i18n.short_date(there.date())}, {i18n.format_time(there)}"


def masked_email(email: str) -> str:
    """Mask an e-mail address so that its owner recognises it: p…n@gmail.com."""
    local, _, host = email.partition("@")
    return f"{local[:1]}…{local[-1:]}@{host}"


def size(octets: int) -> str:
    """Format a file size: 412 kB, 1,8 MB."""
    if octets < 1_000_000:
        return f"{max(1, round(octets / 1000))} kB"
    return f"{i18n.format_decimal(octets / 1_000_000)} MB"


def counted(number: int) -> str:
    """Format a count that stops at 500: 500+."""
    return str(number) if number <= MAX_COUNTED else f"{MAX_COUNTED}+"


def static_folder() -> Path:
    """Return the folder of the static files."""
    return Path(current_app.root_path, "static")


def asset(name: str) -> str:
    """Return the URL of a static file, with a hash of its content so that browsers may cache it for long."""
    known = current_app.extensions["assets"]
    if name not in known or current_app.debug:
        known[name] = hashlib.sha256((static_folder() / name).read_bytes()).hexdigest()[:10]
    return f"/static/{name}?v={known[name]}"


def picture(sample: str | None) -> str:
    """Return the URL of a requirement's sample: a shipped drawing or an uploaded picture; "" without one."""
    if not sample:
        return ""
    if RANDOM_NAME.fullmatch(sample):
        return f"/contoh/{sample}.jpg"
    drawing = f"samples/{sample}.svg"
    return asset(drawing) if (static_folder() / drawing).is_file() else ""


def office_card() -> dict:
    """Return the office's facts (name, address, time zone …), cached for half a minute in each language."""
    cards = current_app.extensions.setdefault("office_card", {})
    asked, known = cards.get(i18n.current_language(), (-CARD_MAX_AGE, None))
    if known is None or time.monotonic() - asked > CARD_MAX_AGE:
        known = office.contact_details()
        cards[i18n.current_language()] = (time.monotonic(), known)
    return known


def cached_office_card() -> dict:
    """Return the office's facts from the cache only, for error pages while the database may be down."""
    cards = current_app.extensions.get("office_card", {})
    return cards.get(i18n.current_language(), (0, next((known for _, known in cards.values()), {})))[1]
