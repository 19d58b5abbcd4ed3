"""Forms of a service and its parts. Whether the parts fit together is validated elsewhere.

`PartForm.part()` returns a part as the schema of a service wants it.
"""

from dataclasses import dataclass, field

from wtforms import BooleanField, FileField, IntegerField, SelectField, SelectMultipleField, StringField
from wtforms.validators import InputRequired, Length, NumberRange, Optional, Regexp, ValidationError

import office
from admin_views.forms import Form, choices
from admin_views.service_editor.condition_field import ConditionField
from admin_views.service_editor.custom_fields import BilingualField, LeadsField, LinesField
from catalogue import definition_parts, document_templates, labels, schema
from catalogue.labels import LABELS
from lib.encryption import RANDOM_NAME

REQUIRED = InputRequired("Wajib diisi.")
CODE_PATTERN = schema.CODE_PATTERN.pattern + r"\Z"
EMPTY_VALUES: tuple = (None, "", [], {})


@dataclass
class PartContext:
    """The context of a part's form: the rest of the service, and the lists to choose from."""

    body: dict
    kind: str = ""
    key: str = ""  # empty: a new part
    home: str = ""
    published: dict = field(default_factory=dict)  # the part as applicants see it now
    used: frozenset[str] = frozenset()  # keys that a new part may not have
    reasons: tuple[tuple[str, str], ...] = ()
    samples: tuple[tuple[str, str], ...] = ()
    statements: tuple[tuple[str, str], ...] = ()
    codes: dict = field(default_factory=dict)


class ServiceForm(Form):
    name = BilingualField(LABELS["name"], most=120)
    short = BilingualField(
        LABELS["short"], long=True, description="Satu kalimat di bawah nama: untuk siapa layanan ini."
    )
    group = SelectField(LABELS["group"], choices=choices(labels.GROUPS.items()))
    category = SelectField(LABELS["category"], choices=choices(labels.CATEGORIES.items()))
    form_code = StringField(LABELS["form_code"], [REQUIRED, Length(max=20)], description="Misalnya F-1.02.")
    sla_days = IntegerField(LABELS["sla_days"], [REQUIRED, NumberRange(0, 365)])
    report_within_days = IntegerField(
        LABELS["report_within_days"], [Optional(), NumberRange(0, 3650)], description="0 bila tidak ada batasnya."
    )
    applicant_without_nik = BooleanField(
        LABELS["applicant_without_nik"], description="Pemohon memilih alasannya; admin yang menilai."
    )
    screen_signature = BooleanField(
        LABELS["screen_signature"],
        default=True,
        description="Bila tidak, formulir dicetak dan ditandatangani di kertas.",
    )
    opening = BilingualField(
        LABELS["opening"], needed=False, long=True,
        description="Di halaman layanan dan di atas pertanyaan pertama, misalnya ucapan duka.",
    )  # fmt: skip
    search_words = LinesField(
        LABELS["search_words"], description="Kata sehari-hari, dua bahasa, satu di setiap baris: kk barcode, ktp ilang."
    )
    part_of = LeadsField(
        LABELS["part_of"], single=True,
        description="Tidak menerima permohonan baru; halamannya mengantar ke sana. Yang berjalan diteruskan.",
    )  # fmt: skip
    leads = LeadsField(LABELS["leads"], description="Bagi yang salah masuk, di atas syarat: “Menikah secara Islam?”")
    legal = LinesField(LABELS["legal"], description="Satu peraturan di setiap baris.")
    ask_office = LinesField(
        LABELS["ask_office"], most=schema.MAX_TEXT,
        description="Yang belum pasti, pilihan yang lebih aman, dan sumbernya. Hanya petugas yang membacanya.",
    )  # fmt: skip

    def offer_services(self, services: list[tuple[str, str]]) -> None:
        """Offer the services that may be named by `part_of` and `leads`."""
        self.part_of.services = self.leads.services = tuple(services)


class NewServiceForm(Form):
    code = StringField(
        LABELS["code"],
        [
            REQUIRED,
            Length(max=20),
            Regexp(CODE_PATTERN, message="Huruf besar, angka, dan tanda hubung, seperti AK-LAHIR."),
        ],
        description="Menjadi alamat layanan ini dan tidak dapat diubah lagi. Misalnya SKTT atau KK-BARU.",
    )
    name = BilingualField(LABELS["name"], most=120)
    model = SelectField("Mulai dari", description="Salinan membawa syarat, isian, dan hasil layanan itu.")
    form_code = StringField(LABELS["form_code"], [Length(max=20)], description="Kosong: sama dengan yang disalin.")
    group = SelectField(LABELS["group"], choices=choices([("", "Sama dengan yang disalin"), *labels.GROUPS.items()]))
    category = SelectField(
        LABELS["category"], choices=choices([("", "Sama dengan yang disalin"), *labels.CATEGORIES.items()])
    )

    def validate_form_code(self, field):
        _require_unless_copied(self, field, "Tulis kode formulirnya, misalnya F-1.02.")

    def validate_group(self, field):
        _require_unless_copied(self, field, "Pilih siapa yang memverifikasi.")

    def validate_category(self, field):
        _require_unless_copied(self, field, "Pilih kelompoknya di beranda.")


