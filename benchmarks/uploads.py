"""Rows 11 and 13: uploads until they are stored, also over a slow line, and the printed dossier."""

import hashlib
import io
import os
import re
import time
from collections.abc import Iterator
from contextlib import closing
from functools import partial
from pathlib import Path

from flask import Flask
from PIL import Image, ImageDraw

import models
from benchmarks.offices import Office, ResultLine
from benchmarks.page_weight import TrafficMeter
from benchmarks.timing import time_in_turn
from casework.transitions import perform
from documents import printouts
from files import storage
from intake import attachments, drafts
from lib.database import database
from seed import demo
from tests import machine
from tests.helpers import browser_person
from tests.helpers.factory import OfficeFactory
from tests.helpers.upload_corpus import jpeg_bytes, make_pdf
from web.wizard.resumable_upload import MAX_PIECE

FIVE_MB, FIRST_PIECE = 5 * 10**6, 2**17  # bytes; of the first piece that static/js/resumable_upload.js sends
TOKEN = re.compile(r'name="csrf_token" value="([^"]+)"')


def run(offices: list[Office]) -> Iterator[ResultLine]:
    """Measure on the first office only: the bytes go to the disk, not to the database."""
    yield from _measure_uploads(offices[0].app)
    yield _dossier(offices[0].app)
    yield from _measure_slow_line()


def _measure_uploads(app: Flask) -> Iterator[ResultLine]:
    """Measure uploads of five megabytes, session and CSRF token included, against write and SHA-256."""
    data = os.urandom(FIVE_MB)
    with app.app_context():
        permohonan = drafts.create_application(OfficeFactory().edition("KTP-HILANG"), owner=OfficeFactory().applicant)
        address = f"/permohonan/{permohonan.key}/unggahan/formulir/{hashlib.sha256(data).hexdigest()}"
        plain = Path(app.config["INSTANCE_DIR"], "bench.bin")
        database.close()
    client, headers = _signed_in(app, f"/permohonan/{permohonan.key}/unggahan")
    part = Path(app.config["INSTANCE_DIR"], "parts")

    def arrive(size: int) -> None:
        for file in part.glob(f"*/{permohonan.key}*"):
            file.unlink()
        at = 0
        while at < FIVE_MB:
            where = {"Upload-Offset": str(at), "Upload-Length": str(FIVE_MB)}
            assert client.patch(address, data=data[at : at + size], headers=headers | where).status_code == 204
            at, size = (
                at + size,
                MAX_PIECE,
            )  # as static/js/resumable_upload.js goes on when a piece took less than a blink

    def bare() -> None:
        hashlib.sha256(data).digest()
        plain.write_bytes(data)

    def keep() -> None:
        storage.store(data, kind="upload", media_type="image/jpeg", name="foto.jpg")

    for size, what in ((FIRST_PIECE, "5 MB in pieces"), (MAX_PIECE, "5 MB in one piece")):
        there, floor = time_in_turn(partial(arrive, size), bare, rounds=20)
        ratio = there / floor
        note = f"{there.wall * 1000:.0f} ms on the wall, {ratio.wall:.1f} × the floor's"
        yield ResultLine(11, f"{what} ÷ write + sha256", "", 0, ratio.cpu, 3, note)
    with app.app_context():
        kept, floor = time_in_turn(keep, bare, rounds=20)
    ratio = kept / floor
    note = f"encrypted and fsynced: {kept.wall * 1000:.0f} ms on the wall, {ratio.wall:.1f} × the floor's"
    yield ResultLine(11, "5 MB kept for good ÷ write + sha256", "", 0, ratio.cpu, 3, note)


def _signed_in(app: Flask, page: str):
    client = app.test_client()
    token = TOKEN.search(client.get("/masuk").text)
    assert token
    form = {"email": "pemohon@aku.example", "password": demo.PASSWORD, "csrf_token": token[1]}
    client.post("/masuk", data=form)
    token = TOKEN.search(client.get(page).text)
    assert token
    return client, {"X-CSRFToken": token[1]}


def _dossier(app: Flask) -> ResultLine:
    """Measure a dossier of five photos, resized on upload, and two PDFs of two pages."""
    with app.app_context():
        factory = OfficeFactory()
        permohonan = factory.begin("AK-LAHIR")
        models.DraftFile.delete().where(models.DraftFile.draft == drafts.get_draft(permohonan)).execute()
        wanted = [one["key"] for one in permohonan.edition.body["requirements"]]
        files = [jpeg_bytes(_photo(n)) for n in range(5)] + [
            make_pdf(pages=2),
            make_pdf(lambda made: made.pages.append(made.pages[0])),
        ]
        for number, data in enumerate(files):
            attachments.attach(permohonan, wanted[number % len(wanted)], data, f"berkas-{number}")
        for requirement in wanted:
            if not any(row.requirement == requirement for row in attachments.draft_files(drafts.get_draft(permohonan))):
                attachments.attach(permohonan, requirement, jpeg_bytes(_photo(len(requirement) + 9)), requirement)
        perform(permohonan, "submit", factory.applicant, declaration=True)
        made = time_in_turn(lambda: printouts.dossier(permohonan), rounds=10)[0]
        note = f"{len(printouts.dossier(permohonan)) / 10**6:.1f} MB"
        return ResultLine(13, "dossier, 5 photos and 2 PDFs, ms CPU", "", 0, made.cpu * 1000, 60, note)


def _photo(number: int, size: tuple[int, int] = (4000, 3000)) -> Image.Image:
    """Return a photo of 12 megapixels of a paper on a table; three megabytes as JPEG, each different."""
    table = Image.merge("RGB", [Image.effect_noise(size, 22)] * 3).point(lambda level: level * 0.6)
    paper = Image.new("RGB", (2600, 2400), (246, 244, 238))
    draw = ImageDraw.Draw(paper)
    for line in range(30):
        draw.text((120, 100 + line * 74), f"{number * 7919 % 1000} Kutipan contoh {line}", "black", font_size=46)
    table.paste(paper, (400 + number * 60, 300))
    return table


def _measure_slow_line() -> Iterator[ResultLine]:
    """Measure three megabytes at 60 KiB/s and 300 ms, resized in the browser, until the page shows the upload."""
    photo = io.BytesIO()
    _photo(1).save(photo, "JPEG", quality=91)
    with machine.fresh_server() as server, browser_person.chromium() as chromium:
        person = browser_person.Person(chromium, server.url, browser_person.PHONE)
        with closing(person.context):
            page = person.go("/masuk")
            page.fill("[name=email]", "pemohon@aku.example")
            page.fill("[name=password]", demo.PASSWORD)
            person.press("Masuk")
            page.wait_for_url(re.compile("/permohonan/"))
            person.go("/permohonan/baru/KTP-HILANG")
            person.press("Mulai mengisi")
            page.wait_for_url(re.compile("/isi"))
            person.go(page.url.partition("/isi")[0] + "/unggahan")
            TrafficMeter(page).throttle()
            begun = time.perf_counter()
            file = {"name": "foto.jpg", "mimeType": "image/jpeg", "buffer": photo.getvalue()}
            page.set_input_files("[name=upload-formulir]", file)
            page.locator(".files .tag").first.wait_for(timeout=120_000)
            took = time.perf_counter() - begun
    note = f"{photo.tell() / 10**6:.1f} MB at 60 KiB/s and 300 ms; raw it would be {photo.tell() / 61_440:.0f} s"
    yield ResultLine(11, "a photo of 3 MB on a slow line, s", "", 0, took, 10, note)
