"""What operations on bookings refuse."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from kalends.api.output.envelope import instant
from kalends.api.output.errors import (
    BadRequest,
    Conflict,
    DomainError,
    Forbidden,
    NotFound,
    Refusals,
    Unauthorized,
)
from kalends.bookings.unavailability import named, sentence_of
from kalends.scheduling import engine
from kalends.scheduling.engine import Code

TAKEN = frozenset({Code.BOOKING, Code.CALENDAR, Code.BUFFER, Code.LIMIT, Code.RESERVED})
"""What stands against a time whatever its host says about hours, notice and window."""

BOUNDS = frozenset({Code.IN_THE_PAST, Code.MINIMUM_NOTICE, Code.BOOKING_WINDOW})
"""What stands against a start that is too early or too late."""

FOR_HOSTS = frozenset(Code) - {Code.MINIMUM_NOTICE, Code.BOOKING_WINDOW}
"""What stands against a time to which a host moves a booking: their own notice and window do not."""

_OF_OTHER_CODES = BOUNDS | {Code.LIMIT, Code.SEATS_FULL}
"""What, on its own, refuses a time in other words than that it is not available."""

NOT_AVAILABLE = "User either already has booking at this time or is not available"
"""The message by which clients know that a time is busy, reserved, outside hours or lost to somebody else."""

_OF_DURATIONS = "bookingLimitsDuration"
"""What the name of a limit begins with if it counts minutes instead of bookings."""


class UnknownBooking(NotFound):
    """404: no booking or series has this uid."""

    def __init__(self, uid: str) -> None:
        super().__init__(f"There is no booking {uid!r}.")


# Refusals of times. `details.reasons` lists the codes of all that stands against one.


class TimeUnavailable(BadRequest):
    """400: the time is busy, reserved or outside hours; `details.reasons` and `details.hint` say why."""

    message = NOT_AVAILABLE

    def __init__(
        self, codes: Sequence[Code], start: datetime | None = None, *, is_occurrence: bool = False
    ) -> None:
        super().__init__(
            hint=sentence_of(codes, start, is_occurrence=is_occurrence), details={"reasons": _texts(codes)}
        )


class BookedMeanwhile(BadRequest):
    """400: somebody else booked the time in this very moment."""

    message = NOT_AVAILABLE
    hint = "This time was booked meanwhile."

    def __init__(self) -> None:
        super().__init__(details={"reasons": [str(Code.BOOKING)]})


class StartOutOfBounds(BadRequest):
    """400: the start is in the past, or minimum notice or booking window exclude it."""

    def __init__(self, codes: Sequence[Code], start: datetime, *, is_occurrence: bool = False) -> None:
        reasons = _texts(codes)
        asked = f"the occurrence at {instant(start)}" if is_occurrence else "this time"
        super().__init__(
            f"start: {asked} is not available ({', '.join(reasons)}).",
            hint=sentence_of(codes, start, is_occurrence=is_occurrence),
            details={"reasons": reasons},
        )


class TimeOutOfBounds(BadRequest):
    """400: minimum notice or booking window exclude the time that a booking is moved to."""

    message = "booking_time_out_of_bounds_error"

    def __init__(self, codes: Sequence[Code], start: datetime) -> None:
        super().__init__(hint=sentence_of(codes, start), details={"reasons": _texts(codes)})


class SeatsFull(Conflict):
    """409: all seats of the time are taken."""

    message = "start: all seats of this time are taken (seats_full)."

    def __init__(self, codes: Sequence[Code], start: datetime) -> None:
        super().__init__(hint=sentence_of(codes, start), details={"reasons": _texts(codes)})


class _LimitReached(Forbidden):
    """A limit of the event type stands against the time."""

    def __init__(self, codes: Iterable[Code], start: datetime, *, is_occurrence: bool = False) -> None:
        name = named(start, is_occurrence=is_occurrence)
        hint = f"{name} is beyond what the event type allows in a period."
        super().__init__(hint=hint, details={"reasons": _texts(codes)})


class BookingLimitReached(_LimitReached):
    """403: the event type takes no more bookings in this period."""

    message = "booking_limit_reached"


class DurationLimitReached(_LimitReached):
    """403: the event type takes no more minutes of bookings in this period."""

    message = "duration_limit_reached"


class TooFewSeats(Conflict):
    """409: there are too few seats at the new time for everybody who is to be moved to it."""

    message = "not_enough_available_seats_error"
    hint = "There are too few seats at this time."

    def __init__(self, code: Code) -> None:
        super().__init__(details={"reasons": [str(code)]})


class DuplicateBooking(Conflict):
    """409: the same attendees have a booking of the event type at this time."""

    message = "booking_conflict"
    hint = "The same booking exists already, with the same attendees at the same time."


class AlreadySignedUp(Conflict):
    """409: the attendee has a seat at this time."""

    message = "already_signed_up_for_this_booking_error"
    hint = "This address attends at this time already."


class AlreadyAtThisTime(AlreadySignedUp):
    """409: the booking, or the seat, is to be moved to the time that it has."""

    hint = "The booking is at this time already."


def time_refusal(
    reasons: Sequence[engine.Reason], start: datetime, *, is_occurrence: bool = False, is_move: bool = False
) -> DomainError:
    """Return the refusal of a time for what stands against it. `is_occurrence`: it is one of several.

    Where notice or booking window exclude the time that a booking is moved to, clients know another code.
    """
    codes = list(dict.fromkeys(reason.code for reason in reasons))
    found = set(codes)
    if not found & BOUNDS:
        if Code.SEATS_FULL in found:
            return SeatsFull(codes, start)
        if Code.LIMIT in found:
            limits = [str(reason.reference) for reason in reasons if reason.code is Code.LIMIT]
            counts_minutes = all(limit.startswith(_OF_DURATIONS) for limit in limits)
            refusal = DurationLimitReached if counts_minutes else BookingLimitReached
            return refusal(codes, start, is_occurrence=is_occurrence)
    elif is_move and Code.IN_THE_PAST not in found:
        return TimeOutOfBounds(codes, start)
    elif not found - _OF_OTHER_CODES:
        return StartOutOfBounds(codes, start, is_occurrence=is_occurrence)
    return TimeUnavailable(codes, start, is_occurrence=is_occurrence)


# Who and what may be booked.


class HostLocked(NotFound):
    """404: the account of the host is locked."""

    message = "eventTypeUser.notFound"
    hint = "The host of this event type cannot be booked."


class TeamNotBookable(NotFound):
    """404: event types of teams cannot be booked so far; they have slots only."""

    def __init__(self, slug: str) -> None:
        super().__init__(f"The team {slug!r} cannot be booked: so far its event types have slots only.")


class InstantNotOffered(BadRequest):
    """400: only event types of teams can be booked for now."""

    message = "instant: only event types of teams can be booked for now."


class LengthNotOffered(BadRequest):
    """400: the event type does not offer this length."""

    def __init__(self, offered: Sequence[int]) -> None:
        lengths = ", ".join(map(str, offered))
        super().__init__(
            f"lengthInMinutes must be one of: {lengths}."
            if offered
            else "lengthInMinutes: this event type has one length only; leave the property out."
        )


class TooManyOccurrences(BadRequest):
    """400: the series would have more occurrences than the event type, or the server, allows."""

    def __init__(self, most: int) -> None:
        super().__init__(f"recurrenceCount must not be greater than {most}.")


class BeyondCalendar(BadRequest):
    """400: the last occurrence of the series lies beyond the calendar."""

    message = "start: the last occurrence lies beyond the calendar."


class AddressBlocked(Forbidden):
    """403: the attendee's address may not book on this server."""

    message = "attendee.email: this address cannot be used for bookings here."


