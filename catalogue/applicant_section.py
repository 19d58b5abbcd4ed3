"""The applicant section: the fields that every service asks about the applicant, and the proxy's letter of authority.

It reads no database.
"""

from collections.abc import Container, Mapping

CONTACT_FIELDS = ("pemohon_email", "pemohon_hp")  # no document proves them, so officers don't compare them with one
TRACK_NEEDS_EMAIL = "self_service"
ANOTHER_PERSON = "lain"
PROXY_LETTER = {
    "key": "surat_kuasa",
    "name": {"id": "Surat kuasa (F-1.07)", "en": "Letter of authority (F-1.07)"},
    "help": {
        "id": "Surat kuasa yang ditandatangani orang yang Anda wakili dan Anda sendiri.",
        "en": "Signed by the person you act for, and by yourself.",
    },
    "required": "when",
    "when": {"field": "pemohon_untuk", "is": [ANOTHER_PERSON]},
    "one_of": "",
    "max_files": 3,
    "sample": "surat-kuasa",
    "statement": "F-1.07",
}

# The person whom the application is about, and others whom a service asks for: the end of the keys of their fields
# (nama_ibu, nik_ibu) is the answer's code.
ROLE_OPTIONS = (
    ["ibu", {"id": "Ibunya", "en": "The mother"}],
    ["ayah", {"id": "Ayahnya", "en": "The father"}],
    ["ibu_angkat", {"id": "Ibu angkatnya", "en": "The adoptive mother"}],
    ["ayah_angkat", {"id": "Ayah angkatnya", "en": "The adoptive father"}],
    ["suami", {"id": "Suami", "en": "The husband"}],
    ["istri", {"id": "Istri", "en": "The wife"}],
    ["pasangan", {"id": "Suami atau istrinya", "en": "The husband or wife"}],
)
ROLE_CODES = frozenset(code for code, _label in ROLE_OPTIONS)
THE_PERSON, CHILD = "diri", "anak"
REPORTERS_RELATION = "hubungan_pelapor"  # a service that asks this is about somebody else: who has died
REPORTER = [
    "pelapor",
    {
        "id": "Anak atau keluarga di KK lain, kepala dusun, rumah sakit, atau pelapor lain",
        "en": "A child or relative on another card, head of the hamlet, hospital, or other reporter",
    },
]
OPTIONS = [
    [THE_PERSON, {"id": "Saya sendiri orangnya", "en": "It is for myself"}],
    [CHILD, {"id": "Orang tua atau walinya", "en": "A parent or guardian"}],
    ["keluarga", {"id": "Keluarga dalam satu KK", "en": "Family on the same family card (KK)"}],
    [ANOTHER_PERSON, {"id": "Orang lain, dengan surat kuasa", "en": "Somebody else, with a letter of authority"}],
]
AT_COUNTER = {  # the operator reads the question, not the applicant
    "id": "Apa hubungan pemohon dengan orang yang dokumennya diurus?",
    "en": "Who is the applicant to the person this is for?",
}
FILLED_IN = {
    "id": "Nama dan NIK Anda kami isikan di tempatnya; tidak perlu diketik dua kali.",
    "en": "We fill in your name and NIK where they belong; you need not type them twice.",
}
THE_PERSON_AT_COUNTER = [THE_PERSON, {"id": "Pemohon sendiri orangnya", "en": "The applicant"}]
# fmt: off
FIELDS: list[dict] = [
    {
        "key": "pemohon_untuk", "type": "choice",
        "label": {
            "id": "Apa hubungan Anda dengan orang yang dokumennya diurus?",
            "en": "Who are you to the person this is for?",
        },
        "required": True, "options": OPTIONS,
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

REPORTER_FORM = "F-2.01"  # its part about the reporter has the family card and the nationality, too
HOUSEHOLD_ROLES = ("ibu", "ayah", "suami", "istri", "pasangan")  # who are on the family card that a service asks for
# fmt: off
REPORTER_FIELDS: list[dict] = [  # optional: SIAK finds them by the NIK, and applications that run have none
    {
        "key": "pemohon_no_kk", "type": "kk",
        "label": {"id": "Nomor KK pemohon", "en": "Family card number (KK) of the applicant"},
        "required": False,
        "hint": {
            "id": "16 angka, di bagian atas KK pemohon sendiri.",
            "en": "16 digits, at the top of the applicant's own family card.",
        },
    },
    {
        "key": "pemohon_kewarganegaraan", "type": "choice",
        "label": {"id": "Kewarganegaraan pemohon", "en": "Nationality of the applicant"},
        "required": False, "default": "1",
        "options": [
            ["1", {"id": "WNI", "en": "Indonesian citizen (WNI)"}],
            ["2", {"id": "WNA (orang asing)", "en": "Foreigner (WNA)"}],
            ["3", {"id": "Dwikewarganegaraan", "en": "Dual nationality"}],
        ],
    },
]
# fmt: on

WITHOUT_NIK = [
    ["wni", {"id": "WNI yang belum pernah terdaftar", "en": "Indonesian citizen, never registered"}],
    ["asing", {"id": "Orang asing", "en": "Foreigner"}],
    ["lain", {"id": "Alasan lain", "en": "Another reason"}],
]


def section(track: str, body: Mapping) -> dict:
    """Return the applicant section of a track and service; at a counter neither e-mail nor telephone is required.

    Who the applicant can be depends on the persons whom the service's own fields ask for.
    """
    online, reasons = track == TRACK_NEEDS_EMAIL, WITHOUT_NIK if body.get("applicant_without_nik") else []
    fields = [field | ({"options": reasons} if field["type"] == "nik" else {}) for field in FIELDS]
    fields = [field | {"required": field["required"] and (online or field["type"] != "email")} for field in fields]
    fields[0] |= _who([field for part in body.get("sections", []) for field in part.get("fields", ())], online)
    fields[0] |= {"hint": FILLED_IN} if online else {"label": AT_COUNTER}
    if body.get("form_code") == REPORTER_FORM:
        fields[3:3] = _reporter_fields(body, fields[0])
    return {"key": "pemohon", "title": {"id": "Pemohon", "en": "Applicant"}, "fields": fields}


def fields_of(body: Mapping) -> dict[str, dict]:
    """Return the fields about the applicant by key, as they are asked online."""
    return {field["key"]: field for field in section(TRACK_NEEDS_EMAIL, body)["fields"]}


def _reporter_fields(body: Mapping, who: dict) -> list[dict]:
    """Return what F-2.01 wants to know of a reporter, asked of those whose answer isn't in the service's own fields."""
    keys = {field["key"] for part in body.get("sections", []) for field in part.get("fields", ())}
    codes = list(dict.fromkeys(code for code, _label in (*who["options"], *who["other_options"])))
    found = []
    for field in REPORTER_FIELDS:
        unknown = [code for code in codes if not reporter_key(field["key"], code, keys)]
        when = {"when": {"field": who["key"], "is": unknown}} if unknown != codes else {}
        found += [field | when] if unknown else []
    return found


def reporter_key(key: str, code: str, keys: Container[str]) -> str:
    """Return the key of the service's own field that has this answer of the applicant, too; "" if it has none."""
    word = key.removeprefix("pemohon_")
    shared = word == "no_kk" and code in (THE_PERSON, CHILD, "keluarga", *HOUSEHOLD_ROLES)
    own = [f"{word}_{code}", *([word] if shared or code == THE_PERSON else [])]
    return next((one for one in own if one in keys), "")


def _who(service_fields: list[dict], online: bool) -> dict:
    """Return the options of the first question, and `other_options`: codes that earlier answers have stay valid.

    "The person this is for" isn't offered where that is one of the persons asked for, or somebody who has died.
    """
    names = {field["key"] for field in service_fields if field["type"] == "name"}
    roles = [option for option in ROLE_OPTIONS if f"nama_{option[0]}" in names]
    every = OPTIONS if online else [THE_PERSON_AT_COUNTER, *OPTIONS[1:]]
    subject = next((field["key"] for field in service_fields if field.get("subject") == "name"), "")
    keys = {field["key"] for field in service_fields}
    other = subject in {f"nama_{code}" for code, _label in roles} or REPORTERS_RELATION in keys
    shown = [option for option in every if not (other and option[0] == THE_PERSON)]
    shown[-1:-1] = [REPORTER] if REPORTERS_RELATION in keys else []  # the dead give no letter of authority
    return {"options": [*roles, *shown], "other_options": every}


def form_sections(track: str, body: Mapping) -> list[dict]:
    """Return the sections of a service's form: the applicant section, then its own."""
    return [section(track, body), *body.get("sections", [])]
