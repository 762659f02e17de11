"""Event types of teams, wherever the API has them: of teams, and of teams in organizations."""

import asyncio
from typing import Annotated, TypeAlias

from fastapi import Depends

from kalends.access.guards import (
    TeamsInOrganization,
    organization_team_admin,
    team_admin,
    team_of_organization,
    team_of_path,
)
from kalends.access.locked_places import lock_place
from kalends.access.place import Place
from kalends.access.refusals import RoleChanged
from kalends.api.dependencies import CurrentSettings, Reader, Work
from kalends.api.http.operation import Guard, Router
from kalends.api.input.fields import EventTypeId
from kalends.api.input.query import Query
from kalends.api.refusals import BoundReached
from kalends.audit.authorship import RequestAuthor
from kalends.auth.dependencies import CallerIfKnown
from kalends.db.database import Connection
from kalends.event_types.copies import service as copies
from kalends.event_types.dependencies import CurrentBounds
from kalends.event_types.event_type import EventType, SchedulingType
from kalends.event_types.of_teams import inputs, service
from kalends.event_types.of_teams.commands.create import create_team_event_type
from kalends.event_types.of_teams.commands.delete import delete_team_event_type
from kalends.event_types.of_teams.commands.update import update_team_event_type
from kalends.event_types.of_teams.outputs import (
    DeletedTeamEventType,
    PhoneCallOutput,
    TeamEventTypeOutput,
    deleted_output,
    listed_output,
    team_event_type_output,
    whole_output,
)
from kalends.event_types.of_teams.refusals import (
    OF_TEAM_SETTINGS,
    EventTypeNotInTeam,
    EventTypeToChangeNotInTeam,
    PhoneCallsNotConfigured,
    SchedulingTypeFixed,
    TeamEventTypeSlugTaken,
)

_OF_TEAM, _OF_TEAM_TAG = "/v2/teams/{teamId}/event-types", "Teams / Event Types"
_OF_ORGANIZATION_TEAM = "/v2/organizations/{orgId}/teams/{teamId}/event-types"
_OF_ORGANIZATION = "/v2/organizations/{orgId}/teams"
_OF_ORGANIZATION_TAG = "Orgs / Teams / Event Types"

TeamQuery: TypeAlias = Annotated[inputs.TeamEventTypesQuery, Depends(Query(inputs.TeamEventTypesQuery))]
OrganizationQuery: TypeAlias = Annotated[
    inputs.OrganizationEventTypesQuery, Depends(Query(inputs.OrganizationEventTypesQuery))
]


def ruling_router(prefix: str, tag: str, admin: Guard[Place], *, asks_email: bool) -> Router:
    """Return the operations of those who rule a team; with `asks_email` forms must ask for an address."""
    router = Router(prefix, tag)
    AdminPlace: TypeAlias = Annotated[Place, Depends(admin)]

    @router.post("", refuses=(RoleChanged, BoundReached, TeamEventTypeSlugTaken, *OF_TEAM_SETTINGS))
    async def create(
        place: AdminPlace,
        author: RequestAuthor,
        body: inputs.CreateTeamEventTypeBody,
        work: Work,
        bounds: CurrentBounds,
    ) -> TeamEventTypeOutput | list[TeamEventTypeOutput]:
        """Create an event type of a team; a managed one is shown with its members' copies."""
        changes = body.to_team_changes(asks_email=asks_email)
        await lock_place(work, place)
        made = await create_team_event_type(work, author, place.team_id, changes, bounds)
        return await _shown(work.connection, made)

    @router.get("/{eventTypeId}", refuses=(EventTypeNotInTeam,))
    async def get(place: AdminPlace, event_type_id: EventTypeId, connection: Reader) -> TeamEventTypeOutput:
        """Show an event type of a team."""
        return team_event_type_output(await service.get(connection, place.team_id, event_type_id))

    @router.patch(
        "/{eventTypeId}",
        refuses=(
            RoleChanged,
            BoundReached,
            EventTypeToChangeNotInTeam,
            SchedulingTypeFixed,
            TeamEventTypeSlugTaken,
            *OF_TEAM_SETTINGS,
        ),
    )
    async def update(
        place: AdminPlace,
        author: RequestAuthor,
        event_type_id: EventTypeId,
        body: inputs.UpdateTeamEventTypeBody,
        work: Work,
        bounds: CurrentBounds,
    ) -> TeamEventTypeOutput | list[TeamEventTypeOutput]:
        """Change an event type of a team; what is not sent stays. Copies of a managed one follow."""
        changes = body.to_team_changes(asks_email=asks_email)
        await lock_place(work, place)
        changed = await update_team_event_type(work, author, place.team_id, event_type_id, changes, bounds)
        return await _shown(work.connection, changed)

    @router.delete("/{eventTypeId}", refuses=(RoleChanged, EventTypeNotInTeam))
    async def delete(
        place: AdminPlace, author: RequestAuthor, event_type_id: EventTypeId, work: Work
    ) -> DeletedTeamEventType:
        """Delete an event type of a team, with the copies of a managed one; bookings stay."""
        await lock_place(work, place)
        return deleted_output(await delete_team_event_type(work, author, place.team_id, event_type_id))

    @router.post("/{eventTypeId}/create-phone-call", refuses=(EventTypeNotInTeam, PhoneCallsNotConfigured))
    async def create_phone_call(
        place: AdminPlace, event_type_id: EventTypeId, body: inputs.CreatePhoneCallBody, connection: Reader
    ) -> PhoneCallOutput:
        """Have an assistant call somebody about an event type; no provider of calls can be configured yet."""
        await service.get(connection, place.team_id, event_type_id)
        raise PhoneCallsNotConfigured

    return router


