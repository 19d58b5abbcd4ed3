"""Connections cut at any byte, again and again: the result is one application with all its files, none twice."""

import hashlib
import random
import socket
import struct
from html import unescape
from http.client import HTTPException, HTTPResponse
from urllib.parse import urlencode, urlsplit

import pytest

from app import create_app
from files import storage
from intake import drafts
from models import Attachment, Draft, Permohonan, StoredFile
from tests import machine
from tests.helpers.browser_person import photo
from tests.helpers.factory import sample_answer
from tests.helpers.public_client import PASSWORD, TOKEN

pytestmark = pytest.mark.slow
PIECE = 4096
CUTS = machine.repetitions(60, 600)  # over both directions


class Cut(Exception):
    """The line is dead; nobody knows what the other side has heard."""


class Line:
    """A client whose connections die after as many bytes as `dice` says, in either direction."""

    def __init__(self, url, dice):
        parts = urlsplit(url)
        self.place, self.dice, self.left, self.cuts = (parts.hostname, parts.port), dice, CUTS, 0
        self.cookie, self.token = "", ""

    def ask(self, method, path, body=b"", cut=False, **headers):
        """One request and its answer; with `cut` the line may die on the way there or back."""
        head = {"Host": f"{self.place[0]}:{self.place[1]}", "Connection": "close", "Content-Length": len(body)}
        head |= {"Cookie": self.cookie, "X-CSRFToken": self.token} | headers
        sent = f"{method} {path} HTTP/1.1\r\n".encode()
        sent += "".join(f"{name}: {value}\r\n" for name, value in head.items()).encode() + b"\r\n" + body
        there, back = None, None
        if cut and self.left and self.dice.random() < 0.6:
            self.left, self.cuts = self.left - 1, self.cuts + 1
            there, back = (self.dice.randrange(len(sent)), None) if self.dice.random() < 0.6 else (None, True)
        return self._carried(sent, there, back)

    def _carried(self, sent, there, back):
        with socket.create_connection(self.place, timeout=60) as wire:
            wire.sendall(sent[:there])
            if there is not None or back:
                if back:
                    wire.recv(self.dice.randrange(1, 200))  # it was heard; of the answer only a scrap came home
                if self.dice.random() < 0.5:  # a reset instead of an orderly end
                    wire.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
                raise Cut
            answer = HTTPResponse(wire)
            answer.begin()
            answer.text = answer.read().decode("utf-8", "replace")
            for cookie in answer.headers.get_all("Set-Cookie") or ():
                self.cookie = cookie.partition(";")[0]
            return answer

    def again(self, method, path, body=b"", **headers):
        """Ask until an answer comes, as people press a button again."""
        while True:
            try:
                return self.ask(method, path, body, cut=True, **headers)
            except (Cut, OSError, HTTPException):
                continue

    def page(self, path):
        answer = self.again("GET", path)
        self.token = unescape(TOKEN.search(answer.text)[1])
        return answer

    def post(self, path, form):
        body = urlencode(form | {"csrf_token": self.token}).encode()
        return self.again("POST", path, body, **{"Content-Type": "application/x-www-form-urlencoded"})

    def upload(self, page, requirement, data):
        """What static/js/resumable_upload.js does."""
        path = f"{page}/unggahan/{requirement}/{hashlib.sha256(data).hexdigest()}"
        offset = int(self.again("GET", path).headers["Upload-Offset"])
        while True:
            if offset < len(data):
                where = {"Upload-Offset": offset, "Upload-Length": len(data)}
                answer = self.again("PATCH", path, data[offset : offset + PIECE], **where)
            else:
                form = {"Content-Type": "application/x-www-form-urlencoded"}
                answer = self.again("POST", path, urlencode({"name": f"{requirement}.jpg"}).encode(), **form)
                if answer.status == 200:
                    return answer
            assert answer.status in (204, 409, 423), (answer.status, answer.text)
            offset = int(answer.headers["Upload-Offset"])


def test_any_number_of_cuts_ends_in_one_application_with_all_files():
    seed = random.randrange(10**6)
    with machine.fresh_server() as server:
        line = Line(server.url, random.Random(seed))
        line.page("/masuk")
        line.post("/masuk", {"email": "pemohon@aku.example", "password": PASSWORD})
        line.page("/permohonan/baru/KTP-HILANG")
        home = line.post("/permohonan/baru/KTP-HILANG", {}).headers["Location"].removesuffix("/isi")
        app = create_app(INSTANCE_DIR=server.env["INSTANCE_DIR"], BASE_URL=server.url)
        with app.app_context():
            files = _filled_in(Permohonan.get(Permohonan.key == home.rpartition("/")[2]))
        line.page(f"{home}/unggahan")
        for requirement, data in files.items():
            assert "Terbaca" in line.upload(home, requirement, data).text, f"seed {seed}"
        line.page(f"{home}/periksa")
        line.post(f"{home}/periksa", {"declaration": "ya"})
        with app.app_context():
            states = [row.state for row in Permohonan.select()]
            kept = sorted((row.requirement, row.file.original_sha256) for row in Attachment.select())
            whole = [storage.read(row) for row in StoredFile.select()]
    print(f"{line.cuts} cuts, seed {seed}")
    assert line.cuts > CUTS // 2, f"hardly anything was cut (seed {seed})"
    assert states == ["submitted"], f"seed {seed}"
    assert kept == sorted((name, hashlib.sha256(data).hexdigest()) for name, data in files.items()), f"seed {seed}"
    assert len(whole) == len(files)


def _filled_in(permohonan):
    """Answer every question, past the pages; the photos that are to be uploaded, by requirement."""
    parts = [part for section in drafts.form_pages(permohonan) for part in section["fields"]]
    answers = {part["key"]: sample_answer(part) for part in parts} | {"pemohon_untuk": "diri"}
    Draft.update(answers=answers, version=Draft.version + 1).where(Draft.permohonan == permohonan).execute()
    return {one["key"]: photo(one["key"], (800, 1000)) for one in permohonan.edition.body["requirements"]}
