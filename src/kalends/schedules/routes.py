"""`/v2/schedules`, version 2024-06-11, and those of an organization and its users, in every version."""

from datetime import date
from typing import Annotated, TypeAlias

from fastapi import Depends

from kalends.access.guards import OrganizationAdmin, OwnGuard, user_in_organization, user_in_team
from kalends.access.oversight import Oversight, no_oversight, open_ledger, organization_oversight
from kalends.access.place import Place
from kalends.api.dependencies import Reader, Work
from kalends.api.http.operation import Guard, Router
from kalends.api.http.versions import OLDEST
from kalends.api.input.fields import ScheduleId
from kalends.api.input.query import Query
from kalends.api.output.errors import Refusals
from kalends.auth.principal import Permission
from kalends.schedules import inputs, outputs, service
from kalends.schedules.refusals import (
    ScheduleOfAnotherUser,
    UnknownSchedule,
    UnknownScheduleToDelete,
)

_OWN, _OWN_TAG = "/v2/schedules", "Schedules"
_OF_USER, _OF_USER_TAG = "/v2/organizations/{orgId}/users/{userId}/schedules", "Orgs / Users / Schedules"
_OF_ORGANIZATION, _OF_ORGANIZATION_TAG = "/v2/organizations/{orgId}/schedules", "Orgs / Schedules"
_OF_TEAM_MEMBER = "/v2/organizations/{orgId}/teams/{teamId}/users/{userId}/schedules"
_OF_TEAM_MEMBER_TAG = "Orgs / Teams / Users / Schedules"
_OF_ONE: Refusals = (UnknownSchedule, ScheduleOfAnotherUser)
_VERSION = date(2024, 6, 11)

_reading, _writing = OwnGuard(Permission.SCHEDULE_READ), OwnGuard(Permission.SCHEDULE_WRITE)


def schedule_router(
    prefix: str,
    tag: str,
    *,
    reading: Guard[Place],
    writing: Guard[Place],
    overseeing: Guard[Oversight | None] = no_oversight,
    version: date = OLDEST,
) -> Router:
    """Return the operations on the schedules of a place's user."""
    router = Router(prefix, tag, version=version, version_is_required=version is not OLDEST)
    ReadingPlace: TypeAlias = Annotated[Place, Depends(reading)]
    WritingPlace: TypeAlias = Annotated[Place, Depends(writing)]
    Overseer: TypeAlias = Annotated[Oversight | None, Depends(overseeing)]

    @router.post("")
    async def create_schedule(
        place: WritingPlace, body: inputs.CreateScheduleBody, work: Work, overseer: Overseer
    ) -> outputs.ScheduleOutput:
        """Create a schedule."""
        ledger = await open_ledger(work, overseer)
        return outputs.schedule_output(await service.create(work, place.user_id, body.to_command(), ledger))

    _add_list(router, reading)

    @router.get("/{scheduleId}", refuses=_OF_ONE)
    async def get_schedule(
        place: ReadingPlace, schedule_id: ScheduleId, connection: Reader
    ) -> outputs.ScheduleOutput:
        """Show a schedule."""
        return outputs.schedule_output(await service.get_for(connection, place.user_id, schedule_id))

    @router.patch("/{scheduleId}", refuses=_OF_ONE)
    async def update_schedule(
        place: WritingPlace,
        schedule_id: ScheduleId,
        body: inputs.UpdateScheduleBody,
        work: Work,
        overseer: Overseer,
    ) -> outputs.ScheduleOutput:
        """Change a schedule; what is not sent stays."""
        ledger = await open_ledger(work, overseer)
        changed = await service.update(work, place.user_id, schedule_id, body.to_changes(), ledger)
        return outputs.schedule_output(changed)

    @router.delete("/{scheduleId}", refuses=(UnknownScheduleToDelete, ScheduleOfAnotherUser))
    async def delete_schedule(
        place: WritingPlace, schedule_id: ScheduleId, work: Work, overseer: Overseer
    ) -> None:
        """Delete a schedule."""
        await service.delete(work, place.user_id, schedule_id, await open_ledger(work, overseer))

    return router


def listing_router(prefix: str, tag: str, *, reading: Guard[Place]) -> Router:
    """Return the list of the schedules of a place's user, who is not there to be changed."""
    router = Router(prefix, tag)
    _add_list(router, reading)
    return router


def _add_list(router: Router, reading: Guard[Place]) -> None:
    ReadingPlace: TypeAlias = Annotated[Place, Depends(reading)]

    @router.get("")
    async def list_schedules(place: ReadingPlace, connection: Reader) -> list[outputs.ScheduleOutput]:
        """List the user's schedules, ordered by id."""
        found = await service.list_for(connection, place.user_id)
        return [outputs.schedule_output(one) for one in found]


own_default = Router(_OWN, _OWN_TAG, version=_VERSION, version_is_required=True)


@own_default.get("/default")
async def get_default_schedule(
    place: Annotated[Place, Depends(_reading)], connection: Reader
) -> outputs.ScheduleOutput | None:
    """Show the caller's default schedule, or null."""
    found = await service.get_default(connection, place.user_id)
    return None if found is None else outputs.schedule_output(found)


of_organization = Router(_OF_ORGANIZATION, _OF_ORGANIZATION_TAG)


@of_organization.get("")
async def list_organization_schedules(
    place: OrganizationAdmin,
    query: Annotated[inputs.OrganizationSchedulesQuery, Depends(Query(inputs.OrganizationSchedulesQuery))],
    connection: Reader,
) -> list[outputs.ScheduleOutput]:
    """List the schedules of all users that an organization knows, ordered by id."""
    found = await service.list_of_organization(
        connection, place.organization_id, take=query.take, skip=query.skip
    )
    return [outputs.schedule_output(one) for one in found]


routers = (
    schedule_router(_OWN, _OWN_TAG, reading=_reading, writing=_writing, version=_VERSION),
    own_default,
    schedule_router(
        _OF_USER,
        _OF_USER_TAG,
        reading=user_in_organization,
        writing=user_in_organization,
        overseeing=organization_oversight,
    ),
    of_organization,
    listing_router(_OF_TEAM_MEMBER, _OF_TEAM_MEMBER_TAG, reading=user_in_team),
)
