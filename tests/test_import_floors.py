"""Import rules: rooms import downwards only, modules never in a circle, and admin_views/ stays on ten floors."""

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
FLOORS = [
    {"config", "lib"},
    {"models", "migrations"},
    {"office", "files", "accounts", "catalogue"},
    {"workflow"},
    {"casework"},
    {"intake"},
    {"documents"},
    {"notify"},
    {"jobs"},
    {"seed"},
    {"web"},
    {"admin_views", "public", "cli", "translations"},
    {"app"},
    {"run", "gunicorn.conf"},
]
FLOOR_OF = {name: number for number, names in enumerate(FLOORS) for name in names}
EXEMPT = {"tests", "benchmarks", "build", "instance", "docs"}


def modules(root: Path = ROOT) -> dict[str, Path]:
    """Every module of the program by its dotted name."""
    found = {}
    for path in root.rglob("*.py"):
        parts = path.relative_to(root).with_suffix("").parts
        if parts[0] not in EXEMPT and not parts[0].startswith((".", "_")):
            found[".".join(parts[:-1] if parts[-1] == "__init__" else parts)] = path
    return found


def imported(source: str) -> Iterator[tuple[int, str]]:
    """Line and dotted name of everything that `source` imports, wherever in it (relative ones leave no package)."""
    for node in ast.walk(ast.parse(source)):
        match node:
            case ast.Import(names=names):
                yield from ((node.lineno, alias.name) for alias in names)
            case ast.ImportFrom(module=str(module), level=0):
                yield from ((node.lineno, f"{module}.{alias.name}") for alias in node.names)
            case ast.Call(func=ast.Attribute(attr="import_module") | ast.Name(id="import_module" | "__import__")):
                texts = [arg.value for arg in node.args if isinstance(arg, ast.Constant)]
                yield from ((node.lineno, str(text)) for text in texts)


def room(module: str) -> str:
    return module if module in FLOOR_OF else module.partition(".")[0]


def wrong_imports(module: str, source: str) -> list[str]:
    """What a module imports from another room of its own floor or above."""
    own = FLOOR_OF[room(module)]
    return [
        f"line {line}: {module} (floor {own}) imports {name} (floor {FLOOR_OF[room(name)]})"
        for line, name in imported(source)
        if room(name) != room(module) and FLOOR_OF.get(room(name), -1) >= own
    ]


@cache
def graph() -> dict[str, set[str]]:
    """The modules that each module imports."""
    known = modules()
    arrows = {}
    for module, path in known.items():
        names = {name if name in known else name.rpartition(".")[0] for _, name in imported(path.read_text())}
        arrows[module] = (names & known.keys()) - {module}
    return arrows


def circle(arrows: dict[str, set[str]]) -> list[str]:
    """A chain of imports that ends where it began; empty where there is none."""
    done: set[str] = set()

    def walk(module: str, chain: list[str]) -> list[str]:
        if module in chain:
            return [*chain[chain.index(module) :], module]
        if module not in done:
            for name in sorted(arrows.get(module, ())):
                if found := walk(name, [*chain, module]):
                    return found
            done.add(module)
        return []

    return next((found for module in sorted(arrows) if (found := walk(module, []))), [])


def floors(package: str) -> int:
    """The longest chain of imports inside a package, in modules."""

    @cache
    def height(module: str) -> int:
        return 1 + max((height(name) for name in graph()[module] if name.startswith(f"{package}.")), default=0)

    return max(height(module) for module in graph() if module.startswith(f"{package}."))


def test_every_module_has_a_floor():
    assert {room(module) for module in modules()} - FLOOR_OF.keys() == set()


def test_no_room_has_two_floors():
    assert sum(map(len, FLOORS)) == len(FLOOR_OF)


def test_a_module_or_package_without_a_floor_is_noticed(tmp_path):
    (tmp_path / "stray.py").touch()
    for folder in ("lost", "tests", "static"):
        (tmp_path / folder).mkdir()
    (tmp_path / "lost" / "deep.py").touch()
    (tmp_path / "tests" / "test_it.py").touch()
    assert {room(module) for module in modules(tmp_path)} == {"stray", "lost"}


@pytest.mark.parametrize("name", sorted(FLOOR_OF.keys() & {room(module) for module in modules()}))
def test_imports_go_down_only(name):
    wrong = [
        f"{path}: {line}"
        for module, path in modules().items()
        if room(module) == name
        for line in wrong_imports(module, path.read_text())
    ]
    assert wrong == []


def test_no_modules_import_each_other_in_a_circle():
    assert circle(graph()) == []


def test_a_circle_is_noticed():
    assert circle({"a": {"b"}, "b": {"c"}, "c": {"b"}}) == ["b", "c", "b"]


def test_the_staff_screens_stand_on_at_most_ten_floors():
    assert floors("admin_views") <= 10


def test_at_most_eight_modules_lie_at_the_top():
    top = sorted(path.name for path in ROOT.glob("*.py"))
    assert len(top) <= 8, top
    assert {"app.py", "workflow.py", "models.py"} <= set(top)


@pytest.mark.parametrize(
    "source",
    [
        "import workflow",
        "from jobs import outbox as later",
        "from admin_views.base import StaffView",
        "from office import today",  # its own floor
        "def late():\n    import workflow",
        "if TYPE_CHECKING:\n    from workflow import Transition",
        "import importlib\nimportlib.import_module('jobs.outbox')",
    ],
)
def test_an_upward_or_level_import_is_noticed(source):
    assert len(wrong_imports("files.storage", source)) == 1


@pytest.mark.parametrize(
    "source", ["import models, config", "from files import x", "from . import workflow", "import flask"]
)
def test_imports_of_lower_floors_and_libraries_pass(source):
    assert wrong_imports("files.storage", source) == []
