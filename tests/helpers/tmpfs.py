"""Temporary folders in memory (tmpfs) and a frozen garbage collector, to make the tests faster."""

import atexit
import gc
import os
import shutil
import tempfile
from contextlib import suppress
from pathlib import Path

SHARED_MEMORY, MIN_FREE = Path("/dev/shm"), 3 * 10**9  # bytes free; a session uses a tenth
FOLDER_PREFIX = "aku-tests-"


def use_tmpfs():
    """Put the session's temporary folders on /dev/shm if there is room; xdist workers inherit the setting."""
    if os.environ.get("TMPDIR", "").startswith(f"{SHARED_MEMORY}/{FOLDER_PREFIX}"):
        return
    with suppress(OSError):
        _remove_stale_folders()
        runs = not os.statvfs(SHARED_MEMORY).f_flag & os.ST_NOEXEC  # the database's programs lie there too
        if runs and shutil.disk_usage(SHARED_MEMORY).free > MIN_FREE:
            folder = SHARED_MEMORY / f"{FOLDER_PREFIX}{os.getpid()}"
            folder.mkdir(mode=0o711)  # the databases belong to somebody else
            atexit.register(_remove_folder, folder, os.getpid())
            os.environ["TMPDIR"], tempfile.tempdir = str(folder), None


def _remove_folder(folder, whose):
    if os.getpid() == whose:
        shutil.rmtree(folder, ignore_errors=True)


def _remove_stale_folders():
    """Remove the folders of killed sessions."""
    for folder in SHARED_MEMORY.glob(f"{FOLDER_PREFIX}*"):
        if not Path("/proc", folder.name.removeprefix(FOLDER_PREFIX)).exists():
            shutil.rmtree(folder, ignore_errors=True)


def freeze_gc():
    """Freeze all modules and collected tests for the garbage collector, which saves a tenth of the time."""
    gc.collect()
    gc.freeze()
