"""The whole application in a process of its own: Gunicorn on a free port, sharing no memory with the test."""

import atexit
import os
import shutil
import socket
import subprocess
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import pytest

import run
from lib.processes import spawn, terminate
from tests.machine.prerequisites import once_per_session

CHEAP_SETTINGS = {"ARGON2_COST": "64,1", "WORKERS": "1"}


@dataclass
class Server:
    """A running application: its URL, settings, process and log."""

    url: str
    env: dict[str, str]
    process: subprocess.Popen | None
    log: Path
    listener: socket.socket

    def flask(self, *words: str) -> str:
        """Run `flask --app app …` with the same settings; return its output."""
        return _flask(self.env, *words)

    def start(self) -> None:
        """Start Gunicorn at this URL, or start it again."""
        command = run.gunicorn_command(self.listener, int(self.env["WORKERS"]))
        with self.log.open("ab") as output:
            self.process = spawn(
                command,
                cwd=run.ROOT,
                env=self.env,
                pass_fds=(self.listener.fileno(),),
                stdout=output,
                stderr=output,
            )
        _wait_for(self)

    def kill(self) -> None:
        """Kill it, as in a power cut."""
        self.process.kill()
        self.process.wait()


@once_per_session
def initialised_instance(*commands: str) -> Path:
    """Return the folder of an instance on which these `flask --app app` commands were run, to be copied."""
    folder = tempfile.mkdtemp(prefix="aku-office-")
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    from app import create_app  # slow to import; tests that need only a database do without

    runner = create_app(INSTANCE_DIR=folder, **CHEAP_SETTINGS).test_cli_runner()
    for command in commands:
        done = runner.invoke(args=command.split())
        assert done.exit_code == 0, done.output
    return Path(folder)


@contextmanager
def fresh_server(people: bool = True, **settings: str) -> Iterator[Server]:
    """Start Gunicorn on a free port with an instance of its own, seeded with the demonstration's users if `people`.

    `settings` are environment variables. No worker runs: call `server.flask("drain")`.
    """
    with tempfile.TemporaryDirectory(prefix="aku-server-") as folder, run.listen(0) as listener:
        port = listener.getsockname()[1]
        url = f"http://127.0.0.1:{port}"
        env = {"PATH": os.environ["PATH"], "INSTANCE_DIR": folder, "PORT": str(port)} | CHEAP_SETTINGS | settings
        shutil.copytree(initialised_instance("init", *["demo --people-only"] * people), folder, dirs_exist_ok=True)
        server = Server(url, env, None, Path(folder, "server.log"), listener)
        try:
            server.start()
            yield server
        finally:
            if server.process:
                terminate(server.process, grace=6)


def _flask(env: dict[str, str], *words: str) -> str:
    command = [*run.FLASK, *words]
    done = subprocess.run(command, cwd=run.ROOT, env=env, capture_output=True, text=True, check=False)
    if done.returncode:
        pytest.fail(f"flask {' '.join(words)}: {done.stdout[-1000:]}{done.stderr[-3000:]}", pytrace=False)
    return done.stdout


def _wait_for(server: Server) -> None:
    until = time.monotonic() + 120
    while server.process.poll() is None and time.monotonic() < until:
        with suppress(OSError, urllib.error.URLError), urllib.request.urlopen(f"{server.url}/healthz", timeout=10):
            return
        time.sleep(0.1)
    pytest.fail(f"the server does not answer: {server.log.read_text()[-3000:]}", pytrace=False)
