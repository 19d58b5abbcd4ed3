"""The language switch: a link whose choice is stored in a cookie and in the account of a signed-in person."""

from flask import Blueprint, abort, redirect, request, url_for
from flask_login import current_user

import accounts
import language
from public import doors


def add_routes(blueprint: Blueprint) -> None:
    blueprint.add_url_rule("/bahasa/<code>", "switch", switch)


def switch(code: str):
    """Store the chosen language and redirect back to the page."""
    if code not in language.NAMES:
        abort(404)
    if current_user.is_authenticated:
        accounts.speak(current_user._get_current_object(), code)
    answer = redirect(doors.onward(request.args.get("back"), url_for("public.home")), 303)
    language.remember(answer, code)
    return answer
