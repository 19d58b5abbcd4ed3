"""Database connections shared by threads of the real web server: none is lost by aborted requests."""

import random
import re
import socket
import sqlite3
import time
import urllib.request
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from html import unescape
from http.client import HTTPConnection
from urllib.parse import urlencode, urlsplit

import pytest

from tests import machine
from tests.helpers.public_client import PASSWORD
from tests.helpers.staff_client import TOKEN

pytestmark = pytest.mark.faults
PEOPLE, ROUNDS = 8, 12  # twice as many as the server has threads
NAME = re.compile(r'<div class="who">[^<]+<')
FORM = {"Content-Type": "application/x-www-form-urlencoded"}


class Browser:
    """One person's, with a cookie; what it is told is kept."""

    def __init__(self, url, told):
        self.host, self.cookie, self.token, self.told = urlsplit(url).netloc, "", "", told

    def ask(self, method, path, form=None):
        line = HTTPConnection(self.host, timeout=90)
        body = urlencode(form | {"csrf_token": self.token}) if form is not None else None
        line.request(method, path, body, {"Cookie": self.cookie} | (FORM if body else {}))
        answer = line.getresponse()
        text = answer.read().decode("utf-8", "replace")
        line.close()
        self.told.append(answer.status)
        for cookie in answer.headers.get_all("Set-Cookie") or ():
            if cookie.startswith("session="):
                self.cookie = cookie.partition(";")[0]
        if found := TOKEN.search(text):
            self.token = unescape(found[1])
        return answer, text

    def leave(self, method, path, body="", announced=None):
        """Ask, and go away: before the answer, or in the middle of what is announced."""
        head = f"{method} {path} HTTP/1.1\r\nHost: {self.host}\r\nCookie: {self.cookie}\r\n"
        head += f"Content-Type: {FORM['Content-Type']}\r\nContent-Length: {announced or len(body)}\r\n\r\n{body}"
        with suppress(OSError), socket.create_connection(tuple(self.host.split(":")), timeout=90) as wire:
            wire.sendall(head.encode())

    def enter(self, email):
        self.ask("GET", "/petugas/masuk")
        self.ask("POST", "/petugas/masuk", {"email": email, "password": PASSWORD})
        self.ask("GET", "/petugas/permohonan/")


def _live(browser, dice):
    """What a bad day brings, in any order."""
    search, export = "/petugas/permohonan/cari/", "/petugas/permohonan/ekspor/"
    token = urlencode({"csrf_token": browser.token, "format": "csv", "q": "arya"})
    for _ in range(ROUNDS):
        kind = dice.randrange(6)
        if kind == 0:
            browser.ask("POST", search, {"q": f"nama {dice.random()}"})  # a write
        elif kind == 1:
            _, text = browser.ask("POST", export, {"format": "csv"})
            assert "Nomor;Layanan" in text
        elif kind == 2:
            browser.leave("POST", dice.choice((search, export)), token)
        elif kind == 3:
            browser.leave("POST", search, token, announced=5000)
        elif kind == 4:
            browser.leave("GET", "/petugas/permohonan/")
        else:
            _, text = browser.ask("GET", "/petugas/permohonan/")
            assert browser.name in text, "somebody else's page"


def test_threads_share_connections_and_lose_none():
    seed, told = random.randrange(10**6), []
    with machine.fresh_server() as server:
        people = []
        for email in ("auditor", "admin") * (PEOPLE // 2):
            browser = Browser(server.url, told)
            browser.enter(f"{email}@aku.example")
            browser.name = NAME.search(browser.ask("GET", "/petugas/")[1])[0]
            people.append(browser)

        with ThreadPoolExecutor(PEOPLE) as pool:
            live = [pool.submit(_live, one, random.Random(seed + number)) for number, one in enumerate(people)]
        assert not any(one.exception() for one in live), (seed, [one.exception() for one in live])
        assert set(told) <= {200, 303}, f"seed {seed}: {sorted(set(told))}"
        time.sleep(1)
        _nobody_holds_a_lock(server)
        for browser in people:
            browser.ask("POST", "/petugas/permohonan/cari/", {"q": "setelah itu"})
        assert set(told) <= {200, 303}, (
            f"seed {seed}: somebody waits for a connection that was lost: {sorted(set(told))}"
        )
        assert "Traceback" not in server.log.read_text(), f"seed {seed}: {server.log.read_text()[-3000:]}"


def _nobody_holds_a_lock(server):
    other = sqlite3.connect(f"{server.env['INSTANCE_DIR']}/aku.db", timeout=20, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    other.execute("ROLLBACK")
    other.close()


@pytest.mark.skipif(not hasattr(socket, "TCP_DEFER_ACCEPT"), reason="a way of Linux")
def test_who_connects_and_says_nothing_keeps_nobody_waiting():
    with machine.fresh_server(people=False) as server:
        address = server.listener.getsockname()
        silent = [socket.create_connection(address) for _ in range(100)]  # 5 s of one of 4 threads each: 125
        with urllib.request.urlopen(f"{server.url}/healthz", timeout=60) as answer:
            assert answer.status == 200
        for one in silent:
            one.close()
