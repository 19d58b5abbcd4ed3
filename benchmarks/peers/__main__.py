"""Measures one peer; prints a list of `[row, what, [cpu, wall] of the peer, [cpu, wall] of the bare app]`."""

import json
import sys
from collections.abc import Callable, Iterator
from dataclasses import astuple
from functools import partial
from importlib import import_module

from benchmarks.bare_app import bare_app
from benchmarks.peers.protocol import Peer
from benchmarks.reading import FAR_PAGE
from benchmarks.timing import Timing, time_in_turn
from benchmarks.wsgi_client import SessionClient

ROUNDS, BATCH = 9, 100  # some of their searches take a second
SUBMITTED = "SELECT id FROM permohonan WHERE state = 'submitted' AND track = 'self_service' ORDER BY id LIMIT ?"


def main(name: str, url: str, asked: str) -> None:
    number, nik, rare, key, rows = json.loads(asked)
    peer: Peer = import_module(f"benchmarks.peers.{name}").build(url)
    app = bare_app(url)
    bare, ask = SessionClient(app, {"u": 1, "c": "c" * 32}), app.extensions["cursor"]
    works = _read_measurements(peer, bare, {"number": number, "NIK": nik, "a rare name": rare}, key, rows)
    lines = [(row, what, *time_in_turn(mine, theirs, rounds=ROUNDS, warm=2)) for row, what, mine, theirs in works]
    ids = [ident for (ident,) in ask.all(SUBMITTED, (2 * BATCH,))]
    try:
        lines += _write_measurements(peer, bare, ask.move, ids)
    finally:
        ask(f"UPDATE permohonan SET state = 'submitted' WHERE id IN ({','.join('?' * len(ids))})", ids)
    print(json.dumps([(row, what, astuple(mine), astuple(theirs)) for row, what, mine, theirs in lines]))


def _read_measurements(
    peer: Peer, bare: SessionClient, searches: dict[str, str], key: str, rows: int
) -> Iterator[tuple]:
    pages = min(FAR_PAGE, rows // 50 - 1)
    yield 1, "queue page of 50", peer.queue, lambda: bare.get("/queue")
    for what, value in searches.items():
        path, row = ("/names", 4) if "name" in what else ("/search", 3)
        search = partial(bare.post, path, {"csrf": "c" * 32, "q": value}, 200)
        yield row, f"search by {what}", partial(peer.search, value), search
    yield 5, f"page {pages:,} ÷ page 1", partial(peer.page, pages), partial(peer.page, 0)
    yield 8, "public status page", partial(peer.status, key), lambda: bare.get(f"/status/{key}")


def _write_measurements(
    peer: Peer, bare: SessionClient, move: Callable, ids: list[int]
) -> Iterator[tuple[int, str, Timing, Timing]]:
    """Measure transitions; every round moves the same rows to and fro."""
    ours, theirs = ids[::2], ids[1::2]
    token = {"csrf": "c" * 32}
    single, alone = time_in_turn(
        lambda: peer.press(ours[0]), lambda: bare.post(f"/t/{theirs[0]}", token), rounds=2 * ROUNDS
    )
    yield 6, "transition POST", single, alone
    many, alone = time_in_turn(lambda: peer.batch(ours), lambda: move(theirs), rounds=ROUNDS + 1, warm=2)
    yield 7, "batch of 100", many, alone


if __name__ == "__main__":
    main(*sys.argv[1:])
