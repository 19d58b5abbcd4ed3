"""Who fills in, and where: applicants on the public pages, counter operators for residents; it draws no page itself."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from flask import redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from keys import RANDOM_NAME
from models import Edition, Office, Permohonan

KEY = RANDOM_NAME  # of applications and files


class Side(ABC):
    """One of the two sides: its role, addresses, frame and words, and how it finds an application."""

    role = ""  # of the workflow
    blueprint = ""  # to whose endpoints the pages belong
    root = ""  # of the pages' addresses
    frame = ""  # the template around each page
    for_others = False  # an officer's: it takes in applications of people who may have been here before
    words: Mapping[str, Any] = MappingProxyType({})  # what the two sides are told differently

    @abstractmethod
    def guarded(self, view: Callable) -> Callable:
        """`view` for those who may come in; the others are sent to the door."""

    @abstractmethod
    def find(self, key: str) -> Permohonan:
        """An application within reach; the others end the request like one that doesn't exist."""

    @abstractmethod
    def home(self) -> str:
        """The address of the list to which one returns."""

    @abstractmethod
    def about(self, edition: Edition) -> str:
        """The address from which one came to begin."""

    def offices(self) -> list[Office] | None:
        """The counters at which the person may take in an application; None where there is no counter."""
        return None

    @abstractmethod
    def begin(self, edition: Edition, place: Office | None, known: Mapping) -> Permohonan:
        """Start an application of the person's own, or take up an untouched one."""

    @abstractmethod
    def unfinished(self, edition: Edition) -> list[Permohonan]:
        """What the person might rather go on with than begin anew."""

    @abstractmethod
    def copy(self, permohonan: Permohonan) -> Permohonan:
        """A new application with the answers and files of an ended one."""

    def villages(self, permohonan: Permohonan) -> Mapping[str, str] | None:
        """Code → name of where the resident may live; None: anywhere."""
        return None

    @abstractmethod
    def page(self, case: "Case", correction) -> ResponseReturnValue:
        """The application's own page, with what is open for correction."""

    @abstractmethod
    def sent(self, case: "Case") -> ResponseReturnValue:
        """What follows once it was submitted."""

    def url(self, page: str, **parts) -> str:
        return url_for(f"{self.blueprint}.{page}", **parts)


@dataclass(frozen=True)
class Case:
    """One application, as it is being filled in from one side."""

    side: Side
    permohonan: Permohonan

    def url(self, page: str, **parts) -> str:
        """The address of one of its pages."""
        return self.side.url(page, key=self.permohonan.key, **parts)

    def to(self, page: str, **parts) -> ResponseReturnValue:
        """On to one of its pages."""
        return redirect(self.url(page, **parts), 303)

    def render(self, template: str, **facts) -> str:
        return render_template(template, case=self, side=self.side, permohonan=self.permohonan, **facts)
