"""The tests; a package, so that `tests.machine` is one module wherever it is imported from."""

from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent  # of the project
