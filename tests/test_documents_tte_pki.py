"""The demonstration's certificates: every test name is a promise of `documents.tte.pki`."""

import stat
from concurrent.futures import ThreadPoolExecutor

import pytest

from documents import tte
from documents.tte import pki
from documents.tte.verify import verify
from tests.helpers.signing_certificates import KEY_KINDS, make_pdf, make_signer, make_signers, sign, write_p12


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


def test_the_demonstration_is_made_once_and_readable_by_its_owner_only(tmp_path):
    folder = tmp_path / "tte"
    before = [(make_signer(folder, "kadis").read_bytes(), pki.root_certificate(folder))]
    pki.make_demo_authority(folder)
    assert [(make_signer(folder, "kadis", passphrase="lain").read_bytes(), pki.root_certificate(folder))] == before
    assert {path.name for path in folder.iterdir()} == {"demo-authority.pem", "root.pem", "kadis.p12"}
    assert {stat.S_IMODE(path.stat().st_mode) for path in folder.iterdir()} == {0o600}
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700


def test_two_processes_may_make_the_demonstration_at_once(tmp_path, pdf):
    with ThreadPoolExecutor(4) as threads:
        list(threads.map(lambda _: make_signer(tmp_path, "kadis"), range(8)))
    assert {path.name for path in tmp_path.iterdir()} == {"demo-authority.pem", "root.pem", "kadis.p12"}
    assert verify(sign(tmp_path, pdf, "kadis"), [pki.root_certificate(tmp_path)]).valid


def test_a_demonstration_cut_short_is_completed(tmp_path):
    pki.make_demo_authority(tmp_path)
    before = (tmp_path / "root.pem").read_bytes()
    (tmp_path / "root.pem").unlink()
    pki.make_demo_authority(tmp_path)
    assert pki.root_certificate(tmp_path) == before


def test_demonstration_certificates_are_recognised(tmp_path, folder):
    assert pki.has_demo_certificate(folder)
    assert not pki.has_demo_certificate(tmp_path) and not pki.has_demo_certificate(tmp_path / "belum-ada")
    (tmp_path / "root.pem").write_bytes(write_p12(tmp_path, "kantor"))
    assert not pki.has_demo_certificate(tmp_path)
    (tmp_path / "lama.pem").write_bytes(pki.root_certificate(folder))
    assert pki.has_demo_certificate(tmp_path)


def test_an_offices_own_root_is_never_replaced(tmp_path):
    own = write_p12(tmp_path, "kantor")
    (tmp_path / "root.pem").write_bytes(own)
    with pytest.raises(tte.SigningDeclined, match="sertifikat kantor"):
        pki.make_demo_authority(tmp_path)
    assert pki.root_certificate(tmp_path) == own


def test_a_missing_root_is_declined(tmp_path):
    with pytest.raises(tte.SigningDeclined, match=r"root\.pem"):
        pki.root_certificate(tmp_path)


def test_a_long_name_with_titles_still_fits_a_certificate(tmp_path, pdf):
    long = "Dr. Ida Bagus Gede Pañca " + "Wijayñ" * 20 + ", S.STP., M.Si., M.A.P."
    make_signer(tmp_path, "panjang", name=long, title=long, organisation=long)
    signer = verify(sign(tmp_path, pdf, "panjang"), [pki.root_certificate(tmp_path)]).signer
    assert signer.startswith("Dr. Ida Bagus Gede Pañca") and signer.endswith("(CONTOH)")
