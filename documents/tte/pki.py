"""Public key infrastructure of the demonstration: certificates marked CONTOH. Never overwrites the office's own."""

import contextlib
import os
import secrets
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import pkcs12
from cryptography.x509.oid import NameOID

from documents.tte.signer import SigningDeclined

DEMO_MARK = "CONTOH"
AUTHORITY_FILE = "demo-authority.pem"  # the issuing key, its certificate and the root's; the root's key is discarded
ROOT_FILE = "root.pem"
MAX_NAME_BYTES = 64  # of a name in a certificate (RFC 5280); cryptography counts bytes
ROOT_DAYS, ISSUER_DAYS, PERSON_DAYS = 7300, 5475, 1825

PrivateKey = ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey


@dataclass(frozen=True)
class Authority:
    """The certificate authority of the demonstration."""

    key: ec.EllipticCurvePrivateKey
    cert: x509.Certificate
    root: x509.Certificate


def make_demo_authority(folder: str | Path) -> None:
    """Create a root and an issuing certificate authority; idempotent.

    Raises SigningDeclined where the office's own root certificate is installed.
    """
    folder = Path(folder)
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    # The root is looked for first: who makes the demonstration at the same time writes the authority before the root.
    if (folder / ROOT_FILE).exists() and not (folder / AUTHORITY_FILE).exists():
        raise SigningDeclined("Folder sertifikat sudah berisi sertifikat kantor; sertifikat CONTOH tidak dibuat.")
    _write_once(folder / AUTHORITY_FILE, _new_authority())
    _write_once(folder / ROOT_FILE, _pem(_authority(folder).root))


def make_person_certificate(
    folder: str | Path, key: str, *, name: str, title: str, organisation: str, passphrase: str, rsa_key: bool = False
) -> Path:
    """Create the PKCS#12 file `<key>.p12` of a person unless it exists; return its path."""
    path = Path(folder) / f"{key}.p12"
    if path.exists():
        return path
    make_demo_authority(folder)
    private = rsa.generate_private_key(65537, 2048) if rsa_key else ec.generate_private_key(ec.SECP256R1())
    authority = _authority(Path(folder))
    subject, issuer = _subject(name, organisation, title), authority.cert.subject
    cert = _certificate(private, subject, issuer, authority.key, _validity(PERSON_DAYS))
    _write_once(path, _p12(authority, private, cert, passphrase))
    return path


def root_certificate(folder: str | Path) -> bytes:
    """Return the root certificate of the folder in PEM; raise SigningDeclined where there is none."""
    try:
        return (Path(folder) / ROOT_FILE).read_bytes()
    except OSError as problem:
        raise SigningDeclined("Sertifikat induk (root.pem) belum dipasang. Hubungi bagian TI.") from problem


def demo_name(name: str) -> str:
    """Return a person's name as a demonstration certificate has it."""
    return _truncate(name, MAX_NAME_BYTES - len(DEMO_MARK) - 3) + f" ({DEMO_MARK})"


def has_demo_certificate(folder: str | Path) -> bool:
    """Return whether the folder holds a demonstration certificate. A .p12 can't be read without its passphrase:
    `LocalSigner(allow_demo=False)` checks it before signing."""
    texts = [path.read_bytes() for path in Path(folder).glob("*.pem")]
    return any(is_demo_certificate(cert) for text in texts for cert in _certificates(text))


def is_demo_certificate(cert: x509.Certificate) -> bool:
    """Return whether the subject or the issuer of a certificate is marked CONTOH."""
    return any(DEMO_MARK in str(part.value) for name in (cert.subject, cert.issuer) for part in name)


def _new_authority() -> bytes:
    root_key, key = ec.generate_private_key(ec.SECP384R1()), ec.generate_private_key(ec.SECP256R1())
    root_name, name = _subject("Root CA", "AKU Online"), _subject("CA Penerbit", "AKU Online")
    root = _certificate(root_key, root_name, root_name, root_key, _validity(ROOT_DAYS), path_length=1)
    cert = _certificate(key, name, root_name, root_key, _validity(ISSUER_DAYS), path_length=0)
    pem, pkcs8 = serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8
    secret = key.private_bytes(pem, pkcs8, serialization.NoEncryption())
    return secret + _pem(cert) + _pem(root)


def _authority(folder: Path) -> Authority:
    text = (folder / AUTHORITY_FILE).read_bytes()
    key, (cert, root) = serialization.load_pem_private_key(text, None), _certificates(text)
    assert isinstance(key, ec.EllipticCurvePrivateKey)
    return Authority(key, cert, root)


def _validity(days: int) -> tuple[datetime, datetime]:
    start = datetime.now(UTC) - timedelta(hours=1)  # clock skew between machines
    return start, start + timedelta(days=days)


def _subject(name: str, organisation: str, title: str = "") -> x509.Name:
    parts = [(NameOID.COUNTRY_NAME, "ID"), (NameOID.ORGANIZATION_NAME, _truncate(organisation, MAX_NAME_BYTES))]
    parts += [(NameOID.TITLE, _truncate(title, MAX_NAME_BYTES))] if title else []
    return x509.Name([x509.NameAttribute(oid, text) for oid, text in [*parts, (NameOID.COMMON_NAME, demo_name(name))]])


def _truncate(text: str, most: int) -> str:
    return text.encode()[:most].decode(errors="ignore").rstrip(" ,")


def _certificate(
    private: PrivateKey,
    subject: x509.Name,
    issuer: x509.Name,
    issuer_key: ec.EllipticCurvePrivateKey,
    span: tuple[datetime, datetime],
    path_length: int | None = None,  # None: not an authority
) -> x509.Certificate:
    authority = path_length is not None
    public = private.public_key()
    return (
        x509.CertificateBuilder(issuer, subject, public, x509.random_serial_number(), *span)
        .add_extension(x509.BasicConstraints(authority, path_length), critical=True)
        .add_extension(_usage(authority), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(public), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(issuer_key.public_key()), critical=False)
        .sign(issuer_key, hashes.SHA256())
    )


def _usage(authority: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not authority, content_commitment=not authority, key_cert_sign=authority, crl_sign=authority,
        key_encipherment=False, data_encipherment=False, key_agreement=False, encipher_only=False, decipher_only=False,
    )  # fmt: skip


def _p12(authority: Authority, private: PrivateKey, cert: x509.Certificate, passphrase: str) -> bytes:
    locked = serialization.BestAvailableEncryption(passphrase.encode())
    chain = [authority.cert, authority.root]
    return pkcs12.serialize_key_and_certificates(b"TTE", private, cert, chain, locked)


def _certificates(text: bytes) -> list[x509.Certificate]:
    return x509.load_pem_x509_certificates(text) if b"BEGIN CERTIFICATE" in text else []


def _pem(cert: x509.Certificate) -> bytes:
    return cert.public_bytes(serialization.Encoding.PEM)


def _write_once(path: Path, content: bytes) -> None:
    """Write a file atomically with mode 600 unless it exists; also under concurrency, the first one wins."""
    half = path.with_name(f".{path.name}.{secrets.token_hex(6)}")
    with open(os.open(half, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    with contextlib.suppress(FileExistsError):
        os.link(half, path)
    half.unlink()
