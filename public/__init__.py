"""The public blueprint: pages for applicants and visitors. No rule of the procedure is decided here."""

from flask import Blueprint, Flask

from public import (
    access_report,
    account_link,
    account_recovery,
    account_settings,
    applicant_actions,
    application_status,
    appointment_pages,
    authentication,
    demo_mailbox,
    downloads,
    error_pages,
    information,
    language_switch,
    password_reset,
    pwa,
    resume_form,
    sample_pictures,
    self_service_channel,
    tracking,
    verification,
)
from web import wizard

__all__ = ["error_pages", "register", "resume_form"]

PAGE_MODULES = (
    information, sample_pictures, authentication, account_settings, password_reset, account_recovery,
    application_status, account_link, applicant_actions, downloads, tracking, verification, access_report,
    appointment_pages, pwa, language_switch,
)  # fmt: skip


def register(app: Flask) -> None:
    """Register the public blueprint and the error pages; the demonstration also gets a page of its outgoing mail."""
    blueprint = Blueprint("public", __name__)
    for subject in PAGE_MODULES:
        subject.add_routes(blueprint)
    wizard.mount(blueprint, self_service_channel.SelfServiceChannel())
    if app.config["DEMO"] and not app.config["SMTP_URL"]:
        demo_mailbox.add_routes(blueprint)
    app.register_blueprint(blueprint)
    error_pages.register(app)
