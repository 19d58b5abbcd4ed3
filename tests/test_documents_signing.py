"""Signing: real signatures, bound to what was shown, made once, completed after a crash."""

import os
import signal
import subprocess
import sys
from datetime import timedelta

import pytest

import accounts
from accounts import rate_limits
from casework import transitions
from casework.transitions import Incomplete, NotAllowed, perform
from documents import preparation, printouts, signing, tte
from documents.tte.verify import verify
from files import storage
from lib.database import now
from models import Document, Event, Outbox, Permohonan, StoredFile
from tests import machine


@pytest.fixture
def waiting(factory, submit):
    """A birth deed that waits for the Kadis."""
    return factory.advance_to(submit(), "awaiting_tte")


def _signed_bytes():
    return [storage.read(file) for file in StoredFile.select().where(StoredFile.kind == "document")]


def test_approving_signs_a_pdf_that_pdfsig_and_pyhanko_call_valid(factory, waiting, tmp_path):
    permohonan = factory.perform(waiting, "approve_tte", "kadis")
    assert permohonan.state == "signed"
    (pdf,) = _signed_bytes()
    verdict = verify(pdf, signing.trusted_roots())
    assert verdict.valid and verdict.trusted and verdict.covers_all
    assert verdict.signer == factory.staff["kadis"].name or factory.staff["kadis"].name in verdict.signer
    path = tmp_path / "akta.pdf"
    path.write_bytes(pdf)
    told = subprocess.run([machine.poppler("pdfsig"), str(path)], capture_output=True, text=True, check=True).stdout
    assert "Signature is Valid" in told and "Not total document signed" not in told


