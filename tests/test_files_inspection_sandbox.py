"""Sandbox of inspection: whatever a file does to the child process, the worker keeps running and stays small."""

import json
import os
import resource
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

import pytest
from PIL import Image

from files import inspection
from files.inspection import sandbox
from tests.helpers import upload_corpus
from tests.helpers.upload_assertions import refusal_code
from tests.helpers.upload_corpus import HTML, SCRIPT, drawn_page, encode_image, jpeg_bytes, make_pdf

MEMORY_ALLOWED = 500 * 10**6
SECONDS_ALLOWED = 8.0

HEAVY = {
    "a heic of 24 megapixels": lambda: encode_image(Image.new("RGB", (5712, 4284), "white"), "HEIF", quality=20),
    "a png of 24 megapixels with alpha": lambda: encode_image(Image.new("RGBA", (5712, 4284)), "PNG", compress_level=1),
    "a progressive jpeg of 50 megapixels": lambda: jpeg_bytes(
        Image.new("RGB", (8160, 6120), "white"), progressive=True, subsampling=0
    ),
    "a jpeg of 45 scans": lambda: upload_corpus.with_many_scans(34, 4000),
    "an object stream that inflates": upload_corpus.object_stream_bomb,
    "lzw that inflates": lambda: make_pdf(upload_corpus.with_stream(upload_corpus.lzw_zeros(60), "/LZWDecode")),
}


@pytest.mark.parametrize("make", HEAVY.values(), ids=HEAVY.keys())
def test_the_heaviest_files_stay_within_memory_and_time(make, monkeypatch):
    """The processor's time: by the clock a busy machine takes as long as it likes."""
    monkeypatch.setattr(sandbox, "TIMEOUT_SECONDS", 100)
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    code, said, *_ = sandbox.run_child(make())
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    seconds = after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime
    assert code == 0
    assert 10**7 < json.loads(said.split(b"\n")[0])["peak"] < MEMORY_ALLOWED
    assert seconds < SECONDS_ALLOWED


@pytest.fixture
def child(monkeypatch):
    """Put a program of our own in the child's place."""

    def put(program: str) -> None:
        program = f"import sys, os, time\nfrom files.inspection import sandbox_child as child\n{program}"
        monkeypatch.setattr(sandbox, "COMMAND", (sys.executable, "-E", "-s", "-B", "-c", program))

    return put


@pytest.mark.parametrize(
    ("program", "code"),
    [
        ("os.abort()", "unreadable"),
        ("os._exit(0)", "unreadable"),
        ("os.kill(os.getpid(), 9)", "heavy"),
        ("child.clean = lambda data: bytes(600 * 10**6)\nchild.main()", "heavy"),
        ("child.clean = lambda data: open('/dev/null/x')\nchild.main()", "unreadable"),
        ("child.clean = lambda data: 1 / 0\nchild.main()", "unreadable"),
        ("sys.stdin.buffer.read()\nwhile True: sys.stdout.write('x' * 10**6)", "heavy"),
    ],
    ids=["crashed", "silent", "killed", "out of memory", "no files", "a bug", "endless"],
)
def test_a_child_that_fails_is_a_refusal_and_the_worker_lives(child, program, code):
    child(program)
    assert refusal_code(jpeg_bytes()) == code


def test_a_child_that_gets_no_processor_is_stopped_and_the_machine_is_blamed(child, monkeypatch):
    monkeypatch.setattr(sandbox, "TIMEOUT_SECONDS", 0.5)
    child("time.sleep(60)")
    start = time.monotonic()
    with pytest.raises(inspection.InspectionBusy, match="Coba lagi"):
        inspection.clean(jpeg_bytes())
    assert time.monotonic() - start < 55


def test_a_child_that_burns_the_processor_is_stopped_by_its_own_limit(child, monkeypatch):
    monkeypatch.setattr(sandbox, "TIMEOUT_SECONDS", 100)  # by the clock a busy machine takes as long as it likes
    child("child.CPU_SECONDS = 1\nchild.clean = lambda data: [0 for _ in iter(int, 1)]\nchild.main()")
    assert refusal_code(jpeg_bytes()) == "slow"


@pytest.mark.parametrize(
    ("header", "body"),
    [
        ({"media_type": "text/html"}, HTML),
        ({}, HTML),
        ({"media_type": ["image/jpeg"]}, b"\xff\xd8\xff"),
        ({"pages": "1"}, b"\xff\xd8\xff"),
        ({"width": -1}, b"\xff\xd8\xff"),
        ({"height": 10**9}, b"\xff\xd8\xff"),
        ({"warnings": ["<script>"]}, b"\xff\xd8\xff"),
        ({"warnings": [["dark"]]}, b"\xff\xd8\xff"),
        ({"refused": SCRIPT.decode()}, HTML),
        ({"refused": ["empty"]}, HTML),
    ],
)
def test_a_child_that_lies_is_not_believed(child, header, body):
    honest = {"media_type": "image/jpeg", "pages": 1, "width": 1, "height": 1, "warnings": []}
    said = json.dumps(honest | header).encode() + b"\n" + body
    child(f"sys.stdin.buffer.read(); sys.stdout.buffer.write({said!r})")
    assert refusal_code(jpeg_bytes()) == "unreadable"


