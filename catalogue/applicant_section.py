"""The applicant section: the fields that every service asks about the applicant, and the proxy's letter of authority.

It reads no database.
"""

from collections.abc import Mapping

CONTACT_FIELDS = ("pemohon_email", "pemohon_hp")  # no document proves them, so officers don't compare them with one
TRACK_NEEDS_EMAIL = "self_service"
ANOTHER_PERSON = "lain"
PROXY_LETTER = {
    "key": "surat_kuasa",
    "name": {"id": "Surat kuasa (F-1.07)", "en": "Letter of authority (F-1.07)"},
    "help": {
        "id": "Surat kuasa yang ditandatangani orang yang Anda wakili. Formulirnya ada di kantor desa dan di Dinas.",
        "en": "Signed by the person you act for. Village offices and our office have the form.",
    },
    "required": "when",
    "when": {"field": "pemohon_untuk", "is": [ANOTHER_PERSON]},
    "one_of": "",
    "max_files": 3,
    "sample": "surat-kuasa",
}


BENEFICIARY_OPTIONS = [
    ["diri", {"id": "Diri saya sendiri", "en": "Myself"}],
    ["anak", {"id": "Anak saya", "en": "My child"}],
    ["keluarga", {"id": "Keluarga dalam satu KK", "en": "Family on the same family card (KK)"}],
    [ANOTHER_PERSON, {"id": "Orang lain, dengan surat kuasa", "en": "Somebody else, with a letter of authority"}],
]
BENEFICIARY_OPTIONS_AT_COUNTER = [  # the operator reads the question, not the applicant
    ["diri", {"id": "Pemohon sendiri", "en": "The applicant"}],
    ["anak", {"id": "Anak pemohon", "en": "A child of the applicant"}],
    *BENEFICIARY_OPTIONS[2:],
]
# fmt: off
FIELDS: list[dict] = [
    {
        "key": "pemohon_untuk", "type": "choice",
        "label": {"id": "Permohonan ini untuk siapa?", "en": "Whom is this application for?"},
        "required": True, "options": BENEFICIARY_OPTIONS,
    },
    {
        "key": "pemohon_nama", "type": "name",
        "label": {"id": "Nama lengkap pemohon", "en": "Full name of the applicant"},
        "required": True,
    },
    {
        "key": "pemohon_nik", "type": "nik",
        "label": {"id": "NIK pemohon", "en": "NIK of the applicant"},
        "required": True,
        "hint": {
            "id": "16 angka, ada di KTP-el atau KK.",
            "en": "16 digits, on the ID card (KTP-el) or family card (KK).",
        },
    },
    {
        "key": "pemohon_email", "type": "email",
        "label": {"id": "E-mail pemohon", "en": "E-mail address of the applicant"},
        "required": True,
        "hint": {
            "id": "Dokumen yang sudah terbit dikirim ke alamat ini.",
            "en": "The finished document is sent to this address.",
        },
    },
    {
        "key": "pemohon_hp", "type": "phone",
        "label": {"id": "Nomor HP pemohon", "en": "Mobile number of the applicant"},
        "required": False,
        "hint": {
            "id": "Supaya petugas dapat bertanya bila ada yang kurang jelas.",
            "en": "So that an officer can ask if something is unclear.",
        },
    },
]
# fmt: on

WITHOUT_NIK = [
    ["wni", {"id": "WNI yang belum pernah terdaftar", "en": "Indonesian citizen, never registered"}],
    ["asing", {"id": "Orang asing", "en": "Foreigner"}],
    ["lain", {"id": "Alasan lain", "en": "Another reason"}],
]


def section(track: str, body: Mapping) -> dict:
    """Return the applicant section of a track and service; at a counter neither e-mail nor telephone is required."""
    online, reasons = track == TRACK_NEEDS_EMAIL, WITHOUT_NIK if body.get("applicant_without_nik") else []
    fields = [field | ({"options": reasons} if field["type"] == "nik" else {}) for field in FIELDS]
    fields = [field | {"required": field["required"] and (online or field["type"] != "email")} for field in fields]
    fields[0] |= {"options": BENEFICIARY_OPTIONS if online else BENEFICIARY_OPTIONS_AT_COUNTER}
    return {"key": "pemohon", "title": {"id": "Pemohon", "en": "Applicant"}, "fields": fields}
