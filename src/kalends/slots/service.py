"""What can be booked, and whether a time can: the engine, fed from the database."""

import json
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache

from kalends.api.errors import BadRequest, NotFound
from kalends.db.database import Connection
from kalends.event_types import service as event_types
from kalends.event_types.event_type import EventType
from kalends.scheduling import engine
from kalends.slots import queries
from kalends.slots.queries import BusyRow, HostRow


@dataclass(frozen=True, slots=True)
class SlotsAddress:
    """Whose slots are asked for: an event type by id or by username and slug, a team's, or a group's."""

    event_type_id: int | None = None
    username: str | None = None
    team_slug: str | None = None
    event_type_slug: str | None = None
    organization_slug: str | None = None
    usernames: tuple[str, ...] | None = None


@dataclass(frozen=True, slots=True)
class ListSlots:
    """Slots to list, in `[start, end]` epoch seconds.

    `duration` in minutes, None: the event type's length. `zone` groups the days. `moving` is the uid of a
    booking that is to be moved, and so does not stand in its own way.
    """

    address: SlotsAddress
    start: int
    end: int
    zone: str
    duration: int | None
    moving: str | None


@dataclass(frozen=True, slots=True)
class Slots:
    """The starts of slots, epoch seconds, sorted; `length` in minutes."""

    starts: Sequence[int]
    length: int


NO_SLOTS = Slots((), 0)


async def list_slots(
    connection: Connection, command: ListSlots, *, now: datetime, longest_days: int
) -> Slots:
    """Return the slots that are open.

    Raises:
        BadRequest: the range is longer than `longest_days`.
        NotFound: nothing has this address.
    """
    if command.end - command.start > longest_days * 86_400:
        raise BadRequest(f"start and end must be at most {longest_days} days apart.")
    event_type = await _resolve(connection, command.address)
    if event_type is None:
        return NO_SLOTS
    length = command.duration or event_type.length
    rules = rules_of(event_type, length, default_interval=command.duration or event_type.length)
    hosts = await load_hosts(
        connection, event_type, command.start, max(command.start, command.end), moving=command.moving
    )
    starts = engine.list_slots(
        rules, hosts, start=command.start, end=command.end, now=int(now.timestamp()), zone=command.zone
    )
    return Slots(starts, length)


async def check(
    connection: Connection,
    event_type: EventType,
    *,
    start: datetime,
    end: datetime,
    now: datetime,
    zone: str,
    moving: str | None,
) -> engine.Verdict:
    """Decide with the same engine whether an event type can be booked for `[start, end)`."""
    begins, ends = int(start.timestamp()), int(end.timestamp())
    rules = rules_of(event_type, (ends - begins) // 60, default_interval=event_type.length)
    hosts = await load_hosts(connection, event_type, begins, ends, moving=moving)
    return engine.check(rules, hosts, start=begins, end=ends, now=int(now.timestamp()), zone=zone)


def rules_of(event_type: EventType, length: int, *, default_interval: int) -> engine.Rules:
    """Return the rules of an event type for bookings of `length` minutes."""
    return engine.Rules(
        length=length,
        slot_interval=event_type.slot_interval or default_interval,
        offset_start=event_type.offset_start,
        minimum_notice=event_type.minimum_booking_notice,
    )


async def load_hosts(
    connection: Connection, event_type: EventType, start: int, end: int, *, moving: str | None
) -> list[engine.Host]:
    """Read who hosts an event type, their schedules, and what makes them busy in `[start, end)`."""
    before, after = event_type.before_event_buffer * 60, event_type.after_event_buffer * 60
    found = await queries.find_hosts(connection, [event_type.owner.id], event_type.schedule_id)
    host_ids = [host.id for host in found]
    # A booking blocks from its own buffers plus the event type's after-buffer on.
    rows = await queries.find_busy(connection, host_ids, start - before, end + after, moving)
    busy: dict[int, list[engine.Busy]] = defaultdict(list)
    for row in rows:
        busy[row.host_id].append(_busy(row, before, after))
    return [engine.Host(host.id, schedule_of(host), busy[host.id]) for host in found]


def schedule_of(host: HostRow) -> engine.Schedule:
    """Return the hours of a host; nine to five on weekdays for one without a schedule."""
    if host.hours is None:
        return engine.default_schedule(host.zone)
    return _parsed_schedule(host.zone, host.hours)


@lru_cache(maxsize=10_000)
def _parsed_schedule(zone: str, hours: str) -> engine.Schedule:
    rows = json.loads(hours)
    weekly = tuple(
        engine.WeeklyHours(frozenset(days), start, end) for days, start, end, day in rows if day is None
    )
    overrides = tuple(
        engine.Override(date.fromisoformat(day), start, end) for _, start, end, day in rows if day is not None
    )
    return engine.Schedule(zone, weekly, overrides)


def _busy(row: BusyRow, before: int, after: int) -> engine.Busy:
    return engine.Busy(
        row.start - after,
        row.end + before,
        row.raw_start,
        row.raw_end,
        engine.Source.BOOKING,
        row.uid,
    )


async def _resolve(connection: Connection, address: SlotsAddress) -> EventType | None:
    """Return the event type at an address; None for a group whose organization has nobody of it."""
    if address.event_type_id is not None:
        return await event_types.get(connection, address.event_type_id)
    if address.usernames is not None:
        return None
    if address.organization_slug:
        raise NotFound(f"There is no organization {address.organization_slug!r}.")
    if address.username is None:
        raise NotFound(f"There is no team {address.team_slug!r}.")
    return await event_types.get_by_slug(connection, address.username, address.event_type_slug or "")
