"""Recording what happened to bookings, and what is due later in their lives."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from kalends.bookings.booking import Attendee, Booking
from kalends.bookings.facts.fact import BookingFact, FactKind, Series
from kalends.bookings.facts.outline import Outline, is_told_singly, series_at
from kalends.bookings.facts.snapshots import (
    AttendeeSnapshot,
    attendee_snapshot_of,
    booking_snapshot_of,
    event_type_snapshot_of,
    previous_snapshot_of,
)
from kalends.bookings.facts.stored import encode_together
from kalends.bookings.facts.timers import BOOKING, timers_of
from kalends.bookings.sql import reads
from kalends.db.database import Connection, UnitOfWork
from kalends.event_types.event_type import EventType
from kalends.outbox import service as outbox
from kalends.outbox.fact import Fact, Subject

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
    """What was done to one booking or several at once; `actor` is the e-mail of who did it, when proven.

    `was_told` false: they were requests that nobody had accepted, so no calendar has them. `is_by_stranger`:
    they were booked by somebody whom no credential vouches for.
    """

    kind: FactKind
    at: datetime
    actor: str | None = None
    reason: str | None = None
    was_told: bool = True
    is_by_stranger: bool = False


async def record(work: UnitOfWork, facts: Sequence[BookingFact]) -> None:
    """Record facts in this order, and the timers of their bookings."""
    texts, shared = encode_together(facts)
    stored = [_stored(fact, *text) for fact, text in zip(facts, texts, strict=True)]
    await outbox.record(work, stored, shared)


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
        is_by_stranger=change.is_by_stranger,
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
    places: Sequence[Series | None] = [None] * len(bookings)
    if outline:
        is_singly = change.was_told and is_told_singly(change.kind, len(bookings), outline)
        places = series_at(bookings, outline, covers_rest=covers_rest, is_singly=is_singly)
    return [
        BookingFact(
            change.kind,
            change.at,
            booking_snapshot_of(booking),
            kept,
            is_lead=booking.uid == lead_uid,
            series=place,
            actor=change.actor,
            reason=change.reason,
            is_by_stranger=change.is_by_stranger,
        )
        for booking, place in zip(bookings, places, strict=True)
    ]


def addresses_told(facts: Sequence[BookingFact]) -> tuple[str, ...]:
    """Return the addresses of attendees to which mails go about what was booked or moved."""
    return tuple(
        attendee.email
        for fact in facts
        if fact.is_told and (fact.event_type is None or fact.event_type.sends_attendee_mails)
        for attendee in _told(fact)
    )


def _told(fact: BookingFact) -> Sequence[AttendeeSnapshot]:
    if fact.kind in (FactKind.SEAT_BOOKED, FactKind.SEAT_RESCHEDULED) and fact.attendee is not None:
        return (fact.attendee,)
    return fact.booking.attendees


async def outline_of(connection: Connection, booking: Booking) -> Outline:
    """Return the outline of the series that a booking belongs to; empty if it belongs to none."""
    if booking.recurring_uid is None:
        return Outline()
    occurrences = await reads.find_series_outline(connection, booking.recurring_uid)
    return Outline(occurrences, booking.attendees[0].time_zone if booking.attendees else "UTC")


async def series_of(connection: Connection, booking: Booking) -> Series | None:
    """Return where a booking stands in its series; None: it belongs to none."""
    outline = await outline_of(connection, booking)
    if not outline:
        return None
    [place] = series_at([booking], outline, covers_rest=False)
    return place


def _stored(fact: BookingFact, payload: bytes, is_sharing: bool) -> Fact:
    booking = fact.booking
    timers = None
    if fact.kind not in _KEEPS_TIMERS:
        timers = [(timer.kind.value, timer.due_at) for timer in timers_of(booking, fact.occurred_at)]
    return Fact(
        kind=fact.kind.value,
        subject=Subject(BOOKING, booking.id),
        event_type_id=booking.event_type_id,
        user_id=booking.organizer.id,
        ordering_key=fact.ordering_key,
        payload=payload,
        timers=timers,
        is_sharing=is_sharing,
    )
