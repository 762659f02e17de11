"""The rules of teams: who belongs to them, and how they are named."""

from collections.abc import Sequence

from kalends.db.database import Connection
from kalends.organizations.refusals import UnknownOrganization
from kalends.teams import queries
from kalends.teams.refusals import TeamGone, UnknownProfile, UnknownTeamSlug
from kalends.teams.settings import OwnTeam, WholeTeam


async def check_team(connection: Connection, slug: str, organization_slug: str | None) -> None:
    """Check that a team exists; one that is in an organization is found only with the organization's slug.

    Raises:
        UnknownOrganization, UnknownTeamSlug: there is no such organization, or no such team in it.
    """
    organization_id = None
    if organization_slug is not None:
        organization_id = await _get_organization_id(connection, organization_slug)
    if await queries.find_team(connection, slug, organization_id) is None:
        raise UnknownTeamSlug(slug, organization_slug)


async def check_profile(connection: Connection, username: str, organization: str | int) -> None:
    """Check that an organization, named by its slug or its id, knows a user by this name.

    Raises:
        UnknownOrganization, UnknownProfile: there is no such organization, or it knows nobody of this name.
    """
    organization_id = await _get_organization_id(connection, organization)
    if await queries.find_profile(connection, organization_id, username) is None:
        raise UnknownProfile(username, organization)


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


async def get_whole(connection: Connection, team_id: int) -> WholeTeam:
    """Return a team or organization with its settings.

    Raises:
        TeamGone: it was deleted meanwhile.
    """
    team = await queries.find_whole(connection, team_id)
    if team is None:
        raise TeamGone(team_id)
    return team


async def list_in(connection: Connection, organization_id: int, *, take: int, skip: int) -> list[WholeTeam]:
    """Return the teams of an organization by id."""
    return await queries.list_in(connection, organization_id, take=take, skip=skip)


async def list_own(connection: Connection, user_id: int) -> list[OwnTeam]:
    """Return the teams and organizations that somebody has a membership in, by id."""
    return await queries.list_own(connection, user_id)


async def list_own_in(
    connection: Connection, user_id: int, organization_id: int, *, take: int, skip: int
) -> list[OwnTeam]:
    """Return the teams of an organization that somebody has a membership in, by id."""
    return await queries.list_own_in(connection, user_id, organization_id, take=take, skip=skip)


async def _get_organization_id(connection: Connection, organization: str | int) -> int:
    organization_id = await queries.find_organization(connection, organization)
    if organization_id is None:
        raise UnknownOrganization(organization)
    return organization_id
