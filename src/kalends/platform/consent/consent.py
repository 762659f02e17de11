"""Somebody's consent that an OAuth client acts for them, asked for by a link in a mail."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID


@dataclass(frozen=True, slots=True)
class Asked:
    """What a page is asked for: by which client, where to go back to, and with what of the client's own."""

    client_id: str
    redirect_uri: str
    state: str | None


@dataclass(frozen=True, slots=True)
class Person:
    """Whose consent can be asked for, and how they read."""

    id: int
    name: str | None
    email: str
    locale: str | None
    time_zone: str
    time_format: int


@dataclass(frozen=True, slots=True)
class NewConsent:
    """A question to store; `link` is the secret of its mail."""

    asked: Asked
    user_id: int
    link: str
    asked_at: datetime
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class Consent:
    """A question that was mailed. `permissions` are the client's bits."""

    id: UUID
    client_id: str
    client_name: str
    permissions: int
    redirect_uris: list[str]
    user_id: int
    redirect_uri: str
    state: str | None
    expires_at: datetime
    used_at: datetime | None
    locale: str | None
    time_zone: str
    time_format: int

    def is_open(self, now: datetime) -> bool:
        """Tell whether it can be answered."""
        return self.used_at is None and now < self.expires_at
