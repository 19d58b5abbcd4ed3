"""Reasons say whether they are about papers or about answers."""

from peewee import CharField

PAPERS = (
    "tidak_terbaca", "terpotong", "bukan_asli", "salah_dokumen", "syarat_kurang", "formulir_kurang", "tanpa_meterai",
    "tidak_berlaku", "kuasa_kurang",
)  # fmt: skip
ANSWERS = ("isian_berbeda", "isian_kurang")


def up(migrator, db):
    migrator.migrate(migrator.add_column("reason", "about", CharField(max_length=12, default="")))
    for about, keys in (("requirement", PAPERS), ("field", ANSWERS)):
        marks = ", ".join([db.param] * len(keys))
        db.execute_sql(f"UPDATE reason SET about = {db.param} WHERE key IN ({marks})", (about, *keys))


def down(migrator, db):
    migrator.migrate(migrator.drop_column("reason", "about"))