def _require_unless_copied(form, field, sentence: str) -> None:
    if not form.model.data and not (field.data or "").strip():
        raise ValidationError(sentence)


class PartForm(Form):
    """The form of one part of a service."""

    rules: dict = {}
    named = "name"  # the field from which a key is derived

    def __init__(self, formdata, part: dict, scene: PartContext):
        super().__init__(formdata, data=part)
        self.scene, self.before = scene, part
        if scene.key:
            del self.key
        if "when" in self:
            named = definition_parts.condition_fields(scene.body, scene.kind, scene.key, scene.home)
            self.when.known = {one["key"]: one for one in named}

    key = StringField(
        "Kode",
        [
            Optional(),
            Regexp(schema.KEY_PATTERN.pattern + r"\Z", message="Huruf kecil, angka, dan garis bawah, mulai huruf."),
        ],
        description="Kosongkan: dibuat dari namanya. Sesudah disimpan tidak berubah lagi.",
    )

    def validate_key(self, field):
        if field.data in self.scene.used:
            raise ValidationError("Kode ini sudah dipakai, juga bila dulu pernah dipakai. Tulis yang lain.")

    def own_key(self) -> str:
        """Return the key of the part: the existing one, the typed one, or one derived from its name."""
        if self.scene.key:
            return self.scene.key.rpartition(".")[2]
        return self.key.data or definition_parts.make_key(self[self.named].data["id"], set(self.scene.used))

    def part(self) -> dict:
        """Return the part as it was typed; what its form doesn't ask stays as it is."""
        found = {name: value for name, value in self.data.items() if name in self.rules and value not in EMPTY_VALUES}
        kept = {name: value for name, value in self.before.items() if name in self.rules and name not in self._fields}
        return kept | found | {"key": self.own_key()}


PDF_ONLY = ("source", "template", "number", "number_from", "number_of", "copy_for", "prints")


class ProductForm(PartForm):
    rules = schema.PRODUCT
    name = BilingualField(LABELS["name"], most=120, description="Seperti yang dibaca pemohon: Kutipan akta kelahiran.")
    kind = SelectField(LABELS["kind"], choices=choices(labels.PRODUCT_KINDS.items()))
    source = SelectField(
        LABELS["source"],
        choices=choices([("", "–"), *labels.SOURCES.items()]),
        description="Hanya untuk PDF. Yang datanya tidak lengkap di permohonan (seperti KK) berasal dari SIAK.",
    )
    template = SelectField(LABELS["template"], description="Hanya untuk PDF yang dibuat di sini.")
    number = SelectField(LABELS["number"], description="Bentuk nomor diatur di Fakta kantor.")
    number_from = SelectField(LABELS["number_from"])
    number_of = SelectField(LABELS["number_of"], description="Misalnya kutipan untuk suami dan untuk istri.")
    copy_for = StringField(LABELS["copy_for"], [Optional(), Length(max=20)], description="Misalnya suami atau istri.")
    when = ConditionField("Hanya dihasilkan bila")
    prints = SelectMultipleField(LABELS["prints"], description="Tidak ada yang dicentang: semua isian tercetak.")
    holder = SelectField(
        LABELS["holder"], description="Misalnya kepala keluarga, bila ia bukan orang yang bersangkutan."
    )

    def __init__(self, formdata, part, scene):
        super().__init__(formdata, part, scene)
        fields = definition_parts.all_fields(scene.body)
        pairs = [(one["key"], one["label"]["id"]) for one in fields]
        names = [(one["key"], one["label"]["id"]) for one in fields if one["type"] == "name"]
        self.number_from.choices = choices([("", "–"), *pairs])
        others = [one for one in scene.body["products"] if one["key"] != part.get("key") and one["kind"] == "pdf"]
        self.number_of.choices = choices([("", "–"), *((one["key"], one["name"]["id"]) for one in others)])
        self.template.choices = choices([("", "–"), *document_templates.titles().items()])
        kinds = {key: one["name"] for key, one in office.fact("document_numbers", {}).items()}
        now = part.get("number", "")
        self.number.choices = choices([("", "Bebas"), *({now: now} | kinds if now else kinds).items()])
        self.holder.choices = choices([("", "Orang yang bersangkutan"), *names])
        printed = {key: place for place, key in enumerate(part.get("prints", ()))}  # first, in the order of the paper
        self.prints.choices = choices(sorted(pairs, key=lambda pair: printed.get(pair[0], len(printed))))

    def part(self):
        found = super().part()
        if found["kind"] == "card":
            return {key: value for key, value in found.items() if key not in PDF_ONLY}
        if found.get("source") == "siak":
            found.pop("template", None)
        return found


