"""Sandbox of the decoders: runs the child process and validates its answer, which is as untrusted as the file."""

import fcntl
import json
import logging
import os
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO, Any, NamedTuple, cast

from files.inspection import perceptual_hash
from files.inspection.results import REJECTIONS, WARNINGS, InspectionBusy, SanitizedFile, UploadRejected

log = logging.getLogger(__name__)

ROOT = Path(__file__).resolve().parent.parent.parent
COMMAND = (sys.executable, "-E", "-s", "-B", "-m", "files.inspection.sandbox_child")
ENVIRONMENT = {"LANG": "C.UTF-8", "PATH": "/usr/bin:/bin", "MALLOC_ARENA_MAX": "1"}  # arenas use address space
TIMEOUT_SECONDS = 9.5  # no upload occupies a worker for ten
UPLOADS, PAGES = "slot", "page"  # pools of processes
MAX_PROCESSES = 2  # of a pool
WAIT_SECONDS = 20.0
POLL_SECONDS = 0.05
MAX_HEADER = 2000  # bytes
MAX_NUMBER = 10_000  # pages, pixels of a side
MAX_ANSWER = 16 * 2**20 + MAX_HEADER  # bytes

_NEVER = b"\0never"
_FIRST_BYTES = {"image/jpeg": b"\xff\xd8\xff", "application/pdf": b"%PDF-"}


def inspect_upload(data: bytes) -> SanitizedFile:
    """Sanitize `data` in a child process; raise UploadRejected for the file, InspectionBusy for the machine."""
    try:
        with process_slot():
            ended = run_child(data)
    except (OSError, RuntimeError) as fault:  # no process, thread or temporary folder
        log.error("the upload checker cannot start: %s", fault)
        raise InspectionBusy.from_code("unavailable") from fault
    return _parse_answer(ended)


@contextmanager
def process_slot(pool: str = UPLOADS) -> Iterator[None]:
    """Hold one of MAX_PROCESSES process slots of this machine: file locks, which a killed worker releases.

    Each pool has its own, so that many pages being drawn make no upload wait.
    """
    folder = Path(tempfile.gettempdir(), f"aku-uploads-{os.geteuid()}")
    folder.mkdir(mode=0o700, exist_ok=True)
    if folder.lstat().st_uid != os.geteuid():
        raise PermissionError(f"{folder} belongs to somebody else")
    end = time.monotonic() + WAIT_SECONDS
    while (held := _free_slot(folder, pool)) is None:
        if time.monotonic() > end:
            raise InspectionBusy.from_code("busy")
        time.sleep(POLL_SECONDS)
    try:
        yield
    finally:
        os.close(held)


def _free_slot(folder: Path, pool: str) -> int | None:
    for number in range(MAX_PROCESSES):
        handle = os.open(folder / f"{pool}-{number}", os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(handle)
        else:
            return handle
    return None


class ChildResult(NamedTuple):
    """The end of a child: its exit code, its output (truncated after MAX_ANSWER bytes), the processor time it took."""

    code: int
    said: bytes
    cpu_seconds: float
    timed_out: bool


def run_child(data: bytes, command: tuple[str, ...] = ()) -> ChildResult:
    """Run the child, for at most TIMEOUT_SECONDS."""
    start = time.monotonic()
    with subprocess.Popen(
        (*(command or COMMAND), str(os.getpid())),
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
        cwd=ROOT, env=ENVIRONMENT,
    ) as child:  # fmt: skip
        watchdog = threading.Timer(TIMEOUT_SECONDS, child.kill)
        watchdog.start()
        try:
            said = _exchange(child, data)
            if len(said) > MAX_ANSWER:
                child.kill()
            _, status, used = os.wait4(child.pid, 0)
            child.returncode = os.waitstatus_to_exitcode(status)
        finally:
            watchdog.cancel()
    timed_out = child.returncode == -signal.SIGKILL and time.monotonic() - start >= TIMEOUT_SECONDS
    return ChildResult(child.returncode, said, used.ru_utime + used.ru_stime, timed_out)


def _exchange(child: subprocess.Popen[bytes], data: bytes) -> bytes:
    stdin, stdout = cast("IO[bytes]", child.stdin), cast("IO[bytes]", child.stdout)
    with suppress(BrokenPipeError), stdin:  # it exited early: its exit code says why
        stdin.write(data)
    return stdout.read(MAX_ANSWER + 1)


def _parse_answer(ended: ChildResult) -> SanitizedFile:
    head, _, body = ended.said.partition(b"\n")
    header = parse_header(head)
    refused = header.get("refused")
    if isinstance(refused, str) and refused in REJECTIONS:
        raise UploadRejected.from_code(refused)
    cleaned = _validated(header, body) if ended.code == 0 and len(ended.said) <= MAX_ANSWER else None
    if cleaned is None:
        log.warning("the upload child ended with %s, %.1f s: %r", ended.code, ended.cpu_seconds, header.get("fault"))
        raise failure(ended)
    return cleaned


def parse_header(head: bytes) -> dict[str, Any]:
    """Return the first line of an answer, {} where it is no JSON object."""
    try:
        header = json.loads(head[:MAX_HEADER])
    except (ValueError, RecursionError):
        return {}
    return header if isinstance(header, dict) else {}


def _validated(header: dict[str, Any], body: bytes) -> SanitizedFile | None:
    """Return the answer if it is valid, else None."""
    kind, warnings = header.get("media_type"), header.get("warnings")
    numbers: dict[str, Any] = {key: header.get(key) for key in ("pages", "width", "height")}
    if not isinstance(kind, str) or not body.startswith(_FIRST_BYTES.get(kind, _NEVER)):
        return None
    if not all(type(number) is int and 0 <= number <= MAX_NUMBER for number in numbers.values()):
        return None
    if not isinstance(warnings, list) or not all(isinstance(code, str) and code in WARNINGS for code in warnings):
        return None
    fingerprint = str(header.get("fingerprint"))
    if not perceptual_hash.is_fingerprint(fingerprint):
        return None
    return SanitizedFile(body, kind, warnings=tuple(warnings), fingerprint=fingerprint, **numbers)


def failure(ended: ChildResult) -> UploadRejected:
    """Blame the file for the processor time that it used up, and the machine where it got none."""
    if ended.code == -signal.SIGXCPU:
        return UploadRejected.from_code("slow")
    if ended.timed_out:
        return InspectionBusy.from_code("busy")
    return UploadRejected.from_code("heavy" if ended.code == -signal.SIGKILL else "unreadable")
