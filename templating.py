"""Filters and globals that every template may use; it must not know any page, nor write anything."""

import hashlib
import time
from datetime import date, datetime
from functools import lru_cache
from pathlib import Path
from types import CodeType

import flask.templating
from flask import Flask, current_app, g, session
from flask_wtf.csrf import generate_csrf
from jinja2.bccache import Bucket, BytecodeCache
from werkzeug.local import LocalProxy

import language
import office
from keys import RANDOM_NAME
from language import text
from lib.database import local

STATIC = Path(__file__).resolve().parent / "static"
COUNTED = 500  # so far lists count exactly
CARD_LIVES = 30.0  # seconds that the office's facts are remembered between pages


class _Compiled(BytecodeCache):
    """Templates compiled once in a process, however many apps live in it."""

    def __init__(self):
        self.known: dict[tuple[str, str], CodeType | None] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        bucket.code = self.known.get((bucket.key, bucket.checksum))

    def dump_bytecode(self, bucket: Bucket) -> None:
        self.known[bucket.key, bucket.checksum] = bucket.code


COMPILED = _Compiled()


class Environment(flask.templating.Environment):
    """Gives templates the globals of the app as they are, not a chain of dicts that each page walks name by name."""

    def make_globals(self, d):
        return super().make_globals(d) if d else self.globals


def register(app: Flask) -> None:
    """Add the filters, `asset()`, `office_card` and `demo` to the templates of an app."""
    app.jinja_env.bytecode_cache = COMPILED
    app.jinja_env.filters.update(
        long_date=long_date,
        moment=moment,
        short_moment=short_moment,
        text=text,
        masked=masked,
        masked_email=masked_email,
        size=size,
    )
    app.jinja_env.filters |= {"counted": counted, "picture": picture, "working_days": language.working_days}
    app.jinja_env.globals |= {"asset": asset, "language": language.current, "languages": language.NAMES}
    app.jinja_env.policies["ext.i18n.trimmed"] = True
    app.extensions["assets"] = {}
    app.jinja_env.globals["csrf_token"] = csrf_token
    always = {"office_card": LocalProxy(card), "csrf_token": csrf_token}
    app.context_processor(lambda: always | {"demo": app.config["DEMO"]})


def csrf_token() -> str:
    """The token of this session's forms, which holds as long as the session: signed once, not for every page."""
    if "csrf_token" not in g and "csrf_token" in session:
        g.csrf_token = _signed(current_app.secret_key, session["csrf_token"])
    return g.get("csrf_token") or generate_csrf()


@lru_cache(2000)
def _signed(secret: str, token: str) -> str:
    """What Flask-WTF makes of the session's own token."""
    return generate_csrf()


def long_date(day: date | datetime | str | None) -> str:
    """Rabu, 25 November 2026, in the reader's language; of a UTC moment, its day here."""
    if not day:
        return ""
    if isinstance(day, str):
        day = date.fromisoformat(day)
    return language.long_date(local(day).date() if isinstance(day, datetime) else day)


def moment(at: datetime | None) -> str:
    """Rabu, 25 November 2026 pukul 10.42 WITA, of a UTC moment."""
    return office.moment_in_words(at) if at else ""


def short_moment(at: datetime | None) -> str:
    """Rab, 25 Nov 2026, 10.42, of a UTC moment."""
    if not at:
        return ""
    there = local(at)
    return f"{language.short_date(there.date())}, {language.clock_time(there)}"


def masked(nik: str | None) -> str:
    """…9002: as much of a NIK as lists and messages may show."""
    return f"…{nik[-4:]}" if nik else ""


def masked_email(email: str) -> str:
    """p…n@gmail.com: enough for its owner to recognise."""
    local, _, host = email.partition("@")
    return f"{local[:1]}…{local[-1:]}@{host}"


def size(octets: int) -> str:
    """412 kB, 1,8 MB."""
    if octets < 1_000_000:
        return f"{max(1, round(octets / 1000))} kB"
    return f"{language.decimal(octets / 1_000_000)} MB"


def counted(number: int) -> str:
    """500+ of what is counted no further."""
    return str(number) if number <= COUNTED else f"{COUNTED}+"


def asset(name: str) -> str:
    """The address of a static file, with its content in the query, so that browsers may keep it for long."""
    known = current_app.extensions["assets"]
    if name not in known or current_app.debug:
        known[name] = hashlib.sha256((STATIC / name).read_bytes()).hexdigest()[:10]
    return f"/static/{name}?v={known[name]}"


def picture(sample: str | None) -> str:
    """The address of a requirement's sample: a shipped drawing or an uploaded picture; none where there is none."""
    if not sample:
        return ""
    if RANDOM_NAME.fullmatch(sample):
        return f"/contoh/{sample}.jpg"
    drawing = f"samples/{sample}.svg"
    return asset(drawing) if (STATIC / drawing).is_file() else ""


def card() -> dict:
    """`office.card()`, asked for at most every half minute in each language."""
    cards = current_app.extensions.setdefault("office_card", {})
    asked, known = cards.get(language.current(), (-CARD_LIVES, None))
    if known is None or time.monotonic() - asked > CARD_LIVES:
        known = office.card()
        cards[language.current()] = (time.monotonic(), known)
    return known


def remembered_card() -> dict:
    """The office's facts without asking the database, for pages that say that something is broken."""
    cards = current_app.extensions.get("office_card", {})
    return cards.get(language.current(), (0, next((known for _, known in cards.values()), {})))[1]
