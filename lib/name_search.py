"""Name search by substring, tolerating one typo, with a trigram index; it also finds a number by its middle.

Names and number stand folded in one column of an application, `search_text`, so that neither diacritics, apostrophes
nor hyphens matter. It ranks nothing. On SQLite the index is an FTS5 table kept by triggers, on PostgreSQL one of
pg_trgm; a server without that extension answers the same, slowly.
"""

from collections.abc import Iterable
from typing import NamedTuple

from lib import fast_sql
from lib.database import database, is_sqlite
from lib.text_normalization import fold

TRIGRAM = 3  # letters that the index needs at least
TYPO_FROM = 6  # letters of a word in which one typo is tolerated
CANDIDATES = 3000
COLUMN = "search_text"
FTS = "permohonan_search"
Condition = tuple[str, tuple]  # the text behind WHERE, about a row of permohonan named p, and its values


class Source(NamedTuple):
    """FROM clause of a search, in which applications are called p, and the column of their id.

    In the order of that id they come one by one, so that the first page costs the same however many follow.
    """

    text: str = "permohonan p"
    id: str = "p.id"


class NameMatch(NamedTuple):
    """FROM clause and condition that find a name."""

    source: Source
    where: str
    values: tuple


EVERYTHING = Source()
INDEXED = Source(f"{FTS} n CROSS JOIN permohonan p ON p.id = n.rowid", "n.rowid")  # p only for what matches
NO_MATCH = NameMatch(EVERYTHING, "1 = 0", ())


def search_text(number: str, *names: str) -> str:
    """Return what an application is found by: its number and names, folded."""
    return fold(" ".join((number, *dict.fromkeys(names))))


def containing(wanted: str) -> NameMatch:
    """Match the applications whose names or number contain every word."""
    words = fold(wanted).split()
    long = [word for word in words if len(word) >= TRIGRAM]
    return _matches([[[word]] for word in long], [word for word in words if word not in long]) if long else NO_MATCH


def find_similar(within: Condition, wanted: str, at_most: int) -> list[int]:
    """Find the ids of those `within` whose names contain every word but for one typo."""
    words = fold(wanted).split()
    ways = [_ways(word) for word in words if len(word) >= TRIGRAM]
    if all(len(pieces) == 1 for pieces in ways):
        return []
    candidates = _found(f"p.id, p.{COLUMN}", _matches(ways), within, CANDIDATES)
    near = (ident for ident, names in candidates if _all_near(words, names.split()))
    return [ident for ident, _ in zip(near, range(at_most), strict=False)]


def find_by_name(within: Condition, wanted: str, at_most: int) -> list[int]:
    """Find the ids of those `within` whose names contain every word; if none, similar names. Newest first."""
    found = _found("p.id", containing(wanted), within, at_most)
    return [ident for (ident,) in found] or find_similar(within, wanted, at_most)


def _found(columns: str, named: NameMatch, within: Condition, at_most: int) -> list[tuple]:
    text = f"SELECT {columns} FROM {named.source.text} WHERE {named.where} AND {within[0]}"  # noqa: S608 -- texts of ours
    return fast_sql.rows(f"{text} ORDER BY {named.source.id} DESC LIMIT {at_most}", (*named.values, *within[1]))


def _ways(word: str) -> list[list[str]]:
    """Split a word into the pieces that one typo leaves intact, for each place where it may be."""
    if len(word) < TYPO_FROM:
        return [[word]]
    parts = ([word[:place], word[place + 2 :]] for place in range(len(word) - 1))
    return [kept for pieces in parts if (kept := [piece for piece in pieces if len(piece) >= TRIGRAM])]


def _matches(words: list[list[list[str]]], short: Iterable[str] = ()) -> NameMatch:
    """Match names with all pieces of every word, in one of its ways; `short` words are not in the index."""
    few = [_holds(word) for word in short]
    if not is_sqlite():
        return NameMatch(EVERYTHING, *_joined([*(_in_one_way(ways) for ways in words), *few]))
    texts = (" OR ".join(f"({' AND '.join(_quoted(piece) for piece in way)})" for way in ways) for ways in words)
    asked = " AND ".join(f"({text})" for text in texts)
    return NameMatch(INDEXED, *_joined([(f"n.{FTS} MATCH ?", (asked,)), *few]))


