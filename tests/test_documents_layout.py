"""PDF layout: the text, nothing cut or overlapping, and the same bytes for the same data."""

import hashlib
import io
import re
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pikepdf
import pypdfium2
import pytest
import segno
from fontTools.ttLib import TTFont
from pikepdf.pdfa import validate_written
from PIL import Image

from documents import layout
from documents.layout.font_subsets import FONT_FILES, FONT_FOLDER
from documents.layout.form_controls import COMB_CELL, TICK_BOX
from documents.layout.pdf_document import PdfDocument
from tests.helpers.document_samples import (
    DEED,
    DOCUMENT_KINDS,
    EDITION,
    LETTER,
    MADE_AT,
    NAME,
    NIK,
    NOTE,
    OCCUPATION,
    OFFICE,
    RECEIPT,
    RENDER_OPTIONS,
    blank_form_of,
    blocks_of,
    count_squares,
    dossier,
    drawing_operands,
    make_field,
    misplaced_words,
    pdf_pages,
    pdf_text,
    pdf_words,  # fmt: skip
    picture_bytes,
    poppler,
)

SIXTY = [kind for kind in ("deed", "letter", "form", "slip", "note", "receipt") for _ in range(10)]
kinds = pytest.mark.parametrize("kind", DOCUMENT_KINDS)
ROOT = Path(__file__).resolve().parent.parent


# -- every kind -----------------------------------------------------------------------------------------------------


@kinds
def test_the_same_data_give_the_same_bytes(kind):
    assert DOCUMENT_KINDS[kind](**RENDER_OPTIONS) == DOCUMENT_KINDS[kind](**RENDER_OPTIONS)


def test_another_process_makes_the_same_bytes():
    code = "from hashlib import sha256; from tests.helpers.document_samples import DOCUMENT_KINDS, RENDER_OPTIONS; "
    code += "print(sha256(DOCUMENT_KINDS['deed'](**RENDER_OPTIONS)).hexdigest())"
    run = [sys.executable, "-c", code]
    other = subprocess.run(run, env={"PYTHONHASHSEED": "7"}, cwd=ROOT, capture_output=True, check=True)
    assert other.stdout.decode().strip() == hashlib.sha256(DOCUMENT_KINDS["deed"](**RENDER_OPTIONS)).hexdigest()


def test_threads_do_not_disturb_each_other():
    with ThreadPoolExecutor(8) as pool:
        made = list(pool.map(lambda kind: (kind, DOCUMENT_KINDS[kind](**RENDER_OPTIONS)), list(DOCUMENT_KINDS) * 3))
    assert all(pdf == DOCUMENT_KINDS[kind](**RENDER_OPTIONS) for kind, pdf in made)


@kinds
def test_no_word_lies_on_another_or_off_the_page(kind):
    assert misplaced_words(DOCUMENT_KINDS[kind](**RENDER_OPTIONS)) == []


@kinds
def test_the_demonstration_marks_every_page_as_an_example(kind):
    pdf = DOCUMENT_KINDS[kind](**{**RENDER_OPTIONS, "demo": True})
    assert all("CONTOH – bukan dokumen resmi" in page for page in pdf_pages(pdf))
    assert "CONTOH" not in pdf_text(DOCUMENT_KINDS[kind](**RENDER_OPTIONS))


@kinds
def test_every_page_is_numbered(kind):
    made = pdf_pages(DOCUMENT_KINDS[kind](**RENDER_OPTIONS))
    assert all(f"Halaman {number} dari {len(made)}" in page for number, page in enumerate(made, 1))


