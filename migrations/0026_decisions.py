"""Sheets that officers opened; how the drafts of an application compare, by which lists are narrowed."""

from peewee import CharField, DateTimeField, ForeignKeyField, Model


def up(migrator, db):
    class Permohonan(Model):
        class Meta:
            database = db
            table_name = "permohonan"

    class User(Model):
        class Meta:
            database = db
            table_name = "user"

    class OpenedSheet(Model):
        permohonan = ForeignKeyField(Permohonan, on_delete="RESTRICT", backref="+")
        user = ForeignKeyField(User, on_delete="RESTRICT", backref="+")
        sheet = CharField(max_length=60)
        at = DateTimeField()

        class Meta:
            database = db
            table_name = "opened_sheet"
            indexes = ((("permohonan", "user", "sheet"), True),)

    db.create_tables([OpenedSheet])
    migrator.migrate(migrator.add_column("permohonan", "draft_verdict", CharField(max_length=4, default="")))


def down(migrator, db):
    migrator.migrate(migrator.drop_column("permohonan", "draft_verdict"), migrator.drop_table("opened_sheet"))
