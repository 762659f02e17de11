"""Bookings as their host decided, and as they were cancelled (webhooks.md 9.2, columns B and X)."""

from typing import Any

from kalends.bookings.facts.fact import BookingFact, FactKind
from kalends.bookings.facts.snapshots import BookingSnapshot, EventTypeSnapshot
from kalends.webhooks.payloads import parts
from kalends.webhooks.payloads.parts import Payload


def decided(fact: BookingFact, site: str) -> Payload:
    """Return what is told of a request that its host accepted or declined."""
    booking, event_type = fact.booking, fact.event_type
    is_accepted = fact.kind is FactKind.CONFIRMED
    answers = parts.answers_of(booking)
    return {
        **_head(fact, site),
        "startTime": parts.milliseconds(booking.start),
        "endTime": parts.milliseconds(booking.end),
        "attendees": [parts.stored_person(attendee, booking.start) for attendee in booking.attendees],
        **_answers(fact, answers),
        "location": booking.location or "",
        **_of_event_type(event_type),
        "price": None if event_type is None else event_type.price,
        "iCalUID": booking.ical_uid,
        **(parts.conference(booking) if is_accepted else {}),
        **parts.recurrence(fact),
        **_tail(booking, event_type),
        "status": "ACCEPTED" if is_accepted else "REJECTED",
        **parts.sms_number(answers),
        **({} if is_accepted or not fact.reason else {"rejectionReason": fact.reason}),
        **_origin(booking),
        **parts.platform(booking, tells_of_mails=True),
    }


def cancelled(fact: BookingFact, site: str) -> Payload:
    """Return what is told of a booking, or of one seat, that was cancelled."""
    booking, event_type = fact.booking, fact.event_type
    answers = parts.answers_of(booking, fact.attendee)
    seats = None if event_type is None else event_type.seats
    return {
        **_head(fact, site),
        "startTime": parts.with_offset(booking.start),
        "endTime": parts.with_offset(booking.end),
        "attendees": _those_who_left(fact),
        **_answers(fact, answers),
        "location": booking.location,
        "seatsPerTimeSlot": None if seats is None else seats.per_time_slot,
        "seatsShowAttendees": None if seats is None else seats.shows_attendees,
        **_of_event_type(event_type),
        # The reference's own: nothing to pay is null here, and zero elsewhere.
        "price": (event_type and event_type.price) or None,
        "iCalUID": booking.ical_uid,
        "iCalSequence": booking.ical_sequence,
        **_whole_series(fact),
        **_tail(booking, event_type),
        "status": "CANCELLED",
        **parts.sms_number(answers),
        **_cancellation(fact),
        **_origin(booking),
        **parts.platform(booking),
    }


def _head(fact: BookingFact, site: str) -> Payload:
    booking = fact.booking
    return {
        "bookerUrl": site,
        "title": booking.title,
        **({"type": fact.event_type.slug} if fact.event_type is not None else {}),
        **({"description": booking.description} if booking.description else {}),
        "organizer": parts.organizer(booking),
    }


def _answers(fact: BookingFact, answers: dict[str, Any]) -> Payload:
    return {"customInputs": {}, **parts.stored_answers(fact.event_type, answers)}


def _of_event_type(event_type: EventTypeSnapshot | None) -> Payload:
    shown: Payload = {"destinationCalendar": [], "customReplyToEmail": None}
    if event_type is None:
        return {**shown, "eventTypeId": None, "eventTitle": None, "eventDescription": None, "currency": None}
    return {
        **shown,
        "hideOrganizerEmail": event_type.hide_organizer_email,
        "eventTypeId": event_type.id,
        # True or null: null is what false looks like here.
        "requiresConfirmation": event_type.requires_confirmation or None,
        "eventTitle": event_type.title,
        "eventDescription": event_type.description,
        "currency": event_type.currency,
    }


def _tail(booking: BookingSnapshot, event_type: EventTypeSnapshot | None) -> Payload:
    return {
        "uid": booking.uid,
        "bookingId": booking.id,
        "length": parts.minutes(booking) if event_type is None else event_type.length,
        "metadata": booking.metadata,
    }


def _those_who_left(fact: BookingFact) -> list[Payload]:
    booking = fact.booking
    if fact.kind is FactKind.SEAT_CANCELLED and fact.attendee is not None:
        return [{**parts.attendee_row(fact.attendee, booking), **parts.person(fact.attendee, booking.start)}]
    return [parts.stored_person(attendee, booking.start) for attendee in booking.attendees]


def _whole_series(fact: BookingFact) -> Payload:
    """Name the series when all that was left of it was cancelled."""
    series = fact.series
    is_whole = series is not None and series.covers_rest and len(series.starts) > 1
    return parts.recurrence(fact) if is_whole else {}


def _cancellation(fact: BookingFact) -> Payload:
    if fact.kind is FactKind.SEAT_CANCELLED:
        return {"cancellationReason": fact.reason or ""}
    shown = {} if fact.reason is None else {"cancellationReason": fact.reason}
    return shown if fact.actor is None else {**shown, "cancelledBy": fact.actor}


def _origin(booking: BookingSnapshot) -> Payload:
    """Name the booking that this one replaced."""
    replaced = booking.rescheduled_from_uid
    return {} if replaced is None else {"rescheduleUid": replaced}
