"""Who calls, and by which right."""

from dataclasses import dataclass
from enum import Enum, IntFlag
from uuid import UUID

from kalends.accounts.user import User


class AuthMethod(Enum):
    """The kinds of credential (http-core note, section 8)."""

    API_KEY = "api_key"
    OAUTH_CLIENT = "oauth_client"
    ACCESS_TOKEN = "access_token"  # noqa: S105 - the name of a kind, not a secret


class Permission(IntFlag):
    """What an OAuth client may do for its users; API keys may do everything (http-core note, 9.1)."""

    EVENT_TYPE_READ = 1
    EVENT_TYPE_WRITE = 2
    BOOKING_READ = 4
    BOOKING_WRITE = 8
    SCHEDULE_READ = 16
    SCHEDULE_WRITE = 32
    APPS_READ = 64
    APPS_WRITE = 128
    PROFILE_READ = 256
    PROFILE_WRITE = 512


ALL_PERMISSIONS = Permission(1023)


@dataclass(frozen=True, slots=True)
class Principal:
    """An authenticated caller.

    `permissions` are those of the OAuth client behind the credential, all for an API key; `credential_id`
    identifies the key or token itself, `organization_id` the organization that the credential acts in.
    """

    user: User
    method: AuthMethod
    credential_id: UUID
    organization_id: int | None = None
    permissions: Permission = ALL_PERMISSIONS
