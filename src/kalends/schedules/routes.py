"""`/v2/schedules`, version 2024-06-11: the caller's own schedules."""

from datetime import date
from typing import Annotated, TypeAlias

from fastapi import Depends

from kalends.api.dependencies import Reader, Work
from kalends.api.fields import ScheduleId
from kalends.api.http.operation import Router
from kalends.auth.dependencies import Authenticated
from kalends.auth.principal import Permission, Principal
from kalends.schedules import schemas, service

router = Router("/v2/schedules", "Schedules", version=date(2024, 6, 11), version_is_required=True)

ReadingCaller: TypeAlias = Annotated[Principal, Depends(Authenticated(Permission.SCHEDULE_READ))]
WritingCaller: TypeAlias = Annotated[Principal, Depends(Authenticated(Permission.SCHEDULE_WRITE))]


@router.post("")
async def create_schedule(
    caller: WritingCaller, body: schemas.CreateScheduleBody, work: Work
) -> schemas.ScheduleOutput:
    """Make a schedule."""
    return schemas.schedule(await service.create(work, caller.user.id, body.to_command()))


@router.get("")
async def list_schedules(caller: ReadingCaller, connection: Reader) -> list[schemas.ScheduleOutput]:
    """List the caller's schedules by id."""
    found = await service.list_for(connection, caller.user.id)
    return [schemas.schedule(one) for one in found]


@router.get("/default")
async def get_default_schedule(caller: ReadingCaller, connection: Reader) -> schemas.ScheduleOutput | None:
    """Show the caller's default schedule, or null."""
    found = await service.get_default(connection, caller.user.id)
    return None if found is None else schemas.schedule(found)


@router.get("/{scheduleId}")
async def get_schedule(
    caller: ReadingCaller, schedule_id: ScheduleId, connection: Reader
) -> schemas.ScheduleOutput:
    """Show a schedule."""
    return schemas.schedule(await service.get_for(connection, caller.user.id, schedule_id))


@router.patch("/{scheduleId}")
async def update_schedule(
    caller: WritingCaller, schedule_id: ScheduleId, body: schemas.UpdateScheduleBody, work: Work
) -> schemas.ScheduleOutput:
    """Change a schedule; what is not sent stays."""
    changed = await service.update(work, caller.user.id, schedule_id, body.to_command())
    return schemas.schedule(changed)


@router.delete("/{scheduleId}")
async def delete_schedule(caller: WritingCaller, schedule_id: ScheduleId, work: Work) -> None:
    """Delete a schedule."""
    await service.delete(work, caller.user.id, schedule_id)
