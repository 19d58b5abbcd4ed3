"""The form of one field of a service; some of its inputs apply to some field types only. Nothing is saved here."""

from wtforms import BooleanField, IntegerField, SelectField, StringField
from wtforms.validators import NumberRange, Optional, ValidationError

from admin_views.forms import choices
from admin_views.service_editor.condition_field import ConditionField
from admin_views.service_editor.custom_fields import BilingualField, OptionsField
from admin_views.service_editor.part_forms import EMPTY_VALUES, PartForm
from catalogue import definition_parts, labels, schema
from catalogue.labels import LABELS

MAX_NUMBER = 999_999_999_999
SEXES = [("1", "Laki-laki"), ("2", "Perempuan")]
TYPES_WITH = schema.ALLOWED_TYPES | {  # input of the form → field types that have it; the others apply to all
    "options_from": schema.ALLOWED_TYPES["options"],
    "max_items": ("group",),
    "subject": tuple(schema.SUBJECTS.values()),
    "birth_date": ("nik",),
    "sex": ("nik",),
    "not_before": ("date",),
    "new_name": ("name",),
}


class FieldForm(PartForm):
    rules = {key: rule for key, rule in schema.FIELD.items() if key not in ("item", "checks")}
    named = "label"
    label = BilingualField(LABELS["label"], description="Pendek dan jelas: Nama lengkap anak.")
    hint = BilingualField(LABELS["hint"], needed=False, long=True, description="Contoh, atau di mana menemukannya.")
    type = SelectField(LABELS["type"], choices=choices(labels.FIELD_TYPES.items()))
    required = BooleanField("Wajib diisi")
    options = OptionsField(
        LABELS["options"],
        description="Kode kosong diberi nomor. Urutan: tulis angkanya, lalu simpan. Pada NIK dan nomor KK: "
        "alasan yang dapat dipilih bila belum punya; tanpa alasan, nomornya harus ada.",
    )
    options_from = SelectField("Isi pilihan dari daftar kode resmi")
    default = StringField(LABELS["default"], description="Kode pilihannya. Kosong: pemohon memilih sendiri.")
    min = IntegerField(LABELS["min"], [Optional(), NumberRange(0, MAX_NUMBER)])
    max = IntegerField(
        LABELS["max"], [Optional(), NumberRange(0, MAX_NUMBER)], description="Angka: nilainya. Teks dan nama: hurufnya."
    )
    not_future = BooleanField(LABELS["not_future"])
    max_items = IntegerField(LABELS["max_items"], [Optional(), NumberRange(1, 50)])
    when = ConditionField("Hanya ditanyakan bila")
    subject = SelectField(
        LABELS["subject"],
        choices=choices([("", "Bukan"), *((key, f"Ini {name.lower()}nya") for key, name in labels.SUBJECTS.items())]),
        description="Setiap layanan punya tepat satu nama dan satu desa orang yang bersangkutan.",
    )
    birth_date = SelectField("Cocokkan tanggal lahir pada NIK dengan")
    sex = SelectField("Cocokkan jenis kelamin pada NIK dengan")
    not_before = SelectField("Tidak boleh sebelum")
    new_name = BooleanField("Nama baru: ingatkan aturan nama (Permendagri 73/2022)")
    siak = IntegerField(
        LABELS["siak"], [Optional(), NumberRange(0, 9999)], description="Tempatnya di layar SIAK, untuk lembar salin."
    )

    def __init__(self, formdata, part, scene):
        super().__init__(formdata, {"max_items": 12} | part | (part.get("checks") or {}), scene)
        kinds = list(labels.FIELD_TYPES.items())
        if scene.published:
            kinds = [(kind, name) for kind, name in kinds if kind == scene.published["type"]]
        elif scene.kind == "items":
            kinds = [(kind, name) for kind, name in kinds if kind != "group"]
        self.type.choices = choices(kinds)
        lists = [(name, f"{name.replace('_', ' ').capitalize()} ({len(codes)})") for name, codes in scene.codes.items()]
        self.options_from.choices = choices([("", "Tidak"), *lists])
        self._comparisons()
        if scene.kind == "items":
            del self.subject, self.default

    def _comparisons(self):
        beside = _comparable_fields(self.scene)
        dates = [(one["key"], one["label"]["id"]) for one in beside if one["type"] == "date"]
        asked = [(one["key"], one["label"]["id"]) for one in beside if one["type"] == "choice"]
        self.birth_date.choices = choices([("", "Tidak dicocokkan"), *dates])
        self.not_before.choices = choices([("", "Tidak dibatasi"), *dates])
        self.sex.choices = choices([("", "Tidak dicocokkan"), *SEXES, *asked])

    def has(self, name: str) -> bool:
        """Tell whether the selected field type has this input."""
        return self.type.data in TYPES_WITH.get(name, (self.type.data,))

    def kinds_of(self, name: str) -> str:
        """Return the field types that have this input, space-separated for the page's script."""
        return " ".join(TYPES_WITH.get(name, ()))

    def validate_options(self, field):
        if self.type.data == "choice" and not field.data and not self.options_from.data:
            raise ValidationError("Tulis sedikitnya satu pilihan, atau ambil dari daftar kode.")

    def validate_max(self, field):
        if self.has("min") and None not in (self.min.data, field.data) and field.data < self.min.data:
            raise ValidationError("Lebih kecil daripada “paling sedikit”.")

    def validate_subject(self, field):
        wanted = schema.SUBJECTS.get(field.data)
        if wanted and self.has("subject") and wanted != self.type.data:
            raise ValidationError(f"Hanya untuk isian jenis “{labels.FIELD_TYPES[wanted]}”.")
        if field.data in ("name", "village") and wanted == self.type.data:
            if not self.required.data or self.when.data:
                raise ValidationError("Harus wajib diisi dan selalu ditanyakan.")
            others = (one for one in definition_parts.all_fields(self.scene.body) if one["key"] != self.scene.key)
            if twin := next((one for one in others if one.get("subject") == field.data), None):
                raise ValidationError(f"Sudah “{twin['label']['id']}”. Lepaskan dulu di sana.")

    def part(self):
        found = {name: value for name, value in super().part().items() if self.has(name)}
        if found.get("options_from"):
            found.pop("options", None)
        names = [name for name in schema.CHECKS if self.has(name)]
        checks = {name: self[name].data for name in names if self[name].data not in (*EMPTY_VALUES, False)}
        return found | ({"checks": checks} if checks else {})


def _comparable_fields(scene) -> list[dict]:
    """Return the fields with which this one may be compared: the others of its group, or of the service."""
    ones = definition_parts.all_fields(scene.body)
    if scene.kind == "items":
        ones = definition_parts.part_list(scene.body, "items", scene.home) or []
    return [one for one in ones if one["key"] != scene.key.rpartition(".")[2]]
