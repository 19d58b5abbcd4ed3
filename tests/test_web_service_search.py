"""Search by everyday words: Indonesian, slang, misspellings and English lead to the one door of an event."""

import pytest

from web import service_search

FIRST = {  # what people type → the code of the service, or the key of the page, that comes first
    # birth and children
    "anak baru lahir": "AK-LAHIR",
    "bayi": "AK-LAHIR",
    "akte lahir": "AK-LAHIR",
    "bikin akte anak": "AK-LAHIR",
    "akta kelahiran": "AK-LAHIR",
    "akta kelahrian": "AK-LAHIR",
    "F-2.01 lahir": "AK-LAHIR",
    "birth certificate": "AK-LAHIR",
    "newborn baby": "AK-LAHIR",
    "bayi lahir mati": "LAHIR-MATI",
    "stillbirth": "LAHIR-MATI",
    "keguguran": "LAHIR-MATI",
    "anak angkat": "AK-ANGKAT",
    "adopsi": "AK-ANGKAT",
    "adoption": "AK-ANGKAT",
    "pengakuan anak": "AK-AKUI",
    "pengesahan anak": "AK-SAH",
    "kia": "KIA-BARU",
    "ktp anak": "KIA-BARU",
    "kartu identitas anak": "KIA-BARU",
    "kia hilang": "KIA-GANTI",
    # marriage and divorce
    "nikah": "AK-KAWIN",
    "akta nikah hindu": "AK-KAWIN",
    "catatan sipil nikah": "AK-KAWIN",
    "pawiwahan": "AK-KAWIN",
    "marriage certificate": "AK-KAWIN",
    "nikah islam": "KK-PERISTIWA",
    "nikah kua": "KK-PERISTIWA",
    "buku nikah": "KK-PERISTIWA",
    "cerai": "AK-CERAI",
    "divorce": "AK-CERAI",
    "cerai muslim": "KK-PERISTIWA",
    "pengadilan agama": "KK-PERISTIWA",
    "perjanjian kawin": "AK-JANJI",
    "prenup": "AK-JANJI",
    # death
    "bapak meninggal": "AK-MATI",
    "meninggal di rumah": "AK-MATI",
    "mau urus akta kematian": "AK-MATI",
    "akta kematian": "AK-MATI",
    "death certificate": "AK-MATI",
    # cards
    "ktp": "KTP-BARU",
    "bikin ktp": "KTP-BARU",
    "KTP hilang": "KTP-HILANG",
    "ktp ilang": "KTP-HILANG",
    "ktp-el saya hilang": "KTP-HILANG",
    "e-ktp hilang": "KTP-HILANG",
    "dompet hilang": "KTP-HILANG",
    "lost id card": "KTP-HILANG",
    "ktp rusak": "KTP-RUSAK",
    "ktp patah": "KTP-RUSAK",
    "ganti status ktp": "KTP-UBAH",
    "rekam ktp umur 16": "KTP-REKAM",
    "perekaman sidik jari": "KTP-REKAM",
    "ktp digital": "ikd",
    "ikd": "ikd",
    "identitas kependudukan digital": "ikd",
    "ktp orang asing": "KTP-OA",
    # family card
    "kk barcode": "KK-TTE",
    "kk qr": "KK-TTE",
    "kawin tercatat": "KK-TTE",
    "kk hilang": "KK-HILANG",
    "lost family card": "KK-HILANG",
    "kk rusak": "KK-RUSAK",
    "pisah kk": "KK-PISAH",
    "pecah kk": "KK-PISAH",
    "numpang kk": "KK-NUMPANG",
    "tambah anggota kk": "KK-PERISTIWA",
    "nik tidak terdaftar di bpjs": "NIK-AKTIF",
    "nik tidak ditemukan": "NIK-AKTIF",
    "nik ganda": "NIK-AKTIF",
    "ganti agama": "KK-ELEMEN",
    "ganti pekerjaan": "KK-ELEMEN",
    # moves and foreigners
    "pindah domisili": "PIN-KELUAR",
    "surat pindah": "PIN-KELUAR",
    "pindah keluar kota": "PIN-KELUAR",
    "pindah ke buleleng": "PIN-DATANG",
    "pindah datang": "PIN-DATANG",
    "pindah alamat dalam buleleng": "PIN-DALAM",
    "pindah desa": "PIN-DALAM",
    "batal pindah": "PIN-BATAL",
    "kitas": "SKTT",
    "skkt": "SKTT",
    "kitas foreigner": "SKTT",
    "tki pulang": "PIN-LN",
    "pindah ke luar negeri": "PIN-LN",
    # corrections and copies
    "salah nama": "AK-BETUL",
    "salah ketik akta": "AK-BETUL",
    "ganti nama": "AK-NAMA",
    "change my name": "AK-NAMA",
    "akta hilang": "AK-KUTIPAN2",
    "akte ilang": "AK-KUTIPAN2",
    "akta rusak": "AK-KUTIPAN2",
    "lost certificate": "AK-KUTIPAN2",
    # what needs no application
    "legalisir": "legalisasi",
    "legalisir akta": "legalisasi",
    "legalisasi": "legalisasi",
    "cap basah": "legalisasi",
    "unduh lagi": "unduh-lagi",
    "download akta": "unduh-lagi",
    "file pdf hilang": "unduh-lagi",
    "umur 16 tahun": "KTP-REKAM",
    # two letters wrong
    "kelahirran": "AK-LAHIR",
    "kemtian": "AK-MATI",
    "perkawnian": "AK-KAWIN",
    "legalsir": "legalisasi",
    "domisli": "PIN-KELUAR",
    "hilnag ktp": "KTP-HILANG",
    "certifcate of birth": "AK-LAHIR",
}  # fmt: skip


@pytest.fixture(params=["sqlite"])  # it searches in memory
def database_kind(request):
    return request.param


def _key(one):
    return one.key if isinstance(one, service_search.InformationPage) else one.layanan.code


def first(asked):
    return next(map(_key, service_search.search_all(asked)), "")


def test_everyday_words_find_the_one_door(app):
    assert {asked: first(asked) for asked in FIRST} == FIRST


@pytest.mark.parametrize("asked", ["zzzz", "%", "_", "\x00", "x" * 3000, "saya mau", "qwertyuiop", "🙂"])
def test_words_of_nothing_find_nothing(app, asked):
    assert service_search.search_all(asked) == []