@kinds
def test_archives_can_keep_it(kind):
    """PDF/A-2B as far as its structure tells: fonts inside, colours defined, no action, language and title given."""
    pdf = DOCUMENT_KINDS[kind](**RENDER_OPTIONS)
    fonts = poppler(pdf, "pdffonts", "-").decode()
    assert fonts and all(" yes yes yes " in line for line in fonts.splitlines()[2:])
    with pikepdf.open(io.BytesIO(pdf)) as opened:
        assert "/OpenAction" not in opened.Root and "/AcroForm" not in opened.Root
        assert str(opened.Root.Lang) == "id-ID" and opened.Root.OutputIntents[0].S == "/GTS_PDFA1"
        with opened.open_metadata() as metadata:
            assert metadata["pdfaid:part"] == "2" and metadata["pdfaid:conformance"] == "B" and metadata["dc:title"]
            assert metadata["xmp:CreateDate"] == metadata["xmp:ModifyDate"] == "2026-11-25T02:42:00+00:00"


@kinds
def test_the_validator_finds_nothing(kind):
    result = validate_written(io.BytesIO(DOCUMENT_KINDS[kind](**RENDER_OPTIONS)), "2b")
    assert result.passed, result.findings


# -- letters --------------------------------------------------------------------------------------------------------


def test_balinese_and_arabic_names_come_out_letter_by_letter():
    assert NAME in pdf_words(DOCUMENT_KINDS["deed"](**RENDER_OPTIONS))


def test_a_label_of_any_length_stands_apart_from_its_value():
    label = "Nama ayah dari yang meninggal"
    rows = [(label + "i" * more, "Nengah") for more in range(8)]
    made = pdf_words(layout.issued_document({**DEED, "blocks": blocks_of(rows=rows)}, **RENDER_OPTIONS))
    assert all(f"{label}{'i' * more} Nengah" in made for more in range(8)), made


def test_letters_and_accents_typed_apart_are_joined():
    apart = "Kr\u0323s\u0323n\u0323a"
    assert "Kṛṣṇa" in pdf_words(layout.issued_document({**DEED, "blocks": blocks_of(apart)}, **RENDER_OPTIONS))


def test_invisible_characters_from_copying_are_dropped():
    assert "Made Contoh" in pdf_words(
        layout.issued_document({**DEED, "blocks": blocks_of("\u200eMade\u200b\tCon\u00adtoh\ufeff")}, **RENDER_OPTIONS)
    )


def test_a_letter_that_cannot_be_drawn_is_an_error_that_names_it():
    with pytest.raises(layout.MissingGlyph, match=r"Huruf “張” \(U\+5F35\) belum bisa dicetak") as refused:
        layout.issued_document({**DEED, "blocks": blocks_of("Made 張")}, **RENDER_OPTIONS)
    assert refused.value.characters == ["張"]


def test_both_styles_hold_the_same_letters_and_the_licence_lies_beside_them():

    regular, bold = (set(TTFont(FONT_FOLDER / name).getBestCmap()) for name in FONT_FILES.values())
    assert regular == bold and set(map(ord, "ḍṛṣṇŚśāīū’–ñçøłŵẓ")) <= regular
    assert "Bitstream Vera Fonts Copyright" in (FONT_FOLDER / "LICENSE.txt").read_text()


def test_documents_with_plain_names_share_one_cut_of_the_letters():
    made = [
        layout.issued_document({**DEED, "blocks": blocks_of(name, ())}, **RENDER_OPTIONS)
        for name in ("I Made Contoh", "Ni Luh Puspa")
    ]
    cuts = [re.findall(rb"/BaseFont /(\w+\+\w+)", pdf) for pdf in made]
    assert cuts[0] and cuts[0] == cuts[1]


def test_an_issued_document_is_light_enough_for_every_mailbox():
    assert len(DOCUMENT_KINDS["deed"](**RENDER_OPTIONS)) < 40_000
    assert len(DOCUMENT_KINDS["letter"](**RENDER_OPTIONS)) < 60_000


# -- the form -------------------------------------------------------------------------------------------------------


def test_the_empty_form_says_what_to_fill_in_what_to_attach_and_that_it_is_free():
    said = pdf_words(DOCUMENT_KINDS["form"](**RENDER_OPTIONS))
    for part in (
        "F-2.01", "Akta kelahiran", "GRATIS – tidak dipungut biaya", "Selesai dalam 2 hari kerja", "Data anak", "wajib",
        "NIK pelapor", "Salah satu dari yang berikut:", "Dari bidan.", "bila ada", "Pernyataan", "Diisi petugas",
        "Saya mengisi formulir ini dengan sebenarnya", "tanda tangan dan nama lengkap",
    ):  # fmt: skip
        assert part in said
    assert "Birth deed" not in said


