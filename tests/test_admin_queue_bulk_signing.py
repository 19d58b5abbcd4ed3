"""Bulk signing with one passphrase, and many printouts in one PDF."""

import io
import re
from functools import partial

import pikepdf
import pytest

from admin_views.queue import bulk
from casework import timeline, transitions
from documents import printouts, signing
from models import Attempt, Document, Permohonan, StoredFile
from tests.helpers.batch_forms import batch_result, count_signed, post_batch, states_of
from tests.helpers.factory import OfficeFactory
from tests.helpers.staff_client import sign_in_officer

PASSPHRASE = "tanda-tangan"


@pytest.fixture
def officer(app, factory):
    """A function that signs in the demonstration's person with a role: officer("admin")."""
    return partial(sign_in_officer, app)


@pytest.fixture
def waiting(factory):
    """A function that makes applications in a state: waiting("awaiting_tte", 3)."""

    def make(state, count, code="AK-LAHIR"):
        return [factory.advance_to(factory.submit(code), state) for _ in range(count)]

    return make


# Signing


def test_three_are_signed_with_one_passphrase(officer, waiting):
    rows = waiting("awaiting_tte", 3)
    kadis = officer("kadis")
    page = post_batch(kadis, "tte", "approve_tte", rows)
    assert page.text.count('type="password"') == 1
    shown = dict(re.findall(r'name="(shown-\w+)" value="([^"]+)"', page.text))
    assert shown == {f"shown-{row.key}": signing.digest_of_documents(row) for row in rows}
    answer = post_batch(kadis, "tte", "approve_tte", rows, passphrase=PASSPHRASE, answered="ya", **shown)
    assert batch_result(answer) == ("3 disetujui Kepala Dinas.", [])
    assert states_of(rows) == ["signed"] * 3 and count_signed(rows) == 3
    again = post_batch(kadis, "tte", "approve_tte", rows, passphrase=PASSPHRASE, answered="ya", **shown)
    assert (
        batch_result(again) == batch_result(answer)
        and StoredFile.select().where(StoredFile.kind == "document").count() == 3
    )


def test_a_wrong_passphrase_signs_none_counts_as_one_guess_and_never_comes_back(officer, waiting):
    rows = waiting("awaiting_tte", 3)
    before = Attempt.select().count()
    answer = post_batch(officer("kadis"), "tte", "approve_tte", rows, passphrase="salah-sekali", answered="ya")
    assert answer.status_code == 422 and 'id="passphrase-error"' in answer.text
    assert "salah-sekali" not in answer.text
    assert states_of(rows) == ["awaiting_tte"] * 3 and count_signed(rows) == 0
    assert Attempt.select().count() - before <= 2  # the sign-in leaves one, too


def test_cards_are_not_approved_beside_a_pdf_whose_passphrase_was_never_checked(officer, factory, waiting):
    (card,), (pdf,) = waiting("awaiting_tte", 1, "KTP-HILANG"), waiting("awaiting_tte", 1)
    form = {"answered": "ya", f"shown-{pdf.key}": "another"}
    for passphrase in ("", "salah"):
        answer = post_batch(officer("kadis"), "tte", "approve_tte", [card, pdf], passphrase=passphrase, **form)
        assert answer.status_code == 422
        assert states_of([card, pdf]) == ["awaiting_tte"] * 2
    summary, sentences = batch_result(
        post_batch(officer("kadis"), "tte", "approve_tte", [card, pdf], passphrase=PASSPHRASE, **form)
    )
    assert summary.startswith("1 disetujui") and "Draf berubah" in sentences[0][1]
    assert states_of([card, pdf]) == ["signed", "awaiting_tte"]


def test_cards_alone_are_approved_with_the_own_password(officer, waiting):
    rows = waiting("awaiting_tte", 2, "KTP-HILANG")
    kadis = officer("kadis")
    assert 'name="password"' in post_batch(kadis, "tte", "approve_tte", rows).text
    assert post_batch(kadis, "tte", "approve_tte", rows, answered="ya", password="salah").status_code == 422
    assert states_of(rows) == ["awaiting_tte"] * 2
    post_batch(kadis, "tte", "approve_tte", rows, answered="ya", password="buleleng-2026")
    assert states_of(rows) == ["signed"] * 2


def test_what_is_more_than_twenty_documents_waits_for_the_next_passphrase(officer, waiting):
    rows, kadis = waiting("awaiting_tte", 11, "AK-AKUI"), officer("kadis")  # two PDFs each
    page = post_batch(kadis, "tte", "approve_tte", rows)
    assert page.text.count('name="shown-') == 10 and bulk.SURPLUS in page.text
    shown = {f"shown-{rows[10].key}": ""}  # as that page sends it
    answer = post_batch(kadis, "tte", "approve_tte", rows, passphrase=PASSPHRASE, answered="ya", **shown)
    assert batch_result(answer)[1] == [(rows[10].number, bulk.UNSEEN)]
    assert states_of(rows) == ["signed"] * 10 + ["awaiting_tte"] and count_signed(rows) == 20


