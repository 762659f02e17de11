"""What becomes of somebody whose membership counts from now on, and of somebody who goes."""

from kalends.accounts import service as accounts
from kalends.db.database import UnitOfWork
from kalends.event_types import service as event_types
from kalends.memberships import queries
from kalends.memberships.membership import Membership
from kalends.organizations import profiles


async def arrive(work: UnitOfWork, user_id: int, team_id: int, *, is_organization: bool) -> None:
    """Let somebody be in a team, or an organization, which knows its members by names."""
    if is_organization:
        await profiles.ensure_profile(work, user_id, team_id)


async def depart(work: UnitOfWork, user_id: int, team_id: int, *, is_organization: bool) -> list[Membership]:
    """Let somebody host nothing of a team whose membership is gone; what they host already stays.

    An organization's teams they leave with it, and it no longer knows them; an account that was its own is
    their own then. Return the memberships that went so.
    """
    if not is_organization:
        await event_types.remove_host(work, user_id, [team_id])
        return []
    inside = await queries.delete_memberships_inside(work, user_id, team_id)
    await event_types.remove_host(work, user_id, [team_id, *(one.team_id for one in inside)])
    await profiles.delete_profile(work, user_id, team_id)
    await accounts.release(work, team_id, user_id)
    return inside
