"""Draft comparison: one swapped digit is found, and an unreadable draft never counts as correct."""

import pytest
from fpdf import FPDF
from PIL import Image

from casework.transitions import perform
from documents import date_extraction, draft_comparison
from documents.text_comparison import DATE, DIGITS, NAME, NUMBER, ExpectedValue, compare, has_text
from files.inspection import pdf_text
from jobs import outbox
from models import Comparison, Outbox, Permohonan
from seed import siak_drafts
from tests.helpers.staff_client import sign_in_officer

DEED = """KUTIPAN AKTA KELAHIRAN
Nomor 5108-LU-13112026-0001
Berdasarkan akta bahwa di BULELENG pada tanggal TIGA BELAS NOVEMBER tahun
DUA RIBU DUA PULUH ENAM telah lahir I PUTU ARYA WIGUNA
anak ke-1, laki-laki, dari ayah I MADE WI-
GUNA dan ibu NI LUH AYU
PRATIWI, berat 3.150 gram
NIK 5108 9945 0590 0001 KK 5108991311260001
Tanggal lahir ibu: 3 Agustus 1981"""

SAME, DIFFERS, MISSING = "same", "differs", "missing"
TABLE = [
    # kind, answer, text, verdict, the draft's words with [what is marked]
    (NAME, "I Putu Arya Wiguna", DEED, SAME, ""),
    (NAME, "i putu  arya wiguna", DEED, SAME, ""),
    (NAME, "I Made Wiguna", DEED, SAME, ""),  # cut at the end of its line
    (NAME, "Ni Luh Ayu Pratiwi", DEED, SAME, ""),  # over two lines
    (NAME, "A.A. Ngurah Ma'ruf", "Nama: A A NGURAH MARUF", SAME, ""),
    (NAME, "I Putu Aria Wiguna", DEED, DIFFERS, "I PUTU AR[Y]A WIGUNA"),
    (NAME, "Gede Suparta", "Nama : GEDE SUPARTA, S.Pd.", DIFFERS, "GEDE SUPARTA[, S.Pd.]"),
    (NAME, "Made Dewi Lestari", "Nama : MADE DEWI LESTARI PUTRI", DIFFERS, "MADE DEWI LESTARI[ PUTRI]"),
    (NAME, "Nengah Andai", "Nama ibu Ni Nengah Andai", DIFFERS, "[Ni ]Nengah Andai"),
    (NAME, "Wayan Andai", "NAMA AYAH I WAYAN ANDAI", DIFFERS, "[I ]WAYAN ANDAI"),
    (NAME, "Wayan Andai", "dikuburkan di Wayan Andai, I Made Andai", SAME, ""),  # "di" is none of a name
    (NAME, "I Nengah Andai", "Nama ibu Ni Nengah Andai\nNama ayahI Nengah Andai", SAME, ""),  # runs into its label
    (NAME, "Ketut Liyan", DEED, MISSING, ""),
    (DIGITS, "5108994505900001", DEED, SAME, ""),
    (DIGITS, "5108991311260001", DEED, SAME, ""),
    (DIGITS, "5108994505900001", "NIK 51089945\n05900001 x", SAME, ""),
    (DIGITS, "5108994505900001", "NIK 5108994505900010", DIFFERS, "51089945059000[10]"),  # two swapped
    (DIGITS, "5108994505900001", "NIK 5108994505800001", DIFFERS, "5108994505[8]00001"),
    (DIGITS, "5108994505900001", "NIK 51089945059000012", DIFFERS, "5108994505900001[2]"),
    (DIGITS, "5108994505900001", "NIK 5108997777770009", MISSING, ""),
    (DATE, "2026-11-13", DEED, SAME, ""),  # in words
    (DATE, "1981-08-03", DEED, SAME, ""),  # with the month's name
    (DATE, "2026-11-13", "lahir 13/11/2026", SAME, ""),
    (DATE, "2026-11-13", "lahir 2026-11-13", SAME, ""),
    (DATE, "2026-11-13", "lahir 13 Nopember 2026", SAME, ""),
    (DATE, "1981-08-03", "lahir 08-03-1981", DIFFERS, "0[8]-0[3]-1981"),
    (DATE, "2026-11-13", "lahir 13-11-2062", DIFFERS, "13-11-20[62]"),
    (DATE, "2026-11-13", "dicetak 25 Desember 2027", MISSING, ""),
    (NUMBER, "5108-LU-13112026-0001", DEED, SAME, ""),
    (NUMBER, "5108-LU-13112026-0001", "Nomor 5108-LU-13112026-00012", DIFFERS, "5108-LU-13112026-0001[2]"),
    (NUMBER, "5108-LU-13112026-0001", "Nomor 5108-LT-13112026-0001", DIFFERS, "5108-L[T]-13112026-0001"),
    (NUMBER, "3150", DEED, SAME, ""),
    (NUMBER, "3150", "berat 31500 gram", DIFFERS, "3150[0]"),
]  # fmt: skip


