"""`make bench`: creates the databases, runs the measurements and prints a table of ratios."""

import argparse
import sys
import tempfile
from contextlib import ExitStack
from pathlib import Path

from benchmarks import documents, page_weight, peers, reading, transitions, uploads
from benchmarks.offices import SMALL, ResultLine, office, postgres_named
from tests import machine

MEASUREMENTS = {
    "reading": reading,
    "moving": transitions,
    "peers": peers,
    "paper": documents,
    "uploading": uploads,
    "weight": page_weight,
}


def main() -> int:
    wanted = _options()
    with ExitStack() as stack:
        folder = Path(wanted.keep or stack.enter_context(tempfile.TemporaryDirectory(prefix="aku-bench-")))
        offices = [stack.enter_context(one) for one in _offices(wanted, folder)]
        lines: list[ResultLine] = []
        for name, part in MEASUREMENTS.items():
            if not wanted.only or name in wanted.only:
                for line in part.run(offices):
                    lines.append(line)
                    whose = line.whose or "AKU Online"
                    print("  …", line.row, whose, line.what, line.database, line.rows, f"{line.ratio:.2f}", line.note)
                    sys.stdout.flush()
    _print(lines)
    return 0


def _options() -> argparse.Namespace:
    options = argparse.ArgumentParser(prog="make bench ARGS=…")
    options.add_argument(
        "--rows", type=int, default=20_000, help="permohonan di kantor besar; 1000000 dalam belasan menit"
    )
    options.add_argument("--only", nargs="*", choices=MEASUREMENTS, help="sebagian pengukuran saja")
    options.add_argument("--on", nargs="*", choices=("sqlite", "postgresql"), default=("sqlite", "postgresql"))
    options.add_argument("--keep", help="folder tempat basis data SQLite disimpan untuk dipakai lagi")
    options.add_argument("--postgres", help="server PostgreSQL milik sendiri, misalnya postgresql://user@host:5432")
    return options.parse_args()


def _offices(wanted: argparse.Namespace, folder: Path):
    for kind in wanted.on:
        for rows in sorted({SMALL, wanted.rows}):
            place = folder / f"{kind}-{rows}"
            yield office(_url(kind, wanted.postgres, place, rows), place, rows)


def _url(kind: str, server: str | None, place: Path, rows: int) -> str:
    if kind == "sqlite":
        return f"sqlite:///{place}/aku.db"
    return postgres_named(server, f"aku_bench_{rows}") if server else machine.postgres(durable=True)


def _print(lines: list[ResultLine]) -> None:
    """Print the product's ratios, each beside its goal and the best of the peers."""
    ours, theirs = [line for line in lines if not line.whose], [line for line in lines if line.whose]
    print(f"\n{'':3}{'':38}{'':12}{'rows':>9} {'ratio':>8} {'goal':>6}   best peer")
    for line in sorted(ours, key=_sort_key):
        met = line.ratio >= line.goal if line.at_least else line.ratio <= line.goal
        best = min(
            (one for one in theirs if _sort_key(one) == _sort_key(line)), key=lambda one: one.ratio, default=None
        )
        peer = f"{best.ratio:10,.1f} {best.whose}" if best else ""
        print(
            f"{line.row:2} {line.what:38}{line.database:12}{line.rows or '':>9} {line.ratio:8.2f} {line.goal:6}"
            f"{' ' if met else '!'} {peer}"
        )


def _sort_key(line: ResultLine) -> tuple:
    return line.row, line.what, line.database, line.rows


if __name__ == "__main__":
    sys.exit(main())