def test_the_form_has_boxes_to_write_into():
    combs = ("nik", {}, 16), ("kk", {}, 16), ("date", {}, 8), ("time", {}, 4), ("number", {"max": 9999}, 4)
    for kind, more, count in combs:
        assert count_squares(blank_form_of(make_field("x", kind, "X", **more)), COMB_CELL) == count, kind
    few = [[str(n), f"Pilihan {n}"] for n in range(5)]
    assert count_squares(blank_form_of(make_field("x", "yesno", "X")), TICK_BOX) == 2
    assert count_squares(blank_form_of(make_field("x", "choice", "X", options=few)), TICK_BOX) == 5
    assert (
        count_squares(blank_form_of(make_field("x", "choice", "X", options=few * 10)), TICK_BOX) == 0
    )  # a line to write on instead


def test_what_depends_on_an_answer_says_on_which():
    said = pdf_words(DOCUMENT_KINDS["form"](**RENDER_OPTIONS))
    assert "Isi hanya bila nomor 4: Lainnya." in said
    assert "bila nomor 4: Lainnya" in said.split("Berita acara kepolisian")[1]


def test_where_most_answers_lead_to_a_field_the_others_are_named():
    choice = make_field("a", "choice", "A", options=[["1", "Satu"], ["2", "Dua"], ["3", "Tiga"]])
    depending = make_field("b", "text", "B", when={"field": "a", "is": ["1", "3"]})
    assert "Isi, kecuali bila nomor 1: Dua." in pdf_words(blank_form_of(choice, depending))
    group = make_field(
        "g", "group", "G", item=[choice, depending, *(make_field(f"f{n}", "text", "F") for n in range(6))]
    )
    assert "Isi, kecuali bila huruf a: Dua." in pdf_words(blank_form_of(group))


def test_what_an_answer_rules_out_is_not_printed():
    said = pdf_words(layout.application_form(EDITION, answers={"tempat": "1"}, **RENDER_OPTIONS))
    assert "Sebutkan tempatnya" not in said and "Berita acara kepolisian" not in said
    assert "Sebutkan tempatnya" in pdf_words(
        layout.application_form(EDITION, answers={"tempat": "5"}, **RENDER_OPTIONS)
    )


def test_answers_stand_in_their_boxes():
    answers = {"nama": NAME, "lahir": "2026-11-20", "tempat": "5", "lain": "Di jalan", "berat": 950}
    said = pdf_text(
        layout.application_form(EDITION, answers={**answers, "saudara": [{"n": "Ni Luh", "i": NIK}]}, **RENDER_OPTIONS)
    )
    for part in (NAME, "20-11-2026", "Di jalan", "950", "Ni Luh", NIK):
        assert "".join(part.split()) in "".join(said.split())


def test_the_chosen_box_is_crossed():
    choice = make_field("x", "choice", "X", options=[["1", "Satu"], ["2", "Dua"]])
    lines = [
        len(drawing_operands(blank_form_of(choice, answers=answers), "l"))
        for answers in (None, {}, {"x": "9"}, {"x": "2"})
    ]
    assert lines == [lines[0], lines[0], lines[0], lines[0] + 2]


def test_an_answer_too_long_for_its_boxes_is_printed_whole():
    assert NIK + "77" in pdf_words(layout.application_form(EDITION, answers={"nik": NIK + "77"}, **RENDER_OPTIONS))


def test_an_answer_longer_than_a_page_goes_on_overleaf():
    said = pdf_words(layout.application_form(EDITION, answers={"catatan": "kata " * 3000}, **RENDER_OPTIONS))
    assert said.count("kata") == 3000


