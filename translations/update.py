"""Updates the message catalogues with pybabel: extract, update, compile; `python -m translations.update` runs it.

What is extracted stands in babel.cfg; sentences of the tables, which no function marks, come from `extract_tables`.
"""

import tempfile
from collections.abc import Iterator
from pathlib import Path

import click
from babel.messages.extract import extract_python
from babel.messages.frontend import CommandLineInterface
from babel.messages.pofile import read_po

import workflow
from files.inspection import results
from lib import i18n

FOLDER = Path(__file__).resolve().parent
LOCALES = FOLDER  # a folder for each language


def extract_tables(file, keywords, comment_tags, options) -> Iterator[tuple]:
    """Extract the marked sentences of workflow.py, and the texts of its tables and of rejected uploads."""
    yield from extract_python(file, keywords, comment_tags, options)
    for sentence in _table_texts():
        yield 0, None, sentence, []


def _table_texts() -> Iterator[str]:
    yield from (role.label for role in workflow.ROLES.values())
    yield from (*(step for steps in workflow.PATHS.values() for step in steps), workflow.PRINT_TO_COLLECT)
    yield from (*results.REJECTIONS.values(), *results.WARNINGS.values())
    for state in workflow.STATES.values():
        yield from filter(None, (state.label, state.public_label, state.card_label))
    for transition in workflow.TRANSITIONS:
        yield from filter(None, (transition.past_label, transition.card_past_label))
        if workflow.APPLICANT in transition.roles:
            yield from (text for text in (transition.label, transition.explanation) if text)


def update(check: bool = False) -> None:
    """Bring the catalogues up to date and compile them; with `check` only raise Babel's BaseError
    where that would change one.

    New sentences have no translation yet: nothing is guessed (no fuzzy matching).
    """
    with tempfile.NamedTemporaryFile(suffix=".pot") as template:
        marks = ["-k", "N_", "-k", "_l", "-k", "_n:1,2"]
        layout = ["--no-location", "--sort-output", "--no-wrap"]
        _pybabel("extract", "-F", FOLDER / "babel.cfg", *marks, *layout, "-o", template.name, FOLDER.parent)
        keep = ["--no-fuzzy-matching", "--ignore-obsolete", "--ignore-pot-creation-date", "--no-wrap"]
        _pybabel("update", "-i", template.name, "-d", LOCALES, *keep, *(["--check"] if check else []))
    if not check:
        _pybabel("compile", "-d", LOCALES)


def _pybabel(command: str, *arguments: object) -> None:
    CommandLineInterface().run(["pybabel", "-q", command, *map(str, arguments)])


def untranslated(code: str) -> list[str]:
    """Return the sentences of a catalogue without a translation, or with half of one."""
    with (LOCALES / code / "LC_MESSAGES" / "messages.po").open("rb") as file:
        catalogue = read_po(file, locale=code)
    return [str(one.id) for one in catalogue if one.id and not _is_complete(one.string)]


def _is_complete(string: object) -> bool:
    return bool(string) and (isinstance(string, str) or all(string))  # type: ignore[arg-type, call-overload]


if __name__ == "__main__":
    update()
    for code in sorted(i18n.LANGUAGES.keys() - {i18n.DEFAULT_LANGUAGE}):
        left = untranslated(code)
        click.echo(f"{code}: {len(left)} kalimat belum diterjemahkan")
        click.echo("\n".join(left))
