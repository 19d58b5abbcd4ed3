"""Files for staff: pages of PDFs are drawn for those within reach, cached, and told of where they can't be."""

import io
import re
from functools import partial

import pytest
from fpdf import FPDF
from PIL import Image

from files import storage
from files.inspection import sandbox
from models import Access, Attachment, Document, StoredFile
from tests.helpers.browser_person import photo
from tests.helpers.public_client import PublicClient
from tests.helpers.staff_client import sign_in_officer

PAGE = "/petugas/berkas/{}/halaman/{}.jpg"


@pytest.fixture
def officer(app, factory):
    return partial(sign_in_officer, app)


def three_pages():
    paper = FPDF()
    paper.set_font("helvetica", size=30)
    for number in range(1, 4):
        paper.add_page()
        paper.cell(text=f"Halaman {number}")
    return bytes(paper.output())


@pytest.fixture
def upload(submit):
    """A function that adds a PDF to a submitted application: (application, file)."""

    def make(data, media_type="application/pdf", pages=1):
        permohonan = submit()
        one = Attachment.select().order_by(Attachment.id).first()
        file = storage.store(data, kind="upload", media_type=media_type, name="surat", pages=pages)
        file.save(force_insert=True)
        Attachment.create(revision=one.revision, requirement=one.requirement, position=9, file=file)
        return permohonan, file

    return make


def test_each_page_is_drawn_and_cached_for_this_session_alone(officer, upload):
    _permohonan, file = upload(three_pages(), pages=3)
    admin = officer("admin")
    answers = [admin.get(PAGE.format(file.key, number)) for number in (1, 2, 3)]
    assert len({answer.data for answer in answers}) == 3
    for answer in answers:
        assert (answer.mimetype, answer.headers["X-Pages"]) == ("image/jpeg", "3")
        assert "private" in answer.headers["Cache-Control"] and "Cookie" in answer.headers["Vary"]
    assert Image.open(io.BytesIO(answers[0].data)).width == 1100
    large = admin.get(PAGE.format(file.key, 1) + "?besar=1")
    assert Image.open(io.BytesIO(large.data)).width == 2000
    known = {"If-None-Match": answers[0].headers["ETag"]}
    again = admin.client.get(PAGE.format(file.key, 1), headers=known)
    assert (again.status_code, again.data) == (304, b"")
    assert admin.client.get(PAGE.format(file.key, 2), headers=known).status_code == 200
    assert Access.select().where(Access.what == "file").count() == 1, "looking at its pages is one view"


def test_pages_are_seen_by_those_only_who_see_the_file(app, officer, upload):
    permohonan, file = upload(three_pages())
    draft = f"/petugas/permohonan/{permohonan.key}/draf/akta_kelahiran/1/halaman/1.jpg"
    for address in (PAGE.format(file.key, 1), draft):
        assert officer("it").get(address).status_code == 404
        assert officer("counter_operator").get(address).status_code == 404
        assert PublicClient(app).get(address).status_code == 303
    admin = officer("admin")
    for number in (0, 4, 99_999):
        assert admin.get(PAGE.format(file.key, number)).status_code == 404
    assert admin.get(PAGE.format("a" * 26, 1)).status_code == 404


def test_what_cannot_be_drawn_is_told_and_the_case_page_stays(officer, upload):
    permohonan, file = upload(b"%PDF-1.7\nnothing that anybody could draw")
    admin = officer("admin")
    answer = admin.get(PAGE.format(file.key, 1))
    assert (answer.status_code, answer.mimetype) == (422, "text/plain") and "no-store" in answer.headers[
        "Cache-Control"
    ]
    page = admin.text(f"/petugas/pemeriksaan/details/?id={permohonan.key}")
    assert "Bila tidak tampil, buka berkasnya" in page and f'href="/petugas/berkas/{file.key}"' in page
    StoredFile.update(sha256="0" * 64).where(StoredFile.id == file.id).execute()
    assert admin.get(PAGE.format(file.key, 1)).status_code == 422


def test_a_busy_machine_asks_to_come_back(officer, upload, monkeypatch):
    _permohonan, file = upload(three_pages())
    admin = officer("admin")
    with sandbox.process_slot(sandbox.PAGES), sandbox.process_slot(sandbox.PAGES):  # other tests share these: patience
        monkeypatch.setattr(sandbox, "WAIT_SECONDS", 0.0)
        with sandbox.process_slot("uploads-of-this-test"):
            pass  # pages that are drawn keep no upload waiting
        answer = admin.get(PAGE.format(file.key, 1))
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "2")


def test_a_photo_has_a_thumbnail_and_a_case_page_no_frame(officer, upload):
    permohonan, file = upload(photo("foto"), "image/jpeg")
    admin = officer("admin")
    answer = admin.get(f"/petugas/pemeriksaan/details/?id={permohonan.key}")
    assert "<iframe" not in answer.text and "frame-src" not in answer.headers["Content-Security-Policy"]
    small = admin.get(PAGE.format(file.key, 0))
    assert small.mimetype == "image/jpeg" and max(Image.open(io.BytesIO(small.data)).size) <= 192


def test_drafts_are_drawn_for_those_who_verify(officer, factory):
    permohonan = factory.advance_to(factory.submit(), "adb_review")
    page = officer("adb").text(f"/petugas/adb/details/?id={permohonan.key}")
    address = re.search(r'src="(/petugas/permohonan/[^"]+/draf/[^"]+/halaman/1\.jpg)"', page)[1]
    assert "<iframe" not in page
    answer = officer("adb").get(address)
    assert answer.mimetype == "image/jpeg" and int(answer.headers["X-Pages"]) >= 1
    version = Document.get(Document.permohonan == permohonan.id).id
    assert f"/{version}/halaman/" in address, "another round is another address"
