"""What a command leaves behind, and what of it the one who asked may see."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from kalends.bookings.actors import Actor
from kalends.bookings.booking import Attendee, Booking


@dataclass(frozen=True, slots=True)
class Outcome:
    """The booking that a command made, changed or found, or those of a series.

    `seat_uid` is the seat it is about, empty when a host moved all of them; None: it is about none.
    """

    bookings: tuple[Booking, ...]
    is_series: bool = False
    seat_uid: str | None = None


def seen_by(actor: Actor, outcome: Outcome) -> Outcome:
    """Leave out who must not be seen (bookings note, B28).

    Whoever shares a seated booking whose event type hides attendees sees themselves only; its host sees all.
    So it is when the event type is gone, and with it what it said.
    """
    shown = tuple(_seen(actor, booking, outcome.seat_uid) for booking in outcome.bookings)
    return replace(outcome, bookings=shown)


def all_seen_by(actor: Actor, bookings: Sequence[Booking]) -> list[Booking]:
    """Leave out of bookings who must not be seen, as `seen_by`."""
    return [_seen(actor, booking, None) for booking in bookings]


def _seen(actor: Actor, booking: Booking, seat_uid: str | None) -> Booking:
    is_open = not booking.is_seated or (booking.event_type is not None and booking.event_type.shows_attendees)
    if is_open or is_host(actor, booking):
        return booking
    own = tuple(one for one in booking.attendees if _is(actor, one, seat_uid))
    return replace(booking, attendees=own)


def is_host(actor: Actor, booking: Booking) -> bool:
    """Tell whether somebody is proven to be the host of a booking."""
    return actor.user_id is not None and actor.user_id == booking.organizer.id


def _is(actor: Actor, attendee: Attendee, seat_uid: str | None) -> bool:
    if seat_uid and attendee.seat is not None and str(attendee.seat.uid) == seat_uid:
        return True
    return actor.email is not None and actor.email.lower() == attendee.email.lower()
