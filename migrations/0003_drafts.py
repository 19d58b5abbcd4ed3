"""Where somebody was in a draft, and who saved which of its pages last."""

from peewee import CharField, TextField


def up(migrator, db):
    migrator.migrate(
        migrator.add_column("draft", "page", CharField(max_length=40, default="")),
        migrator.add_column("draft", "saves", TextField(default="{}")),
    )
