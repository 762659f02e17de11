"""`/v2/oauth/{clientId}`: how tokens are renewed, and got for a code."""

from fastapi import Request

from kalends.access.paths import ClientId
from kalends.api.dependencies import Now, Work
from kalends.api.http import credentials
from kalends.api.http.operation import Router
from kalends.platform.tokens import service
from kalends.platform.tokens.guards import ByClientItself, TokenKey
from kalends.platform.tokens.inputs import ExchangeBody, RefreshTokenBody
from kalends.platform.tokens.outputs import KeysOutput, keys_output
from kalends.platform.tokens.refusals import CodeMissing, CodeUnknown, RefreshTokenUnknown

router = Router("/v2/oauth/{clientId}", "Platform / Managed Users")


@router.post("/refresh", refuses=(RefreshTokenUnknown,), status=200)
async def refresh_tokens(
    _: ByClientItself, client_id: ClientId, body: RefreshTokenBody, key: TokenKey, work: Work, now: Now
) -> KeysOutput:
    """Replace a refresh token by a new pair of tokens. Access tokens live on until they expire."""
    return keys_output(await service.refresh(work, key, client_id, body.refresh_token, now=now))


@router.post("/exchange", refuses=(CodeMissing, CodeUnknown), status=200)
async def exchange_code(
    client_id: ClientId, body: ExchangeBody, request: Request, key: TokenKey, work: Work, now: Now
) -> KeysOutput:
    """Get a pair of tokens for the code that an authorization ended with; it works once."""
    code = credentials.bearer(request.headers.get("authorization", ""))
    if not code:
        raise CodeMissing
    return keys_output(await service.exchange(work, key, client_id, body.client_secret, code, now=now))
