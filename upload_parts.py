"""Holds uploads that are still on their way: sealed pieces in INSTANCE_DIR, for a day; it knows no application.

A part belongs to a person and a draft, and is named by what it is for and by the SHA-256 of the whole, so that the same
file chosen again goes on where it stopped, after any cut, restart or change of page. Each piece is sealed by itself.
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

import keys

LIVES = 86_400.0  # seconds since the last piece came
PER_DRAFT, PER_PERSON = 32 * 2**20, 64 * 2**20  # bytes on disk; beyond it what lay longest makes room
AT_MOST = 60  # files on their way, of a person
SMALLEST = 1024  # bytes of a piece, unless it is the last: each costs its envelope, and is counted at every step
KIND = "part"
_LENGTH = struct.Struct(">II")  # of the sealed piece, and of what is in it


class WrongOffset(Exception):
    """A piece that doesn't begin where the last one ended; `offset` is where it should."""

    def __init__(self, offset: int) -> None:
        super().__init__(offset)
        self.offset = offset


class Busy(Exception):
    """Another request holds this part."""


@dataclass(frozen=True)
class Part:
    """One file on its way. Every word of it is safe as the name of a file."""

    person: int
    draft: str
    purpose: str
    sha256: str

    @property
    def path(self) -> Path:
        name = hashlib.sha256(f"{self.purpose}:{self.sha256}".encode()).hexdigest()[:32]
        return _root() / str(self.person) / f"{self.draft}.{name}"

    def offset(self) -> int:
        """How many bytes have arrived."""
        try:
            with self.path.open("rb") as file:
                return sum(inside for _, inside in _pieces(file))
        except FileNotFoundError:
            return 0

    def append(self, piece: keys.Bytes, offset: int) -> int:
        """Add what arrived, which begins at `offset`; returns how many bytes are there now.

        Raises WrongOffset or Busy, and OSError when the disk is full: then nothing was added.
        """
        with self._held() as file:
            there = sum(inside for _, inside in _pieces(file))
            if there != offset:
                if not there:
                    self.drop()  # nothing of it ever came: no empty file stays
                raise WrongOffset(there)
            head = _LENGTH.pack(len(piece) + keys.ENVELOPE, len(piece))
            sealed = keys.seal(piece, KIND, f"{self.sha256}:{offset}")
            _make_room(self.path, len(head) + len(piece) + keys.ENVELOPE)
            self._write(file, itertools.chain((head,), sealed))
        return offset + len(piece)

    def _write(self, file: IO[bytes], record: Iterable[keys.Bytes]) -> None:
        end = file.seek(0, os.SEEK_END)
        try:
            file.writelines(record)
            file.flush()
        except OSError:
            file.truncate(end)
            raise

    def whole(self) -> bytes:
        """All of it; WrongOffset (and the part is gone) when it isn't the file that was announced."""
        try:
            with self.path.open("rb") as file:
                data = b"".join(self._opened(file))
        except (FileNotFoundError, keys.Unreadable):
            data = b""
        if hashlib.sha256(data).hexdigest() != self.sha256:
            self.drop()
            raise WrongOffset(0)
        return data

    def _opened(self, file: IO[bytes]) -> Iterator[bytes]:
        offset = 0
        for length, inside in _pieces(file, skip=False):
            yield keys.unseal(file.read(length), KIND, f"{self.sha256}:{offset}")
            offset += inside

    def drop(self) -> None:
        self.path.unlink(missing_ok=True)

    @contextmanager
    def _held(self) -> Iterator[IO[bytes]]:
        """The file, for one request at a time; what a killed worker left half-written behind its end is cut off."""
        self.path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        with os.fdopen(os.open(self.path, os.O_RDWR | os.O_CREAT, 0o600), "r+b") as file:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                raise Busy from None
            file.truncate(sum(_LENGTH.size + length for length, _ in _pieces(file)))
            file.seek(0)
            yield file


def _pieces(file: IO[bytes], skip: bool = True) -> Iterator[tuple[int, int]]:
    """Length on disk and length inside of every whole piece; with `skip` the reader needn't read it itself."""
    size = os.fstat(file.fileno()).st_size
    while len(head := file.read(_LENGTH.size)) == _LENGTH.size:
        length, inside = _LENGTH.unpack(head)
        if file.tell() + length > size:
            return
        yield length, inside
        if skip:
            file.seek(length, os.SEEK_CUR)


def _make_room(path: Path, more: int) -> None:
    """Beyond the quota of the draft or of the person, what lay longest is forgotten; never `path` itself."""
    others = sorted((one for one in path.parent.iterdir() if one != path), key=_touched)
    for one in others[: max(len(others) + 1 - AT_MOST, 0)]:
        one.unlink(missing_ok=True)
    own = _size(path) + more
    for most, mine in ((PER_PERSON, others), (PER_DRAFT, [one for one in others if _draft(one) == _draft(path)])):
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


def _touched(path: Path) -> float:
    try:
        return path.stat().st_mtime
    except FileNotFoundError:
        return 0.0


def _root() -> Path:
    return Path(current_app.config["INSTANCE_DIR"]) / "parts"


def sweep() -> int:
    """Forget what nobody went on with for a day; returns how many."""
    old = [path for path in _root().glob("*/*") if time.time() - _touched(path) > LIVES]
    for path in old:
        path.unlink(missing_ok=True)
    return len(old)
