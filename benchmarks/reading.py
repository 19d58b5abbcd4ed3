"""Rows 1 to 5 and 8: queue, growth, searches, far page and public status page, each against the bare app."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial

import lib.database
from benchmarks.offices import Office, ResultLine, small_and_large
from benchmarks.timing import Timing, time_in_turn
from benchmarks.wsgi_client import SessionClient
from lib import encryption
from models import Search, User

QUEUE = "/petugas/pemeriksaan/?page_size=50"
FAR_PAGE = 10_000
Work = Callable[[], object]


@dataclass(frozen=True)
class Measurement:
    """A request to the product and, if it has one, its counterpart in the bare app."""

    row: int
    what: str
    goal: float
    ours: Work
    floor: Work | None = None


def run(offices: list[Office]) -> Iterator[ResultLine]:
    """Measure each office, then the large ones in turn with the small ones."""
    asked = {(one.database, one.rows): _measurements(one) for one in offices}
    for one in offices:
        for ask in asked[one.database, one.rows]:
            if ask.floor:
                mine, theirs = time_in_turn(ask.ours, ask.floor)
                yield ratio_line(one, ask.row, ask.what, ask.goal, mine, theirs)
        near, away = time_in_turn(*_list_pages(one))
        yield ratio_line(one, 5, f"page {_far_page(one):,} ÷ page 1", 1.1, away, near)
    for small, large in small_and_large(offices):
        both = zip(asked[small.database, small.rows], asked[large.database, large.rows], strict=True)
        for few, many in both:
            before, after = time_in_turn(few.ours, many.ours)
            yield growth_line(large.database, large.rows, few.what, after, before)


def _measurements(one: Office) -> list[Measurement]:
    admin, bare = one.staff("admin"), one.bare_user()
    number, nik, name = search_terms(one)
    resident, key = _resident(one)

    def search(row: int, what: str, value: str, goal: float, path: str) -> Measurement:
        form = {"csrf": "c" * 32, "q": value}
        found = _search_url(one, value)
        return Measurement(row, f"search by {what}", goal, lambda: admin.get(found), lambda: bare.post(path, form, 200))

    return [
        Measurement(1, "queue page of 50", 2.5, lambda: admin.get(QUEUE), lambda: bare.get("/queue")),
        search(3, "number", number, 6, "/search"),
        search(3, "NIK", nik, 6, "/search"),
        search(4, "a rare name", name, 2, "/names"),
        Measurement(
            8,
            "public status page",
            1.6,
            lambda: resident.get(f"/permohonan/{key}"),
            lambda: bare.get(f"/status/{key}"),
        ),
        Measurement(2, "far page", 0, _list_pages(one)[1]),
        Measurement(2, "home", 0, lambda: admin.get("/petugas/")),
    ]


def _search_url(one: Office, wanted: str) -> str:
    """Store a search and return the URL of its results."""
    key = encryption.random_token()
    with one.app.app_context():
        Search.create(key=key, user=User.get(User.email == "admin@aku.example"), wanted={"q": wanted})
        lib.database.database.close()
    return f"/petugas/permohonan/?cari={key}"


def search_terms(one: Office) -> tuple[str, str, str]:
    """Return a number, a NIK, and a part of a rare name."""
    middle = one.one("SELECT MAX(id) / 2 FROM permohonan")
    found = one.cursor.all("SELECT number, subject_nik, subject_name FROM permohonan WHERE id = ?", (middle,))[0]
    names = one.cursor.all("SELECT subject_name FROM permohonan WHERE id BETWEEN ? AND ?", (middle, middle + 40))
    words = {word for (name,) in names for word in name.split() if len(word) > 6}
    return found[0], found[1], " ".join(found[2].split()[-2:]) if not words else max(sorted(words), key=len)


def _list_pages(one: Office) -> tuple[Work, Work]:
    """Return requests for the first and a far page of the list of all applications."""
    admin, pages = one.staff("admin"), _far_page(one)
    first, far = "/petugas/permohonan/?page_size=50", f"/petugas/permohonan/?page_size=50&page={pages}"
    before = one.cursor.all("SELECT key FROM permohonan ORDER BY id DESC LIMIT 1 OFFSET ?", (pages * 50 - 1,))
    if before:
        far += f"&sesudah={before[0][0]}"
    return partial(admin.get, first), partial(admin.get, far)


def _far_page(one: Office) -> int:
    return min(FAR_PAGE, one.rows // 50 - 1)


def _resident(one: Office) -> tuple[SessionClient, str]:
    """Return a signed-in applicant and the key of their application."""
    key, email = one.cursor.all(
        'SELECT p.key, u.email FROM permohonan p JOIN "user" u ON u.id = p.owner_id '
        "WHERE p.state IN ('adb_review', 'kabid_review', 'siak_entry', 'submitted') ORDER BY p.state, p.id DESC LIMIT 1"
    )[0]
    return one.somebody(email), key


def ratio_line(
    one: Office, row: int, what: str, goal: float, mine: Timing, theirs: Timing, whose: str = ""
) -> ResultLine:
    note = (
        f"{mine.cpu * 1000:.2f} ms CPU, {mine.wall * 1000:.2f} ms; ÷ {theirs.cpu * 1000:.2f}, {theirs.wall * 1000:.2f}"
    )
    ratio = mine / theirs
    worse = ratio.cpu if one.database == "SQLite" else ratio.wall  # a server works outside of this process
    said = f"{note}; CPU {ratio.cpu:.2f}, wall {ratio.wall:.2f}"
    return ResultLine(row, what, one.database, one.rows, worse, goal, said, whose=whose)


def growth_lines(spent: dict[tuple[str, int], dict[str, Timing]], whose: str = "") -> Iterator[ResultLine]:
    """Yield the growth lines of requests that were measured one office after the other."""
    for database in {database for database, _ in spent}:
        sizes = sorted(rows for name, rows in spent if name == database)
        if len(sizes) > 1:
            small, large = spent[database, sizes[0]], spent[database, sizes[-1]]
            for what in small:
                yield growth_line(database, sizes[-1], what, large[what], small[what], whose)


def growth_line(database: str, rows: int, what: str, large: Timing, small: Timing, whose: str = "") -> ResultLine:
    more = large / small
    worse = more.cpu if database == "SQLite" else more.wall  # as in line_of
    return ResultLine(
        2, f"growth of {what}", database, rows, worse, 1.2, f"CPU {more.cpu:.2f}, wall {more.wall:.2f}", whose=whose
    )