def test_a_failure_in_the_middle_keeps_what_is_signed_and_leaves_the_rest_waiting(officer, waiting):
    rows = waiting("awaiting_tte", 3)
    lost = StoredFile.create(
        key="lost", kind="draft", sha256="0" * 64, size=1, media_type="application/pdf", name="draf.pdf"
    )
    Document.update(draft_file=lost).where(Document.permohonan == rows[1].id).execute()
    answer = post_batch(officer("kadis"), "tte", "approve_tte", rows, passphrase=PASSPHRASE, answered="ya")
    summary, sentences = batch_result(answer)
    assert summary.startswith("1 disetujui Kepala Dinas; 2 dilewati")
    assert "Belum ditandatangani. Berkas ini tidak dapat dibuka" in dict(sentences)[rows[1].number]
    assert dict(sentences)[rows[2].number] == bulk.NOT_TRIED
    assert states_of(rows) == ["signed", "awaiting_tte", "awaiting_tte"] and count_signed(rows) == 1
    assert transitions.last_event(Permohonan.get_by_id(rows[2].id)).action == "verify_kabid"


def test_where_siak_signs_the_password_is_asked_once_for_all(make_app):
    app = make_app(TTE_URL="siak:")
    with app.app_context():
        factory = OfficeFactory()
        rows = [factory.advance_to(factory.submit(), "awaiting_tte") for _ in range(2)]
        kadis = sign_in_officer(app, "kadis")
        assert 'name="password"' in post_batch(kadis, "tte", "approve_tte", rows).text
        post_batch(kadis, "tte", "approve_tte", rows, answered="ya", password="buleleng-2026")
        assert states_of(rows) == ["signing"] * 2


# The printer


def test_all_papers_of_the_chosen_come_as_one_pdf_with_every_page(officer, waiting):
    rows = waiting("siak_entry", 3)
    singles = [len(pikepdf.open(io.BytesIO(printouts.dossier(row))).pages) for row in rows]
    siak = officer("siak_operator")
    answer = siak.post("/petugas/siak/cetak/dossier/", rowid=[row.key for row in rows])
    assert answer.mimetype == "application/pdf" and "inline" in answer.headers["Content-Disposition"]
    whole = pikepdf.open(io.BytesIO(answer.data))
    assert len(whole.pages) == sum(singles) and not whole.check_pdf_syntax()
    many = siak.post("/petugas/siak/cetak/dossier/", rowid=[f"{n:026}" for n in range(51)])
    assert many.status_code == 422 and "paling banyak 50" in many.text
    assert siak.post("/petugas/siak/cetak/nothing/", rowid=[rows[0].key]).status_code == 404


def test_signed_documents_are_printed_together_and_cards_are_left_out(officer, waiting):
    rows = [*waiting("signed", 2), *waiting("signed", 1, "KTP-HILANG")]
    siak = officer("siak_operator")
    answer = siak.post("/petugas/cetak/cetak/documents/", rowid=[row.key for row in rows])
    assert len(pikepdf.open(io.BytesIO(answer.data)).pages) == 3, "a blank back between"
    simplex = {"rowid": [row.key for row in rows], "simplex": "1"}
    assert len(pikepdf.open(io.BytesIO(siak.post("/petugas/cetak/cetak/documents/", **simplex).data)).pages) == 2
    assert siak.post("/petugas/cetak/cetak/documents/", rowid=[rows[2].key]).status_code == 303
    assert "belum mempunyai dokumen untuk dicetak" in siak.text("/petugas/")


def test_the_button_of_the_head_of_office_says_what_is_signed(officer, waiting):
    kadis = officer("kadis")
    card, deed = (waiting("awaiting_tte", 1, code)[0] for code in ("KTP-HILANG", "AK-LAHIR"))
    for permohonan, label in ((card, "Setujui"), (deed, "Setujui dan tanda tangani")):
        for page in (
            f"/petugas/tte/details/?id={permohonan.key}",
            f"/petugas/tte/aksi/approve_tte/?id={permohonan.key}",
        ):
            assert re.search(rf">{label}(<span|</h2>)", kadis.text(page)), (label, page)


def test_where_siak_signs_the_button_only_approves(make_app):
    app = make_app(TTE_URL="siak:")
    with app.app_context():
        factory = OfficeFactory()
        permohonan = factory.advance_to(factory.submit("AK-LAHIR"), "awaiting_tte")
        page = sign_in_officer(app, "kadis").text("/petugas/tte/")
        assert permohonan.number in page and "Setujui" in page and "Setujui dan tanda tangani" not in page
        transitions.perform(permohonan, "approve_tte", factory.staff["kadis"])
        assert timeline.status_summary(permohonan).holder == "Operator produksi"
