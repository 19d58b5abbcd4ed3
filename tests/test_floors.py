"""Holds the floors of the tree: imports go down only, and never between modules of one floor."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
FLOORS = [
    {"applicant", "config", "effect_registry", "keys", "language", "marking", "processes", "roles"},
    {"lib"},
    {"migrations", "models"},
    {"office", "storage", "upload_parts", "accounts", "uploads", "sealing"},
    {"answers", "moving", "recovery", "templating", "trail"},
    {"workflow"},
    {"performing"},
    {"claims", "pile", "documents", "intake", "tte", "siak", "effects", "history"},
    {"notify", "papers"},
    {"draft_checks", "signing"},
    {"chores"},
    {"outbox", "seeding", "demonstration", "crowd"},
    {"worker", "filling"},
    {"admin_views", "public", "cli", "translations"},
    {"wiring"},
    {"app", "gunicorn.conf", "run"},
]
FLOOR_OF = {name: number for number, names in enumerate(FLOORS) for name in names}
EXEMPT = {"tests", "benchmarks"}


def top_level(root: Path = ROOT) -> dict[str, list[Path]]:
    """Every module or package of the program, with its files."""
    found = {path.stem: [path] for path in root.glob("*.py")}
    for folder in root.iterdir():
        if folder.is_dir() and not folder.name.startswith((".", "_")) and folder.name not in EXEMPT:
            found |= {folder.name: sorted(files)} if (files := list(folder.rglob("*.py"))) else {}
    return found


def imported(source: str) -> Iterator[tuple[int, str]]:
    """Line and top-level name of everything that `source` imports, wherever in it (relative ones leave no package)."""
    for node in ast.walk(ast.parse(source)):
        match node:
            case ast.Import(names=names):
                yield from ((node.lineno, alias.name.partition(".")[0]) for alias in names)
            case ast.ImportFrom(module=str(module), level=0):
                yield node.lineno, module.partition(".")[0]
            case ast.Call(func=ast.Attribute(attr="import_module") | ast.Name(id="import_module" | "__import__")):
                texts = [arg.value for arg in node.args if isinstance(arg, ast.Constant)]
                yield from ((node.lineno, str(text).partition(".")[0]) for text in texts)


def wrong_imports(module: str, source: str) -> list[str]:
    """What `module` imports from its own floor or above."""
    own = FLOOR_OF[module]
    return [
        f"line {line}: {module} (floor {own}) imports {name} (floor {FLOOR_OF[name]})"
        for line, name in imported(source)
        if name != module and FLOOR_OF.get(name, -1) >= own
    ]


def test_every_module_has_a_floor():
    assert set(top_level()) - set(FLOOR_OF) == set()


def test_a_module_or_package_without_a_floor_is_noticed(tmp_path):
    (tmp_path / "stray.py").touch()
    for folder in ("lost", "tests", "static"):
        (tmp_path / folder).mkdir()
    (tmp_path / "lost" / "deep.py").touch()
    (tmp_path / "tests" / "test_it.py").touch()
    assert set(top_level(tmp_path)) == {"stray", "lost"}


def test_no_module_has_two_floors():
    assert sum(map(len, FLOORS)) == len(FLOOR_OF)


@pytest.mark.parametrize("module", sorted(FLOOR_OF.keys() & top_level().keys()))
def test_imports_go_down_only(module):
    wrong = [f"{path}: {line}" for path in top_level()[module] for line in wrong_imports(module, path.read_text())]
    assert wrong == []


@pytest.mark.parametrize(
    "source",
    [
        "import workflow",
        "import outbox as later",
        "from admin_views.base import View",
        "from office import today",  # its own floor
        "def late():\n    import workflow",
        "if TYPE_CHECKING:\n    from workflow import Transition",
        "import importlib\nimportlib.import_module('outbox')",
    ],
)
def test_an_upward_or_level_import_is_noticed(source):
    assert len(wrong_imports("storage", source)) == 1


@pytest.mark.parametrize(
    "source", ["import models, config", "from storage import x", "from . import workflow", "import flask"]
)
def test_imports_of_lower_floors_and_libraries_pass(source):
    assert wrong_imports("storage", source) == []
