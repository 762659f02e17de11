"""Bookings as they are made: created, requested, rescheduled, and seats that are taken or moved.

Their shape is that of webhooks.md 9.2, column A.
"""

from collections.abc import Sequence

from kalends.bookings.booking import Status
from kalends.bookings.facts.fact import BookingFact, FactKind
from kalends.bookings.facts.snapshots import AttendeeSnapshot, BookingSnapshot, EventTypeSnapshot
from kalends.webhooks.payloads import parts
from kalends.webhooks.payloads.parts import Payload

_SEAT_KINDS = (FactKind.SEAT_BOOKED, FactKind.SEAT_RESCHEDULED)


def payload(fact: BookingFact, site: str) -> Payload:
    """Return what is told of a booking that was made; `site` is the address of the booking pages."""
    booking = fact.booking
    answers = parts.answers_of(booking, fact.attendee)
    return {
        "bookerUrl": site,
        "title": booking.title,
        "startTime": parts.seconds(booking.start),
        "endTime": parts.seconds(booking.end),
        "additionalNotes": booking.description or "",
        **_of_event_type(fact.event_type, booking),
        "organizer": parts.organizer(booking),
        "attendees": [_person(attendee, booking) for attendee in _attendees(fact)],
        "customInputs": {},
        **_answers(fact, answers),
        "location": booking.location,
        "destinationCalendar": None,
        "iCalUID": booking.ical_uid,
        "iCalSequence": booking.ical_sequence,
        "requiresConfirmation": booking.status is Status.PENDING,
        # The reference shows the token that confirms the booking to whoever has it.
        "oneTimePassword": None,
        "uid": booking.uid,
        **_seat(fact),
        **_conference(fact),
        **(parts.recurrence(fact) if fact.kind in (FactKind.CREATED, FactKind.REQUESTED) else {}),
        "length": parts.minutes(booking),
        "bookingId": booking.id,
        "metadata": _metadata(fact),
        "status": "PENDING" if booking.status is Status.PENDING else "ACCEPTED",
        **parts.sms_number(answers),
        **_previous(fact),
        **parts.platform(booking),
    }


def _of_event_type(event_type: EventTypeSnapshot | None, booking: BookingSnapshot) -> Payload:
    if event_type is None:
        return {"description": booking.description or "", "eventTypeId": None}
    seats = event_type.seats
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


def _attendees(fact: BookingFact) -> Sequence[AttendeeSnapshot]:
    """Return whom the fact is about: of a shared booking the newcomer alone, or first the one who moved."""
    attendees, subject = fact.booking.attendees, fact.attendee
    if subject is None or fact.kind not in _SEAT_KINDS:
        return attendees
    if fact.kind is FactKind.SEAT_BOOKED:
        return (subject,)
    return (subject, *(one for one in attendees if one.id != subject.id))


def _person(attendee: AttendeeSnapshot, booking: BookingSnapshot) -> Payload:
    shown = parts.person(attendee, booking.start)
    shown |= {"firstName": "", "lastName": ""}
    if attendee.phone_number is not None:
        shown["phoneNumber"] = attendee.phone_number
    return shown


def _answers(fact: BookingFact, answers: Payload) -> Payload:
    location = fact.booking.location
    if location is not None:
        answers = {**answers, "location": {"value": location, "optionValue": ""}}
    if fact.reason is not None:
        answers = {**answers, "rescheduleReason": fact.reason}
    if fact.event_type is None:
        return parts.stored_answers(None, answers)
    return parts.labelled(fact.event_type, answers)


def _seat(fact: BookingFact) -> Payload:
    seat = None if fact.attendee is None else fact.attendee.seat
    return {} if seat is None else {"attendeeSeatId": str(seat.uid)}


def _conference(fact: BookingFact) -> Payload:
    is_settled = fact.booking.status is Status.ACCEPTED
    return parts.conference(fact.booking) if is_settled or _replaces(fact) else {}


def _metadata(fact: BookingFact) -> Payload:
    seat = None if fact.attendee is None else fact.attendee.seat
    return {**fact.booking.metadata, **({} if seat is None else seat.metadata)}


def _replaces(fact: BookingFact) -> bool:
    """Tell whether another booking gave way to this one."""
    return fact.previous is not None and not fact.booking.is_seated


def _previous(fact: BookingFact) -> Payload:
    previous = fact.previous
    if previous is None:
        return {}
    shown: Payload = {"rescheduleId": previous.id} if _replaces(fact) else {}
    shown |= {
        "rescheduleUid": previous.uid,
        "rescheduleStartTime": parts.seconds(previous.start),
        "rescheduleEndTime": parts.seconds(previous.end),
    }
    if fact.actor is not None:
        shown["rescheduledBy"] = fact.actor
    return shown
