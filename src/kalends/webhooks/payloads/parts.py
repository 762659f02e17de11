"""What the payloads share: people, answers, instants."""

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any, TypeAlias
from uuid import NAMESPACE_URL, uuid5
from zoneinfo import ZoneInfo

from kalends.api.output.envelope import instant
from kalends.bookings.facts.fact import BookingFact
from kalends.bookings.facts.snapshots import AttendeeSnapshot, BookingSnapshot, EventTypeSnapshot
from kalends.event_types.form.fields import effective_fields, is_own_question
from kalends.event_types.locations.kinds import INTEGRATION_PREFIX

Payload: TypeAlias = dict[str, Any]

_DEFAULT_LOCALE = "en"


def seconds(moment: datetime) -> str:
    """Return an instant like `2025-06-02T09:00:00Z`."""
    return moment.astimezone(UTC).isoformat(timespec="seconds").removesuffix("+00:00") + "Z"


def milliseconds(moment: datetime) -> str:
    """Return an instant like `2025-06-02T09:00:00.000Z`."""
    return instant(moment)


def with_offset(moment: datetime) -> str:
    """Return an instant like `2025-06-02T09:00:00+00:00`."""
    return moment.astimezone(UTC).isoformat(timespec="seconds")


def offset_minutes(time_zone: str, moment: datetime) -> int:
    """Return how far a zone is ahead of UTC at an instant."""
    offset = moment.astimezone(ZoneInfo(time_zone)).utcoffset()
    return 0 if offset is None else int(offset.total_seconds() // 60)


def minutes(booking: BookingSnapshot) -> int:
    """Return how long a booking takes."""
    return int((booking.end - booking.start).total_seconds() // 60)


def organizer(booking: BookingSnapshot) -> Payload:
    """Show the host."""
    host = booking.organizer
    return {
        "id": host.id,
        "name": host.name or host.username,
        "email": host.email,
        "username": host.username,
        "timeZone": host.time_zone,
        "language": {"locale": host.locale or _DEFAULT_LOCALE},
        "timeFormat": "HH:mm" if host.time_format == 24 else "h:mma",
        "utcOffset": offset_minutes(host.time_zone, booking.start),
    }


def person(attendee: AttendeeSnapshot, start: datetime) -> Payload:
    """Show an attendee as every payload does."""
    return {
        "name": attendee.name,
        "email": attendee.email,
        "timeZone": attendee.time_zone,
        "language": {"locale": attendee.locale},
        "utcOffset": offset_minutes(attendee.time_zone, start),
    }


def stored_person(attendee: AttendeeSnapshot, start: datetime) -> Payload:
    """Show an attendee as stored, with a phone number or null."""
    return {**person(attendee, start), "phoneNumber": attendee.phone_number}


def attendee_row(attendee: AttendeeSnapshot, booking: BookingSnapshot) -> Payload:
    """Show an attendee with all columns."""
    return {
        "id": attendee.id,
        "email": attendee.email,
        "name": attendee.name,
        "timeZone": attendee.time_zone,
        "phoneNumber": attendee.phone_number,
        "locale": attendee.locale,
        "bookingId": booking.id,
        "noShow": attendee.is_absent,
    }


def answers_of(booking: BookingSnapshot, attendee: AttendeeSnapshot | None = None) -> dict[str, Any]:
    """Return what was answered; in a seated booking by one attendee, else put together from what is known."""
    if booking.responses is not None:
        return booking.responses
    first = attendee or next(iter(booking.attendees), None)
    if first is None:
        return {}
    if attendee is not None and attendee.seat is not None:
        return {"name": attendee.name, "email": attendee.email, **attendee.seat.responses}
    answers: dict[str, Any] = {
        "name": first.name,
        "email": first.email,
        "guests": [one.email for one in booking.attendees if one is not first],
    }
    if booking.description:
        answers["notes"] = booking.description
    if booking.location is not None:
        answers["location"] = {"value": booking.location, "optionValue": booking.location}
    return answers


def labelled(event_type: EventTypeSnapshot, answers: dict[str, Any]) -> Payload:
    """Return both lists of answers, by the fields of the fact type's form."""
    fields = effective_fields(event_type)
    return {
        "responses": _labelled(fields, answers),
        "userFieldsResponses": _labelled((field for field in fields if is_own_question(field)), answers),
    }


def stored_answers(event_type: EventTypeSnapshot | None, answers: dict[str, Any]) -> Payload:
    """Return both lists of answers; without a stored form, fields have their names as labels."""
    if event_type is not None and event_type.booking_fields is not None:
        return labelled(event_type, answers)
    plain = {name: {"label": name, "value": value} for name, value in answers.items()}
    return {"responses": plain, "userFieldsResponses": {}}


def recurrence(fact: BookingFact) -> Payload:
    """Return `recurringEvent` of a booking that was made or decided about with its series."""
    event_type = fact.event_type
    if fact.series is None or event_type is None or event_type.recurrence is None:
        return {}
    rule = event_type.recurrence
    return {
        "recurringEvent": {
            "freq": int(rule.frequency),
            "interval": rule.interval,
            "count": fact.series.count,
        }
    }


def conference(booking: BookingSnapshot) -> Payload:
    """Return `conferenceData` of a booking whose location is an application."""
    if booking.location is None or not booking.location.startswith(INTEGRATION_PREFIX):
        return {}
    return {"conferenceData": {"createRequest": {"requestId": str(uuid5(NAMESPACE_URL, booking.location))}}}


def platform(booking: BookingSnapshot, *, tells_of_mails: bool = False) -> Payload:
    """Return the OAuth client whose booking it is; `tells_of_mails`: and whether that sends any."""
    client = booking.client
    if client is None:
        return {}
    shown: Payload = {
        "platformClientId": client.id,
        "platformRescheduleUrl": client.reschedule_uri,
        "platformCancelUrl": client.cancel_uri,
        "platformBookingUrl": client.booking_uri,
    }
    return {**shown, "arePlatformEmailsEnabled": client.are_emails_enabled} if tells_of_mails else shown


def sms_number(answers: dict[str, Any]) -> Payload:
    """Return `smsReminderNumber`, if one was given."""
    return {"smsReminderNumber": answers["smsReminderNumber"]} if answers.get("smsReminderNumber") else {}


def _labelled(fields: Iterable[Payload], answers: dict[str, Any]) -> Payload:
    shown = {}
    for field in fields:
        name, is_hidden = field["name"], bool(field.get("hidden"))
        described: Payload = {"label": field.get("label") or field.get("defaultLabel") or name}
        if name == "guests" and is_hidden:
            described["value"] = []
        elif answers.get(name) is not None:
            described["value"] = answers[name]
        shown[name] = {**described, "isHidden": is_hidden}
    return shown