def test_a_group_has_a_row_for_each_that_may_be_named():
    rows = pdf_text(DOCUMENT_KINDS["form"](**RENDER_OPTIONS), "-layout").split("Saudara")[1].splitlines()
    assert [line.strip() for line in rows if line.strip().isdigit()] == [str(n) for n in range(1, 13)]


def test_a_group_too_wide_for_a_table_becomes_blocks():
    items = [make_field(f"f{n}", "text", f"Isian {n}") for n in range(9)]
    group = make_field("g", "group", "Anggota", item=items, max_items=12)
    said = pdf_words(blank_form_of(group))
    assert "Anggota ke-3" in said and "Jika lebih banyak, salin halaman ini." in said
    assert "Budi" in pdf_words(blank_form_of(group, answers={"g": [{"f8": "Budi"}]}))
    assert "Tidak ada." in pdf_words(blank_form_of(group, answers={}))


# -- the dossier ----------------------------------------------------------------------------------------------------


def test_the_dossier_holds_the_answers_and_every_upload_in_order():
    form = DOCUMENT_KINDS["letter"](**RENDER_OPTIONS)
    pdf = dossier(
        ("Foto ibu", "jpeg", picture_bytes()), ("Formulir", "pdf", form), ("Kartu", "png", picture_bytes("PNG"))
    )
    made = pdf_pages(pdf)
    assert NAME in pdf_words(pdf) and "3150" in made[0] and "Diisi operator SIAK" in made[0]
    assert "1. Foto ibu" in made[1] and "SURAT KETERANGAN PINDAH" in made[2] and "3. Kartu" in made[-1]
    assert all(f"Lembar {number} dari {len(made)}" in page for number, page in enumerate(made, 1))
    assert all("AKU-261123-7QK2MD-4" in page for page in made)
    with pikepdf.open(io.BytesIO(pdf)) as opened, opened.open_outline() as outline:
        assert [item.title for item in outline.root] == ["1. Foto ibu", "2. Formulir", "3. Kartu"]


def test_a_photo_is_kept_as_it_is_and_stands_the_right_way():
    data = picture_bytes(size=(900, 500))
    with pikepdf.open(io.BytesIO(dossier(("Foto", "jpeg", data)))) as opened:
        page = opened.pages[1]
        assert next(iter(page.get_images().values())).read_raw_bytes() == data
        assert page.mediabox[2] > page.mediabox[3]


@pytest.mark.parametrize(
    ("kind", "data"),
    [
        ("pdf", b"%PDF-1.7 rusak"),
        ("pdf", b""),
        ("jpeg", picture_bytes()[:-40]),
        ("jpeg", b"x"),
        ("png", picture_bytes("PNG")[:-40]),
    ],
)
def test_a_broken_upload_becomes_a_page_that_says_so(kind, data):
    made = pdf_pages(dossier(("Rusak", kind, data), ("Utuh", "png", picture_bytes("PNG"))))
    assert "tidak terbaca" in made[0] and "Berkas ini tidak bisa dibaca" in made[1] and "2. Utuh" in made[2]


def test_a_locked_pdf_becomes_a_page_that_says_so():
    with pikepdf.open(io.BytesIO(DOCUMENT_KINDS["slip"](**RENDER_OPTIONS))) as opened:
        opened.save(locked := io.BytesIO(), encryption=pikepdf.Encryption(owner="a", user="b"))
    assert "Berkas ini tidak bisa dibaca" in pdf_pages(dossier(("Terkunci", "pdf", locked.getvalue())))[1]


def test_an_emoji_in_an_answer_does_not_stop_the_dossier():
    thanks = {"title": "Catatan", "rows": [["Catatan", "Terima kasih 🙏"]]}
    assert "Terima kasih [U+1F64F]" in pdf_words(dossier(sections=[thanks]))


def test_a_dossier_is_the_same_twice():
    files = (("Foto", "jpeg", picture_bytes()), ("Formulir", "pdf", DOCUMENT_KINDS["form"](**RENDER_OPTIONS)))
    assert dossier(*files) == dossier(*files)


# -- what is issued -------------------------------------------------------------------------------------------------


