"""Tests of the slip, the pickup slip and the handover receipt with its signature."""

import io
import json

import pikepdf

from documents import layout
from tests.helpers.document_samples import (
    DOCUMENT_KINDS,
    NAME,
    NIK,
    PICKUP,
    RECEIPT,
    RENDER_OPTIONS,
    SLIP,
    drawing_operands,
    pdf_pages,
    pdf_text,
    pdf_words,
    picture_bytes,
)


def test_the_slip_tells_how_to_follow_and_when_to_come_and_nothing_about_the_person():
    slip, pickup = DOCUMENT_KINDS["slip"](**RENDER_OPTIONS), DOCUMENT_KINDS["pickup slip"](**RENDER_OPTIONS)
    assert "buka aku.example/lacak lalu isi nomor permohonan dan 4 angka terakhir NIK" in pdf_words(slip)
    assert "A-027" not in pdf_text(slip)
    for part in ("A-027", "Loket 1", "Kamis, 26 November 2026, 08.00–15.00 WITA", SLIP["number"]):
        assert part in pdf_words(pickup)
    assert len(pdf_pages(slip)) == len(pdf_pages(pickup)) == 1


def test_a_code_for_an_account_stands_on_one_page_with_the_longest_texts():
    linked = SLIP | {"code": "7QK-2M9-XD4", "link_url": "https://aku.bulelengkab.example.go.id/permohonan/gabung"}
    long = PICKUP | {"place": "Kantor Dinas Kependudukan dan Pencatatan Sipil Kabupaten Buleleng"}
    for facts in (linked, linked | {"pickup": long}):
        made = layout.slip(facts, **RENDER_OPTIONS)
        assert "7QK-2M9-XD4" in pdf_words(made) and "gabung?" not in pdf_words(made)
        assert len(pdf_pages(made)) == 1


def test_the_receipt_lists_what_was_given_seen_and_taken_back():
    said = pdf_words(DOCUMENT_KINDS["receipt"](**RENDER_OPTIONS))
    for part in ("Kartu keluarga", NIK, "KTP-el ibu", "Dokumen lama yang ditarik Tidak ada.", NAME, "F-1.07 tanggal"):
        assert part in said


def test_a_signature_from_the_screen_is_drawn_within_its_place():
    strokes = [[[0, 0], [300, 100], [9000, 9000]], [[-50, -50]]]
    signed = layout.receipt({**RECEIPT, "signature": strokes}, **RENDER_OPTIONS)
    assert signed == layout.receipt({**RECEIPT, "signature": json.dumps(strokes)}, **RENDER_OPTIONS)
    plain = drawing_operands(DOCUMENT_KINDS["receipt"](**RENDER_OPTIONS), "l")
    (middle, centre), (right, low) = [end for end in drawing_operands(signed, "l") if end not in plain]
    assert abs(right - middle - 36 * 72 / 25.4) < 0.1 and abs(centre - low - 12 * 72 / 25.4) < 0.1


def test_a_signature_as_a_picture_is_printed():
    signed = layout.receipt({**RECEIPT, "signature": picture_bytes("PNG", (600, 200))}, **RENDER_OPTIONS)
    with pikepdf.open(io.BytesIO(signed)) as opened:
        assert len(opened.pages[0].get_images()) == 1


def test_the_pickup_slip_asks_for_what_was_uploaded_and_for_nothing_else():
    pickup = PICKUP | {"bring": ["Surat keterangan kehilangan dari kepolisian", "Kartu Keluarga (KK) asli"]}
    said = pdf_words(layout.slip({**SLIP, "products": ["KTP-el"], "pickup": pickup}, **RENDER_OPTIONS))
    wanted = "Bawa slip ini dan dokumen asli: Surat keterangan kehilangan dari kepolisian; Kartu Keluarga (KK) asli."
    assert wanted in said and "Yang diterima: KTP-el" in said
    assert said.count("KTP-el") == 2, "what is received, and the card of a proxy"
    assert "Tidak wajib diambil" not in said
    optional = pdf_words(layout.slip({**SLIP, "pickup": PICKUP | {"optional": True}}, **RENDER_OPTIONS))
    assert "Bawa slip ini." in optional and "Tidak wajib diambil" in optional
