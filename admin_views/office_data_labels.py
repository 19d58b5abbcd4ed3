"""Labels of the codes in the office's own tables, and validation of new values; it reads and changes no row."""

from notify.message import PLACEHOLDERS
from notify.message_texts import ACTIONS, AUDIENCES

WORDS = ", ".join(f"{{{name}}}" for name in PLACEHOLDERS)
INFORMATION = "Halaman bagi warga: judul, penjelasan, bagian-bagian, dan kata untuk mencarinya, dalam dua bahasa."
# code of a fact: its name, what it does
FACTS = {
    "claim_minutes": (
        "Waktu memegang permohonan",
        "Permohonan yang diambil petugas lepas sendiri sesudah sekian menit tanpa kegiatan. Angka 5 sampai 480.",
    ),
    "certificate_sentences": (
        "Kalimat sertifikat TTE",
        "Tercetak di bawah tanda tangan dan di halaman verifikasi, menurut sertifikat siapa yang dipakai: local (milik "
        "kantor sendiri), bsre (layanan eSign BSrE), siak. Dalam dua bahasa; {kantor} diisi sendiri.",
    ),
    "document_numbers": (
        "Bentuk nomor dokumen",
        "Menurut jenis nomor, satu bentuk sebaris, huruf besar. {wilayah}: kode kabupaten, {tanggal}: hari, bulan, dan "
        "tahun seperti 01122026, {urut:4}: nomor urut empat angka, {angka:16}: enam belas angka. Tanpa bentuk: bebas.",
    ),
    "hours": ("Jam layanan", "Jam buka setiap hari, 0 (Senin) sampai 6 (Minggu). Hari yang tidak ditulis: tutup."),
    "info_ikd": ("Halaman IKD", INFORMATION),
    "info_legalisasi": ("Halaman legalisasi", INFORMATION),
    "info_rekam_ktp": ("Halaman perekaman mulai umur 16", INFORMATION),
    "info_unduh_lagi": ("Halaman unduh lagi", INFORMATION),
    "late_report": ("Terlambat melapor", "Kalimat di halaman layanan yang punya batas melapor, dalam dua bahasa."),
    "office": ("Kop dan alamat kantor", "Tampil di halaman warga, surat, dan dokumen."),
    "sla_counts": (
        "Cara menghitung janji layanan",
        '"working": hanya hari kerja. "calendar": setiap hari, termasuk hari libur.',
    ),
    "sla_starts": (
        "Mulai janji layanan",
        '"submitted": sejak permohonan dikirim. "complete": sejak berkasnya lengkap dan dikirim ke SIAK.',
    ),
    "standard": ("Standar pelayanan", "Komponen 8 sampai 14 di halaman Standar pelayanan, dalam dua bahasa."),
}


def fact(key: str) -> tuple[str, str]:
    """Name and meaning of a fact; one that is unknown here is called by its code."""
    return FACTS.get(key, (key, ""))


def message(action: str, audience: str) -> str:
    """Name the message that a text belongs to."""
    return f"{ACTIONS.get(action, action)}, kepada {AUDIENCES.get(audience, audience).lower()}"
