"""The forms on which a service and its parts are made: fields for texts in two languages, conditions, options.

A form gives back a part as the shape of a service wants it; whether the whole fits together is not known here.
"""

from dataclasses import dataclass, field

from wtforms import (
    Field,
    FileField,
    IntegerField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
)
from wtforms.validators import InputRequired, Length, NumberRange, Optional, Regexp, ValidationError

from admin_views.forms import Form, TwoLanguages, choices
from answers import plain
from intake import comparing, outline, shape
from intake.comparing import LABELS

NEEDED = InputRequired("Wajib diisi.")
CODE = r"[A-Z0-9]{1,10}(-[A-Z0-9]{1,10}){0,3}\Z"
BLANK_ROWS = 3  # of options, beside those that are there


@dataclass
class Scene:
    """What a form about one part must know of the rest."""

    body: dict
    kind: str = ""
    key: str = ""  # none: it is new
    home: str = ""
    published: dict = field(default_factory=dict)  # the part as applicants see it now
    used: frozenset[str] = frozenset()  # keys that a new part may not have
    reasons: tuple[tuple[str, str], ...] = ()
    samples: tuple[tuple[str, str], ...] = ()
    codes: dict = field(default_factory=dict)


class Both(TwoLanguages):
    """A text in Indonesian and, where there is one, in English."""

    def __init__(self, label, needed=True, long=False, most=shape.NAME, **more):
        super().__init__(label, **more)
        self.needed, self.long, self.most = needed, long, shape.LONG if long else most

    def process_formdata(self, valuelist):
        typed = [*valuelist, "", ""]
        self.data = {"id": typed[0], "en": typed[1]}
        indonesian, english = (plain(text, self.most) for text in typed[:2])
        if not indonesian and (self.needed or english):
            raise ValueError("Tulis teks bahasa Indonesianya.")
        self.data = {"id": indonesian} | ({"en": english} if english else {}) if indonesian else None


class Lines(TextAreaField):
    """A list of texts, one a line."""

    def _value(self):
        return "\n".join(self.data or ())

    def process_formdata(self, valuelist):
        self.data = (valuelist[0] if valuelist else "").splitlines()
        self.data = [line for line in (plain(line, shape.NAME) for line in self.data) if line]


class Condition(Field):
    """Only when a choice was answered in one of these ways: {field, is}, or nothing."""

    def __init__(self, label, **more):
        super().__init__(label, **more)
        self.candidates: list[dict] = []

    def process(self, formdata, data=None, **more):
        super().process(None, data, **more)
        if formdata is not None:
            asked = formdata.get(self.name, "")
            self.data = {"field": asked, "is": formdata.getlist(f"{self.name}-{asked}")} if asked else None

    @property
    def asked(self) -> str:
        return (self.data or {}).get("field", "")

    def answers_of(self, one: dict) -> list[tuple[str, str]]:
        return outline.answers_of(one)

    def pre_validate(self, form):
        if not self.data:
            return
        one = next((one for one in self.candidates if one["key"] == self.asked), None)
        if one is None:
            raise ValidationError("Pertanyaan ini tidak ada lagi, atau ditanyakan sesudahnya. Pilih yang lain.")
        known = {code for code, _ in outline.answers_of(one)}
        self.data = {"field": self.asked, "is": [code for code in self.data["is"] if code in known]}
        if not self.data["is"]:
            raise ValidationError(f"Centang sedikitnya satu jawaban dari “{one['label']['id']}”.")


