"""Tests of the slip, the pickup slip and the handover receipt with its signature."""

import io
import json

import pikepdf

import documents
from tests.paperwork import KINDS, NAME, NIK, RECEIPT, SLIP, K, drawn, pages, picture, text, words_of


def test_the_slip_tells_how_to_follow_and_when_to_come_and_nothing_about_the_person():
    slip, pickup = KINDS["slip"](**K), KINDS["pickup slip"](**K)
    assert "buka aku.example/lacak lalu isi nomor permohonan dan 4 angka terakhir NIK" in words_of(slip)
    assert "A-027" not in text(slip)
    for part in ("A-027", "Loket 1", "Kamis, 26 November 2026, 08.00–15.00 WITA", SLIP["number"]):
        assert part in words_of(pickup)
    assert len(pages(slip)) == len(pages(pickup)) == 1


def test_the_receipt_lists_what_was_given_seen_and_taken_back():
    said = words_of(KINDS["receipt"](**K))
    for part in ("Kartu keluarga", NIK, "KTP-el ibu", "Dokumen lama yang ditarik Tidak ada.", NAME, "F-1.07 tanggal"):
        assert part in said


def test_a_signature_from_the_screen_is_drawn_within_its_place():
    strokes = [[[0, 0], [300, 100], [9000, 9000]], [[-50, -50]]]
    signed = documents.receipt({**RECEIPT, "signature": strokes}, **K)
    assert signed == documents.receipt({**RECEIPT, "signature": json.dumps(strokes)}, **K)
    plain = drawn(KINDS["receipt"](**K), "l")
    (middle, centre), (right, low) = [end for end in drawn(signed, "l") if end not in plain]
    assert abs(right - middle - 36 * 72 / 25.4) < 0.1 and abs(centre - low - 12 * 72 / 25.4) < 0.1


def test_a_signature_as_a_picture_is_printed():
    signed = documents.receipt({**RECEIPT, "signature": picture("PNG", (600, 200))}, **K)
    with pikepdf.open(io.BytesIO(signed)) as opened:
        assert len(opened.pages[0].get_images()) == 1
