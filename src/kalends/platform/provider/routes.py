"""`/v2/provider/{clientId}`: what components that are embedded in pages ask when they start."""

from kalends.access.paths import ClientId
from kalends.api.dependencies import Reader
from kalends.api.http.operation import Router
from kalends.auth.dependencies import Caller
from kalends.auth.refusals import UnknownOAuthClient
from kalends.platform.clients import service
from kalends.platform.provider.outputs import ProviderOutput, provider_output

router = Router("/v2/provider/{clientId}", "OAuth Clients")


@router.get("", refuses=(UnknownOAuthClient,))
async def get_provider(client_id: ClientId, connection: Reader) -> ProviderOutput:
    """Show what anybody may know of an OAuth client."""
    client = await service.find(connection, client_id)
    if client is None:
        raise UnknownOAuthClient
    return provider_output(client)


@router.get("/access-token")
async def check_access_token(_caller: Caller, _client_id: ClientId) -> None:
    """Answer with success if the credential is good; 498 asks for a refresh."""
