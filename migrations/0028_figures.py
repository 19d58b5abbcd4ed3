"""Figures of the office, rolled up from events; indexes of the events that they count; notices that are pressing."""

from peewee import BooleanField, CharField, DateField, IntegerField, Model

PRESSING = (
    "'mark_incomplete', 'return_to_admin', 'report_invalid', 'return_to_operator', 'reject_tte', 'recall_document', "
    "'record_signing_failure'"
)


def up(migrator, db):
    class Figure(Model):
        since = DateField()
        kind = CharField(max_length=20)
        group = CharField(max_length=10)
        about = IntegerField(default=0)
        count = IntegerField()

        class Meta:
            database = db
            table_name = "figure"
            indexes = ((("since", "kind", "group", "about"), True),)

    class FigureMark(Model):
        until = IntegerField(default=0)

        class Meta:
            database = db
            table_name = "figure_mark"

    db.create_tables([Figure, FigureMark])
    FigureMark.create()
    db.execute_sql("CREATE INDEX event_finished ON event (at) WHERE target IN ('ready', 'uncollected', 'completed')")
    db.execute_sql("CREATE INDEX event_returned ON event (at) WHERE action = 'mark_incomplete'")
    migrator.migrate(
        migrator.add_column("notice", "is_pressing", BooleanField(default=False)),
        migrator.drop_index("notice", "notice_role_id"),
        migrator.add_index("notice", ("role", "is_pressing", "id")),
        migrator.add_index("notice", ("user_id", "is_pressing", "id")),
    )
    told = f"SELECT o.id FROM outbox o JOIN event e ON e.id = o.event_id WHERE e.action IN ({PRESSING})"
    db.execute_sql(f"UPDATE notice SET is_pressing = true WHERE outbox_id IN ({told})")


def down(migrator, db):
    migrator.migrate(
        migrator.drop_index("notice", "notice_user_id_is_pressing_id"),
        migrator.drop_index("notice", "notice_role_is_pressing_id"),
        migrator.add_index("notice", ("role", "id")),
        migrator.drop_column("notice", "is_pressing"),
    )
    db.execute_sql("DROP INDEX event_returned")
    db.execute_sql("DROP INDEX event_finished")
    migrator.migrate(migrator.drop_table("figure_mark"), migrator.drop_table("figure"))