class RequirementForm(PartForm):
    rules = schema.REQUIREMENT
    name = BilingualField(LABELS["name"])
    help = BilingualField(LABELS["help"], long=True, description="Dari mana, halaman mana, apa yang harus terbaca.")
    required = SelectField(LABELS["required"], choices=choices(labels.REQUIRED.items()))
    when = ConditionField("Hanya diminta bila", description="Dipakai bila di atas dipilih “Bersyarat”.")
    one_of = StringField(
        LABELS["one_of"],
        [
            Optional(),
            Regexp(schema.KEY_PATTERN.pattern + r"\Z", message="Satu kata huruf kecil, misalnya bukti_lahir."),
        ],
        description="Syarat dengan kata yang sama: satu saja sudah cukup. Kosongkan bila tidak begitu.",
    )
    max_files = IntegerField(LABELS["max_files"], [REQUIRED, NumberRange(1, 20)], default=5)
    statement = SelectField(
        LABELS["statement"], description="Pemohon mengunduhnya di sini, sudah terisi jawabannya, atau kosong."
    )
    taken_back = BooleanField(
        LABELS["taken_back"],
        description="Petugas mencatat bahwa kertas atau kartu lama itu kembali, atau mengapa tidak.",
    )
    sample = SelectField(LABELS["sample"])
    picture = FileField(
        "Unggah gambar contoh sendiri", description="JPG, PNG, HEIC, atau WebP. Tanpa data orang sungguhan."
    )
    reasons = SelectMultipleField(
        LABELS["reasons"], description="Tidak ada yang dicentang: semua alasan ditawarkan kepada pemeriksa."
    )

    def __init__(self, formdata, part, scene):
        super().__init__(formdata, {"taken_back": bool(part) and definition_parts.is_taken_back(part)} | part, scene)
        self.reasons.choices = choices([*scene.reasons, *_unlisted_reasons(part.get("reasons"), scene.reasons)])
        self.statement.choices = choices([("", "Bukan surat pernyataan kami"), *scene.statements])
        own = RANDOM_NAME.fullmatch(self.sample.data or "")
        uploaded = [(self.sample.data, "Gambar yang sudah diunggah")] if own else []
        self.sample.choices = choices([("", "Tanpa gambar contoh"), *uploaded, *scene.samples])

    def validate_required(self, field):
        if field.data == "when" and not self.when.data:
            raise ValidationError("Pilih juga kapan syarat ini diminta, di “Hanya diminta bila”.")
        if field.data == "optional" and self.one_of.data:
            raise ValidationError("Syarat “salah satu dari” tidak bisa “bila ada”.")

    def part(self):
        found = super().part()
        if found["required"] == "always":
            found.pop("when", None)
        return found


class ContradictionForm(PartForm):
    rules = schema.CONTRADICTION
    named = "text"
    text = BilingualField(
        LABELS["text"], long=True, most=schema.MAX_TEXT,
        description="Apa yang tidak cocok, dan apa yang sebaiknya dilakukan.",
    )  # fmt: skip
    kind = SelectField("Akibatnya", choices=choices(labels.CONTRADICTION_KINDS.items()))
    field = SelectField(LABELS["field"])
    when = ConditionField("Terjadi bila")

    def __init__(self, formdata, part, scene):
        super().__init__(formdata, part, scene)
        self.field.choices = choices([(key, one["label"]["id"]) for key, one in self.when.known.items()])

    def validate_when(self, field):
        if not field.data:
            raise ValidationError("Pilih jawaban yang tidak cocok satu sama lain.")


def _unlisted_reasons(kept: list | None, known: tuple) -> list[tuple[str, str]]:
    """Return the reasons of the part that are no longer in the list."""
    names = {key for key, _ in known}
    return [(key, f"{key} (tidak ada lagi)") for key in kept or () if key not in names]


class SectionForm(PartForm):
    rules = {key: rule for key, rule in schema.SECTION.items() if key != "fields"}
    named = "title"
    title = BilingualField(LABELS["title"], description="Satu bagian menjadi satu halaman, misalnya Data anak.")
