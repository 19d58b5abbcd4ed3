"""Local signer: PAdES B-B certification signatures with the office's PKCS#12 files. Never stores a passphrase."""

import io
import re
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.serialization import pkcs12
from pyhanko.keys import load_certs_from_pemder_data
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign import signers
from pyhanko.sign.fields import MDPPerm, SigFieldSpec, SigSeedSubFilter
from pyhanko_certvalidator.registry import SimpleCertificateStore

from documents.tte.pki import is_demo_certificate
from documents.tte.signer import SigningDeclined
from documents.tte.verify import PARSER_ERRORS, run_coroutine, verify

SIGNER_KEY = re.compile(r"[a-z0-9._-]+")
SIGNATURE_FIELD = "TTE"
DIGEST = "sha256"
CMS_OVERHEAD = 1024  # bytes of a signature besides certificates and raw signature; about 400 in practice


class LocalSigner:
    """Signer with the certificates of one folder, a `<signer_key>.p12` for each person."""

    def __init__(self, folder: str | Path, *, allow_demo: bool = True):
        self.folder = Path(folder)
        self.allow_demo = allow_demo

    def sign_all(
        self, pdfs: Iterable[tuple[str, bytes]], *, signer_key: str, passphrase: str, reason: str, location: str
    ) -> Iterator[tuple[str, bytes]]:
        """Unlock the certificate at once, then sign lazily, document by document (see `signer.Signer`)."""
        signer = _unlock(self._read(signer_key), passphrase)
        self._check(signer.pyca_cert)
        # A separate generator: this frame, and the passphrase with it, is released before the first document.
        return _sign_each(pdfs, signer, _pdf_signer(signer, reason, location))

    def _read(self, signer_key: str) -> bytes:
        if not SIGNER_KEY.fullmatch(signer_key):
            raise SigningDeclined("Nama sertifikat tanda tangan tidak sah. Hubungi bagian TI.")
        try:
            return (self.folder / f"{signer_key}.p12").read_bytes()
        except OSError as problem:
            raise SigningDeclined("Sertifikat tanda tangan Anda belum dipasang. Hubungi bagian TI.") from problem

    def _check(self, cert: x509.Certificate) -> None:
        now = datetime.now(UTC)
        if now < cert.not_valid_before_utc:
            raise SigningDeclined(f"Sertifikat Anda baru berlaku mulai {cert.not_valid_before_utc:%d-%m-%Y}.")
        if now > cert.not_valid_after_utc:
            raise SigningDeclined(
                f"Masa berlaku sertifikat Anda habis pada {cert.not_valid_after_utc:%d-%m-%Y}. "
                "Perbarui sertifikat, lalu coba lagi."
            )
        if is_demo_certificate(cert) and not self.allow_demo:
            raise SigningDeclined("Sertifikat CONTOH tidak boleh menandatangani dokumen resmi. Hubungi bagian TI.")


