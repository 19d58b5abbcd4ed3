"""Rows 6 and 7: one transition, and a bulk action on a hundred, against raw SQL that writes the same rows.

Each side has applications of its own; after every hundred they are reset and used again.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from itertools import cycle

from benchmarks.offices import Office, ResultLine, small_and_large
from benchmarks.reading import growth_line, ratio_line
from benchmarks.timing import WARM_UP, time_in_turn
from benchmarks.wsgi_client import encode_form

SCREEN, ACTION = "/petugas/pemeriksaan/", "cancel"
ANSWERS = {"action": ACTION, "answered": "ya", "reason": "Diajukan dua kali."}
ROUNDS, BATCH, BATCHES = 25, 100, 9
Row = tuple[int, str]  # number and key of an application


def run(offices: list[Office]) -> Iterator[ResultLine]:
    """Measure each office, then a transition in the large ones in turn with one in the small ones."""
    for one in offices:
        yield from _measure_office(one)
    for small, large in small_and_large(offices):
        with _submitted_rows(small) as (few, _), _submitted_rows(large) as (many, _):
            before, after = time_in_turn(_press_each(small, few), _press_each(large, many), rounds=ROUNDS)
        yield growth_line(large.database, large.rows, "transition POST", after, before)


def _measure_office(one: Office) -> Iterator[ResultLine]:
    with _submitted_rows(one) as (ours, theirs):
        yield _measure_press(one, ours[: ROUNDS + WARM_UP], theirs)
        _reset_rows(one, ours)
        yield from _measure_batches(one, ours, theirs)


@contextmanager
def _submitted_rows(one: Office) -> Iterator[tuple[list[Row], list[Row]]]:
    """Yield two hundred submitted applications, half for us and half for the bare app; reset them afterwards."""
    rows = one.cursor.all(
        "SELECT id, key FROM permohonan WHERE state = 'submitted' AND track = 'self_service' ORDER BY id LIMIT ?",
        (2 * BATCH,),
    )
    try:
        yield rows[::2], rows[1::2]
    finally:
        _reset_rows(one, rows)


def _measure_press(one: Office, ours: list[Row], theirs: list[Row]) -> ResultLine:
    bare, others = one.bare_user(), cycle(theirs)
    press = _press_each(one, ours)
    mine, floor = time_in_turn(press, lambda: bare.post(f"/t/{next(others)[0]}", {"csrf": "c" * 32}), rounds=ROUNDS)
    assert _count_moved(one, ours) == len(ours)
    return ratio_line(one, 6, "transition POST", 2.0 if one.database == "SQLite" else 1.4, mine, floor)


def _press_each(one: Office, rows: list[Row]) -> Callable[[], bytes]:
    """Return a function that posts the transition of the next of these rows at each call."""
    admin = one.staff("admin")
    token, versions, waiting = admin.token(SCREEN), _versions(one, rows), iter(rows)

    def press() -> bytes:
        key = next(waiting)[1]
        return admin.post(f"{SCREEN}aksi/{ACTION}/?id={key}", ANSWERS | {"csrf_token": token, "version": versions[key]})

    return press


def _measure_batches(one: Office, ours: list[Row], theirs: list[Row]) -> Iterator[ResultLine]:
    """Measure a bulk action on a hundred rows, alone and with the result page that follows.

    The first is compared with the statements alone, the second with statements and a small page.
    """
    admin, bare = one.staff("admin"), one.bare_user()
    token, ids, address = admin.token(SCREEN), [ident for ident, _ in theirs], f"{SCREEN}massal/"
    forms = [_batch_form(one, token, ours)]

    def undo() -> None:
        assert _count_moved(one, ours) == BATCH
        _reset_rows(one, ours)
        forms.append(_batch_form(one, token, ours))

    statements, page = partial(one.cursor.move, ids), partial(bare.post, "/batch", {"csrf": "c" * 32, "id": ids}, 200)
    presses = lambda: admin.post(address, forms.pop()), lambda: admin.follow(address, forms.pop())
    mine, _, alone, followed, _, paged = time_in_turn(
        presses[0], undo, statements, presses[1], undo, page, rounds=BATCHES, warm=1
    )
    goal = 1.5 if one.database == "SQLite" else 2.0
    yield ratio_line(one, 7, "batch of 100", goal, mine, alone)
    yield ratio_line(one, 7, "batch and next page ÷ floor with one", goal, followed, paged)


def _batch_form(one: Office, token: str, rows: list[Row]) -> bytes:
    """Return the form that a browser would post from the list."""
    versions = {f"version-{key}": version for key, version in _versions(one, rows).items()}
    return encode_form(ANSWERS | {"csrf_token": token, "rowid": [key for _, key in rows]} | versions)


def _versions(one: Office, rows: list[Row]) -> dict[str, int]:
    ids = [ident for ident, _ in rows]
    return dict(one.cursor.all(f"SELECT key, version FROM permohonan WHERE id IN ({_placeholders(ids)})", ids))


def _count_moved(one: Office, rows: list[Row]) -> int:
    ids = [ident for ident, _ in rows]
    return one.one(f"SELECT COUNT(*) FROM permohonan WHERE id IN ({_placeholders(ids)}) AND state = 'cancelled'", *ids)


def _reset_rows(one: Office, rows: list[Row]) -> None:
    """Reset the rows without the workflow, so that the database can be used again."""
    ids = [ident for ident, _ in rows]
    one.cursor(f"UPDATE permohonan SET state = 'submitted' WHERE id IN ({_placeholders(ids)})", ids)


def _placeholders(ids: list[int]) -> str:
    return ",".join("?" * len(ids))
