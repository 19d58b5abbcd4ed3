"""A field of a member of a family is named by two keys and a number, which together can be longer than they were."""

from peewee import CharField, SqliteDatabase


def up(migrator, db):
    if not isinstance(db, SqliteDatabase):  # there, no text has a length
        migrator.migrate(migrator.alter_column_type("check", "key", CharField(90)))
