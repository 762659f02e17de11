"""Which bookings may be moved to another time, as their event type says."""

from datetime import datetime

from kalends.bookings.booking import Booking, Status
from kalends.bookings.permissions.refusals import BookingOver, TooLateToReschedule
from kalends.bookings.refusals import ReschedulingDisabled
from kalends.event_types.event_type import EventType


def check_may_reschedule(booking: Booking, event_type: EventType, *, now: datetime) -> None:
    """Check that an event type lets a booking be moved now, whoever asks.

    A state that no event type lets be moved is refused by its transition.

    Raises:
        ReschedulingDisabled, TooLateToReschedule: it is not to be moved, or not so shortly before its start.
        BookingOver: it is over, and then it is not to be moved either.
    """
    ban = event_type.disable_rescheduling
    if ban.is_total:
        raise ReschedulingDisabled
    if booking.status.is_final and not is_brought_back(booking, event_type):
        return
    if booking.end <= now:
        if not event_type.allow_rescheduling_past_bookings:
            raise BookingOver
    elif ban.minutes_before is not None and ban.covers(booking.start, now):
        raise TooLateToReschedule(ban.minutes_before)


def is_allowed(booking: Booking, event_type: EventType, *, now: datetime) -> bool:
    """Tell whether `check_may_reschedule` finds nothing against moving a booking."""
    try:
        check_may_reschedule(booking, event_type, now=now)
    except (ReschedulingDisabled, TooLateToReschedule, BookingOver):
        return False
    return True


def is_brought_back(booking: Booking, event_type: EventType) -> bool:
    """Tell whether moving a cancelled booking makes a new one of it.

    Of a seated one nothing is left to move, and one that was moved has become another.
    """
    return (
        event_type.allow_rescheduling_cancelled_bookings
        and booking.status is Status.CANCELLED
        and not booking.is_rescheduled
        and not booking.is_seated
    )
