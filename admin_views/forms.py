"""Base class and fields of the staff forms, with fields for two languages and for JSON; they save nothing."""

import json
from collections.abc import Iterable
from functools import lru_cache
from pathlib import Path

from flask_admin.form import BaseForm
from flask_babel import Domain
from wtforms import BooleanField, DateField, Field, IntegerField, SelectField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length, NumberRange, Optional, Regexp, ValidationError

import office
from casework import document_numbers
from casework.inputs.words import plain
from catalogue import document_templates, statements
from lib.database import now
from lib.text_normalization import normalize_number
from models import REASON_KINDS
from notify.message_texts import placeholder_error

TRANSLATIONS = str(Path(__file__).resolve().parent.parent / "translations")
LONGEST = 4000
_WORDS = Domain(TRANSLATIONS, domain="wtforms")
# fmt: off
REASON_ABOUT = [("", "Berkas dan isian"), ("requirement", "Berkas yang kurang"), ("field", "Isian yang kurang")]
HOLIDAY_KINDS = [
    ("nasional", "Libur nasional"), ("cuti_bersama", "Cuti bersama"), ("fakultatif_bali", "Libur fakultatif Bali"),
    ("kantor", "Kantor tutup"),
]
# fmt: on
NEEDED = InputRequired("Wajib diisi.")


class Choices(tuple):
    """The choices of a select field; equal pairs give the same object, so that cached fragments can be keyed by it."""

    __eq__, __hash__ = object.__eq__, object.__hash__


def choices(pairs: Iterable[tuple[str, str]]) -> Choices:
    return _choices(tuple(pairs))


@lru_cache(200)
def _choices(pairs: tuple[tuple[str, str], ...]) -> Choices:
    return Choices(SelectChoice(value=value, label=label) for value, label in pairs)


def _storable(data):
    """A text as it may be kept; what isn't one has been read by its own field."""
    return plain(data, LONGEST) if isinstance(data, str) and data else data


class Form(BaseForm):
    """Speaks Indonesian, and keeps nothing that a database refuses."""

    class Meta:
        def get_translations(self, form):
            return _WORDS.get_translations()

        def bind_field(self, form, unbound_field, options):
            if issubclass(unbound_field.field_class, StringField) and unbound_field.field_class is not JsonField:
                options["filters"] = (*unbound_field.kwargs.get("filters", ()), *options.get("filters", ()), _storable)
            return unbound_field.bind(form=form, **options)


class TwoLanguages(Field):
    """{id=…, en=…}: Indonesian, and English where there is one. Two boxes of one name."""

    data: dict | None

    def __init__(self, label=None, needed=True, **more):
        super().__init__(label, **more)
        self.needed = needed

    def process_formdata(self, valuelist):
        indonesian, english, *_ = [*(plain(value, LONGEST) for value in valuelist), "", ""]
        self.data = {"id": indonesian} | ({"en": english} if english else {})
        if not indonesian and (self.needed or english):
            raise ValueError("Tulis teks bahasa Indonesianya.")


class TextsField(Field):
    """Several texts, one a box; their number doesn't change. `captions` say what stands below each."""

    data: list | None
    captions: list[str]

    def process_formdata(self, valuelist):
        if len(valuelist) != len(self.data or ()):
            raise ValueError("Teksnya tidak lengkap. Muat ulang halaman ini.")
        self.data = [plain(value, LONGEST) for value in valuelist]


class NumberFormatsField(Field):
    """Formats of document numbers by kind: its name, its patterns one a line, two ticks; kinds aren't added here."""

    data: dict | None
    ticks = (
        ("strict", "Bentuk lain ditolak", "Tanpa centang ini, petugas boleh menegaskan nomor yang bentuknya lain."),
        ("again", "Nomor yang sama boleh dipakai lagi", "Seperti KK yang diperbarui, atau catatan pada akta yang ada."),
    )

    def process(self, formdata, *more, **named):
        super().process(None, *more, **named)
        if formdata is not None and formdata:
            self.data = {key: self._read(formdata, f"{self.name}-{key}") for key in self.data or ()}

    def _read(self, formdata, stem):
        lines = (normalize_number(line).strip() for line in formdata.get(f"{stem}-patterns", "").splitlines())
        ticked = {name: bool(formdata.get(f"{stem}-{name}")) for name, *_ in self.ticks}
        name = plain(formdata.get(f"{stem}-name", "")[:60], LONGEST)
        return {"name": name, "patterns": [one for one in lines if one]} | ticked

    def examples(self, kind):
        """Return what numbers of a kind look like today; none where a pattern is wrong."""
        wrong = document_numbers.format_error({"kind": kind})
        return [] if wrong else document_numbers.examples(document_numbers.FREE | kind)

    def faults(self):
        """Return what is wrong, by kind, once it was refused."""
        found = {key: document_numbers.format_error({key: kind}) for key, kind in (self.data or {}).items()}
        return {key: fault for key, fault in found.items() if fault and self.errors}