def list_router(prefix: str, tag: str, team_of_path: Guard[int]) -> Router:
    """Return the public list of a team's event types."""
    router = Router(prefix, tag)

    @router.get("")
    async def list_event_types(
        team_id: Annotated[int, Depends(team_of_path)],
        caller: CallerIfKnown,
        query: TeamQuery,
        settings: CurrentSettings,
        connection: Reader,
    ) -> list[TeamEventTypeOutput]:
        """List the event types of a team; hidden ones, and what is not for everybody, for who rules it.

        `take`, `skip` and `sortCreatedAt` are of later versions, or ours: a list ends early where event types
        have very long forms. Who belongs to a private team is shown to its members.
        """
        page, slug = query.to_page(settings.event_types_listed_bytes), query.event_slug or None
        listed = await service.list_public(connection, team_id, page, caller, slug=slug)
        if listed is None:
            return []
        shown = []
        for one in listed.event_types:
            shown.append(listed_output(listed, one, hosts_limit=query.hosts_limit if slug else None))
            # A form may be long, and others wait.
            await asyncio.sleep(0)
        return shown

    return router


of_organization = Router(_OF_ORGANIZATION, _OF_ORGANIZATION_TAG)


@of_organization.get("/event-types")
async def list_event_types_of_organization(
    place: TeamsInOrganization, query: OrganizationQuery, settings: CurrentSettings, connection: Reader
) -> list[TeamEventTypeOutput]:
    """List the event types of an organization's teams: all for who rules it, else those of own teams."""
    page = query.to_page(settings.event_types_listed_bytes)
    found = await service.list_of_organization(
        connection, place.organization_id, page, ruler_id=place.ruler_id
    )
    shown = []
    for one in found:
        shown.append(team_event_type_output(one))
        # A form may be long, and others wait.
        await asyncio.sleep(0)
    return shown


async def _shown(
    connection: Connection, event_type: EventType
) -> TeamEventTypeOutput | list[TeamEventTypeOutput]:
    if event_type.scheduling_type is not SchedulingType.MANAGED:
        return team_event_type_output(event_type)
    return whole_output(event_type, await copies.list_of(connection, event_type.id))


routers = (
    ruling_router(_OF_TEAM, _OF_TEAM_TAG, team_admin, asks_email=True),
    list_router(_OF_TEAM, _OF_TEAM_TAG, team_of_path),
    of_organization,
    ruling_router(_OF_ORGANIZATION_TEAM, _OF_ORGANIZATION_TAG, organization_team_admin, asks_email=False),
    list_router(_OF_ORGANIZATION_TEAM, _OF_ORGANIZATION_TAG, team_of_organization),
)
