"""The wire of accounts: requests (platform.md 6)."""

from typing import Literal

from kalends.accounts.user import DEFAULT_TIME_FORMAT, UserChanges
from kalends.api.input.changes import NOT_SENT
from kalends.api.input.fields import (
    Email,
    Integer,
    Metadata,
    Text,
    TimeZone,
    Url,
)
from kalends.api.input.locales import Locale
from kalends.api.wire import Changes

Weekday = Literal["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"]


class UpdateMe(Changes):
    """What users may change in their own account. `null` clears what may be empty."""

    email: Email = NOT_SENT
    name: Text | None = NOT_SENT
    time_format: Literal[12, 24] | None = NOT_SENT
    default_schedule_id: Integer | None = NOT_SENT
    week_start: Weekday = NOT_SENT
    time_zone: TimeZone = NOT_SENT
    locale: Locale | None = NOT_SENT
    avatar_url: Url | None = NOT_SENT
    bio: Text | None = NOT_SENT
    metadata: Metadata = NOT_SENT

    def to_changes(self) -> UserChanges:
        """Return the changes that this body stands for."""
        return UserChanges(
            email=self.email,
            name=self.name,
            time_format=DEFAULT_TIME_FORMAT if self.time_format is None else self.time_format,
            default_schedule_id=self.default_schedule_id,
            week_start=self.week_start,
            time_zone=self.time_zone,
            locale=self.locale,
            avatar_url=self.avatar_url,
            bio=self.bio,
            metadata=self.metadata,
        )
