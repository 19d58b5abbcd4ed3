"""File storage: encrypted files in a local folder, written atomically; permissions are the caller's business."""

import hashlib
import os
import time
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path
from urllib.parse import unquote, urlsplit

from flask import current_app

from lib import encryption
from lib.i18n import N_
from models import StoredFile


class StorageError(Exception):
    """A file cannot be stored or read; the message can be shown to a person."""


def store(data: bytes, *, kind: str, media_type: str, name: str, **facts) -> StoredFile:
    """Encrypt `data`, write it to disk and return its unsaved StoredFile: save it in the transaction that needs it.

    A file whose row is never saved is deleted later (`sweep`); a saved row never lacks its file.
    """
    facts |= {"kind": kind, "media_type": media_type, "name": name[-120:], "size": len(data)}
    row = StoredFile(key=encryption.random_token(), sha256=hashlib.sha256(data).hexdigest(), **facts)
    _write(_path(row.key), encryption.encrypt(data, kind, row.key))
    return row


def read(file: StoredFile) -> bytes:
    """Return the decrypted bytes; raise StorageError if they are missing, changed or encrypted with an unknown key."""
    try:
        data = encryption.decrypt(_path(file.key).read_bytes(), file.kind, file.key)
    except (OSError, encryption.DecryptionError) as reason:
        raise StorageError("Berkas ini tidak dapat dibuka. Hubungi Tim TI.") from reason
    if hashlib.sha256(data).hexdigest() != file.sha256:
        raise StorageError("Isi berkas ini tidak sama dengan catatannya. Hubungi Tim TI.")
    return data


def find_undecryptable() -> StoredFile | None:
    """Return the newest or oldest file if its key is not in FILES_KEY, else None; missing files are ignored."""
    for order in (StoredFile.id.desc(), StoredFile.id):
        file = StoredFile.select().order_by(order).first()
        if file and _path(file.key).exists() and not encryption.has_key_for(_path(file.key).read_bytes()):
            return file
    return None


def delete_orphans(older_than_seconds: int = 86_400) -> int:
    """Delete orphans: files without a row that are older than `older_than_seconds`; return how many."""
    removed = 0
    for folder in _root().glob("??"):
        old = [path for path in folder.iterdir() if _age(path) > older_than_seconds]
        keys_of_old = StoredFile.key.in_([path.name for path in old])
        known = {key for (key,) in StoredFile.select(StoredFile.key).where(keys_of_old).tuples()} if old else set()
        for path in old:
            if path.name not in known:
                path.unlink(missing_ok=True)
                removed += 1
    return removed


def _age(path: Path) -> float:
    """Return the age of a file in seconds; 0 for one that was renamed or deleted meanwhile."""
    try:
        return time.time() - path.stat().st_mtime
    except FileNotFoundError:
        return 0.0


def is_writable() -> bool:
    """Return whether the storage folder is writable; create it if missing."""
    folder = _root()
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    return os.access(folder, os.W_OK)


def _root() -> Path:
    return Path(unquote(urlsplit(current_app.config["STORAGE_URL"]).path))


def _path(key: str) -> Path:
    return _root() / key[:2] / key


def _write(path: Path, blob: Iterable[encryption.BytesLike]) -> None:
    part = path.with_suffix(".part")
    try:
        _create_folder(path.parent)
        with open(part, "wb", opener=lambda name, flags: os.open(name, flags, 0o600)) as file:
            file.writelines(blob)
            file.flush()
            os.fsync(file.fileno())
        part.rename(path)
        _fsync(path.parent)
    except OSError as reason:
        with suppress(OSError):
            part.unlink(missing_ok=True)
        full = N_("Penyimpanan kami sedang penuh atau terganggu. Coba lagi beberapa saat lagi.")
        raise StorageError(full) from reason


def _create_folder(folder: Path) -> None:
    """Create the folder and sync its parent, so that a power cut loses neither it nor its files."""
    if not folder.exists():
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        _fsync(folder.parent)


def _fsync(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
