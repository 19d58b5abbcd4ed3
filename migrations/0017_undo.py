"""An application says by what it came to its state, so that a move can be undone; a closed service, what serves instead."""

from peewee import CharField, TextField


def up(migrator, db):
    migrator.migrate(
        migrator.add_column("permohonan", "last_action", CharField(max_length=40, default="")),
        migrator.add_column("permohonan", "last_source", CharField(max_length=20, default="")),
        migrator.add_column("layanan", "closing", TextField(null=True)),
    )


def down(migrator, db):
    for table, column in (("permohonan", "last_action"), ("permohonan", "last_source"), ("layanan", "closing")):
        migrator.migrate(migrator.drop_column(table, column))