def _in_one_way(ways: list[list[str]]) -> Condition:
    return _joined([_joined(map(_holds, way)) for way in ways], "OR")


def _joined(conditions: Iterable[Condition], word: str = "AND") -> Condition:
    texts, values = zip(*conditions, strict=True)
    return f"({f' {word} '.join(texts)})", tuple(value for some in values for value in some)


def _quoted(piece: str) -> str:
    return '"{}"'.format(piece.replace('"', '""'))


def _holds(piece: str) -> Condition:
    escaped = piece.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
    return f"p.{COLUMN} {'LIKE' if is_sqlite() else 'ILIKE'} ? ESCAPE '\\'", (f"%{escaped}%",)


def _all_near(words: list[str], names: list[str]) -> bool:
    return all(any(_near(word, name) for name in names) for word in words)


def _near(word: str, name: str) -> bool:
    """Check whether `word` is in `name`, or one typo away from its beginning."""
    if word in name:
        return True
    if len(word) < TYPO_FROM:
        return False
    return any(_one_apart(word, name[:size]) for size in (len(word) - 1, len(word), len(word) + 1))


def _one_apart(one: str, other: str) -> bool:
    """Check whether one edit apart: a letter changed, dropped or added, or two neighbours swapped."""
    start = 0
    while start < min(len(one), len(other)) and one[start] == other[start]:
        start += 1
    a, b = one[start:], other[start:]
    return a[1:] == b[1:] or a[1:] == b or a == b[1:] or (a[:2] == b[1::-1] and a[2:] == b[2:])


def create_index() -> None:
    """Create the trigram index and the triggers that maintain it, where they are missing."""
    if is_sqlite():
        _prepare_fts()
    elif database.execute_sql("SELECT 1 FROM pg_available_extensions WHERE name = 'pg_trgm'").fetchone():
        _prepare_trigrams()


def _prepare_fts() -> None:
    known = database.execute_sql("SELECT 1 FROM sqlite_master WHERE name = ?", (FTS,)).fetchone()
    if not known:
        options = "content='permohonan', content_rowid='id', tokenize='trigram'"
        database.execute_sql(f"CREATE VIRTUAL TABLE {FTS} USING fts5({COLUMN}, {options})")
        database.execute_sql(f"INSERT INTO {FTS} ({FTS}) VALUES ('rebuild')")  # noqa: S608
    old = f"({FTS}, rowid, {COLUMN}) VALUES ('delete', old.id, old.{COLUMN})"
    new = f"(rowid, {COLUMN}) VALUES (new.id, new.{COLUMN})"
    add, drop = f"INSERT INTO {FTS} {new};", f"INSERT INTO {FTS} {old};"
    for name, when, work in (
        ("insert", "INSERT", add),
        ("delete", "DELETE", drop),
        ("update", f"UPDATE OF {COLUMN}", drop + add),
    ):
        database.execute_sql(f"CREATE TRIGGER IF NOT EXISTS {FTS}_{name} AFTER {when} ON permohonan BEGIN {work} END")


def _prepare_trigrams() -> None:
    """Create the pg_trgm index; where somebody else owns the database, they create the extension once."""
    allowed = "SELECT has_database_privilege(current_database(), 'CREATE')"
    known = "SELECT 1 FROM pg_extension WHERE extname = 'pg_trgm'"
    if not database.execute_sql(known).fetchone():
        if not database.execute_sql(allowed).fetchone()[0]:
            return
        database.execute_sql("CREATE EXTENSION IF NOT EXISTS pg_trgm")
    database.execute_sql(f"CREATE INDEX IF NOT EXISTS {FTS} ON permohonan USING gin ({COLUMN} gin_trgm_ops)")
