"""The language switch: a link whose choice is stored in a cookie and in the account of a signed-in person."""

from flask import Blueprint, abort, redirect, request, url_for
from flask_login import current_user

import accounts
from lib import i18n
from public import access


def add_routes(blueprint: Blueprint) -> None:
    blueprint.add_url_rule("/bahasa/<code>", "switch", switch_language)


def switch_language(code: str):
    """Store the chosen language and redirect back to the page."""
    if code not in i18n.LANGUAGES:
        abort(404)
    if current_user.is_authenticated:
        accounts.set_language(current_user._get_current_object(), code)
    answer = redirect(access.safe_redirect_target(request.args.get("back"), url_for("public.home")), 303)
    i18n.set_language_cookie(answer, code)
    return answer
