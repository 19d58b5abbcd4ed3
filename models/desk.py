"""What officers keep beside applications while they work: claims, notes, ticks, comparisons, batches; no rule."""

import peewee as pw

from models.base import JsonField, Moment, Table, now, to
from models.people import User
from models.permohonan import Document, Permohonan


class Claim(Table):
    """Who works on an application. It counts for one version only, so that every transition ends it by itself."""

    permohonan = to(Permohonan, unique=True)
    version = pw.IntegerField()  # of the application, when it was claimed
    user = to(User)
    since = Moment(default=now)
    active_at = Moment(default=now)  # idle since then


class ClaimChange(Table):
    """Who took an application, gave it back, or took it over from whom; it never changes."""

    permohonan = to(Permohonan, "claim_changes")
    at = Moment(default=now)
    what = pw.CharField(12)  # taken | released | taken_over
    by = to(User)
    holder = to(User, null=True)  # from whom it was taken over


class Note(Table):
    """A word from officer to officer; applicants never read it, and it never changes."""

    permohonan = to(Permohonan, "notes")
    author = to(User)
    at = Moment(default=now)
    text = pw.CharField(1000)


class Check(Table):
    """What an officer found of one part of an application, and the digest of what was looked at."""

    permohonan = to(Permohonan, "checks")
    kind = pw.CharField(10)  # complete: requirements and answers | keyed: typed into SIAK
    key = pw.CharField(90)  # of a member's field: two keys and a number
    digest = pw.CharField(64)  # a part that has changed since is unchecked again
    good = pw.BooleanField()
    reason = pw.CharField(40, default="")
    text = pw.CharField(1000, default="")
    by = to(User)
    at = Moment(default=now)

    class Meta:
        indexes = ((("permohonan", "kind", "key"), True),)


class Batch(Table):
    """How an action went that somebody did to many at once: told on the list that follows, for a day; no NIKs."""

    user = to(User)  # who pressed, and who alone is told
    screen = pw.CharField(30)
    action = pw.CharField(40)
    done = JsonField()  # keys of applications
    skipped = JsonField()  # keys, each with the reason
    missing = pw.IntegerField()  # not within reach, or not there at all
    at = pw.DateTimeField(default=now, index=True)


class Comparison(Table):
    """How the text of a draft compares with the answers."""

    document = to(Document, unique=True)
    readable = pw.BooleanField()
    findings = JsonField(default=list)
    at = Moment(default=now)
