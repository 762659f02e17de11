"""The wire of OAuth clients, out (platform.md 3)."""

from typing import NotRequired

from typing_extensions import TypedDict

from kalends.api.output.envelope import instant
from kalends.platform.clients.client import NewClient, OAuthClient, PermissionName
from kalends.security.encryption import Keyring


class CreatedClientOutput(TypedDict):
    """The id and the secret of a new OAuth client."""

    clientId: str
    clientSecret: str


class OAuthClientOutput(TypedDict):
    """An OAuth client; a booking URI that is not set is absent. Of MEMBERs `secret` is an empty text."""

    id: str
    name: str
    secret: str
    permissions: list[PermissionName]
    logo: str | None
    redirectUris: list[str]
    organizationId: int
    createdAt: str
    areEmailsEnabled: bool
    areDefaultEventTypesEnabled: bool
    bookingRedirectUri: NotRequired[str]
    bookingCancelRedirectUri: NotRequired[str]
    bookingRescheduleRedirectUri: NotRequired[str]


def created_client_output(made: NewClient) -> CreatedClientOutput:
    """Show what a new client is known by."""
    return {"clientId": made.id, "clientSecret": made.secret}


def client_output(client: OAuthClient, keys: Keyring, *, shows_secret: bool) -> OAuthClientOutput:
    """Show a client to somebody in its platform; whoever has the secret can act as its owner.

    Raises:
        KeyMissing: the secret was encrypted with a key that this server does not have.
    """
    output: OAuthClientOutput = {
        "id": client.id,
        "name": client.name,
        "secret": keys.decrypt(client.secret) if shows_secret else "",
        "permissions": client.permission_names,
        "logo": client.logo,
        "redirectUris": list(client.redirect_uris),
        "organizationId": client.organization_id,
        "createdAt": instant(client.created_at),
        "areEmailsEnabled": client.are_emails_enabled,
        "areDefaultEventTypesEnabled": client.are_default_event_types_enabled,
    }
    if client.booking_redirect_uri is not None:
        output["bookingRedirectUri"] = client.booking_redirect_uri
    if client.booking_cancel_redirect_uri is not None:
        output["bookingCancelRedirectUri"] = client.booking_cancel_redirect_uri
    if client.booking_reschedule_redirect_uri is not None:
        output["bookingRescheduleRedirectUri"] = client.booking_reschedule_redirect_uri
    return output
