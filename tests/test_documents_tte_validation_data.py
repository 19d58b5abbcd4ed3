"""What SIAK and BSrE deliver: validation data may follow a signature, and nothing else may."""

import io
import random
from datetime import UTC, datetime, timedelta

import pytest
from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.content import RawContent
from pyhanko.pdf_utils.generic import pdf_name
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.layout import BoxConstraints
from pyhanko.sign import fields
from pyhanko.sign.fields import MDPPerm, SigFieldSpec

from documents.tte import verify as verification
from documents.tte.verify import verify
from tests.helpers.pades_levels import LEVELS, Authority, add_time_stamp, add_validation_data, sign_at_level
from tests.helpers.signing_certificates import make_pdf, with_moved_signature

NOW = datetime.now(UTC)
DRAWING = b"BT /F1 40 Tf 99 500 Td (PALSU) Tj ET"
CERTIFIED = {"certify": True, "docmdp_permissions": MDPPerm.NO_CHANGES}


@pytest.fixture(scope="module")
def authority():
    return Authority()


@pytest.fixture(scope="module")
def roots(authority):
    return [authority.root]


@pytest.fixture(scope="module")
def kadis(authority):
    return authority.person("I Made Uji")


@pytest.fixture(scope="module")
def pdf():
    return make_pdf("Kutipan Akta Kelahiran")


@pytest.fixture(scope="module")
def signed(authority, kadis, pdf):
    """One document a level."""
    return {level: sign_at_level(authority, kadis, pdf, level) for level in LEVELS}


@pytest.mark.parametrize("more", [{}, CERTIFIED], ids=["approval", "certified"])
@pytest.mark.parametrize("level", LEVELS)
def test_every_level_is_accepted_and_names_its_signer(level, more, authority, kadis, pdf, roots):
    verdict = verify(sign_at_level(authority, kadis, pdf, level, **more), roots)
    assert (verdict.valid, verdict.trusted, verdict.covers_all, verdict.reason) == (
        True,
        True,
        True,
        verification.VALID,
    )
    assert (verdict.signer, int(verdict.serial, 16)) == ("I Made Uji", kadis[1].serial_number)
    assert verdict.stamped == (level != "B-B")


def test_validation_data_may_be_renewed_for_years(authority, signed, roots):
    renewed = add_time_stamp(authority, add_validation_data(authority, signed["B-LTA"]))
    assert verify(add_validation_data(authority, renewed), roots).valid


# The time at which a certificate is judged


@pytest.mark.parametrize("level", LEVELS[1:])
def test_a_certificate_that_expired_after_its_time_stamp_still_counts(level, authority, pdf, roots):
    former, then = authority.person("I Ketut Lama", days=(-900, -100)), NOW - timedelta(days=200)
    verdict = verify(sign_at_level(authority, former, pdf, level, at=then), roots)
    assert verdict.valid and verdict.signed_at == then


def test_without_a_time_stamp_the_day_of_receipt_counts(authority, pdf, roots):
    former = authority.person("I Ketut Lama", days=(-900, -100))
    signed = sign_at_level(authority, former, pdf)
    assert verify(signed, roots).reason == verification.UNTRUSTED
    assert verify(signed, roots, at=NOW - timedelta(days=200)).valid


def test_a_time_stamp_outside_the_certificates_days_saves_nothing(authority, pdf, roots):
    former, coming = authority.person("I Ketut Lama", days=(-900, -100)), authority.person("Ni Baru", days=(50, 90))
    for person in (former, coming):
        assert verify(sign_at_level(authority, person, pdf, "B-T"), roots).reason == verification.UNTRUSTED


@pytest.mark.parametrize(("days", "valid"), [(1, True), (-1, False)])
def test_a_revocation_counts_if_it_came_before_the_signature(days, valid, authority, kadis, pdf, roots):
    then = NOW - timedelta(days=5)
    revoked = [(kadis[1], then + timedelta(days=days))]
    verdict = verify(sign_at_level(authority, kadis, pdf, "B-LT", at=then, revoked=revoked), roots)
    assert verdict.valid == valid
    assert verdict.reason == (verification.VALID if valid else verification.REVOKED)


def test_a_time_stamp_of_a_stranger_is_no_proof(authority, kadis, pdf, roots):
    stranger = Authority("Root Asing")
    authority_with_foreign_clock = Authority.__new__(Authority)
    authority_with_foreign_clock.__dict__ = authority.__dict__ | {"stamper": stranger.stamper}
    verdict = verify(sign_at_level(authority_with_foreign_clock, kadis, pdf, "B-T"), roots)
    assert (verdict.valid, verdict.stamped, verdict.reason) == (False, False, verification.STAMP)


