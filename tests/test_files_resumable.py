"""Resumable uploads: they resume after any cut, restart or lost response and end as one file; strangers see nothing."""

import hashlib
import io
import os
import time

import pytest

from casework.transitions import perform
from files import resumable
from files.resumable import PartialUpload, UploadBusy, WrongOffset
from intake import attachments, drafts
from jobs import schedule
from models import DraftFile, User
from tests.helpers.browser_person import photo
from tests.helpers.counter_client import CounterClient, application_url
from tests.helpers.public_client import TOKEN, PublicClient, field_error
from web.wizard import resumable_upload

PIECE = 9000


@pytest.fixture
def draft_application(factory):
    permohonan = factory.begin("KTP-HILANG")
    DraftFile.delete().execute()
    return permohonan


class UploadClient:
    """Upload in chunks as static/js/resumable_upload.js does, with Flask's client."""

    def __init__(self, visitor, page, data, requirement="formulir"):
        self.visitor, self.data = visitor, data
        self.address = f"{page}/unggahan/{requirement}/{hashlib.sha256(data).hexdigest()}"
        token = TOKEN.search(visitor.get(f"{page}/unggahan").text)
        self.headers = {"X-CSRFToken": token[1] if token else ""}

    def there(self):
        return self.visitor.get(self.address)

    def patch(self, offset, data=None, length=None, **more):
        self.visitor._fresh()
        headers = self.headers | {"Upload-Offset": str(offset), "Upload-Length": str(length or len(self.data))} | more
        piece = self.data[offset : offset + PIECE] if data is None else data
        return self.visitor.client.patch(self.address, data=piece, headers=headers)

    def all_pieces(self, start=0):
        for offset in range(start, len(self.data), PIECE):
            assert self.patch(offset).status_code == 204

    def finish(self, **form):
        self.visitor._fresh()
        return self.visitor.client.post(self.address, data={"name": "foto.jpg"} | form, headers=self.headers)


@pytest.fixture
def upload_client(applicant_client, draft_application):
    def make(data=None, requirement="formulir"):
        return UploadClient(
            applicant_client, f"/permohonan/{draft_application.key}", data or photo("formulir", (700, 900)), requirement
        )

    return make


def stored_parts(app):
    return [path for path in (app.config["INSTANCE_DIR"] / "parts").rglob("*") if path.is_file()]


def test_pieces_become_one_clean_file_and_nothing_is_left_behind(app, upload_client, draft_application):
    one = upload_client()
    assert one.there().headers["Upload-Offset"] == "0"
    one.all_pieces()
    assert int(one.there().headers["Upload-Offset"]) == len(one.data)
    answer = one.finish()
    assert answer.status_code == 200 and answer.headers["X-Slot"] == "upload-formulir" and "Terbaca" in answer.text
    assert "<html" not in answer.text and stored_parts(app) == []
    (row,) = attachments.draft_files(drafts.get_draft(draft_application))
    assert row.file.original_sha256 == hashlib.sha256(one.data).hexdigest() and row.file.name == "foto.jpg"


def test_a_lost_answer_asked_again_is_one_file(upload_client, draft_application):
    one = upload_client()
    one.all_pieces()
    assert one.finish().text == one.finish().text == upload_client().finish().text
    one.all_pieces()
    assert one.finish().status_code == 200
    assert DraftFile.select().count() == 1


def test_a_piece_that_does_not_fit_is_told_where_it_should_begin(upload_client):
    one = upload_client()
    one.patch(0)
    for offset in (0, 5, PIECE - 1, PIECE + 1):
        wrong = one.patch(offset)
        assert (wrong.status_code, wrong.headers["Upload-Offset"]) == (409, str(PIECE))
    early = one.finish()
    assert (early.status_code, early.headers["Upload-Offset"]) == (409, "0"), "begin anew: that was not the whole"


def test_a_worker_that_died_in_a_write_loses_its_piece_only(app, upload_client):
    one = upload_client()
    one.patch(0)
    one.patch(PIECE)
    (path,) = stored_parts(app)
    path.write_bytes(path.read_bytes()[:-7])
    assert one.there().headers["Upload-Offset"] == str(PIECE)
    one.all_pieces(start=PIECE)
    assert one.finish().status_code == 200


