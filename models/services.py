"""What the office offers: services, their published editions, and the texts, reasons and facts it may change."""

import peewee as pw

from models.base import JsonField, LongJson, Moment, Table, now, to
from models.people import User


class Layanan(Table):
    """A service. What it asks for is in its newest edition."""

    code = pw.CharField(20, unique=True)
    position = pw.IntegerField(default=0)
    active = pw.BooleanField(default=True)
    proposal = LongJson(null=True)  # what is being prepared; publishing freezes it as an Edition
    version = pw.IntegerField(default=0)  # of the proposal, for compare-and-swap
    changed_at = Moment(null=True)
    changed_by = to(User, null=True)


class Edition(Table):
    """A frozen, published definition of a service; an application keeps the one it began with."""

    layanan = to(Layanan, "editions")
    number = pw.IntegerField()
    body = LongJson()  # docs/architecture.md: the shape of a service
    published_at = Moment(default=now)
    published_by = to(User, null=True)

    class Meta:
        indexes = ((("layanan", "number"), True),)

    @classmethod
    def current(cls):
        """The newest edition of each active service, with its service, in the office's order."""
        newest = cls.alias()
        number = newest.select(pw.fn.MAX(newest.number)).where(newest.layanan == cls.layanan)
        return (
            cls.select(cls, Layanan)
            .join(Layanan)
            .where(Layanan.active, cls.number == number)
            .order_by(Layanan.position, Layanan.code)
        )


REASON_KINDS = {
    "deficiency": "Berkas kurang",
    "siak": "Tidak valid di SIAK",
    "return": "Pengembalian ke operator",
    "cancel": "Pembatalan",
    "reject": "Penolakan TTE",
    "keep": "Foto yang tetap dipakai",
}


class Reason(Table):
    """A reason that officers pick: of a return, of a cancellation, of what SIAK said."""

    key = pw.CharField(40, unique=True)
    kind = pw.CharField(20, index=True)  # of REASON_KINDS
    about = pw.CharField(12, default="")  # of a deficiency: requirement | field; empty: either
    name = JsonField()  # {"id": …, "en": …}
    next = JsonField()  # what the applicant can do about it
    position = pw.IntegerField(default=0)
    active = pw.BooleanField(default=True)


class MessageText(Table):
    """What a transition tells whom; the words are the office's."""

    action = pw.CharField(40)
    audience = pw.CharField(20)  # applicant | counter | staff
    subject = JsonField()
    body = JsonField()

    class Meta:
        indexes = ((("action", "audience"), True),)


class Fact(Table):
    """A fact of this office that is data: its name, hours, telephone, promise of service."""

    key = pw.CharField(40, unique=True)
    value = JsonField()
    note = pw.CharField(200, default="")


class Holiday(Table):
    """A day on which the office may be closed."""

    day = pw.DateField()
    kind = pw.CharField(20)  # nasional | cuti_bersama | fakultatif_bali | kantor
    name = pw.CharField(120)
    closed = pw.BooleanField(default=True)
    confirmed = pw.BooleanField(default=True)
    source = pw.CharField(120, default="")

    class Meta:
        indexes = ((("day", "kind"), True),)
