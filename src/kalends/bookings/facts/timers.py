"""What is due later in the life of a booking."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum

from kalends.bookings.booking import Status
from kalends.bookings.facts.snapshots import BookingSnapshot

BOOKING = "booking"
"""The kind of subject that bookings are, of facts and timers."""

REMINDER_BEFORE = timedelta(hours=1)


class TimerKind(Enum):
    """The kinds of things that are due at some instant of a booking's life."""

    MEETING_STARTED = "meeting.started"
    MEETING_ENDED = "meeting.ended"
    REMINDER = "reminder"
    APPROVAL_REMINDER_3H = "approval_reminder.3h"
    APPROVAL_REMINDER_24H = "approval_reminder.24h"
    APPROVAL_REMINDER_48H = "approval_reminder.48h"
    REQUEST_EXPIRED = "request.expired"
    """A booking that still waits for its host can no longer start."""


APPROVAL_REMINDERS = {
    TimerKind.APPROVAL_REMINDER_3H: timedelta(hours=3),
    TimerKind.APPROVAL_REMINDER_24H: timedelta(hours=24),
    TimerKind.APPROVAL_REMINDER_48H: timedelta(hours=48),
}
"""How long after a request its host is reminded of it."""


@dataclass(frozen=True, slots=True)
class Timer:
    """Something that is due at an instant, unless the booking changes before."""

    kind: TimerKind
    due_at: datetime


def timers_of(booking: BookingSnapshot, now: datetime) -> tuple[Timer, ...]:
    """Return the timers of a booking that changed at `now`."""
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
