"""A user, as the other domains know them."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any


@dataclass(frozen=True, slots=True)
class User:
    """An account: somebody who can be booked and who calls the API.

    `email_verified_at` None: nothing proves that the address is theirs.
    """

    id: int
    email: str
    username: str
    name: str | None
    avatar_url: str | None
    time_zone: str
    week_start: str
    time_format: int
    locale: str | None
    default_schedule_id: int | None
    metadata: dict[str, Any] | None
    is_system_admin: bool
    is_locked: bool

    @property
    def display_name(self) -> str:
        """Return the name to show: the user's own, else the username."""
        return self.name or self.username

    email_verified_at: datetime | None


COLUMNS = tuple(User.__dataclass_fields__)
"""The columns that make a `User`, in order."""


def columns(alias: str) -> str:
    """Return the select list of a `User` for a table alias."""
    return ", ".join(f"{alias}.{name}" for name in COLUMNS)
