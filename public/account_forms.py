"""WTForms of the account pages, with their validation. They make no database query."""

from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import EmailField, HiddenField, PasswordField, SelectField, StringField, TelField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, ValidationError

import accounts
from catalogue import fields
from lib import i18n

MAX_EMAIL_LENGTH = 120


def field_validator(kind: str, label: Any, longest: int = 0):
    """Return a WTForms validator that applies the rules of an application's field type, so that both agree."""

    def check(form: FlaskForm, field) -> None:
        rule = {"key": "x", "type": kind, "label": {"id": str(label)}, "required": False}
        rule |= {"max": longest} if longest else {}
        try:
            field.data = fields.clean(rule, field.data or "")
        except fields.InvalidAnswer as wrong:
            raise ValidationError(str(wrong)) from wrong
        if longest and len(field.data) > longest:
            words = {"label": label, "most": longest}
            raise ValidationError(_("%(label)s terlalu panjang: paling banyak %(most)s huruf.", **words))

    return check


def validate_new_password(form: FlaskForm, field) -> None:
    """Validate the length and strength of a new password."""
    email = form.email.data if "email" in form else ""
    if fault := accounts.password_error(field.data, email or ""):
        raise ValidationError(fault)


class TranslatedForm(FlaskForm):
    """A form whose built-in messages are in the reader's language."""

    class Meta(FlaskForm.Meta):
        def get_translations(self, form):
            return i18n.WTFORMS_DOMAIN.get_translations()


def email_field() -> EmailField:
    needed = InputRequired(_l("Isi alamat e-mail Anda."))
    return EmailField(_l("E-mail"), [needed, field_validator("email", _l("E-mail"), MAX_EMAIL_LENGTH)])


def name_field() -> StringField:
    needed = InputRequired(_l("Isi nama lengkap Anda."))
    return StringField(_l("Nama lengkap"), [needed, field_validator("name", _l("Nama lengkap"), 100)])


class SignInForm(TranslatedForm):
    email = email_field()
    password = PasswordField(_l("Kata sandi"), [InputRequired(_l("Isi kata sandi Anda."))])
    next = HiddenField()


class RegistrationForm(TranslatedForm):
    name = name_field()
    email = email_field()
    phone = TelField(_l("Nomor HP"), [field_validator("phone", _l("Nomor HP"), 20)])
    password = PasswordField(_l("Kata sandi"), [InputRequired(_l("Buat kata sandi.")), validate_new_password])
    next = HiddenField()


class AccountForm(TranslatedForm):
    name = name_field()
    phone = TelField(_l("Nomor HP"), [field_validator("phone", _l("Nomor HP"), 20)])
    language = SelectField(_l("Bahasa"), choices=[SelectChoice(*one) for one in i18n.LANGUAGES.items()])


class NewEmailForm(TranslatedForm):
    email = email_field()
    password = PasswordField(_l("Kata sandi"), [InputRequired(_l("Isi kata sandi Anda."))])


class ForgottenPasswordForm(TranslatedForm):
    email = email_field()


class NewPasswordForm(TranslatedForm):
    password = PasswordField(_l("Kata sandi baru"), [InputRequired(_l("Buat kata sandi.")), validate_new_password])


class ChangePasswordForm(NewPasswordForm):
    old_password = PasswordField(_l("Kata sandi sekarang"), [InputRequired(_l("Isi kata sandi Anda yang sekarang."))])
    email = HiddenField()  # the account's own, which no password may be


class RecoveryCodeForm(TranslatedForm):
    code = StringField(_l("Kode dari slip"), [InputRequired(_l("Isi kode dari slip yang Anda terima di loket."))])
    nik4 = StringField(
        _l("4 angka terakhir NIK"), [InputRequired(_l("Isi 4 angka terakhir NIK, atau NIK lengkap 16 angka."))]
    )
    email = email_field()


class LinkForm(TranslatedForm):
    nik = StringField(
        _l("NIK pemohon"), [InputRequired(_l("Isi NIK pemohon.")), field_validator("nik", _l("NIK pemohon"))]
    )
    kode_slip = StringField(_l("Kode di slip"), [InputRequired(_l("Isi kode di slip."))])


class RecoveryPasswordForm(NewPasswordForm):
    code = StringField(_l("Kode dari slip"), [InputRequired(_l("Isi kode dari slip yang Anda terima di loket."))])


class ConfirmationForm(TranslatedForm):
    password = PasswordField(_l("Kata sandi"), [InputRequired(_l("Isi kata sandi yang Anda buat saat mendaftar."))])
