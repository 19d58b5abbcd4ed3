"""Kills working processes at random moments: the test's side of tests/victims.py; it judges nothing."""

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

from tests.victims import KINDS, LIFE

ROOT = Path(__file__).resolve().parent.parent
LONGEST = 0.1  # seconds


class Executioner:
    """Has victims forked and kills them: every second one as soon as it is inside a transaction and a moment later."""

    def __init__(self, process, inside, seed):
        self.process, self.dice = process, random.Random(seed)
        self.inside = inside  # a byte for each kind of victim
        self.killed = self.hit = 0

    def round(self):
        """Let one victim of each kind work side by side, and kill them one by one; returns their exit codes."""
        numbers = {kind: self._order("fork", kind, self.dice.randrange(10**9)) for kind in KINDS}
        order = self.dice.sample(KINDS, len(KINDS))
        for kind in order:
            self._wait(KINDS.index(kind))
            os.kill(numbers[kind], signal.SIGKILL)
        codes = [self._order("bury", kind, numbers[kind]) for kind in order]
        self.killed += codes.count(-signal.SIGKILL)
        self.hit += sum(self.inside[:])
        return codes

    def _wait(self, place):
        time.sleep(self.dice.uniform(0, LONGEST))
        # to act there is always something, promises there may be none
        until = time.monotonic() + (LONGEST if KINDS[place] == "drain" else LIFE / 3)
        while self.killed % 4 < 2 and not self.inside[place] and time.monotonic() < until:
            time.sleep(0.0002)
        time.sleep(self.dice.uniform(0, 0.004))

    def _order(self, *words):
        self.process.stdin.write(" ".join(map(str, words)) + "\n")
        self.process.stdin.flush()
        return int(self.process.stdout.readline())


@contextmanager
def executioner(app, seed, guard=True):
    """Victims on this app's database and files, for as long as the `with` lasts."""
    folder = Path(app.config["INSTANCE_DIR"])
    log, inside = folder / "victims.log", folder / "inside"
    inside.write_bytes(bytes(len(KINDS)))
    names = ("INSTANCE_DIR", "DATABASE_URL", "ARGON2_COST")
    settings = {"app": {name: str(app.config[name]) for name in names}, "guard": guard, "inside": str(inside)}
    command = [sys.executable, "-m", "tests.victims", json.dumps(settings)]
    with log.open("w") as told, inside.open("r+b") as shared:
        pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": told}
        with subprocess.Popen(command, text=True, cwd=ROOT, **pipes) as process:
            assert process.stdout.readline() == "ready\n", log.read_text()
            yield Executioner(process, mmap.mmap(shared.fileno(), len(KINDS)), seed)
    assert not guard or "Traceback" not in log.read_text(), log.read_text()[-3000:]
