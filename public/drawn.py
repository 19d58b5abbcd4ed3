"""Keeps public pages as they were drawn, each under everything it shows; so nothing ever has to be thrown away in time.

It reads nothing, and decides nothing about who may see a page: that was asked before.
"""

from collections.abc import Callable, Hashable
from threading import Lock

from flask import current_app, g, request, session
from flask_login import current_user

import language
import templating

MOST = 300  # pages in a process; the oldest go first
ONE_AT_A_TIME = Lock()


def page(facts: Hashable, draw: Callable[[], str]) -> str:
    """The page that `draw` makes of `facts`: all that it shows inside of the frame, whose own facts are added here."""
    if "_flashes" in session or request.query_string or current_app.debug:
        return draw()  # said once; asked by one person; a template that is being written
    kept: dict[Hashable, list[str]] = current_app.extensions.setdefault("drawn", {})
    framed = (request.path, language.current(), current_user.is_authenticated, str(templating.card()), facts)
    pieces = kept.get(framed)
    if pieces is None:
        drawn = draw()
        token = g.get("csrf_token")
        pieces = drawn.split(token) if token else [drawn]
        with ONE_AT_A_TIME:
            kept[framed] = pieces
            while len(kept) > MOST:
                del kept[next(iter(kept))]
    return pieces[0] if len(pieces) == 1 else templating.csrf_token().join(pieces)  # a token is its session's own
