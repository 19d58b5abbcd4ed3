"""Rows 6 and 7: one transition, and a bulk action on a hundred, against raw SQL that writes the same rows.

Each side has applications of its own; after every hundred they are reset and used again.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from itertools import cycle

from benchmarks.asking import encoded
from benchmarks.measure import WARM, paired
from benchmarks.offices import Line, Office, small_and_large
from benchmarks.reading import grown, line_of

SCREEN, ACTION = "/petugas/pemeriksaan/", "cancel"
ANSWERS = {"action": ACTION, "answered": "ya", "reason": "Diajukan dua kali."}
ROUNDS, BATCH, BATCHES = 25, 100, 9
Row = tuple[int, str]  # number and key of an application


def run(offices: list[Office]) -> Iterator[Line]:
    """Measure each office, then a transition in the large ones in turn with one in the small ones."""
    for one in offices:
        yield from _of(one)
    for small, large in small_and_large(offices):
        with _waiting(small) as (few, _), _waiting(large) as (many, _):
            before, after = paired(_presses(small, few), _presses(large, many), rounds=ROUNDS)
        yield grown(large.database, large.rows, "transition POST", after, before)


def _of(one: Office) -> Iterator[Line]:
    with _waiting(one) as (ours, theirs):
        yield _single(one, ours[: ROUNDS + WARM], theirs)
        _back(one, ours)
        yield from _batches(one, ours, theirs)


@contextmanager
def _waiting(one: Office) -> Iterator[tuple[list[Row], list[Row]]]:
    """Yield two hundred submitted applications, half for us and half for the bare app; reset them afterwards."""
    rows = one.cursor.all(
        "SELECT id, key FROM permohonan WHERE state = 'submitted' AND track = 'self_service' ORDER BY id LIMIT ?",
        (2 * BATCH,),
    )
    try:
        yield rows[::2], rows[1::2]
    finally:
        _back(one, rows)


def _single(one: Office, ours: list[Row], theirs: list[Row]) -> Line:
    bare, others = one.bare_user(), cycle(theirs)
    press = _presses(one, ours)
    mine, floor = paired(press, lambda: bare.post(f"/t/{next(others)[0]}", {"csrf": "c" * 32}), rounds=ROUNDS)
    assert _moved(one, ours) == len(ours)
    return line_of(one, 6, "transition POST", 2.0 if one.database == "SQLite" else 1.4, mine, floor)


def _presses(one: Office, rows: list[Row]) -> Callable[[], bytes]:
    """Return a function that posts the transition of the next of these rows at each call."""
    admin = one.staff("admin")
    token, versions, waiting = admin.token(SCREEN), _versions(one, rows), iter(rows)

    def press() -> bytes:
        key = next(waiting)[1]
        return admin.post(f"{SCREEN}aksi/{ACTION}/?id={key}", ANSWERS | {"csrf_token": token, "version": versions[key]})

    return press


def _batches(one: Office, ours: list[Row], theirs: list[Row]) -> Iterator[Line]:
    """Measure a bulk action on a hundred rows, alone and with the result page that follows.

    The first is compared with the statements alone, the second with statements and a small page.
    """
    admin, bare = one.staff("admin"), one.bare_user()
    token, ids, address = admin.token(SCREEN), [ident for ident, _ in theirs], f"{SCREEN}massal/"
    forms = [_form(one, token, ours)]

    def undo() -> None:
        assert _moved(one, ours) == BATCH
        _back(one, ours)
        forms.append(_form(one, token, ours))

    statements, page = partial(one.cursor.move, ids), partial(bare.post, "/batch", {"csrf": "c" * 32, "id": ids}, 200)
    presses = lambda: admin.post(address, forms.pop()), lambda: admin.follow(address, forms.pop())
    mine, _, alone, followed, _, paged = paired(
        presses[0], undo, statements, presses[1], undo, page, rounds=BATCHES, warm=1
    )
    goal = 1.5 if one.database == "SQLite" else 2.0
    yield line_of(one, 7, "batch of 100", goal, mine, alone)
    yield line_of(one, 7, "batch and next page ÷ floor with one", goal, followed, paged)


def _form(one: Office, token: str, rows: list[Row]) -> bytes:
    """Return the form that a browser would post from the list."""
    versions = {f"version-{key}": version for key, version in _versions(one, rows).items()}
    return encoded(ANSWERS | {"csrf_token": token, "rowid": [key for _, key in rows]} | versions)


def _versions(one: Office, rows: list[Row]) -> dict[str, int]:
    ids = [ident for ident, _ in rows]
    return dict(one.cursor.all(f"SELECT key, version FROM permohonan WHERE id IN ({_marks(ids)})", ids))


def _moved(one: Office, rows: list[Row]) -> int:
    ids = [ident for ident, _ in rows]
    return one.one(f"SELECT COUNT(*) FROM permohonan WHERE id IN ({_marks(ids)}) AND state = 'cancelled'", *ids)


def _back(one: Office, rows: list[Row]) -> None:
    """Reset the rows without the workflow, so that the database can be used again."""
    ids = [ident for ident, _ in rows]
    one.cursor(f"UPDATE permohonan SET state = 'submitted' WHERE id IN ({_marks(ids)})", ids)


def _marks(ids: list[int]) -> str:
    return ",".join("?" * len(ids))
