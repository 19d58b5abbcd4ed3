"""Tells static/js/kept_answers.js what to forget on a person's device: answers that were saved, or of an account.

The script reads it from a cookie, which arrives with the answer to a form, whatever page follows.
"""

from flask import Response, after_this_request, current_app
from flask_login import current_user

import accounts

COOKIE, LASTS = "isian", 7 * 24 * 3600


def forget_saved(writer: str, turn: int) -> None:
    """Tell the script that this answer has saved what the tab `writer` had typed up to its save number `turn`."""
    if writer:
        _tell(f"{writer}.{turn}")


def forget_account() -> None:
    """Tell the script that the account is signed out here: nothing that was typed under it stays on the device."""
    if current_user.is_authenticated:
        _tell(f"keluar.{accounts.account_mark(current_user)}")


def _tell(what: str) -> None:
    secure = current_app.config["SESSION_COOKIE_SECURE"]

    @after_this_request
    def add(response: Response) -> Response:
        response.set_cookie(COOKIE, what, max_age=LASTS, secure=secure, samesite="Lax")
        return response
