"""The rules of teams: who belongs to them, and how they are addressed."""

from collections.abc import Sequence

from kalends.api.errors import NotFound
from kalends.db.database import Connection
from kalends.teams import queries


async def require_organization(connection: Connection, slug: str) -> int:
    """Return the id of an organization.

    Raises:
        NotFound: there is none with this slug.
    """
    organization_id = await queries.find_organization(connection, slug)
    if organization_id is None:
        raise NotFound(f"There is no organization {slug!r}.")
    return organization_id


async def require_team(connection: Connection, slug: str, organization_slug: str | None) -> int:
    """Return the id of a team; one that is in an organization is found only with the organization's slug.

    Raises:
        NotFound: there is no such organization, or no such team in it.
    """
    if organization_slug is None:
        team_id = await queries.find_team(connection, slug, None)
        where = " outside of organizations; one of an organization needs organizationSlug"
    else:
        organization_id = await require_organization(connection, organization_slug)
        team_id = await queries.find_team(connection, slug, organization_id)
        where = f" in the organization {organization_slug!r}"
    if team_id is None:
        raise NotFound(f"There is no team {slug!r}{where}.")
    return team_id


async def require_profile(connection: Connection, username: str, organization_slug: str) -> int:
    """Return the id of the user whom an organization knows by this name.

    Raises:
        NotFound: there is no such organization, or it knows nobody of this name.
    """
    organization_id = await require_organization(connection, organization_slug)
    user_id = await queries.find_profile(connection, organization_id, username)
    if user_id is None:
        raise NotFound(f"There is no user {username!r} in the organization {organization_slug!r}.")
    return user_id


async def find_profiles(
    connection: Connection, organization: str | int, usernames: Sequence[str]
) -> list[int]:
    """Return the ids of the users whom an organization knows by these names, in the order of the names.

    The organization is named by its slug or its id; one that does not exist knows nobody.
    """
    return await queries.find_profiles(connection, organization, list(usernames))


async def is_member(connection: Connection, user_id: int, team_id: int) -> bool:
    """Tell whether a user is an accepted member of a team or of the organization that the team is in."""
    return await queries.is_member(connection, user_id, team_id)


async def share_team(connection: Connection, one_id: int, other_id: int) -> bool:
    """Tell whether two users are accepted members of one team or organization."""
    return await queries.share_team(connection, one_id, other_id)
