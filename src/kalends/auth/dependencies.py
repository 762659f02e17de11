"""The caller, as handlers receive it.

There are three ways to ask for one, named in http-core.md 8.7 and Appendix A:

- `Caller` (`Auth`): there is one, else 401;
- `CallerOrNobody` (`Auth?`): None without any credential; one that is not good is 401;
- `CallerIfKnown` (`-`): the operation is public; a good credential tells who calls, another one is ignored.

Handlers know a `Principal` only; another kind of credential joins in `_principal` and nowhere else.
"""

from typing import Annotated, Any, TypeAlias

from fastapi import Depends, Request

from kalends.api.dependencies import runtime_of
from kalends.api.document.openapi import Documented
from kalends.api.http import credentials
from kalends.api.http.context import context_of
from kalends.api.output.errors import ExpiredCredential, Unauthorized
from kalends.auth import service
from kalends.auth.admission import presented_client
from kalends.auth.declaration import Declaration
from kalends.auth.oauth import ClientHolder, TokenHolder
from kalends.auth.principal import NO_PERMISSION, Permission, Principal
from kalends.auth.queries import KeyHolder
from kalends.auth.refusals import (
    OF_CREDENTIALS,
    CredentialMissing,
    HalfOfOAuthClient,
    PermissionMissing,
    UnknownBearer,
    UnknownOAuthClient,
)

_OF_CLIENT = ("x-cal-client-id", "x-cal-secret-key")
_CREDENTIAL_HEADERS = ("authorization", *_OF_CLIENT)


def _header(name: str, description: str, *, is_required: bool = False) -> dict[str, Any]:
    return {
        "name": name,
        "in": "header",
        "required": is_required,
        "description": description,
        "schema": {"type": "string"},
    }


_BEARER = "`Bearer ` and an API key, which begins with `cal_`, or an access token."

CREDENTIALS_OF_A_PLACE = (
    _header("Authorization", _BEARER),
    _header("x-cal-secret-key", "The secret of an OAuth client, which acts as the owner of its platform."),
    _header("x-cal-client-id", "The id of that client."),
)
"""What the document says about the credentials of operations on organizations; one of them is needed."""


CREDENTIALS_OF_CLIENT = (
    _header("x-cal-secret-key", "The secret of the OAuth client.", is_required=True),
    _header("x-cal-client-id", "Its id, where the path does not have it."),
    _header("Authorization", "Nothing; an API key or access token does not do here."),
)
"""What the document says about the credentials of operations for OAuth clients themselves."""


class Authenticated(Documented):
    """A dependency that yields the caller, and refuses one without the permissions the operation needs.

    Raises:
        what `OF_CREDENTIALS` lists: no credential, or one that is not good.
        PermissionMissing: a good credential without the permissions.
    """

    refusals = (*OF_CREDENTIALS, PermissionMissing)
    parameters = (_header("Authorization", _BEARER, is_required=True),)

    def __init__(self, permissions: Permission = NO_PERMISSION) -> None:
        self._permissions = permissions

    @property
    def declaration(self) -> Declaration:
        """Return what is demanded."""
        steps = ("Auth", "Perm") if self._permissions else ("Auth",)
        return Declaration(steps, permissions=self._permissions)

    async def __call__(self, request: Request) -> Principal:
        """Return the caller of the request."""
        caller = _identify(request)
        missing = self._permissions & ~caller.permissions
        if missing:
            names = ", ".join(str(permission.name) for permission in missing)
            raise PermissionMissing(names)
        return caller


class AuthenticatedIfPresented(Documented):
    """A dependency that yields None without any credential, and refuses one that is not good.

    Raises:
        what `OF_CREDENTIALS` lists: a credential, or a part of one, that is not good.
    """

    refusals = OF_CREDENTIALS
    parameters = (
        _header("Authorization", "`Bearer ` and an API key or access token; the operation is public."),
        _header("x-cal-client-id", "The id of an OAuth client, together with its secret."),
    )

    declaration = Declaration(("Auth?",))

    async def __call__(self, request: Request) -> Principal | None:
        """Return the caller of the request, if it names one."""
        is_presented = any(request.headers.get(name) for name in _CREDENTIAL_HEADERS)
        return _identify(request) if is_presented else None


async def _caller_if_known(request: Request) -> Principal | None:
    """Return the caller of a public operation; whoever has no good credential is anonymous."""
    try:
        return _principal(request)
    except (Unauthorized, ExpiredCredential):
        return None


Caller: TypeAlias = Annotated[Principal, Depends(Authenticated())]
CallerOrNobody: TypeAlias = Annotated[Principal | None, Depends(AuthenticatedIfPresented())]
CallerIfKnown: TypeAlias = Annotated[Principal | None, Depends(_caller_if_known)]


def _identify(request: Request) -> Principal:
    principal = _principal(request)
    if principal is not None:
        return principal
    # An OAuth client's credentials go before any other (http-core.md 8.1).
    if presented_client(request.scope, request.headers) is not None:
        raise UnknownOAuthClient
    if credentials.bearer(request.headers.get("authorization", "")):
        raise UnknownBearer
    if any(request.headers.get(name) for name in _OF_CLIENT):
        raise HalfOfOAuthClient
    raise CredentialMissing


def _principal(request: Request) -> Principal | None:
    """Return the caller that a known credential stands for.

    Raises:
        ApiKeyExpired, TokenExpired, OriginNotAllowed, AccountLocked: it is not good, or not here.
    """
    holder, now = context_of(request.scope).credential, runtime_of(request).clock()
    match holder:
        case KeyHolder():
            return service.principal_of(holder, now=now)
        case ClientHolder():
            return holder.to_principal()
        case TokenHolder():
            return holder.to_principal(request.headers.get("origin"), now=now)
        case _:
            return None
