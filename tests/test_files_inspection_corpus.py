"""Real odd files: other programs' test files, fetched in `make fuzz`, are stored whole or refused with a sentence.

They are fetched and not carried, since each has a licence of its own.
"""

import subprocess
from pathlib import Path

import pytest

from tests.helpers import corpus_check

pytestmark = [pytest.mark.fuzz, pytest.mark.timeout(3600)]
FOLDER = Path(__file__).parent.parent / ".cache" / "corpus"
SOURCES = {  # repository: folder of its test files
    "mozilla/pdf.js": "test/pdfs",
    "pikepdf/pikepdf": "tests/resources",
    "py-pdf/pypdf": "resources",
    "py-pdf/sample-files": ".",
    "bigcat88/pillow_heif": "tests/images",
    "ianare/exif-samples": "jpg",
}


def fetched(source: str) -> Path:
    """Fetch a repository once; skip the test where the network doesn't reach it."""
    target = FOLDER / source.replace("/", "+")
    if not target.exists():
        done = subprocess.run(
            ["git", "clone", "--quiet", "--depth", "1", f"https://github.com/{source}", str(target)],
            capture_output=True, text=True, check=False,
        )  # fmt: skip
        if done.returncode:
            pytest.skip(done.stderr.strip()[-200:])
    return target


@pytest.mark.parametrize(("source", "folder"), SOURCES.items(), ids=SOURCES.keys())
def test_real_files_lose_nothing(source, folder):
    assert corpus_check.main([str(fetched(source) / folder)]) == 0
