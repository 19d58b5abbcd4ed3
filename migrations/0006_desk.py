"""Claims, notes, ticks and comparisons of drafts."""

from peewee import BooleanField, CharField, DateTimeField, ForeignKeyField, IntegerField, Model, TextField


def up(migrator, db):
    class User(Model):
        class Meta:
            database = db
            table_name = "user"

    class Permohonan(Model):
        class Meta:
            database = db
            table_name = "permohonan"

    class Document(Model):
        class Meta:
            database = db
            table_name = "document"

    class Claim(Model):
        permohonan = ForeignKeyField(Permohonan, unique=True, on_delete="RESTRICT", backref="+")
        version = IntegerField()
        user = ForeignKeyField(User, on_delete="RESTRICT", backref="+")
        since = DateTimeField()
        active_at = DateTimeField()

        class Meta:
            database = db
            table_name = "claim"

    class ClaimChange(Model):
        permohonan = ForeignKeyField(Permohonan, on_delete="RESTRICT", backref="+")
        at = DateTimeField()
        what = CharField(max_length=12)
        by = ForeignKeyField(User, on_delete="RESTRICT", backref="+")
        holder = ForeignKeyField(User, null=True, on_delete="RESTRICT", backref="+")

        class Meta:
            database = db
            table_name = "claim_change"

    class Note(Model):
        permohonan = ForeignKeyField(Permohonan, on_delete="RESTRICT", backref="+")
        author = ForeignKeyField(User, on_delete="RESTRICT", backref="+")
        at = DateTimeField()
        text = CharField(max_length=1000)

        class Meta:
            database = db
            table_name = "note"

    class Check(Model):
        permohonan = ForeignKeyField(Permohonan, on_delete="RESTRICT", backref="+")
        kind = CharField(max_length=10)
        key = CharField(max_length=80)
        digest = CharField(max_length=64)
        good = BooleanField()
        reason = CharField(max_length=40, default="")
        text = CharField(max_length=1000, default="")
        by = ForeignKeyField(User, on_delete="RESTRICT", backref="+")
        at = DateTimeField()

        class Meta:
            database = db
            table_name = "check"
            indexes = ((("permohonan", "kind", "key"), True),)

    class Comparison(Model):
        document = ForeignKeyField(Document, unique=True, on_delete="RESTRICT", backref="+")
        readable = BooleanField()
        findings = TextField()
        at = DateTimeField()

        class Meta:
            database = db
            table_name = "comparison"

    db.create_tables([Claim, ClaimChange, Note, Check, Comparison])


def down(migrator, db):
    for table in ("comparison", "check", "note", "claim_change", "claim"):
        migrator.migrate(migrator.drop_table(table))
