"""Letters made here, as an officer reads them: whom they are about, what they say, and what becomes of the cards."""

import pytest

from tests.helpers.products import made_here
from tests.helpers.service_cases import services

MOVE = {
    "alamat": "Jalan Serma Karma 1", "alamat_tujuan": "Jalan Tukad Badung 5", "desa_tujuan": "Renon",
    "kecamatan_tujuan": "Denpasar Selatan", "kabupaten_tujuan": "Kota Denpasar", "provinsi_tujuan": "Bali",
    "no_kk": "5108990101180001", "no_kk_tinggal": "5108990101180002", "no_kk_tujuan": "5171990101180003",
    "nama_kepala_baru": "Ni Made Tinggal", "nama_kepala_tujuan": "I Wayan Tuju", "anak_tinggal": "tidak",
}  # fmt: skip
CHILD = [{"name": "Ni Putu Anak", "nik": "5108994405150001", "relation": "4"}]


def letter(code, **given):
    """Return what the only letter of an application says, its tables too."""
    [(_product, data, _pdf)] = made_here(code, given)
    cells = [
        cell for block in data["blocks"] for row in [[block.get("text", "")], *block.get("rows", [])] for cell in row
    ]
    return " ".join(filter(None, cells))


def test_the_moving_letter_says_what_moves_from_where_to_where_and_why():
    said = letter("PIN-KELUAR", **MOVE, alasan="1")
    assert "menerangkan bahwa atas permohonan" in said
    moves = "dari Jalan Serma Karma 1, Pemaron, Buleleng, Kabupaten Buleleng, Bali, ke Jalan Tukad Badung 5, Renon"
    assert moves in said and "Denpasar Selatan, Kota Denpasar, Bali, dengan alasan pekerjaan" in said
    assert "berlaku 30 hari kerja" in said and "KTP-el dan KIA yang lama dibawa" in said


CARDS = [  # of those who stay, of those who move
    ({"jenis_kepindahan": "1", "kk_tidak_pindah": "1"}, "menumpang pada KK nomor 5108990101180002", "Ni Made Tinggal"),
    ({"jenis_kepindahan": "3", "kk_tidak_pindah": "2"}, "Yang tinggal membuat KK baru", "Ni Made Tinggal"),
    ({"jenis_kepindahan": "4"}, "tetap pada KK nomor 5108990101180001", "yang diperbarui"),
]


@pytest.mark.parametrize("code", ["PIN-KELUAR", "PIN-LN"])
@pytest.mark.parametrize("given, stays, head", CARDS)
def test_it_says_what_becomes_of_the_card_of_those_who_stay(code, given, stays, head):
    own = MOVE if code == "PIN-KELUAR" else {key: MOVE[key] for key in ("no_kk", "no_kk_tinggal", "nama_kepala_baru")}
    said = letter(code, **own | given)
    assert stays in said and head in said


def test_nobody_stays_where_the_whole_family_moves():
    for code in ("PIN-KELUAR", "PIN-LN"):
        assert "tinggal" not in letter(code, jenis_kepindahan="2")


@pytest.mark.parametrize("kind, card", [("1", "masuk ke KK nomor 5171990101180003"), ("2", "membuat KK baru dengan")])
def test_it_says_which_card_those_who_move_get(kind, card):
    assert f"yang pindah {card}" in (said := letter("PIN-KELUAR", **MOVE, kk_pindah=kind)) and "I Wayan Tuju" in said


def test_who_applies_for_children_does_not_move():
    given = {"nama": "Ni Luh Ibu", "jenis_kepindahan": "4", "kk_pindah": "1", "anggota": CHILD}
    said = letter("PIN-KELUAR", **MOVE | given)
    assert "atas permohonan penduduk berikut: Nama pemohon Ni Luh Ibu" in said
    assert said.endswith("ditukar di sana.") and "Yang pindah ialah anggota keluarga: Ni Putu Anak" in said


def test_a_reason_in_own_words_keeps_its_capitals():
    for code, more in (("PIN-KELUAR", {}), ("PIN-LN", {}), ("PIN-OA", {"arah": "2"})):
        said = letter(code, alasan="7", alasan_lain="Ikut suami ke Ubud", **more)
        assert "dengan alasan Ikut suami ke Ubud" in said and "lainnya" not in said


def test_the_letter_for_abroad_names_country_passport_and_what_to_report():
    said = letter("PIN-LN", negara="Jepang", nomor_paspor="X1234567", alamat_ln="2-3-1 Kasumigaseki, Tokyo")
    assert "ke luar negeri, yaitu Jepang, dengan alamat 2-3-1 Kasumigaseki, Tokyo" in said
    assert "Nomor paspor atau SPLP X1234567" in said and "Perwakilan Republik Indonesia" in said and "14 hari" in said


@pytest.mark.parametrize("permit, gets", [("1", "(SKTT) yang baru"), ("2", "KK dan KTP-el dengan alamat baru")])
def test_a_foreigner_s_letter_says_what_the_new_place_gives_for_the_permit(permit, gets):
    assert gets in (said := letter("PIN-OA", arah="2", jenis_izin=permit)) and "selama izin tinggalnya berlaku" in said


def test_the_proof_of_a_stay_says_until_when_and_that_it_is_no_id_card():
    said = letter("PNP", jenis_permohonan="2")
    assert "telah terdaftar sebagai penduduk nonpermanen" in said and "Pendaftaran Perpanjangan" in said
    assert "berlaku sampai 31 Mei 2027" in said and "bukan pengganti keduanya" in said


@pytest.mark.parametrize(
    "trouble, told", [("1", "tidak menemukan NIK itu"), ("2", "tidak menemukan"), ("3", "nomor lain")]
)
def test_the_notice_about_a_nik_fits_what_was_wrong(trouble, told):
    said = letter("NIK-AKTIF", masalah=trouble, nik_lain="5108990101900077" if trouble == "3" else "")
    assert told in said and "terdaftar aktif" in said
    assert "5108990101900077" not in said, "it may be somebody else's"


def test_the_proof_of_recording_is_no_id_card():
    assert "selesai direkam" in (said := letter("KTP-REKAM")) and "bukan tanda pengenal" in said


@pytest.mark.parametrize("group, cause", [("1", "karena bencana alam"), ("2", "karena kerusuhan")])
def test_lost_certificates_are_lost_by_what_happened(group, cause):
    made = {
        product["key"]: data for product, data, _pdf in made_here("RENTAN", {"kelompok": group, "akta_hilang": "ya"})
    }
    texts = {key: " ".join(block.get("text", "") for block in data["blocks"]) for key, data in made.items()}
    assert cause in texts["skps"] and made["skps"]["signer"] == "registrar"
    assert "sampai KTP-el atau KIA diterbitkan" in texts["skpti"]


def test_a_person_without_birth_date_is_described_by_an_age():
    [(_product, data, _pdf)] = made_here("RENTAN", {"kelompok": "3", "pernah_terdaftar": "3"})
    assert ["Perkiraan umur (tahun)", "40"] in data["facts"]


def test_no_letter_that_may_be_made_here_waits_for_siak_in_vain():
    """What a template requires is asked on each road to its product; else a draft would always be demanded."""
    roads = {"PIN-KELUAR": CARDS, "PIN-LN": CARDS, "PIN-OA": [({"arah": "2", "jenis_izin": kind},) for kind in "12"]}
    for code, cases in roads.items():
        assert [one["source"] for one in services()[code]["products"] if one["template"]] == ["either"]
        assert all(letter(code, **case[0]) for case in cases)