class CachedKeySigner(signers.Signer):
    """A pyHanko signer that caches the parsed key; pyHanko's own parses it for every signature (RSA: 35 ms)."""

    def __init__(self, key, cert: x509.Certificate, chain: list[x509.Certificate]):
        registry = SimpleCertificateStore()
        registry.register_multiple([_asn1(each) for each in chain])
        super().__init__(signing_cert=_asn1(cert), cert_registry=registry, embed_roots=False)
        self.key = key
        self.pyca_cert = cert
        self.chain = chain

    async def async_sign_raw(self, data: bytes, digest_algorithm: str, dry_run: bool = False) -> bytes:
        """Sign `data`; there is no dry run, as the space is reserved beforehand."""
        if isinstance(self.key, rsa.RSAPrivateKey):
            return self.key.sign(data, PKCS1v15(), hashes.SHA256())
        return self.key.sign(data, ec.ECDSA(hashes.SHA256()))

    def reserved_digits(self) -> int:
        """Return the space to reserve for the signature, in hex digits (two a byte)."""
        certificates = sum(len(_der(each)) for each in (self.pyca_cert, *self.chain))
        return 2 * (certificates + self.key.key_size // 8 + CMS_OVERHEAD)

    def trust_anchors(self) -> list[bytes]:
        """Return the trust anchors in PEM: the root certificate of the file, or the signer's own certificate."""
        own = [each for each in self.chain if each.subject == each.issuer] or [self.pyca_cert]
        return [each.public_bytes(serialization.Encoding.PEM) for each in own]


class _Writer(IncrementalPdfFileWriter):
    """A PDF writer that never raises the version to 2.0, as pyHanko does for P-256; that would break PDF/A-2."""

    def ensure_output_version(self, version: tuple[int, int]) -> None:
        """Cap the PDF version at 1.7."""
        super().ensure_output_version(min(version, (1, 7)))


def _unlock(p12: bytes, passphrase: str) -> CachedKeySigner:
    key, cert, chain = _open(p12, passphrase)
    if cert is None or not isinstance(key, rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey):
        raise SigningDeclined("Berkas sertifikat Anda tidak berisi kunci RSA atau EC. Hubungi bagian TI.")
    return CachedKeySigner(key, cert, chain)


def _open(p12: bytes, passphrase: str):
    # Declined is raised outside the except block: its __context__ would be an encoding error that contains the
    # passphrase.
    try:
        if "\0" in passphrase:
            raise ValueError  # at a NUL cryptography 50 panics, and prints the passphrase to stderr
        return pkcs12.load_key_and_certificates(p12, passphrase.encode())
    except ValueError as problem:
        damaged = "deserialize" in str(problem)  # cryptography tells it apart from a wrong passphrase by text only
    if damaged:
        raise SigningDeclined("Berkas sertifikat Anda rusak. Hubungi bagian TI.")
    raise SigningDeclined("Frasa sandi TTE salah. Periksa lagi, lalu ketik ulang.", field="passphrase")


def _pdf_signer(signer: CachedKeySigner, reason: str, location: str) -> signers.PdfSigner:
    meta = signers.PdfSignatureMetadata(
        field_name=SIGNATURE_FIELD, md_algorithm=DIGEST, subfilter=SigSeedSubFilter.PADES, certify=True,
        docmdp_permissions=MDPPerm.NO_CHANGES, reason=reason, location=location,
    )  # fmt: skip
    return signers.PdfSigner(meta, signer, new_field_spec=SigFieldSpec(SIGNATURE_FIELD, on_page=0, box=None))


def _sign_each(
    pdfs: Iterable[tuple[str, bytes]], signer: CachedKeySigner, pdf_signer: signers.PdfSigner
) -> Iterator[tuple[str, bytes]]:
    roots = signer.trust_anchors()
    for name, pdf in pdfs:
        signed = _sign(name, pdf, pdf_signer, signer.reserved_digits())
        verdict = verify(signed, roots)
        if not verdict.valid:
            raise SigningDeclined(f"Dokumen {name} tidak lolos pemeriksaan sesudah ditandatangani. {verdict.reason}")
        yield name, signed


def _sign(name: str, pdf: bytes, pdf_signer: signers.PdfSigner, reserved: int) -> bytes:
    try:
        writer = _Writer(io.BytesIO(pdf))
        return run_coroutine(pdf_signer.async_sign_pdf(writer, in_place=True, bytes_reserved=reserved)).getvalue()
    except PARSER_ERRORS as problem:
        why = "berkasnya rusak, terkunci, atau sudah bertanda tangan"
        raise SigningDeclined(f"Dokumen {name} tidak dapat ditandatangani: {why}.") from problem


def _der(cert: x509.Certificate) -> bytes:
    return cert.public_bytes(serialization.Encoding.DER)


def _asn1(cert: x509.Certificate):
    return next(load_certs_from_pemder_data(_der(cert)))
