"""The caller, as handlers receive it.

Handlers know a `Principal` only; another kind of credential joins in `_identify` and nowhere else.
"""

from typing import Annotated, Any, TypeAlias

from fastapi import Depends, Request

from kalends.api.context import context_of
from kalends.api.dependencies import Now
from kalends.api.errors import Forbidden, Unauthorized
from kalends.api.openapi import Documented
from kalends.auth import keys, service
from kalends.auth.principal import Permission, Principal
from kalends.auth.queries import KeyHolder

_NO_PERMISSION = Permission(0)


class Authenticated(Documented):
    """A dependency that yields the caller, and refuses one without the permissions the operation needs.

    Raises:
        Unauthorized: no credential, or one that is not good.
        Forbidden: a good credential without the permissions.
    """

    parameters: tuple[dict[str, Any], ...] = (
        {
            "name": "Authorization",
            "in": "header",
            "required": True,
            "description": "`Bearer ` and an API key, which begins with `cal_`.",
            "schema": {"type": "string"},
        },
    )

    def __init__(self, permissions: Permission = _NO_PERMISSION) -> None:
        self._permissions = permissions

    async def __call__(self, request: Request, now: Now) -> Principal:
        """Return the caller of the request."""
        caller = _identify(request, now)
        missing = self._permissions & ~caller.permissions
        if missing:
            names = ", ".join(str(permission.name) for permission in missing)
            raise Forbidden(f"The OAuth client lacks the permission {names}.")
        return caller


async def _caller_if_any(request: Request, now: Now) -> Principal | None:
    """Return the caller of a public operation; whoever is not recognised is anonymous."""
    if not isinstance(context_of(request.scope).credential, KeyHolder):
        return None
    return _identify(request, now)


Caller: TypeAlias = Annotated[Principal, Depends(Authenticated())]
OptionalCaller: TypeAlias = Annotated[Principal | None, Depends(_caller_if_any)]


def _identify(request: Request, now: Now) -> Principal:
    holder = context_of(request.scope).credential
    if isinstance(holder, KeyHolder):
        return service.principal_of(holder, now=now)
    if keys.bearer(request.headers.get("authorization", "")):
        raise Unauthorized("This credential is not known; send Authorization: Bearer and your API key.")
    if request.headers.get("x-cal-client-id") or request.headers.get("x-cal-secret-key"):
        raise Unauthorized("These OAuth client credentials are not known.")
    raise Unauthorized("This operation needs a credential; send Authorization: Bearer and your API key.")