def test_the_child_gives_up_what_it_does_not_need(child):
    child(
        "from resource import *\nchild.limit_resources()\n"
        "print([getrlimit(x)[0] for x in (RLIMIT_CORE, RLIMIT_FSIZE, RLIMIT_NOFILE, RLIMIT_AS, RLIMIT_CPU)])"
    )
    assert json.loads(sandbox.run_child(b"").said) == [0, 0, 32, 450_000_000, 8]


def test_the_child_sees_none_of_the_office_secrets(child, monkeypatch):
    monkeypatch.setenv("FILES_KEY", "sangat-rahasia")
    monkeypatch.setenv("PYTHONPATH", "/jahat")
    child("print(dict(os.environ), sys.path)")
    said = sandbox.run_child(b"").said
    assert b"LANG" in said and b"rahasia" not in said and b"jahat" not in said


def test_the_child_dies_with_its_parent():
    waiting = (
        "import os, sys, time\nfrom files.inspection.sandbox_child import limit_resources\n"
        "limit_resources(int(sys.argv[1]))\n"
        "print(os.getpid(), flush=True)\ntime.sleep(60)"
    )
    parent = f"import subprocess, sys, os\nsubprocess.run([sys.executable, '-c', {waiting!r}, str(os.getpid())])"
    with subprocess.Popen([sys.executable, "-c", parent], stdout=subprocess.PIPE, cwd=sandbox.ROOT) as started:
        child_alive = Path("/proc", next(iter(started.stdout or ())).decode().strip())
        assert child_alive.exists()
        started.kill()
    end = time.monotonic() + 60
    while child_alive.exists() and time.monotonic() < end:
        time.sleep(0.02)
    assert not child_alive.exists()


# -- two at a time ----------------------------------------------------------------------------------------------------


@pytest.fixture
def own_slots(tmp_path, monkeypatch):
    """Give this test slots of its own; return the folder in which they will lie."""
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    return tmp_path / f"aku-uploads-{os.geteuid()}"


def test_a_third_upload_waits_for_a_free_checker(own_slots, child):
    child("sys.stdin.buffer.read()\ntime.sleep(0.5)")
    threads = [threading.Thread(target=refusal_code, args=(jpeg_bytes(drawn_page(300, 300)),)) for _ in range(3)]
    start = time.monotonic()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert time.monotonic() - start >= 1.0  # two at once, then the third


def test_one_who_waits_too_long_is_asked_to_come_again(own_slots, monkeypatch):
    monkeypatch.setattr(sandbox, "WAIT_SECONDS", 0.2)
    with (
        sandbox.process_slot(),
        sandbox.process_slot(),
        pytest.raises(inspection.InspectionBusy, match="sibuk"),
    ):
        inspection.clean(jpeg_bytes())
    assert inspection.clean(jpeg_bytes()).pages == 1


def test_a_slot_is_free_again_when_its_worker_is_killed(own_slots, monkeypatch):
    monkeypatch.setattr(sandbox, "WAIT_SECONDS", 0.2)
    with sandbox.process_slot():
        holding = (
            "import sys, time\nfrom files.inspection.sandbox import process_slot\n"
            "with process_slot(): print(1, flush=True); time.sleep(60)"
        )
        environment = os.environ | {"TMPDIR": str(own_slots.parent)}
        with subprocess.Popen(
            [sys.executable, "-c", holding], stdout=subprocess.PIPE, cwd=sandbox.ROOT, env=environment
        ) as worker:
            next(iter(worker.stdout or ()))
            assert refusal_code(jpeg_bytes()) == "busy"
            worker.kill()
        assert inspection.clean(jpeg_bytes()).pages == 1


def test_a_machine_that_cannot_check_says_that_it_is_not_the_file(own_slots, monkeypatch):
    own_slots.mkdir()
    (own_slots / "slot-0").symlink_to("/dev/null")  # someone's trap in the temporary folder
    assert refusal_code(jpeg_bytes()) == "unavailable"
    monkeypatch.setattr(tempfile, "tempdir", "/dev/null/nowhere")
    assert refusal_code(jpeg_bytes()) == "unavailable"


def test_the_child_does_not_inherit_the_slot(own_slots, child):
    child("print(os.listdir('/proc/self/fd'))")
    with sandbox.process_slot():
        assert sandbox.run_child(b"").said.count(b"'") // 2 <= 4  # in, out, err and the listing itself
