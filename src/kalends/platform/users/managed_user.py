"""Managed users: accounts that an OAuth client made in its platform, and acts for (platform.md 1.4 and 4)."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from kalends.api.input.changes import UNSET, ChangesOf, Unset
from kalends.api.input.locales import Locale
from kalends.platform.tokens.keys import Keys
from kalends.teams.slug import slug_of

LONGEST_EMAIL = 254
_LABELS_OF_DOMAIN = 2
_ADDRESS = re.compile(r"[^\s@]+@[^\s@]+\.[^\s@]+")


@dataclass(frozen=True, slots=True)
class ManagedUser:
    """An account that a client manages; `email` has the client's id in it."""

    id: int
    email: str
    username: str
    name: str | None
    bio: str | None
    time_zone: str
    week_start: str
    created_at: datetime
    time_format: int
    default_schedule_id: int | None
    locale: Locale | None
    avatar_url: str | None
    metadata: Mapping[str, Any] | None
    organization_id: int | None

    @property
    def snapshot(self) -> Mapping[str, Any]:
        """What the audit log tells of one."""
        return {
            "email": self.email,
            "username": self.username,
            "name": self.name,
            "timeZone": self.time_zone,
            "isPlatformManaged": True,
        }


@dataclass(frozen=True, slots=True)
class CreateManagedUser:
    """An account to make; `settings` are columns. Without `time_zone` it gets no schedule."""

    email: str
    time_zone: str | None
    settings: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class CreatedUser:
    """A new account with its first tokens."""

    user: ManagedUser
    keys: Keys


@dataclass(frozen=True, slots=True)
class ManagedUserChanges(ChangesOf[ManagedUser]):
    """What is to change of a managed user; `email` is as it was sent, without the client's id."""

    email: str | Unset = UNSET
    username: str | Unset = UNSET
    name: str | Unset | None = UNSET
    bio: str | Unset | None = UNSET
    time_zone: str | Unset = UNSET
    week_start: str | Unset = UNSET
    time_format: int | Unset = UNSET
    default_schedule_id: int | Unset | None = UNSET
    locale: Locale | Unset | None = UNSET
    avatar_url: str | Unset | None = UNSET
    metadata: Mapping[str, Any] | Unset = UNSET


@dataclass(frozen=True, slots=True)
class ListManagedUsers:
    """Which users of a client to list; `emails` None: all. Each is with the client's id or without."""

    limit: int
    offset: int
    emails: Sequence[str] | None = None


def is_address(text: str) -> bool:
    """Tell whether a client may give this as the address of a user: one `@`, and a dot behind it."""
    return _ADDRESS.fullmatch(text) is not None and text.isprintable() and len(text) <= LONGEST_EMAIL


def managed_email(email: str, client_id: str) -> str:
    """Return the address that a client's user is known by; one that is such an address already stays."""
    local, _, domain = email.partition("@")
    suffix = f"+{client_id}"
    return email if local.endswith(suffix) else f"{local}{suffix}@{domain}"


def username_of(managed: str) -> str:
    """Return the username that goes with a managed address: its local part and two labels of its domain."""
    local, _, domain = managed.partition("@")
    return slug_of("-".join([local, *domain.split(".")[:_LABELS_OF_DOMAIN]]))
