"""The table of cases by which the conditions of Python and of the page's script are held together."""

TODAY = "2026-12-01"


def field(key, kind, indonesian, english="", **more):
    """Return a field of a form that needs no answer."""
    label = {"id": indonesian} | ({"en": english} if english else {})
    return {"key": key, "type": kind, "label": label, "required": False, **more}


def choice(key, *codes):
    """Return a field with these options."""
    return field(key, "choice", key.capitalize(), options=[[code, {"id": code}] for code in codes])


REASONS = [["asing", {"id": "Orang asing"}]]
FIELDS = {
    "status": choice("status", "1", "2", "3"),
    "hadir": field("hadir", "yesno", "Apakah ibunya hadir?", "Is the mother present?"),
    "jumlah": field("jumlah", "number", "Jumlah anak", "Number of children"),
    "lahir": field("lahir", "date", "Tanggal lahir suami", "Date of birth of the husband"),
    "kawin": field("kawin", "date", "Tanggal pemberkatan", "Date of the blessing"),
    "nik": field("nik", "nik", "NIK", options=REASONS),
    "nik_ibu": field("nik_ibu", "nik", "NIK ibu", "NIK of the mother", options=REASONS),
    "anggota": field("anggota", "group", "Anggota", item=[field("nik", "nik", "NIK"), choice("hubungan", "1", "2")]),
}
BORN_2009 = "5108990112090001"  # 1 December 2009
BORN_1922_OR_2022 = "5108990101220001"

HERE, MANY = {"field": "hadir", "is": ["ya"]}, {"field": "jumlah", "at_least": 1}
WEDDING = {"age": "lahir", "on": "kawin", "below": 21}
CASES = [  # (condition, answers, whether it is met)
    ({"field": "status", "is": ["2", "3"]}, {"status": "3"}, True),
    ({"field": "status", "is": ["2", "3"]}, {"status": "1"}, False),
    ({"field": "status", "is": ["2", "3"]}, {}, False),
    ({"field": "status", "is_not": ["2"]}, {"status": "1"}, True),
    ({"field": "status", "is_not": ["2"]}, {"status": "2"}, False),
    ({"field": "status", "is_not": ["2"]}, {}, False),
    ({"field": "nik_ibu", "answered": False}, {}, True),
    ({"field": "nik_ibu", "answered": False}, {"nik_ibu": "tanpa:asing"}, True),
    ({"field": "nik_ibu", "answered": False}, {"nik_ibu": BORN_2009}, False),
    ({"field": "nik_ibu", "answered": True}, {"nik_ibu": BORN_2009}, True),
    ({"field": "jumlah", "at_least": 1, "below": 10}, {"jumlah": 1}, True),
    ({"field": "jumlah", "at_least": 1, "below": 10}, {"jumlah": 10}, False),
    ({"field": "jumlah", "at_least": 1, "below": 10}, {}, False),
    ({"field": "jumlah", "at_least": 3000}, {"jumlah": 3150}, True),
    ({"age": "lahir", "at_least": 17}, {"lahir": "2009-12-01"}, True),
    ({"age": "lahir", "at_least": 17}, {"lahir": "2009-12-02"}, False),
    ({"age": "lahir", "below": 17}, {"lahir": "2009-12-02"}, True),
    ({"age": "lahir", "below": 17}, {}, False),
    (WEDDING, {"lahir": "2005-03-01", "kawin": "2026-02-28"}, True),
    (WEDDING, {"lahir": "2005-03-01", "kawin": "2026-03-01"}, False),
    (WEDDING, {"lahir": "2004-02-29", "kawin": "2025-02-28"}, True),
    (WEDDING, {"lahir": "2004-02-29", "kawin": "2025-03-01"}, False),
    (WEDDING, {"lahir": "2005-03-01"}, False),
    ({"age": "lahir", "on": "kawin", "below": 0}, {"lahir": "2026-03-02", "kawin": "2026-03-01"}, True),
    ({"age": "lahir", "unit": "days", "at_least": 61}, {"lahir": "2026-10-01"}, True),
    ({"age": "lahir", "unit": "days", "at_least": 61}, {"lahir": "2026-10-02"}, False),
    ({"age": "lahir", "unit": "weeks", "at_least": 28}, {"lahir": "2026-05-19"}, True),
    ({"age": "lahir", "unit": "months", "below": 2}, {"lahir": "2026-10-02"}, True),
    ({"age": "nik", "at_least": 17}, {"nik": BORN_2009}, True),
    ({"age": "nik", "at_least": 18}, {"nik": BORN_2009}, False),
    ({"age": "nik", "below": 17}, {"nik": BORN_1922_OR_2022}, True),
    ({"age": "nik_ibu", "at_least": 90}, {"nik_ibu": BORN_1922_OR_2022}, True),
    ({"age": "nik", "at_least": 1}, {"nik": "tanpa:asing"}, False),
    ({"age": "anggota.nik", "at_least": 17}, {"anggota": [{"nik": BORN_1922_OR_2022}, {"nik": BORN_2009}]}, True),
    ({"age": "anggota.nik", "at_least": 18}, {"anggota": [{"nik": BORN_1922_OR_2022}, {"nik": BORN_2009}]}, False),
    ({"field": "anggota.hubungan", "is": ["2"]}, {"anggota": [{"hubungan": "1"}, {"hubungan": "2"}]}, True),
    ({"field": "anggota.hubungan", "is": ["2"]}, {"anggota": [{"hubungan": "1"}]}, False),
    ({"field": "anggota", "at_least": 2}, {"anggota": [{"hubungan": "1"}, {"hubungan": "2"}]}, True),
    ({"field": "anggota", "at_least": 2}, {"anggota": [{"hubungan": "1"}]}, False),
    ({"same": ["nik", "nik_ibu"]}, {"nik": BORN_2009, "nik_ibu": BORN_2009}, True),
    ({"same": ["nik", "nik_ibu"]}, {"nik": "tanpa:asing", "nik_ibu": "tanpa:asing"}, False),
    ({"same": ["nik", "nik_ibu"]}, {}, False),
    ({"same": ["anggota.nik", "nik_ibu"]}, {"anggota": [{"nik": BORN_2009}], "nik_ibu": BORN_2009}, True),
    ({"all": [HERE, MANY]}, {"hadir": "ya", "jumlah": 1}, True),
    ({"all": [HERE, MANY]}, {"hadir": "ya"}, False),
    ({"any": [{"field": "hadir", "is": ["ya"]}, WEDDING]}, {"hadir": "ya"}, True),
    ({"none": [{"field": "hadir", "is": ["ya"]}, WEDDING]}, {"hadir": "ya"}, False),
    ({"none": [{"field": "hadir", "is": ["ya"]}, WEDDING]}, {}, True),
    ({"all": [{"field": "status", "is": ["1"]}, {"any": [WEDDING, {"none": [{"field": "hadir", "is": ["ya"]}]}]}]},
     {"status": "1"}, True),
]  # fmt: skip