def test_a_signed_document_names_signer_and_address_and_a_draft_claims_nothing():
    for document in (DEED, NOTE, LETTER):
        final, draft = (
            pdf_words(layout.issued_document(document, **RENDER_OPTIONS)),
            layout.issued_document(document, draft=True, **RENDER_OPTIONS),
        )
        signer = ("I Made Contoh, S.H.", "Pembina Utama Muda (IV/c)", "NIP 19700101 199603 1 001")
        for part in ("Ditandatangani secara elektronik oleh", *signer):
            assert part in final
        assert "aku.example/verifikasi" in final and "DRAF" not in final
        assert all("DRAF – BUKAN DOKUMEN RESMI" in page for page in pdf_pages(draft))
        assert "elektronik" not in pdf_text(draft) and "verifikasi" not in pdf_text(draft)


def test_deeds_and_notes_are_signed_by_the_registrar_and_letters_by_the_office():
    for document, title in (
        (DEED, "Pejabat Pencatatan Sipil"),
        (NOTE, "Pejabat Pencatatan Sipil"),
        (LETTER, "Kepala Dinas"),
    ):
        said = pdf_words(layout.issued_document(document, **RENDER_OPTIONS))
        assert f"Singaraja, 25 November 2026 {title}" in said


def test_a_draft_needs_neither_signer_nor_date_nor_number():
    bare = {key: DEED[key] for key in ("title", "blocks")}
    for kind in ("deed", "note", "letter"):
        assert NAME in pdf_words(layout.issued_document({**bare, "layout": kind}, draft=True, **RENDER_OPTIONS))


def test_the_sentence_on_the_certificate_is_that_of_who_signed():
    sentence = "Ditandatangani dengan sertifikat elektronik BSrE."
    assert "BSrE" not in pdf_text(DOCUMENT_KINDS["deed"](**RENDER_OPTIONS))
    assert sentence in pdf_words(layout.issued_document({**DEED, "certificate": sentence}, **RENDER_OPTIONS))


def test_a_family_of_fourteen_is_listed_whole_with_the_head_of_the_table_on_each_page():
    pdf = layout.issued_document({**LETTER, "blocks": blocks_of(people=60)}, **RENDER_OPTIONS)
    assert pdf_words(pdf).count(OCCUPATION) == 60
    assert all("Nama lengkap" in page for page in pdf_pages(pdf) if OCCUPATION in page)


@pytest.mark.parametrize("document", [DEED, NOTE, LETTER], ids=lambda one: one["layout"])
def test_signature_and_closing_never_stand_alone_on_a_page(document):
    for people in range(1, 45):
        pages = pdf_pages(layout.issued_document({**document, "blocks": blocks_of(people=people)}, **RENDER_OPTIONS))
        assert "Demikian" in pages[-1] and "I Made Contoh" in pages[-1]
        assert OCCUPATION in pages[-1] or len(pages) == 1, f"{people} people"


def test_a_deed_longer_than_a_page_goes_on_in_its_frame():
    made = pdf_pages(
        layout.issued_document(
            {**DEED, "blocks": blocks_of(rows=[[f"Baris {n}", NAME] for n in range(60)])}, **RENDER_OPTIONS
        )
    )
    assert len(made) > 2 and all(any(f"Baris {n}\n" in page for page in made) for n in range(60))
    assert "I Made Contoh" in made[-1]


def test_a_name_of_one_endless_word_is_broken_not_cut():
    assert "x" * 300 in pdf_text(
        layout.issued_document({**DEED, "blocks": blocks_of("x" * 300, ())}, **RENDER_OPTIONS)
    ).replace("\n", "")


