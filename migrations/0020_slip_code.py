"""When the code on a counter's slip was issued, with which the application joins its applicant's account."""

from peewee import DateTimeField


def up(migrator, db):
    migrator.migrate(migrator.add_column("permohonan", "slip_code_at", DateTimeField(null=True)))


def down(migrator, db):
    migrator.migrate(migrator.drop_column("permohonan", "slip_code_at"))
