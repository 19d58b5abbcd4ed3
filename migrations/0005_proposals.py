"""Who changed a service's proposal last, and its version, so that of two people the second is told."""

from peewee import DateTimeField, ForeignKeyField, IntegerField, Model


def up(migrator, db):
    class User(Model):
        class Meta:
            database = db
            table_name = "user"

    changed_by = ForeignKeyField(User, field=User.id, null=True, on_delete="RESTRICT")
    migrator.migrate(
        migrator.add_column("layanan", "version", IntegerField(default=0)),
        migrator.add_column("layanan", "changed_at", DateTimeField(null=True)),
        migrator.add_column("layanan", "changed_by_id", changed_by),
    )
