"""The caller, as handlers receive it.

There are three ways to ask for one, named in http-core.md 8.7 and Appendix A:

- `Caller` (`Auth`): there is one, else 401;
- `CallerOrNobody` (`Auth?`): None without any credential; one that is not good is 401;
- `CallerIfKnown` (`-`): the operation is public; a good credential tells who calls, another one is ignored.

Handlers know a `Principal` only; another kind of credential joins in `_identify` and nowhere else.
"""

from typing import Annotated, Any, TypeAlias

from fastapi import Depends, Request

from kalends.api.dependencies import runtime_of
from kalends.api.document.openapi import Documented
from kalends.api.http import credentials
from kalends.api.http.context import context_of
from kalends.auth import service
from kalends.auth.declaration import Declaration
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

_CREDENTIAL_HEADERS = ("authorization", "x-cal-client-id", "x-cal-secret-key")


def _header(name: str, description: str, *, is_required: bool = False) -> dict[str, Any]:
    return {
        "name": name,
        "in": "header",
        "required": is_required,
        "description": description,
        "schema": {"type": "string"},
    }


_API_KEY = "`Bearer ` and an API key, which begins with `cal_`."

CREDENTIALS_OF_A_PLACE = (
    _header("Authorization", _API_KEY),
    _header(
        "x-cal-secret-key", "The secret of an OAuth client, in place of an API key. No client is known yet."
    ),
    _header("x-cal-client-id", "The id of that client."),
)
"""What the document says about the credentials of operations on organizations; one of them is needed."""


class Authenticated(Documented):
    """A dependency that yields the caller, and refuses one without the permissions the operation needs.

    Raises:
        what `OF_CREDENTIALS` lists: no credential, or one that is not good.
        PermissionMissing: a good credential without the permissions.
    """

    refusals = (*OF_CREDENTIALS, PermissionMissing)
    parameters = (_header("Authorization", _API_KEY, is_required=True),)

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
        _header("Authorization", "`Bearer ` and an API key; without it the operation is public."),
        _header("x-cal-client-id", "The id of an OAuth client, together with its secret."),
    )

    declaration = Declaration(("Auth?",))

    async def __call__(self, request: Request) -> Principal | None:
        """Return the caller of the request, if it names one."""
        is_presented = any(request.headers.get(name) for name in _CREDENTIAL_HEADERS)
        return _identify(request) if is_presented else None


async def _caller_if_known(request: Request) -> Principal | None:
    """Return the caller of a public operation; whoever has no good credential is anonymous."""
    holder = context_of(request.scope).credential
    if not isinstance(holder, KeyHolder) or not service.is_good(holder, now=runtime_of(request).clock()):
        return None
    return service.principal_of(holder, now=runtime_of(request).clock())


Caller: TypeAlias = Annotated[Principal, Depends(Authenticated())]
CallerOrNobody: TypeAlias = Annotated[Principal | None, Depends(AuthenticatedIfPresented())]
CallerIfKnown: TypeAlias = Annotated[Principal | None, Depends(_caller_if_known)]


def _identify(request: Request) -> Principal:
    holder = context_of(request.scope).credential
    client_id, secret = (request.headers.get(name) for name in ("x-cal-client-id", "x-cal-secret-key"))
    if client_id and secret:
        # An OAuth client's credentials go before any other (http-core.md 8.1).
        raise UnknownOAuthClient
    if isinstance(holder, KeyHolder):
        return service.principal_of(holder, now=runtime_of(request).clock())
    if credentials.bearer(request.headers.get("authorization", "")):
        raise UnknownBearer
    if client_id or secret:
        raise HalfOfOAuthClient
    raise CredentialMissing
