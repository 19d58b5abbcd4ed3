"""WTForms fields of the service editor: bilingual texts, lines, options."""

from typing import Any

from wtforms import Field, TextAreaField
from wtforms.validators import ValidationError

from admin_views.forms import TwoLanguages
from casework.inputs.words import plain
from catalogue import schema

BLANK_ROWS = 3  # of options, beside those that are there


class BilingualField(TwoLanguages):
    """A text in Indonesian and, optionally, in English."""

    def __init__(self, label, needed=True, long=False, most=schema.MAX_NAME, **more):
        super().__init__(label, **more)
        self.needed, self.long, self.most = needed, long, schema.MAX_TEXT if long else most

    def process_formdata(self, valuelist):
        typed = [*valuelist, "", ""]
        self.data = {"id": typed[0], "en": typed[1]}
        indonesian, english = (plain(text, self.most) for text in typed[:2])
        if not indonesian and (self.needed or english):
            raise ValueError("Tulis teks bahasa Indonesianya.")
        self.data = {"id": indonesian} | ({"en": english} if english else {}) if indonesian else None


class LinesField(TextAreaField):
    """A list of texts, one per line."""

    def __init__(self, label, most=schema.MAX_NAME, **more):
        super().__init__(label, **more)
        self.most = most

    def _value(self):
        return "\n".join(self.data or ())

    def process_formdata(self, valuelist):
        self.data = (valuelist[0] if valuelist else "").splitlines()
        self.data = [line for line in (plain(line, self.most) for line in self.data) if line]


class OptionsField(Field):
    """The options of a choice field, as rows of position, code, Indonesian, English; blank rows are ignored."""

    data: list | None

    def process(self, formdata, data=None, **more):
        super().process(None, data, **more)
        self.rows = [(str(n), code, *_both_languages(label)) for n, (code, label) in enumerate(self.data or (), 1)]
        self.more = BLANK_ROWS
        if formdata is not None and f"{self.name}-code" in formdata:
            parts = (formdata.getlist(f"{self.name}-{part}") for part in ("place", "code", "id", "en"))
            self.rows = [row for row in zip(*parts, strict=False) if any(text.strip() for text in row[1:])]

    @property
    def drawn(self) -> list[tuple[str, str, str, str]]:
        """Return the rows, followed by blank ones."""
        return [*self.rows, *(("", "", "", "") for _ in range(self.more))]

    def pre_validate(self, form):
        ordered = sorted(enumerate(self.rows), key=lambda pair: (_position(pair[1][0], pair[0] + 1), pair[0]))
        rows = [[plain(text, schema.MAX_NAME) for text in row[1:]] for _, row in ordered]
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


class LeadsField(Field):
    """Services to which this one leads, as rows of service, Indonesian, English; `single`: one row, a table or None."""

    data: Any  # a list of leads; of a single one, a lead or None
    services: tuple[tuple[str, str], ...] = ()

    def __init__(self, label, single=False, **more):
        super().__init__(label, **more)
        self.single = single

    def process(self, formdata, data=None, **more):
        super().process(None, data, **more)
        given = ([self.data] if self.data else []) if self.single else self.data or []
        self.rows = [(lead["code"], *_both_languages(lead["text"])) for lead in given]
        if formdata is not None:
            parts = (formdata.getlist(f"{self.name}-{part}") for part in ("code", "id", "en"))
            self.rows = [row for row in zip(*parts, strict=False) if any(text.strip() for text in row)]

    @property
    def drawn(self) -> list[tuple[str, str, str]]:
        """Return the rows, followed by blank ones."""
        blank = 1 - len(self.rows) if self.single else 1 + (not self.rows)
        return [*self.rows, *[("", "", "")] * blank]

    def pre_validate(self, form):
        rows = [
            (code, plain(words, schema.MAX_TEXT), plain(english, schema.MAX_TEXT)) for code, words, english in self.rows
        ]
        if any(code not in dict(self.services) for code, _, _ in rows):
            raise ValidationError("Pilih layanannya di setiap baris yang berisi teks.")
        if any(not words for _, words, _ in rows):
            raise ValidationError("Tulis juga teks bahasa Indonesianya di setiap baris yang menyebut layanan.")
        found = [
            {"code": code, "text": {"id": words} | ({"en": english} if english else {})}
            for code, words, english in rows
        ]
        self.data = (found[0] if found else None) if self.single else found


def _both_languages(label) -> tuple[str, str]:
    return (label["id"], label.get("en", "")) if isinstance(label, dict) else (label, "")


def _position(text: str, otherwise: int) -> float:
    return float(text) if text.isascii() and text.isdigit() and len(text) < 5 else otherwise
