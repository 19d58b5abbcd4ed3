"""Peers: admin screens on the same tables, built as other frameworks document it, and measured in the same run.

Each peer is one file with `build(url)`; `python -m benchmarks.peers NAME URL WANTED` measures one against the floor.
"""

import json
import subprocess
import sys
from collections.abc import Iterator
from importlib.util import find_spec

from benchmarks.offices import Office, ResultLine
from benchmarks.reading import growth_lines, ratio_line, search_terms
from benchmarks.timing import Timing

PEERS = {  # module: (name, package that it needs)
    "django_admin": ("Django admin", "django_fsm"),
    "flask_admin_sqlalchemy": ("Flask-Admin + SQLAlchemy", "flask_sqlalchemy"),
    "flask_admin_peewee": ("Flask-Admin + peewee", "flask_admin"),
}


def run(offices: list[Office]) -> Iterator[ResultLine]:
    """Yield lines like the product's, with the peer's name in `whose`; skip a peer whose packages are missing."""
    for module, (whose, package) in PEERS.items():
        if not find_spec(package):
            print(f"  {whose}: tidak terpasang (pip install -r benchmarks/requirements.txt)", flush=True)
            continue
        spent: dict[tuple[str, int], dict[str, Timing]] = {}
        for one in offices:
            mine = spent.setdefault((one.database, one.rows), {})
            for row, what, peer, floor in _measure_peer(module, one):
                mine["far page" if row == 5 else what] = Timing(*peer)
                yield ratio_line(one, row, what, 0, Timing(*peer), Timing(*floor), whose)
        yield from growth_lines(spent, whose)


def _measure_peer(module: str, one: Office) -> list:
    """Measure a peer in a process of its own: Django allows one configuration per process."""
    key = one.cursor.all("SELECT key FROM permohonan WHERE state = 'submitted' ORDER BY id LIMIT 1")[0][0]
    asked = json.dumps([*search_terms(one), key, one.rows])
    command = [sys.executable, "-m", "benchmarks.peers", module, one.url, asked]
    return json.loads(subprocess.run(command, check=True, stdout=subprocess.PIPE).stdout)
