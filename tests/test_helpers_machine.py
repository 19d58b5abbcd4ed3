"""Tries what tests/machine gets, so that a broken server of ours is not taken for a broken program."""

import os
import smtplib
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from email.message import EmailMessage
from pathlib import Path
from types import SimpleNamespace

import psycopg
import pytest
import redis

import run
from tests import machine
from tests.helpers import xdist_order


def letter() -> EmailMessage:
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = "kantor@aku.example", "warga@aku.example", "Dokumen terbit"
    message.set_content("Dokumen Anda sudah terbit.")
    return message


def send(receiver: machine.MailServer) -> None:
    host, _, port = receiver.url.removeprefix("smtp://").partition(":")
    with smtplib.SMTP(host, int(port), timeout=60) as client:
        client.send_message(letter())


def test_postgres_gives_every_caller_an_empty_database():
    first, second = machine.postgres(), machine.postgres()
    with psycopg.connect(first) as one, psycopg.connect(second) as two:
        one.execute("CREATE TABLE berkas (nama text)")
        assert two.execute("SELECT to_regclass('berkas')").fetchone() == (None,)


def test_postgres_copies_a_database_with_what_is_in_it():
    original = machine.postgres()
    with psycopg.connect(original) as connection:
        connection.execute("CREATE EXTENSION pg_trgm")
        connection.execute("CREATE TABLE berkas AS SELECT 'Ñoman' AS nama")
    with psycopg.connect(machine.postgres(like=original)) as connection:
        assert connection.execute("SELECT count(*) FROM berkas WHERE nama ILIKE '%ñom%'").fetchone() == (1,)


@pytest.mark.parametrize(("durable", "expected"), [(False, "off"), (True, "on")])
def test_postgres_syncs_only_where_a_test_asks_for_it(durable, expected):
    with psycopg.connect(machine.postgres(durable=durable)) as connection:
        assert connection.execute("SHOW fsync").fetchone() == (expected,)


def test_servers_die_with_a_test_session_that_is_killed_outright(tmp_path):
    script = (
        "import sys, time; from tests import machine; print(machine.postgres(), machine.valkey()); sys.stdout.flush()"
    )
    session = subprocess.Popen(
        [sys.executable, "-c", f"{script}; time.sleep(60)"], cwd=run.ROOT, stdout=subprocess.PIPE, text=True
    )
    assert session.stdout
    postgres, valkey = session.stdout.readline().split()
    session.kill()
    session.wait()
    session.stdout.close()
    until_refused(lambda: psycopg.connect(postgres).close(), psycopg.OperationalError)
    until_refused(redis.Redis.from_url(valkey).ping, redis.ConnectionError)


def until_refused(call: Callable[[], object], refusal: type[Exception]) -> None:
    for _ in range(1200):
        try:
            call()
        except refusal:
            return
        time.sleep(0.05)
    pytest.fail("it still answers")


def test_valkey_is_there():
    with redis.Redis.from_url(machine.valkey()) as client:
        assert client.ping()


def test_a_killed_valkey_comes_back_empty_at_the_same_address():
    server = machine.Valkey()
    with redis.Redis.from_url(server.url) as client:
        client.set("antrean", "1")
        server.kill()
        with pytest.raises(redis.ConnectionError):
            client.ping()
        server.start()
        assert client.get("antrean") is None
    server.stop()


def test_the_mail_server_keeps_what_it_gets():
    with machine.smtp() as receiver:
        send(receiver)
        assert [(mail.recipients, mail.message["Subject"]) for mail in receiver.letters] == [
            (["warga@aku.example"], "Dokumen terbit")
        ]


def test_the_mail_server_refuses_for_good():
    with machine.smtp() as receiver:
        receiver.refuse("warga@")
        for _ in range(2):
            with pytest.raises(smtplib.SMTPRecipientsRefused):
                send(receiver)
        assert receiver.letters == []


def test_the_mail_server_greylists_once():
    with machine.smtp() as receiver:
        receiver.greylist()
        with pytest.raises(smtplib.SMTPRecipientsRefused) as refusal:
            send(receiver)
        send(receiver)
        assert refusal.value.recipients["warga@aku.example"][0] == 451
        assert len(receiver.letters) == 1


def test_the_mail_server_can_take_a_message_and_cut_the_line():
    with machine.smtp() as receiver:
        receiver.drop_after_data()
        with pytest.raises(smtplib.SMTPServerDisconnected):
            send(receiver)
        assert len(receiver.letters) == 1


def test_the_mail_server_refuses_content():
    with machine.smtp() as receiver:
        receiver.refuse_content(times=1)
        with pytest.raises(smtplib.SMTPDataError):
            send(receiver)
        send(receiver)
        assert len(receiver.letters) == 1


def test_poppler_speaks():
    for tool in ("pdfsig", "pdftotext"):
        assert "poppler" in subprocess.run([machine.poppler(tool), "-v"], capture_output=True, text=True).stderr.lower()


@pytest.mark.browser
def test_chromium_shows_a_page(tmp_path):
    (tmp_path / "halaman.html").write_text("<title>x</title><p id=a>belum<script>a.textContent='sudah'</script>")
    flags = [
        "--headless",
        "--no-sandbox",
        "--disable-dev-shm-usage",
        f"--user-data-dir={tmp_path}/profile",
        "--dump-dom",
    ]
    command = [machine.chromium(), *flags, (tmp_path / "halaman.html").as_uri()]
    shown = subprocess.run(
        command, capture_output=True, text=True, timeout=60, env=os.environ | {"HOME": str(tmp_path)}
    )
    assert ">sudah<" in shown.stdout


def test_a_fresh_server_is_the_whole_application_in_a_process_of_its_own():
    with machine.fresh_server(people=False) as server:
        with urllib.request.urlopen(f"{server.url}/healthz", timeout=60) as answer:
            assert answer.status == 200
        assert "init" in server.flask("--help")
    with pytest.raises(urllib.error.URLError):
        urllib.request.urlopen(server.url, timeout=10)


def test_every_test_is_dealt_once_and_the_longest_begin_the_parts_of_two_workers():
    first, second, third = (xdist_order.SLOWEST_MODULES[place] for place in (1, 3, 6))
    names = ["test_a"] * 9 + [second, first, third] + ["test_z"] * 12
    items = [SimpleNamespace(path=Path(f"{name}.py")) for name in names]
    dealt = xdist_order.order_tests(items, 3)
    assert sorted(map(id, dealt)) == sorted(map(id, items))
    assert {item.path.stem for item in (dealt[0], dealt[8])} == {first, third}
    assert [item.path.stem for item in xdist_order.order_tests(items[:12], 1)[:3]] == [first, second, third]


def test_what_is_missing_fails_under_ci_and_skips_elsewhere(monkeypatch):
    monkeypatch.setenv("CI", "true")
    with pytest.raises(pytest.fail.Exception, match="no lorry"):
        machine.skip_missing("no lorry")
    monkeypatch.delenv("CI")
    with pytest.raises(pytest.skip.Exception, match="no lorry"):
        machine.skip_missing("no lorry")


def test_the_long_tests_are_long_only_when_asked(monkeypatch):
    monkeypatch.delenv("AKU_FULL", raising=False)
    assert machine.repetitions(40, 1000) == 40
    monkeypatch.setenv("AKU_FULL", "1")
    assert machine.repetitions(40, 1000) == 1000
