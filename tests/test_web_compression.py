"""Compression of pages and static files: what travels is small, kept for long, and the same file."""

import gzip
import re

import pytest

from tests.helpers.staff_client import Officer

ZIPPED = {"Accept-Encoding": "gzip"}


def assets(page: str) -> set[str]:
    return {one.partition("#")[0] for one in re.findall(r'(?:href|src)="(/[^"]*static/[^"]+)"', page)}


@pytest.mark.parametrize("path", ["/static/staff.css", "/petugas/static/bootstrap/bootstrap4/css/bootstrap.min.css"])
def test_a_style_sheet_is_compressed_kept_for_a_year_and_asked_for_anew_at_no_cost(anonymous, path):
    plain, packed = anonymous.get(f"{path}?v=1"), anonymous.get(f"{path}?v=1", headers=ZIPPED)
    assert gzip.decompress(packed.data) == plain.data and len(packed.data) < len(plain.data) / 3
    assert packed.headers["Content-Length"] == str(len(packed.data)) and "Accept-Encoding" in packed.headers["Vary"]
    assert "immutable" in packed.headers["Cache-Control"]
    again = anonymous.get(f"{path}?v=1", headers={**ZIPPED, "If-None-Match": packed.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")


def test_a_picture_and_a_part_of_a_file_travel_as_they_are(anonymous):
    assert "Content-Encoding" not in anonymous.get("/static/img/icon-192.png", headers=ZIPPED).headers
    part = anonymous.get("/static/staff.css", headers={**ZIPPED, "Range": "bytes=0-9"})
    assert (part.status_code, len(part.data)) == (206, 10) and "Content-Encoding" not in part.headers


def test_a_file_that_is_not_there_is_not_kept(anonymous):
    assert "immutable" not in anonymous.get("/static/none.css?v=1").headers["Cache-Control"]


def test_the_first_visit_of_a_queue_weighs_less_than_90_kilobytes_and_the_next_15(app, submit):
    for _ in range(25):
        submit()
    admin = Officer(app, "admin@aku.example").client
    page = admin.get("/petugas/pemeriksaan/", headers=ZIPPED)
    assert len(page.data) <= 15_000, "a later page"
    text = gzip.decompress(page.data).decode()
    assert text.count("data-number=") == 25, "a whole page"
    weight = len(page.data)
    for one in assets(text):
        with admin.get(one, headers=ZIPPED) as answer:
            weight += len(answer.data)
    assert weight <= 90_000
