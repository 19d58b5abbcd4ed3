"""Kills working processes at random moments: the test's side of tests/victims.py; what must hold stands in invariant.py."""

import json
import os
import random
import signal
import subprocess
import sys
import time
from contextlib import contextmanager
from pathlib import Path

from processes import end, spawn

ROOT = Path(__file__).resolve().parent.parent
LONGEST = 0.25  # seconds that a victim works


class Executioner:
    """Has victims forked, kills each after a random time, and remembers how many died inside a transaction."""

    def __init__(self, process, seed):
        self.process, self.dice = process, random.Random(seed)
        self.killed = self.inside = 0

    def say(self, text):
        self.process.stdin.write(text + "\n")
        self.process.stdin.flush()

    def round(self, *words):
        """Let one victim of each kind work at the same time; kill each at a moment of its own; raise if one had died."""
        moments = sorted((self.dice.uniform(0, LONGEST), self._start(word), word) for word in words)
        begun = time.monotonic()
        for moment, number, _ in moments:
            time.sleep(max(0.0, begun + moment - time.monotonic()))
            os.kill(number, signal.SIGKILL)
        return [self._bury(number, word) for _, number, word in moments]

    def _start(self, word):
        self.say(f"fork {word} {self.dice.randrange(10**9)}")
        return int(self.process.stdout.readline())

    def _bury(self, number, word):
        self.say(f"bury {word} {number}")
        code, inside = map(int, self.process.stdout.readline().split())
        self.killed += code == -signal.SIGKILL
        self.inside += inside
        return code


@contextmanager
def executioner(app, seed, guard=True):
    """Victims on this app's database and files, for as long as the `with` lasts."""
    names = ("INSTANCE_DIR", "DATABASE_URL", "ARGON2_COST")
    settings = {"app": {name: str(app.config[name]) for name in names}, "guard": guard}
    command = [sys.executable, "-m", "tests.victims", json.dumps(settings)]
    log = Path(app.config["INSTANCE_DIR"]) / "victims.log"
    with log.open("w") as told:
        options = {"stdout": subprocess.PIPE, "stderr": told, "text": True, "cwd": ROOT}
        process = spawn(command, signal.SIGKILL, stdin=subprocess.PIPE, **options)
        try:
            assert process.stdout.readline() == "ready\n", log.read_text()
            yield Executioner(process, seed)
        finally:
            end(process, grace=1)
    assert not guard or "Traceback" not in log.read_text(), log.read_text()[-3000:]
