"""An application says by what it came to its state, and if a print is wanted; a closed service, what serves instead."""

from peewee import BooleanField, CharField, TextField

OLD_WORDS = {  # of messages, where the office has not changed them
    "ask_recording": (
        ("Tempat dan harinya ada di halaman permohonan Anda.", "Datanglah {perekaman}."),
        ("The place and day are on the page of your application.", "Please come {perekaman}."),
    ),
}


def up(migrator, db):
    migrator.migrate(
        migrator.add_column("permohonan", "last_action", CharField(max_length=40, default="")),
        migrator.add_column("permohonan", "last_source", CharField(max_length=20, default="")),
        migrator.add_column("permohonan", "print_wanted", BooleanField(default=False)),
        migrator.add_column("layanan", "closing", TextField(null=True)),
    )
    change = f"UPDATE message_text SET body = REPLACE(body, {db.param}, {db.param}) WHERE action = {db.param}"
    for action, pairs in OLD_WORDS.items():
        for old, new in pairs:
            db.execute_sql(change, (old, new, action))


def down(migrator, db):
    for column in ("last_action", "last_source", "print_wanted"):
        migrator.migrate(migrator.drop_column("permohonan", column))
    migrator.migrate(migrator.drop_column("layanan", "closing"))
