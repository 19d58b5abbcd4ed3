"""How an action went that was done to many at once."""

from peewee import CharField, DateTimeField, ForeignKeyField, IntegerField, Model, TextField


def up(migrator, db):
    class User(Model):
        class Meta:
            database = db
            table_name = "user"

    class Batch(Model):
        user = ForeignKeyField(User, on_delete="RESTRICT", backref="+")
        screen = CharField(max_length=30)
        action = CharField(max_length=40)
        done = TextField()
        skipped = TextField()
        missing = IntegerField()
        at = DateTimeField(index=True)

        class Meta:
            database = db
            table_name = "batch"

    db.create_tables([Batch])


def down(migrator, db):
    migrator.migrate(migrator.drop_table("batch"))
