"""Rows 1 to 5 and 8: the queue, growth, searches, the far page and the public status page, each against the floor."""

from collections.abc import Iterator
from functools import partial

import keys
import models
from benchmarks.measure import Spent, paired
from benchmarks.offices import Line, Office
from models import Search, User

QUEUE = "/petugas/pemeriksaan/?page_size=50"
FAR = 10_000


def run(offices: list[Office]) -> Iterator[Line]:
    """Each office by itself, then the large ones against the small ones."""
    spent: dict[tuple[str, int], dict[str, Spent]] = {}
    for one in offices:
        yield from _of(one, spent.setdefault((one.database, one.rows), {}))
    yield from growth(spent)


def _of(one: Office, spent: dict[str, Spent]) -> Iterator[Line]:
    admin, bare = one.staff("admin"), one.bare_user()

    def line(row: int, what: str, goal: float, ours, floor, rounds=60) -> Line:
        mine, theirs = paired(ours, floor, rounds=rounds)
        spent[what] = mine
        return line_of(one, row, what, goal, mine, theirs)

    yield line(1, "queue page of 50", 2.5, lambda: admin.get(QUEUE), lambda: bare.get("/queue"))
    number, nik, name = wanted(one)
    for row, what, value, goal, path in (
        (3, "search by number", number, 6, "/search"),
        (3, "search by NIK", nik, 6, "/search"),
        (4, "search by a rare name", name, 2, "/names"),
    ):
        url = _search(one, value)
        yield line(row, what, goal, partial(admin.get, url), partial(_bare, bare, path, value))
    yield from _far(one, admin, spent)
    spent["home"] = paired(lambda: admin.get("/petugas/"), rounds=40)[0]
    yield from _status(one, line)


def _search(one: Office, wanted: str) -> str:
    """The address of what a search found: what is asked is kept in a row, and shown by its key."""
    key = keys.random_name()
    with one.app.app_context():
        Search.create(key=key, user=User.get(User.email == "admin@aku.example"), wanted={"q": wanted})
        models.database.close()
    return f"/petugas/permohonan/?cari={key}"


def _bare(asker, path: str, wanted: str) -> bytes:
    return asker.post(path, {"csrf": "c" * 32, "q": wanted}, 200)


def wanted(one: Office) -> tuple[str, str, str]:
    """A number, a NIK, and a piece of a name that only a few have."""
    middle = one.one("SELECT MAX(id) / 2 FROM permohonan")
    found = one.cursor.all("SELECT number, subject_nik, subject_name FROM permohonan WHERE id = ?", (middle,))[0]
    names = one.cursor.all("SELECT subject_name FROM permohonan WHERE id BETWEEN ? AND ?", (middle, middle + 40))
    words = {word for (name,) in names for word in name.split() if len(word) > 6}
    return found[0], found[1], " ".join(found[2].split()[-2:]) if not words else max(sorted(words), key=len)


def _far(one: Office, admin, spent: dict[str, Spent]) -> Iterator[Line]:
    """The far page of the list of everything, by its address as the pager gives it, against the first."""
    pages = min(FAR, one.rows // 50 - 1)
    first, far = "/petugas/permohonan/?page_size=50", f"/petugas/permohonan/?page_size=50&page={pages}"
    before = one.cursor.all("SELECT key FROM permohonan ORDER BY id DESC LIMIT 1 OFFSET ?", (pages * 50 - 1,))
    if before:
        far += f"&sesudah={before[0][0]}"
    near, away = paired(lambda: admin.get(first), lambda: admin.get(far))
    spent["far page"] = away
    yield line_of(one, 5, f"page {pages:,} ÷ page 1", 1.1, away, near)


def _status(one: Office, line) -> Iterator[Line]:
    key, email = one.cursor.all(
        'SELECT p.key, u.email FROM permohonan p JOIN "user" u ON u.id = p.owner_id '
        "WHERE p.state IN ('adb_review', 'kabid_review', 'siak_entry', 'submitted') ORDER BY p.state, p.id DESC LIMIT 1"
    )[0]
    resident, bare = one.somebody(email), one.bare_user()
    yield line(
        8, "public status page", 1.6, lambda: resident.get(f"/permohonan/{key}"), lambda: bare.get(f"/status/{key}")
    )


def line_of(one: Office, row: int, what: str, goal: float, mine: Spent, theirs: Spent, whose: str = "") -> Line:
    note = (
        f"{mine.cpu * 1000:.2f} ms CPU, {mine.wall * 1000:.2f} ms; ÷ {theirs.cpu * 1000:.2f}, {theirs.wall * 1000:.2f}"
    )
    ratio = mine / theirs
    worse = ratio.cpu if one.database == "SQLite" else ratio.wall  # a server works outside of this process
    said = f"{note}; CPU {ratio.cpu:.2f}, wall {ratio.wall:.2f}"
    return Line(row, what, one.database, one.rows, worse, goal, said, whose=whose)


def growth(spent: dict[tuple[str, int], dict[str, Spent]], whose: str = "") -> Iterator[Line]:
    """What grows with the number of applications, for each database the large one against the small one."""
    for database in {database for database, _ in spent}:
        sizes = sorted(rows for name, rows in spent if name == database)
        if len(sizes) > 1:
            small, large = spent[database, sizes[0]], spent[database, sizes[-1]]
            for what in small:
                grown = large[what] / small[what]
                worse = grown.cpu if database == "SQLite" else grown.wall  # as in _line
                note = f"CPU {grown.cpu:.2f}, wall {grown.wall:.2f}"
                yield Line(2, f"growth of {what}", database, sizes[-1], worse, 1.2, note, whose=whose)
