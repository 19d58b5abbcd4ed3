"""PDFs as BSrE and SIAK deliver them: PAdES B-B, B-T, B-LT and B-LTA, by an authority of the tests with its own TSA."""

import asyncio
import io
from datetime import UTC, datetime, timedelta

from asn1crypto import crl as asn1_crl
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID
from pyhanko.keys import load_certs_from_pemder_data, load_private_key_from_pemder_data
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign import signers
from pyhanko.sign.fields import SigSeedSubFilter
from pyhanko.sign.timestamps.dummy_client import DummyTimeStamper
from pyhanko.sign.validation import DocumentSecurityStore
from pyhanko_certvalidator.registry import SimpleCertificateStore

from tests.helpers.signing_certificates import key_usage

LEVELS = ("B-B", "B-T", "B-LT", "B-LTA")
PEM, DER = serialization.Encoding.PEM, serialization.Encoding.DER


class Authority:
    """A certificate authority that issues certificates of people and of its TSA, and revocation lists."""

    def __init__(self, name="Root Uji"):
        self.key, self.name = ec.generate_private_key(ec.SECP256R1()), _name(name)
        self.cert = self._issue(self.name, self.key, (-4000, 4000), "key_cert_sign", "crl_sign")
        self.root = self.cert.public_bytes(PEM)
        self.tsa_key = rsa.generate_private_key(65537, 2048)
        stamps = x509.ExtendedKeyUsage([ExtendedKeyUsageOID.TIME_STAMPING])
        self.tsa_cert = self._issue(_name("TSA Uji"), self.tsa_key, (-3000, 3000), "digital_signature", extra=stamps)

    def person(self, name, days=(-30, 30)):
        """Return a person's key and certificate, valid from and until so many days from now."""
        private = ec.generate_private_key(ec.SECP256R1())
        address = x509.UniformResourceIdentifier("http://crl.invalid/uji.crl")
        published = x509.CRLDistributionPoints([x509.DistributionPoint([address], None, None, None)])
        usage = ("digital_signature", "content_commitment")
        return private, self._issue(_name(name), private, days, *usage, extra=published)

    def _issue(self, subject, private, days, *usage, extra=None):
        start, end = (datetime.now(UTC) + timedelta(days=day) for day in days)
        builder = (
            x509.CertificateBuilder(self.name, subject, private.public_key(), x509.random_serial_number(), start, end)
            .add_extension(x509.BasicConstraints(private is self.key, None), critical=True)
            .add_extension(key_usage(*usage), critical=True)
        )
        if extra:
            builder = builder.add_extension(extra, critical=isinstance(extra, x509.ExtendedKeyUsage))
        return builder.sign(self.key, hashes.SHA256())

    def revocation_list(self, revoked=()):
        """Return a list, published now, of (certificate, since when revoked)."""
        now = datetime.now(UTC)
        builder = x509.CertificateRevocationListBuilder(self.name, now, now + timedelta(days=30))
        for cert, since in revoked:
            entry = x509.RevokedCertificateBuilder(cert.serial_number, since).build()
            builder = builder.add_revoked_certificate(entry)
        return asn1_crl.CertificateList.load(builder.sign(self.key, hashes.SHA256()).public_bytes(DER))

    def stamper(self, at=None):
        """Return the time stamp authority, whose clock says `at`."""
        return DummyTimeStamper(_asn1(self.tsa_cert), _key(self.tsa_key), _store(self.cert), fixed_dt=at)


def sign_at_level(authority, person, pdf, level="B-B", *, at=None, revoked=(), **metadata):
    """Sign a PDF; from B-T on with a time stamp at `at`, from B-LT on with validation data appended afterwards."""
    private, cert = person
    registry = SimpleCertificateStore()
    registry.register(_asn1(authority.cert))
    signer = signers.SimpleSigner(_asn1(cert), _key(private), registry, embed_roots=False)
    stamper = None if level == "B-B" else authority.stamper(at)
    given = {"field_name": "TTE", "subfilter": SigSeedSubFilter.PADES, "md_algorithm": "sha256"} | metadata
    writer = IncrementalPdfFileWriter(io.BytesIO(pdf))
    pdf_signer = signers.PdfSigner(signers.PdfSignatureMetadata(**given), signer, timestamper=stamper)
    signed = asyncio.run(pdf_signer.async_sign_pdf(writer)).getvalue()
    if level in ("B-LT", "B-LTA"):
        signed = add_validation_data(authority, signed, cert, revoked=revoked)
    return add_time_stamp(authority, signed) if level == "B-LTA" else signed


def add_validation_data(authority, signed, *certs, revoked=()):
    """Append a DSS with certificates and a revocation list, as BSrE does."""
    out = io.BytesIO(signed)
    signature = PdfFileReader(out).embedded_signatures[-1]
    contents = signature.pkcs7_content.hex().encode()
    known = [_asn1(each) for each in (*certs, authority.cert, authority.tsa_cert)]
    DocumentSecurityStore.add_dss(out, contents, certs=known, crls=[authority.revocation_list(revoked)])
    return out.getvalue()


def add_time_stamp(authority, signed, at=None):
    """Append a document time stamp."""
    writer = IncrementalPdfFileWriter(io.BytesIO(signed))
    stamper = signers.PdfTimeStamper(authority.stamper(at))
    return asyncio.run(stamper.async_timestamp_pdf(writer, "sha256")).getvalue()


def _name(text):
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, text)])


def _key(private):
    pkcs8, clear = serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    return load_private_key_from_pemder_data(private.private_bytes(PEM, pkcs8, clear), None)


def _asn1(cert):
    return next(load_certs_from_pemder_data(cert.public_bytes(DER)))


def _store(*certs):
    store = SimpleCertificateStore()
    store.register_multiple([_asn1(cert) for cert in certs])
    return store