class Options(Field):
    """The answers to a choice, as rows of place, code, Indonesian, English; a blank row counts as none."""

    def process(self, formdata, data=None, **more):
        super().process(None, data, **more)
        self.rows = [(str(n), code, *_tongues(label)) for n, (code, label) in enumerate(self.data or (), 1)]
        self.more = BLANK_ROWS
        if formdata is not None and f"{self.name}-code" in formdata:
            parts = (formdata.getlist(f"{self.name}-{part}") for part in ("place", "code", "id", "en"))
            self.rows = [row for row in zip(*parts, strict=False) if any(text.strip() for text in row[1:])]

    @property
    def drawn(self) -> list[tuple[str, str, str, str]]:
        """The rows, and blank ones after them."""
        return [*self.rows, *(("", "", "", "") for _ in range(self.more))]

    def pre_validate(self, form):
        ordered = sorted(enumerate(self.rows), key=lambda pair: (_place(pair[1][0], pair[0] + 1), pair[0]))
        rows = [[plain(text, shape.NAME) for text in row[1:]] for _, row in ordered]
        used = {code for code, _, _ in rows}
        for row in rows:
            if not row[1]:
                raise ValidationError(f"Pilihan dengan kode {row[0] or '(kosong)'} belum punya teks.")
            if not row[0]:
                row[0] = next(str(n) for n in range(1, 999) if str(n) not in used)
                used.add(row[0])
        codes = [row[0] for row in rows]
        if twice := sorted({code for code in codes if codes.count(code) > 1}):
            raise ValidationError(f"Kode {', '.join(twice)} dipakai dua kali.")
        self.data = [[code, {"id": words} | ({"en": english} if english else {})] for code, words, english in rows]


def _tongues(label) -> tuple[str, str]:
    return (label["id"], label.get("en", "")) if isinstance(label, dict) else (label, "")


def _place(text: str, otherwise: int) -> float:
    return float(text) if text.isascii() and text.isdigit() and len(text) < 5 else otherwise


class FactsForm(Form):
    name = Both(LABELS["name"], most=120)
    short = Both(LABELS["short"], long=True, description="Satu kalimat di bawah nama: untuk siapa layanan ini.")
    group = SelectField(LABELS["group"], choices=choices(comparing.GROUPS.items()))
    category = SelectField(LABELS["category"], choices=choices(comparing.CATEGORIES.items()))
    form_code = StringField(LABELS["form_code"], [NEEDED, Length(max=20)], description="Misalnya F-1.02.")
    sla_days = IntegerField(LABELS["sla_days"], [NEEDED, NumberRange(0, 365)])
    report_within_days = IntegerField(
        LABELS["report_within_days"], [Optional(), NumberRange(0, 3650)], description="0 bila tidak ada batasnya."
    )
    legal = Lines(LABELS["legal"], description="Satu peraturan di setiap baris.")


class NewForm(Form):
    code = StringField(
        LABELS["code"],
        [NEEDED, Length(max=20), Regexp(CODE, message="Huruf besar, angka, dan tanda hubung, seperti AK-LAHIR.")],
        description="Menjadi alamat layanan ini dan tidak dapat diubah lagi. Misalnya SKTT atau KK-BARU.",
    )
    name = Both(LABELS["name"], most=120)
    source = SelectField("Mulai dari", description="Salinan membawa syarat, isian, dan hasil layanan itu.")
    form_code = StringField(LABELS["form_code"], [Length(max=20)], description="Kosong: sama dengan yang disalin.")
    group = SelectField(LABELS["group"], choices=choices([("", "Sama dengan yang disalin"), *comparing.GROUPS.items()]))
    category = SelectField(
        LABELS["category"], choices=choices([("", "Sama dengan yang disalin"), *comparing.CATEGORIES.items()])
    )

    def validate_form_code(self, field):
        _needed_from_nothing(self, field, "Tulis kode formulirnya, misalnya F-1.02.")

    def validate_group(self, field):
        _needed_from_nothing(self, field, "Pilih siapa yang memverifikasi.")

    def validate_category(self, field):
        _needed_from_nothing(self, field, "Pilih kelompoknya di beranda.")


def _needed_from_nothing(form, field, sentence: str) -> None:
    if not form.source.data and not (field.data or "").strip():
        raise ValidationError(sentence)


class PartForm(Form):
    """One part of a service; `part` gives it back."""

    rules: dict = {}
    named = "name"  # the field from which a key is proposed

    def __init__(self, formdata, part: dict, scene: Scene):
        super().__init__(formdata, data=part)
        self.scene = scene
        if scene.key:
            del self.key
        if "when" in self:
            self.when.candidates = outline.askable(scene.body, scene.kind, scene.key, scene.home)

    key = StringField(
        "Kode",
        [Optional(), Regexp(shape.KEY.pattern + r"\Z", message="Huruf kecil, angka, dan garis bawah, mulai huruf.")],
        description="Kosongkan: dibuat dari namanya. Sesudah disimpan tidak berubah lagi.",
    )

    def validate_key(self, field):
        if field.data in self.scene.used:
            raise ValidationError("Kode ini sudah dipakai, juga bila dulu pernah dipakai. Tulis yang lain.")

    def own_key(self) -> str:
        """The key of the part: kept, typed, or proposed from its name."""
        if self.scene.key:
            return self.scene.key.rpartition(".")[2]
        return self.key.data or outline.key_for(self[self.named].data["id"], set(self.scene.used))

    def part(self) -> dict:
        found = {name: value for name, value in self.data.items() if name in self.rules and value not in NOTHING}
        return found | {"key": self.own_key()}


