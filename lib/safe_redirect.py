"""Safe redirect targets: paths of this site, which lead to no other host (CWE-601, open redirect)."""

import re


def path_pattern(prefix: str) -> re.Pattern[str]:
    """Return the pattern of the paths under `prefix` (which ends in a slash), with or without a query string."""
    return re.compile(prefix + r"(?![/\\])[A-Za-z0-9_\-./?=&%+~]*")
