"""A form can be signed on the screen: by which account, when, and over which answers."""

from peewee import TextField

TABLES = ("draft_file", "attachment")


def up(migrator, db):
    migrator.migrate(*(migrator.add_column(table, "signed", TextField(null=True)) for table in TABLES))


def down(migrator, db):
    migrator.migrate(*(migrator.drop_column(table, "signed") for table in TABLES))
