"""What officers looked at, searched for and took away as a file; accesses and exports never change."""

import peewee as pw

from models.base import JsonField, Table, now, to
from models.people import User
from models.permohonan import Permohonan


class Access(Table):
    """An officer saw an application: its page, a file, or a paper made of it."""

    permohonan = to(Permohonan)
    user = to(User)
    role = pw.CharField(20)  # in which they reach it
    what = pw.CharField(10)  # page | file | paper
    version = pw.IntegerField()  # of the application, as they saw it
    at = pw.DateTimeField(default=now)

    class Meta:
        indexes = ((("permohonan", "user", "id"), False),)


class Search(Table):
    """What somebody searches for, so that no address holds a NIK or a name; with a name of its own it is kept."""

    key = pw.CharField(32, unique=True)
    user = to(User)
    name = pw.CharField(60, default="")
    wanted = JsonField()
    at = pw.DateTimeField(default=now)


class Export(Table):
    """Who took which list away as a file. What was typed isn't kept, only its kind: it may be a NIK."""

    user = to(User)
    format = pw.CharField(4)  # csv | xlsx
    wanted = JsonField()
    rows = pw.IntegerField()
    at = pw.DateTimeField(default=now)
