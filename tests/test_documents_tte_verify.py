"""Verification of signatures from anybody: every test name is a promise of `documents.tte.verify`."""

import io
import random
from datetime import UTC, datetime, timedelta

import pikepdf
import pytest
from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter

from documents.tte import pki
from documents.tte.verify import verify
from tests.helpers.signing_certificates import (
    KEY_KINDS,
    make_pdf,
    make_signers,
    sign,
    signature_digits,
    with_moved_signature,
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


def test_a_signature_from_an_unknown_authority_is_intact_but_not_valid(signed, tmp_path):
    pki.make_demo_authority(tmp_path)
    for strangers in ([pki.root_certificate(tmp_path)], []):
        verdict = verify(signed["p256"], strangers)
        assert (verdict.valid, verdict.trusted, verdict.covers_all) == (False, False, True)
        assert "tidak kami kenal" in verdict.reason


def test_one_text_may_hold_several_roots(signed, roots, tmp_path):
    pki.make_demo_authority(tmp_path)
    assert verify(signed["p256"], [pki.root_certificate(tmp_path) + roots[0]]).valid


def test_a_document_outlives_its_certificate_when_judged_at_its_moment(signed, roots):
    now = datetime.now(UTC)
    assert not verify(signed["p256"], roots, at=now + timedelta(days=pki.PERSON_DAYS + 1)).valid
    assert verify(signed["p256"], roots, at=now).valid


def test_two_hundred_flipped_bits_outside_the_signature_are_all_noticed(signed, roots):
    chance = random.Random(20261123)
    accepted = []
    for attempt in range(200):
        whole = signed[KEY_KINDS[attempt % 2]]
        gap = signature_digits(whole)
        place = chance.choice([*range(gap.start), *range(gap.stop, len(whole))])
        changed = bytearray(whole)
        changed[place] ^= 1 << chance.randrange(8)
        if verify(bytes(changed), roots).valid:
            accepted.append(place)
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
        del document.Root.AcroForm, document.pages[0].obj.Annots
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
    for attempt in range(150):
        whole = signed[KEY_KINDS[attempt % 2]]
        start = signature_digits(whole).start
        changed = bytearray(whole)
        for _ in range(chance.randint(1, 3)):
            changed[start + chance.randrange(3000)] = chance.choice(b"0123456789ABCDEF")
        assert verify(bytes(changed), roots).reason


@pytest.mark.parametrize(
    ("kind", "known", "other"),
    [
        ("p256", "2A8648CE3D030107", "2A8648CE3D030102"),  # a curve that cryptography doesn't support
        ("p256", "2A8648CE3D0201", "2A8648CE380403"),  # a signature's name in the place of a key's
        ("rsa2048", "2A864886F70D010101", "2B2403030208010107"),  # a curve's name in the place of RSA's
        ("rsa2048", "2A864886F70D010101", "2A864886F70D01010A"),  # RSA-PSS
    ],
)
def test_a_key_of_an_unknown_kind_is_refused(kind, known, other, signed, roots):
    bound, loose = b"2A864886F70D010910022F", b"2A864886F70D0109100230"  # so that the certificate may be another
    changed = signed[kind].replace(bound, loose).replace(known.encode(), other.encode())
    assert loose in changed and known.encode() not in changed
    assert not verify(changed, roots).valid
