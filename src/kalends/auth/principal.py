"""Who calls, and with which rights."""

from dataclasses import dataclass
from enum import Enum, IntFlag
from uuid import UUID

from kalends.accounts.user import User


class AuthMethod(Enum):
    """The kinds of credential (http-core.md 8)."""

    API_KEY = "api_key"
    OAUTH_CLIENT = "oauth_client"
    ACCESS_TOKEN = "access_token"  # noqa: S105 - the name of a kind, not a secret


class Permission(IntFlag):
    """What an OAuth client may do for its users; API keys may do everything (http-core.md 9.1)."""

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


NO_PERMISSION = Permission(0)
ALL_PERMISSIONS = Permission(1023)


@dataclass(frozen=True, slots=True)
class MainOrganization:
    """The organization that a user mainly belongs to (http-core.md 8.6)."""

    id: int
    is_platform: bool


@dataclass(frozen=True, slots=True)
class Principal:
    """An authenticated caller: always a user, whatever the credential.

    An API key acts as its user. An OAuth client acts as its platform's owner, an access token as the user for
    whom the client got it; `client_id` is that client, None for an API key.

    `key_id` is that of an API key. `organization_id` is the organization or team that the credential names:
    the one of a key or of the client, and the main one of an access token's user. It gives no right,
    memberships do.
    `permissions` are those of the OAuth client, all for an API key.
    """

    user: User
    method: AuthMethod
    key_id: UUID | None = None
    organization_id: int | None = None
    main_organization: MainOrganization | None = None
    client_id: str | None = None
    permissions: Permission = ALL_PERMISSIONS
