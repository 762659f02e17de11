"""Stating what happened to bookings, and what is due later in their lives."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from kalends.bookings import queries
from kalends.bookings.booking import Booking, Status
from kalends.bookings.events import BookingEvent, EventKind, Series, Timer, TimerKind, encode
from kalends.db.database import Connection, UnitOfWork
from kalends.outbox import service as outbox
from kalends.outbox.fact import Fact

REMINDER_BEFORE = timedelta(hours=1)

APPROVAL_REMINDERS = {
    TimerKind.APPROVAL_REMINDER_3H: timedelta(hours=3),
    TimerKind.APPROVAL_REMINDER_24H: timedelta(hours=24),
    TimerKind.APPROVAL_REMINDER_48H: timedelta(hours=48),
}
"""How long after a request its host is reminded of it."""

# What happens to one of several attendees leaves the booking's own times as they are.
_KEEPS_TIMERS = frozenset({EventKind.SEAT_BOOKED, EventKind.SEAT_CANCELLED, EventKind.ABSENCE_UPDATED})


async def announce(work: UnitOfWork, events: Sequence[BookingEvent]) -> None:
    """Write facts down, with what is due later of their bookings."""
    await outbox.record(work, [_fact(event) for event in events])


async def series_of(
    connection: Connection,
    booking: Booking,
    *,
    starts: Sequence[datetime] | None = None,
    covers_rest: bool = False,
) -> Series | None:
    """Return where a booking stands in its series; None: it is no occurrence of one."""
    if booking.recurring_uid is None:
        return None
    outline = await queries.find_series_outline(connection, booking.recurring_uid)
    return series_at(booking, outline, starts=starts or [booking.start], covers_rest=covers_rest)


def series_at(
    booking: Booking,
    outline: Sequence[tuple[str, datetime]],
    *,
    starts: Sequence[datetime],
    covers_rest: bool,
) -> Series:
    """Return where a booking stands in a series of calendar objects, each with its first start."""
    position = next(place for place, (ical_uid, _) in enumerate(outline) if ical_uid == booking.ical_uid)
    return Series(
        uid=booking.recurring_uid or "",
        position=position,
        count=len(outline),
        ical_uid=outline[0][0],
        original_start=outline[position][1],
        starts=tuple(sorted(starts)),
        covers_rest=covers_rest,
    )


def timers_of(booking: Booking, now: datetime) -> tuple[Timer, ...]:
    """Return what is due later in the life of a booking that has just become what it is, at `now`."""
    if booking.status is Status.ACCEPTED:
        reminder = Timer(TimerKind.REMINDER, booking.start - REMINDER_BEFORE)
        started = Timer(TimerKind.MEETING_STARTED, booking.start)
        ended = Timer(TimerKind.MEETING_ENDED, booking.end)
        return tuple(timer for timer in (reminder, started, ended) if timer.due_at > now)
    if booking.status is Status.PENDING:
        reminders = [Timer(kind, now + after) for kind, after in APPROVAL_REMINDERS.items()]
        waiting = [timer for timer in reminders if timer.due_at < booking.start]
        return (*waiting, Timer(TimerKind.REQUEST_EXPIRED, booking.start))
    return ()


def _fact(event: BookingEvent) -> Fact:
    booking = event.booking
    timers = None
    if event.kind not in _KEEPS_TIMERS:
        timers = [(timer.kind.value, timer.due_at) for timer in timers_of(booking, event.occurred_at)]
    return Fact(
        kind=event.kind.value,
        booking_id=booking.id,
        event_type_id=None if booking.event_type is None else booking.event_type.id,
        user_id=booking.organizer.id,
        ordering_key=event.ordering_key,
        payload=encode(event),
        timers=timers,
    )
