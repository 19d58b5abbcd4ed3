"""Fault injection: kills worker processes (tests/helpers/kill_targets.py) at random moments."""

import json
import mmap
import os
import random
import signal
import subprocess
import sys
import time
from contextlib import contextmanager
from pathlib import Path

from tests import ROOT
from tests.helpers.kill_targets import MAX_SECONDS, PROCESS_KINDS

MAX_DELAY = 0.1  # seconds before a kill


class ProcessKiller:
    """Forks processes and kills them with SIGKILL, every second one shortly after it entered a transaction."""

    def __init__(self, process, inside, seed):
        self.process, self.random = process, random.Random(seed)
        self.inside = inside  # shared memory: a byte per kind of process
        self.killed = self.killed_inside = 0

    def round(self):
        """Fork one process of each kind, kill them one by one, and return their exit codes."""
        numbers = {kind: self._order("fork", kind, self.random.randrange(10**9)) for kind in PROCESS_KINDS}
        order = self.random.sample(PROCESS_KINDS, len(PROCESS_KINDS))
        for kind in order:
            self._wait(PROCESS_KINDS.index(kind))
            os.kill(numbers[kind], signal.SIGKILL)
        codes = [self._order("reap", kind, numbers[kind]) for kind in order]
        self.killed += codes.count(-signal.SIGKILL)
        self.killed_inside += sum(self.inside[:])
        return codes

    def _wait(self, place):
        time.sleep(self.random.uniform(0, MAX_DELAY))
        # there is always an action to take, but the outbox may be empty
        until = time.monotonic() + (MAX_DELAY if PROCESS_KINDS[place] == "drain" else MAX_SECONDS / 3)
        while self.killed % 4 < 2 and not self.inside[place] and time.monotonic() < until:
            time.sleep(0.0002)
        time.sleep(self.random.uniform(0, 0.004))

    def _order(self, *words):
        self.process.stdin.write(" ".join(map(str, words)) + "\n")
        self.process.stdin.flush()
        return int(self.process.stdout.readline())


@contextmanager
def process_killer(app, seed, guard=True):
    """Start the parent of the processes on this app's database and files, for the duration of the `with`."""
    folder = Path(app.config["INSTANCE_DIR"])
    log, inside = folder / "victims.log", folder / "inside"
    inside.write_bytes(bytes(len(PROCESS_KINDS)))
    names = ("INSTANCE_DIR", "DATABASE_URL", "ARGON2_COST")
    settings = {"app": {name: str(app.config[name]) for name in names}, "guard": guard, "inside": str(inside)}
    command = [sys.executable, "-m", "tests.helpers.kill_targets", json.dumps(settings)]
    with log.open("w") as told, inside.open("r+b") as shared:
        pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": told}
        with subprocess.Popen(command, text=True, cwd=ROOT, **pipes) as process:
            assert process.stdout.readline() == "ready\n", log.read_text()
            yield ProcessKiller(process, mmap.mmap(shared.fileno(), len(PROCESS_KINDS)), seed)
    assert not guard or "Traceback" not in log.read_text(), log.read_text()[-3000:]