@pytest.fixture(params=["sqlite"])  # what is compared is read from PDFs
def database_kind(request):
    return request.param


@pytest.mark.parametrize(("kind", "value", "text", "verdict", "shown"), TABLE)
def test_each_kind_of_value_is_found_in_every_spelling_and_a_slip_is_marked(kind, value, text, verdict, shown):
    (found,) = compare([ExpectedValue("x", "X", kind, value)], text)
    assert (found.verdict, "".join(f"[{part}]" if odd else part for part, odd in found.parts)) == (verdict, shown)


def test_what_belongs_to_somebody_else_is_no_misspelling():
    both = [ExpectedValue("a", "A", NAME, "Putu Ayu Sari"), ExpectedValue("b", "B", NAME, "Putu Ayu Sami")]
    both += [ExpectedValue("c", "C", DIGITS, "5108994505900001"), ExpectedValue("d", "D", DIGITS, "5108994505900002")]
    found = compare(both, "Nama: PUTU AYU SARI\nNIK 5108994505900002")
    assert [one.verdict for one in found] == [SAME, MISSING, MISSING, SAME]


def test_the_names_of_a_table_s_row_stand_beside_each_other():
    row = [
        ExpectedValue("ayah", "Nama ayah", NAME, "I Gusti Kadek Masa"),
        ExpectedValue("ibu", "Nama ibu", NAME, "Desak Putu Wi"),
    ]
    assert [one.verdict for one in compare(row, "WNI I Gusti Kadek Masa Desak Putu Wi I Made")] == [SAME, DIFFERS]
    assert [one.verdict for one in compare(row, "I Gusti Kadek Masa Desak Putu Wi\nNama")] == [SAME, SAME]
    short = [ExpectedValue("a", "A", NAME, "Nengah Andai"), ExpectedValue("b", "B", NAME, "Ni Nengah Andai")]
    assert [one.verdict for one in compare(short, "Nama Ni Nengah Andai")] == [DIFFERS, SAME]


@pytest.mark.parametrize(
    ("words", "number"),
    [("SATU", 1), ("SEPULUH", 10), ("SEBELAS", 11), ("TIGA BELAS", 13), ("DUA PULUH", 20), ("TIGA PULUH SATU", 31),
     ("SERIBU SEMBILAN RATUS DELAPAN PULUH SATU", 1981), ("DUA RIBU", 2000),
     ("DUA RIBU DUA PULUH ENAM", 2026), ("KOSONG", 0)],
)  # fmt: skip
def test_numbers_in_words(words, number):
    assert date_extraction.parse_number(words.split()) == number


def test_a_text_of_a_few_letters_is_no_text():
    assert not has_text("CONTOH  1/1") and has_text(DEED)


# With real PDFs


def pdf(text):
    paper = FPDF()
    paper.add_page()
    paper.set_font("helvetica", size=11)
    paper.multi_cell(0, 6, text)
    return bytes(paper.output())


def scan():
    paper = FPDF()
    paper.add_page()
    paper.image(Image.new("RGB", (600, 800), "white"), w=150)
    return bytes(paper.output())


def drafted(factory, submit, data=None, code="AK-LAHIR", compared=True, **answers):
    """An application whose draft waits for the ADB; `data`: the PDF from SIAK, or what makes it of a right one."""
    permohonan = factory.advance_to(submit(code, **answers), "siak_entry")
    numbers = siak_drafts.upload_drafts(permohonan)
    first = permohonan.products[0]
    if callable(data):
        data = data(siak_drafts.siak_draft(permohonan, first, numbers[first["key"]]["number"]))
    numbers[first["key"]]["draft"] = data
    perform(permohonan, "submit_draft", factory.staff["siak_operator"], documents=numbers)
    if compared:
        outbox.drain()
    return Permohonan.get_by_id(permohonan.id)


def verdict(permohonan):
    return draft_comparison.load_results([permohonan])[permohonan.id][0]


def test_a_draft_made_here_is_the_same_as_its_answers(factory, submit):
    found = verdict(drafted(factory, submit))
    assert (found.summary, found.tone) == ("Sama dengan isian", "good"), found.findings
    assert found.matching == 5  # number, name, date, both parents
    assert {row.state for row in Outbox.select().where(Outbox.job == "compare_drafts")} == {"done"}


