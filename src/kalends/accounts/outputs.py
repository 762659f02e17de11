"""The wire of accounts: answers (platform.md 6)."""

from typing import Any, NotRequired

from typing_extensions import TypedDict

from kalends.accounts.user import User
from kalends.auth.principal import MainOrganization


class MeOrganization(TypedDict):
    """The organization that a user belongs to."""

    id: int
    isPlatform: bool


class Me(TypedDict):
    """The authenticated user; `organization` is absent if they belong to none."""

    id: int
    email: str
    timeFormat: int
    defaultScheduleId: int | None
    weekStart: str
    timeZone: str
    username: str
    organizationId: int | None
    name: str | None
    bio: str | None
    avatarUrl: str | None
    locale: str | None
    metadata: dict[str, Any]
    organization: NotRequired[MeOrganization]


def me_output(user: User, organization: MainOrganization | None) -> Me:
    """Show a user to themselves, with the organization that they mainly belong to."""
    output = changed_me_output(user, organization)
    if organization is not None:
        output["organization"] = {"id": organization.id, "isPlatform": organization.is_platform}
    return output


def changed_me_output(user: User, organization: MainOrganization | None) -> Me:
    """Show a user their changed account (platform.md 6)."""
    return {
        "id": user.id,
        # The holder sees the address that they asked for at once; all else waits until it is confirmed.
        "email": user.pending_email or user.email,
        "timeFormat": user.time_format,
        "defaultScheduleId": user.default_schedule_id,
        "weekStart": user.week_start,
        "timeZone": user.time_zone,
        "username": user.username,
        "organizationId": None if organization is None else organization.id,
        "name": user.name,
        "bio": user.bio,
        "avatarUrl": user.avatar_url,
        "locale": user.locale,
        "metadata": user.metadata or {},
    }
