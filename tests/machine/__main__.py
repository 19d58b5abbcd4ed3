"""Downloads the programs that tests need before any timeout starts: a browser may take minutes on a slow line."""

import pytest

from tests.machine.programs import chromium, poppler

for get in (poppler, chromium):
    try:
        get()
    except (pytest.skip.Exception, pytest.fail.Exception) as lack:
        print(lack.msg)  # the tests that need it say so again
