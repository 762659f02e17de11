"""The wire of the provider, out (http-core.md 12)."""

from typing_extensions import TypedDict

from kalends.platform.clients.client import OAuthClient


class ProviderOutput(TypedDict):
    """What anybody may know of an OAuth client."""

    clientId: str
    organizationId: int
    name: str


def provider_output(client: OAuthClient) -> ProviderOutput:
    """Show a client to anybody."""
    return {"clientId": client.id, "organizationId": client.organization_id, "name": client.name}
