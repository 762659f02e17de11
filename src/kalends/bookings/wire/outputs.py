"""The wire of bookings in version 2024-08-13: answers (bookings.md 3)."""

from collections.abc import Mapping, Sequence
from typing import Any, Literal, NotRequired

from typing_extensions import TypedDict

from kalends.api.input.locales import Locale
from kalends.api.output.envelope import instant, optional_instant
from kalends.bookings.booking import Attendee, Booking, Organizer, Status
from kalends.bookings.calendar_links import CalendarLink
from kalends.bookings.commands.outcome import Outcome
from kalends.bookings.draft.draft import VIDEO_CALL_URL
from kalends.bookings.draft.form import REASON
from kalends.localization.titles import TitleReader, language_of_host, title_of

StatusOutput = Literal["cancelled", "accepted", "rejected", "pending", "awaiting_host"]

_STATUSES: Mapping[Status, StatusOutput] = {
    Status.ACCEPTED: "accepted",
    Status.PENDING: "pending",
    Status.CANCELLED: "cancelled",
    Status.REJECTED: "rejected",
    Status.AWAITING_HOST: "awaiting_host",
}


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
    """Somebody who attends a booking with others; a guest has no seat of their own.

    Of somebody else, all but the name is blank, and there is no language.
    """

    name: str
    email: str
    timeZone: str
    language: NotRequired[Locale]
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
    status: StatusOutput
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


class _GuestsOutput(TypedDict):
    guests: NotRequired[list[str]]


class BookingOutput(_CommonOutput, _GuestsOutput):
    """A booking."""

    metadata: dict[str, Any]
    attendees: list[AttendeeOutput]
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


AnyBookingOutput = BookingOutput | RecurringBookingOutput | SeatedBookingOutput | RecurringSeatedBookingOutput
AnySeriesOutput = list[RecurringBookingOutput] | list[RecurringSeatedBookingOutput]
CreatedOutput = (
    BookingOutput
    | list[RecurringBookingOutput]
    | CreateSeatedBookingOutput
    | list[CreateRecurringSeatedBookingOutput]
)
MovedOutput = (
    BookingOutput | RecurringBookingOutput | CreateSeatedBookingOutput | CreateRecurringSeatedBookingOutput
)
MarkedOutput = BookingOutput | RecurringBookingOutput | SeatedBookingOutput


class CalendarLinkOutput(TypedDict):
    """A link that puts a booking into a calendar."""

    id: str
    label: str
    link: str


def created_output(outcome: Outcome) -> CreatedOutput:
    """Show what was booked: a booking, the occurrences of a series, or a booking with the seat in it."""
    if outcome.is_series:
        return _occurrences(outcome.bookings)
    booked = outcome.bookings[0]
    return _plain(booked) if outcome.seat_uid is None else _with_seat(booked, outcome.seat_uid)


def moved_output(outcome: Outcome) -> MovedOutput:
    """Show what a booking, or a seat of it, was moved to."""
    target = outcome.bookings[0]
    if outcome.seat_uid is not None:
        return _with_seat(target, outcome.seat_uid)
    return _occurrence(target, target.recurring_uid) if target.recurring_uid else _plain(target)


def booking_or_series_output(outcome: Outcome) -> AnyBookingOutput | AnySeriesOutput:
    """Show a booking, or those of a series."""
    if not outcome.is_series:
        return booking_output(outcome.bookings[0])
    if outcome.bookings[0].is_seated:
        return _seated_occurrences(outcome.bookings)
    return _occurrences(outcome.bookings)


def booking_output(stored: Booking) -> AnyBookingOutput:
    """Show a booking in the shape of its kind."""
    if stored.recurring_uid:
        show = _seated_occurrence if stored.is_seated else _occurrence
        return show(stored, stored.recurring_uid)
    return _seated(stored) if stored.is_seated else _plain(stored)


def calendar_link_outputs(links: Sequence[CalendarLink]) -> list[CalendarLinkOutput]:
    """Show the links that put a booking into a calendar."""
    return [{"label": one.label, "id": one.id, "link": one.link} for one in links]


def _occurrences(series: Sequence[Booking]) -> list[RecurringBookingOutput]:
    return [_occurrence(one, one.recurring_uid) for one in series if one.recurring_uid]


def _seated_occurrences(series: Sequence[Booking]) -> list[RecurringSeatedBookingOutput]:
    return [_seated_occurrence(one, one.recurring_uid) for one in series if one.recurring_uid]


def _occurrence(stored: Booking, recurring_uid: str) -> RecurringBookingOutput:
    return {**_plain(stored), "recurringBookingUid": recurring_uid}


def _seated_occurrence(stored: Booking, recurring_uid: str) -> RecurringSeatedBookingOutput:
    return {**_seated(stored), "recurringBookingUid": recurring_uid}


def _with_seat(stored: Booking, seat_uid: str) -> CreateSeatedBookingOutput:
    return {**_seated(stored), "seatUid": seat_uid}


def _plain(stored: Booking) -> BookingOutput:
    responses = stored.responses or {}
    shown: BookingOutput = {
        **_common(stored),
        **_guests(responses),
        "metadata": {key: value for key, value in stored.metadata.items() if key != VIDEO_CALL_URL},
        "attendees": [_attendee(one, is_occurrence=bool(stored.recurring_uid)) for one in stored.attendees],
        "bookingFieldsResponses": responses,
    }
    if stored.cancellation_reason:
        shown["cancellationReason"] = stored.cancellation_reason
    if stored.cancelled_by:
        shown["cancelledByEmail"] = stored.cancelled_by
    if responses.get(REASON):
        shown["reschedulingReason"] = responses[REASON]
    if stored.rescheduled_by:
        shown["rescheduledByEmail"] = stored.rescheduled_by
    return shown


def _guests(responses: Mapping[str, Any]) -> _GuestsOutput:
    return {"guests": responses["guests"]} if "guests" in responses else {}


def _seated(stored: Booking) -> SeatedBookingOutput:
    return {**_common(stored), "attendees": [_seated_attendee(one) for one in stored.attendees]}


def _reader(stored: Booking) -> TitleReader:
    """Return who reads a title: in the host's language, whoever asks, and in a class by their own seat."""
    language = language_of_host(stored.organizer)
    if stored.is_for_host:
        return TitleReader(language, is_host=True)
    own = next((one for one in stored.attendees if one.is_known and one.seat is not None), None)
    return TitleReader(language, is_host=False, attendee=own)


def _common(stored: Booking) -> _CommonOutput:
    location = stored.metadata.get(VIDEO_CALL_URL) or stored.location
    event_type = stored.event_type
    shown: _CommonOutput = {
        "id": stored.id,
        "uid": stored.uid,
        "title": title_of(stored.title_words, stored, _reader(stored)),
        "description": stored.description,
        "hosts": [_host(stored.organizer)],
        "status": _STATUSES[stored.status],
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
        shown["rescheduledFromUid"] = stored.rescheduled_from_uid
    return shown


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
    if not attendee.is_known:
        return {
            "name": attendee.name,
            "email": "",
            "timeZone": "",
            "absent": False,
            "seatUid": "",
            "bookingFieldsResponses": {},
            "metadata": {},
        }
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
