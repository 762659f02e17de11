"""A user, as other domains see them."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from kalends.api.input.changes import UNSET, ChangesOf, Unset

DEFAULT_TIME_FORMAT = 12


@dataclass(frozen=True, slots=True)
class NewUser:
    """An account to create. With `has_verified_email` whoever creates it vouches for the address."""

    email: str
    username: str
    name: str | None
    time_zone: str
    is_system_admin: bool = False
    has_verified_email: bool = False


@dataclass(frozen=True, slots=True)
class User:
    """An account: somebody who can be booked and who calls the API.

    Without `email_verified_at` nothing proves that the address is theirs. `pending_email` takes its place
    once its holder confirms it; until then it decides nothing. One that `is_platform_managed` was made by an
    OAuth client, which is `oauth_client_id` unless it is gone.
    """

    id: int
    email: str
    username: str
    name: str | None
    avatar_url: str | None
    bio: str | None
    time_zone: str
    week_start: str
    time_format: int
    locale: str | None
    default_schedule_id: int | None
    metadata: dict[str, Any] | None
    is_system_admin: bool
    is_locked: bool
    email_verified_at: datetime | None
    pending_email: str | None
    is_platform_managed: bool = False
    oauth_client_id: str | None = None

    @property
    def verified_email(self) -> str | None:
        """The address, if it is proven to be theirs."""
        return None if self.email_verified_at is None else self.email

    @property
    def display_name(self) -> str:
        """The name to show: the user's own, else the username."""
        return self.name or self.username


@dataclass(frozen=True, slots=True)
class UserChanges(ChangesOf[User]):
    """Changes of an account."""

    email: str | Unset = UNSET
    username: str | Unset = UNSET
    name: str | Unset | None = UNSET
    avatar_url: str | Unset | None = UNSET
    bio: str | Unset | None = UNSET
    time_zone: str | Unset = UNSET
    week_start: str | Unset = UNSET
    time_format: int | Unset = UNSET
    locale: str | Unset | None = UNSET
    default_schedule_id: int | Unset | None = UNSET
    metadata: dict[str, Any] | Unset = UNSET
    is_system_admin: bool | Unset = UNSET
    is_locked: bool | Unset = UNSET
    email_verified_at: datetime | Unset | None = UNSET
    pending_email: str | Unset | None = UNSET
