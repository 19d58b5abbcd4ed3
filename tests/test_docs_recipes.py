"""The recipes for Tim TI are true: applied as written to a copy of the program, they give what they promise."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from app import create_app
from casework import ledger
from files import storage
from lib.database import database
from models import StoredFile

ROOT = Path(__file__).resolve().parent.parent
GUIDE = (ROOT / "docs" / "resep.md").read_text()
BLOCK = re.compile(r"```(\w+)\n# (\S+): (baru|di akhir|sesudah|sebelum|ganti) ?([^\n]*)\n(.*?)```", re.DOTALL)
LEFT_OUT = shutil.ignore_patterns(".*", "instance", "build", "__pycache__", "benchmarks", "gambar")


def _apply(root, name, how, place, lines):
    """Apply one block of a recipe to a copy of the tree."""
    path = root / name
    if how == "baru":
        assert not path.exists(), name
        path.write_text(lines)
        return
    text = path.read_text()
    if how == "di akhir":
        path.write_text(f"{text.rstrip()}\n\n{lines}")
        return
    found = text.splitlines(keepends=True)
    here = next((number for number, line in enumerate(found) if line.strip().startswith(place)), None)
    assert here is not None, f"{name} has no line that begins with {place}"
    gap = "\n\n" if how == "sebelum" else ""
    first, after = (here + 1, here + 1) if how == "sesudah" else (here, here + (how == "ganti"))
    path.write_text("".join([*found[:first], lines, gap, *found[after:]]))


def _run(root, *words):
    env = {name: value for name, value in os.environ.items() if not name.startswith("PYTEST")}
    done = subprocess.run([sys.executable, *words], cwd=root, env=env, capture_output=True, text=True, check=False)
    assert done.returncode == 0, f"{' '.join(words)}\n{done.stdout[-6000:]}{done.stderr[-3000:]}"
    return done.stdout


@pytest.mark.slow
@pytest.mark.timeout(240)
def test_every_recipe_does_what_it_promises(tmp_path):
    copy = tmp_path / "aku"
    shutil.copytree(ROOT, copy, ignore=LEFT_OUT)
    recipes = BLOCK.findall(GUIDE)
    assert len(recipes) == len(re.findall(r"```(?!sh)\w+", GUIDE)), "a recipe doesn't say where it goes"
    for kind, name, how, place, lines in recipes:
        if kind != "po":
            _apply(copy, name, how, place, lines)
    catalogue = copy / "translations" / "en" / "LC_MESSAGES" / "messages.po"
    before = catalogue.read_bytes()
    new = ["Cetakan salah, dicetak ulang", "Pemeriksa cetakan", "Perekaman harus diulang"]
    lines = "\n".join([f"{len(new)} kalimat belum diterjemahkan", *new])
    assert lines in _run(copy, "-m", "translations.update")
    catalogue.write_bytes(before)
    for kind, name, how, place, lines in recipes:
        if kind == "po":
            _apply(copy, name, how, place, lines)
    assert "0 kalimat" in _run(copy, "-m", "translations.update")
    changed = ("admin_views", "notify", "workflow.py", "accounts/roles.py", "casework/transitions.py", "config.py")
    _run(copy, "-m", "ruff", "check", "--no-cache", *changed)
    _run(copy, "-m", "ruff", "format", "--no-cache", "--check", *changed)
    (copy / "docs" / "prosedur.md").write_text(_run(copy, "-m", "flask", "--app", "app", "workflow"))  # make docs
    words = ("-q", "-k", "not postgresql", "-p", "no:cacheprovider")
    about = (
        "tests/test_import_floors.py",
        "tests/test_startup_checks.py",
        "tests/test_docs.py::test_the_procedure_in_the_docs_is_the_table",
    )
    guide = "tests/test_docs.py::test_the_staff_guide_names_every_button_of_the_table"
    assert "10 passed" in _run(copy, "-m", "pytest", *words, "tests/helpers/recipe_results.py")
    assert " failed" not in _run(copy, "-m", "pytest", *words, *about, guide)


def _lines_of(heading):
    part = GUIDE.partition(f"\n## {heading}\n")[2].partition("\n## ")[0]
    return [[line for line in block[4].splitlines() if line.strip()] for block in BLOCK.findall(part)]


def test_a_recipe_costs_no_more_than_the_table_says():
    assert [len(lines) for lines in _lines_of("Kolom")] == [1, 1]
    assert [len(lines) for lines in _lines_of("Layar")] == [5, 1]
    own, *menu = _lines_of("Layar tabel sendiri")
    assert len(own) < 30 and [len(lines) for lines in menu] == [1, 1]
    assert [len(lines) for lines in _lines_of("Langkah prosedur")] == [1, 1]
    assert [len(lines) for lines in _lines_of("Langkah dengan peran sendiri")] == [1, 1, 4, 1, 1, 4]
    first, *others = _lines_of("Saluran pesan")
    assert len(first) < 60 and sum(map(len, others)) == 3


@pytest.mark.parametrize("database_kind", ["sqlite"])  # pg_dump belongs to PostgreSQL
def test_a_backup_made_while_the_office_works_opens_elsewhere(app, factory, submit, tmp_path):
    permohonan = factory.advance_to(submit(), "signed")
    recipe = re.search(r"```sh\n# di folder program.*?\n(.*?)```", GUIDE, re.DOTALL)[1]
    path = f"{Path(sys.executable).parent}:{os.environ['PATH']}"
    subprocess.run(["sh", "-euc", recipe], cwd=tmp_path, env={"PATH": path}, check=True)
    elsewhere = create_app(INSTANCE_DIR=tmp_path / "cadangan", TESTING=True)
    with elsewhere.app_context():
        assert list(ledger.verify()) == []
        assert all(storage.read(file) for file in StoredFile.select())
        assert StoredFile.select().where(StoredFile.kind == "document").count() and permohonan.number
        database.close()
    elsewhere.extensions["database"].close_all()
