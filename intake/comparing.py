"""Two definitions of a service compared in words that an officer reads; it changes nothing."""

from collections.abc import Callable
from dataclasses import dataclass, field

from intake import outline
from intake.categories import CATEGORIES
from language import thousands

GROUPS = {"capil": "Pencatatan sipil", "dafduk": "Pendaftaran penduduk"}
CATEGORY_NAMES = {code: one.name["id"] for code, one in CATEGORIES.items()}
TYPES = {
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
TEMPLATES = {"akta": "Akta", "kk": "Kartu Keluarga", "surat": "Surat"}
PRODUCTS = {"pdf": "PDF bertanda tangan elektronik", "card": "Kartu yang diambil"}
CHECKS = {
    "birth_date": "tanggal lahir pada NIK dicocokkan dengan",
    "sex": "jenis kelamin pada NIK dicocokkan dengan",
    "not_before": "tidak boleh sebelum",
    "new_name": "nama baru menurut Permendagri 73/2022",
}
LABELS = {  # key of the shape → what it is called on the screens
    "code": "Kode",
    "name": "Nama",
    "short": "Penjelasan pendek",
    "group": "Diverifikasi oleh",
    "category": "Kelompok di beranda",
    "form_code": "Kode formulir",
    "sla_days": "Janji selesai (hari kerja)",
    "report_within_days": "Batas melapor (hari)",
    "legal": "Dasar hukum",
    "kind": "Bentuk",
    "template": "Bentuk dokumen",
    "prints": "Isian yang tercetak",
    "holder": "Atas nama",
    "help": "Penjelasan",
    "required": "Wajib",
    "when": "Hanya bila",
    "one_of": "Salah satu dari",
    "max_files": "Berkas paling banyak",
    "sample": "Gambar contoh",
    "reasons": "Alasan yang ditawarkan",
    "title": "Judul",
    "type": "Jenis isian",
    "label": "Pertanyaan",
    "hint": "Petunjuk",
    "options": "Pilihan",
    "options_from": "Daftar kode",
    "min": "Paling sedikit",
    "max": "Paling banyak",
    "not_future": "Tidak boleh sesudah hari ini",
    "max_items": "Baris paling banyak",
    "checks": "Dicocokkan",
    "subject": "Orang yang bersangkutan",
    "siak": "Urutan di SIAK",
    "item": "Isian di dalamnya",
    "fields": "Isian",
}
KINDS = {"products": "Hasil", "requirements": "Syarat", "sections": "Bagian", "fields": "Isian", "items": "Isian"}
WORDS: dict[tuple[str, str], dict[str, str]] = {
    ("", "group"): GROUPS,
    ("", "category"): CATEGORY_NAMES,
    ("products", "kind"): PRODUCTS,
    ("products", "template"): TEMPLATES,
    ("requirements", "required"): REQUIRED,
    ("fields", "type"): TYPES,
    ("fields", "subject"): SUBJECTS,
}


@dataclass(frozen=True)
class Detail:
    """One thing that is different in a part."""

    label: str
    before: str
    after: str


@dataclass
class Change:
    """A part that was added, removed, changed or moved."""

    tone: str  # good | bad | warn
    word: str
    name: str
    details: list[Detail] = field(default_factory=list)


def compare(old: dict, new: dict) -> list[tuple[str, list[Change]]]:
    """(heading, changes) for the service itself, then each kind of its parts; only where there are changes."""
    tell = _Teller(old, new)
    out = [("Layanan", tell.facts())]
    for kind in ("products", "requirements", "sections"):
        heading = {"sections": "Bagian isian"}.get(kind, KINDS[kind])
        out.append((heading, tell.parts(kind, old.get(kind, []), new.get(kind, []))))
    out.append(("Isian", tell.parts("fields", outline.fields_of(old), outline.fields_of(new))))
    return [(heading, changes) for heading, changes in out if changes]


class _Teller:
    def __init__(self, old: dict, new: dict):
        self.old, self.new = old, new
        self.labels = _labels(old) | _labels(new)

    def facts(self) -> list[Change]:
        details = self.details("", self.old, self.new, ("products", "requirements", "sections"))
        tone, word = ("warn", "Berubah") if self.old else ("good", "Baru")
        return [Change(tone, word, "Keterangan umum", details)] if details else []

    def parts(self, kind: str, old: list[dict], new: list[dict]) -> list[Change]:
        before, after = ({one["key"]: one for one in ones} for ones in (old, new))
        gone = [Change("bad", "Dihapus", title(one)) for key, one in before.items() if key not in after]
        added = [
            Change("good", "Baru", title(one), self.of_new(kind, one) if self.old else [])
            for key, one in after.items()
            if key not in before
        ]
        changed = [
            Change("warn", "Berubah", title(after[key]), details)
            for key in after
            if key in before and (details := self.of_one(kind, before[key], after[key]))
        ]
        moved = [Change("warn", "Pindah urutan", ", ".join(names))] if (names := _moved(before, after)) else []
        return [*added, *changed, *gone, *moved]

    def of_one(self, kind: str, old: dict, new: dict) -> list[Detail]:
        details = self.details(kind, old, new, ("key", "fields"))
        if kind != "fields":
            return details
        was, now = (outline.home_of(body, kind, new["key"]) for body in (self.old, self.new))
        moved = [Detail("Bagian", self.labels.get(was, was), self.labels.get(now, now))] if was != now else []
        return details + moved

    def of_new(self, kind: str, one: dict) -> list[Detail]:
        return self.details(kind, {}, one, ("key", "fields", "name", "label", "title"))

    def details(self, kind: str, old: dict, new: dict, besides: tuple) -> list[Detail]:
        keys = [key for key in LABELS if key not in besides and (key in old or key in new)]  # in an order for people
        told = [(key, self.said(kind, key, old), self.said(kind, key, new)) for key in keys]
        return [Detail(LABELS[key], was, now) for key, was, now in told if was != now]

    def said(self, kind: str, key: str, one: dict) -> str:
        """A value as people read it."""
        value = one.get(key)
        if key in ALL_OF and one and not value:
            return ALL_OF[key]
        if value in (None, "", [], {}, False) or (key == "max_items" and one["type"] != "group"):
            return ""
        if key in SAYS:
            return SAYS[key](self, value)
        known = WORDS.get((kind, key), {})
        if isinstance(value, dict):
            return value["id"] + (f"\nInggris: {value['en']}" if value.get("en") else "")
        if isinstance(value, list):
            return "\n".join(map(str, value))
        if value is True:
            return "Ya"
        return known.get(str(value), thousands(value) if isinstance(value, int) else str(value))

    def condition(self, when: dict) -> str:
        asked = next((one for body in (self.new, self.old) for one in _all(body) if one["key"] == when["field"]), None)
        options = dict(outline.answers_of(asked)) if asked else {}
        listed = " atau ".join(options.get(code, code) for code in when["is"])
        return f"{self.labels.get(when['field'], when['field'])}: {listed}"

    def compared(self, checks: dict) -> str:
        told = []
        for key, value in checks.items():
            other = {"1": "laki-laki", "2": "perempuan", "True": ""}.get(str(value), self.labels.get(value, ""))
            told.append(f"{CHECKS[key]} {other}".strip())
        return "\n".join(told)

    def printed(self, keys: list[str]) -> str:
        return ", ".join(map(self.called, keys))

    def called(self, key: str) -> str:
        return self.labels.get(key, key)

    def options(self, pairs: list) -> str:
        return "\n".join(f"{code} = {_both(label)}" for code, label in pairs)

    def items(self, ones: list[dict]) -> str:
        rows = (self.details("fields", {}, one, ("key", "label")) for one in ones)
        told = ("; ".join(f"{one.label.lower()}: {one.after}" for one in row) for row in rows)
        return "\n".join(f"{title(one)} ({words})" for one, words in zip(ones, told, strict=True))


ALL_OF = {"prints": "semua isian", "reasons": "semua alasan"}
SAYS: dict[str, Callable[[_Teller, object], str]] = {
    "when": _Teller.condition,  # type: ignore[dict-item]
    "checks": _Teller.compared,  # type: ignore[dict-item]
    "prints": _Teller.printed,  # type: ignore[dict-item]
    "holder": _Teller.called,  # type: ignore[dict-item]
    "options": _Teller.options,  # type: ignore[dict-item]
    "item": _Teller.items,  # type: ignore[dict-item]
}


def title(part: dict) -> str:
    """What a part is called."""
    return (part.get("name") or part.get("label") or part.get("title") or {"id": part.get("key", "")})["id"]


def _both(label: dict) -> str:
    return label["id"] + (f" / {label['en']}" if label.get("en") else "")


def _all(body: dict) -> list[dict]:
    fields = outline.fields_of(body)
    return fields + [inner for one in fields for inner in one.get("item") or ()]


def _labels(body: dict) -> dict[str, str]:
    return {one["key"]: title(one) for one in [*body.get("sections", ()), *reversed(_all(body))]}


def _moved(before: dict, after: dict) -> list[str]:
    """The names of those that stand in another order among those that stayed."""
    was, now = [key for key in before if key in after], [key for key in after if key in before]
    stayed = set(_longest(was, now))
    return [title(after[key]) for key in now if key not in stayed]


def _longest(was: list[str], now: list[str]) -> list[str]:
    """The longest row of keys that kept their order."""
    place = {key: n for n, key in enumerate(was)}
    best: list[list[str]] = []
    for key in now:
        longest = max((row for row in best if place[row[-1]] < place[key]), key=len, default=[])
        best.append([*longest, key])
    return max(best, key=len, default=[])