def test_a_changed_part_is_sent_again_and_lies_sealed_until_then(app, upload_client):
    one = upload_client()
    one.all_pieces()
    (path,) = stored_parts(app)
    blob = bytearray(path.read_bytes())
    assert one.data[:40] not in blob and one.data[5000:5040] not in blob
    blob[100] ^= 1
    path.write_bytes(blob)
    assert (one.finish().status_code, stored_parts(app)) == (409, [])


def test_bytes_that_are_not_those_announced_are_not_kept(app, upload_client, draft_application):
    one = upload_client()
    one.address = one.address[:-64] + "0" * 64
    one.all_pieces()
    assert (one.finish().status_code, stored_parts(app), DraftFile.select().count()) == (409, [], 0)


def test_a_refused_file_is_told_in_its_slot(app, upload_client):
    one = upload_client(b"MZ" + bytes(3000))
    one.all_pieces()
    answer = one.finish(name="<b>kk</b>.jpg")
    assert 'id="upload-formulir-error"' in answer.text and "berkas program" in answer.text
    assert "&lt;b&gt;" in answer.text and stored_parts(app) == []


def test_an_empty_file_is_refused_in_its_slot_by_pieces_and_by_the_form(applicant_client, draft_application):
    page = f"/permohonan/{draft_application.key}"
    in_pieces = UploadClient(applicant_client, page, b"").finish(name="kosong.jpg")
    files = {"upload-formulir": (io.BytesIO(b""), "kosong.jpg"), "stay": "upload-formulir"}
    by_form = applicant_client.post(f"{page}/unggahan", files, content_type="multipart/form-data")
    assert (in_pieces.status_code, by_form.status_code) == (200, 422)
    for answer in (in_pieces, by_form):
        assert "kosong.jpg: Berkas ini kosong." in field_error(answer, "upload-formulir")
    assert DraftFile.select().count() == 0


def test_a_document_that_is_no_longer_asked_for_is_told(applicant_client, factory):
    permohonan = factory.begin("AK-LAHIR")
    keys = [one["key"] for one in permohonan.edition.body["requirements"] if one["required"] == "when"]
    asked = {
        slot.requirement["key"]
        for slot in attachments.upload_slots(permohonan, drafts.get_draft(permohonan).answers, [])
    }
    gone = next(key for key in keys if key not in asked)
    told = UploadClient(applicant_client, f"/permohonan/{permohonan.key}", photo("x", (700, 900)), gone).there()
    assert told.status_code == 410 and "tidak diminta lagi" in told.text


def test_a_page_older_than_its_session_gets_a_new_token(upload_client):
    """Somebody signed out and in again in another tab: the pieces go on with the token of the GET."""
    one = upload_client()
    one.patch(0)
    one.visitor.post("/keluar")
    assert one.patch(PIECE).status_code == 400 and one.there().status_code == 303
    one.visitor.sign_in()
    assert one.patch(PIECE).status_code == 400
    there = one.there()
    one.headers["X-CSRFToken"] = there.headers["X-CSRFToken"]
    assert there.headers["Upload-Offset"] == str(PIECE)
    one.all_pieces(PIECE)
    assert one.finish().status_code == 200


def test_what_is_too_long_or_nonsense_is_refused(upload_client):
    one = upload_client()
    assert one.patch(0, length=16 * 2**20).status_code == 413
    assert one.patch(0, **{"Upload-Offset": "x"}).status_code == 400
    assert one.patch(0, **{"Upload-Length": "-5"}).status_code == 400
    assert one.patch(0, data=bytes(100), length=10).headers["Upload-Offset"] == "10", "no more than was announced"
    assert one.patch(0, **{"X-CSRFToken": ""}).status_code == 400


def test_a_piece_is_never_larger_than_its_limit(upload_client, monkeypatch):
    monkeypatch.setattr(resumable_upload, "MAX_PIECE", 2000)
    assert upload_client().patch(0).headers["Upload-Offset"] == "2000"