def test_one_swapped_digit_in_the_pdf_from_siak_is_found_and_shown_to_adb(app, factory, submit):
    assert verdict(drafted(factory, submit, code="KK-BARU")).summary == "Sama dengan isian"

    def swapped(right):
        text = pdf_text.extract_text(right)
        assert "5108994505900001" in text
        return pdf(text.replace("5108994505900001", "5108994505900010").encode("latin-1", "replace").decode("latin-1"))

    found = verdict(permohonan := drafted(factory, submit, swapped, code="KK-BARU"))
    numbers = {one["key"] for one in found.findings if one["verdict"] == DIFFERS}
    assert numbers == {"anggota-1-nik"}
    adb = sign_in_officer(app, "adb")
    page = adb.text(f"/petugas/adb/details/?id={permohonan.key}")
    assert "51089945059000<mark>10</mark>" in page
    assert f"{len(numbers)} perbedaan" in adb.text("/petugas/adb/") and "Sama dengan isian" in adb.text("/petugas/adb/")


def test_the_card_that_is_left_is_not_searched_for_those_who_left(factory, submit):
    drafted(factory, submit, code="KK-PISAH")
    wanted = {row.document.product: {one["key"] for one in row.findings} for row in Comparison.select()}
    assert wanted["kk"] >= {"nama", "nik", "anggota-1-nik"}
    assert wanted["kk_lama"] == {"nomor", "no_kk", "nama_kepala_lama"}


def test_the_members_who_move_are_searched_in_siak_s_moving_letter(factory, submit):
    found = verdict(drafted(factory, submit, lambda right: right, code="PIN-KELUAR"))
    assert found.summary == "Sama dengan isian", found.findings
    assert "anggota-1-nik" in {one["key"] for row in Comparison.select() for one in row.findings}


def test_a_right_card_without_who_died_is_the_same(factory, submit):
    rows = [{"name": "Ni Made Contoh", "nik": "5108994505500012", "tindakan": "2", "relation": "7"}]
    rows.append({"name": "I Gede Contoh", "nik": "5108990505850013", "tindakan": "3", "relation": "4"})
    found = verdict(drafted(factory, submit, code="KK-PERISTIWA", jenis_peristiwa="2", anggota=rows))
    assert found.summary == "Sama dengan isian", found.findings
    searched = {one["key"] for row in Comparison.select() for one in row.findings}
    assert "anggota-2-nik" in searched and "anggota-1-nik" not in searched


def test_a_right_card_without_the_divorced_partner_is_the_same(factory, submit):
    found = verdict(drafted(factory, submit, code="KK-BARU", dasar_keluarga="4", ganti_ktp="4"))
    assert found.summary == "Sama dengan isian"
    assert "nama_pasangan" not in {one["key"] for row in Comparison.select() for one in row.findings}


def test_a_scan_is_never_called_good(app, factory, submit):
    permohonan = drafted(factory, submit, scan())
    found = verdict(permohonan)
    assert (found.summary, found.tone, found.matching) == ("Tidak dapat diperiksa otomatis", "warn", 0)
    assert "Draf ini hasil pindai tanpa teks." in sign_in_officer(app, "kabid").text(
        f"/petugas/permohonan/details/?id={permohonan.key}"
    )


@pytest.mark.timeout(60)
@pytest.mark.parametrize("piece", ["a", ".", "1", "a'", "5108-", "-\n", "Aa. "])
def test_a_text_without_end_holds_nobody_up(piece):
    """A line of dots once held a process for minutes."""
    values = {NAME: "I Putu Arya", DIGITS: "5108994505900001", NUMBER: "5108-LU-13112026-0001", DATE: "2026-11-13"}
    text = piece * (pdf_text.MAX_LETTERS // len(piece))
    found = compare([ExpectedValue(kind, kind, kind, value) for kind, value in values.items()], text)
    assert {one.verdict for one in found} == {MISSING}


def test_what_is_not_compared_yet_says_so_and_can_be_compared_at_once(app, factory, submit):
    permohonan = factory.advance_to(submit(), "adb_review", compared=False)
    assert verdict(permohonan).summary == "Belum dibandingkan"
    adb = sign_in_officer(app, "adb")
    assert "Bandingkan sekarang" in adb.text(f"/petugas/adb/details/?id={permohonan.key}")
    adb.post(f"/petugas/adb/bandingkan/?id={permohonan.key}")
    adb.post(f"/petugas/adb/bandingkan/?id={permohonan.key}")
    outbox.drain()
    assert verdict(permohonan).summary == "Sama dengan isian" and Comparison.select().count() == 1


@pytest.mark.parametrize("data", [b"", b"%PDF-1.7 broken", b"no pdf at all"])
def test_a_broken_pdf_has_no_text_and_breaks_nothing(data):
    assert pdf_text.extract_text(data) is None


def test_a_list_of_drafts_asks_the_same_for_one_and_for_many(factory, submit, query_count):
    rows = [factory.advance_to(submit(), "adb_review") for _ in range(3)]
    counts = []
    for some in (rows[:1], rows):
        with query_count() as seen:
            draft_comparison.load_results(some)
        counts.append(len(seen))
    assert counts[0] == counts[1]
