"""Fragment cache: pieces of staff pages that are rendered once; it knows no page and no person.

A piece is a macro of a template imported without context: it sees its arguments and nothing else, so that they are its
whole cache key. Arguments that can't be hashed (a list, a dict) raise an error.
"""

from functools import lru_cache

from flask import Flask
from markupsafe import Markup

REMEMBERED = 500  # pieces in a process


def register(app: Flask) -> None:
    """Give the templates `drawn(template, macro, *facts)`; an app that is being worked on draws anew each time."""

    def draw(template: str, macro: str, *facts) -> Markup:
        return getattr(app.jinja_env.get_template(template).module, macro)(*facts)

    app.jinja_env.globals["drawn"] = draw if app.debug else lru_cache(REMEMBERED, typed=True)(draw)
