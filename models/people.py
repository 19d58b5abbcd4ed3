"""Who is who: users, their dated roles, the offices and villages, sessions, tokens and counted attempts."""

import itertools
from datetime import date
from functools import cache, cached_property

import peewee as pw

from models import quick
from models.base import JsonField, Moment, Table, local, now, to


class District(Table):
    """A kecamatan."""

    code = pw.CharField(8, unique=True)
    name = pw.CharField(60)


class Village(Table):
    """A desa or kelurahan, by the code of Kemendagri (51.08.06.2003)."""

    code = pw.CharField(13, unique=True)
    name = pw.CharField(60)
    kind = pw.CharField(10)  # desa | kelurahan
    district = to(District)
    postcode = pw.CharField(5, default="")


class Office(Table):
    """The Dinas itself, or the counter of a village or a sub-district."""

    code = pw.CharField(13, unique=True)
    name = pw.CharField(100)
    kind = pw.CharField(10)  # dinas | kecamatan | desa | kelurahan
    district = to(District, null=True)
    village = to(Village, null=True)
    address = pw.CharField(200, default="")
    hours = JsonField(null=True)  # {"0": ["08:00", "15:00"], …}; none: the Dinas' own

    def villages(self):
        """The villages whose residents this office serves: none for the Dinas, which serves everybody."""
        if self.village_id:
            return Village.select().where(Village.id == self.village_id)
        return Village.select().where(Village.district == self.district_id)


class User(Table):
    """A person who signs in: an applicant, or staff with roles."""

    email = pw.CharField(120, unique=True)
    name = pw.CharField(100)
    password = pw.CharField(200)
    nik = pw.CharField(16, null=True, index=True)
    phone = pw.CharField(20, default="")
    title = pw.CharField(100, default="")
    tte_key = pw.CharField(60, default="")  # instance/tte/<tte_key>.p12
    confirmed_at = Moment(null=True)
    disabled_at = Moment(null=True)
    created_at = Moment(default=now)
    language = pw.CharField(2, default="id")
    read_until = pw.IntegerField(null=True)  # the newest notice that they marked as read: admin_views/inbox.py

    # What Flask-Login asks for. The id in the cookie is the session's secret, not ours: accounts/.
    is_authenticated = True
    is_anonymous = False
    session_secret = ""

    @property
    def is_active(self) -> bool:
        return self.disabled_at is None

    def get_id(self) -> str:
        return self.session_secret

    @cached_property
    def grants(self) -> list["Grant"]:
        """The roles in force today; asked once for as long as this object lives."""
        return Grant.of(self) if self.is_active else []

    @cached_property
    def roles(self) -> frozenset[str]:
        """Codes of today's roles; everybody who can sign in is also an applicant."""
        return frozenset({grant.role for grant in self.grants} | {"applicant"})

    @cached_property
    def standing(self) -> tuple:
        """All that somebody's reach and buttons hang on: equal where these are."""
        return self.id, *((one.role, one.office_id, one.group, one.area, one.acting_for_id) for one in self.grants)

    @property
    def is_staff(self) -> bool:
        return bool(self.grants)

    def as_role(self, role: str) -> list["Grant"]:
        return [grant for grant in self.grants if grant.role == role]


class Grant(Table):
    """A role of a person, with its office, division and dates; also of an acting official (Plt/Plh)."""

    user = to(User, "all_grants")
    role = pw.CharField(20)
    office = to(Office, null=True)
    group = pw.CharField(10, null=True)  # dafduk | capil; none: both
    since = pw.DateField(default=date(2000, 1, 1))
    until = pw.DateField(null=True)
    acting_for = to(User, null=True)
    decree = pw.CharField(100, default="")

    area: frozenset[int] = frozenset()  # ids of the villages of its office; filled by `of`

    @classmethod
    def in_force(cls):
        """Grants valid today on the office's clock, with their office."""
        today = local().date()
        return (
            cls.select(cls, Office)
            .join(Office, pw.JOIN.LEFT_OUTER)
            .where(cls.since <= today, cls.until.is_null() | (cls.until >= today))
            .order_by(cls.id)
        )

    @classmethod
    def of(cls, user: User) -> list["Grant"]:
        """The grants of a person that are in force, with the villages of their offices."""
        grants = list(cls.in_force().where(cls.user == user.id))
        for grant in grants:
            grant.measure()
        return grants

    def measure(self) -> None:
        """Fill in the area."""
        if self.office_id and self.office.kind != "dinas":
            self.area = frozenset(village.id for village in self.office.villages())


