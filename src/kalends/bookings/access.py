"""What the host, the attendees and the holders of seats may do with a booking.

Roles in organizations are the business of `kalends.access`; here only the booking itself counts. Whoever is
not proven to be the host but knows the booking's uid may do what an attendee may; the uid of a seat gives
power over that seat.
"""

from collections.abc import Sequence, Set
from dataclasses import dataclass, replace

from kalends.bookings.actors import Actor
from kalends.bookings.booking import Attendee, Booking, Seat
from kalends.bookings.commands.outcome import Outcome
from kalends.bookings.refusals import HostNotProven, NotTheHost, NotTheHostOfAllSeats


@dataclass(frozen=True, slots=True)
class SeatedAttendee:
    """An attendee, and the seat they have."""

    attendee: Attendee
    seat: Seat


def is_host(actor: Actor, booking: Booking) -> bool:
    """Tell whether somebody is proven to be the host of a booking."""
    return actor.user_id is not None and actor.user_id == booking.organizer.id


def is_host_by_name(actor: Actor, booking: Booking, named: str | None) -> bool:
    """Tell whether somebody is proven to be the host, and claims to act as the host.

    A host may also act in the name of an attendee. The address `named` is the host's if it is that of now, or
    of when the booking was made.
    """
    if not is_host(actor, booking):
        return False
    addresses = (actor.email, booking.organizer.email)
    return any(email is not None and is_same_address(named, email) for email in addresses)


def signature_of(actor: Actor, booking: Booking) -> str | None:
    """Return the address by which somebody's act on a booking is told: a host's, or one that is proven."""
    return actor.email if is_host(actor, booking) else actor.verified_email


def require_host(actor: Actor, booking: Booking) -> None:
    """Check that somebody is proven to be the host.

    Raises:
        NotTheHost: they are not.
    """
    if not is_host(actor, booking):
        raise NotTheHost


def require_host_or_system_admin(actor: Actor, booking: Booking) -> None:
    """Check that somebody may decide in the host's place.

    Raises:
        NotTheHost: they are neither the host nor a system administrator.
    """
    if not actor.is_system_admin:
        require_host(actor, booking)


def require_host_of_all_seats(actor: Actor, booking: Booking) -> None:
    """Check that whoever asks for something that concerns all seats is proven to be the host.

    Raises:
        HostNotProven: nobody is proven.
        NotTheHostOfAllSeats: somebody else is.
    """
    if actor.user_id is None:
        raise HostNotProven
    if not is_host(actor, booking):
        raise NotTheHostOfAllSeats


def find_seat(booking: Booking, seat_uid: str) -> SeatedAttendee | None:
    """Return a seat of a booking by its uid, which gives power over it alone."""
    return next(
        (
            SeatedAttendee(attendee, attendee.seat)
            for attendee in booking.attendees
            if attendee.seat is not None and str(attendee.seat.uid) == seat_uid.lower()
        ),
        None,
    )


def seen_by(actor: Actor, outcome: Outcome) -> Outcome:
    """Leave out what somebody must not see of bookings (bookings.md B28 and B37).

    Many know the uid of a seated booking. So whoever is not proven to be its host sees of others only their
    names, or nothing if its event type hides attendees. The host's address is blank if the event type hides
    it. What is hidden stays so when the event type is gone, and its settings with it.
    """
    shown = tuple(_seen(actor, booking, outcome.seat_uid) for booking in outcome.bookings)
    return replace(outcome, bookings=shown)


def all_seen_by(actor: Actor, bookings: Sequence[Booking]) -> list[Booking]:
    """Leave out of several bookings what `seen_by` does."""
    return [_seen(actor, booking, None) for booking in bookings]


def hides_host_address(booking: Booking) -> bool:
    """Tell whether only the host may see the host's address."""
    return booking.event_type is None or booking.event_type.hides_host_address


def is_same_address(named: str | None, email: str) -> bool:
    """Tell whether somebody is named by an address, in any capitalisation."""
    return named is not None and named.lower() == email.lower()


def _seen(actor: Actor, booking: Booking, seat_uid: str | None) -> Booking:
    if is_host(actor, booking):
        return booking
    others = replace(booking, is_for_host=False)
    shown = _without_host_address(others) if hides_host_address(booking) else others
    return _without_others(actor, shown, seat_uid) if booking.is_seated else shown


def _without_host_address(booking: Booking) -> Booking:
    # A host may have had other addresses, so whoever is not known to attend counts as the host.
    attending = {one.email.lower() for one in booking.attendees}
    return replace(
        booking,
        organizer=replace(booking.organizer, email=""),
        cancelled_by=_one_of(attending, booking.cancelled_by),
        rescheduled_by=_one_of(attending, booking.rescheduled_by),
    )


def _one_of(addresses: Set[str], email: str | None) -> str | None:
    return email if email is not None and email.lower() in addresses else None


def _without_others(actor: Actor, booking: Booking, seat_uid: str | None) -> Booking:
    own = [one for one in booking.attendees if _is(actor, one, seat_uid)]
    guests = {email.lower() for one in own for email in _guests_of(one)}
    known = [
        one for one in booking.attendees if one in own or (one.seat is None and one.email.lower() in guests)
    ]
    if booking.event_type is None or not booking.event_type.shows_attendees:
        return replace(booking, attendees=tuple(known))
    return replace(
        booking, attendees=tuple(one if one in known else _named_only(one) for one in booking.attendees)
    )


def _is(actor: Actor, attendee: Attendee, seat_uid: str | None) -> bool:
    if seat_uid and attendee.seat is not None and str(attendee.seat.uid) == seat_uid:
        return True
    return is_same_address(actor.verified_email, attendee.email)


def _guests_of(attendee: Attendee) -> Sequence[str]:
    """Return the addresses of those whom an attendee named as guests."""
    return () if attendee.seat is None else attendee.seat.responses.get("guests", ())


def _named_only(attendee: Attendee) -> Attendee:
    return Attendee(attendee.name, email="", time_zone="", locale=attendee.locale, is_known=False)
