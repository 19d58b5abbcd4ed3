"""Resumable uploads: the encrypted chunks of unfinished uploads, kept in INSTANCE_DIR for a day.

A partial upload belongs to a user and a draft, and is named after its purpose and the SHA-256 of the whole file. The
same file chosen again therefore continues where it stopped, after a lost connection, a restart or a change of page.
Each chunk is encrypted separately.
"""

import fcntl
import hashlib
import itertools
import os
import struct
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from flask import current_app

from lib import encryption

LIFETIME = 86_400.0  # seconds since the last chunk arrived
QUOTA_PER_DRAFT, QUOTA_PER_USER = 32 * 2**20, 64 * 2**20  # bytes on disk; beyond them the oldest are deleted
MAX_FILES = 60  # partial uploads of a user
MIN_CHUNK = 1024  # bytes of a chunk except the last: each has an envelope, and all are counted at every request
KIND = "part"
_LENGTH = struct.Struct(">II")  # lengths of the encrypted chunk and of the data in it


class WrongOffset(Exception):
    """A chunk doesn't begin where the last one ended; `offset` is where it should."""

    def __init__(self, offset: int) -> None:
        super().__init__(offset)
        self.offset = offset


class UploadBusy(Exception):
    """Another request is writing to this upload."""


@dataclass(frozen=True)
class PartialUpload:
    """One unfinished upload. Each field is safe as part of a file name."""

    person: int
    draft: str
    purpose: str
    sha256: str

    @property
    def path(self) -> Path:
        """Return the path of the file, named after a hash of purpose and SHA-256."""
        name = hashlib.sha256(f"{self.purpose}:{self.sha256}".encode()).hexdigest()[:32]
        return _root() / str(self.person) / f"{self.draft}.{name}"

    def offset(self) -> int:
        """Return the number of bytes received."""
        try:
            with self.path.open("rb") as file:
                return sum(inside for _, inside in _chunks(file))
        except FileNotFoundError:
            return 0

    def append(self, piece: encryption.BytesLike, offset: int) -> int:
        """Append a chunk that begins at `offset`; return the number of bytes received so far.

        Raises WrongOffset or UploadBusy, and OSError when the disk is full; then nothing was added.
        """
        with self._held() as file:
            there = sum(inside for _, inside in _chunks(file))
            if there != offset:
                if not there:
                    self.delete()  # nothing arrived: leave no empty file
                raise WrongOffset(there)
            head = _LENGTH.pack(len(piece) + encryption.ENVELOPE_BYTES, len(piece))
            sealed = encryption.encrypt(piece, KIND, f"{self.sha256}:{offset}")
            _enforce_quota(self.path, len(head) + len(piece) + encryption.ENVELOPE_BYTES)
            self._write(file, itertools.chain((head,), sealed))
        return offset + len(piece)

    def _write(self, file: IO[bytes], record: Iterable[encryption.BytesLike]) -> None:
        end = file.seek(0, os.SEEK_END)
        try:
            file.writelines(record)
            file.flush()
        except OSError:
            file.truncate(end)
            raise

    def assemble(self) -> bytes:
        """Return the whole file; on a wrong SHA-256 delete it and raise WrongOffset."""
        try:
            with self.path.open("rb") as file:
                data = b"".join(self._opened(file))
        except (FileNotFoundError, encryption.DecryptionError):
            data = b""
        if hashlib.sha256(data).hexdigest() != self.sha256:
            self.delete()
            raise WrongOffset(0)
        return data

    def _opened(self, file: IO[bytes]) -> Iterator[bytes]:
        offset = 0
        for length, inside in _chunks(file, skip=False):
            yield encryption.decrypt(file.read(length), KIND, f"{self.sha256}:{offset}")
            offset += inside

    def delete(self) -> None:
        """Delete the upload."""
        self.path.unlink(missing_ok=True)

    @contextmanager
    def _held(self) -> Iterator[IO[bytes]]:
        """Open the file under an exclusive lock, and truncate a chunk that a killed worker left half-written."""
        self.path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        with os.fdopen(os.open(self.path, os.O_RDWR | os.O_CREAT, 0o600), "r+b") as file:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                raise UploadBusy from None
            file.truncate(sum(_LENGTH.size + length for length, _ in _chunks(file)))
            file.seek(0)
            yield file


def _chunks(file: IO[bytes], skip: bool = True) -> Iterator[tuple[int, int]]:
    """Yield the length on disk and the length of the data of every whole chunk; `skip` seeks past its bytes."""
    size = os.fstat(file.fileno()).st_size
    while len(head := file.read(_LENGTH.size)) == _LENGTH.size:
        length, inside = _LENGTH.unpack(head)
        if file.tell() + length > size:
            return
        yield length, inside
        if skip:
            file.seek(length, os.SEEK_CUR)


def _enforce_quota(path: Path, more: int) -> None:
    """Delete the oldest uploads beyond the quota of the draft or of the user; never `path` itself."""
    others = sorted((one for one in path.parent.iterdir() if one != path), key=_modified_at)
    for one in others[: max(len(others) + 1 - MAX_FILES, 0)]:
        one.unlink(missing_ok=True)
    own = _size(path) + more
    of_draft = [one for one in others if _draft(one) == _draft(path)]
    for most, mine in ((QUOTA_PER_USER, others), (QUOTA_PER_DRAFT, of_draft)):
        held = own + sum(map(_size, mine))
        for one in mine:
            if held > most:
                held -= _size(one)
                one.unlink(missing_ok=True)


def _draft(path: Path) -> str:
    return path.name.partition(".")[0]


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except FileNotFoundError:
        return 0


def _modified_at(path: Path) -> float:
    try:
        return path.stat().st_mtime
    except FileNotFoundError:
        return 0.0


def _root() -> Path:
    return Path(current_app.config["INSTANCE_DIR"]) / "parts"


def delete_expired() -> int:
    """Delete expired uploads: those without a new chunk for a day; return how many."""
    old = [path for path in _root().glob("*/*") if time.time() - _modified_at(path) > LIFETIME]
    for path in old:
        path.unlink(missing_ok=True)
    return len(old)
