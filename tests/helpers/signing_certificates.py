"""Certificates, signed documents and forgeries for the tests of `tte`."""

import io
import re
from datetime import UTC, datetime, timedelta

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import pkcs12
from cryptography.x509.oid import NameOID
from fpdf import FPDF
from pyhanko.pdf_utils.reader import PdfFileReader

from documents.tte import pki
from documents.tte.local_signer import LocalSigner

PASSPHRASE = "tanda-tangan"
KEY_KINDS = ("p256", "rsa2048")


def make_signers(folder):
    """Create the demonstration's certificate authority and a signer with each kind of key in a folder; return it."""
    for kind in KEY_KINDS:
        make_signer(folder, kind, rsa_key=kind == "rsa2048")
    return folder


def make_signer(folder, key, **more):
    given = {"name": "I Made Uji", "title": "Kepala Dinas", "organisation": "Dinas Uji", "passphrase": PASSPHRASE}
    return pki.make_person_certificate(folder, key, **(given | more))


def make_pdf(text):
    document = FPDF()
    document.add_page()
    document.set_font("Helvetica", size=14)
    document.multi_cell(0, 8, f"{text}. " * 40)
    return bytes(document.output())


def sign_all(folder, pdfs, key="p256", passphrase=PASSPHRASE, **settings):
    given = {"signer_key": key, "passphrase": passphrase, "reason": "Penerbitan dokumen", "location": "Singaraja"}
    return LocalSigner(folder, **settings).sign_all(pdfs, **given)


def sign(folder, pdf, key="p256", **settings):
    [(_, signed)] = sign_all(folder, [("akta", pdf)], key, **settings)
    return signed


def write_p12(folder, key, *, days=(-1, 30), private=None, may_sign=True, with_root=True):
    """Write a signer's certificate from an authority of its own, as an office might install it; return the root."""
    private, issuing = private or ec.generate_private_key(ec.SECP256R1()), ec.generate_private_key(ec.SECP256R1())
    root = certificate("Root Uji", issuing, issuing, (-60, 60), key_usage("key_cert_sign"))
    usage = key_usage(*(("digital_signature", "content_commitment") if may_sign else ("key_encipherment",)))
    cert = certificate("Pejabat Uji", private, issuing, days, usage)
    locked = serialization.BestAvailableEncryption(PASSPHRASE.encode())
    p12 = pkcs12.serialize_key_and_certificates(b"", private, cert, [root] if with_root else None, locked)
    (folder / f"{key}.p12").write_bytes(p12)
    return root.public_bytes(serialization.Encoding.PEM)


def key_usage(*granted):
    kinds = "digital_signature content_commitment key_encipherment data_encipherment key_agreement key_cert_sign"
    every = [*kinds.split(), "crl_sign", "encipher_only", "decipher_only"]
    return x509.KeyUsage(**{kind: kind in granted for kind in every})


def certificate(name, private, issuing, days, usage):
    subject, issuer = (x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, text)]) for text in (name, "Root Uji"))
    start, end = (datetime.now(UTC) + timedelta(days=day) for day in days)
    return (
        x509.CertificateBuilder(issuer, subject, private.public_key(), x509.random_serial_number(), start, end)
        .add_extension(x509.BasicConstraints(private is issuing, None), critical=True)
        .add_extension(usage, critical=True)
        .sign(issuing, hashes.SHA256())
    )


def signature_digits(whole):
    """Return the byte range of the signature's hexadecimal digits."""
    found = re.search(rb"/Contents <([0-9A-Fa-f]+)>", whole)
    assert found
    return range(*found.span(1))


def with_moved_signature(whole):
    """Forge a document: new content for the page, the old signature in a new object, padded until the lengths match.

    pyHanko 0.38 calls the result INTACT:TRUSTED,UNTOUCHED.
    """
    reader = PdfFileReader(io.BytesIO(whole))
    field = reader.root["/AcroForm"]["/Fields"][0]
    content = reader.root["/Pages"]["/Kids"][0].raw_get("/Contents").idnum
    old_table = reader.last_startxref
    assert old_table
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
            *(reader.trailer["/Size"], reader.trailer.raw_get("/Root").idnum, old_table),
        )
        forged += table + b"startxref\n%d\n%%%%EOF\n" % len(forged)
        if len(forged) == before + rest + 2 * (len(cms) + padding) + 2:
            return forged
    raise AssertionError("the lengths never met")
