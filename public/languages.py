"""Changing the language: a plain link that a browser, and a signed-in person's account, remember; it shows no page."""

from flask import Blueprint, abort, redirect, request, url_for
from flask_login import current_user

import accounts
import language
from public import doors


def add_to(blueprint: Blueprint) -> None:
    blueprint.add_url_rule("/bahasa/<code>", "switch", switch)


def switch(code: str):
    """Speak this language from now on, and go back to the page one was on."""
    if code not in language.NAMES:
        abort(404)
    if current_user.is_authenticated:
        accounts.speak(current_user._get_current_object(), code)
    answer = redirect(doors.onward(request.args.get("back"), url_for("public.home")), 303)
    language.remember(answer, code)
    return answer
