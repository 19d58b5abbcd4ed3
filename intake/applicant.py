"""What every service asks about the applicant, and what a proxy adds; it reads no database."""

TRACK_NEEDS_EMAIL = "self_service"
OTHER = "lain"
PROXY_LETTER = {
    "key": "surat_kuasa",
    "name": {"id": "Surat kuasa (F-1.07)"},
    "help": {
        "id": "Surat kuasa yang ditandatangani orang yang Anda wakili. Formulirnya ada di kantor desa dan di Dinas."
    },
    "required": "when",
    "when": {"field": "pemohon_untuk", "is": [OTHER]},
    "one_of": "",
    "max_files": 3,
}


FOR_WHOM = [
    ["diri", "Diri saya sendiri"],
    ["anak", "Anak saya"],
    ["keluarga", "Keluarga dalam satu KK"],
    [OTHER, "Orang lain, dengan surat kuasa"],
]
# fmt: off
FIELDS: list[dict] = [
    {"key": "pemohon_untuk", "type": "choice", "label": {"id": "Permohonan ini untuk siapa?"}, "required": True, "options": FOR_WHOM},
    {"key": "pemohon_nama", "type": "name", "label": {"id": "Nama lengkap pemohon"}, "required": True},
    {"key": "pemohon_nik", "type": "nik", "label": {"id": "NIK pemohon"}, "required": True, "hint": {"id": "16 angka, ada di KTP-el atau KK."}},
    {"key": "pemohon_email", "type": "email", "label": {"id": "E-mail pemohon"}, "required": True, "hint": {"id": "Dokumen yang sudah terbit dikirim ke alamat ini."}},
    {"key": "pemohon_hp", "type": "phone", "label": {"id": "Nomor HP pemohon"}, "required": False, "hint": {"id": "Supaya petugas dapat bertanya bila ada yang kurang jelas."}},
]
# fmt: on


def section(track: str) -> dict:
    """The section about the applicant; at a counter neither e-mail nor telephone is needed."""
    online = track == TRACK_NEEDS_EMAIL
    fields = [field | {"required": field["required"] and (online or field["type"] != "email")} for field in FIELDS]
    return {"key": "pemohon", "title": {"id": "Pemohon"}, "fields": fields}
