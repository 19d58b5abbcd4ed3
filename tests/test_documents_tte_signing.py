"""Signing with the office's certificates: every test name is a promise of `documents.tte.local_signer`."""

import asyncio
import io
import logging
import shutil
import subprocess
import traceback
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pikepdf
import pytest
from cryptography.hazmat.primitives.asymmetric import ed25519
from cryptography.hazmat.primitives.serialization import pkcs12
from fpdf import FPDF
from fpdf.output import OutputProducer
from pyhanko.keys import load_certs_from_pemder_data
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.validation import validate_pdf_signature
from pyhanko_certvalidator import ValidationContext

from documents import tte
from documents.tte import pki
from documents.tte.verify import verify
from tests.helpers.signing_certificates import (
    KEY_KINDS,
    PASSPHRASE,
    make_pdf,
    make_signer,
    make_signers,
    sign,
    sign_all,
    write_p12,
)


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return make_signers(tmp_path_factory.mktemp("instance") / "tte")


@pytest.fixture(scope="module")
def roots(folder):
    return [pki.root_certificate(folder)]


@pytest.fixture(scope="module")
def pdf():
    return make_pdf("Kutipan Akta Kelahiran")


@pytest.fixture(scope="module")
def signed(folder, pdf):
    """One signed document a kind of key."""
    return {kind: sign(folder, pdf, kind) for kind in KEY_KINDS}


@pytest.mark.parametrize("kind", KEY_KINDS)
def test_a_signed_document_is_valid_and_names_its_signer(kind, signed, roots, folder):
    verdict = verify(signed[kind], roots)
    assert (verdict.valid, verdict.trusted, verdict.covers_all) == (True, True, True)
    assert verdict.signer == "I Made Uji (CONTOH)"
    assert verdict.signed_at
    assert verdict.signed_at.utcoffset() == timedelta(0)
    assert abs(verdict.signed_at - datetime.now(UTC)) < timedelta(minutes=5)
    _, cert, _ = pkcs12.load_key_and_certificates((folder / f"{kind}.p12").read_bytes(), PASSPHRASE.encode())
    assert cert and int(verdict.serial, 16) == cert.serial_number


@pytest.mark.parametrize("kind", KEY_KINDS)
def test_pyhanko_finds_the_signature_trusted_certified_and_closed_to_changes(kind, signed, roots):
    [signature] = PdfFileReader(io.BytesIO(signed[kind])).embedded_signatures
    anchors = [cert for text in roots for cert in load_certs_from_pemder_data(text)]
    status = validate_pdf_signature(signature, ValidationContext(trust_roots=anchors))
    assert status.summary() == "INTACT:TRUSTED,UNTOUCHED"
    assert signature.docmdp_level.name == "NO_CHANGES"
    assert (signature.field_name, signature.sig_object["/SubFilter"]) == ("TTE", "/ETSI.CAdES.detached")
    assert (signature.sig_object["/Reason"], signature.sig_object["/Location"]) == ("Penerbitan dokumen", "Singaraja")


@pytest.mark.skipif(not shutil.which("pdfsig"), reason="poppler-utils is not installed")
@pytest.mark.parametrize("kind", KEY_KINDS)
def test_poppler_finds_the_signature_valid_and_the_whole_document_signed(kind, signed, roots, tmp_path):
    (tmp_path / "akta.pdf").write_bytes(signed[kind])
    trust = nss_database(tmp_path, roots) if shutil.which("certutil") else []
    command = ["pdfsig", *trust, str(tmp_path / "akta.pdf")]
    seen = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    assert "Signature is Valid." in seen
    assert "Total document signed" in seen and "Not total" not in seen
    assert not trust or "Certificate is Trusted." in seen


def nss_database(folder, roots):
    (folder / "root.pem").write_bytes(roots[0])
    database = ["-d", f"sql:{folder}"]
    subprocess.run(["certutil", "-N", *database, "--empty-password"], check=True)
    put = ["certutil", "-A", *database, "-n", "root", "-t", "CT,C,C", "-i", str(folder / "root.pem")]
    subprocess.run(put, check=True)
    return ["-nssdir", f"sql:{folder}"]


def test_documents_are_signed_one_by_one_in_their_order(folder, roots):
    asked = []

    def documents():
        for name in ("akta", "kk", "kia"):
            asked.append(name)
            yield name, make_pdf(name)

    signing = sign_all(folder, documents())
    assert asked == []
    first, signed_pdf = next(signing)
    assert (first, asked) == ("akta", ["akta"])
    assert verify(signed_pdf, roots).valid
    assert [name for name, _ in signing] == ["kk", "kia"]


def test_the_content_of_the_page_stays_byte_for_byte(pdf, signed):
    assert all(signed[kind].startswith(pdf) for kind in KEY_KINDS)