NOTHING = (None, "", [], {})


class ProductForm(PartForm):
    rules = shape.PRODUCT
    name = Both(LABELS["name"], most=120, description="Seperti yang dibaca pemohon: Kutipan akta kelahiran.")
    kind = SelectField(LABELS["kind"], choices=choices(comparing.PRODUCTS.items()))
    template = SelectField(
        LABELS["template"],
        choices=choices([("surat", "Surat"), ("akta", "Akta"), ("kk", "Kartu Keluarga")]),
        description="Hanya untuk PDF.",
    )
    when = Condition("Hanya dihasilkan bila")
    prints = SelectMultipleField(LABELS["prints"], description="Tidak ada yang dicentang: semua isian tercetak.")

    def __init__(self, formdata, part, scene):
        super().__init__(formdata, part, scene)
        pairs = [(one["key"], one["label"]["id"]) for one in outline.fields_of(scene.body)]
        self.prints.choices = choices(pairs)

    def part(self):
        found = super().part()
        if found["kind"] == "card":
            found.pop("template", None)
        return found


class RequirementForm(PartForm):
    rules = shape.REQUIREMENT
    name = Both(LABELS["name"])
    help = Both(LABELS["help"], long=True, description="Dari mana, halaman mana, apa yang harus terbaca.")
    required = SelectField(LABELS["required"], choices=choices(comparing.REQUIRED.items()))
    when = Condition("Hanya diminta bila", description="Dipakai bila di atas dipilih “Bersyarat”.")
    one_of = StringField(
        LABELS["one_of"],
        [Optional(), Regexp(shape.KEY.pattern + r"\Z", message="Satu kata huruf kecil, misalnya bukti_lahir.")],
        description="Syarat dengan kata yang sama: satu saja sudah cukup. Kosongkan bila tidak begitu.",
    )
    max_files = IntegerField(LABELS["max_files"], [NEEDED, NumberRange(1, 20)], default=5)
    sample = SelectField(LABELS["sample"])
    picture = FileField("Unggah gambar contoh sendiri", description="JPG, PNG, atau HEIC. Tanpa data orang sungguhan.")
    reasons = SelectMultipleField(
        LABELS["reasons"], description="Tidak ada yang dicentang: semua alasan ditawarkan kepada pemeriksa."
    )

    def __init__(self, formdata, part, scene):
        super().__init__(formdata, part, scene)
        self.reasons.choices = choices([*scene.reasons, *_strays(part.get("reasons"), scene.reasons)])
        uploaded = [(self.sample.data, "Gambar yang sudah diunggah")] if len(self.sample.data or "") == 26 else []
        self.sample.choices = choices([("", "Tanpa gambar contoh"), *uploaded, *scene.samples])

    def validate_required(self, field):
        if field.data == "when" and not self.when.data:
            raise ValidationError("Pilih juga kapan syarat ini diminta, di “Hanya diminta bila”.")
        if field.data == "optional" and self.one_of.data:
            raise ValidationError("Syarat “salah satu dari” tidak bisa “bila ada”.")

    def part(self):
        found = super().part()
        if found["required"] != "when":
            found.pop("when", None)
        return found


def _strays(kept: list | None, known: tuple) -> list[tuple[str, str]]:
    """Reasons that stand in the part but are no longer in the list."""
    names = {key for key, _ in known}
    return [(key, f"{key} (tidak ada lagi)") for key in kept or () if key not in names]


class SectionForm(PartForm):
    rules = {key: rule for key, rule in shape.SECTION.items() if key != "fields"}
    named = "title"
    title = Both(LABELS["title"], description="Satu bagian menjadi satu halaman, misalnya Data anak.")
