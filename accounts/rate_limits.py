"""Rate limits, counted in the database under keyed hashes; callers say what each is for."""

from datetime import timedelta

from flask_babel import gettext as _

from lib import encryption
from lib.database import now
from models import Attempt

MAX_ATTEMPTS, WINDOW = 6, timedelta(minutes=15)


class AccountRefused(Exception):
    """Signing in or changing an account is refused; the message can be shown to a person."""


class RateLimited(AccountRefused):
    """A rate limit is exceeded; the message says when to try again."""


def bucket(purpose: str, subject: str) -> str:
    """Return the key under which attempts of one subject are counted: a keyed hash, without personal data."""
    return encryption.keyed_hash(f"{purpose}:{subject}", "attempts")


def check(name: str, tries: int, window: timedelta = WINDOW) -> None:
    """Raise RateLimited if `tries` attempts were counted in the window."""
    if attempts_left(name, tries, window) <= 0:
        minutes = int(window.total_seconds() // 60)
        if minutes > 60:
            raise RateLimited(_("Terlalu banyak percobaan. Coba lagi besok."))
        raise RateLimited(_("Terlalu banyak percobaan. Coba lagi %(minutes)s menit lagi.", minutes=minutes))


def consume(name: str, tries: int) -> Attempt:
    """Count an attempt before it is made, so that concurrent ones are limited too; raise RateLimited beyond `tries`."""
    attempt = Attempt.create(bucket=name)
    try:
        check(name, tries + 1)
    except RateLimited:
        attempt.delete_instance()
        raise
    return attempt


def consume_each(*limits: tuple[str, int]) -> list[Attempt]:
    """Count an attempt in each of these (bucket, tries); raise RateLimited beyond one of them, and count in none."""
    attempts: list[Attempt] = []
    try:
        for name, tries in limits:
            attempts.append(consume(name, tries))
    except RateLimited:
        take_back(attempts)
        raise
    return attempts


def take_back(attempts: list[Attempt]) -> None:
    """Delete attempts that were no wrong guesses."""
    Attempt.delete().where(Attempt.id.in_([attempt.id for attempt in attempts])).execute()


def attempts_left(name: str, tries: int, window: timedelta = WINDOW) -> int:
    """Return the number of attempts left in the window."""
    return tries - Attempt.select().where(Attempt.bucket == name, Attempt.at > now() - window).count()


def record_attempts(*names: str) -> None:
    """Record an attempt in each of these buckets."""
    for name in names:
        Attempt.create(bucket=name)


def reset(name: str) -> None:
    """Reset a bucket: delete its attempts."""
    Attempt.delete().where(Attempt.bucket == name).execute()