def test_a_changed_byte_makes_the_signed_pdf_invalid(factory, waiting):
    factory.perform(waiting, "approve_tte", "kadis")
    (pdf,) = _signed_bytes()
    spoiled = bytearray(pdf)
    spoiled[len(pdf) // 8] ^= 1
    assert not verify(bytes(spoiled), signing.trusted_roots()).valid


def test_the_passphrase_is_stored_nowhere(app, factory, waiting, caplog):
    marker = "tanda-tangan"
    with caplog.at_level("DEBUG"):
        perform(waiting, "approve_tte", factory.staff["kadis"], passphrase=marker)
    assert marker not in caplog.text
    for table in (Event, Outbox, Permohonan, Document, StoredFile):
        assert marker not in str(list(table.select().dicts()))
    if app.config["DATABASE_URL"].startswith("sqlite"):
        folder = app.config["INSTANCE_DIR"]
        assert all(marker.encode() not in path.read_bytes() for path in folder.rglob("*") if path.is_file())


def test_a_wrong_passphrase_is_said_beside_its_field_and_nothing_moves(factory, waiting):
    with pytest.raises(Incomplete) as refused:
        perform(waiting, "approve_tte", factory.staff["kadis"], passphrase="salah sekali")
    assert set(refused.value.errors) == {"passphrase"}
    assert "salah sekali" not in str(refused.value)
    assert Permohonan.get().state == "awaiting_tte" and not _signed_bytes()


def test_what_was_shown_is_what_is_signed(factory, waiting):
    shown = signing.digest_of_documents(waiting)
    perform(waiting, "return_to_operator", factory.staff["kabid"], reason="Ada salah ketik.")
    again = factory.advance_to(factory.perform(Permohonan.get(), "submit_draft", "siak_operator"), "adb_review")
    again = factory.perform(factory.perform(again, "verify_adb", "adb"), "verify_kabid", "kabid")
    Document.update(shown_sha256="0" * 64).where(Document.round == again.round).execute()
    with pytest.raises(NotAllowed, match="berubah"):
        perform(again, "approve_tte", factory.staff["kadis"], passphrase="tanda-tangan", shown=shown)
    assert Permohonan.get().state == "awaiting_tte"


def test_cards_need_no_passphrase_and_are_approved_at_once(factory, submit):
    permohonan = factory.advance_to(submit("KTP-HILANG"), "awaiting_tte")
    perform(permohonan, "approve_tte", factory.staff["kadis"])
    assert Permohonan.get().state == "signed" and not _signed_bytes()


def test_a_bundle_signs_each_pdf_once_also_when_the_next_one_fails(factory, submit, monkeypatch):
    """WORKFLOW: a bundle is approved as one; what was signed before a failure is kept and not signed again."""
    permohonan = factory.advance_to(submit("AK-MATI"), "awaiting_tte")
    real = printouts.pdf_to_sign

    def second_breaks(permohonan, document, signer, signed_on):
        if document.product != pdfs[0]:
            raise tte.SigningUnavailable("Mesin cetak dokumen berhenti.")
        return real(permohonan, document, signer, signed_on)

    pdfs = [one.product for one in preparation.current_documents(permohonan) if one.kind == "pdf"]
    assert len(pdfs) == 2
    monkeypatch.setattr(printouts, "pdf_to_sign", second_breaks)
    with pytest.raises(NotAllowed, match="Belum ditandatangani"):
        perform(permohonan, "approve_tte", factory.staff["kadis"], passphrase="tanda-tangan")
    permohonan = Permohonan.get()
    assert permohonan.state == "awaiting_tte" and len(_signed_bytes()) == 1
    first = Document.get(Document.product == pdfs[0]).file_id
    monkeypatch.undo()
    assert factory.perform(permohonan, "approve_tte", "kadis").state == "signed"
    assert Document.get(Document.product == pdfs[0]).file_id == first
    assert len(_signed_bytes()) == 2


def test_nothing_is_called_signed_whose_stored_bytes_do_not_verify(factory, waiting):
    permohonan = factory.force_state(waiting, "signing")
    with pytest.raises(NotAllowed, match="belum bertanda tangan"):
        perform(permohonan, "record_signature", None)
    document = preparation.current_documents(permohonan)[0]
    forged = storage.store(b"%PDF-1.7 not signed", kind="document", media_type="application/pdf", name="x.pdf")
    forged.save(force_insert=True)
    Document.update(file=forged).where(Document.id == document.id).execute()
    with pytest.raises(NotAllowed, match="belum bertanda tangan"):
        perform(permohonan, "record_signature", None)


def test_the_sweeper_ends_an_interrupted_signing_as_a_failure_and_leaves_a_fresh_one(app, factory, waiting):
    factory.force_state(waiting, "signing")
    assert signing.finish_interrupted() == 0
    Permohonan.update(changed_at=now() - timedelta(minutes=6)).execute()
    assert signing.finish_interrupted() == 1
    assert Permohonan.get().state == "awaiting_tte"
    assert factory.perform(Permohonan.get(), "approve_tte", "kadis").state == "signed"


CRASHES = """
import os, signal, sys
from casework import transitions
from documents import signing
from app import create_app
from models import Permohonan, User
app, press = create_app(**SETTINGS), transitions.perform
def die(*args, **kwargs):
    os.kill(os.getpid(), signal.SIGKILL)
if sys.argv[1] == "before":
    signing._sign_all = die
else:
    transitions.perform = die  # what signing calls to record the signature
with app.app_context():
    press(Permohonan.get(), "approve_tte", User.get(User.email == "kadis@aku.example"), passphrase="tanda-tangan")
"""


@pytest.mark.parametrize(("where", "signatures", "state"), [("before", 0, "awaiting_tte"), ("between", 1, "signed")])
def test_a_kill_9_around_the_signature_ends_right(app, waiting, where, signatures, state, tmp_path):
    """Killed before signing: it waits for the Kadis again. Killed after: it is recorded, and not signed twice."""
    settings = {name: str(app.config[name]) for name in ("INSTANCE_DIR", "DATABASE_URL", "ARGON2_COST")}
    script = tmp_path / "crash.py"
    script.write_text(CRASHES.replace("SETTINGS", repr(settings)))
    env = os.environ | {"PYTHONPATH": os.getcwd() + os.pathsep + os.environ.get("PYTHONPATH", "")}
    died = subprocess.run([sys.executable, str(script), where], env=env, capture_output=True, text=True, check=False)
    assert died.returncode == -signal.SIGKILL, died.stderr
    assert Permohonan.get().state == "signing" and len(_signed_bytes()) == signatures
    Permohonan.update(changed_at=now() - timedelta(minutes=6)).execute()
    assert signing.finish_interrupted() == 1
    permohonan = Permohonan.get()
    assert permohonan.state == state and len(_signed_bytes()) == signatures
    assert transitions.last_event(permohonan).target == state


def test_under_siak_no_passphrase_is_asked_and_production_uploads_what_is_verified(make_app):
    """DECISIONS 1, reading 12: signing stands in production's queue, and only a real signature counts."""
    app = make_app(TTE_URL="siak:")
    with app.app_context():
        from tests.helpers.factory import OfficeFactory

        factory = OfficeFactory()
        permohonan = factory.advance_to(factory.submit(), "awaiting_tte")
        perform(permohonan, "approve_tte", factory.staff["kadis"])
        permohonan = Permohonan.get()
        assert permohonan.state == "signing"
        Permohonan.update(changed_at=now() - timedelta(hours=1)).execute()
        assert signing.finish_interrupted() == 0
        production = factory.staff["production"]
        with pytest.raises(Incomplete):
            perform(permohonan, "record_signature", production, signed={"akta": b"%PDF-1.7 no signature"})
        document = preparation.current_documents(permohonan)[0]
        unsigned = printouts.pdf_to_sign(permohonan, document, factory.staff["kadis"], now().date())
        signer = tte.open_signer("local:", folder=signing.folder())
        options = {"signer_key": "kadis", "passphrase": "tanda-tangan", "reason": "-", "location": "-"}
        ((_, signed),) = signer.sign_all([("akta", unsigned)], **options)
        perform(permohonan, "record_signature", production, signed={"akta": signed})
        assert Permohonan.get().state == "signed" and _signed_bytes() == [signed]


def test_an_account_cannot_be_both_it_and_kadis(factory):
    with pytest.raises(accounts.AccountRefused):
        accounts.grant_role(factory.staff["kadis"], "it")


def test_guessing_the_passphrase_is_stopped_after_a_few_tries(factory, waiting):
    kadis = factory.staff["kadis"]
    for _ in range(rate_limits.MAX_ATTEMPTS):
        with pytest.raises(Incomplete):
            perform(waiting, "approve_tte", kadis, passphrase="salah")
    with pytest.raises(Incomplete, match="Terlalu banyak"):
        perform(waiting, "approve_tte", kadis, passphrase="tanda-tangan")