def _grant(values, place) -> Grant:
    grant = quick.made(Grant, values)
    if grant.office_id:
        grant.office = quick.made(Office, place)
    grant.measure()
    return grant


class WebSession(Table):
    """Somebody signed in on one browser; the cookie's secret is kept as a hash only."""

    secret_hash = pw.CharField(64, unique=True)
    user = to(User)
    staff = pw.BooleanField()
    created_at = Moment(default=now)
    seen_at = Moment(default=now)
    proved_at = Moment(default=now)  # the last time the password was given
    agent = pw.CharField(120, default="")

    @classmethod
    def with_user(cls, secret_hash: str) -> "WebSession | None":
        """A session with its person and, if it is one of staff, the grants in force: one statement for every request.

        Who signed in on the public side has no office powers there.
        """
        statement, cuts = _session_with_user()
        today = str(local().date())
        found = quick.rows(statement, (today, today, secret_hash))
        if not found:
            return None
        one, user = quick.made(cls, found[0][: cuts[0]]), quick.made(User, found[0][cuts[0] : cuts[1]])
        grants = [(row[cuts[1] : cuts[2]], row[cuts[2] :]) for row in found if row[cuts[1]]]
        one.user, user.__dict__["grants"] = user, [_grant(*row) for row in grants] if user.is_active else []
        return one


@cache
def _session_with_user() -> tuple[str, list[int]]:
    """The statement, and where in its rows the values of each table end."""
    parts = (WebSession, "s"), (User, "u"), (Grant, "g"), (Office, "o")
    statement = (
        f"SELECT {', '.join(quick.columns(*part) for part in parts)} FROM web_session s "  # noqa: S608
        'JOIN "user" u ON u.id = s.user_id LEFT JOIN "grant" g ON s.staff AND g.user_id = u.id AND g.since <= ? '
        "AND (g.until IS NULL OR g.until >= ?) LEFT JOIN office o ON o.id = g.office_id "
        "WHERE s.secret_hash = ? ORDER BY g.id"
    )
    return statement, list(itertools.accumulate(len(part[0]._meta.sorted_fields) for part in parts))


class Token(Table):
    """A link in a mail that works once: confirming an address, setting a new password."""

    secret_hash = pw.CharField(64, unique=True)
    purpose = pw.CharField(20)
    user = to(User)
    email = pw.CharField(120)
    expires_at = Moment()
    used_at = Moment(null=True)


class Address(Table):
    """An address that a person gave for the news of an application; confirmed once the code sent to it came back."""

    user = to(User)
    email = pw.CharField(254)
    code_hash = pw.CharField(64, default="")
    sent_at = pw.DateTimeField(null=True)  # the last code
    confirmed_at = pw.DateTimeField(null=True)

    class Meta:
        indexes = ((("user", "email"), True),)


class Recovery(Table):
    """An account that a counter gave back: who saw which papers, and what came of it. Rows are never removed."""

    user = to(User, "recoveries")
    officer = to(User)
    office = to(Office, null=True)
    seen = JsonField(default=list)  # codes of recovery.PAPERS
    code_hash = pw.CharField(64, unique=True)
    at = pw.DateTimeField(default=now)
    expires_at = pw.DateTimeField()
    old_email = pw.CharField(120)
    new_email = pw.CharField(120, default="")
    used_at = pw.DateTimeField(null=True)  # the new address was confirmed and the password set
    stopped_at = pw.DateTimeField(null=True)  # the owner of the old address said no, or a newer code came
    settled_at = pw.DateTimeField(null=True)  # said no too late: the account was locked, until Tim TI looked
    settled_by = to(User, null=True)

    class Meta:
        indexes = ((("officer", "at"), False),)


class Attempt(Table):
    """Something that is counted and limited: sign-ins, look-ups, mails asked for."""

    bucket = pw.CharField(64)  # a keyed hash, so that no address or NIK stands here
    at = Moment(default=now)

    class Meta:
        indexes = ((("bucket", "at"), False),)
