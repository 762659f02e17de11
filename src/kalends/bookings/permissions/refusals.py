"""What an event type refuses to bookers by settings of its own, whatever the time."""

from kalends.api.output.errors import BadRequest, Forbidden, Refusals, Unauthorized
from kalends.bookings.sql.reads import ActiveBooking
from kalends.event_types.event_type import BookerLimit


class CredentialNeeded(Unauthorized):
    """401: the event type is booked with a credential only (bookingRequiresAuthentication)."""

    message = (
        "This event type needs a credential of its owner, or of an administrator of theirs, to be booked."
    )


class NotAllowedToBook(Forbidden):
    """403: the event type is booked by its owner, and by administrators of theirs, only."""

    message = "Only the owner of this event type, and administrators of theirs, may book it."


class BookerLimitReached(BadRequest):
    """400: the booker has as many bookings before them as the event type allows (bookerActiveBookingsLimit).

    `details.rescheduleUid`, with `details.seatUid` where seats are shared, names the last of them, where the
    event type offers to move that instead, to whoever proves that the address is theirs.
    """

    message = (
        "Attendee with this email can't book because the maximum number of active bookings has been reached."
    )

    def __init__(self, limit: BookerLimit, last: ActiveBooking | None) -> None:
        details: dict[str, object] = {"maximumActiveBookings": limit.most}
        hint = "Cancel one of them first, or wait until one is over."
        if limit.offers_reschedule:
            hint = "The last of them can be moved to another time instead."
        if last is not None:
            details["rescheduleUid"] = last.uid
            if last.seat_uid is not None:
                details["seatUid"] = str(last.seat_uid)
        super().__init__(hint=hint, details=details)


class BookingOver(BadRequest):
    """400: the booking is over, and then nobody may move it (allowReschedulingPastBookings)."""

    message = "This booking is over, so it cannot be rescheduled."


class TooLateToReschedule(BadRequest):
    """400: so shortly before its start the booking cannot be rescheduled (disableRescheduling)."""

    def __init__(self, minutes: int) -> None:
        super().__init__(
            f"This booking cannot be rescheduled any more: it starts in less than {minutes} minutes."
        )


OF_BOOKERS: Refusals = (CredentialNeeded, NotAllowedToBook, BookerLimitReached)
"""By which a booker is refused whoever asks for a time."""
