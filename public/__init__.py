"""What residents see: a thin blueprint over intake, workflow and papers; no rule of the procedure stands here."""

from flask import Blueprint, Flask

import filling
from public import (
    accesses,
    account_pages,
    acting,
    demo,
    downloads,
    errors,
    installable,
    languages,
    lighter,
    own,
    own_account,
    pages,
    passwords,
    recovering,
    samples,
    status,
    tracking,
)

__all__ = ["errors", "register"]

SUBJECTS = (
    *(pages, samples, account_pages, own_account, passwords, recovering, status, acting, downloads, tracking, accesses),
    *(installable, languages),
)


def register(app: Flask) -> None:
    """Give the app the public pages, its error pages, and in the demonstration the letters it would have sent."""
    blueprint = Blueprint("public", __name__)
    for subject in SUBJECTS:
        subject.add_to(blueprint)
    filling.mount(blueprint, own.Own())
    if app.config["DEMO"] and not app.config["SMTP_URL"]:
        demo.add_to(blueprint)
    blueprint.after_request(lighter.lighten)
    app.register_blueprint(blueprint)
    errors.register(app)
