"""Temporary folders in memory (tmpfs) and a frozen garbage collector, to make the tests faster."""

import atexit
import gc
import os
import shutil
import tempfile
from contextlib import suppress
from pathlib import Path

MEMORY, NEEDED = Path("/dev/shm"), 3 * 10**9  # bytes free; a session uses a tenth
NAME = "aku-tests-"


def live_in_memory():
    """Put the session's temporary folders on /dev/shm if there is room; xdist workers inherit the setting."""
    if os.environ.get("TMPDIR", "").startswith(f"{MEMORY}/{NAME}"):
        return
    with suppress(OSError):
        _sweep()
        runs = not os.statvfs(MEMORY).f_flag & os.ST_NOEXEC  # the database's programs lie there too
        if runs and shutil.disk_usage(MEMORY).free > NEEDED:
            folder = MEMORY / f"{NAME}{os.getpid()}"
            folder.mkdir(mode=0o711)  # the databases belong to somebody else
            atexit.register(_leave, folder, os.getpid())
            os.environ["TMPDIR"], tempfile.tempdir = str(folder), None


def _leave(folder, whose):
    if os.getpid() == whose:
        shutil.rmtree(folder, ignore_errors=True)


def _sweep():
    """Remove the folders of killed sessions."""
    for folder in MEMORY.glob(f"{NAME}*"):
        if not Path("/proc", folder.name.removeprefix(NAME)).exists():
            shutil.rmtree(folder, ignore_errors=True)


def settle():
    """Freeze all modules and collected tests for the garbage collector, which saves a tenth of the time."""
    gc.collect()
    gc.freeze()
