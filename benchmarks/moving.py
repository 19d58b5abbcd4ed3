"""Rows 6 and 7: one press of a button, and a hundred at once, against bare statements that write the same rows."""

from collections.abc import Iterator

from benchmarks.asking import Asker
from benchmarks.measure import paired
from benchmarks.offices import Line, Office
from benchmarks.reading import _line

SCREEN, ACTION = "/petugas/pemeriksaan/", "cancel"
ANSWERS = {"action": ACTION, "answered": "ya", "reason": "Diajukan dua kali."}
ROUNDS, BATCH = 25, 100


def run(offices: list[Office]) -> Iterator[Line]:
    for one in offices:
        yield from _of(one)


def _of(one: Office) -> Iterator[Line]:
    admin, bare = one.staff("admin"), one.bare_user()
    rows = one.cursor.all(
        "SELECT id, key, version FROM permohonan WHERE state = 'submitted' AND track = 'self_service' "
        "ORDER BY id LIMIT 231"
    )
    apart, rows = rows[-1][0], rows[:-1]  # the floor moves this one to and fro
    ids = [row[0] for row in rows]
    marks = ",".join("?" * len(ids))
    try:
        yield from _measured(one, admin, bare, rows, apart)
        still = one.one(f"SELECT COUNT(*) FROM permohonan WHERE id IN ({marks}) AND state = 'submitted'", *ids)
        assert still == 0, f"{still} did not move"
    finally:
        _back(one, [row[0] for row in rows] + [apart])


def _measured(one: Office, admin: Asker, bare: Asker, rows: list[tuple], apart: int) -> Iterator[Line]:
    token = admin.token(SCREEN)
    single, many = iter(rows[: ROUNDS + 5]), iter(rows[ROUNDS + 5 :])
    mine, theirs = paired(
        lambda: _press(admin, token, next(single)), lambda: bare.post(f"/t/{apart}", {"csrf": "c" * 32}), rounds=ROUNDS
    )
    yield _line(one, 6, "transition POST", 2.0 if one.database == "SQLite" else 1.4, mine, theirs)
    others = [row[0] for row in one.cursor.all("SELECT id FROM permohonan WHERE state = 'completed' LIMIT 100")]
    yield _batches(one, admin, token, many, others)


def _press(admin: Asker, token: str, row: tuple) -> bytes:
    _, key, version = row
    return admin.post(f"{SCREEN}aksi/{ACTION}/?id={key}", ANSWERS | {"csrf_token": token, "version": version})


def _batches(one: Office, admin: Asker, token: str, many: Iterator[tuple], others: list[int]) -> Line:
    """The whole press: a hundred ticked in the list, done, and told row by row."""

    def press() -> bytes:
        chosen = [next(many) for _ in range(BATCH)]
        form = ANSWERS | {"csrf_token": token, "rowid": [key for _, key, _ in chosen]}
        return admin.post(f"{SCREEN}massal/", form | {f"version-{key}": n for _, key, n in chosen}, 200)

    mine, theirs = paired(press, lambda: one.cursor.move(others), rounds=1, warm=1)
    return _line(one, 7, "batch of 100", 1.5 if one.database == "SQLite" else 2.0, mine, theirs)


def _back(one: Office, ids: list[int]) -> None:
    """Let them wait again, behind the workflow's back, so that the database can be used once more."""
    marks = ",".join("?" * len(ids))
    one.cursor(f"UPDATE permohonan SET state = 'submitted' WHERE id IN ({marks})", ids)
