"""The wire of accounts (platform.md 6)."""

from typing import Literal, NotRequired

from pydantic import Field
from typing_extensions import TypedDict

from kalends.accounts.user import User
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
from kalends.auth.principal import MainOrganization

Weekday = Literal["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"]


class UpdateMe(Changes):
    """What a user may change of their account. `null` clears what may be empty."""

    email: Email = ""
    name: Text | None = None
    time_format: Literal[12, 24] | None = None
    default_schedule_id: Integer | None = None
    week_start: Weekday = "Sunday"
    time_zone: TimeZone = ""
    locale: Locale | None = None
    avatar_url: Url | None = None
    bio: Text | None = None
    metadata: Metadata = Field(default_factory=dict)


class MeOrganization(TypedDict):
    """The organization that a user belongs to."""

    id: int
    isPlatform: bool


class Me(TypedDict):
    """The authenticated user; `organization` is absent for a user of none."""

    id: int
    email: str
    timeFormat: int
    defaultScheduleId: int | None
    weekStart: str
    timeZone: str
    username: str
    organizationId: int | None
    organization: NotRequired[MeOrganization]


def me(user: User, organization: MainOrganization | None) -> Me:
    """Show a user to themselves, with the organization that they mainly belong to."""
    shown = changed_me(user, organization)
    if organization is not None:
        shown["organization"] = {"id": organization.id, "isPlatform": organization.is_platform}
    return shown


def changed_me(user: User, organization: MainOrganization | None) -> Me:
    """Show a user what they have changed of themselves (platform.md 6)."""
    return {
        "id": user.id,
        "email": user.email,
        "timeFormat": user.time_format,
        "defaultScheduleId": user.default_schedule_id,
        "weekStart": user.week_start,
        "timeZone": user.time_zone,
        "username": user.username,
        "organizationId": None if organization is None else organization.id,
    }