def test_two_threads_sign_at_once_with_different_keys(folder, pdf, roots):
    with ThreadPoolExecutor(2) as threads:
        batches = threads.map(lambda kind: list(sign_all(folder, [("akta", pdf)] * 5, kind)), KEY_KINDS)
        results = [signed_pdf for batch in batches for _, signed_pdf in batch]
    assert len({verify(signed_pdf, roots).serial for signed_pdf in results}) == 2
    assert all(verify(signed_pdf, roots).valid for signed_pdf in results)


def test_signing_works_where_an_event_loop_runs_already(folder, pdf, roots):
    async def page():
        return verify(sign(folder, pdf), roots)

    assert asyncio.run(page()).valid


def test_a_certified_document_is_not_signed_again(folder, signed):
    with pytest.raises(tte.SigningDeclined, match=r"Dokumen akta tidak dapat ditandatangani.*sudah bertanda tangan"):
        sign(folder, signed["p256"])


@pytest.mark.parametrize("spoil", [lambda pdf: pdf[: len(pdf) // 2], lambda pdf: b"halo", lambda pdf: b""])
def test_a_damaged_document_is_declined_and_those_before_it_stay_signed(spoil, folder, pdf, roots):
    signing = sign_all(folder, [("akta", pdf), ("kk", spoil(pdf))])
    assert verify(next(signing)[1], roots).valid
    with pytest.raises(tte.SigningDeclined, match="Dokumen kk"):
        next(signing)


def test_a_locked_document_is_declined(folder, pdf):
    locked = io.BytesIO()
    with pikepdf.open(io.BytesIO(pdf)) as document:
        document.save(locked, encryption=pikepdf.Encryption(owner="a", user="b"))
    with pytest.raises(tte.SigningDeclined, match="terkunci"):
        sign(folder, locked.getvalue())


def test_a_result_that_fails_its_own_check_is_never_handed_out(folder, pdf):
    write_p12(folder, "server", may_sign=False)
    with pytest.raises(tte.SigningDeclined, match="Dokumen akta tidak lolos pemeriksaan"):
        sign(folder, pdf, "server")


def test_a_certificate_without_its_root_signs_too(folder, pdf):
    root = write_p12(folder, "sendiri", with_root=False)
    assert verify(sign(folder, pdf, "sendiri"), [root]).valid


# Archival format


class WithoutOpenAction(OutputProducer):
    def _finalize_catalog(self, catalog_obj, *args, **kwargs):
        super()._finalize_catalog(catalog_obj, *args, **kwargs)
        catalog_obj.open_action = None


@pytest.fixture(scope="module")
def archival(folder):
    document = FPDF(enforce_compliance="PDF/A-2B")
    document.set_title("Uji")
    document.add_page()
    document.rect(20, 20, 100, 50)
    return bytes(document.output(output_producer_class=WithoutOpenAction))


@pytest.mark.parametrize("kind", KEY_KINDS)
def test_signing_claims_no_newer_pdf_version_and_shows_nothing(kind, folder, archival):
    with pikepdf.open(io.BytesIO(sign(folder, archival, kind))) as document:
        assert document.Root.get("/Version") in (None, "/1.7")
        [field] = document.Root.AcroForm.Fields
        assert [float(side) for side in field.Rect] == [0, 0, 0, 0]
        assert int(field.F) & 0b100111 == 0b100  # printed, not hidden


@pytest.mark.parametrize("kind", KEY_KINDS)
def test_a_pdf_a_2b_has_no_violation_after_signing(kind, folder, archival):
    pdfa = pytest.importorskip("pikepdf.pdfa", exc_type=ImportError)
    assert pdfa.validate_written(io.BytesIO(archival), "2b").passed
    findings = pdfa.validate_written(io.BytesIO(sign(folder, archival, kind)), "2b").findings
    assert [finding for finding in findings if finding.kind == "violation"] == []


# Who may sign


@pytest.mark.parametrize("wrong", ["salah", "", "Tanda-Tangan", "tanda-tangan ", "x" * 100_000, "\ud800", "é\0"])
def test_a_wrong_passphrase_is_declined_and_names_its_field(wrong, folder, pdf):
    with pytest.raises(tte.SigningDeclined, match="Frasa sandi TTE salah") as caught:
        sign_all(folder, [("akta", pdf)], passphrase=wrong)
    assert caught.value.field == "passphrase"


@pytest.mark.parametrize(
    "marker", ["RAHASIA-7f3a91", "RAHASIA-7f3a91\ud800", "RAHASIA-7f3a91\0", "RAHASIA-7f3a91" * 50]
)
def test_a_wrong_passphrase_occurs_in_no_exception_and_no_log(marker, folder, pdf, caplog, capfd):
    caplog.set_level(logging.DEBUG)
    with pytest.raises(tte.SigningDeclined) as caught:
        sign_all(folder, [("akta", pdf)], passphrase=marker)
    assert caught.value.__context__ is None and caught.value.__cause__ is None
    told = (
        "".join(traceback.format_exception(caught.value))
        + repr(caught.value)
        + caplog.text
        + "".join(capfd.readouterr())
    )
    assert "RAHASIA" not in told


def test_the_right_passphrase_occurs_in_no_file_no_log_and_no_later_failure(tmp_path, pdf, caplog, capfd):
    marker = "RAHASIA-5b20c4"
    caplog.set_level(logging.DEBUG)
    make_signer(tmp_path, "kadis", passphrase=marker)
    signing = sign_all(tmp_path, [("akta", pdf), ("kk", b"halo")], "kadis", passphrase=marker)
    (tmp_path / "akta.pdf").write_bytes(next(signing)[1])
    with pytest.raises(tte.SigningDeclined) as caught:
        next(signing)
    for spelled in (marker.encode(), marker.encode("utf-16-be"), marker.encode().hex().encode()):
        assert not [path for path in tmp_path.rglob("*") if spelled in path.read_bytes()]
    shown = traceback.TracebackException.from_exception(caught.value, capture_locals=True)
    frames = [line for line in shown.format() if __file__ not in line]  # this test itself holds it
    assert marker not in "".join(frames) + caplog.text + "".join(capfd.readouterr())


def test_a_missing_certificate_is_declined(folder, pdf):
    with pytest.raises(tte.SigningDeclined, match="belum dipasang"):
        sign_all(folder, [("akta", pdf)], "tidak-ada")


@pytest.mark.parametrize("key", ["../kadis", "a/b", "", "Kadis", "kadis\n", "kadis\0"])
def test_a_key_that_is_no_plain_name_is_declined(key, folder, pdf):
    with pytest.raises(tte.SigningDeclined, match="Nama sertifikat"):
        sign_all(folder, [("akta", pdf)], key)


def test_a_damaged_certificate_file_is_not_called_a_wrong_passphrase(folder, pdf):
    (folder / "rusak.p12").write_bytes((folder / "p256.p12").read_bytes()[:-50])
    with pytest.raises(tte.SigningDeclined, match="rusak") as caught:
        sign_all(folder, [("akta", pdf)], "rusak")
    assert caught.value.field == ""


def test_an_expired_certificate_is_declined_with_its_date(folder, pdf):
    write_p12(folder, "lama", days=(-30, -1))
    with pytest.raises(tte.SigningDeclined, match=f"habis pada {datetime.now(UTC) - timedelta(days=1):%d-%m-%Y}"):
        sign_all(folder, [("akta", pdf)], "lama")


def test_a_certificate_of_tomorrow_is_declined(folder, pdf):
    write_p12(folder, "besok", days=(1, 30))
    with pytest.raises(tte.SigningDeclined, match="baru berlaku mulai"):
        sign_all(folder, [("akta", pdf)], "besok")


def test_a_key_of_another_kind_is_declined(folder, pdf):
    write_p12(folder, "lain", private=ed25519.Ed25519PrivateKey.generate())
    with pytest.raises(tte.SigningDeclined, match="RSA atau EC"):
        sign_all(folder, [("akta", pdf)], "lain")


def test_a_demonstration_certificate_signs_nothing_official(folder, pdf):
    with pytest.raises(tte.SigningDeclined, match="CONTOH tidak boleh"):
        sign(folder, pdf, allow_demo=False)


def test_an_offices_own_certificate_signs_and_needs_its_own_root(folder, pdf, roots):
    own_root = write_p12(folder, "kantor")
    signed_pdf = sign(folder, pdf, "kantor", allow_demo=False)
    assert verify(signed_pdf, [own_root]).valid
    assert not verify(signed_pdf, roots).valid


# The ways of signing


def test_local_is_a_way_of_signing(folder, pdf, roots):
    signer = tte.open_signer("local:", folder=folder)
    given = {"signer_key": "p256", "passphrase": PASSPHRASE, "reason": "Uji", "location": "Singaraja"}
    assert [verify(result, roots).valid for _, result in signer.sign_all([("akta", pdf)], **given)] == [True]


@pytest.mark.parametrize("url", ["bsre+v1:https://kantor:rahasia@esign.example", "siak:", "", "entah"])
def test_other_ways_are_not_there_yet_and_say_so_without_their_password(url, folder):
    with pytest.raises(tte.SigningUnavailable, match="belum tersedia") as caught:
        tte.open_signer(url, folder=folder)
    assert "rahasia" not in str(caught.value)
