"""The wire of bookings in version 2024-08-13: answers (bookings note, section 3)."""

from typing import Any, Literal, NotRequired

from pydantic import with_config
from typing_extensions import TypedDict

from kalends.api.envelope import instant, optional_instant
from kalends.api.locales import Locale
from kalends.api.wire import not_yet
from kalends.bookings.booking import Attendee, Booking, Organizer


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


@with_config(
    not_yet(
        *(
            f"{variant}_2024_08_13{many}"
            for variant in (
                "RecurringBookingOutput",
                "GetSeatedBookingOutput",
                "GetRecurringSeatedBookingOutput",
                "CreateSeatedBookingOutput",
                "CreateRecurringSeatedBookingOutput",
            )
            for many in ("", "[]")
        )
    )
)
class BookingOutput(TypedDict):
    """A booking."""

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
    metadata: dict[str, Any]
    rating: int | None
    icsUid: str
    attendees: list[AttendeeOutput]
    guests: NotRequired[list[str]]
    bookingFieldsResponses: dict[str, Any]


def booking(stored: Booking) -> BookingOutput:
    """Show a booking that is neither one of a series nor seated."""
    location = stored.metadata.get("videoCallUrl") or stored.location
    event_type = stored.event_type
    responses = stored.responses or {}
    shown: BookingOutput = {
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
        "metadata": {key: value for key, value in stored.metadata.items() if key != "videoCallUrl"},
        "rating": stored.rating,
        "icsUid": stored.ical_uid,
        "attendees": [_attendee(attendee) for attendee in stored.attendees],
        "bookingFieldsResponses": responses,
    }
    if stored.cancellation_reason:
        shown["cancellationReason"] = stored.cancellation_reason
    if stored.cancelled_by:
        shown["cancelledByEmail"] = stored.cancelled_by
    if responses.get("rescheduledReason"):
        shown["reschedulingReason"] = responses["rescheduledReason"]
    if stored.rescheduled_by:
        shown["rescheduledByEmail"] = stored.rescheduled_by
    if stored.rescheduled_from_uid:
        shown["rescheduledFromUid"] = stored.rescheduled_from_uid
    if "guests" in responses:
        shown["guests"] = responses["guests"]
    return shown


def _host(organizer: Organizer) -> HostOutput:
    return {
        "id": organizer.id,
        "name": organizer.name or organizer.username,
        "email": organizer.email,
        "username": organizer.username,
        "timeZone": organizer.time_zone,
    }


def _attendee(attendee: Attendee) -> AttendeeOutput:
    shown: AttendeeOutput = {
        "name": attendee.name,
        "email": attendee.email,
        "timeZone": attendee.time_zone,
        "language": attendee.locale,
        "absent": attendee.is_absent,
    }
    if attendee.phone_number:
        shown["phoneNumber"] = attendee.phone_number
    return shown
