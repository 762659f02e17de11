"""What the engine needs to answer a question about an event type, read from the database."""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import Enum
from typing import TypeVar

from kalends.bounded_cache import bounded_cache
from kalends.db.database import Connection
from kalends.event_types.address import IdAddress, lookup_of
from kalends.scheduling import engine
from kalends.slots import queries
from kalends.slots.refusals import UnknownEventTypeId
from kalends.slots.rows import FoundSubject, HostRow, Range, ReservationRow, SeatedRow, Source, Subject

_KEPT_BYTES = 32_000_000
_BYTES_A_SCHEDULE = 1_000
_BYTES_A_CHARACTER = 60
"""What a schedule takes in memory, at most, for each character of its stored hours."""

Answer = TypeVar("Answer")


class CountedReservations(Enum):
    """Which reservations count.

    For lists, all that have not expired; for bookings, only those that bind; for reservations, all, and every
    reserved seat keeps its host from anything else.
    """

    ALL = "all"
    BINDING = "binding"
    KEEPING_HOSTS = "keeping_hosts"


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked of an event type or a group, for slots of `length` minutes.

    That is a range of epoch seconds, by whose zone, at which instant. `moving` is the uid of a booking,
    `own_reservation` that of a reservation, that do not stand in the way. `rules` are those for the length,
    or those that a command has `settled` on.
    """

    subject: Subject
    length: int
    start: int
    end: int
    now: datetime
    zone: str = "UTC"
    moving: str | None = None
    reservations: CountedReservations = CountedReservations.ALL
    own_reservation: str | None = None
    settled: engine.Rules | None = None
    rules: engine.Rules = field(init=False)

    def __post_init__(self) -> None:
        rules = self.settled
        if rules is None:
            rules = self.subject.terms.rules(self.length, self.subject.week_start)
        object.__setattr__(self, "rules", rules)


@dataclass(frozen=True, slots=True)
class Situation:
    """What the engine needs to answer a question, besides its rules."""

    hosts: list[engine.Host]
    taken: engine.Taken


async def load(connection: Connection, question: Question, *, names_bookings: bool) -> Situation:
    """Read the hosts of a question's event type, and what takes their time.

    Reasons can say which booking stands in the way only with `names_bookings`.

    Raises:
        UnknownEventTypeId: the event type is gone.
    """
    source = _source(question.subject)
    return await _read(connection, question, source, range_of(question), names_bookings=names_bookings)


async def load_found(
    connection: Connection, question: Question, found: FoundSubject, *, names_bookings: bool = False
) -> Situation:
    """Read what a question needs besides what was found with its subject."""
    asked = range_of(question)
    if names_bookings or not found.asked.covers(asked):
        return await _read(connection, question, found.source, asked, names_bookings=names_bookings)
    return await _situation(connection, question, found)


def _source(subject: Subject) -> Source:
    if subject.event_type_id is None:
        raise LookupError("a group is no event type")
    lookup = lookup_of(IdAddress(subject.event_type_id))
    return queries.user_event_type(lookup) if subject.team_id is None else queries.team_event_type(lookup)


async def _read(
    connection: Connection, question: Question, source: Source, asked: Range, *, names_bookings: bool
) -> Situation:
    found = await queries.find(connection, source, asked, names_bookings=names_bookings)
    if found is None:
        raise UnknownEventTypeId(question.subject.event_type_id)
    return await _situation(connection, question, found)


async def _situation(connection: Connection, question: Question, found: FoundSubject) -> Situation:
    event_type_id, terms, asked = question.subject.event_type_id, question.subject.terms, found.asked
    before, after = terms.before_event_buffer * 60, terms.after_event_buffer * 60
    seated: Sequence[SeatedRow] = ()
    counted: Sequence[engine.Interval] = ()
    if event_type_id is not None:
        if terms.seats is not None:
            seated = await queries.find_seated(connection, event_type_id, asked)
        counting = engine.counting_range(
            question.rules,
            start=question.start,
            end=question.end,
            now=int(question.now.timestamp()),
            zone=question.zone,
        )
        if counting:
            counted = await queries.find_counted(connection, event_type_id, counting, question.moving)
    return Situation(
        [_host(row, before, after) for row in found.hosts],
        engine.Taken(
            counted=counted,
            seated=[_seated(row, before, after) for row in seated],
            reservations=_reservations(found, question),
        ),
    )


def _reservations(found: FoundSubject, question: Question) -> list[engine.Reservation]:
    """Return the reservations of the event type itself, and those of its hosts, each with its host."""
    each = [_reservation(one, None, question) for one in found.reservations]
    each += [_reservation(one, host.id, question) for host in found.hosts for one in host.reservations]
    return [reservation for reservation in each if reservation is not None]


def range_of_any(start: int, end: int, *, now: datetime, moving: str | None) -> Range:
    """Return the range to read before the terms of an event type are known."""
    begins, ends = engine.data_range(None, start=start, end=end, now=int(now.timestamp()))
    return Range(begins, ends, now, moving)


def range_of(question: Question) -> Range:
    """Return the range to read for a question."""
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


@bounded_cache(_KEPT_BYTES, lambda zone, hours: _BYTES_A_CHARACTER * len(hours) + _BYTES_A_SCHEDULE)
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
        is_fixed=row.is_fixed,
        blocked=[
            (start - after, end + before) for start, end in zip(row.busy_starts, row.busy_ends, strict=True)
        ],
        out_of_office=tuple(
            [
                engine.Absence(date.fromisoformat(first), date.fromisoformat(last))
                for first, last in row.absences
            ]
        ),
        travel=tuple([engine.Travel(*stay) for stay in row.travel]),
    )


def _seated(row: SeatedRow, before: int, after: int) -> engine.SeatedBooking:
    """Return a seated booking with its buffers and those of the event type asked about, in seconds."""
    return engine.SeatedBooking(
        row.start,
        row.end,
        row.seats,
        tuple(row.host_ids),
        before=row.start - row.busy_from + after,
        after=row.busy_until - row.end + before,
        reference=row.uid,
    )


def _reservation(row: ReservationRow, host_id: int | None, question: Question) -> engine.Reservation | None:
    """Return a reservation as the engine takes it; None: it does not count for this question.

    `host_id` None: it is the event type's own. Only a binding one keeps its buffers free too. A reserved seat
    counts at its own start; it keeps its host from other meetings only if it binds, or if the question is
    about a reservation.
    """
    if row.uid == question.own_reservation or (
        question.reservations is CountedReservations.BINDING and not row.is_binding
    ):
        return None
    terms = question.subject.terms
    is_own = row.event_type_id == question.subject.event_type_id
    keeps_hosts = row.is_binding or question.reservations is CountedReservations.KEEPING_HOSTS
    if row.is_seat and not is_own and not keeps_hosts:
        return None
    is_seat = row.is_seat and is_own
    return engine.Reservation(
        row.start,
        row.end,
        host_id=None if is_own else host_id,
        is_seat=is_seat,
        keeps_hosts=is_seat and keeps_hosts,
        only_hides=not (row.is_seat or row.is_binding),
        before=(row.before + terms.after_event_buffer) * 60 if row.is_binding else 0,
        after=(row.after + terms.before_event_buffer) * 60 if row.is_binding else 0,
        reference=row.uid,
    )
