"""The page cache: rendered status pages, each under everything that it shows, so that none needs invalidation.

It makes no query and checks no permission: both were done before. Without it the status page takes four times as long.
"""

from collections.abc import Callable, Hashable
from threading import Lock

from flask import current_app, g, request, session
from flask_wtf.csrf import generate_csrf

from lib import i18n
from web import filters

MAX_PAGES = 300  # pages in a process; the oldest go first
LOCK = Lock()


def cached_page(facts: Hashable, draw: Callable[[], str]) -> str:
    """Return the page that `draw` renders of `facts`, which are all that it shows within the frame of every page."""
    if "_flashes" in session or request.query_string or current_app.debug:
        return draw()  # shown once; asked for once; a template that is being edited
    cache: dict[Hashable, list[str]] = current_app.extensions.setdefault("page_cache", {})
    key = (request.path, i18n.current_language(), str(filters.office_card()), facts)
    pieces = cache.get(key)
    if pieces is None:
        rendered = draw()
        token = g.get("csrf_token")
        pieces = rendered.split(token) if token else [rendered]
        with LOCK:
            cache[key] = pieces
            while len(cache) > MAX_PAGES:
                del cache[next(iter(cache))]
    return pieces[0] if len(pieces) == 1 else generate_csrf().join(pieces)  # each session has its own token
