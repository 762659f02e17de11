"""Bookings as their host decided, and as they were cancelled (9.2, B and X)."""

from typing import Any

from kalends.bookings.booking import Booking
from kalends.bookings.events import BookingEvent, EventKind
from kalends.event_types.event_type import EventType
from kalends.webhooks.payloads import parts
from kalends.webhooks.payloads.parts import Payload


def decided(event: BookingEvent, site: str) -> Payload:
    """Return what is told of a request that its host accepted or declined."""
    booking, event_type = event.booking, event.event_type
    is_accepted = event.kind is EventKind.CONFIRMED
    answers = parts.answers_of(booking)
    return {
        **_head(event, site),
        "startTime": parts.milliseconds(booking.start),
        "endTime": parts.milliseconds(booking.end),
        "attendees": [parts.stored_person(attendee, booking.start) for attendee in booking.attendees],
        **_answers(event, answers),
        "location": booking.location or "",
        **_of_event_type(event_type),
        "price": None if event_type is None else event_type.price,
        "iCalUID": booking.ical_uid,
        **(parts.conference(booking) if is_accepted else {}),
        **parts.recurrence(event),
        **_tail(booking, event_type),
        "status": "ACCEPTED" if is_accepted else "REJECTED",
        **parts.sms_number(answers),
        **({} if is_accepted or not event.reason else {"rejectionReason": event.reason}),
        **_origin(booking),
    }


def cancelled(event: BookingEvent, site: str) -> Payload:
    """Return what is told of a booking, or of one seat, that was cancelled."""
    booking, event_type = event.booking, event.event_type
    answers = parts.answers_of(booking, event.attendee)
    seats = None if event_type is None else event_type.terms.seats
    return {
        **_head(event, site),
        "startTime": parts.with_offset(booking.start),
        "endTime": parts.with_offset(booking.end),
        "attendees": _those_who_left(event),
        **_answers(event, answers),
        "location": booking.location,
        "seatsPerTimeSlot": None if seats is None else seats.per_time_slot,
        "seatsShowAttendees": None if seats is None else seats.shows_attendees,
        **_of_event_type(event_type),
        # The reference's own: nothing to pay is null here, and zero elsewhere.
        "price": (event_type and event_type.price) or None,
        "iCalUID": booking.ical_uid,
        "iCalSequence": booking.ical_sequence,
        **_whole_series(event),
        **_tail(booking, event_type),
        "status": "CANCELLED",
        **parts.sms_number(answers),
        **_cancellation(event),
        **_origin(booking),
    }


def _head(event: BookingEvent, site: str) -> Payload:
    booking = event.booking
    return {
        "bookerUrl": site,
        "title": booking.title,
        **({"type": event.event_type.slug} if event.event_type is not None else {}),
        **({"description": booking.description} if booking.description else {}),
        "organizer": parts.organizer(booking),
    }


def _answers(event: BookingEvent, answers: dict[str, Any]) -> Payload:
    return {"customInputs": {}, **parts.stored_answers(event.event_type, answers)}


def _of_event_type(event_type: EventType | None) -> Payload:
    shown: Payload = {"destinationCalendar": [], "customReplyToEmail": None}
    if event_type is None:
        return {**shown, "eventTypeId": None, "eventTitle": None, "eventDescription": None, "currency": None}
    return {
        **shown,
        "hideOrganizerEmail": event_type.hide_organizer_email,
        "eventTypeId": event_type.id,
        # True or null: null is what false looks like here.
        "requiresConfirmation": event_type.confirmation.is_required or None,
        "eventTitle": event_type.title,
        "eventDescription": event_type.description,
        "currency": event_type.currency,
    }


def _tail(booking: Booking, event_type: EventType | None) -> Payload:
    return {
        "uid": booking.uid,
        "bookingId": booking.id,
        "length": parts.minutes(booking) if event_type is None else event_type.terms.length,
        "metadata": booking.metadata,
    }


def _those_who_left(event: BookingEvent) -> list[Payload]:
    booking = event.booking
    if event.kind is EventKind.SEAT_CANCELLED and event.attendee is not None:
        return [
            {**parts.attendee_row(event.attendee, booking), **parts.person(event.attendee, booking.start)}
        ]
    return [parts.stored_person(attendee, booking.start) for attendee in booking.attendees]


def _whole_series(event: BookingEvent) -> Payload:
    """Name the series when all that was left of it was cancelled."""
    series = event.series
    is_whole = series is not None and series.covers_rest and len(series.starts) > 1
    return parts.recurrence(event) if is_whole else {}


def _cancellation(event: BookingEvent) -> Payload:
    if event.kind is EventKind.SEAT_CANCELLED:
        return {"cancellationReason": event.reason or ""}
    shown = {} if event.reason is None else {"cancellationReason": event.reason}
    return shown if event.actor is None else {**shown, "cancelledBy": event.actor}


def _origin(booking: Booking) -> Payload:
    """Name the booking that this one replaced."""
    replaced = booking.rescheduled_from_uid
    return {} if replaced is None else {"rescheduleUid": replaced}
