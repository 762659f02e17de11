"""What can be booked, and whether a time can: the engine, fed from the database."""

import json
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import Enum
from functools import lru_cache
from typing import TypeVar

from kalends.api.errors import BadRequest, NotFound
from kalends.db.database import Connection
from kalends.event_types import service as event_types
from kalends.event_types.event_type import EventType
from kalends.scheduling import engine
from kalends.scheduling.zones import day_of_date, day_start
from kalends.slots import queries
from kalends.slots.queries import BusyRow, HostRow, ReservationRow

Answer = TypeVar("Answer")


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
    event_type_id: int | None


GROUP_LENGTH = 30
"""Minutes of a group meeting that names no duration."""

NO_SLOTS = Slots((), 0, None)


@dataclass(frozen=True, slots=True)
class Explain:
    """A time to explain: the slot that starts `at` an epoch second, or a whole date of `zone`."""

    address: SlotsAddress
    at: int | date
    zone: str
    duration: int | None
    moving: str | None


@dataclass(frozen=True, slots=True)
class Explained:
    """What stands against `[start, end)`; `event_type` None: a group that has nobody."""

    event_type: EventType | None
    start: int
    end: int
    is_available: bool
    reasons: Sequence[engine.Reason]
    host_ids: Sequence[int]


class Holds(Enum):
    """Which reservations count: all that are unexpired, or only those that bind."""

    ALL = "all"
    BINDING = "binding"


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked of an event type: a range of epoch seconds, by whose zone, at which instant.

    `moving` is the uid of a booking, `own_reservation` that of a reservation, that do not stand in the way.
    """

    event_type: EventType
    rules: engine.Rules
    start: int
    end: int
    now: datetime
    zone: str = "UTC"
    moving: str | None = None
    holds: Holds = Holds.ALL
    own_reservation: str | None = None


@dataclass(frozen=True, slots=True)
class Situation:
    """What the engine needs to answer a question."""

    hosts: list[engine.Host]
    taken: engine.Taken


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
    event_type = await resolve(connection, command.address)
    if event_type is None or command.end <= command.start:
        return NO_SLOTS
    length = command.duration or event_type.length
    question = Question(
        event_type,
        rules_of(event_type, length, interval=length),
        command.start,
        command.end,
        now,
        zone=command.zone,
        moving=command.moving,
    )
    starts = _ask(engine.list_slots, question, await load(connection, question))
    return Slots(starts, length, event_type.id)


async def check(connection: Connection, question: Question) -> engine.Verdict:
    """Decide with the engine that lists slots whether the range of a question can be booked."""
    return _ask(engine.check, question, await load(connection, question))


async def explain(connection: Connection, command: Explain, *, now: datetime) -> Explained:
    """Say why a time can or cannot be booked; a date is available when it offers a slot.

    Raises:
        NotFound: nothing has this address.
    """
    event_type = await resolve(connection, command.address)
    length = command.duration or (event_type.length if event_type else GROUP_LENGTH)
    start, end = _explained_range(command, length)
    if event_type is None:
        nobody = engine.Reason(engine.Code.NO_HOSTS)
        return Explained(None, start, end, is_available=False, reasons=[nobody], host_ids=[])
    question = Question(
        event_type,
        rules_of(event_type, length, interval=length),
        start,
        end,
        now,
        zone=command.zone,
        moving=command.moving,
    )
    situation = await load(connection, question)
    if isinstance(command.at, date):
        is_available = bool(_ask(engine.list_slots, question, situation))
        reasons = _ask(engine.explain_range, question, situation)
    else:
        is_available = _ask(engine.check, question, situation).is_accepted
        reasons = _ask(engine.explain, question, situation)
    host_ids = [host.id for host in situation.hosts]
    return Explained(event_type, start, end, is_available, reasons, host_ids)


def _explained_range(command: Explain, length: int) -> tuple[int, int]:
    if isinstance(command.at, date):
        day = day_of_date(command.at)
        return day_start(command.zone, day), day_start(command.zone, day + 1)
    return command.at, command.at + length * 60


def _ask(ask: Callable[..., Answer], question: Question, situation: Situation) -> Answer:
    """Put a question to one of the engine's functions, which all take the same arguments."""
    return ask(
        question.rules,
        situation.hosts,
        start=question.start,
        end=question.end,
        now=int(question.now.timestamp()),
        zone=question.zone,
        taken=situation.taken,
    )


def rules_of(event_type: EventType, length: int, *, interval: int) -> engine.Rules:
    """Return the rules of an event type for bookings of `length` minutes.

    `interval` is the step between starts, in minutes, of an event type that sets none.
    """
    return engine.Rules(
        length=length,
        slot_interval=event_type.slot_interval or interval,
        offset_start=event_type.offset_start,
        minimum_notice=event_type.minimum_booking_notice,
    )


async def load(connection: Connection, question: Question) -> Situation:
    """Read the hosts of a question's event type, and what takes their time."""
    event_type = question.event_type
    start, end = engine.data_range(
        question.rules,
        start=question.start,
        end=question.end,
        now=int(question.now.timestamp()),
        zone=question.zone,
    )
    before, after = event_type.before_event_buffer * 60, event_type.after_event_buffer * 60
    found = await queries.find_hosts(connection, [event_type.owner.id], event_type.schedule_id)
    host_ids = [host.id for host in found]
    rows = await queries.find_busy(connection, host_ids, start - before, end + after, question.moving)
    busy: dict[int, list[engine.Busy]] = defaultdict(list)
    for row in rows:
        busy[row.host_id].append(_busy(row, before, after))
    held = await queries.find_reservations(connection, event_type.id, host_ids, start, end, question.now)
    return Situation(
        [engine.Host(host.id, schedule_of(host), busy[host.id]) for host in found],
        engine.Taken(reservations=[_reservation(row, event_type) for row in held if _counts(row, question)]),
    )


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


def _counts(row: ReservationRow, question: Question) -> bool:
    return row.uid != question.own_reservation and (row.is_binding or question.holds is Holds.ALL)


def _reservation(row: ReservationRow, event_type: EventType) -> engine.Reservation:
    """Return a reservation as the engine takes it; only a binding one keeps its buffers free too."""
    is_own = row.event_type_id == event_type.id
    return engine.Reservation(
        row.start,
        row.end,
        host_id=None if is_own else row.host_id,
        is_seat=row.is_seat,
        before=(row.before + event_type.after_event_buffer) * 60 if row.is_binding else 0,
        after=(row.after + event_type.before_event_buffer) * 60 if row.is_binding else 0,
        reference=row.uid,
    )


def _busy(row: BusyRow, before: int, after: int) -> engine.Busy:
    return engine.Busy(
        row.start - after,
        row.end + before,
        row.raw_start,
        row.raw_end,
        engine.Source.BOOKING,
        row.uid,
    )


async def resolve(connection: Connection, address: SlotsAddress) -> EventType | None:
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
