"""Channels: self-service by applicants, and counter operators for residents; it renders no page itself."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from flask import redirect, render_template, url_for
from flask.typing import ResponseReturnValue

import workflow
from catalogue.closed_services import ClosedService, closed_service
from lib.encryption import RANDOM_NAME
from models import Edition, Office, Permohonan

KEY_PATTERN = RANDOM_NAME  # of applications and files


class Channel(ABC):
    """A channel: its role, URLs, base template and texts, and how it finds and creates applications."""

    role = ""  # of the workflow
    blueprint = ""  # the name that endpoints begin with
    root = ""  # of the pages' paths
    frame = ""  # the base template of each page
    for_others = False  # true at a counter: the operator fills in for residents
    words: Mapping[str, Any] = MappingProxyType({})  # texts that differ between channels

    @abstractmethod
    def require_access(self, view: Callable) -> Callable:
        """Wrap a view so that it requires the channel's role; everybody else is sent to sign in."""

    @abstractmethod
    def find(self, key: str) -> Permohonan:
        """Find an application within the person's reach; any other aborts like one that doesn't exist."""

    @abstractmethod
    def home_url(self) -> str:
        """Return the URL of the person's list of applications."""

    @abstractmethod
    def about(self, edition: Edition) -> str:
        """Return the URL of the page before the wizard."""

    def offices(self) -> list[Office] | None:
        """Return the counters at which the person may take in applications; None in a channel without counters."""
        return None

    @abstractmethod
    def begin(self, edition: Edition, place: Office | None, known: Mapping) -> Permohonan:
        """Create an application for the person, or resume an untouched one; `known` are answers to begin with."""

    @abstractmethod
    def unfinished_applications(self, edition: Edition) -> list[Permohonan]:
        """Return applications of the same service that the person could continue instead."""

    @abstractmethod
    def copy(self, permohonan: Permohonan) -> Permohonan:
        """Create a copy of an ended application."""

    def villages(self, permohonan: Permohonan) -> Mapping[str, str] | None:
        """Return the villages where the resident may live (names by code); None: anywhere."""
        return None

    @abstractmethod
    def page(self, case: ApplicationInChannel, correction) -> ResponseReturnValue:
        """Render the application's own page, with its correction form if there is one."""

    @abstractmethod
    def after_submission(self, case: ApplicationInChannel) -> ResponseReturnValue:
        """Return the response after a submission."""

    def url(self, page: str, **parts) -> str:
        """Return the URL of an endpoint of the channel."""
        return url_for(f"{self.blueprint}.{page}", **parts)


@dataclass(frozen=True)
class ApplicationInChannel:
    """An application as a channel sees it."""

    channel: Channel
    permohonan: Permohonan

    @property
    def closed(self) -> ClosedService | None:
        """Return what is said of its service where it is closed, to whom has not sent it, or has to begin anew."""
        permohonan = self.permohonan
        concerned = permohonan.id and (permohonan.submitted_at is None or workflow.STATES[permohonan.state].final)
        return closed_service(permohonan.layanan) if concerned else None

    def url(self, page: str, **parts) -> str:
        """Return the URL of one of the application's pages."""
        return self.channel.url(page, key=self.permohonan.key, **parts)

    def redirect_to(self, page: str, **parts) -> ResponseReturnValue:
        """Redirect to one of the application's pages."""
        return redirect(self.url(page, **parts), 303)

    def render(self, template: str, **facts) -> str:
        """Render a template with the application, its channel and `facts`."""
        return render_template(template, case=self, channel=self.channel, permohonan=self.permohonan, **facts)
