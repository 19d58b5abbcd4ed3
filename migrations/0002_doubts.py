"""Photos are known again, and a doubted one can be kept with a reason."""

from peewee import TextField


def up(migrator, db):
    migrator.migrate(
        migrator.add_column("stored_file", "fingerprint", TextField(null=True)),
        migrator.add_column("draft_file", "overruled", TextField(null=True)),
        migrator.add_column("attachment", "overruled", TextField(null=True)),
    )
