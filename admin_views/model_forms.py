"""Forms of a model view, made from the model: plain fields, times on the office's clock, relations within reach."""

import re

import peewee as pw
from flask_admin.contrib.peewee.form import CustomModelConverter
from wtforms import DateField, DateTimeLocalField, TimeField
from wtforms.validators import Length, NumberRange
from wtfpeewee.fields import ModelSelectField

from admin_views import columns, forms
from lib.database import JsonField, from_local, local

OPTIONS = 2000  # related rows that a list offers
NUMBER, BLANK = re.compile(r"[0-9]{1,9}"), "__None"
SMALL, BIG = 2**31 - 1, 2**63 - 1


class LocalDateTimeField(DateTimeLocalField):
    """A UTC moment, shown and typed on the office's clock (WITA)."""

    def __init__(self, label=None, validators=None, **kwargs):
        shapes = ["%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%d %H:%M:%S", "%Y-%m-%d %H:%M"]
        super().__init__(label, validators, format=shapes, **kwargs)

    def process_data(self, value):
        self.before = value
        self.data = local(value).replace(second=0, microsecond=0) if value else None

    def process_formdata(self, valuelist):
        super().process_formdata(valuelist if any(valuelist) else [])

    def populate_obj(self, obj, name):
        """Leave the seconds of a moment that nobody changed."""
        same = self.data and self.before and self.data == local(self.before).replace(second=0, microsecond=0)
        setattr(obj, name, self.before if same else from_local(self.data) if self.data else None)


class RelationField(ModelSelectField):
    """A row of another table, chosen from those within reach of the person who asks."""

    def __init__(self, label=None, validators=None, model=None, view=None, **kwargs):
        super().__init__(label, validators, model=model, **kwargs)
        named = columns.label_field(model)
        self.query = view.scope_of(model).order_by(*([named] if named is not None else []), model._meta.primary_key)
        self.query = self.query.limit(OPTIONS)

    def process_formdata(self, valuelist):
        """Read the id of a row; what is none is an id that no row has."""
        whole = [value if value == BLANK or NUMBER.fullmatch(value) else "0" for value in valuelist]
        super().process_formdata(whole)


class Converter(CustomModelConverter):
    """Makes the fields of a form from those of a model."""

    def __init__(self, view, additional=None):
        super().__init__(view, additional)
        inherited: dict = vars(self)["converters"]
        self.converters: dict = {
            JsonField: lambda model, field, **kwargs: (field.name, forms.JsonField(**kwargs)),
            pw.TimeField: lambda model, field, **kwargs: (field.name, TimeField(**kwargs)),
            **inherited,
        }

    def convert(self, model, field, field_args):
        """Add label, description and limits, which Flask-Admin takes over for other databases only."""
        given = dict(field_args or {})
        view, name = self.view, field.name
        if name in (view.column_labels or {}):
            given.setdefault("label", view.column_labels[name])
        given.setdefault("description", (view.column_descriptions or {}).get(name, field.help_text))
        if name in (view.column_choices or {}):
            given.setdefault("choices", view.column_choices[name])
        given["validators"] = [*given.get("validators", ()), *limits(field)]
        return super().convert(model, field, given)

    def handle_foreign_key(self, model, field, **kwargs):
        if field.null:
            kwargs["allow_blank"] = True
        kwargs.setdefault("get_label", columns.label_of)
        return field.name, RelationField(model=field.rel_model, view=self.view, **kwargs)

    def handle_date(self, model, field, **kwargs):
        return field.name, DateField(**kwargs)

    def handle_datetime(self, model, field, **kwargs):
        return field.name, LocalDateTimeField(**kwargs)


def limits(field: pw.Field) -> list:
    """Return the validators that keep a value within what the database takes."""
    if isinstance(field, pw.BigIntegerField):
        return [NumberRange(-BIG, BIG)]
    if isinstance(field, pw.IntegerField):
        return [NumberRange(-SMALL, SMALL)]
    return [Length(max=forms.LONGEST)] if type(field) is pw.TextField else []