class JsonField(TextAreaField):
    """A value as JSON."""

    def process_formdata(self, valuelist):
        self.raw = valuelist[0] if valuelist else ""
        try:
            self.data = json.loads(self.raw)
            json.dumps(self.data, ensure_ascii=False, allow_nan=False).encode()  # no NaN, no half characters
        except (ValueError, RecursionError):
            raise ValueError("Ini bukan JSON yang benar. Periksa kurung dan tanda kutipnya.") from None

    def _value(self):
        return getattr(self, "raw", None) or json.dumps(self.data, ensure_ascii=False, indent=2, sort_keys=True)


def attributes(field: Field, more: dict) -> dict:
    """Return the HTML attributes of a field: its look, and what a screen reader says with it (hint, error)."""
    found: dict = {} if field.type == "BooleanField" else {"class": "form-control"}
    if "Select" in field.type or field.type == "RelationField":
        found["class"] += " choose"
    if field.type == "JsonField":
        found |= {"class": "form-control mono", "rows": 12}
    told = [f"{field.name}-error"] * bool(field.errors) + [f"{field.id}-hint"] * bool(field.description)
    found |= {"aria_describedby": " ".join(told)} if told else {}
    return found | ({"aria_invalid": "true"} if field.errors else {}) | more


class ReasonForm(Form):
    name = TwoLanguages("Alasan")
    next = TwoLanguages("Apa yang dapat dilakukan pemohon")
    about = SelectField("Ditawarkan lebih dulu untuk", choices=choices(REASON_ABOUT), default="")
    position = IntegerField("Urutan", [NEEDED, NumberRange(0, 999)])
    active = BooleanField("Dapat dipilih")


class NewReasonForm(ReasonForm):
    key = StringField("Kode", [NEEDED, Regexp(r"[a-z][a-z0-9_]{0,39}\Z", message="Huruf kecil, angka, garis bawah.")])
    kind = SelectField("Dipakai untuk", choices=choices(REASON_KINDS.items()))


class MessageForm(Form):
    subject = TwoLanguages("Judul", render_kw={"rows": 2})
    body = TwoLanguages("Isi", render_kw={"rows": 12})

    def validate_subject(self, field):
        if unknown := placeholder_error(field.data.values()):
            raise ValidationError(unknown)

    validate_body = validate_subject


class StatementForm(Form):
    """The words of an official statement; which answers fill it is no question here."""

    name = TwoLanguages("Nama pada halaman pemohon")
    title = StringField("Judul resmi", [NEEDED, Length(max=200)])
    legal = StringField("Dasar hukum", [NEEDED, Length(max=300)])
    stamp_duty = IntegerField(
        "Meterai (rupiah)", [InputRequired("Tulis 0 bila tidak perlu."), NumberRange(0, statements.MAX_STAMP_DUTY)],
        description="0: tanpa meterai. Yang bermeterai tidak dapat ditandatangani di layar.",
    )  # fmt: skip
    note = TwoLanguages("Petunjuk bagi pemohon (boleh kosong)", needed=False)
    texts = TextsField("Kata-kata pernyataan")

    def __init__(self, formdata=None, obj=None, **more):
        body = obj.body if obj else {"parts": []}
        super().__init__(formdata, obj=obj, **more, **body, texts=[part["text"] for part in body["parts"]])
        self.texts.captions = [statements.caption(part) for part in body["parts"]]

    def validate_texts(self, field):
        faults = ((number, statements.text_error(self._obj.body, text)) for number, text in enumerate(field.data, 1))
        if found := next((f"Teks {number}: {fault}" for number, fault in faults if fault), ""):
            raise ValidationError(found)

    def populate_obj(self, obj):
        """Put the words into the statement; the seed no longer renews it."""
        pairs = zip(obj.body["parts"], self.texts.data or (), strict=True)
        words = {name: self[name].data for name in ("name", "title", "legal", "stamp_duty")}
        note = {"note": self.note.data} if (self.note.data or {}).get("id") else {}
        before = {key: value for key, value in obj.body.items() if key != "note"}
        obj.body = before | words | note | {"parts": [part | {"text": text} for part, text in pairs]}
        obj.changed_at = now()


