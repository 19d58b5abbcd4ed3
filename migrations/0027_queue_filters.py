"""Saved filters of queues (searches that name a screen), and an index by which queues sort by submission."""

from peewee import CharField


def up(migrator, db):
    migrator.migrate(
        migrator.add_column("search", "screen", CharField(max_length=40, default="")),
        migrator.add_index("permohonan", ("state", "submitted_at", "id")),
    )


def down(migrator, db):
    migrator.migrate(
        migrator.drop_index("permohonan", "permohonan_state_submitted_at_id"),
        migrator.drop_column("search", "screen"),
    )