def test_strangers_and_closed_ones_find_nothing(app, applicant_client, upload_client, draft_application, factory):
    one = upload_client()
    one.patch(0)
    other = PublicClient(app)
    other.sign_in("pemohon2@aku.example")
    theirs = UploadClient(other, "/daftar/..", one.data)
    theirs.address = one.address
    theirs.headers["X-CSRFToken"] = TOKEN.search(other.get("/keluar").text)[1]
    nowhere = one.address.replace(draft_application.key, "a" * 26)
    for answer in (theirs.there(), theirs.patch(0), theirs.finish(), applicant_client.get(nowhere)):
        assert (answer.status_code, answer.data) == (404, applicant_client.get(nowhere).data)
    assert one.there().headers["Upload-Offset"] == str(PIECE)
    for wrong in ("formulir/x", "apa_saja/" + "0" * 64, "../" + "0" * 64, "formulir/" + "A" * 64):
        assert applicant_client.get(f"/permohonan/{draft_application.key}/unggahan/{wrong}").status_code == 404
    assert PublicClient(app).get(one.address).status_code in (302, 303)
    for requirement in ("formulir", "surat_kehilangan"):
        factory.attach(draft_application, requirement)
    perform(draft_application, "submit", factory.applicant, declaration=True)
    for answer in (one.there(), one.finish()):
        assert (answer.status_code, answer.mimetype) == (410, "text/plain") and "sudah dikirim" in answer.text


def test_a_new_photo_takes_the_place_of_the_doubted_ones_it_names(upload_client, draft_application):
    small = upload_client(photo("kecil", (300, 400)))
    small.all_pieces()
    page = small.finish().text
    assert "doubted" in page and "Foto ulang" in page
    (row,) = attachments.draft_files(drafts.get_draft(draft_application))
    better = upload_client()
    better.all_pieces()
    better.finish(instead=f"{row.file.key} {'b' * 26}")
    (now,) = attachments.draft_files(drafts.get_draft(draft_application))
    assert now.file_id != row.file_id


def test_in_a_return_it_takes_the_place_of_the_old_ones_only_if_wanted(applicant_client, factory):
    returned = factory.perform(factory.submit(), "mark_incomplete", "admin")
    page = f"/permohonan/{returned.key}"
    for words, replace, left in (("satu", "tidak", 2), ("dua", "ya", 2)):
        one = UploadClient(applicant_client, page, photo(words, (700, 900)), "surat_lahir")
        one.headers["X-CSRFToken"] = TOKEN.search(applicant_client.get(page).text)[1]
        one.all_pieces()
        assert one.finish(replace=replace).status_code == 200
        rows = [row for row in attachments.draft_files(drafts.get_draft(returned)) if row.requirement == "surat_lahir"]
        assert len(rows) == left
    closed = UploadClient(applicant_client, page, photo("x", (700, 900)), "kk")
    told = closed.there()
    assert told.status_code == 410 and "sudah baik" in told.text, "what was good stays"


def test_a_counter_uploads_in_pieces_too(app, factory):
    operator = CounterClient(app)
    permohonan = operator.begin()
    one = UploadClient(operator, application_url(permohonan), photo("loket", (700, 900)))
    one.all_pieces()
    assert "Terbaca" in one.finish().text
    stranger = CounterClient(app, "loket.sukasada@aku.example")
    assert stranger.get(one.address).status_code == 404


def test_a_busy_checker_is_asked_again_with_nothing_lost(app, upload_client, monkeypatch):
    from files.inspection import sandbox

    one = upload_client()
    one.all_pieces()
    with (
        sandbox.process_slot(),
        sandbox.process_slot(),
        monkeypatch.context() as hasty,
    ):  # other tests share these slots: patience
        hasty.setattr(sandbox, "WAIT_SECONDS", 0.1)
        busy = one.finish()
    assert (busy.status_code, busy.mimetype) == (503, "text/plain") and "sibuk" in busy.text
    assert busy.headers["Retry-After"] and stored_parts(app), "the bytes stay for the next try"
    assert one.finish().status_code == 200


