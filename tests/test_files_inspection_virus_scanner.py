"""Virus scanner: against a real server on a socket that speaks clamd's INSTREAM."""

import socketserver
import struct
import threading
import time
from contextlib import contextmanager

import pytest

import config
from files import inspection
from files.inspection import virus_scanner
from models import DraftFile
from tests.helpers.public_client import PublicClient, field_error
from tests.helpers.public_client import jpeg_upload as posted
from tests.helpers.upload_corpus import drawn_page, jpeg_bytes

EICAR = rb"X5O!P%@AP[4\PZX54(P^)7CC)7}$EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"
PHOTO = jpeg_bytes(drawn_page(700, 900))


class Clamd(socketserver.StreamRequestHandler):
    """As much of clamd as an upload meets; a server's `says` overrules what it finds."""

    def handle(self):
        assert self.rfile.read(10) == b"zINSTREAM\0"
        data = b""
        while length := struct.unpack(">I", self.rfile.read(4))[0]:
            data += self.rfile.read(length)
        self.server.seen.append(data)
        found = b"stream: Eicar-Test-Signature FOUND\0" if EICAR in data else b"stream: OK\0"
        self.wfile.write(found if self.server.says is None else self.server.says)


@contextmanager
def clamd(kind, address, says=None):
    server = kind(address, Clamd)
    server.seen, server.says = [], says
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


@pytest.fixture(params=["tcp", "unix"])
def listening(request, tmp_path):
    """A function that starts a scanner; yields it with its address."""

    @contextmanager
    def start(says=None):
        if request.param == "tcp":
            with clamd(socketserver.ThreadingTCPServer, ("127.0.0.1", 0), says) as server:
                yield server, f"tcp://127.0.0.1:{server.server_address[1]}"
        else:
            with clamd(socketserver.ThreadingUnixStreamServer, str(tmp_path / "c"), says) as server:
                yield server, f"unix://{tmp_path / 'c'}"

    return start


def code(data, url):
    with pytest.raises(inspection.UploadRejected) as caught:
        inspection.clean(data, "foto.jpg", url)
    return caught.value.code


def test_a_good_file_is_seen_whole_and_taken_an_infected_one_is_refused(listening):
    with listening() as (server, url):
        assert inspection.clean(PHOTO, "foto.jpg", url).pages == 1
        assert code(PHOTO + EICAR, url) == "infected"
    assert server.seen == [PHOTO, PHOTO + EICAR]


@pytest.mark.parametrize(
    "says", [b"", b"stream: OK", b"INSTREAM size limit exceeded. ERROR\0", b"stream: OK FOUND ERROR\0", b"\xff" * 2000]
)
def test_anything_but_a_clear_ok_takes_nothing(listening, says):
    with listening(says) as (_server, url):
        if says == b"stream: OK":
            inspection.clean(PHOTO, "foto.jpg", url)
        else:
            assert code(PHOTO, url) == "unavailable"


def test_a_scanner_that_is_away_or_silent_takes_nothing(tmp_path, monkeypatch):
    assert code(PHOTO, f"unix://{tmp_path / 'none'}") == "unavailable"
    assert code(PHOTO, "tcp://127.0.0.1:1") == "unavailable"
    monkeypatch.setattr(virus_scanner, "TIMEOUT_SECONDS", 0.3)

    class Silent(Clamd):
        def handle(self):
            time.sleep(1)

    monkeypatch.setattr("tests.test_files_inspection_virus_scanner.Clamd", Silent)
    with clamd(socketserver.ThreadingTCPServer, ("127.0.0.1", 0)) as server:
        assert code(PHOTO, f"tcp://127.0.0.1:{server.server_address[1]}") == "unavailable"


def test_the_setting_is_off_by_default_and_checked(tmp_path):
    assert config.read({}, INSTANCE_DIR=tmp_path)["CLAMD_URL"] == ""
    with pytest.raises(config.ConfigError, match="CLAMD_URL"):
        config.read({}, INSTANCE_DIR=tmp_path, CLAMD_URL="http://127.0.0.1")


def test_on_the_page_a_scanner_that_is_down_asks_to_come_again(make_app):
    app = make_app(CLAMD_URL="tcp://127.0.0.1:1")
    visitor = PublicClient(app)
    visitor.sign_in()
    home = visitor.post("/permohonan/baru/KTP-HILANG").location.removesuffix("/isi")
    answer = visitor.post(f"{home}/unggahan", {"upload-formulir": posted()})
    assert answer.status_code == 422 and "Coba lagi" in field_error(answer, "upload-formulir")
    with app.app_context():
        assert not DraftFile.select().exists()
