"""Meetings that begin or end, who did not come to them, and the sample that a ping sends.

Their shapes are those of webhooks.md 9.3, 9.4 and 9.10.
"""

from datetime import datetime, timedelta

from kalends.api.output.envelope import optional_instant
from kalends.bookings.facts.fact import BookingFact
from kalends.bookings.facts.snapshots import BookingSnapshot
from kalends.webhooks.payloads import parts
from kalends.webhooks.payloads.parts import Payload


def meeting(fact: BookingFact, _site: str) -> Payload:
    """Return what is told of a meeting at its start or end: the booking as it is then, column by column."""
    booking, event_type = fact.booking, fact.event_type
    answers = parts.answers_of(booking)
    return {
        **_columns(booking),
        "smsReminderNumber": answers.get("smsReminderNumber"),
        "user": {
            "email": booking.organizer.email,
            "name": booking.organizer.name,
            "timeZone": booking.organizer.time_zone,
            "username": booking.organizer.username,
        },
        "attendees": [parts.attendee_row(attendee, booking) for attendee in booking.attendees],
        "payment": [],
        "references": [],
        **(
            parts.stored_answers(None, answers) if event_type is None else parts.labelled(event_type, answers)
        ),
        "eventType": None
        if event_type is None
        else {
            "slug": event_type.slug,
            "bookingFields": None if event_type.booking_fields is None else list(event_type.booking_fields),
            "schedulingType": None,
            "owner": {"id": event_type.owner.id},
            "hosts": [],
        },
    }


def absence(fact: BookingFact, _site: str) -> Payload | None:
    """Return what is told of attendees who did not come, or did; None: it was about the host alone."""
    told = [{"email": one.email, "noShow": one.is_absent} for one in fact.absences]
    if not told:
        return None
    if len(told) == 1:
        verb = "marked" if fact.absences[0].is_absent else "unmarked"
        message = f"{fact.absences[0].email} was {verb} as a no-show"
    else:
        message = "The no-show status of attendees was updated"
    return {
        "message": message,
        "attendees": told,
        "bookingUid": fact.booking.uid,
        "bookingId": fact.booking.id,
        **parts.platform(fact.booking, tells_of_mails=True),
    }


def ping(now: datetime) -> Payload:
    """Return a sample."""
    person = {"timeZone": "Europe/London", "language": {"locale": "en"}, "utcOffset": 0}
    return {
        "type": "ping",
        "title": "A sample booking",
        "startTime": parts.milliseconds(now),
        "endTime": parts.milliseconds(now + timedelta(minutes=30)),
        "attendees": [{"name": "Sample Guest", "email": "guest@example.com", **person}],
        "organizer": {"name": "Sample Host", "email": "host@example.com", **person},
    }


def _columns(booking: BookingSnapshot) -> Payload:
    return {
        "id": booking.id,
        "uid": booking.uid,
        "idempotencyKey": None,
        "userId": booking.organizer.id,
        "userPrimaryEmail": booking.organizer.email,
        "eventTypeId": booking.event_type_id,
        "title": booking.title,
        "description": booking.description,
        "customInputs": {},
        "startTime": parts.milliseconds(booking.start),
        "endTime": parts.milliseconds(booking.end),
        "location": booking.location,
        "createdAt": parts.milliseconds(booking.created_at),
        "updatedAt": optional_instant(booking.updated_at),
        "status": booking.status.name,
        "paid": False,
        "destinationCalendarId": None,
        "cancellationReason": booking.cancellation_reason,
        "rejectionReason": booking.rejection_reason,
        "reassignReason": None,
        "reassignById": None,
        "dynamicEventSlugRef": None,
        "dynamicGroupSlugRef": None,
        "rescheduled": booking.is_rescheduled,
        "fromReschedule": booking.rescheduled_from_uid,
        "recurringEventId": booking.recurring_uid,
        "scheduledJobs": [],
        "metadata": booking.metadata,
        "isRecorded": False,
        "iCalUID": booking.ical_uid,
        "iCalSequence": booking.ical_sequence,
        "rating": booking.rating,
        "ratingFeedback": None,
        "noShowHost": booking.is_host_absent,
        "oneTimePassword": None,
        "cancelledBy": booking.cancelled_by,
        "rescheduledBy": booking.rescheduled_by,
        "creationSource": "API_V2",
    }
