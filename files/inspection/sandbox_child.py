"""Sandboxed child: `python -m files.inspection.sandbox_child PARENT` sanitizes a file, from stdin to stdout.

It sets its resource limits before it reads a byte, and loads its libraries before it decodes one; then the kernel lets
it open no file and no connection. It must not import modules outside this package. The answer is one line of JSON,
followed by the sanitized bytes.
"""

import ctypes
import json
import os
import resource
import signal
import sys
from types import TracebackType
from typing import IO

from files.inspection import MAX_BYTES, file_types, syscall_filter
from files.inspection.results import SanitizedFile, UploadRejected

MEMORY_LIMIT = 450 * 10**6  # bytes of address space; less is resident
CPU_SECONDS = 8
OPEN_FILES = 32
NICE = 5  # web requests go first

_status: IO[str] | None = None
_PR_SET_PDEATHSIG, _PR_SET_NO_NEW_PRIVS = 1, 38


def limit_resources(parent: int | None = None) -> None:
    """Set resource limits and drop privileges; die with `parent`."""
    for what, most in (
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_NOFILE, OPEN_FILES),
        (resource.RLIMIT_AS, MEMORY_LIMIT),
    ):
        resource.setrlimit(what, (most, most))
    global _status  # opened while files can be opened
    _status = open("/proc/self/status", encoding="ascii", errors="replace")  # noqa: SIM115
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS + 1))
    os.nice(NICE)
    if sys.platform == "linux":
        libc = ctypes.CDLL(None)
        libc.prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)
        libc.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
        if parent is not None and os.getppid() != parent:  # it died before prctl
            os._exit(1)


def clean(data: bytes) -> SanitizedFile:
    """Sanitize `data` by its type; only the libraries of this type are loaded, and all before the filter."""
    kind = file_types.detect_type(data)
    if kind == "pdf":
        from files.inspection import pdf_sanitizer  # noqa: PLC0415 - 100 ms, not needed for photos

        pdf_sanitizer.load_libraries()
        syscall_filter.apply()
        return pdf_sanitizer.clean(data)
    from files.inspection import image_sanitizer  # noqa: PLC0415 - not needed for PDFs

    image_sanitizer.load_libraries(kind)
    syscall_filter.apply()
    return image_sanitizer.clean(data, kind)


def peak_memory() -> int:
    """Return the peak resident memory in bytes; getrusage would include the parent's, from before exec."""
    lines = _status.read().splitlines() if _status else ()
    return next((int(line.split()[1]) * 1024 for line in lines if line.startswith("VmHWM")), 0)


def write_answer(body: bytes = b"", **header: object) -> None:
    """Write the answer."""
    sys.stdout.buffer.write(json.dumps(header | {"peak": peak_memory()}).encode() + b"\n")
    sys.stdout.buffer.write(body)
    sys.stdout.buffer.flush()


def _report_exception(kind: type[BaseException], fault: BaseException, where: TracebackType | None) -> None:
    """Report an unexpected exception by type and line, without its text, which may contain data of the file."""
    while where is not None and where.tb_next is not None:
        where = where.tb_next
    place = f"{os.path.basename(where.tb_frame.f_code.co_filename)}:{where.tb_lineno}" if where else "?"
    write_answer(fault=f"{kind.__name__} at {place}")


def main() -> None:
    """Sanitize the file on stdin and write the answer."""
    limit_resources(int(sys.argv[1]) if len(sys.argv) > 1 else None)
    sys.excepthook = _report_exception
    data = sys.stdin.buffer.read(MAX_BYTES + 1)
    try:
        cleaned = clean(data)
    except UploadRejected as refusal:
        write_answer(refused=refusal.code)
    except MemoryError:
        write_answer(refused="heavy")
    else:
        write_answer(cleaned.data, **{key: value for key, value in cleaned._asdict().items() if key != "data"})


if __name__ == "__main__":
    main()
