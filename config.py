"""Configuration: read from the environment once, at start. Missing or invalid settings are rejected by name."""

import base64
import binascii
import os
import secrets
from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path
from urllib.parse import urlsplit

from click import ClickException

DEFAULTS = {
    "DATABASE_URL": "",
    "REDIS_URL": "",
    "STORAGE_URL": "",
    "SECRET_KEY": "",
    "FILES_KEY": "",
    "AKU_ENV": "demo",
    "BASE_URL": "",
    "SMTP_URL": "",
    "MAIL_FROM": "AKU Online <no-reply@aku.example>",
    "TTE_URL": "local:",
    "SIAK_URL": "manual:",
    "CLAMD_URL": "",
    "INSTANCE_DIR": "instance",
    "ZONE": "WITA",
    "PORT": "8000",
    "WORKERS": "2",
    "ARGON2_COST": "19456,2",  # KiB of memory, passes; tests lower it
    "INPROCESS_WORKER": "",  # set by run.py where no Redis or Valkey can run
}
SCHEMES = {
    "DATABASE_URL": ("sqlite", "postgresql", "postgres"),
    "REDIS_URL": ("redis", "rediss", "unix"),
    "STORAGE_URL": ("file",),
    "BASE_URL": ("http", "https"),
    "SMTP_URL": ("smtp", "smtps", "smtp+starttls"),
    "TTE_URL": ("local", "siak"),
    "SIAK_URL": ("manual",),
    "CLAMD_URL": ("unix", "tcp"),
}


ZONES = {"WIB": 7, "WITA": 8, "WIT": 9}  # hours ahead of UTC; Indonesia has no daylight saving time


class ConfigError(ClickException):
    """A setting is missing or invalid; the message names it and the valid values. Commands show only the message."""


def read(environ: Mapping[str, str] = os.environ, **given) -> dict:
    """Read and validate all settings; `given` overrides the environment, `NAME_FILE` is read where NAME is unset."""
    found = {name: str(given.get(name, _from_environment(environ, name, usual))) for name, usual in DEFAULTS.items()}
    if found["AKU_ENV"] not in ("demo", "production"):
        raise ConfigError(f"AKU_ENV is {found['AKU_ENV']!r}; it must be demo or production")
    demo = found["AKU_ENV"] == "demo"
    folder = Path(found["INSTANCE_DIR"]).absolute()
    _make_private(folder)
    _set_defaults(found, folder, demo)
    for name, schemes in SCHEMES.items():
        scheme = found[name].partition(":")[0]
        if found[name] and scheme not in schemes:
            raise ConfigError(f"{name} begins with {scheme!r}; known are {', '.join(schemes)}")
    if not demo:
        _refuse_in_production(found)
    if found["ZONE"] not in ZONES:
        raise ConfigError(f"ZONE is {found['ZONE']!r}; it must be one of {', '.join(ZONES)}")
    extra = {name: value for name, value in given.items() if name not in DEFAULTS}
    return _for_flask(found, folder, demo) | extra


def _from_environment(environ: Mapping[str, str], name: str, default: str) -> str:
    variable = "AKU_INPROCESS_WORKER" if name == "INPROCESS_WORKER" else name
    if variable in environ:
        return environ[variable]
    path = environ.get(f"{variable}_FILE")
    if not path:
        return default
    try:
        return Path(path).read_text().strip()
    except OSError as reason:
        raise ConfigError(f"{variable}_FILE cannot be read: {reason.strerror}") from reason


def _set_defaults(found: dict, folder: Path, demo: bool) -> None:
    found["DATABASE_URL"] = found["DATABASE_URL"] or f"sqlite:///{folder / 'aku.db'}"
    found["STORAGE_URL"] = found["STORAGE_URL"] or (folder / "files").as_uri()
    found["BASE_URL"] = (found["BASE_URL"] or f"http://127.0.0.1:{found['PORT']}").rstrip("/")
    for name in ("SECRET_KEY", "FILES_KEY"):
        if not found[name] and demo:
            found[name] = _load_or_create_key(folder / "keys" / name.lower())
        if not found[name]:
            raise ConfigError(f"{name} is not set; AKU_ENV=production needs it (for instance: openssl rand -base64 32)")


def _refuse_in_production(found: dict) -> None:
    if not found["BASE_URL"].startswith("https://"):
        raise ConfigError("BASE_URL must begin with https:// when AKU_ENV=production")
    if not found["SMTP_URL"]:
        raise ConfigError("SMTP_URL is not set; AKU_ENV=production needs it, since documents go out by e-mail")
    if len(found["SECRET_KEY"]) < 32:
        raise ConfigError("SECRET_KEY is shorter than 32 characters")


def _for_flask(found: dict, folder: Path, demo: bool) -> dict:
    secure = found["BASE_URL"].startswith("https://")
    hosts = [urlsplit(found["BASE_URL"]).hostname] + (["localhost", "127.0.0.1"] if demo else [])
    return found | {
        "DEMO": demo,
        "INSTANCE_DIR": folder,
        "PORT": _number(found, "PORT"),
        "WORKERS": _number(found, "WORKERS"),
        "FILES_KEYS": tuple(_key(part) for part in found["FILES_KEY"].split(",")),
        "ARGON2": tuple(int(part) for part in found["ARGON2_COST"].split(",")),
        "ZONE_HOURS": ZONES[found["ZONE"]],
        "SECURE": secure,
        "TRUSTED_HOSTS": hosts,
        "SESSION_COOKIE_NAME": "__Host-session" if secure else "session",
        "SESSION_COOKIE_SECURE": secure,
        "SESSION_COOKIE_HTTPONLY": True,
        "SESSION_COOKIE_SAMESITE": "Lax",
        "SESSION_REFRESH_EACH_REQUEST": False,  # sessions expire on the server: accounts/
        "PERMANENT_SESSION_LIFETIME": timedelta(days=30),
        "WTF_CSRF_TIME_LIMIT": None,  # valid as long as the session, so that no long form is lost
        "WTF_CSRF_SSL_STRICT": True,
        "MAX_CONTENT_LENGTH": 80 * 2**20,
        "MAX_FORM_PARTS": 500,
        "MAX_FORM_MEMORY_SIZE": 2 * 2**20,
        "BABEL_DEFAULT_LOCALE": "id",
        "BABEL_DEFAULT_TIMEZONE": "Asia/Makassar",
        "FLASK_ADMIN_RAISE_ON_VIEW_EXCEPTION": False,
    }


def _number(found: dict, name: str) -> int:
    if not found[name].isascii() or not found[name].isdigit():
        raise ConfigError(f"{name} is {found[name]!r}; it must be a whole number")
    return int(found[name])


def _key(text: str) -> bytes:
    try:
        key = base64.b64decode(text.strip(), validate=True)
    except (binascii.Error, ValueError) as reason:
        raise ConfigError("FILES_KEY must be base64 of 32 bytes, or several of them with commas between") from reason
    if len(key) != 32:
        raise ConfigError(f"FILES_KEY holds {len(key)} bytes; each key has 32")
    return key


def _load_or_create_key(path: Path) -> str:
    _make_private(path.parent)
    try:
        handle = os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
    except FileExistsError:
        return path.read_text().strip()
    with os.fdopen(handle, "w") as file:
        file.write(base64.b64encode(secrets.token_bytes(32)).decode())
    return path.read_text().strip()


def _make_private(folder: Path) -> None:
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
