"""Confirmed addresses, and accounts given back at a counter."""

from peewee import CharField, DateTimeField, ForeignKeyField, Model, TextField


def up(migrator, db):
    class Office(Model):
        class Meta:
            database = db
            table_name = "office"

    class User(Model):
        class Meta:
            database = db
            table_name = "user"

    class Address(Model):
        user = ForeignKeyField(User, on_delete="RESTRICT")
        email = CharField(max_length=254)
        code_hash = CharField(max_length=64, default="")
        sent_at = DateTimeField(null=True)
        confirmed_at = DateTimeField(null=True)

        class Meta:
            database = db
            table_name = "address"
            indexes = ((("user", "email"), True),)

    db.create_tables([Address])

    class Recovery(Model):
        user = ForeignKeyField(User, on_delete="RESTRICT")
        officer = ForeignKeyField(User, on_delete="RESTRICT")
        office = ForeignKeyField(Office, null=True, on_delete="RESTRICT")
        seen = TextField()
        code_hash = CharField(unique=True, max_length=64)
        at = DateTimeField()
        expires_at = DateTimeField()
        old_email = CharField(max_length=120)
        new_email = CharField(max_length=120, default="")
        used_at = DateTimeField(null=True)
        stopped_at = DateTimeField(null=True)
        settled_at = DateTimeField(null=True)
        settled_by = ForeignKeyField(User, null=True, on_delete="RESTRICT")

        class Meta:
            database = db
            table_name = "recovery"
            indexes = ((("officer", "at"), False),)

    db.create_tables([Recovery])


def down(migrator, db):
    migrator.migrate(migrator.drop_table("recovery"))
    migrator.migrate(migrator.drop_table("address"))
