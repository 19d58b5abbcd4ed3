"""Signing with the office's certificates, and judging what comes back: every sentence here is a promise of `tte`."""

import asyncio
import io
import logging
import random
import re
import shutil
import stat
import subprocess
import traceback
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pikepdf
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519
from cryptography.hazmat.primitives.serialization import pkcs12
from cryptography.x509.oid import NameOID
from fpdf import FPDF
from fpdf.output import OutputProducer
from pyhanko.keys import load_certs_from_pemder_data
from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.validation import validate_pdf_signature
from pyhanko_certvalidator import ValidationContext

import tte
from tte import pki
from tte.local import Local
from tte.verify import verify

PASSPHRASE = "tanda-tangan"
KINDS = ("p256", "rsa2048")
CONTENTS = re.compile(rb"/Contents <([0-9A-Fa-f]+)>")


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """A folder with the demonstration's authority and one person with each kind of key."""
    folder = tmp_path_factory.mktemp("instance") / "tte"
    for kind in KINDS:
        person(folder, kind, rsa_key=kind == "rsa2048")
    return folder


@pytest.fixture(scope="module")
def roots(folder):
    return [pki.root_pem(folder)]


@pytest.fixture(scope="module")
def pdf():
    return make_pdf("Kutipan Akta Kelahiran")


@pytest.fixture(scope="module")
def signed(folder, pdf):
    """One signed document a kind of key."""
    return {kind: sign(folder, pdf, kind) for kind in KINDS}


def person(folder, key, **more):
    given = {"name": "I Made Uji", "title": "Kepala Dinas", "organisation": "Dinas Uji", "passphrase": PASSPHRASE}
    return pki.make_person(folder, key, **(given | more))


def make_pdf(text):
    document = FPDF()
    document.add_page()
    document.set_font("Helvetica", size=14)
    document.multi_cell(0, 8, f"{text}. " * 40)
    return bytes(document.output())


def sign_all(folder, pdfs, key="p256", passphrase=PASSPHRASE, **settings):
    given = {"signer_key": key, "passphrase": passphrase, "reason": "Penerbitan dokumen", "location": "Singaraja"}
    return Local(folder, **settings).sign_all(pdfs, **given)


def sign(folder, pdf, key="p256", **settings):
    [(_, signed)] = sign_all(folder, [("akta", pdf)], key, **settings)
    return signed


def write_p12(folder, key, *, days=(-1, 30), private=None, common_name="Pejabat Uji"):
    """A certificate from nobody's authority, as another office might have installed it."""
    private = private or ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, common_name)])
    start, end = (datetime.now(UTC) + timedelta(days=day) for day in days)
    usage = x509.KeyUsage(True, True, False, False, False, False, False, False, False)
    cert = (
        x509.CertificateBuilder(name, name, private.public_key(), x509.random_serial_number(), start, end)
        .add_extension(usage, critical=True)
        .sign(private, None if isinstance(private, ed25519.Ed25519PrivateKey) else hashes.SHA256())
    )
    locked = serialization.BestAvailableEncryption(PASSPHRASE.encode())
    (folder / f"{key}.p12").write_bytes(pkcs12.serialize_key_and_certificates(b"", private, cert, [], locked))
    return cert.public_bytes(serialization.Encoding.PEM)


# Signing


@pytest.mark.parametrize("kind", KINDS)
def test_a_signed_document_is_valid_and_names_its_signer(kind, signed, roots, folder):
    verdict = verify(signed[kind], roots)
    assert (verdict.valid, verdict.trusted, verdict.covers_all) == (True, True, True)
    assert verdict.signer == "I Made Uji (CONTOH)"
    assert verdict.signed_at.utcoffset() == timedelta(0)
    assert abs(verdict.signed_at - datetime.now(UTC)) < timedelta(minutes=5)
    _, cert, _ = pkcs12.load_key_and_certificates((folder / f"{kind}.p12").read_bytes(), PASSPHRASE.encode())
    assert int(verdict.serial, 16) == cert.serial_number


