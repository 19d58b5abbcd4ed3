"""Kinds of documents as data, numbers that are unique, whose certificate signed, checks counted; rank and NIP."""

from peewee import CharField, DateField, DateTimeField, ForeignKeyField, IntegerField, Model, TextField

COLUMNS = {
    "user": {"rank": CharField(max_length=60, default=""), "nip": CharField(max_length=24, default="")},
    "document": {
        "number_key": CharField(max_length=120, null=True, unique=True),
        "signed_with": CharField(max_length=10, default=""),
    },
}


def up(migrator, db):
    class Document(Model):
        class Meta:
            database = db
            table_name = "document"

    class DocumentTemplate(Model):
        code = CharField(max_length=30, unique=True)
        body = TextField()
        changed_at = DateTimeField(null=True)

        class Meta:
            database = db
            table_name = "document_template"

    class DocumentCheck(Model):
        document = ForeignKeyField(Document, on_delete="RESTRICT", backref="+")
        day = DateField()
        outcome = CharField(max_length=20)
        count = IntegerField(default=0)

        class Meta:
            database = db
            table_name = "document_check"
            indexes = ((("document", "day", "outcome"), True),)

    db.create_tables([DocumentTemplate, DocumentCheck])
    added = [migrator.add_column(table, *pair) for table, columns in COLUMNS.items() for pair in columns.items()]
    added.append(migrator.add_index("document", ("number",)))
    migrator.migrate(*added, migrator.alter_column_type("document", "template", CharField(max_length=30, default="")))


def down(migrator, db):
    migrator.migrate(migrator.drop_index("document", "document_number"))
    dropped = [migrator.drop_column(table, name) for table, columns in COLUMNS.items() for name in columns]
    migrator.migrate(*dropped, migrator.drop_table("document_check"), migrator.drop_table("document_template"))
