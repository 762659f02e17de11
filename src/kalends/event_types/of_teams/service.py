"""The event types of teams, as they are read."""

from dataclasses import dataclass

from kalends.access.administration import administers
from kalends.auth.principal import Principal
from kalends.db.database import Connection
from kalends.event_types.bounds import Page
from kalends.event_types.event_type import EventType
from kalends.event_types.of_teams import queries
from kalends.event_types.of_teams.refusals import EventTypeNotInTeam
from kalends.teams import service as teams
from kalends.teams.refusals import TeamGone
from kalends.teams.settings import WholeTeam


@dataclass(frozen=True, slots=True)
class ListedEventTypes:
    """The event types of a team that somebody may see.

    With `shows_private` the caller rules the team; without `shows_hosts` who belongs to it is none of theirs.
    """

    team: WholeTeam
    event_types: list[EventType]
    shows_private: bool
    shows_hosts: bool


async def list_public(
    connection: Connection, team_id: int, page: Page, caller: Principal | None, *, slug: str | None
) -> ListedEventTypes | None:
    """Return event types of a team: hidden ones for who rules it, hosts of a private team for its members.

    None: there is no such team.
    """
    try:
        team = await teams.get_whole(connection, team_id)
    except TeamGone:
        return None
    rules = await _rules(connection, caller, team_id)
    owned = queries.owned_by_team(team_id)
    found = await queries.list_in(connection, owned, page, slug=slug, shows_hidden=rules)
    shows_hosts = rules or not team.is_private or await _is_member(connection, caller, team_id)
    return ListedEventTypes(team, found, rules, shows_hosts)


async def list_of_organization(
    connection: Connection, organization_id: int, page: Page, *, ruler_id: int | None
) -> list[EventType]:
    """Return the event types of an organization's teams, or of those that somebody rules."""
    owned = queries.owned_by_teams_of(organization_id, ruler_id)
    return await queries.list_in(connection, owned, page, slug=None, shows_hidden=True)


async def get(connection: Connection, team_id: int, event_type_id: int) -> EventType:
    """Return an event type of a team.

    Raises:
        EventTypeNotInTeam: the team has none with this id.
    """
    event_type = await queries.find(connection, team_id, event_type_id)
    if event_type is None:
        raise EventTypeNotInTeam
    return event_type


async def _rules(connection: Connection, caller: Principal | None, team_id: int) -> bool:
    if caller is None:
        return False
    return caller.user.is_system_admin or await administers(connection, caller.user.id, team_id=team_id)


async def _is_member(connection: Connection, caller: Principal | None, team_id: int) -> bool:
    return caller is not None and await teams.is_member(connection, caller.user.id, team_id)
