"""Recording what happened to bookings, and what is due later in their lives."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TypeAlias

from kalends.bookings.booking import Attendee, Booking
from kalends.bookings.facts.fact import BookingFact, FactKind, Series
from kalends.bookings.facts.snapshots import (
    attendee_snapshot_of,
    booking_snapshot_of,
    event_type_snapshot_of,
    previous_snapshot_of,
)
from kalends.bookings.facts.stored import encode
from kalends.bookings.facts.timers import timers_of
from kalends.bookings.sql import reads
from kalends.db.database import Connection, UnitOfWork
from kalends.event_types.event_type import EventType
from kalends.outbox import service as outbox
from kalends.outbox.fact import Fact

Outline: TypeAlias = Sequence[tuple[str, datetime]]
"""The calendar objects of a series in its order, each with the start that it first had."""

# What happens to one of several attendees leaves the booking's own times as they are. So does what a timer
# tells: an approval reminder that set them anew would come again and again, counted from itself.
_KEEPS_TIMERS = frozenset(
    {
        FactKind.SEAT_BOOKED,
        FactKind.SEAT_CANCELLED,
        FactKind.ABSENCE_UPDATED,
        FactKind.MEETING_STARTED,
        FactKind.MEETING_ENDED,
        FactKind.REMINDER_DUE,
        FactKind.APPROVAL_REMINDER_DUE,
    }
)


@dataclass(frozen=True, slots=True)
class Change:
    """What was done to one booking or several at once; `actor` is the e-mail of who did it, when proven."""

    kind: FactKind
    at: datetime
    actor: str | None = None
    reason: str | None = None


async def record(work: UnitOfWork, facts: Sequence[BookingFact]) -> None:
    """Record facts in this order, and the timers of their bookings."""
    await outbox.record(work, [_stored(fact) for fact in facts])


def fact_of(
    change: Change,
    booking: Booking,
    event_type: EventType | None,
    *,
    series: Series | None = None,
    attendee: Attendee | None = None,
    previous: Booking | None = None,
) -> BookingFact:
    """Return the fact of a change to one booking, which is passed as it is after the change."""
    return BookingFact(
        change.kind,
        change.at,
        booking_snapshot_of(booking),
        None if event_type is None else event_type_snapshot_of(event_type),
        series=series,
        attendee=None if attendee is None else attendee_snapshot_of(attendee),
        previous=None if previous is None else previous_snapshot_of(previous),
        actor=change.actor,
        reason=change.reason,
    )


def facts_of_each(
    change: Change,
    bookings: Sequence[Booking],
    event_type: EventType | None,
    outline: Outline,
    *,
    lead_uid: str,
    covers_rest: bool,
) -> list[BookingFact]:
    """Return the facts of a change to several bookings, which are passed as they are after it.

    They are of one series, which has this outline; of no series, if it is empty. The booking with the uid
    `lead_uid` speaks for all. `covers_rest`: no later occurrence is left.
    """
    kept = None if event_type is None else event_type_snapshot_of(event_type)
    starts = tuple(sorted(booking.start for booking in bookings))
    return [
        BookingFact(
            change.kind,
            change.at,
            booking_snapshot_of(booking),
            kept,
            is_lead=booking.uid == lead_uid,
            series=_series_at(booking, outline, starts, covers_rest=covers_rest) if outline else None,
            actor=change.actor,
            reason=change.reason,
        )
        for booking in bookings
    ]


async def outline_of(connection: Connection, booking: Booking) -> Outline:
    """Return the outline of the series that a booking belongs to; empty if it belongs to none."""
    if booking.recurring_uid is None:
        return []
    return await reads.find_series_outline(connection, booking.recurring_uid)


async def series_of(connection: Connection, booking: Booking) -> Series | None:
    """Return where a booking stands in its series; None: it belongs to none."""
    outline = await outline_of(connection, booking)
    return _series_at(booking, outline, (booking.start,), covers_rest=False) if outline else None


def _series_at(
    booking: Booking, outline: Outline, starts: tuple[datetime, ...], *, covers_rest: bool
) -> Series:
    position = next(place for place, (ical_uid, _) in enumerate(outline) if ical_uid == booking.ical_uid)
    return Series(
        uid=booking.recurring_uid or "",
        position=position,
        count=len(outline),
        ical_uid=outline[0][0],
        original_start=outline[position][1],
        starts=starts,
        covers_rest=covers_rest,
    )


def _stored(fact: BookingFact) -> Fact:
    booking = fact.booking
    timers = None
    if fact.kind not in _KEEPS_TIMERS:
        timers = [(timer.kind.value, timer.due_at) for timer in timers_of(booking, fact.occurred_at)]
    return Fact(
        kind=fact.kind.value,
        booking_id=booking.id,
        event_type_id=booking.event_type_id,
        user_id=booking.organizer.id,
        ordering_key=fact.ordering_key,
        payload=encode(fact),
        timers=timers,
    )