class DocumentTemplateForm(Form):
    """The words of a kind of document; which answers fill it is no question here."""

    title = StringField("Judul resmi", [NEEDED, Length(max=200)])
    title_en = StringField("Judul dalam bahasa Inggris (boleh kosong)", [Length(max=200)])
    signer = SelectField("Di atas nama penanda tangan", choices=choices(document_templates.SIGNERS.items()))
    heads = TextsField("Baris di atas judul")
    texts = TextsField("Kata-kata dokumen")
    english = TextsField("Kata-kata dalam bahasa Inggris (boleh kosong)")

    def __init__(self, formdata=None, obj=None, **more):
        body = obj.body if obj else {"parts": [], "heads": []}
        parts = body["parts"]
        words = {"texts": [part["text"] for part in parts], "english": [part.get("en", "") for part in parts]}
        super().__init__(formdata, obj=obj, **more, **body, **words)
        self.heads.captions = ["" for _ in body["heads"]]
        self.texts.captions = self.english.captions = [document_templates.caption(part) for part in parts]

    def validate_texts(self, field):
        self._refuse_faults(field.data)

    def validate_heads(self, field):
        self._refuse_faults(field.data)

    def validate_title(self, field):
        self._refuse_faults([field.data])

    def validate_english(self, field):
        self._refuse_faults([text or "-" for text in field.data])

    def _refuse_faults(self, texts):
        faults = ((number, document_templates.text_error(self._obj.body, text)) for number, text in enumerate(texts, 1))
        if found := next((f"Teks {number}: {fault}" for number, fault in faults if fault), ""):
            raise ValidationError(found)

    def populate_obj(self, obj):
        """Put the words into the template; the seed no longer renews it."""
        kept = [{key: value for key, value in part.items() if key != "en"} for part in obj.body["parts"]]
        triples = zip(kept, self.texts.data or (), self.english.data or (), strict=True)
        parts = [part | {"text": text} | ({"en": english} if english else {}) for part, text, english in triples]
        words = {name: self[name].data for name in ("title", "title_en", "signer", "heads")}
        obj.body = obj.body | {name: value for name, value in words.items() if value} | {"parts": parts}
        obj.changed_at = now()


class FactForm(Form):
    value = JsonField("Nilai (JSON)")
    note = StringField("Keterangan", [Length(max=200)])

    def validate_value(self, field):
        if fault := office.fact_error(self._obj.key, field.data):
            raise ValidationError(fault)


class NumberFormatsForm(Form):
    """The formats of document numbers, in fields."""

    value = NumberFormatsField("Bentuk nomor")
    note = StringField("Keterangan", [Length(max=200)])

    def validate_value(self, field):
        if fault := document_numbers.format_error(field.data):
            raise ValidationError(fault)


class HolidayForm(Form):
    day = DateField("Tanggal", [NEEDED])
    kind = SelectField("Jenis", choices=choices(HOLIDAY_KINDS))
    name = StringField("Nama", [NEEDED, Length(max=120)])
    closed = BooleanField("Kantor tutup", default=True)
    confirmed = BooleanField("Sudah pasti", default=True)
    source = StringField("Sumber", [Length(max=120)])


class OfficeForm(Form):
    name = StringField("Nama", [NEEDED, Length(max=100)])
    address = StringField("Alamat", [Length(max=200)])
    appointments_per_hour = IntegerField(
        "Janji per jam", [NEEDED, NumberRange(0, 50)],
        description="Untuk perekaman KTP-el dan aktivasi IKD. 0: tempat ini tidak menerima janji.",
    )  # fmt: skip


def _without_spaces(typed):
    return "".join((typed or "").split())


class SignerForm(Form):
    """Title, rank and NIP that documents print below a signature, and the name on a certificate."""

    title = StringField("Jabatan", [Length(max=100)])
    rank = StringField("Pangkat dan golongan", [Length(max=60)], description="Misalnya Pembina Utama Muda (IV/c).")
    nip = StringField(
        "NIP", [Optional(), Regexp(r"[0-9]{18}\Z", message="NIP terdiri dari 18 angka.")], filters=[_without_spaces]
    )
    certificate_name = StringField(
        "Nama pada sertifikat TTE", [Length(max=100)],
        description="Persis seperti di sertifikat BSrE. Hanya untuk Kepala Dinas dan penggantinya.",
    )  # fmt: skip


class GrantForm(Form):
    """A role for a person; the choices are filled in per request."""

    role = SelectField("Peran", [NEEDED])
    office = SelectField("Kantor atau loket", [NEEDED])
    group = SelectField("Bidang", choices=choices([("", "Semua"), ("dafduk", "Dafduk"), ("capil", "Capil")]))
    since = DateField("Mulai", [NEEDED])
    until = DateField("Sampai", [Optional()])
    decree = StringField("Nomor surat keputusan", [Length(max=100)])
