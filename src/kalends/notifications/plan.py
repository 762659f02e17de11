"""Which mails follow from which fact, and who gets them (notifications note, section 3)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import Enum

from kalends.bookings.booking import Attendee, Booking
from kalends.bookings.events import BookingEvent, EventKind
from kalends.notifications.mail import Recipient, Template


class To(Enum):
    """Who gets a mail."""

    HOST = "host"
    EVERYBODY = "everybody"
    """All attendees: bookers and their guests."""

    ONE = "one"
    """The attendee whom a seat's fact is about."""


@dataclass(frozen=True, slots=True)
class Planned:
    """A mail that is to be written.

    `attendee` is the one that it tells of: the recipient, or whose seat the host is told of.
    """

    template: Template
    recipient: Recipient
    attendee: Attendee | None = None


Plan = Mapping[EventKind, Sequence[tuple[To, Template]]]

PLAN: Plan = {
    EventKind.CREATED: ((To.HOST, Template.HOST_SCHEDULED), (To.EVERYBODY, Template.SCHEDULED)),
    EventKind.REQUESTED: ((To.HOST, Template.HOST_AWAITING_APPROVAL), (To.EVERYBODY, Template.REQUESTED)),
    EventKind.CONFIRMED: ((To.HOST, Template.HOST_SCHEDULED), (To.EVERYBODY, Template.SCHEDULED)),
    EventKind.REJECTED: ((To.EVERYBODY, Template.DECLINED),),
    EventKind.RESCHEDULED: ((To.HOST, Template.HOST_RESCHEDULED), (To.EVERYBODY, Template.RESCHEDULED)),
    EventKind.CANCELLED: ((To.HOST, Template.HOST_CANCELLED), (To.EVERYBODY, Template.CANCELLED)),
    EventKind.SEAT_BOOKED: ((To.HOST, Template.HOST_SEAT_JOINED), (To.ONE, Template.SCHEDULED)),
    EventKind.SEAT_CANCELLED: ((To.HOST, Template.HOST_SEAT_LEFT), (To.ONE, Template.SEAT_LEFT)),
    EventKind.SEAT_RESCHEDULED: ((To.HOST, Template.HOST_SEAT_MOVED), (To.ONE, Template.RESCHEDULED)),
    EventKind.REMINDER_DUE: ((To.EVERYBODY, Template.REMINDER),),
    EventKind.APPROVAL_REMINDER_DUE: ((To.HOST, Template.HOST_APPROVAL_REMINDER),),
    EventKind.ABSENCE_UPDATED: (),
    EventKind.MEETING_STARTED: (),
    EventKind.MEETING_ENDED: (),
}


def planned(event: BookingEvent) -> list[Planned]:
    """Return the mails that follow from a fact; of a series, the leading occurrence speaks for all."""
    if not event.is_lead:
        return []
    return [
        mail
        for to, template in PLAN[event.kind]
        for mail in _addressed(event.booking, to, template, event.attendee)
    ]


def _addressed(booking: Booking, to: To, template: Template, one: Attendee | None) -> list[Planned]:
    match to:
        case To.HOST:
            return [Planned(template, _host(booking), one)]
        case To.EVERYBODY:
            return [Planned(template, _attending(booking, someone), someone) for someone in booking.attendees]
        case To.ONE:
            return [] if one is None else [Planned(template, _attending(booking, one), one)]


def _host(booking: Booking) -> Recipient:
    organizer = booking.organizer
    return Recipient(
        name=organizer.name or organizer.username,
        email=organizer.email,
        locale=organizer.locale,
        time_zone=organizer.time_zone,
        clock=organizer.time_format,
        may_change=True,
        user_id=organizer.id,
    )


def _attending(booking: Booking, attendee: Attendee) -> Recipient:
    """Return an attendee as a recipient; guests, of whom no more is known, read the booker's language."""
    first = booking.attendees[0] if booking.attendees else attendee
    is_booker = attendee.seat is not None if booking.is_seated else attendee == first
    return Recipient(
        name=attendee.name,
        email=attendee.email,
        locale=attendee.locale if is_booker else first.locale,
        time_zone=attendee.time_zone,
        may_change=is_booker,
        seat_uid=attendee.seat.uid if attendee.seat is not None else None,
    )
