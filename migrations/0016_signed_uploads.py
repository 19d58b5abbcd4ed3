"""Names on certificates, and PDFs from SIAK that wait for a second reader."""

from peewee import CharField, DateTimeField, ForeignKeyField, Model, TextField


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

    class SignedUpload(Model):
        document = ForeignKeyField(Document, on_delete="RESTRICT", backref="+", unique=True)
        file = ForeignKeyField(StoredFile, on_delete="RESTRICT", backref="+")
        by = ForeignKeyField(User, on_delete="RESTRICT", backref="+")
        doubts = TextField()
        at = DateTimeField()

        class Meta:
            database = db
            table_name = "signed_upload"

    db.create_tables([SignedUpload])
    migrator.migrate(migrator.add_column("user", "certificate_name", CharField(max_length=100, default="")))


def down(migrator, db):
    migrator.migrate(migrator.drop_column("user", "certificate_name"), migrator.drop_table("signed_upload"))