def test_the_qr_code_is_drawn_true_with_a_quiet_zone():
    paper = PdfDocument(office=OFFICE, title="QR", demo=False, made_at=MADE_AT)
    paper.ensure_space(10)
    paper.qr_code(DEED["verify_url"], 50, 60, 45)
    matrix = segno.make(DEED["verify_url"], error="m", micro=False, boost_error=False, mask=2).matrix
    page = Image.open(io.BytesIO(poppler(paper.finish(), "pdftoppm", "-r", "254", "-gray", "-"))).convert("L")
    module = 450 / (len(matrix) + 8)
    for row, cells in enumerate(matrix):
        for column, dark in enumerate(cells):
            spot = page.getpixel((500 + (column + 4.5) * module, 600 + (row + 4.5) * module))
            assert (spot < 128) == bool(dark)
    assert page.crop((500, 600, 950, 600 + int(4 * module) - 1)).getextrema() == (255, 255)


# -- held together, printed, copied -----------------------------------------------------------------------------------


@pytest.mark.parametrize("rows", range(12, 45))
def test_a_heading_stays_with_its_table_and_signatures_with_a_row(rows):
    listed = [(f"AKU-{number:03}", NAME, "Kutipan akta kelahiran") for number in range(rows)]
    made = pdf_pages(layout.consignment({"place": "Loket", "date": "Hari ini", "rows": listed}, **RENDER_OPTIONS))
    assert "AKU-" in made[-1] and "Yang menerima" in made[-1]
    receipt = {**RECEIPT, "originals_seen": [f"Dokumen asli ke-{number}" for number in range(rows)]}
    assert "Dokumen lama yang ditarik" in pdf_pages(layout.receipt(receipt, **RENDER_OPTIONS))[-1]


def test_a_form_has_something_else_beside_its_signature_and_fourteen_of_a_family_share_pages():
    for count in range(1, 30):
        fields = [make_field(f"f{number}", "text", f"Isian {number}") for number in range(count)]
        sections = [{"key": "s", "title": "S", "fields": fields}]
        made = pdf_pages(layout.application_form({**EDITION, "sections": sections}, **RENDER_OPTIONS))
        assert "Berita acara kepolisian" in made[-1] and "Pemohon," in made[-1], count
    items = [make_field(f"f{number}", "name", f"Isian {number}") for number in range(12)]
    group = make_field("g", "group", "Anggota", item=items, max_items=20)
    family = [{f"f{number}": f"Nama{one}x{number}" for number in range(12)} for one in range(14)]
    pdf = blank_form_of(group, answers={"g": family})
    assert layout.page_count(pdf) <= 4
    assert all(f"Nama{one}x{number}" in pdf_text(pdf) for one in range(14) for number in range(12))


def test_sixty_papers_for_a_duplex_printer_each_begin_on_a_front_side():
    papers = [(f"AKU-{number:02}", DOCUMENT_KINDS[kind](**RENDER_OPTIONS)) for number, kind in enumerate(SIXTY)]
    merged = layout.merge_pdfs(papers, title="Dokumen")
    assert merged == layout.merge_pdfs(papers, title="Dokumen")
    made, place = pdf_pages(merged), 0
    with pikepdf.open(io.BytesIO(merged)) as opened, opened.open_outline() as outline:
        assert str(opened.docinfo.Title) == "Dokumen" and str(opened.Root.Lang) == "id-ID"
        begins = [next(n for n, page in enumerate(opened.pages) if page.objgen == item.destination[0].objgen)
                  for item in outline.root]  # fmt: skip
        assert [item.title for item in outline.root] == [name for name, _ in papers]
    for (_name, paper), begin in zip(papers, begins, strict=True):
        pages = pdf_pages(paper)
        assert begin == place and begin % 2 == 0 and made[place : place + len(pages)] == pages
        place += len(pages)
        if place % 2 and place < len(made):
            assert not made[place].strip()
            place += 1
    assert place == len(made)
    plain = layout.merge_pdfs(papers, duplex=False)
    assert layout.page_count(plain) == sum(layout.page_count(paper) for _, paper in papers)


def test_bookmarks_of_a_paper_survive_below_its_own():
    dossiers = [(name, dossier(("Foto", "jpeg", picture_bytes()))) for name in ("AKU-1", "AKU-2")]
    with pikepdf.open(io.BytesIO(layout.merge_pdfs(dossiers))) as opened, opened.open_outline() as outline:
        (first, second) = outline.root
        assert [child.title for child in second.children] == ["1. Foto"]
        assert second.children[0].destination[0].objgen == opened.pages[3].objgen and first.title == "AKU-1"


