"""Which mails follow from which fact, and who gets them (notifications.md 3)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import Enum

from kalends.bookings.facts.fact import BookingFact, FactKind
from kalends.bookings.facts.snapshots import AttendeeSnapshot, BookingSnapshot
from kalends.notifications.mail import Recipient, Template


class To(Enum):
    """Who gets a mail."""

    HOST = "host"
    EVERYBODY = "everybody"
    """All attendees: bookers and their guests."""

    ONE = "one"
    """The attendee whom a seat's fact is about."""


@dataclass(frozen=True, slots=True)
class PlannedMail:
    """A mail that is to be written.

    `attendee` is the one that it tells of: the recipient, or whose seat the host is told of.
    """

    template: Template
    recipient: Recipient
    attendee: AttendeeSnapshot | None = None


Plan = Mapping[FactKind, Sequence[tuple[To, Template]]]

PLAN: Plan = {
    FactKind.CREATED: ((To.HOST, Template.HOST_SCHEDULED), (To.EVERYBODY, Template.SCHEDULED)),
    FactKind.REQUESTED: ((To.HOST, Template.HOST_AWAITING_APPROVAL), (To.EVERYBODY, Template.REQUESTED)),
    FactKind.CONFIRMED: ((To.HOST, Template.HOST_SCHEDULED), (To.EVERYBODY, Template.SCHEDULED)),
    FactKind.REJECTED: ((To.EVERYBODY, Template.DECLINED),),
    FactKind.RESCHEDULED: ((To.HOST, Template.HOST_RESCHEDULED), (To.EVERYBODY, Template.RESCHEDULED)),
    FactKind.CANCELLED: ((To.HOST, Template.HOST_CANCELLED), (To.EVERYBODY, Template.CANCELLED)),
    FactKind.SEAT_BOOKED: ((To.HOST, Template.HOST_SEAT_JOINED), (To.ONE, Template.SCHEDULED)),
    FactKind.SEAT_CANCELLED: ((To.HOST, Template.HOST_SEAT_LEFT), (To.ONE, Template.SEAT_LEFT)),
    FactKind.SEAT_RESCHEDULED: ((To.HOST, Template.HOST_SEAT_MOVED), (To.ONE, Template.RESCHEDULED)),
    FactKind.REMINDER_DUE: ((To.EVERYBODY, Template.REMINDER),),
    FactKind.APPROVAL_REMINDER_DUE: ((To.HOST, Template.HOST_APPROVAL_REMINDER),),
    FactKind.ABSENCE_UPDATED: (),
    FactKind.MEETING_STARTED: (),
    FactKind.MEETING_ENDED: (),
}


def planned(fact: BookingFact) -> list[PlannedMail]:
    """Return the mails that follow from a fact."""
    if not fact.is_told:
        return []
    return [
        mail
        for to, template in PLAN[fact.kind]
        for mail in _addressed(fact.booking, to, template, fact.attendee)
    ]


def _addressed(
    booking: BookingSnapshot, to: To, template: Template, one: AttendeeSnapshot | None
) -> list[PlannedMail]:
    match to:
        case To.HOST:
            return [PlannedMail(template, _host(booking), one)]
        case To.EVERYBODY:
            return [
                PlannedMail(template, _attending(booking, someone), someone) for someone in booking.attendees
            ]
        case To.ONE:
            return [] if one is None else [PlannedMail(template, _attending(booking, one), one)]


def _host(booking: BookingSnapshot) -> Recipient:
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


def _attending(booking: BookingSnapshot, attendee: AttendeeSnapshot) -> Recipient:
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
