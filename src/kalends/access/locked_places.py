"""Locking a place as its guard found it, while a command changes who belongs to it.

A guard looks before the command begins. Who takes somebody's role meanwhile must have the last word, so
commands on teams and memberships take the team's row and look again.
"""

from kalends.access import queries
from kalends.access.place import Place
from kalends.access.refusals import RoleChanged
from kalends.db.database import UnitOfWork


async def lock_place(work: UnitOfWork, place: Place) -> None:
    """Lock a team, or an organization, and who belongs to it until this command ends.

    Commands on teams of one organization wait for those on the organization, but not for each other.

    Raises:
        RoleChanged: the caller's role is not what it was when the guard let them in.
    """
    organization_id = None if place.organization is None else place.organization.id
    team_id = None if place.team is None else place.team.id
    await queries.lock_team(work, organization_id if team_id is None else team_id)
    found = await queries.find_place(
        work.connection, place.caller.user.id, organization_id=organization_id, team_id=team_id
    )
    was_in_organization = None if place.organization is None else place.organization.role
    was_in_team = None if place.team is None else place.team.role
    if (found.organization_role, found.team_role) != (was_in_organization, was_in_team):
        raise RoleChanged