ODD_TURN = pikepdf.Name.Kanan  # readers pass over what is no quarter turn


@pytest.mark.parametrize("turned", [0, 90, 180, 270, ODD_TURN])
def test_uploaded_pages_are_shown_whole_and_upright_above_their_number(turned):
    page = PdfDocument(office=OFFICE, title="U", demo=False, made_at=MADE_AT)
    page.add_page(format=(300, 150))
    page.set_fill_color(255, 0, 0)
    page.rect(100, 50, 20, 10, style="F")  # the corner of what is shown
    with pikepdf.open(io.BytesIO(page.finish())) as opened:
        scale = 72 / 25.4
        opened.pages[0].cropbox = [100 * scale, 20 * scale, 250 * scale, 100 * scale]
        opened.pages[0].Rotate = turned
        opened.save(upload := io.BytesIO())
    picture = poppler(dossier(("U", "pdf", upload.getvalue())), "pdftoppm", "-r", "50", "-f", "2", "-")
    sheet = Image.open(io.BytesIO(picture)).convert("RGB")
    red = sheet.point(lambda value: 255 * (value > 128)).split()
    spots = [(x, y) for x in range(sheet.width) for y in range(sheet.height)
             if red[0].getpixel((x, y)) and not red[1].getpixel((x, y))]  # fmt: skip
    assert (sheet.width > sheet.height) == (turned in (0, 180, ODD_TURN)) and spots
    left, top = min(x for x, _ in spots) / sheet.width, min(y for _, y in spots) / sheet.height
    assert left < 0.4 if turned in (0, 270, ODD_TURN) else left > 0.5
    assert top < 0.4 if turned in (0, 90, ODD_TURN) else top > 0.5


def test_a_draft_is_told_by_a_black_and_white_copy_within_a_printers_margin():
    pdf = DOCUMENT_KINDS["draft"](**RENDER_OPTIONS)
    sheet = Image.open(io.BytesIO(poppler(pdf, "pdftoppm", "-r", "150", "-gray", "-"))).convert("L")
    copy = sheet.point(lambda value: 255 * (value > 128))
    edge = round(6 / 25.4 * 150)
    left, top, right, _bottom = Image.eval(copy, lambda value: 255 - value).getbbox()
    assert edge <= left and edge <= top and right <= sheet.width - edge
    letters = copy.crop((sheet.width // 4, sheet.height // 3, sheet.width * 3 // 4, sheet.height * 2 // 3))
    assert letters.histogram()[0] > 0.02 * letters.width * letters.height
    assert "D\n" not in pdf_text(pdf) and "sebagaimana mestinya." in pdf_words(pdf)


def test_text_is_tagged_and_the_rest_are_artifacts():
    with pikepdf.open(io.BytesIO(DOCUMENT_KINDS["draft"](**RENDER_OPTIONS))) as opened:
        assert opened.Root.MarkInfo.Marked
        depth = 0
        for step in pikepdf.parse_content_stream(opened.pages[0]):
            depth += {"BDC": 1, "BMC": 1, "EMC": -1}.get(str(step.operator), 0)
            assert depth or str(step.operator) not in ("Tj", "TJ", "re", "f", "S")
        kinds_found = {str(element.S) for element in opened.Root.StructTreeRoot.K[0].K}
        assert {"/P", "/Table", "/H1"} <= kinds_found


def test_numbers_in_boxes_are_copied_as_one():
    pdf = layout.application_form(EDITION, answers={"nik": NIK, "lahir": "2026-11-20"}, **RENDER_OPTIONS)
    with pypdfium2.PdfDocument(pdf) as opened:
        texts = pdf_words(pdf), opened[0].get_textpage().get_text_bounded()
    assert all(NIK in text and "20-11-2026" in text for text in texts)
