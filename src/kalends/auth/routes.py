"""`/v2/api-keys`."""

from kalends.api.dependencies import CurrentSettings, Now, Work
from kalends.api.http.operation import Router
from kalends.auth import inputs, outputs, service
from kalends.auth.dependencies import Caller
from kalends.auth.refusals import AdministratorNeeded, ContradictingExpiry, KeyReplaced, OnlyKeysAreRefreshed

router = Router("/v2/api-keys", "Api Keys")


@router.post(
    "/refresh",
    refuses=(OnlyKeysAreRefreshed, ContradictingExpiry, AdministratorNeeded, KeyReplaced),
    status=200,
)
async def refresh_api_key(
    caller: Caller, body: inputs.RefreshApiKeyBody, work: Work, now: Now, settings: CurrentSettings
) -> outputs.ApiKeyOutput:
    """Replace the API key of this request by a new one; the old one stops working."""
    created = await service.refresh_api_key(
        work, caller, body.to_command(), now=now, prefix=settings.api_key_prefix
    )
    return outputs.api_key_output(created)
