"""An OAuth client: a product that embeds scheduling, with users of its own."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal, TypeAlias, get_args

from kalends.api.input.changes import UNSET, ChangesOf, Unset
from kalends.auth.principal import Permission

# fmt: off
PermissionName: TypeAlias = Literal[
    "EVENT_TYPE_READ", "EVENT_TYPE_WRITE", "BOOKING_READ", "BOOKING_WRITE", "SCHEDULE_READ",
    "SCHEDULE_WRITE", "APPS_READ", "APPS_WRITE", "PROFILE_READ", "PROFILE_WRITE",
]
# fmt: on
PERMISSION_NAMES: tuple[PermissionName, ...] = get_args(PermissionName)


@dataclass(frozen=True, slots=True)
class ClientSettings:
    """What the owners of a client decide; the booking URIs are where its bookings' links lead."""

    name: str
    logo: str | None
    redirect_uris: Sequence[str]
    booking_redirect_uri: str | None
    booking_cancel_redirect_uri: str | None
    booking_reschedule_redirect_uri: str | None
    are_emails_enabled: bool
    are_default_event_types_enabled: bool


@dataclass(frozen=True, slots=True)
class OAuthClient(ClientSettings):
    """A client as it is stored. `secret` is encrypted, `permissions` are bits."""

    id: str
    secret: bytes
    permissions: int
    organization_id: int
    created_at: datetime

    @property
    def permission_names(self) -> list[PermissionName]:
        """The names of its permissions, in the order of their bits."""
        return [name for name in PERMISSION_NAMES if Permission[name] & self.permissions]

    @property
    def snapshot(self) -> Mapping[str, Any]:
        """What the audit log tells of it."""
        return {
            "name": self.name,
            "logo": self.logo,
            "permissions": self.permission_names,
            "redirectUris": list(self.redirect_uris),
            "bookingRedirectUri": self.booking_redirect_uri,
            "bookingCancelRedirectUri": self.booking_cancel_redirect_uri,
            "bookingRescheduleRedirectUri": self.booking_reschedule_redirect_uri,
            "areEmailsEnabled": self.are_emails_enabled,
            "areDefaultEventTypesEnabled": self.are_default_event_types_enabled,
        }


@dataclass(frozen=True, slots=True)
class CreateClient:
    """A client that is asked for."""

    settings: ClientSettings
    permissions: Permission


@dataclass(frozen=True, slots=True)
class NewClient:
    """What a client is known by once it is made, with its secret in clear."""

    id: str
    secret: str


@dataclass(frozen=True, slots=True)
class ClientChanges(ChangesOf[OAuthClient]):
    """What is to change of a client."""

    name: str | Unset = UNSET
    logo: str | Unset | None = UNSET
    redirect_uris: Sequence[str] | Unset = UNSET
    booking_redirect_uri: str | Unset | None = UNSET
    booking_cancel_redirect_uri: str | Unset | None = UNSET
    booking_reschedule_redirect_uri: str | Unset | None = UNSET
    are_emails_enabled: bool | Unset = UNSET
    are_default_event_types_enabled: bool | Unset = UNSET
