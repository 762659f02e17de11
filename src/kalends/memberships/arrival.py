"""What else changes when somebody becomes a member, and when they leave."""

from kalends.accounts import service as accounts
from kalends.db.database import UnitOfWork
from kalends.event_types import service as event_types
from kalends.memberships import queries
from kalends.memberships.membership import Membership
from kalends.organizations import profiles


async def arrive(work: UnitOfWork, user_id: int, team_id: int, *, is_organization: bool) -> None:
    """Give a new member of an organization the profile by which it knows them.

    A new member of a team hosts what all its members host, and has copies of what all have.
    """
    if is_organization:
        await profiles.ensure_profile(work, user_id, team_id)
    else:
        await event_types.admit_host(work, user_id, team_id)


async def depart(work: UnitOfWork, user_id: int, team_id: int, *, is_organization: bool) -> list[Membership]:
    """Stop a former member of a team from hosting its event types; what is booked of them already stays.

    Whoever leaves an organization leaves its teams too, and loses their profile there; an account that
    belonged to it becomes their own. Return the memberships in teams that were deleted.
    """
    if not is_organization:
        await event_types.remove_host(work, user_id, [team_id])
        return []
    inside = await queries.delete_memberships_inside(work, user_id, team_id)
    await event_types.remove_host(work, user_id, [team_id, *(one.team_id for one in inside)])
    await profiles.delete_profile(work, user_id, team_id)
    await accounts.release(work, team_id, user_id)
    return inside
