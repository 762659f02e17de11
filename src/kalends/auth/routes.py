"""`/v2/api-keys`."""

from fastapi import Response

from kalends.api.dependencies import CurrentSettings, Now, Work
from kalends.api.envelope import success
from kalends.api.routing import Router
from kalends.api.wire import Success
from kalends.auth import schemas, service
from kalends.auth.dependencies import Caller

router = Router("/v2/api-keys", "Api Keys")


@router.post("/refresh", status_code=200, response_model=Success[schemas.ApiKeyOutput])
async def refresh_api_key(
    caller: Caller, body: schemas.RefreshApiKeyBody, work: Work, now: Now, settings: CurrentSettings
) -> Response:
    """Replace the API key of this request by a new one; the old one stops working."""
    created = await service.refresh_api_key(
        work, caller, body.to_command(), now=now, prefix=settings.api_key_prefix
    )
    return success({"apiKey": created.api_key})
