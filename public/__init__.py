"""The public blueprint: pages for applicants and visitors. No rule of the procedure is decided here."""

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
    """Register the public blueprint and the error pages; the demonstration also gets a page of its outgoing mail."""
    blueprint = Blueprint("public", __name__)
    for subject in SUBJECTS:
        subject.add_routes(blueprint)
    filling.mount(blueprint, own.Own())
    if app.config["DEMO"] and not app.config["SMTP_URL"]:
        demo.add_routes(blueprint)
    blueprint.after_request(lighter.lighten)
    app.register_blueprint(blueprint)
    errors.register(app)