class EventTypeDeleted(NotFound):
    """404: the event type was deleted in this very moment."""

    message = "This event type was deleted meanwhile."


# Who may do what to a booking, and in which state.


class NotTheHost(Forbidden):
    """403: only the host of the booking may do this."""

    message = "Only the host of this booking may do this."


class HostNotProven(Unauthorized):
    """401: only the host may do this to all seats, and no credential says who asks."""

    message = "Only the host may do this to all seats; send the host's credential, or a seatUid."


class NotTheHostOfAllSeats(Forbidden):
    """403: only the host may do this to all seats of the booking."""

    message = "Only the host may do this to all seats of the booking."


class DeclinedAlready(NotFound):
    """404: a booking that was declined cannot be rescheduled."""

    message = "This booking was declined, so it cannot be rescheduled; make a new one."


class RescheduledAlready(BadRequest):
    """400: the booking was rescheduled; what replaced it can be moved."""

    message = "This booking was rescheduled already; move the one that replaced it."


class CancelledAlready(BadRequest):
    """400: a booking that was cancelled cannot be rescheduled."""

    message = "cancelled_bookings_cannot_be_rescheduled"
    hint = "A cancelled booking stays cancelled; make a new one."


class NotPending(BadRequest):
    """400: only a pending booking can be confirmed or declined."""

    code = "TRPCError"

    def __init__(self, status: str) -> None:
        super().__init__(f"Only a pending booking can be confirmed or declined; this one is {status}.")


class NotAccepted(BadRequest):
    """400: only attendees of an accepted booking can be absent."""

    def __init__(self, status: str) -> None:
        super().__init__(f"Absences are kept of accepted bookings only; this one is {status}.")


class WrongState(BadRequest):
    """400: the state of the booking does not allow this."""

    def __init__(self, status: str, transition: str) -> None:
        super().__init__(f"A booking that is {status} does not take this: {transition}.")


class ConfirmationWithoutEventType(BadRequest):
    """400: the event type of the booking was deleted, so it cannot be confirmed."""

    message = "The event type of this booking was deleted, so it cannot be confirmed."


