"""Drafts from SIAK that were uploaded with a form which is not accepted yet."""

from peewee import CharField, DateTimeField, ForeignKeyField, Model


def up(migrator, db):
    class Permohonan(Model):
        class Meta:
            database = db
            table_name = "permohonan"

    class StoredFile(Model):
        class Meta:
            database = db
            table_name = "stored_file"

    class DraftUpload(Model):
        permohonan = ForeignKeyField(Permohonan, on_delete="RESTRICT", backref="+")
        product = CharField(max_length=40)
        file = ForeignKeyField(StoredFile, on_delete="RESTRICT", backref="+")
        at = DateTimeField()

        class Meta:
            database = db
            table_name = "draft_upload"
            indexes = ((("permohonan", "product"), True),)

    db.create_tables([DraftUpload])


def down(migrator, db):
    migrator.migrate(migrator.drop_table("draft_upload"))
