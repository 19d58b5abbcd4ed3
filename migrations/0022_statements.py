"""Official statements (F-2.03, …) that requirements ask for."""

from peewee import CharField, DateTimeField, Model, TextField


def up(migrator, db):
    class Statement(Model):
        code = CharField(max_length=20, unique=True)
        body = TextField()
        changed_at = DateTimeField(null=True)

        class Meta:
            database = db
            table_name = "statement"

    db.create_tables([Statement])


def down(migrator, db):
    db.execute_sql("DROP TABLE statement")
