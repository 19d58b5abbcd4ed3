"""Keeps files: encrypted, in a local folder, whole or not at all; it knows nothing of who may read them."""

import hashlib
import os
import time
from pathlib import Path
from urllib.parse import unquote, urlsplit

from flask import current_app

import keys
from models import StoredFile


class Refused(Exception):
    """A file cannot be kept or opened; the message is fit to show."""


def keep(data: bytes, *, kind: str, media_type: str, name: str, **facts) -> StoredFile:
    """Write the bytes durably and return their row, not yet saved: save it in the transaction that needs it.

    A file whose row is never saved is swept away later; a row never lacks its file.
    """
    row = StoredFile(
        key=keys.random_name(),
        kind=kind,
        sha256=hashlib.sha256(data).hexdigest(),
        size=len(data),
        media_type=media_type,
        name=name[-120:],
        **facts,
    )
    _write(_path(row.key), keys.seal(data, kind, row.key))
    return row


def read(file: StoredFile) -> bytes:
    """The bytes that were kept; raises Refused when they are gone or changed."""
    try:
        data = keys.unseal(_path(file.key).read_bytes(), file.kind, file.key)
    except (OSError, keys.Unreadable) as reason:
        raise Refused("Berkas ini tidak dapat dibuka. Hubungi Tim TI.") from reason
    if hashlib.sha256(data).hexdigest() != file.sha256:
        raise Refused("Isi berkas ini tidak sama dengan catatannya. Hubungi Tim TI.")
    return data


def sweep(older_than_seconds: int = 86_400) -> int:
    """Remove files that no row names and that are older than a day; returns how many."""
    removed = 0
    for path in _root().glob("??/*"):
        old = path.stat().st_mtime < time.time() - older_than_seconds
        if old and not StoredFile.select().where(StoredFile.key == path.name).exists():
            path.unlink()
            removed += 1
    return removed


def is_writable() -> bool:
    folder = _root()
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    return os.access(folder, os.W_OK)


def _root() -> Path:
    return Path(unquote(urlsplit(current_app.config["STORAGE_URL"]).path))


def _path(key: str) -> Path:
    return _root() / key[:2] / key


def _write(path: Path, blob: bytes) -> None:
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    part = path.with_suffix(".part")
    try:
        with open(part, "wb", opener=lambda name, flags: os.open(name, flags, 0o600)) as file:
            file.write(blob)
            file.flush()
            os.fsync(file.fileno())
        part.rename(path)
        folder = os.open(path.parent, os.O_RDONLY)
        os.fsync(folder)
        os.close(folder)
    except OSError as reason:
        part.unlink(missing_ok=True)
        raise Refused("Penyimpanan kami sedang penuh atau terganggu. Coba lagi beberapa saat lagi.") from reason
