"""`/v2/me`."""

from typing import Annotated

from fastapi import Depends

from kalends.accounts import inputs, outputs
from kalends.accounts.address_request import update_own_account
from kalends.accounts.refusals import AccountGone, EmailTaken
from kalends.api.dependencies import CurrentSettings, Now, Work
from kalends.api.http.operation import Router
from kalends.auth.dependencies import Authenticated
from kalends.auth.principal import Permission, Principal
from kalends.schedules.refusals import ScheduleOfAnotherUser, UnknownSchedule

router = Router("/v2/me", "Me")


@router.get("")
async def get_me(
    caller: Annotated[Principal, Depends(Authenticated(Permission.PROFILE_READ))],
) -> outputs.Me:
    """Show the authenticated user."""
    return outputs.me_output(caller.user, caller.main_organization)


@router.patch("", refuses=(UnknownSchedule, ScheduleOfAnotherUser, EmailTaken, AccountGone))
async def update_me(
    caller: Annotated[Principal, Depends(Authenticated(Permission.PROFILE_WRITE))],
    body: inputs.UpdateMe,
    settings: CurrentSettings,
    now: Now,
    work: Work,
) -> outputs.Me:
    """Change the authenticated user. A new time zone moves the default schedule along.

    A new address shows here at once, and counts everywhere else once its holder confirms it by mail.
    """
    user = await update_own_account(work, settings, caller.user, body.to_changes(), now=now)
    return outputs.changed_me_output(user, caller.main_organization)
