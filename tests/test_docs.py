"""The documentation is correct: the procedure equals the table, links lead somewhere, commands exist."""

import re
from pathlib import Path

import pytest

import cli
import workflow

ROOT = Path(__file__).resolve().parent.parent
PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])


def test_the_procedure_in_the_docs_is_the_table():
    assert (ROOT / "docs" / "prosedur.md").read_text() == cli.workflow_markdown() + "\n", "run `make docs`"


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_link_leads_to_a_file(page):
    for target in re.findall(r"\]\((?!https?:|#)([^)#]+)", page.read_text()):
        assert (page.parent / target).exists(), target


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_make_target_that_is_named_exists(page):
    targets = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    named = set(re.findall(r"`make ([a-z]+)`|^make ([a-z]+)$", page.read_text(), re.MULTILINE))
    assert {word for pair in named for word in pair if word} <= targets


def test_every_command_of_the_it_guide_exists(app):
    commands = set(app.cli.commands) | {"staff", "log"}
    named = re.findall(r"`flask --app app ([a-z]+)", (ROOT / "docs" / "panduan-ti.md").read_text())
    assert named and set(named) <= commands


def test_pictures_are_small_and_each_is_shown():
    pictures = {path.name: path.stat().st_size for path in (ROOT / "docs" / "gambar").iterdir()}
    shown = {Path(name).name for page in PAGES for name in re.findall(r"!\[[^]]+\]\(([^)]+)\)", page.read_text())}
    assert pictures.keys() == shown
    assert max(pictures.values()) <= 60_000


def test_the_staff_guide_names_every_button_of_the_table():
    guide = " ".join((ROOT / "docs" / "panduan-petugas.md").read_text().split())
    staff = set(workflow.ROLES) - {workflow.APPLICANT, workflow.SYSTEM}
    labels = {row.label for row in workflow.TRANSITIONS if staff & set(row.roles)}
    assert {label for label in labels if f"**{label}**" not in guide} == set()
