"""The engine's questions about an event type, fed from the database."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from enum import Enum
from functools import lru_cache
from typing import TypeVar

from kalends.db.database import Connection
from kalends.event_types.event_type import EventType
from kalends.scheduling import engine
from kalends.slots import queries
from kalends.slots.queries import HostRow, Range, ReservationRow

Answer = TypeVar("Answer")


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


async def load(connection: Connection, question: Question, *, names_bookings: bool) -> Situation:
    """Read the hosts of a question's event type, and what takes their time.

    Reasons can say which booking stands in the way only with `names_bookings`.
    """
    event_type = question.event_type
    before, after = event_type.before_event_buffer * 60, event_type.after_event_buffer * 60
    start, end = engine.data_range(
        question.rules,
        start=question.start,
        end=question.end,
        now=int(question.now.timestamp()),
        zone=question.zone,
    )
    rows = await queries.find_hosts(
        connection,
        [event_type.owner.id],
        event_type.schedule_id,
        Range(start - before, end + after, question.now, question.moving),
        names_bookings=names_bookings,
    )
    return Situation(
        [engine.Host(row.id, _schedule_of(row), _busy_times(row, before, after)) for row in rows],
        engine.Taken(
            reservations=[
                _reservation(held, row.id, event_type)
                for row in rows
                for held in row.reservations
                if _counts(held, question)
            ]
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


def _counts(row: ReservationRow, question: Question) -> bool:
    return row.uid != question.own_reservation and (row.is_binding or question.holds is Holds.ALL)


def _reservation(row: ReservationRow, host_id: int, event_type: EventType) -> engine.Reservation:
    """Return a reservation as the engine takes it; only a binding one keeps its buffers free too."""
    is_own = row.event_type_id == event_type.id
    return engine.Reservation(
        row.start,
        row.end,
        host_id=None if is_own else host_id,
        is_seat=row.is_seat,
        before=(row.before + event_type.after_event_buffer) * 60 if row.is_binding else 0,
        after=(row.after + event_type.before_event_buffer) * 60 if row.is_binding else 0,
        reference=row.uid,
    )
