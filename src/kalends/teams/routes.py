"""Teams: those of everybody, and those of organizations."""

from dataclasses import replace
from typing import Annotated, TypeAlias

from fastapi import Depends, Request

from kalends.access.guards import (
    OrganizationAdmin,
    OrganizationMember,
    organization_team_admin,
    team_in_organization,
    team_member,
    team_owner,
)
from kalends.access.locked_places import lock_place
from kalends.access.place import Place
from kalends.access.refusals import RoleChanged
from kalends.api.dependencies import CurrentSettings, Now, Reader, Work
from kalends.api.http.operation import Guard, Router
from kalends.api.input.query import Query
from kalends.audit.authorship import RequestAuthor
from kalends.auth.dependencies import Caller
from kalends.platform.clients import service as clients
from kalends.teams import service
from kalends.teams.commands.create import create_team, create_team_in
from kalends.teams.commands.delete import delete_team
from kalends.teams.commands.update import update_team
from kalends.teams.inputs import CreateTeamBody, TeamsQuery, UpdateTeamBody
from kalends.teams.outputs import (
    ListedTeamOutput,
    OwnTeamOutput,
    TeamOutput,
    listed_team_output,
    own_team_output,
    team_output,
)
from kalends.teams.refusals import ForeignClient, TeamGone, TeamNameTaken, TeamSlugTaken

_OWN, _OWN_TAG = "/v2/teams", "Teams"
_OF_ORGANIZATION, _OF_ORGANIZATION_TAG = "/v2/organizations/{orgId}/teams", "Orgs / Teams"

Page: TypeAlias = Annotated[TeamsQuery, Depends(Query(TeamsQuery))]


def team_router(prefix: str, tag: str, *, reading: Guard[Place], ruling: Guard[Place]) -> Router:
    """Return the operations on a team, or an organization that a path names as one."""
    router = Router(prefix, tag)
    ReadingPlace: TypeAlias = Annotated[Place, Depends(reading)]
    RulingPlace: TypeAlias = Annotated[Place, Depends(ruling)]

    @router.get("/{teamId}", refuses=(TeamGone,))
    async def get_team(place: ReadingPlace, connection: Reader) -> TeamOutput:
        """Show a team."""
        return team_output(await service.get_whole(connection, place.team_id))

    @router.patch("/{teamId}", refuses=(RoleChanged, TeamGone, TeamSlugTaken))
    async def update_a_team(
        place: RulingPlace, author: RequestAuthor, body: UpdateTeamBody, work: Work
    ) -> TeamOutput:
        """Change a team; what is not sent stays."""
        await lock_place(work, place)
        return team_output(await update_team(work, author, place.team_id, body.to_changes()))

    @router.delete("/{teamId}", refuses=(TeamGone,))
    async def delete_a_team(
        place: RulingPlace, author: RequestAuthor, settings: CurrentSettings, now: Now, work: Work
    ) -> TeamOutput:
        """Delete a team and return it; what is booked of it and has not ended is cancelled."""
        deleted = await delete_team(work, author, place.team_id, site=settings.base_url, now=now)
        return team_output(deleted)

    return router


own = Router(_OWN, _OWN_TAG)


@own.post("", refuses=(TeamNameTaken, TeamSlugTaken))
async def create_a_team(_: Caller, author: RequestAuthor, body: CreateTeamBody, work: Work) -> TeamOutput:
    """Make a team; whoever makes it is its OWNER."""
    return team_output(await create_team(work, author, body.to_command()))


@own.get("")
async def list_own_teams(caller: Caller, connection: Reader) -> list[ListedTeamOutput]:
    """List the teams and organizations in which the caller has a membership, accepted or not, by id."""
    return [listed_team_output(one) for one in await service.list_own(connection, caller.user.id)]


of_organization = Router(_OF_ORGANIZATION, _OF_ORGANIZATION_TAG)


@of_organization.get("")
async def list_teams_of_organization(
    place: OrganizationAdmin, page: Page, connection: Reader
) -> list[TeamOutput]:
    """List the teams of an organization by id."""
    found = await service.list_in(connection, place.organization_id, take=page.take, skip=page.skip)
    return [team_output(one) for one in found]


@of_organization.get("/me")
async def list_own_teams_of_organization(
    place: OrganizationMember, page: Page, connection: Reader
) -> list[OwnTeamOutput]:
    """List the teams of an organization in which the caller has a membership, accepted or not, by id."""
    found = await service.list_own_in(
        connection, place.user_id, place.organization_id, take=page.take, skip=page.skip
    )
    return [own_team_output(one) for one in found]


@of_organization.post("", refuses=(ForeignClient, RoleChanged, TeamSlugTaken))
async def create_team_of_organization(
    request: Request, place: OrganizationAdmin, author: RequestAuthor, body: CreateTeamBody, work: Work
) -> TeamOutput:
    """Make a team of an organization; its maker is its OWNER, but for system administrators."""
    client_id = request.headers.get("x-cal-client-id") or None
    if client_id is not None and not await clients.is_of(work.connection, client_id, place.organization_id):
        raise ForeignClient
    await lock_place(work, place)
    command = replace(body.to_command(), client_id=client_id)
    has_creator = not place.caller.user.is_system_admin
    made = await create_team_in(work, author, place.organization_id, command, has_creator=has_creator)
    return team_output(made)


routers = (
    own,
    team_router(_OWN, _OWN_TAG, reading=team_member, ruling=team_owner),
    of_organization,
    team_router(
        _OF_ORGANIZATION,
        _OF_ORGANIZATION_TAG,
        reading=organization_team_admin,
        ruling=team_in_organization,
    ),
)
