"""Seats: the places of attendees who share a booking."""

from dataclasses import replace
from uuid import uuid4

from kalends.bookings.booking import Attendee, Booking, Seat, new_uid
from kalends.bookings.draft.draft import APPLICATION, Draft
from kalends.bookings.refusals import AlreadySignedUp
from kalends.bookings.sql.writes import NewBooking


def seats_of(booking: Booking) -> list[Attendee]:
    """Return the attendees who have a seat of their own."""
    return [attendee for attendee in booking.attendees if attendee.seat is not None]


def seat_of(draft: Draft) -> Seat:
    """Return a new seat with its attendee's answers."""
    return Seat(uuid4(), draft.description, draft.responses, draft.metadata)


def seat_of_moved(seat: Seat) -> Seat:
    """Return the seat of an attendee in the booking that they move to."""
    return replace(seat, uid=uuid4())


def seated_booking(new: NewBooking, seat: Seat) -> NewBooking:
    """Return a booking that others may join: the answers belong to the seat."""
    booker, *guests = new.attendees
    return replace(
        new,
        description=None,
        responses=None,
        ical_uid=f"{new_uid()}@{APPLICATION}",
        is_seated=True,
        idempotency_key=None,
        attendees=(replace(booker, seat=seat), *guests),
    )


def check_not_seated(booking: Booking, email: str) -> None:
    """Check that nobody with this address attends.

    Raises:
        AlreadySignedUp: somebody does.
    """
    if any(attendee.email.lower() == email.lower() for attendee in booking.attendees):
        raise AlreadySignedUp
