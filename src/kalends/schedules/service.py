"""The rules of schedules (schedules.md 3 and 5)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import time
from typing import Any

from kalends.api.output.errors import BadRequest, Forbidden, NotFound
from kalends.db.database import Connection, UnitOfWork
from kalends.schedules import queries
from kalends.schedules.schedule import OverrideRow, Schedule, WeeklyRow

DEFAULT_HOURS = (WeeklyRow((1, 2, 3, 4, 5), time(9), time(17)),)
"""Monday to Friday from nine to five."""

FIRST_SCHEDULE_NAME = "Default schedule"
WORKING_HOURS_NAME = "Working Hours"


@dataclass(frozen=True, slots=True)
class CreateSchedule:
    """A new schedule; `weekly` None means `DEFAULT_HOURS`, an empty one never available."""

    name: str
    time_zone: str
    is_default: bool
    weekly: tuple[WeeklyRow, ...] | None
    overrides: tuple[OverrideRow, ...]


@dataclass(frozen=True, slots=True)
class UpdateSchedule:
    """Changes of a schedule: `columns` by name; None leaves the rows of a kind as they are."""

    columns: Mapping[str, Any]
    is_default: bool
    weekly: tuple[WeeklyRow, ...] | None
    overrides: tuple[OverrideRow, ...] | None


async def create(work: UnitOfWork, owner_id: int, command: CreateSchedule) -> Schedule:
    """Make a schedule, and the owner's default if it says so."""
    schedule_id = await queries.insert_schedule(work, owner_id, command.name, command.time_zone)
    weekly = DEFAULT_HOURS if command.weekly is None else command.weekly
    await queries.insert_weekly(work, schedule_id, weekly)
    await queries.insert_overrides(work, schedule_id, command.overrides)
    if command.is_default:
        await queries.set_default(work, owner_id, schedule_id)
    return await get_for(work.connection, owner_id, schedule_id)


async def create_first(work: UnitOfWork, owner_id: int, time_zone: str) -> int:
    """Make the schedule of a new account and its default; return its id."""
    first = CreateSchedule(FIRST_SCHEDULE_NAME, time_zone, is_default=True, weekly=None, overrides=())
    return (await create(work, owner_id, first)).id


async def create_working_hours(work: UnitOfWork, owner_id: int, time_zone: str) -> None:
    """Make the default schedule of somebody whom an organization made (organizations-teams.md 7.2)."""
    hours = CreateSchedule(WORKING_HOURS_NAME, time_zone, is_default=True, weekly=None, overrides=())
    await create(work, owner_id, hours)


async def is_owned(connection: Connection, owner_id: int, schedule_id: int) -> bool:
    """Tell whether a schedule is one of an owner's."""
    schedule = await queries.find_schedule(connection, schedule_id)
    return schedule is not None and schedule.owner_id == owner_id


async def get_for(connection: Connection, owner_id: int, schedule_id: int) -> Schedule:
    """Return a schedule of this owner.

    Raises:
        NotFound: there is no such schedule.
        Forbidden: it belongs to somebody else.
    """
    schedule = await queries.find_schedule(connection, schedule_id)
    if schedule is None:
        raise NotFound(f"There is no schedule {schedule_id}.")
    if schedule.owner_id != owner_id:
        raise Forbidden(f"Schedule {schedule_id} belongs to another user.")
    return schedule


async def get_default(connection: Connection, owner_id: int) -> Schedule | None:
    """Return the owner's default schedule, if there is one."""
    return await queries.find_default(connection, owner_id)


async def list_for(connection: Connection, owner_id: int) -> list[Schedule]:
    """Return all schedules of an owner by id."""
    return await queries.list_schedules(connection, owner_id)


async def update(work: UnitOfWork, owner_id: int, schedule_id: int, command: UpdateSchedule) -> Schedule:
    """Change a schedule. A default can be replaced, never unset.

    Raises:
        NotFound: there is no such schedule.
        Forbidden: it belongs to somebody else.
    """
    await queries.lock_schedule(work, schedule_id)
    await get_for(work.connection, owner_id, schedule_id)
    await queries.update_schedule(work, schedule_id, command.columns)
    if command.weekly is not None:
        await queries.delete_weekly(work, schedule_id)
        await queries.insert_weekly(work, schedule_id, command.weekly)
    if command.overrides is not None:
        await queries.delete_overrides(work, schedule_id)
        await queries.insert_overrides(work, schedule_id, command.overrides)
    if command.is_default:
        await queries.set_default(work, owner_id, schedule_id)
    return await get_for(work.connection, owner_id, schedule_id)


async def delete(work: UnitOfWork, owner_id: int, schedule_id: int) -> None:
    """Delete a schedule; whoever used it falls back to the next rule of slots.md 4.3.

    Raises:
        BadRequest: there is no such schedule (clients know this as 400).
        Forbidden: it belongs to somebody else.
    """
    try:
        await get_for(work.connection, owner_id, schedule_id)
    except NotFound as error:
        raise BadRequest(error.message) from error
    await queries.delete_schedule(work, schedule_id)


async def move_to_zone(work: UnitOfWork, schedule_id: int, time_zone: str) -> None:
    """Move a schedule to another zone; its wall-clock hours stay."""
    await queries.update_schedule(work, schedule_id, {"time_zone": time_zone})
