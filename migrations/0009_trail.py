"""What officers looked at, searched for and exported."""

from peewee import CharField, DateTimeField, ForeignKeyField, IntegerField, Model, TextField


def up(migrator, db):
    class User(Model):
        class Meta:
            database = db
            table_name = "user"

    class Permohonan(Model):
        class Meta:
            database = db
            table_name = "permohonan"

    class Access(Model):
        permohonan = ForeignKeyField(Permohonan, on_delete="RESTRICT", backref="+")
        user = ForeignKeyField(User, on_delete="RESTRICT", backref="+")
        role = CharField(max_length=20)
        what = CharField(max_length=10)
        version = IntegerField()
        at = DateTimeField()

        class Meta:
            database = db
            table_name = "access"
            indexes = ((("permohonan", "user", "id"), False),)

    class Search(Model):
        key = CharField(unique=True, max_length=32)
        user = ForeignKeyField(User, on_delete="RESTRICT", backref="+")
        name = CharField(max_length=60, default="")
        wanted = TextField()
        at = DateTimeField()

        class Meta:
            database = db
            table_name = "search"

    class Export(Model):
        user = ForeignKeyField(User, on_delete="RESTRICT", backref="+")
        format = CharField(max_length=4)
        wanted = TextField()
        rows = IntegerField()
        at = DateTimeField()

        class Meta:
            database = db
            table_name = "export"

    db.create_tables([Access, Search, Export])


def down(migrator, db):
    for table in ("export", "search", "access"):
        migrator.migrate(migrator.drop_table(table))
