"""Finding applications by a piece of a name, one typo forgiven, by an index of letter triples; it ranks nothing.

On SQLite the index is an FTS5 table kept by triggers, on PostgreSQL one of pg_trgm; a server without that extension
answers the same, slowly.
"""

from functools import reduce
from operator import and_, or_

import peewee as pw

from models.base import database, is_sqlite
from models.permohonan import Permohonan

TRIPLE = 3  # letters that the index can look up at least
FORGIVEN_FROM = 6  # letters of a word in which a typo is forgiven
CANDIDATES = 3000
NAMES = pw.NodeList((Permohonan.subject_name, pw.SQL("|| ' ' ||"), Permohonan.applicant_name), parens=True)
COLUMNS = "subject_name, applicant_name"
FTS = "permohonan_names"


def by_name(within: pw.ModelSelect, wanted: str, at_most: int) -> list[int]:
    """Ids of the applications `within` whose names hold every word; if none, those a typo away. Newest first."""
    words = [word for word in wanted.lower().split() if word]
    long = [word for word in words if len(word) >= TRIPLE]
    if not long:
        return []
    newest = within.order_by(Permohonan.id.desc())
    short = [_holds(word) for word in words if len(word) < TRIPLE]
    exact = newest.where(_matches([[[word]] for word in long]), *short).limit(at_most)
    found = [row[0] for row in exact.select(Permohonan.id).tuples()]
    return found or _nearly(newest, words, at_most)


def _nearly(newest: pw.ModelSelect, words: list[str], at_most: int) -> list[int]:
    """Those in whose names every word stands, with one letter wrong, missing, too many or two swapped."""
    ways = [_ways(word) for word in words if len(word) >= TRIPLE]
    if all(len(pieces) == 1 for pieces in ways):
        return []
    columns = (Permohonan.id, Permohonan.subject_name, Permohonan.applicant_name)
    candidates = newest.where(_matches(ways)).limit(CANDIDATES).select(*columns).tuples()
    near = (ident for ident, *names in candidates if _all_near(words, " ".join(names).lower().split()))
    return [ident for ident, _ in zip(near, range(at_most), strict=False)]


def _ways(word: str) -> list[list[str]]:
    """The pieces of a word that one typo leaves whole, for each place where it may be."""
    if len(word) < FORGIVEN_FROM:
        return [[word]]
    parts = ([word[:place], word[place + 2 :]] for place in range(len(word) - 1))
    return [kept for pieces in parts if (kept := [piece for piece in pieces if len(piece) >= TRIPLE])]


def _matches(words: list[list[list[str]]]) -> pw.Node:
    """A condition: of every word, in one of its ways, all pieces."""
    if is_sqlite():
        texts = (" OR ".join(f"({' AND '.join(_quoted(piece) for piece in way)})" for way in ways) for ways in words)
        asked = " AND ".join(f"({text})" for text in texts)
        return Permohonan.id.in_(pw.SQL(f"(SELECT rowid FROM {FTS} WHERE {FTS} MATCH ?)", (asked,)))  # noqa: S608
    return reduce(and_, (reduce(or_, (reduce(and_, map(_holds, way)) for way in ways)) for ways in words))


def _quoted(piece: str) -> str:
    return '"{}"'.format(piece.replace('"', '""'))


def _holds(piece: str) -> pw.Node:
    escaped = piece.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
    like = "LIKE" if is_sqlite() else "ILIKE"
    return pw.NodeList((NAMES, pw.SQL(f"{like}"), pw.Value(f"%{escaped}%"), pw.SQL("ESCAPE '\\'")))


def _all_near(words: list[str], names: list[str]) -> bool:
    return all(any(_near(word, name) for name in names) for word in words)


def _near(word: str, name: str) -> bool:
    """Is `word` in `name`, or one typo away from how it begins?"""
    if word in name:
        return True
    if len(word) < FORGIVEN_FROM:
        return False
    return any(_one_apart(word, name[:size]) for size in (len(word) - 1, len(word), len(word) + 1))


def _one_apart(one: str, other: str) -> bool:
    """One letter changed, dropped or added, or two neighbours swapped."""
    start = 0
    while start < min(len(one), len(other)) and one[start] == other[start]:
        start += 1
    a, b = one[start:], other[start:]
    return a[1:] == b[1:] or a[1:] == b or a == b[1:] or (a[:2] == b[1::-1] and a[2:] == b[2:])


def prepare() -> None:
    """Make the index where it is missing, and put back what keeps it."""
    if is_sqlite():
        _prepare_fts()
    elif database.execute_sql("SELECT 1 FROM pg_available_extensions WHERE name = 'pg_trgm'").fetchone():
        _prepare_trigrams()


def _prepare_fts() -> None:
    known = database.execute_sql("SELECT 1 FROM sqlite_master WHERE name = ?", (FTS,)).fetchone()
    if not known:
        options = "content='permohonan', content_rowid='id', tokenize='trigram'"
        database.execute_sql(f"CREATE VIRTUAL TABLE {FTS} USING fts5({COLUMNS}, {options})")
        database.execute_sql(f"INSERT INTO {FTS} ({FTS}) VALUES ('rebuild')")  # noqa: S608
    old = f"({FTS}, rowid, {COLUMNS}) VALUES ('delete', old.id, old.subject_name, old.applicant_name)"
    new = f"(rowid, {COLUMNS}) VALUES (new.id, new.subject_name, new.applicant_name)"
    add, drop = f"INSERT INTO {FTS} {new};", f"INSERT INTO {FTS} {old};"
    for name, when, work in (
        ("insert", "INSERT", add),
        ("delete", "DELETE", drop),
        ("update", f"UPDATE OF {COLUMNS}", drop + add),
    ):
        database.execute_sql(f"CREATE TRIGGER IF NOT EXISTS {FTS}_{name} AFTER {when} ON permohonan BEGIN {work} END")


def _prepare_trigrams() -> None:
    """The extension is for whoever owns the database; where that is somebody else, they make it once."""
    allowed = "SELECT has_database_privilege(current_database(), 'CREATE')"
    known = "SELECT 1 FROM pg_extension WHERE extname = 'pg_trgm'"
    if not database.execute_sql(known).fetchone():
        if not database.execute_sql(allowed).fetchone()[0]:
            return
        database.execute_sql("CREATE EXTENSION IF NOT EXISTS pg_trgm")
    database.execute_sql(
        f"CREATE INDEX IF NOT EXISTS {FTS} ON permohonan USING gin "
        "((subject_name || ' ' || applicant_name) gin_trgm_ops)"
    )
