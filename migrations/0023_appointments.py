"""Appointments for recordings and activations, and how many an office gives in an hour; the Dinas begins with four."""

from peewee import BooleanField, CharField, DateField, DateTimeField, ForeignKeyField, IntegerField, Model


def up(migrator, db):
    class User(Model):
        class Meta:
            database = db
            table_name = "user"

    class Office(Model):
        class Meta:
            database = db
            table_name = "office"

    class Appointment(Model):
        code = CharField(max_length=16, unique=True)
        once = CharField(max_length=32, unique=True)
        office = ForeignKeyField(Office, on_delete="RESTRICT", backref="+")
        day = DateField(index=True)
        hour = CharField(max_length=5)
        seat = IntegerField(null=True)
        purpose = CharField(max_length=10)
        name = CharField(max_length=100)
        phone = CharField(max_length=20)
        email = CharField(max_length=120)
        number = CharField(max_length=20)
        language = CharField(max_length=2)
        created_at = DateTimeField()
        cancelled_at = DateTimeField(null=True)
        arrived = BooleanField(null=True)
        marked_by = ForeignKeyField(User, null=True, on_delete="RESTRICT", backref="+")

        class Meta:
            database = db
            table_name = "appointment"
            indexes = ((("office", "day", "hour", "seat"), True),)

    db.create_tables([Appointment])
    migrator.migrate(migrator.add_column("office", "appointments_per_hour", IntegerField(default=0)))
    db.execute_sql("UPDATE office SET appointments_per_hour = 4 WHERE kind = 'dinas'")


def down(migrator, db):
    migrator.migrate(migrator.drop_column("office", "appointments_per_hour"), migrator.drop_table("appointment"))
