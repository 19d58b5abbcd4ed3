"""The hygiene child: `python -m uploads.child PARENT` reads one file on stdin and writes what became of it on stdout.

It limits itself before it reads a byte, and must not write files, reach the network or import other modules of ours.
The answer is one line of JSON, then the cleaned bytes.
"""

import ctypes
import json
import os
import resource
import signal
import sys
from types import TracebackType

from . import MAX_BYTES, kinds
from .verdicts import Cleaned, Refused

MEMORY = 450 * 10**6  # bytes of address space; what is resident is less
CPU_SECONDS = 8
OPEN_FILES = 32
NICE = 5  # pages first, checks after

_PR_SET_PDEATHSIG, _PR_SET_NO_NEW_PRIVS = 1, 38


def limit(parent: int | None = None) -> None:
    """Give up what the work does not need, and die with `parent`."""
    for what, most in (
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_NOFILE, OPEN_FILES),
        (resource.RLIMIT_AS, MEMORY),
    ):
        resource.setrlimit(what, (most, most))
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS + 1))
    os.nice(NICE)
    if sys.platform == "linux":
        libc = ctypes.CDLL(None)
        libc.prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)
        libc.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
        if parent is not None and os.getppid() != parent:  # it died before we could ask to be told
            os._exit(1)


def clean(data: bytes) -> Cleaned:
    """Clean `data` by its kind; only the libraries that this kind needs are loaded."""
    kind = kinds.kind(data)
    if kind == "pdf":
        from . import pdfs  # noqa: PLC0415 - 60 ms that a photo need not wait

        return pdfs.clean(data)
    from . import pictures  # noqa: PLC0415 - and the other way round

    return pictures.clean(data, kind)


def peak_memory() -> int:
    """Return the most memory that was resident, in bytes; getrusage would count the parent's, from before exec."""
    with open("/proc/self/status", encoding="ascii", errors="replace") as status:
        return next((int(line.split()[1]) * 1024 for line in status if line.startswith("VmHWM")), 0)


def say(body: bytes = b"", **header: object) -> None:
    """Write the one answer."""
    sys.stdout.buffer.write(json.dumps(header | {"peak": peak_memory()}).encode() + b"\n")
    sys.stdout.buffer.write(body)
    sys.stdout.buffer.flush()


def _tell_fault(kind: type[BaseException], fault: BaseException, where: TracebackType | None) -> None:
    """Name the exception nobody foresaw, and its line, not its text: that may hold a piece of the file."""
    while where is not None and where.tb_next is not None:
        where = where.tb_next
    place = f"{os.path.basename(where.tb_frame.f_code.co_filename)}:{where.tb_lineno}" if where else "?"
    say(fault=f"{kind.__name__} at {place}")


def main() -> None:
    """Answer for the file on stdin."""
    limit(int(sys.argv[1]) if len(sys.argv) > 1 else None)
    sys.excepthook = _tell_fault
    data = sys.stdin.buffer.read(MAX_BYTES + 1)
    try:
        cleaned = clean(data)
    except Refused as refusal:
        say(refused=refusal.code)
    except MemoryError:
        say(refused="heavy")
    else:
        say(cleaned.data, **{key: value for key, value in cleaned._asdict().items() if key != "data"})


if __name__ == "__main__":
    main()
