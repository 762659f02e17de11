"""The engine's questions about an event type, fed from the database."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import Enum
from functools import lru_cache
from typing import TypeVar

from kalends.db.database import Connection
from kalends.event_types.event_type import BookingWindow, EventType, WindowKind
from kalends.scheduling import engine
from kalends.slots import queries
from kalends.slots.queries import HostRow, Range, ReservationRow, SeatedRow

Answer = TypeVar("Answer")


class Holds(Enum):
    """Which reservations count.

    All that are unexpired, for lists; only those that bind, for bookings; or all, with every held seat
    keeping its host from anything else, for what is to be promised to somebody.
    """

    ALL = "all"
    BINDING = "binding"
    PROMISED = "promised"


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
    """What the engine needs to answer a question, besides its rules."""

    hosts: list[engine.Host]
    taken: engine.Taken


def rules_of(event_type: EventType, length: int, *, interval: int) -> engine.Rules:
    """Return the rules of an event type for bookings of `length` minutes.

    `interval` is the step between starts, in minutes, of an event type that sets none.
    """
    return engine.Rules(
        length=length,
        slot_interval=event_type.slot_interval or interval,
        offset_start=event_type.offset_start,
        minimum_notice=event_type.minimum_booking_notice,
        booking_limits_count=_limits(event_type.booking_limits),
        booking_limits_duration=_limits(event_type.duration_limits),
        window=_window(event_type.window),
        seats=event_type.seats.per_time_slot if event_type.seats else None,
        first_slot_only=event_type.only_show_first_available_slot,
    )


def _limits(stored: Mapping[str, int] | None) -> tuple[engine.Limit, ...]:
    return tuple(engine.Limit(_UNITS[name], value) for name, value in (stored or {}).items())


_UNITS = {f"PER_{unit.name}": unit for unit in engine.Unit}


def _window(stored: BookingWindow) -> engine.DaysWindow | engine.RangeWindow | None:
    match stored.kind, stored.first, stored.last:
        case WindowKind.UNLIMITED, _, _:
            return None
        case WindowKind.RANGE, date() as first, date() as last:
            # In the zone of the first host: an event type with a schedule gives all its hosts the same.
            return engine.RangeWindow(first, last)
        case kind, _, _:
            return engine.DaysWindow(
                stored.days or 0,
                is_business=not stored.counts_calendar_days,
                is_rolling=kind is WindowKind.ROLLING_WINDOW,
            )


async def load(connection: Connection, question: Question, *, names_bookings: bool) -> Situation:
    """Read the hosts of a question's event type, and what takes their time.

    Reasons can say which booking stands in the way only with `names_bookings`.
    """
    event_type, rules = question.event_type, question.rules
    before, after = event_type.before_event_buffer * 60, event_type.after_event_buffer * 60
    now = int(question.now.timestamp())
    start, end = engine.data_range(rules, start=question.start, end=question.end, now=now, zone=question.zone)
    asked = Range(start - before, end + after, question.now, question.moving)
    counting = engine.counting_range(
        rules, start=question.start, end=question.end, now=now, zone=question.zone
    )
    rows = await queries.find_hosts(
        connection,
        [event_type.owner.id],
        event_type.schedule_id,
        asked,
        seated_of=None if rules.seats is None else event_type.id,
        names_bookings=names_bookings,
    )
    seated = () if rules.seats is None else await queries.find_seated(connection, event_type.id, asked)
    counted = (
        await queries.find_counted(connection, event_type.id, counting, question.moving) if counting else ()
    )
    return Situation(
        [engine.Host(row.id, _schedule_of(row), _busy_times(row, before, after)) for row in rows],
        engine.Taken(
            counted=counted,
            seated=[_seated(row, before, after) for row in seated],
            reservations=[
                reservation
                for row in rows
                for held in row.reservations
                if (reservation := _reservation(held, row.id, question)) is not None
            ],
        ),
    )


def ask(function: Callable[..., Answer], question: Question, situation: Situation) -> Answer:
    """Put a question to one of the engine's functions, which all take the same arguments."""
    return function(
        question.rules,
        situation.hosts,
        start=question.start,
        end=question.end,
        now=int(question.now.timestamp()),
        zone=question.zone,
        taken=situation.taken,
    )


def _schedule_of(host: HostRow) -> engine.Schedule:
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


def _busy_times(host: HostRow, before: int, after: int) -> list[engine.Busy]:
    """Return when a host is busy, widened by the buffers of the event type asked about, in seconds."""
    if host.bookings:
        return [
            engine.Busy(
                row.start - after,
                row.end + before,
                row.raw_start,
                row.raw_end,
                engine.Source.BOOKING,
                row.uid,
            )
            for row in host.bookings
        ]
    return [engine.Busy(start - after, end + before, start, end) for start, end in host.periods]


def _seated(row: SeatedRow, before: int, after: int) -> engine.Seated:
    """Return a seated booking with its buffers and those of the event type asked about, in seconds."""
    return engine.Seated(
        row.start,
        row.end,
        row.seats,
        tuple(row.host_ids),
        before=row.start - row.busy_from + after,
        after=row.busy_until - row.end + before,
        reference=row.uid,
    )


def _reservation(row: ReservationRow, host_id: int, question: Question) -> engine.Reservation | None:
    """Return a reservation as the engine takes it; None: it does not stand in the way of this question.

    Only a binding one keeps its buffers free too. A held seat counts at its own start; what else its host
    may do then is left open unless it binds, or this question is about a promise.
    """
    if row.uid == question.own_reservation or (question.holds is Holds.BINDING and not row.is_binding):
        return None
    event_type = question.event_type
    is_own = row.event_type_id == event_type.id
    keeps_hosts = row.is_binding or question.holds is Holds.PROMISED
    if row.is_seat and not is_own and not keeps_hosts:
        return None
    is_seat = row.is_seat and is_own
    return engine.Reservation(
        row.start,
        row.end,
        host_id=None if is_own else host_id,
        is_seat=is_seat,
        keeps_hosts=is_seat and keeps_hosts,
        before=(row.before + event_type.after_event_buffer) * 60 if row.is_binding else 0,
        after=(row.after + event_type.before_event_buffer) * 60 if row.is_binding else 0,
        reference=row.uid,
    )
