"""The engine's questions about an event type, fed from the database."""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import Enum
from functools import lru_cache
from typing import TypeVar

from kalends.db.database import Connection
from kalends.event_types.event_type import EventType
from kalends.scheduling import engine
from kalends.slots import queries
from kalends.slots.queries import Found, HostRow, Range, ReservationRow, SeatedRow
from kalends.slots.terms import Terms, terms_of

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

    event_type: EventType | Terms
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


def rules_of(event_type: EventType, length: int) -> engine.Rules:
    """Return the rules of an event type for bookings of `length` minutes, the same as for lists of them."""
    return terms_of(event_type).rules(length)


async def load(connection: Connection, question: Question, *, names_bookings: bool) -> Situation:
    """Read the hosts of a question's event type, and what takes their time.

    Reasons can say which booking stands in the way only with `names_bookings`.
    """
    asked = _range_of(question)
    hosts = await queries.find_hosts(connection, question.event_type.id, asked, names_bookings=names_bookings)
    return await _situation(connection, question, hosts, asked)


async def load_found(connection: Connection, question: Question, found: Found) -> Situation:
    """Read what a question needs besides what was found with the terms of its event type."""
    asked = _range_of(question)
    hosts = found.hosts
    if asked != found.asked:
        hosts = await queries.find_hosts(connection, question.event_type.id, asked, names_bookings=False)
    return await _situation(connection, question, hosts, asked)


async def _situation(
    connection: Connection, question: Question, hosts: Sequence[HostRow], asked: Range
) -> Situation:
    event_type, rules = question.event_type, question.rules
    before, after = event_type.before_event_buffer * 60, event_type.after_event_buffer * 60
    seated = () if rules.seats is None else await queries.find_seated(connection, event_type.id, asked)
    counting = engine.counting_range(
        rules, start=question.start, end=question.end, now=int(question.now.timestamp()), zone=question.zone
    )
    counted = (
        await queries.find_counted(connection, event_type.id, counting, question.moving) if counting else ()
    )
    return Situation(
        [_host(row, before, after) for row in hosts],
        engine.Taken(
            counted=counted,
            seated=[_seated(row, before, after) for row in seated],
            reservations=[
                reservation
                for row in hosts
                for held in row.reservations
                if (reservation := _reservation(held, row.id, question)) is not None
            ],
        ),
    )


def range_of_any(start: int, end: int, *, now: datetime, moving: str | None) -> Range:
    """Return the range to read before the terms of an event type are known."""
    begins, ends = engine.data_range(None, start=start, end=end, now=int(now.timestamp()))
    return Range(begins, ends, now, moving)


def _range_of(question: Question) -> Range:
    begins, ends = engine.data_range(
        question.rules,
        start=question.start,
        end=question.end,
        now=int(question.now.timestamp()),
        zone=question.zone,
    )
    return Range(begins, ends, question.now, question.moving)


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


def _host(row: HostRow, before: int, after: int) -> engine.Host:
    """Return a host who is busy for as long as bookings and the buffers of the asked event type take."""
    return engine.Host(
        row.id,
        _schedule_of(row),
        busy=[
            engine.Busy(
                booking.start - after,
                booking.end + before,
                booking.raw_start,
                booking.raw_end,
                engine.Source.BOOKING,
                booking.uid,
            )
            for booking in row.bookings
        ],
        blocked=[
            (start - after, end + before) for start, end in zip(row.busy_starts, row.busy_ends, strict=True)
        ],
    )


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
