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


def section(track: str) -> dict:
    """The section about the applicant; at a counter neither e-mail nor telephone is needed."""
    online = track == TRACK_NEEDS_EMAIL
    return {
        "key": "pemohon",
        "title": {"id": "Pemohon"},
        "fields": [
            {
                "key": "pemohon_untuk",
                "type": "choice",
                "label": {"id": "Permohonan ini untuk siapa?"},
                "required": True,
                "options": [
                    ["diri", "Diri saya sendiri"],
                    ["anak", "Anak saya"],
                    ["keluarga", "Keluarga dalam satu KK"],
                    [OTHER, "Orang lain, dengan surat kuasa"],
                ],
            },
            {"key": "pemohon_nama", "type": "name", "label": {"id": "Nama lengkap pemohon"}, "required": True},
            {
                "key": "pemohon_nik",
                "type": "nik",
                "label": {"id": "NIK pemohon"},
                "hint": {"id": "16 angka, ada di KTP-el atau KK."},
                "required": True,
            },
            {
                "key": "pemohon_email",
                "type": "email",
                "label": {"id": "E-mail pemohon"},
                "hint": {"id": "Dokumen yang sudah terbit dikirim ke alamat ini."},
                "required": online,
            },
            {
                "key": "pemohon_hp",
                "type": "phone",
                "label": {"id": "Nomor HP pemohon"},
                "hint": {"id": "Supaya petugas dapat bertanya bila ada yang kurang jelas."},
                "required": False,
            },
        ],
    }
