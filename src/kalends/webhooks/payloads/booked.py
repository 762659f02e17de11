"""Bookings as they are made: created, requested, rescheduled, and seats that are taken or moved (9.2, A)."""

from collections.abc import Sequence

from kalends.bookings.booking import Attendee, Booking, Status
from kalends.bookings.events import BookingEvent, EventKind
from kalends.event_types.event_type import EventType
from kalends.webhooks.payloads import parts
from kalends.webhooks.payloads.parts import Payload

_SEAT_KINDS = (EventKind.SEAT_BOOKED, EventKind.SEAT_RESCHEDULED)


def payload(event: BookingEvent, site: str) -> Payload:
    """Return what is told of a booking that was made; `site` is the address of the booking pages."""
    booking = event.booking
    answers = parts.answers_of(booking, event.attendee)
    return {
        "bookerUrl": site,
        "title": booking.title,
        "startTime": parts.seconds(booking.start),
        "endTime": parts.seconds(booking.end),
        "additionalNotes": booking.description or "",
        **_of_event_type(event.event_type, booking),
        "organizer": parts.organizer(booking),
        "attendees": [_person(attendee, booking) for attendee in _attendees(event)],
        "customInputs": {},
        **_answers(event, answers),
        "location": booking.location,
        "destinationCalendar": None,
        "iCalUID": booking.ical_uid,
        "iCalSequence": booking.ical_sequence,
        "requiresConfirmation": booking.status is Status.PENDING,
        # The reference shows the token that confirms the booking to whoever has it.
        "oneTimePassword": None,
        "uid": booking.uid,
        **_seat(event),
        **_conference(event),
        **(parts.recurrence(event) if event.kind in (EventKind.CREATED, EventKind.REQUESTED) else {}),
        "length": parts.minutes(booking),
        "bookingId": booking.id,
        "metadata": _metadata(event),
        "status": "PENDING" if booking.status is Status.PENDING else "ACCEPTED",
        **parts.sms_number(answers),
        **_previous(event),
    }


def _of_event_type(event_type: EventType | None, booking: Booking) -> Payload:
    if event_type is None:
        return {"description": booking.description or "", "eventTypeId": None}
    seats = event_type.terms.seats
    return {
        "type": event_type.slug,
        "description": event_type.description or booking.description or "",
        "eventTypeId": event_type.id,
        "hideCalendarNotes": event_type.hide_calendar_notes,
        "hideCalendarEventDetails": event_type.hide_calendar_event_details,
        "hideOrganizerEmail": event_type.hide_organizer_email,
        "schedulingType": None,
        "seatsPerTimeSlot": None if seats is None else seats.per_time_slot,
        "seatsShowAttendees": seats is None or seats.shows_attendees,
        "seatsShowAvailabilityCount": seats is None or seats.shows_availability_count,
        "customReplyToEmail": None,
        "eventTitle": event_type.title,
        "eventDescription": event_type.description,
        "price": event_type.price,
        "currency": event_type.currency,
    }


def _attendees(event: BookingEvent) -> Sequence[Attendee]:
    """Return whom the event is about: of a shared booking the newcomer alone, or first the one who moved."""
    attendees, subject = event.booking.attendees, event.attendee
    if subject is None or event.kind not in _SEAT_KINDS:
        return attendees
    if event.kind is EventKind.SEAT_BOOKED:
        return (subject,)
    return (subject, *(one for one in attendees if one.id != subject.id))


def _person(attendee: Attendee, booking: Booking) -> Payload:
    shown = parts.person(attendee, booking.start)
    shown |= {"firstName": "", "lastName": ""}
    if attendee.phone_number is not None:
        shown["phoneNumber"] = attendee.phone_number
    return shown


def _answers(event: BookingEvent, answers: Payload) -> Payload:
    location = event.booking.location
    if location is not None:
        answers = {**answers, "location": {"value": location, "optionValue": ""}}
    if event.reason is not None:
        answers = {**answers, "rescheduleReason": event.reason}
    if event.event_type is None:
        return parts.stored_answers(None, answers)
    return parts.labelled(event.event_type, answers)


def _seat(event: BookingEvent) -> Payload:
    seat = None if event.attendee is None else event.attendee.seat
    return {} if seat is None else {"attendeeSeatId": str(seat.uid)}


def _conference(event: BookingEvent) -> Payload:
    is_settled = event.booking.status is Status.ACCEPTED
    return parts.conference(event.booking) if is_settled or _replaces(event) else {}


def _metadata(event: BookingEvent) -> Payload:
    seat = None if event.attendee is None else event.attendee.seat
    return {**event.booking.metadata, **({} if seat is None else seat.metadata)}


def _replaces(event: BookingEvent) -> bool:
    """Tell whether another booking gave way to this one."""
    return event.previous is not None and not event.booking.is_seated


def _previous(event: BookingEvent) -> Payload:
    previous = event.previous
    if previous is None:
        return {}
    shown: Payload = {"rescheduleId": previous.id} if _replaces(event) else {}
    shown |= {
        "rescheduleUid": previous.uid,
        "rescheduleStartTime": parts.seconds(previous.start),
        "rescheduleEndTime": parts.seconds(previous.end),
    }
    if event.actor is not None:
        shown["rescheduledBy"] = event.actor
    return shown
