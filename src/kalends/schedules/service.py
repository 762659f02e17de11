"""The rules of schedules (schedules.md 3 and 5)."""

from dataclasses import dataclass
from datetime import time

from kalends.api.input.changes import UNSET
from kalends.audit.entry import Subject
from kalends.audit.ledger import Ledger
from kalends.db.database import Connection, UnitOfWork
from kalends.schedules import queries
from kalends.schedules.queries import SentSchedule
from kalends.schedules.refusals import (
    ScheduleOfAnotherUser,
    UnknownSchedule,
    UnknownScheduleToDelete,
)
from kalends.schedules.schedule import OverrideRow, Schedule, ScheduleChanges, WeeklyRow
from kalends.schedules.snapshot import snapshot_of

DEFAULT_HOURS = (WeeklyRow((1, 2, 3, 4, 5), time(9), time(17)),)
"""Monday to Friday from nine to five."""

FIRST_SCHEDULE_NAME = "Default schedule"
WORKING_HOURS_NAME = "Working Hours"


@dataclass(frozen=True, slots=True)
class CreateSchedule:
    """A new schedule."""

    name: str
    time_zone: str
    is_default: bool
    weekly: tuple[WeeklyRow, ...] = DEFAULT_HOURS
    overrides: tuple[OverrideRow, ...] = ()


async def create(
    work: UnitOfWork, owner_id: int, command: CreateSchedule, ledger: Ledger | None = None
) -> Schedule:
    """Create a schedule, and make it the owner's default if the command says so.

    With a `ledger` an organization does it, which is written down.
    """
    schedule_id = await _store(work, owner_id, command)
    made = await get_for(work.connection, owner_id, schedule_id)
    if ledger is not None:
        await ledger.record_created(work, _subject(made), snapshot_of(made))
    return made


async def create_first(work: UnitOfWork, owner_id: int, time_zone: str) -> int:
    """Create the default schedule of a new account and return its id."""
    return await _store(work, owner_id, CreateSchedule(FIRST_SCHEDULE_NAME, time_zone, is_default=True))


async def send_first(work: UnitOfWork, owner_id: int, time_zone: str) -> SentSchedule:
    """Create the default schedule of a new account as `create_first`, without waiting for it."""
    [hours] = CreateSchedule(FIRST_SCHEDULE_NAME, time_zone, is_default=True).weekly
    return await queries.send_default(work, owner_id, FIRST_SCHEDULE_NAME, time_zone, hours)


async def create_working_hours(work: UnitOfWork, owner_id: int, time_zone: str) -> None:
    """Make the default schedule of somebody whom an organization made (organizations-teams.md 7.2)."""
    hours = CreateSchedule(WORKING_HOURS_NAME, time_zone, is_default=True)
    await create(work, owner_id, hours)


async def is_owned(connection: Connection, owner_id: int, schedule_id: int) -> bool:
    """Tell whether a schedule is one of an owner's."""
    schedule = await queries.find_schedule(connection, schedule_id)
    return schedule is not None and schedule.owner_id == owner_id


async def get_for(connection: Connection, owner_id: int, schedule_id: int) -> Schedule:
    """Return a schedule of this owner.

    Raises:
        UnknownSchedule: there is no such schedule.
        ScheduleOfAnotherUser: it belongs to somebody else.
    """
    schedule = await queries.find_schedule(connection, schedule_id)
    if schedule is None:
        raise UnknownSchedule(schedule_id)
    if schedule.owner_id != owner_id:
        raise ScheduleOfAnotherUser(schedule_id)
    return schedule


async def get_default(connection: Connection, owner_id: int) -> Schedule | None:
    """Return the owner's default schedule, if there is one."""
    return await queries.find_default(connection, owner_id)


async def list_for(connection: Connection, owner_id: int) -> list[Schedule]:
    """Return all schedules of an owner, ordered by id."""
    return await queries.list_schedules(connection, owner_id)


async def list_of_organization(
    connection: Connection, organization_id: int, *, take: int, skip: int
) -> list[Schedule]:
    """Return a page of the schedules of all users with a profile in an organization, ordered by id."""
    return await queries.list_of_organization(connection, organization_id, take=take, skip=skip)


async def update(
    work: UnitOfWork,
    owner_id: int,
    schedule_id: int,
    changes: ScheduleChanges,
    ledger: Ledger | None = None,
) -> Schedule:
    """Change a schedule. The default one can be replaced, never unset.

    Raises:
        UnknownSchedule: there is no such schedule.
        ScheduleOfAnotherUser: it belongs to somebody else.
    """
    await queries.lock_schedule(work, schedule_id)
    before = await get_for(work.connection, owner_id, schedule_id)
    after = changes.applied_to(before)
    if (after.name, after.time_zone) != (before.name, before.time_zone):
        await queries.update_schedule(work, after)
    if changes.weekly is not UNSET:
        await queries.delete_weekly(work, schedule_id)
        await queries.insert_weekly(work, schedule_id, after.weekly)
    if changes.overrides is not UNSET:
        await queries.delete_overrides(work, schedule_id)
        await queries.insert_overrides(work, schedule_id, after.overrides)
    if changes.is_default is not UNSET and after.is_default:
        await queries.set_default(work, owner_id, schedule_id)
    changed = await get_for(work.connection, owner_id, schedule_id)
    if ledger is not None:
        await ledger.record_updated(work, _subject(changed), snapshot_of(before), snapshot_of(changed))
    return changed


async def delete(work: UnitOfWork, owner_id: int, schedule_id: int, ledger: Ledger | None = None) -> None:
    """Delete a schedule; whoever used it falls back to the next rule of slots.md 4.3.

    Raises:
        UnknownScheduleToDelete: there is no such schedule.
        ScheduleOfAnotherUser: it belongs to somebody else.
    """
    try:
        deleted = await get_for(work.connection, owner_id, schedule_id)
    except UnknownSchedule as error:
        raise UnknownScheduleToDelete(schedule_id) from error
    await queries.delete_schedule(work, schedule_id)
    if ledger is not None:
        await ledger.record_deleted(work, _subject(deleted), snapshot_of(deleted))


async def move_to_zone(work: UnitOfWork, schedule_id: int, time_zone: str) -> None:
    """Move a schedule to another zone; its wall-clock hours stay."""
    await queries.set_time_zone(work, schedule_id, time_zone)


async def _store(work: UnitOfWork, owner_id: int, command: CreateSchedule) -> int:
    schedule_id = await queries.insert_schedule(work, owner_id, command.name, command.time_zone)
    await queries.insert_weekly(work, schedule_id, command.weekly)
    await queries.insert_overrides(work, schedule_id, command.overrides)
    if command.is_default:
        await queries.set_default(work, owner_id, schedule_id)
    return schedule_id


def _subject(schedule: Schedule) -> Subject:
    return Subject("schedule", schedule.id)
