"""The wire of bookings in version 2024-08-13: answers (bookings note, section 3)."""

from collections.abc import Sequence
from typing import Any, Literal, NotRequired

from typing_extensions import TypedDict

from kalends.api.envelope import instant, optional_instant
from kalends.api.locales import Locale
from kalends.bookings.booking import Attendee, Booking, Organizer
from kalends.bookings.calendar_links import CalendarLink
from kalends.bookings.drafting import VIDEO_CALL_URL
from kalends.bookings.form import REASON
from kalends.bookings.outcome import Outcome


class HostOutput(TypedDict):
    """The host whose booking it is."""

    id: int
    name: str
    email: str
    username: str
    timeZone: str


class EventTypeOutput(TypedDict):
    """The event type of a booking."""

    id: int
    slug: str


class AttendeeOutput(TypedDict):
    """Somebody who attends."""

    name: str
    email: str
    timeZone: str
    language: Locale
    absent: bool
    phoneNumber: NotRequired[str]


class SeatedAttendeeOutput(TypedDict):
    """Somebody who attends a booking with others; a guest has no seat of their own."""

    name: str
    email: str
    timeZone: str
    language: Locale
    absent: bool
    seatUid: NotRequired[str]
    bookingFieldsResponses: dict[str, Any]
    metadata: dict[str, Any]


class _CommonOutput(TypedDict):
    id: int
    uid: str
    title: str
    description: str | None
    hosts: list[HostOutput]
    status: Literal["cancelled", "accepted", "rejected", "pending", "awaiting_host"]
    cancellationReason: NotRequired[str]
    cancelledByEmail: NotRequired[str]
    reschedulingReason: NotRequired[str]
    rescheduledByEmail: NotRequired[str]
    rescheduledFromUid: NotRequired[str]
    start: str
    end: str
    duration: int
    eventTypeId: int | None
    eventType: EventTypeOutput | None
    meetingUrl: str | None
    location: str | None
    absentHost: bool
    createdAt: str
    updatedAt: str | None
    rating: int | None
    icsUid: str


class BookingOutput(_CommonOutput):
    """A booking."""

    metadata: dict[str, Any]
    attendees: list[AttendeeOutput]
    guests: NotRequired[list[str]]
    bookingFieldsResponses: dict[str, Any]


class RecurringBookingOutput(BookingOutput):
    """An occurrence of a series."""

    recurringBookingUid: str


class SeatedBookingOutput(_CommonOutput):
    """A booking that several attendees share."""

    attendees: list[SeatedAttendeeOutput]


class RecurringSeatedBookingOutput(SeatedBookingOutput):
    """An occurrence of a series that several attendees share; bookings of our own are never both."""

    recurringBookingUid: str


class CreateSeatedBookingOutput(SeatedBookingOutput):
    """A booking that several attendees share, with the seat that was taken."""

    seatUid: str


class CreateRecurringSeatedBookingOutput(RecurringSeatedBookingOutput):
    """An occurrence that several attendees share, with the seat that was taken."""

    seatUid: str


Found = BookingOutput | RecurringBookingOutput | SeatedBookingOutput | RecurringSeatedBookingOutput
FoundSeries = list[RecurringBookingOutput] | list[RecurringSeatedBookingOutput]
Created = (
    BookingOutput
    | list[RecurringBookingOutput]
    | CreateSeatedBookingOutput
    | list[CreateRecurringSeatedBookingOutput]
)
Moved = (
    BookingOutput | RecurringBookingOutput | CreateSeatedBookingOutput | CreateRecurringSeatedBookingOutput
)
Marked = BookingOutput | RecurringBookingOutput | SeatedBookingOutput


class CalendarLinkOutput(TypedDict):
    """A link that puts a booking into a calendar."""

    id: str
    label: str
    link: str


def shown(outcome: Outcome) -> dict[str, Any] | list[dict[str, Any]]:
    """Show what a command made, changed or found: one booking, or those of a series."""
    if outcome.is_series:
        return [booking(one) for one in outcome.bookings]
    found = booking(outcome.bookings[0])
    if outcome.seat_uid is not None:
        found["seatUid"] = outcome.seat_uid
    return found


