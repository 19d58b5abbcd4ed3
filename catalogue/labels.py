"""Labels of a service's definition: what its keys and values are called on the office's screens."""

from catalogue import categories

GROUPS = {"capil": "Pencatatan sipil", "dafduk": "Pendaftaran penduduk"}
CATEGORIES = {category.code: category.name["id"] for category in categories.CATEGORIES.values()}
FIELD_TYPES = {
    "text": "Teks satu baris",
    "long": "Teks panjang",
    "name": "Nama orang",
    "number": "Angka",
    "date": "Tanggal",
    "time": "Jam",
    "choice": "Pilihan",
    "yesno": "Ya atau tidak",
    "nik": "NIK",
    "kk": "Nomor KK",
    "phone": "Nomor HP",
    "email": "E-mail",
    "village": "Desa atau kelurahan",
    "group": "Kelompok berulang",
}
REQUIRED = {"always": "Wajib", "optional": "Bila ada", "when": "Bersyarat"}
SUBJECTS = {"name": "Nama", "nik": "NIK", "birth_date": "Tanggal lahir", "village": "Desa atau kelurahan"}
SOURCES = {"siak": "SIAK (PDF-nya diunggah operator)", "own": "Dibuat di sini", "either": "Di sini, atau dari SIAK"}
PRODUCT_KINDS = {"pdf": "PDF bertanda tangan elektronik", "card": "Kartu yang diambil"}
CHECKS = {
    "birth_date": "tanggal lahir pada NIK dicocokkan dengan",
    "sex": "jenis kelamin pada NIK dicocokkan dengan",
    "not_before": "tidak boleh sebelum",
    "new_name": "nama baru menurut Permendagri 73/2022",
}
LABELS = {  # of the schema, in the order in which people read them
    "code": "Kode",
    "name": "Nama",
    "short": "Penjelasan pendek",
    "group": "Diverifikasi oleh",
    "category": "Kelompok di beranda",
    "form_code": "Kode formulir",
    "sla_days": "Janji selesai (hari kerja)",
    "report_within_days": "Batas melapor (hari)",
    "applicant_without_nik": "Pemohon boleh belum punya NIK",
    "screen_signature": "Formulir boleh ditandatangani di layar",
    "opening": "Dibaca lebih dulu",
    "search_words": "Kata untuk mencarinya",
    "part_of": "Bagian dari layanan lain",
    "leads": "Bukan ini? Layanan lain",
    "legal": "Dasar hukum",
    "ask_office": "Perlu ditanyakan ke kantor",
    "kind": "Bentuk",
    "template": "Bentuk dokumen",
    "source": "Asal draf",
    "number": "Jenis nomor",
    "number_from": "Nomor diusulkan dari isian",
    "number_of": "Bernomor sama dengan",
    "copy_for": "Lembar untuk",
    "prints": "Isian yang harus ada di draf SIAK",
    "holder": "Atas nama",
    "help": "Penjelasan",
    "required": "Wajib",
    "when": "Hanya bila",
    "one_of": "Salah satu dari",
    "max_files": "Berkas paling banyak",
    "sample": "Gambar contoh",
    "statement": "Surat pernyataan yang kami berikan",
    "taken_back": "Aslinya ditarik saat dokumen baru diserahkan",
    "reasons": "Alasan yang ditawarkan",
    "title": "Judul",
    "type": "Jenis isian",
    "label": "Pertanyaan",
    "hint": "Petunjuk",
    "options": "Pilihan",
    "options_from": "Daftar kode",
    "default": "Terpilih lebih dulu",
    "min": "Paling sedikit",
    "max": "Paling banyak",
    "not_future": "Tidak boleh sesudah hari ini",
    "max_items": "Baris paling banyak",
    "checks": "Dicocokkan",
    "subject": "Orang yang bersangkutan",
    "siak": "Urutan di SIAK",
    "item": "Isian di dalamnya",
    "fields": "Isian",
    "text": "Kalimatnya",
    "field": "Berdiri di samping",
}
CONTRADICTION_KINDS = {"refuse": "Harus diperbaiki dulu", "warn": "Hanya diingatkan"}
PART_KINDS = {
    "contradictions": "Pertentangan",
    "products": "Hasil",
    "requirements": "Syarat",
    "sections": "Bagian",
    "fields": "Isian",
    "items": "Isian",
}
VALUE_LABELS: dict[tuple[str, str], dict[str, str]] = {  # by kind of part and key
    ("", "group"): GROUPS,
    ("", "category"): CATEGORIES,
    ("products", "kind"): PRODUCT_KINDS,
    ("products", "source"): SOURCES,
    ("contradictions", "kind"): CONTRADICTION_KINDS,
    ("requirements", "required"): REQUIRED,
    ("fields", "type"): FIELD_TYPES,
    ("fields", "subject"): SUBJECTS,
}


def part_title(part: dict) -> str:
    """Return the Indonesian name, label, title or sentence of a part; its key where it has none."""
    named = (part.get(word) for word in ("name", "label", "title", "text"))
    return next(filter(None, named), {"id": part.get("key", "")})["id"]
