"""Conventions of the code that a reader would otherwise have to remember."""

import ast
import re
from pathlib import Path

import pytest

import models
from lib.database import database, transaction
from lib.name_search import FTS

ROOT = Path(__file__).resolve().parent.parent
BESIDE = {"tests", "benchmarks", "migrations", ".venv", ".cache", "build", "instance"}
PROGRAM = [path for path in ROOT.rglob("*.py") if not BESIDE & set(path.relative_to(ROOT).parts)]


def _lines(pattern, besides=()):
    return [
        f"{path.relative_to(ROOT)}:{number}: {line.strip()}"
        for path in PROGRAM
        if str(path.relative_to(ROOT)) not in besides
        for number, line in enumerate(path.read_text().splitlines(), 1)
        if re.search(pattern, line)
    ]


def test_only_transaction_opens_one():
    assert _lines(r"\batomic\(", besides=("lib/database.py",)) == []


def test_a_transaction_is_never_nested(app):
    with transaction(), pytest.raises(RuntimeError), transaction():
        pass


def test_only_the_workflow_moves_a_state():
    assert _lines(r"\b(permohonan|one|row)\.state\s*=[^=]", besides=("casework/transitions.py",)) == []
    assert _lines(r"Permohonan\.update\([^)]*state=", besides=("casework/transitions.py",)) == []


def test_no_page_is_built_in_python():
    assert _lines(r"Markup\(|\|\s*safe\b") == []


def test_every_module_says_first_what_it_is_for():
    silent = [str(path.relative_to(ROOT)) for path in PROGRAM if not path.read_text().lstrip().startswith('"""')]
    assert silent == []


def test_no_template_carries_a_script_or_a_style():
    for path in (ROOT / "templates").rglob("*.html"):
        text = path.read_text()
        found = re.findall(r"<script(?![^>]*\bsrc=)|<style|\bstyle=\"|\bon[a-z]+=\"|javascript:", text)
        assert not found, (path.relative_to(ROOT), found)


def test_the_models_equal_what_the_migrations_made(app):
    from playhouse.schema_diff import diff_models

    found = diff_models(database.obj, list(models.TABLES))
    found.drop_indexes[:] = [one for one in found.drop_indexes if one.name != FTS]  # no field's: lib/name_search.py
    assert not found


def test_no_module_is_named_after_an_activity():
    """A module is a noun; `signing` and `tracking` are."""
    loose = [
        str(path.relative_to(ROOT))
        for path in PROGRAM
        if path.stem.endswith("ing") and path.stem not in ("signing", "tracking")
    ]
    assert loose == []


def _docstrings():
    for path in PROGRAM:
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef):
                yield f"{path.relative_to(ROOT)}: {getattr(node, 'name', 'module')}", ast.get_docstring(node) or ""


def test_no_docstring_begins_with_a_question_word():
    questions = ("What ", "Who ", "How ", "Which ", "Whether ", "Where ", "When ", "Why ")
    assert [place for place, text in _docstrings() if text.startswith(questions)] == []


def test_an_error_that_a_docstring_names_exists():
    known = {
        one for path in PROGRAM for one in re.findall(r"\w+", re.sub(r'""".*?"""', "", path.read_text(), flags=re.S))
    }
    named = [
        (place, name)
        for place, text in _docstrings()
        for name in re.findall(r"\b[Rr]aises? (?:\w+\.)*([A-Z]\w+)", text)
    ]
    assert named and [(place, name) for place, name in named if name not in known] == []
