"""Starts programs that die with this one, restarts those that have to run, buries orphans; it knows none by name."""

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
STOPPING = {signal.SIGINT, signal.SIGTERM, signal.SIGHUP}
AT_ONCE = 10  # seconds: a child that lived less died "at once"
DEATHS = 5  # so many such deaths in a row, and restarting it makes no sense


class Hopeless(RuntimeError):
    """Going on makes no sense; the message tells the operator why."""


def say(text: str) -> None:
    print(text, flush=True)


def spawn(command: list[str], dying: int = signal.SIGTERM, **options) -> subprocess.Popen:
    """Start `command` in a session of its own, out of Ctrl-C's reach; it gets `dying` when this process dies."""
    parent = os.getpid()

    def follow() -> None:
        LIBC.prctl(PR_SET_PDEATHSIG, int(dying), 0, 0, 0)
        if os.getppid() != parent:  # it died before the line above
            os._exit(1)

    return subprocess.Popen(
        command, stdin=subprocess.DEVNULL, start_new_session=True, preexec_fn=follow if LINUX else None, **options
    )


def end(process: subprocess.Popen, grace: float) -> None:
    """Ask it to end; after `grace` seconds end it and its whole group."""
    if process.poll() is not None:
        return
    process.terminate()
    try:
        process.wait(grace)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()


@dataclass
class Child:
    """One program that has to be running, and what is known of its deaths."""

    name: str
    command: list[str]
    options: dict = field(default_factory=dict)
    grace: float = 6.0  # seconds from SIGTERM to SIGKILL
    process: subprocess.Popen | None = None
    started: float = 0.0
    again_at: float = 0.0
    quick_deaths: int = 0

    def start(self) -> None:
        self.process = spawn(self.command, **self.options)
        self.started = time.monotonic()

    def look(self) -> None:
        """Start it again if it died, after a pause that doubles; Hopeless when it keeps dying at once."""
        if self.process is not None and self.process.poll() is not None:
            self._mourn(self.process.returncode)
        if self.process is None and time.monotonic() >= self.again_at:
            self.start()

    def _mourn(self, code: int) -> None:
        lived = time.monotonic() - self.started
        self.quick_deaths = self.quick_deaths + 1 if lived < AT_ONCE else 0
        if self.quick_deaths >= DEATHS:
            raise Hopeless(f"{self.name} terus berhenti segera setelah dijalankan (kode {code}); sebabnya ada di atas.")
        pause = 2**self.quick_deaths / 2
        say(f"{self.name} berhenti (kode {code}); dijalankan lagi dalam {pause:g} detik.")
        self.process, self.again_at = None, time.monotonic() + pause

    def stop(self) -> None:
        if self.process is not None:
            end(self.process, self.grace)


def adopt() -> None:
    """From now on whoever loses their parent below this process becomes its own child (Linux)."""
    if LINUX:
        LIBC.prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)


def adopted(children: Iterable[Child]) -> list[int]:
    """Those whose own parent died: the job of a killed worker, the processes of a killed web server."""
    known = {child.process.pid for child in children if child.process}
    with suppress(OSError):
        found = Path(f"/proc/self/task/{os.getpid()}/children").read_text()
        return [pid for pid in map(int, found.split()) if pid not in known]
    return []


def reap(children: Iterable[Child]) -> list[int]:
    """Bury the adopted that have ended; return those that live."""
    living = []
    for pid in adopted(children):
        with suppress(ChildProcessError):
            if os.waitpid(pid, os.WNOHANG) == (0, 0):
                living.append(pid)
    return living


def stop_all(children: list[Child]) -> None:
    """End the children, the last first; the adopted go before the first child, on which they may depend."""
    first, *others = children
    for child in reversed(others):
        child.stop()
    sweep(children)
    first.stop()
    sweep(children)


def sweep(children: Iterable[Child], grace: float = 3.0) -> None:
    """End the adopted: asked politely for `grace` seconds, then killed."""
    until = time.monotonic() + grace
    while (living := reap(children)) and time.monotonic() < until + grace:
        for pid in living:
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGTERM if time.monotonic() < until else signal.SIGKILL)
        time.sleep(0.05)


def hear_signals() -> int:
    """From now on a signal interrupts nothing: its number arrives on the descriptor returned (ignored ones stay so)."""
    heard, told = os.pipe()
    os.set_blocking(told, False)
    signal.set_wakeup_fd(told, warn_on_full_buffer=False)
    for number in (*STOPPING, signal.SIGCHLD):
        if number == signal.SIGCHLD or signal.getsignal(number) != signal.SIG_IGN:
            signal.signal(number, lambda *_: None)
    return heard
