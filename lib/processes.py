"""Child processes: start them so that they die with their parent, restart those that exit, reap orphans."""

import ctypes
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

LINUX = sys.platform == "linux"
LIBC = ctypes.CDLL(None)
PR_SET_PDEATHSIG, PR_SET_CHILD_SUBREAPER = 1, 36
STOP_SIGNALS = {signal.SIGINT, signal.SIGTERM, signal.SIGHUP}
QUICK_EXIT_SECONDS = 10  # seconds: a child that ran for less exited quickly
MAX_QUICK_EXITS = 5  # quick exits in a row, after which it is not restarted


class SupervisorError(RuntimeError):
    """The program cannot run; the message tells the operator why."""


def print_line(text: str) -> None:
    """Print a line to the terminal at once."""
    print(text, flush=True)


def spawn(command: list[str], dying: int = signal.SIGTERM, **options) -> subprocess.Popen:
    """Start `command` in its own session, out of Ctrl-C's reach; it receives `dying` when this process dies."""
    parent = os.getpid()

    def follow() -> None:
        LIBC.prctl(PR_SET_PDEATHSIG, int(dying), 0, 0, 0)
        if os.getppid() != parent:  # the parent died before the line above
            os._exit(1)

    options |= {"stdin": subprocess.DEVNULL, "start_new_session": True, "preexec_fn": follow if LINUX else None}
    return subprocess.Popen(command, **options)


def terminate(process: subprocess.Popen, grace: float) -> None:
    """Send SIGTERM; after `grace` seconds SIGKILL to the whole process group."""
    if process.poll() is not None:
        return
    process.terminate()
    try:
        process.wait(grace)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()


@dataclass
class ChildProcess:
    """A supervised process: its command, and a record of its exits."""

    name: str
    command: list[str]
    options: dict = field(default_factory=dict)
    grace: float = 6.0  # seconds from SIGTERM to SIGKILL
    process: subprocess.Popen | None = None
    started: float = 0.0
    restart_at: float = 0.0
    quick_exits: int = 0

    def start(self) -> None:
        """Start the process."""
        self.process = spawn(self.command, **self.options)
        self.started = time.monotonic()

    def restart_if_exited(self) -> None:
        """Restart the process if it exited, with exponential backoff; raise SupervisorError if it keeps exiting."""
        if self.process is not None and self.process.poll() is not None:
            self._record_exit(self.process.returncode)
        if self.process is None and time.monotonic() >= self.restart_at:
            self.start()

    def _record_exit(self, code: int) -> None:
        lived = time.monotonic() - self.started
        self.quick_exits = self.quick_exits + 1 if lived < QUICK_EXIT_SECONDS else 0
        if self.quick_exits >= MAX_QUICK_EXITS:
            again = f"{self.name} terus berhenti segera setelah dijalankan (kode {code}); sebabnya ada di atas."
            raise SupervisorError(again)
        pause = 2**self.quick_exits / 2
        print_line(f"{self.name} berhenti (kode {code}); dijalankan lagi dalam {pause:g} detik.")
        self.process, self.restart_at = None, time.monotonic() + pause

    def stop(self) -> None:
        """Stop the process if it was started."""
        if self.process is not None:
            terminate(self.process, self.grace)


def become_subreaper() -> None:
    """Become the subreaper: orphaned descendants become children of this process (Linux)."""
    if LINUX:
        LIBC.prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)


def orphans(children: Iterable[ChildProcess]) -> list[int]:
    """Return the process ids of adopted orphans, such as the job of a killed worker."""
    known = {child.process.pid for child in children if child.process}
    with suppress(OSError):
        found = Path(f"/proc/self/task/{os.getpid()}/children").read_text()
        return [pid for pid in map(int, found.split()) if pid not in known]
    return []


def reap_orphans(children: Iterable[ChildProcess]) -> list[int]:
    """Reap orphans that have exited; return the process ids of those still running."""
    living = []
    for pid in orphans(children):
        with suppress(ChildProcessError):
            if os.waitpid(pid, os.WNOHANG) == (0, 0):
                living.append(pid)
    return living


def stop_all(children: list[ChildProcess]) -> None:
    """Stop the children in reverse order; orphans before the first child, on which they may depend."""
    first, *others = children
    for child in reversed(others):
        child.stop()
    terminate_orphans(children)
    first.stop()
    terminate_orphans(children)


def terminate_orphans(children: Iterable[ChildProcess], grace: float = 3.0) -> None:
    """Terminate orphans: SIGTERM for `grace` seconds, then SIGKILL."""
    until = time.monotonic() + grace
    while (living := reap_orphans(children)) and time.monotonic() < until + grace:
        for pid in living:
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGTERM if time.monotonic() < until else signal.SIGKILL)
        time.sleep(0.05)


def open_signal_pipe() -> int:
    """Redirect signals to a pipe and return its reading end; ignored signals stay ignored."""
    reader, writer = os.pipe()
    os.set_blocking(writer, False)
    signal.set_wakeup_fd(writer, warn_on_full_buffer=False)
    for number in (*STOP_SIGNALS, signal.SIGCHLD):
        if number == signal.SIGCHLD or signal.getsignal(number) != signal.SIG_IGN:
            signal.signal(number, lambda *_: None)
    return reader
