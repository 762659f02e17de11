"""`/v2/me`."""

from typing import Annotated

from fastapi import Depends, Response

from kalends.accounts import schemas, service
from kalends.api.dependencies import Work
from kalends.api.envelope import success
from kalends.api.routing import Router
from kalends.api.wire import Success
from kalends.auth.dependencies import Authenticated
from kalends.auth.principal import Permission, Principal

router = Router("/v2/me", "Me")


@router.get("", response_model=Success[schemas.Me])
async def get_me(
    caller: Annotated[Principal, Depends(Authenticated(Permission.PROFILE_READ))],
) -> Response:
    """Show the authenticated user."""
    return success(schemas.me(caller.user, caller.main_organization))


@router.patch("", response_model=Success[schemas.Me])
async def update_me(
    caller: Annotated[Principal, Depends(Authenticated(Permission.PROFILE_WRITE))],
    body: schemas.UpdateMe,
    work: Work,
) -> Response:
    """Change the authenticated user. A new time zone moves the default schedule along."""
    user = await service.update_user(work, caller.user, body.sent())
    return success(schemas.changed_me(user, caller.main_organization))
