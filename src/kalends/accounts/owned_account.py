"""An account that belongs to an organization, and what the organization says of it."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from kalends.api.input.changes import UNSET, ChangesOf, Unset


@dataclass(frozen=True, slots=True)
class OwnedAccount:
    """What an organization can change of an account that belongs to it.

    Without `email_verified_at` nothing proves that the address is the user's.
    """

    email: str
    email_verified_at: datetime | None
    username: str
    bio: str | None
    avatar_url: str | None
    time_zone: str
    week_start: str
    app_theme: str | None
    theme: str | None
    default_schedule_id: int | None
    locale: str | None
    time_format: int
    hide_branding: bool
    brand_color: str | None
    dark_brand_color: str | None
    metadata: dict[str, Any] | None


@dataclass(frozen=True, slots=True)
class OwnedAccountChanges(ChangesOf[OwnedAccount]):
    """What an organization says of an account of its own, a new one or one that it changes."""

    email: str | Unset = UNSET
    username: str | Unset = UNSET
    bio: str | Unset | None = UNSET
    avatar_url: str | Unset | None = UNSET
    time_zone: str | Unset = UNSET
    week_start: str | Unset = UNSET
    app_theme: str | Unset | None = UNSET
    theme: str | Unset | None = UNSET
    default_schedule_id: int | Unset | None = UNSET
    locale: str | Unset | None = UNSET
    time_format: int | Unset = UNSET
    hide_branding: bool | Unset = UNSET
    brand_color: str | Unset | None = UNSET
    dark_brand_color: str | Unset | None = UNSET
    metadata: dict[str, Any] | Unset = UNSET


@dataclass(frozen=True, slots=True)
class NewOwnedAccount:
    """An account to create for an organization, and what else is said of it."""

    email: str
    username: str
    organization_id: int
    settings: OwnedAccountChanges
