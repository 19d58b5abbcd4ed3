"""Names on certificates, PDFs from SIAK that wait for a second reader, and how long filling in and processing takes."""

from peewee import CharField, DateTimeField, FloatField, ForeignKeyField, IntegerField, Model, TextField


def up(migrator, db):
    class User(Model):
        class Meta:
            database = db
            table_name = "user"

    class StoredFile(Model):
        class Meta:
            database = db
            table_name = "stored_file"

    class Document(Model):
        class Meta:
            database = db
            table_name = "document"

    class Layanan(Model):
        class Meta:
            database = db
            table_name = "layanan"

    class SignedUpload(Model):
        document = ForeignKeyField(Document, on_delete="RESTRICT", backref="+", unique=True)
        file = ForeignKeyField(StoredFile, on_delete="RESTRICT", backref="+")
        by = ForeignKeyField(User, on_delete="RESTRICT", backref="+")
        doubts = TextField()
        at = DateTimeField()

        class Meta:
            database = db
            table_name = "signed_upload"

    class Duration(Model):
        layanan = ForeignKeyField(Layanan, on_delete="RESTRICT", backref="+", unique=True)
        filling_minutes = IntegerField(null=True)
        half = FloatField(null=True)
        most = FloatField(null=True)
        at = DateTimeField()

        class Meta:
            database = db
            table_name = "duration"

    db.create_tables([SignedUpload, Duration])
    migrator.migrate(
        migrator.add_column("user", "certificate_name", CharField(max_length=100, default="")),
        migrator.add_column("draft", "filling_seconds", IntegerField(default=0)),
        migrator.add_column("permohonan", "filling_seconds", IntegerField(null=True)),
    )


def down(migrator, db):
    migrator.migrate(
        migrator.drop_column("permohonan", "filling_seconds"),
        migrator.drop_column("draft", "filling_seconds"),
        migrator.drop_column("user", "certificate_name"),
        migrator.drop_table("duration"),
        migrator.drop_table("signed_upload"),
    )
