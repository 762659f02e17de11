"""Why a caller is refused, and why a key cannot be made, refreshed or found."""

from uuid import UUID

from kalends.api.output.errors import (
    BadRequest,
    ExpiredCredential,
    Forbidden,
    NotFound,
    Refusals,
    Unauthorized,
)


class CredentialMissing(Unauthorized):
    """401: the operation needs a credential."""

    message = "This operation needs a credential; send Authorization: Bearer and your API key."


class UnknownBearer(Unauthorized):
    """401: this server does not know the bearer token."""

    message = "This credential is not known; send Authorization: Bearer and your API key."


class UnknownOAuthClient(Unauthorized):
    """401: there is no OAuth client with this id and secret."""

    message = "These OAuth client credentials are not known."


class HalfOfOAuthClient(Unauthorized):
    """401: only one of an OAuth client's id and secret was sent."""

    message = "An OAuth client needs both x-cal-client-id and x-cal-secret-key."


class ApiKeyExpired(Unauthorized):
    """401: the API key has expired."""

    message = "This API key has expired."


class TokenExpired(ExpiredCredential):
    """498: the access token has expired; clients take this as the sign to refresh it."""

    message = "ACCESS_TOKEN_IS_EXPIRED"


class OriginNotAllowed(Unauthorized):
    """401: the `Origin` of the request is none of the redirect URIs of the access token's client."""

    message = "The Origin of this request is none of the redirect URIs of the OAuth client."


class AccountLocked(Unauthorized):
    """401: the account that the credential acts as is locked."""

    message = "This account is locked."


class PermissionMissing(Forbidden):
    """403: the OAuth client lacks a permission that the operation needs."""

    def __init__(self, names: str) -> None:
        super().__init__(f"The OAuth client lacks the permission {names}.")


class AdministratorNeeded(Unauthorized):
    """401: only ADMINs and OWNERs of an organization refresh its keys."""

    code = "TRPCError"

    def __init__(self, organization_id: int) -> None:
        super().__init__(
            f"Only an ADMIN or OWNER of the organization {organization_id} can refresh a key of it."
        )


class OnlyKeysAreRefreshed(Unauthorized):
    """401: the credential is no API key, so there is nothing to refresh."""

    message = "Only an API key can be refreshed; send it as Authorization: Bearer cal_…"


class KeyReplaced(Unauthorized):
    """401: another request has replaced the API key."""

    message = "This API key was replaced by another request."


class ContradictingExpiry(BadRequest):
    """400: the key is asked to live for some days, and also forever."""

    message = "Give either apiKeyDaysValid or apiKeyNeverExpires, not both."


class KeyOfStranger(Forbidden):
    """403: the user is no accepted member of the organization that the key is for."""

    def __init__(self, organization_id: int) -> None:
        super().__init__(f"The user is no accepted member of the organization {organization_id}.")


class UnknownKeyId(NotFound):
    """404: there is no API key with this id."""

    def __init__(self, key_id: UUID) -> None:
        super().__init__(f"There is no API key {key_id}.")


OF_CREDENTIALS: Refusals = (
    UnknownBearer,
    UnknownOAuthClient,
    HalfOfOAuthClient,
    ApiKeyExpired,
    TokenExpired,
    OriginNotAllowed,
    AccountLocked,
    # where credentials are optional: a header is there, and holds none
    CredentialMissing,
)
"""The refusals of callers whose credential is not good."""
