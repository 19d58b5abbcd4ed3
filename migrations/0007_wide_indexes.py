"""Indexes wide enough that queues and their counts are read from them alone."""


def up(migrator, db):
    migrator.migrate(
        migrator.drop_index("permohonan", "permohonan_state_due_at_id"),
        migrator.drop_index("permohonan", "permohonan_office_id_state_id"),
        migrator.add_index("permohonan", ("state", "due_at", "id", "submitted_at", "track", "group")),
        migrator.add_index("permohonan", ("state", "changed_at", "id")),
        migrator.add_index("permohonan", ("office_id", "state", "due_at", "id")),
    )
