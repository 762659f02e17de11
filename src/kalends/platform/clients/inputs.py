"""The wire of OAuth clients, in (platform.md 3)."""

from typing import Annotated, Any, Literal, TypeAlias

from pydantic import BeforeValidator, Field, WithJsonSchema

from kalends.api.input.changes import NOT_SENT
from kalends.api.input.fields import Boolean, Rule, Text, check_boolean, check_text, violation
from kalends.api.wire import Body, Changes
from kalends.auth.principal import ALL_PERMISSIONS, NO_PERMISSION, Permission
from kalends.outgoing import InvalidUrl, parse_url
from kalends.platform.clients.client import (
    ClientChanges,
    ClientSettings,
    CreateClient,
    PermissionName,
)

_MOST_URIS = 100
_MOST_PERMISSIONS = 100
_EVERYTHING = "*"

PermissionOrAll: TypeAlias = Literal[PermissionName, "*"]


def _check_booking_uri(value: object) -> str | None:
    """Return where links of bookings lead, None for an empty text. It stands in mails, so it is no script."""
    if value is None or value == "":
        return None
    uri = check_text(value)
    try:
        parse_url(uri)
    except InvalidUrl as error:
        raise violation("isUrl", str(error)) from error
    return uri


def _check_calendar_events(value: object) -> bool:
    if check_boolean(value):
        raise violation("isIn", "must be false, as this server writes no events into calendars yet")
    return False


_NULLABLE_TEXT: dict[str, Any] = {"anyOf": [{"type": "string"}, {"type": "null"}]}

CalendarEvents: TypeAlias = Annotated[
    bool, BeforeValidator(_check_calendar_events), WithJsonSchema({"type": "boolean"})
]
"""Of later versions of the API."""

BookingUri: TypeAlias = Annotated[
    str | None, BeforeValidator(_check_booking_uri), WithJsonSchema(_NULLABLE_TEXT)
]
RedirectUris: TypeAlias = Annotated[
    list[Text], Rule("isArray", "must be an array"), Field(max_length=_MOST_URIS)
]
Permissions: TypeAlias = Annotated[
    list[PermissionOrAll], Rule("isArray", "must be an array"), Field(max_length=_MOST_PERMISSIONS)
]


class CreateOAuthClientBody(Body):
    """A new OAuth client; `permissions` with `*` are all."""

    name: Text
    redirect_uris: RedirectUris
    permissions: Permissions
    logo: Text | None = None
    booking_redirect_uri: BookingUri = None
    booking_cancel_redirect_uri: BookingUri = None
    booking_reschedule_redirect_uri: BookingUri = None
    are_emails_enabled: Boolean | None = None
    are_default_event_types_enabled: Boolean | None = None
    are_calendar_events_enabled: CalendarEvents | None = None

    def to_command(self) -> CreateClient:
        """Return the command that this body stands for."""
        settings = ClientSettings(
            name=self.name,
            logo=self.logo,
            redirect_uris=self.redirect_uris,
            booking_redirect_uri=self.booking_redirect_uri,
            booking_cancel_redirect_uri=self.booking_cancel_redirect_uri,
            booking_reschedule_redirect_uri=self.booking_reschedule_redirect_uri,
            are_emails_enabled=bool(self.are_emails_enabled),
            are_default_event_types_enabled=bool(self.are_default_event_types_enabled),
        )
        return CreateClient(settings, _bits_of(self.permissions))


class UpdateOAuthClientBody(Changes):
    """Changes of an OAuth client; null clears `logo` and the booking URIs. Permissions never change."""

    name: Text = NOT_SENT
    redirect_uris: RedirectUris = NOT_SENT
    logo: Text | None = NOT_SENT
    booking_redirect_uri: BookingUri = NOT_SENT
    booking_cancel_redirect_uri: BookingUri = NOT_SENT
    booking_reschedule_redirect_uri: BookingUri = NOT_SENT
    are_emails_enabled: Boolean = NOT_SENT
    are_default_event_types_enabled: Boolean = NOT_SENT
    are_calendar_events_enabled: CalendarEvents = NOT_SENT

    def to_changes(self) -> ClientChanges:
        """Return the changes that this body stands for."""
        return ClientChanges(
            name=self.name,
            logo=self.logo,
            redirect_uris=self.redirect_uris,
            booking_redirect_uri=self.booking_redirect_uri,
            booking_cancel_redirect_uri=self.booking_cancel_redirect_uri,
            booking_reschedule_redirect_uri=self.booking_reschedule_redirect_uri,
            are_emails_enabled=self.are_emails_enabled,
            are_default_event_types_enabled=self.are_default_event_types_enabled,
        )


def _bits_of(names: list[PermissionOrAll]) -> Permission:
    if _EVERYTHING in names:
        return ALL_PERMISSIONS
    bits = NO_PERMISSION
    for name in names:
        bits |= Permission[name]
    return bits