@pytest.mark.parametrize("kind", KINDS)
def test_pyhanko_finds_the_signature_trusted_certified_and_closed_to_changes(kind, signed, roots):
    [signature] = PdfFileReader(io.BytesIO(signed[kind])).embedded_signatures
    anchors = [cert for text in roots for cert in load_certs_from_pemder_data(text)]
    status = validate_pdf_signature(signature, ValidationContext(trust_roots=anchors))
    assert status.summary() == "INTACT:TRUSTED,UNTOUCHED"
    assert signature.docmdp_level.name == "NO_CHANGES"
    assert (signature.field_name, signature.sig_object["/SubFilter"]) == ("TTE", "/ETSI.CAdES.detached")
    assert (signature.sig_object["/Reason"], signature.sig_object["/Location"]) == ("Penerbitan dokumen", "Singaraja")


@pytest.mark.skipif(not shutil.which("pdfsig"), reason="poppler-utils is not installed")
@pytest.mark.parametrize("kind", KINDS)
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
    assert all(signed[kind].startswith(pdf) for kind in KINDS)


def test_two_threads_sign_at_once_with_different_keys(folder, pdf, roots):
    with ThreadPoolExecutor(2) as threads:
        batches = threads.map(lambda kind: list(sign_all(folder, [("akta", pdf)] * 5, kind)), KINDS)
        results = [signed_pdf for batch in batches for _, signed_pdf in batch]
    assert len({verify(signed_pdf, roots).serial for signed_pdf in results}) == 2
    assert all(verify(signed_pdf, roots).valid for signed_pdf in results)


def test_signing_works_where_an_event_loop_runs_already(folder, pdf, roots):
    async def page():
        return verify(sign(folder, pdf), roots)

    assert asyncio.run(page()).valid


def test_a_certified_document_is_not_signed_again(folder, signed):
    with pytest.raises(tte.Declined, match="Dokumen akta tidak dapat ditandatangani.*sudah bertanda tangan"):
        sign(folder, signed["p256"])