# Hostile: each gets a signed document, and returns it with something added


def update(change):
    """Return a function that appends `change(writer)` to a document."""

    def append(signed, authority):
        writer = IncrementalPdfFileWriter(io.BytesIO(signed))
        change(writer)
        out = io.BytesIO()
        writer.write(out)
        return out.getvalue()

    return append


def stream(writer, data=DRAWING):
    return writer.add_object(generic.StreamObject(stream_data=data))


def replace_content(writer):
    page = writer.root["/Pages"]["/Kids"][0]
    page[pdf_name("/Contents")] = stream(writer)
    writer.update_container(page)


def overwrite_content(writer):
    content = writer.root["/Pages"]["/Kids"][0]["/Contents"]
    content._data, content._encoded_data = DRAWING, None
    writer.update_container(content)


def add_page(writer):
    pages = writer.root["/Pages"]
    page = {pdf_name("/Type"): pdf_name("/Page"), pdf_name("/Contents"): stream(writer)}
    page[pdf_name("/Parent")] = writer.root.raw_get("/Pages")
    pages["/Kids"].append(writer.add_object(generic.DictionaryObject(page)))
    pages[pdf_name("/Count")] = generic.NumberObject(2)
    writer.update_container(pages)


def add_annotation(writer):
    note = {pdf_name("/Type"): pdf_name("/Annot"), pdf_name("/Subtype"): pdf_name("/FreeText")}
    note[pdf_name("/Rect")] = generic.ArrayObject(map(generic.NumberObject, (50, 50, 400, 400)))
    note[pdf_name("/Contents")] = generic.TextStringObject("PALSU")
    page = writer.root["/Pages"]["/Kids"].raw_get(0).reference
    writer.register_annotation(page, writer.add_object(generic.DictionaryObject(note)))


def add_visible_field(writer):
    look = RawContent(data=DRAWING, box=BoxConstraints(400, 400)).as_form_xobject()
    fields.append_signature_field(writer, SigFieldSpec("Cap", on_page=0, box=(50, 50, 450, 450)))
    field = writer.root["/AcroForm"]["/Fields"][-1]
    field[pdf_name("/AP")] = generic.DictionaryObject({pdf_name("/N"): writer.add_object(look)})


def fill_in_a_field(writer):
    text = {pdf_name("/FT"): pdf_name("/Tx"), pdf_name("/T"): generic.TextStringObject("nama")}
    text[pdf_name("/V")] = generic.TextStringObject("PALSU")
    writer.root["/AcroForm"]["/Fields"].append(writer.add_object(generic.DictionaryObject(text)))
    writer.update_container(writer.root["/AcroForm"])
    writer.update_root()


def change_the_title(writer):
    title = {pdf_name("/Title"): generic.TextStringObject("Surat lain")}
    writer.set_info(writer.add_object(generic.DictionaryObject(title)))


def open_with_a_script(writer):
    script = {pdf_name("/S"): pdf_name("/JavaScript"), pdf_name("/JS"): generic.TextStringObject("app.alert(1)")}
    writer.root[pdf_name("/OpenAction")] = writer.add_object(generic.DictionaryObject(script))
    writer.update_root()


def dss_with_a_page(writer):
    store = writer.root["/DSS"] if "/DSS" in writer.root else generic.DictionaryObject()
    store[pdf_name("/Page")] = stream(writer)
    writer.root[pdf_name("/DSS")] = writer.add_object(store)
    writer.update_root()


def dss_and_new_content(writer):
    der = writer.add_object(generic.StreamObject(stream_data=DRAWING))
    store = generic.DictionaryObject({pdf_name("/Certs"): generic.ArrayObject([der])})
    page = writer.root["/Pages"]["/Kids"][0]
    page[pdf_name("/Contents")] = der
    writer.update_container(page)
    writer.root[pdf_name("/DSS")] = writer.add_object(store)
    writer.update_root()


def nothing_of_use(writer):
    stream(writer)
    writer.set_info(writer.add_object(generic.DictionaryObject({pdf_name("/ModDate"): generic.pdf_date(NOW)})))


def followed(*hostile):
    def append(signed, authority):
        for one in hostile:
            signed = one(signed, authority)
        return signed

    return append


def validation_data(signed, authority):
    return add_validation_data(authority, signed)


def time_stamp(signed, authority):
    return add_time_stamp(authority, signed)


def second_signature(signed, authority):
    return sign_at_level(authority, authority.person("Orang Lain"), signed, "B-T", field_name="Dua")


def signature_of_a_stranger(signed, authority):
    return sign_at_level(Authority("Root Asing"), Authority("Root Asing").person("Asing"), signed, field_name="Dua")


