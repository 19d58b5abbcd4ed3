"""What is new in an inbox is told for each person: up to where they marked theirs as read."""

from peewee import IntegerField


def up(migrator, db):
    migrator.migrate(migrator.add_column("user", "read_until", IntegerField(null=True)))
    db.execute_sql('UPDATE "user" SET read_until = (SELECT MAX(id) FROM notice WHERE read_at IS NOT NULL)')
    migrator.migrate(migrator.drop_column("notice", "read_at"))