@pytest.mark.parametrize("spoil", [lambda pdf: pdf[: len(pdf) // 2], lambda pdf: b"halo", lambda pdf: b""])
def test_a_damaged_document_is_declined_and_those_before_it_stay_signed(spoil, folder, pdf, roots):
    signing = sign_all(folder, [("akta", pdf), ("kk", spoil(pdf))])
    assert verify(next(signing)[1], roots).valid
    with pytest.raises(tte.Declined, match="Dokumen kk"):
        next(signing)


def test_a_locked_document_is_declined(folder, pdf):
    locked = io.BytesIO()
    with pikepdf.open(io.BytesIO(pdf)) as document:
        document.save(locked, encryption=pikepdf.Encryption(owner="a", user="b"))
    with pytest.raises(tte.Declined, match="terkunci"):
        sign(folder, locked.getvalue())


def test_a_result_that_fails_its_own_check_is_never_handed_out(folder, pdf):
    # A certificate that may not sign documents: the signature is made, and must not leave.
    private = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Server Uji")])
    now, serial = datetime.now(UTC), x509.random_serial_number()
    usage = x509.KeyUsage(False, False, True, False, False, False, False, False, False)
    builder = x509.CertificateBuilder(name, name, private.public_key(), serial, now - timedelta(1), now + timedelta(1))
    cert = builder.add_extension(usage, critical=True).sign(private, hashes.SHA256())
    locked = serialization.BestAvailableEncryption(PASSPHRASE.encode())
    p12 = pkcs12.serialize_key_and_certificates(b"", private, cert, [], locked)
    (folder / "server.p12").write_bytes(p12)
    with pytest.raises(tte.Declined, match="tidak lolos pemeriksaan"):
        sign(folder, pdf, "server")


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


@pytest.mark.parametrize("kind", KINDS)
def test_signing_claims_no_newer_pdf_version_and_shows_nothing(kind, folder, archival):
    with pikepdf.open(io.BytesIO(sign(folder, archival, kind))) as document:
        assert document.Root.get("/Version") in (None, "/1.7")
        [field] = document.Root.AcroForm.Fields
        assert [float(side) for side in field.Rect] == [0, 0, 0, 0]
        assert int(field.F) & 0b100111 == 0b100  # printed, not hidden


@pytest.mark.parametrize("kind", KINDS)
def test_a_pdf_a_2b_has_no_violation_after_signing(kind, folder, archival):
    pdfa = pytest.importorskip("pikepdf.pdfa", exc_type=ImportError)
    assert pdfa.validate_written(io.BytesIO(archival), "2b").passed
    findings = pdfa.validate_written(io.BytesIO(sign(folder, archival, kind)), "2b").findings
    assert [finding for finding in findings if finding.kind == "violation"] == []


# Who may sign


@pytest.mark.parametrize("wrong", ["salah", "", "Tanda-Tangan", "tanda-tangan ", "x" * 100_000, "\ud800", "é\0"])
def test_a_wrong_passphrase_is_declined_and_names_its_field(wrong, folder, pdf):
    with pytest.raises(tte.Declined, match="Passphrase salah") as caught:
        sign_all(folder, [("akta", pdf)], passphrase=wrong)
    assert caught.value.field == "passphrase"


@pytest.mark.parametrize("marker", ["RAHASIA-7f3a91", "RAHASIA-7f3a91\ud800", "RAHASIA-7f3a91" * 50])
def test_a_wrong_passphrase_occurs_in_no_exception_and_no_log(marker, folder, pdf, caplog, capfd):
    caplog.set_level(logging.DEBUG)
    with pytest.raises(tte.Declined) as caught:
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
    person(tmp_path, "kadis", passphrase=marker)
    signing = sign_all(tmp_path, [("akta", pdf), ("kk", b"halo")], "kadis", passphrase=marker)
    (tmp_path / "akta.pdf").write_bytes(next(signing)[1])
    with pytest.raises(tte.Declined) as caught:
        next(signing)
    for spelled in (marker.encode(), marker.encode("utf-16-be"), marker.encode().hex().encode()):
        assert not [path for path in tmp_path.rglob("*") if spelled in path.read_bytes()]
    shown = traceback.TracebackException.from_exception(caught.value, capture_locals=True)
    frames = [line for line in shown.format() if "test_tte.py" not in line]  # this test holds it, of course
    assert marker not in "".join(frames) + caplog.text + "".join(capfd.readouterr())


def test_a_missing_certificate_is_declined(folder, pdf):
    with pytest.raises(tte.Declined, match="belum dipasang"):
        sign_all(folder, [("akta", pdf)], "tidak-ada")


@pytest.mark.parametrize("key", ["../kadis", "a/b", "", "Kadis", "kadis\n", "kadis\0"])
def test_a_key_that_is_no_plain_name_is_declined(key, folder, pdf):
    with pytest.raises(tte.Declined, match="Nama sertifikat"):
        sign_all(folder, [("akta", pdf)], key)


def test_a_damaged_certificate_file_is_not_called_a_wrong_passphrase(folder, pdf):
    (folder / "rusak.p12").write_bytes((folder / "p256.p12").read_bytes()[:-50])
    with pytest.raises(tte.Declined, match="rusak") as caught:
        sign_all(folder, [("akta", pdf)], "rusak")
    assert caught.value.field == ""


def test_an_expired_certificate_is_declined_with_its_date(folder, pdf):
    write_p12(folder, "lama", days=(-30, -1))
    with pytest.raises(tte.Declined, match=f"habis pada {datetime.now(UTC) - timedelta(days=1):%d-%m-%Y}"):
        sign_all(folder, [("akta", pdf)], "lama")


def test_a_certificate_of_tomorrow_is_declined(folder, pdf):
    write_p12(folder, "besok", days=(1, 30))
    with pytest.raises(tte.Declined, match="baru berlaku mulai"):
        sign_all(folder, [("akta", pdf)], "besok")


def test_a_key_of_another_kind_is_declined(folder, pdf):
    write_p12(folder, "lain", private=ed25519.Ed25519PrivateKey.generate())
    with pytest.raises(tte.Declined, match="RSA atau EC"):
        sign_all(folder, [("akta", pdf)], "lain")


def test_a_demonstration_certificate_signs_nothing_official(folder, pdf):
    with pytest.raises(tte.Declined, match="CONTOH tidak boleh"):
        sign(folder, pdf, allow_demo=False)


def test_an_offices_own_certificate_signs_and_needs_its_own_root(folder, pdf, roots):
    own_root = write_p12(folder, "kantor")
    signed_pdf = sign(folder, pdf, "kantor", allow_demo=False)
    assert verify(signed_pdf, [own_root]).valid
    assert not verify(signed_pdf, roots).valid


# Judging


def test_a_signature_from_an_unknown_authority_is_intact_but_not_valid(signed, tmp_path):
    pki.make_demo_authority(tmp_path)
    for strangers in ([pki.root_pem(tmp_path)], []):
        verdict = verify(signed["p256"], strangers)
        assert (verdict.valid, verdict.trusted, verdict.covers_all) == (False, False, True)
        assert "tidak kami kenal" in verdict.reason


def test_one_text_may_hold_several_roots(signed, roots, tmp_path):
    pki.make_demo_authority(tmp_path)
    assert verify(signed["p256"], [pki.root_pem(tmp_path) + roots[0]]).valid


def test_a_document_outlives_its_certificate_when_judged_at_its_moment(signed, roots):
    now = datetime.now(UTC)
    assert not verify(signed["p256"], roots, at=now + timedelta(days=pki.PERSON_DAYS + 1)).valid
    assert verify(signed["p256"], roots, at=now).valid


def test_two_hundred_flipped_bits_outside_the_signature_are_all_noticed(signed, roots):
    chance = random.Random(20261123)
    accepted = []
    for attempt in range(200):
        whole = signed[KINDS[attempt % 2]]
        gap = range(*CONTENTS.search(whole).span(1))
        place = chance.choice([at for at in range(len(whole)) if at not in gap])
        changed = bytearray(whole)
        changed[place] ^= 1 << chance.randrange(8)
        verdict = verify(bytes(changed), roots)
        if verdict.valid or not verdict.reason.endswith("."):
            accepted.append((place, verdict))
    assert accepted == []


def test_changed_content_is_told_from_a_broken_file(signed, roots):
    whole = signed["p256"]
    changed = whole.replace(b"/MediaBox [0 0 595.28", b"/MediaBox [0 0 596.28")
    assert changed != whole
    assert verify(changed, roots).reason == "Isi berkas berubah sesudah ditandatangani."


def test_an_incremental_update_is_noticed(signed, roots):
    writer = IncrementalPdfFileWriter(io.BytesIO(signed["p256"]))
    title = {generic.pdf_name("/Title"): generic.TextStringObject("diubah")}
    writer.set_info(writer.add_object(generic.DictionaryObject(title)))
    out = io.BytesIO()
    writer.write(out)
    verdict = verify(out.getvalue(), roots)
    assert (verdict.valid, verdict.covers_all) == (False, False)
    assert "ditambahkan" in verdict.reason


def test_a_signature_moved_into_an_appended_part_is_noticed(signed, roots):
    forged = with_moved_signature(signed["p256"])
    verdict = verify(forged, roots)
    assert (verdict.valid, verdict.covers_all) == (False, False)
    assert "ditambahkan" in verdict.reason


def with_moved_signature(whole):
    """Other content for the page, and the old signature in a new object, padded until the lengths add up.

    pyHanko 0.38 calls the result INTACT:TRUSTED,UNTOUCHED.
    """
    reader = PdfFileReader(io.BytesIO(whole))
    field = reader.root["/AcroForm"]["/Fields"][0]
    content = reader.root["/Pages"]["/Kids"][0].raw_get("/Contents").idnum
    _, before, after, rest = field["/V"]["/ByteRange"]
    cms = bytes.fromhex(whole[before + 1 : after - 1].decode())
    for padding in range(100_000):
        head = b"%d 0 obj\n<</Type/Sig/Filter/Adobe.PPKLite/SubFilter/ETSI.CAdES.detached" % field.raw_get("/V").idnum
        literal = re.sub(rb"([\\()])", rb"\\\1", cms + bytes(padding)).replace(b"\r", b"\\r").replace(b"\n", b"\\n")
        signature = head + b"/ByteRange[0 %d %d %d]/Contents(%s)>>\nendobj\n" % (before, after, rest, literal)
        page = b"%d 0 obj\n<</Length 36>>\nstream\nBT /F1 40 Tf 99 500 Td (PALSU) Tj ET\nendstream\nendobj\n" % content
        forged = whole + signature + page
        table = b"xref\n%d 1\n%010d 00000 n \n%d 1\n%010d 00000 n \ntrailer\n<</Size %d/Root %d 0 R/Prev %d>>\n" % (
            *(field.raw_get("/V").idnum, len(whole), content, len(whole + signature)),
            *(reader.trailer["/Size"], reader.trailer.raw_get("/Root").idnum, reader.last_startxref),
        )
        forged += table + b"startxref\n%d\n%%%%EOF\n" % len(forged)
        if len(forged) == before + rest + 2 * (len(cms) + padding) + 2:
            return forged
    raise AssertionError("the lengths never met")


@pytest.mark.parametrize("tail", [b"\n", b"\n% titipan\n", b"\n%%EOF\n"])
def test_bytes_after_the_end_are_noticed(tail, signed, roots):
    assert not verify(signed["p256"] + tail, roots).valid


def test_a_document_saved_again_by_another_program_is_refused(signed, roots):
    out = io.BytesIO()
    with pikepdf.open(io.BytesIO(signed["p256"])) as document:
        document.save(out)
    assert not verify(out.getvalue(), roots).valid


def test_a_document_without_its_signature_field_is_unsigned(signed, roots):
    out = io.BytesIO()
    with pikepdf.open(io.BytesIO(signed["p256"])) as document:
        del document.Root.AcroForm
        document.save(out)
    assert verify(out.getvalue(), roots).reason == "Berkas ini tidak bertanda tangan elektronik."


def test_an_unsigned_document_is_unsigned(pdf, roots):
    verdict = verify(pdf, roots)
    assert (verdict.valid, verdict.signer, verdict.signed_at, verdict.serial) == (False, "", None, "")
    assert verdict.reason == "Berkas ini tidak bertanda tangan elektronik."


def test_a_truncated_document_is_refused(signed, roots):
    whole = signed["rsa2048"]
    assert not [cut for cut in range(0, len(whole), 199) if verify(whole[:cut], roots).valid]


@pytest.mark.parametrize("hostile", [b"", b"%PDF-1.7", b"\0" * 5000, b"%PDF-1.7\nstartxref\n-5\n%%EOF", b"[" * 9000])
def test_bytes_that_are_no_pdf_are_refused_with_a_sentence(hostile, roots):
    assert verify(hostile, roots).reason == "Berkas ini rusak atau bukan PDF yang dapat diperiksa."


def test_a_signature_of_garbage_never_raises(signed, roots):
    chance = random.Random(7)
    for attempt in range(300):
        whole = signed[KINDS[attempt % 2]]
        start = CONTENTS.search(whole).start(1)
        changed = bytearray(whole)
        for _ in range(chance.randint(1, 3)):
            changed[start + chance.randrange(3000)] = chance.choice(b"0123456789ABCDEF")
        assert verify(bytes(changed), roots).reason


def test_a_curve_that_nobody_knows_is_refused(signed, roots):
    known = bytes.fromhex("2a8648ce3d030107").hex().upper().encode()
    for other in (b"2A8648CE3D030106", b"2A8648CE3D03000E", b"2A8648CE3D040303"):
        changed = signed["p256"].replace(known, other)
        assert changed != signed["p256"]
        assert not verify(changed, roots).valid


# The demonstration's certificates


def test_the_demonstration_is_made_once_and_readable_by_its_owner_only(tmp_path):
    folder = tmp_path / "tte"
    before = [(person(folder, "kadis").read_bytes(), pki.root_pem(folder))]
    pki.make_demo_authority(folder)
    assert [(person(folder, "kadis", passphrase="lain").read_bytes(), pki.root_pem(folder))] == before
    assert {path.name for path in folder.iterdir()} == {"demo-authority.pem", "root.pem", "kadis.p12"}
    assert {stat.S_IMODE(path.stat().st_mode) for path in folder.iterdir()} == {0o600}
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700


def test_two_processes_may_make_the_demonstration_at_once(tmp_path, pdf):
    with ThreadPoolExecutor(4) as threads:
        list(threads.map(lambda _: person(tmp_path, "kadis"), range(8)))
    assert {path.name for path in tmp_path.iterdir()} == {"demo-authority.pem", "root.pem", "kadis.p12"}
    assert verify(sign(tmp_path, pdf, "kadis"), [pki.root_pem(tmp_path)]).valid


def test_a_demonstration_cut_short_is_completed(tmp_path):
    pki.make_demo_authority(tmp_path)
    before = (tmp_path / "root.pem").read_bytes()
    (tmp_path / "root.pem").unlink()
    pki.make_demo_authority(tmp_path)
    assert pki.root_pem(tmp_path) == before


def test_demonstration_certificates_are_recognised(tmp_path, folder):
    assert pki.is_demo(folder)
    assert not pki.is_demo(tmp_path) and not pki.is_demo(tmp_path / "belum-ada")
    (tmp_path / "root.pem").write_bytes(write_p12(tmp_path, "kantor"))
    assert not pki.is_demo(tmp_path)
    (tmp_path / "lama.pem").write_bytes(pki.root_pem(folder))
    assert pki.is_demo(tmp_path)


def test_an_offices_own_root_is_never_replaced(tmp_path):
    own = write_p12(tmp_path, "kantor")
    (tmp_path / "root.pem").write_bytes(own)
    with pytest.raises(tte.Declined, match="sertifikat kantor"):
        pki.make_demo_authority(tmp_path)
    assert pki.root_pem(tmp_path) == own


def test_a_missing_root_is_declined(tmp_path):
    with pytest.raises(tte.Declined, match=r"root\.pem"):
        pki.root_pem(tmp_path)


def test_a_long_name_with_titles_still_fits_a_certificate(tmp_path, pdf):
    long = "Dr. Ida Bagus Gede Pañca Wijaya Kusuma Atmaja, S.STP., M.Si., M.A.P., Ph.D."
    person(tmp_path, "panjang", name=long, title=long, organisation=long)
    signer = verify(sign(tmp_path, pdf, "panjang"), [pki.root_pem(tmp_path)]).signer
    assert signer.startswith("Dr. Ida Bagus Gede Pañca") and signer.endswith("(CONTOH)")


# The ways of signing


def test_local_is_a_way_of_signing(folder, pdf, roots):
    signer = tte.open_signer("local:", folder=folder)
    given = {"signer_key": "p256", "passphrase": PASSPHRASE, "reason": "Uji", "location": "Singaraja"}
    assert [verify(result, roots).valid for _, result in signer.sign_all([("akta", pdf)], **given)] == [True]


@pytest.mark.parametrize("url", ["bsre+v1:https://kantor:rahasia@esign.example", "siak:", "", "entah"])
def test_other_ways_are_not_there_yet_and_say_so_without_their_password(url, folder):
    with pytest.raises(tte.Unavailable, match="belum tersedia") as caught:
        tte.open_signer(url, folder=folder)
    assert "rahasia" not in str(caught.value)
