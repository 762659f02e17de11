"""The wire of managed users, out (platform.md 4)."""

from typing import Any, NotRequired

from typing_extensions import TypedDict

from kalends.api.input.locales import Locale
from kalends.api.output.envelope import instant
from kalends.platform.tokens.outputs import KeysOutput, keys_output
from kalends.platform.users.managed_user import CreatedUser, ManagedUser


class ManagedUserOutput(TypedDict):
    """A managed user; `email` has the client's id in it, `metadata` is absent unless it was set."""

    id: int
    email: str
    username: str | None
    name: str | None
    bio: str | None
    timeZone: str
    weekStart: str
    createdDate: str
    timeFormat: int | None
    defaultScheduleId: int | None
    locale: Locale | None
    avatarUrl: str | None
    metadata: NotRequired[dict[str, Any]]


class CreatedUserOutput(KeysOutput):
    """A new managed user with the first tokens."""

    user: ManagedUserOutput


def managed_user_output(user: ManagedUser) -> ManagedUserOutput:
    """Show a managed user to their client."""
    output: ManagedUserOutput = {
        "id": user.id,
        "email": user.email,
        "username": user.username,
        "name": user.name,
        "bio": user.bio,
        "timeZone": user.time_zone,
        "weekStart": user.week_start,
        "createdDate": instant(user.created_at),
        "timeFormat": user.time_format,
        "defaultScheduleId": user.default_schedule_id,
        "locale": user.locale,
        "avatarUrl": user.avatar_url,
    }
    if user.metadata is not None:
        output["metadata"] = dict(user.metadata)
    return output


def created_user_output(made: CreatedUser) -> CreatedUserOutput:
    """Show a new managed user with the first tokens."""
    return {"user": managed_user_output(made.user), **keys_output(made.keys)}
