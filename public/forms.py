"""WTForms of the account pages, with their validation. They make no database query."""

from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import EmailField, HiddenField, PasswordField, SelectField, StringField, TelField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, ValidationError

import accounts
import language
from intake import fields

LONGEST_ADDRESS = 120


def answer(kind: str, label: Any, longest: int = 0):
    """Return a WTForms validator that applies the rules of an application's field type, so that both agree."""

    def check(form: FlaskForm, field) -> None:
        rule = {"key": "x", "type": kind, "label": {"id": str(label)}, "required": False}
        rule |= {"max": longest} if longest else {}
        try:
            field.data = fields.clean(rule, field.data or "")
        except fields.Wrong as wrong:
            raise ValidationError(str(wrong)) from wrong
        if longest and len(field.data) > longest:
            raise ValidationError(
                _("%(label)s terlalu panjang: paling banyak %(most)s huruf.", label=label, most=longest)
            )

    return check


def good_password(form: FlaskForm, field) -> None:
    """Validate the length and strength of a new password."""
    email = form.email.data if "email" in form else ""
    if fault := accounts.password_fault(field.data, email or ""):
        raise ValidationError(fault)


class Form(FlaskForm):
    """A form whose built-in messages are in the reader's language."""

    class Meta(FlaskForm.Meta):
        def get_translations(self, form):
            return language.OF_FORMS.get_translations()


def address() -> EmailField:
    return EmailField(
        _l("E-mail"), [InputRequired(_l("Isi alamat e-mail Anda.")), answer("email", _l("E-mail"), LONGEST_ADDRESS)]
    )


class SignIn(Form):
    email = address()
    password = PasswordField(_l("Kata sandi"), [InputRequired(_l("Isi kata sandi Anda."))])
    next = HiddenField()


class Register(Form):
    name = StringField(
        _l("Nama lengkap"), [InputRequired(_l("Isi nama lengkap Anda.")), answer("name", _l("Nama lengkap"), 100)]
    )
    email = address()
    phone = TelField(_l("Nomor HP"), [answer("phone", _l("Nomor HP"), 20)])
    password = PasswordField(_l("Kata sandi"), [InputRequired(_l("Buat kata sandi.")), good_password])
    next = HiddenField()


class Account(Form):
    name = StringField(
        _l("Nama lengkap"), [InputRequired(_l("Isi nama lengkap Anda.")), answer("name", _l("Nama lengkap"), 100)]
    )
    phone = TelField(_l("Nomor HP"), [answer("phone", _l("Nomor HP"), 20)])
    language = SelectField(_l("Bahasa"), choices=[SelectChoice(*one) for one in language.NAMES.items()])


class NewAddress(Form):
    email = address()
    password = PasswordField(_l("Kata sandi"), [InputRequired(_l("Isi kata sandi Anda."))])


class Forgotten(Form):
    email = address()


class NewPassword(Form):
    password = PasswordField(_l("Kata sandi baru"), [InputRequired(_l("Buat kata sandi.")), good_password])


class Recover(Form):
    code = StringField(_l("Kode dari slip"), [InputRequired(_l("Isi kode dari slip yang Anda terima di loket."))])
    email = address()


class Rebind(NewPassword):
    code = StringField(_l("Kode dari slip"), [InputRequired(_l("Isi kode dari slip yang Anda terima di loket."))])


class Confirm(Form):
    password = PasswordField(_l("Kata sandi"), [InputRequired(_l("Isi kata sandi yang Anda buat saat mendaftar."))])
