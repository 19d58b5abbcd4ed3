"""The account pages' forms: what they ask, and the sentences for what is wrong; they look nobody up."""

from flask_wtf import FlaskForm
from wtforms import EmailField, HiddenField, PasswordField, StringField, TelField
from wtforms.validators import InputRequired, ValidationError

import accounts
from intake import fields

LONGEST_ADDRESS = 120


def answer(kind: str, label: str, longest: int = 0):
    """A check by the rules of the application's own fields: the same names, addresses and numbers pass everywhere."""
    rule = {"key": "x", "type": kind, "label": {"id": label}, "required": False} | ({"max": longest} if longest else {})

    def check(form: FlaskForm, field) -> None:
        try:
            field.data = fields.clean(rule, field.data or "")
        except fields.Wrong as wrong:
            raise ValidationError(str(wrong)) from wrong
        if longest and len(field.data) > longest:
            raise ValidationError(f"{label} terlalu panjang: paling banyak {longest} huruf.")

    return check


def good_password(form: FlaskForm, field) -> None:
    """Long enough, and not easily guessed."""
    email = form.email.data if "email" in form else ""
    if fault := accounts.password_fault(field.data, email or ""):
        raise ValidationError(fault)


def address() -> EmailField:
    return EmailField("E-mail", [InputRequired("Isi alamat e-mail Anda."), answer("email", "E-mail", LONGEST_ADDRESS)])


class SignIn(FlaskForm):
    email = address()
    password = PasswordField("Kata sandi", [InputRequired("Isi kata sandi Anda.")])
    next = HiddenField()


class Register(FlaskForm):
    name = StringField("Nama lengkap", [InputRequired("Isi nama lengkap Anda."), answer("name", "Nama lengkap", 100)])
    email = address()
    phone = TelField("Nomor HP", [answer("phone", "Nomor HP", 20)])
    password = PasswordField("Kata sandi", [InputRequired("Buat kata sandi."), good_password])


class Forgotten(FlaskForm):
    email = address()


class NewPassword(FlaskForm):
    password = PasswordField("Kata sandi baru", [InputRequired("Buat kata sandi."), good_password])


class Recover(FlaskForm):
    code = StringField("Kode dari slip", [InputRequired("Isi kode dari slip yang Anda terima di loket.")])
    email = address()


class Rebind(NewPassword):
    code = StringField("Kode dari slip", [InputRequired("Isi kode dari slip yang Anda terima di loket.")])


class Confirm(FlaskForm):
    password = PasswordField("Kata sandi", [InputRequired("Isi kata sandi yang Anda buat saat mendaftar.")])