def booking(stored: Booking) -> dict[str, Any]:
    """Show a booking in the shape of its kind."""
    return _seated(stored) if stored.is_seated else _plain(stored)


def calendar_links(links: Sequence[CalendarLink]) -> list[CalendarLinkOutput]:
    """Show the links that put a booking into a calendar."""
    return [{"label": one.label, "id": one.id, "link": one.link} for one in links]


def _plain(stored: Booking) -> dict[str, Any]:
    responses = stored.responses or {}
    found = _common(stored)
    found["metadata"] = {key: value for key, value in stored.metadata.items() if key != VIDEO_CALL_URL}
    found["attendees"] = [
        _attendee(one, is_occurrence=bool(stored.recurring_uid)) for one in stored.attendees
    ]
    found["bookingFieldsResponses"] = responses
    optional = {
        "cancellationReason": stored.cancellation_reason,
        "cancelledByEmail": stored.cancelled_by,
        "reschedulingReason": responses.get(REASON),
        "rescheduledByEmail": stored.rescheduled_by,
        "recurringBookingUid": stored.recurring_uid,
    }
    found.update({name: value for name, value in optional.items() if value})
    if "guests" in responses:
        found["guests"] = responses["guests"]
    return found


def _seated(stored: Booking) -> dict[str, Any]:
    return {**_common(stored), "attendees": [_seated_attendee(one) for one in stored.attendees]}


def _common(stored: Booking) -> dict[str, Any]:
    location = stored.metadata.get(VIDEO_CALL_URL) or stored.location
    event_type = stored.event_type
    found = {
        "id": stored.id,
        "uid": stored.uid,
        "title": stored.title,
        "description": stored.description,
        "hosts": [_host(stored.organizer)],
        "status": stored.status.value,
        "start": instant(stored.start),
        "end": instant(stored.end),
        "duration": int((stored.end - stored.start).total_seconds()) // 60,
        "eventTypeId": None if event_type is None else event_type.id,
        "eventType": None if event_type is None else {"id": event_type.id, "slug": event_type.slug},
        "meetingUrl": location,
        "location": location,
        "absentHost": stored.is_host_absent,
        "createdAt": instant(stored.created_at),
        "updatedAt": optional_instant(stored.updated_at),
        "rating": stored.rating,
        "icsUid": stored.ical_uid,
    }
    if stored.rescheduled_from_uid:
        found["rescheduledFromUid"] = stored.rescheduled_from_uid
    return found


def _host(organizer: Organizer) -> HostOutput:
    return {
        "id": organizer.id,
        "name": organizer.name or organizer.username,
        "email": organizer.email,
        "username": organizer.username,
        "timeZone": organizer.time_zone,
    }


def _attendee(attendee: Attendee, *, is_occurrence: bool) -> AttendeeOutput:
    found: AttendeeOutput = {
        "name": attendee.name,
        "email": attendee.email,
        "timeZone": attendee.time_zone,
        "language": attendee.locale,
        "absent": attendee.is_absent,
    }
    if attendee.phone_number and not is_occurrence:
        found["phoneNumber"] = attendee.phone_number
    return found


def _seated_attendee(attendee: Attendee) -> SeatedAttendeeOutput:
    seat = attendee.seat
    found: SeatedAttendeeOutput = {
        "name": attendee.name,
        "email": attendee.email,
        "timeZone": attendee.time_zone,
        "language": attendee.locale,
        "absent": attendee.is_absent,
        "bookingFieldsResponses": {"name": "unknown"},
        "metadata": {},
    }
    if seat is not None:
        answers = {key: value for key, value in seat.responses.items() if key != "email"}
        kept = {key: value for key, value in seat.metadata.items() if key != VIDEO_CALL_URL}
        found.update({"seatUid": str(seat.uid), "bookingFieldsResponses": answers, "metadata": kept})
    return found