class MoveWithoutEventType(NotFound):
    """404: the event type of the booking was deleted, so it cannot be rescheduled."""

    message = "The event type of this booking was deleted, so it cannot be rescheduled."


class LinksWithoutEventType(BadRequest):
    """400: the event type of the booking was deleted, so there are no links."""

    message = "The event type of this booking was deleted, so there are no links."


class ReschedulingDisabled(BadRequest):
    """400: bookings of the event type cannot be rescheduled."""

    message = "Bookings of this event type cannot be rescheduled."


class NobodyAttends(NotFound):
    """404: nobody attends the booking, so it cannot be rescheduled."""

    message = "Nobody attends this booking, so it cannot be rescheduled."


class CancellingDisabled(BadRequest):
    """400: bookings of the event type cannot be cancelled."""

    message = "Bookings of this event type cannot be cancelled."


class CancellationReasonMissing(BadRequest):
    """400: a host who cancels must say why."""

    message = "cancellationReason: a host who cancels must say why."


class UnknownSeat(BadRequest):
    """400: the booking has no such seat to give up."""

    def __init__(self, seat_uid: str) -> None:
        super().__init__(_no_seat(seat_uid))


class UnknownSeatToMove(NotFound):
    """404: the booking has no such seat to move."""

    def __init__(self, seat_uid: str | None) -> None:
        super().__init__(_no_seat(seat_uid))


class UnknownSeatToShow(NotFound):
    """404: the booking has no such seat to show."""

    def __init__(self, seat_uid: str) -> None:
        super().__init__(_no_seat(seat_uid))


class NotOfSeries(BadRequest):
    """400: the booking is not one of a series, so there are none after it."""

    message = "cancelSubsequentBookings: this booking is not one of a series."


class SeriesWithoutSeats(BadRequest):
    """400: the bookings of a series have no seats."""

    message = "seatUid: the bookings of a series have no seats."


class OccurrenceNotNamed(BadRequest):
    """400: the series is named, in place of the occurrence with which to begin."""

    message = "cancelSubsequentBookings: name the occurrence to begin with, not the series."


class NotStarted(BadRequest):
    """400: absences can be recorded once the booking has started."""

    message = "host, attendees: absences can be recorded once the booking has started."


class UnknownAttendee(BadRequest):
    """400: nobody with this address attends the booking."""

    def __init__(self, email: str) -> None:
        super().__init__(f"attendees: {email!r} does not attend this booking.")


class UnknownEventTypes(BadRequest):
    """400: none of the event types of the filter exists."""

    code = "TRPCError"
    message = "eventTypeIds: none of these event types exists."


class LimitWithTake(BadRequest):
    """400: a page is asked for by `limit` and by `take`."""

    message = "limit: send either limit, with cursor, or take, with skip."


class CursorWithSkip(BadRequest):
    """400: a page is asked for by `cursor` and by `skip`."""

    message = "cursor: send either limit, with cursor, or take, with skip."


class CursorOfAnotherOrder(BadRequest):
    """400: the page to which the cursor belongs was of a list in another order."""

    message = "cursor: the list that it is from had another order; send the same sort and status with it."


class UnknownUsers(BadRequest):
    """400: none of the users of the filter exists."""

    code = "TRPCError"
    message = "userIds: none of these users exists."


class UsersOfElsewhere(Forbidden):
    """403: a user of the filter is no accepted member of the organization."""

    code = "TRPCError"

    def __init__(self, organization_id: int) -> None:
        super().__init__(
            f"userIds: all of these users must be accepted members of the organization {organization_id}."
        )


class AttendanceLinkInvalid(Forbidden):
    """403: a link by which somebody says that they attend was cut or altered."""

    message = "This link is not valid."


class AttendanceOver(Conflict):
    """409: the booking takes place no more, or without whoever says that they attend it."""

    message = "You do not attend this booking any more."


OF_STATE_TO_MOVE: Refusals = (DeclinedAlready, RescheduledAlready, CancelledAlready, WrongState)
"""The refusals to reschedule a booking because of its state."""

OF_TIME: Refusals = (
    TimeUnavailable,
    BookingLimitReached,
    DurationLimitReached,
    SeatsFull,
    BookedMeanwhile,
    StartOutOfBounds,
    DuplicateBooking,
    EventTypeDeleted,
)
"""The refusals of a new booking's time."""

OF_NEW_TIME: Refusals = (*OF_TIME, TimeOutOfBounds, TooFewSeats, AlreadySignedUp, AlreadyAtThisTime)
"""The refusals of the time to which a booking, or a seat, is moved."""


def _texts(codes: Iterable[Code]) -> list[str]:
    return [str(code) for code in codes]


def _no_seat(seat_uid: str | None) -> str:
    return f"seatUid: this booking has no seat {seat_uid!r}."
