"""Keeps the catalogues of translations up with what code, templates and tables say; the program itself never asks it.

`python -m catalogues` brings translations/*/LC_MESSAGES/messages.po up to date and compiles it.
"""

import io
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import click
from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_file
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

import language
import workflow
from uploads import verdicts

ROOT = Path(__file__).resolve().parent
# Who speaks to applicants. Staff screens and official papers stay Indonesian.
FOLDERS: tuple[str, ...] = (
    "accounts",
    "answers",
    "filling",
    "intake",
    "notify",
    "public",
    "uploads",
    "templates/public",
    "templates/filling",
)
FILES: tuple[str, ...] = (
    "history.py",
    "language.py",
    "office.py",
    "papers.py",
    "performing.py",
    "storage.py",
    "workflow.py",
    "templates/errors.html",
)
MARKS: dict = dict.fromkeys(("_", "_l", "N_", "gettext", "lazy_gettext")) | {"ngettext": (1, 2), "_n": (1, 2)}
Sentence = str | tuple[str, ...]


def sentences() -> list[Sentence]:
    """Every sentence that an applicant may read and that stands in the program; a pair for one and for many."""
    found: dict[Sentence, None] = dict.fromkeys(_of_tables())
    paths = [ROOT / name for name in FILES]
    paths += [path for folder in FOLDERS for kind in ("*.py", "*.html") for path in (ROOT / folder).rglob(kind)]
    for path in paths:
        method = "python" if path.suffix == ".py" else "jinja2"
        options = {"trimmed": "true", "silent": "false"}
        said = extract_from_file(method, path, keywords=MARKS, options=options)
        found |= dict.fromkeys(one for _, one, _, _ in said)
    return sorted(found, key=str)


def _of_tables() -> Iterator[str]:
    """What the office's procedure says to applicants: roles, states, the path, and what rows did."""
    yield from (*(role.label for role in workflow.ROLES.values()), *workflow.PATH)
    yield from (*verdicts.SENTENCES.values(), *verdicts.WARNINGS.values())
    for state in workflow.STATES.values():
        yield from (state.label, state.public_label)
    for row in workflow.TRANSITIONS:
        yield row.past_label
        if workflow.APPLICANT in row.roles:
            yield from (text for text in (row.label, row.explanation) if text)


def path_of(code: str) -> Path:
    return ROOT / "translations" / code / "LC_MESSAGES" / "messages.po"


def read(code: str) -> Catalog:
    """The catalogue of a language as its translators left it."""
    if not path_of(code).exists():
        return Catalog(locale=code)
    with path_of(code).open("rb") as file:
        return read_po(file, locale=code)


def updated(code: str) -> Catalog:
    """The catalogue with exactly today's sentences; what is new has no translation yet, and nothing is guessed."""
    known, fresh = read(code), Catalog(locale=code, fuzzy=False, header_comment="# What applicants read, in English.")
    for said in sentences():
        before = known.get(said)
        fresh.add(said, before.string if before else None)
    return fresh


def as_po(catalogue: Catalog) -> bytes:
    """As text for translators, without the dates and places that would change with every edit."""
    out = io.BytesIO()
    write_po(out, catalogue, sort_output=True, no_location=True, width=0)
    changing = (b"-Date:", b"Generated-By:")
    return b"".join(line for line in out.getvalue().splitlines(True) if not any(word in line for word in changing))


def as_mo(catalogue: Catalog) -> bytes:
    """As the program reads it; the same sentences always make the same file."""
    catalogue.creation_date = catalogue.revision_date = datetime(2026, 1, 1, tzinfo=UTC)
    out = io.BytesIO()
    write_mo(out, catalogue)
    return out.getvalue()


def untranslated(catalogue: Catalog) -> list[str]:
    """The sentences without a translation, or with half of one."""
    return [str(one.id) for one in catalogue if one.id and not _said(one.string)]


def _said(string: object) -> bool:
    return bool(string) and (isinstance(string, str) or all(string))  # type: ignore[arg-type, call-overload]


def update() -> dict[str, list[str]]:
    """Bring every catalogue up to date and compile it; what lacks a translation, by language."""
    missing = {}
    for code in sorted(language.NAMES.keys() - {language.USUAL}):
        path = path_of(code)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(as_po(updated(code)))
        path.with_suffix(".mo").write_bytes(as_mo(read(code)))
        missing[code] = untranslated(read(code))
    return missing


if __name__ == "__main__":
    for code, left in update().items():
        click.echo(f"{code}: {len(left)} kalimat belum diterjemahkan")
        click.echo("\n".join(left))