def garbled_time_stamp(signed, authority):
    stamped = bytearray(add_time_stamp(authority, signed))
    start = stamped.rindex(b"/Contents <") + len(b"/Contents <") + 3000
    stamped[start : start + 400] = bytes(reversed(stamped[start : start + 400]))
    return bytes(stamped)


UPDATES = {
    one.__name__: update(one)
    for one in (
        replace_content, overwrite_content, add_page, add_annotation, add_visible_field, fill_in_a_field,
        change_the_title, open_with_a_script, dss_with_a_page, dss_and_new_content, nothing_of_use,
    )
}  # fmt: skip
HOSTILE = {name: one for name, one in UPDATES.items() if name != "dss_and_new_content"} | {  # nothing follows that one
    "signature_of_a_stranger": signature_of_a_stranger,
    "garbled_time_stamp": garbled_time_stamp,
}


@pytest.mark.parametrize("then", [(), (validation_data,), (time_stamp,)], ids=["alone", "dss", "stamp"])
@pytest.mark.parametrize("level", ["B-T", "B-LTA"])
@pytest.mark.parametrize("name", HOSTILE)
def test_whatever_else_follows_a_signature_is_refused_with_a_sentence(name, level, then, authority, signed, roots):
    """Also where honest validation data follow, so that the last thing in the file is in order."""
    verdict = verify(followed(HOSTILE[name], *then)(signed[level], authority), roots)
    assert not verdict.valid
    assert verdict.reason.endswith(".") and verdict.reason != verification.VALID


@pytest.mark.parametrize("tail", [b"\n% titipan\n", b"\n%%EOF\n", b"startxref\n9\n%%EOF\n"])
@pytest.mark.parametrize("level", LEVELS)
def test_bytes_after_the_end_are_noticed_at_every_level(level, tail, signed, roots):
    assert not verify(signed[level] + tail, roots).valid


@pytest.mark.parametrize("name", UPDATES)
def test_what_was_changed_is_seen_under_a_certified_document_too(name, authority, kadis, pdf, roots):
    signed = sign_at_level(authority, kadis, pdf, "B-LT", **CERTIFIED)
    assert not verify(UPDATES[name](signed, authority), roots).valid


def test_a_second_signature_is_judged_as_its_own(authority, signed, roots):
    """Who signs last signs everything before; whether that person may, is for the office to say."""
    assert verify(second_signature(signed["B-LT"], authority), roots).signer == "Orang Lain"


def test_a_moved_signature_is_noticed_where_validation_data_follow(authority, signed, roots):
    forged = with_moved_signature(signed["B-B"])
    assert not verify(forged, roots).valid
    assert not verify(add_validation_data(authority, forged), roots).valid


def test_an_object_that_the_signed_page_missed_is_not_added_later(authority, kadis, roots):
    """A shadow: the signed page names an object that isn't there, and the validation data bring it."""
    writer = IncrementalPdfFileWriter(io.BytesIO(make_pdf("Akta")))
    page, missing = writer.root["/Pages"]["/Kids"][0], 200
    dangling = generic.IndirectObject(missing, 0, writer)
    page[pdf_name("/Contents")] = generic.ArrayObject([page.raw_get("/Contents"), dangling])
    writer.update_container(page)
    prepared = io.BytesIO()
    writer.write(prepared)
    signed = sign_at_level(authority, kadis, prepared.getvalue(), "B-T")
    writer = IncrementalPdfFileWriter(io.BytesIO(signed))
    writer._lastobj_id = missing - 1
    der = stream(writer)
    assert der.idnum == missing
    writer.root[pdf_name("/DSS")] = writer.add_object(
        generic.DictionaryObject({pdf_name("/Certs"): generic.ArrayObject([der])})
    )
    writer.update_root()
    out = io.BytesIO()
    writer.write(out)
    assert not verify(out.getvalue(), roots).valid


def test_flipped_bits_in_a_document_with_validation_data_are_noticed(signed, roots):
    chance, whole = random.Random(4), signed["B-LT"]
    end = verification.LAST_TABLE.search(signed["B-T"]).end() - 50
    gap = whole.index(b"/Contents <"), whole.index(b">", whole.index(b"/Contents <"))
    for _ in range(60):
        place = chance.choice([*range(gap[0]), *range(gap[1], end)])
        changed = bytearray(whole)
        changed[place] ^= 1 << chance.randrange(8)
        assert not verify(bytes(changed), roots).valid


def test_a_truncated_document_with_validation_data_is_the_signed_one_or_refused(signed, roots):
    whole = signed["B-LTA"]
    accepted = [cut for cut in range(0, len(whole), 97) if verify(whole[:cut], roots).valid]
    assert accepted == []