# -- the store of parts ------------------------------------------------------------------------------------------------


@pytest.fixture
def partial_upload(app):
    def make(data=b"", draft="a" * 26, person=1):
        return PartialUpload(person, draft, "formulir", hashlib.sha256(data).hexdigest())

    return make


def test_one_request_at_a_time_holds_a_part(partial_upload):
    one = partial_upload()
    one.append(b"x" * 10, 0)
    with one._held(), pytest.raises(UploadBusy):
        one.append(b"y", 10)
    assert one.offset() == 10


def test_two_people_and_two_purposes_never_share_a_part(partial_upload):
    first, second = partial_upload(b"abc"), partial_upload(b"abc", person=2)
    first.append(b"abc", 0)
    assert (first.assemble(), second.offset()) == (b"abc", 0)
    second.path.parent.mkdir()
    other = partial_upload(b"abcd")
    other.path.write_bytes(first.path.read_bytes())
    with pytest.raises(WrongOffset):
        other.assemble()


def test_beyond_the_quota_the_oldest_makes_room(partial_upload, monkeypatch):
    monkeypatch.setattr(resumable, "QUOTA_PER_DRAFT", 2500)
    monkeypatch.setattr(resumable, "QUOTA_PER_USER", 4000)
    made = [partial_upload(bytes([n]), draft="ab"[n > 1] * 26) for n in range(4)]
    for age, one in enumerate(made):
        one.append(b"x" * 1000, 0)
        os.utime(one.path, (time.time() - 100 + age,) * 2)
    assert [one.offset() for one in made] == [0, 1000, 1000, 1000], "four are too many for a person"
    made[3].append(b"x" * 1000, 1000)
    assert [one.offset() for one in made] == [0, 0, 0, 2000], "and three thousand for a draft"


def test_neither_empty_nor_tiny_parts_fill_the_disk(app, upload_client, partial_upload, monkeypatch):
    """A wrong offset left an empty file, and files of one byte were under every quota: a million of each."""
    for number in range(3):
        assert upload_client(b"x" * (number + 9)).patch(5).status_code == 409
    assert stored_parts(app) == []
    one = upload_client(b"z" * 5000)
    for _ in range(3):
        assert one.patch(0, b"z").headers["Upload-Offset"] == "0", "a byte is no piece"
    assert one.patch(0, b"z" * 1024).headers["Upload-Offset"] == "1024"
    assert one.patch(1024).headers["Upload-Offset"] == "5000"
    assert upload_client(b"q").patch(0).headers["Upload-Offset"] == "1", "unless it is the last"
    monkeypatch.setattr(resumable, "MAX_FILES", 5)
    for number in range(9):
        partial_upload(bytes([number])).append(b"x", 0)
    assert len(list(partial_upload().path.parent.iterdir())) == 5


def test_a_folder_that_is_no_longer_there_for_us_is_told_in_a_sentence(app, upload_client):
    one = upload_client()
    (app.config["INSTANCE_DIR"] / "parts").write_text("not a folder")
    for answer in (one.there(), one.patch(0), one.finish()):
        assert answer.status_code in (204, 503), answer.status_code
    assert one.patch(0).status_code == 503


def test_a_full_disk_keeps_what_was_there(partial_upload, monkeypatch):
    one = partial_upload()
    one.append(b"x" * 1000, 0)

    def full(path, more):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(resumable, "_enforce_quota", full)
    with pytest.raises(OSError, match="space"):
        one.append(b"y" * 1000, 1000)
    assert one.offset() == 1000


def test_what_nobody_went_on_with_is_forgotten_after_a_day(partial_upload):
    old, fresh = partial_upload(b"alt"), partial_upload(b"neu")
    for one in (old, fresh):
        one.append(b"x", 0)
    os.utime(old.path, (time.time() - resumable.LIFETIME - 1,) * 2)
    schedule.run_all()
    assert (old.offset(), fresh.offset()) == (0, 1)
    assert User.select().exists()
