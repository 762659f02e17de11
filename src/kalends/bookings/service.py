"""The rules of bookings (bookings note, sections 2, 4 to 7).

A command takes its locks first: the booking it changes, then the hosts it needs. What it reads after that
is what it decides by, with the engine that lists slots.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from psycopg import errors

from kalends.api.errors import BadRequest, NotFound
from kalends.api.locales import Locale
from kalends.auth.principal import Principal
from kalends.bookings import form, listing, queries
from kalends.bookings.booking import Attendee, BookedEventType, Booking, Organizer, Status, new_uid
from kalends.bookings.commands import (
    Cancel,
    Create,
    EventTypeAddress,
    IntegrationChoice,
    ListBookings,
    Reschedule,
)
from kalends.bookings.form import Location
from kalends.bookings.queries import NewBooking
from kalends.db.database import Connection, UnitOfWork
from kalends.db.locks import lock_hosts
from kalends.event_types import service as event_types
from kalends.event_types.event_type import CAL_VIDEO, EventType
from kalends.reservations import service as reservations
from kalends.slots import service as slots
from kalends.slots.availability import Holds, Question, rules_of

_APPLICATION = "Kalends"
_GUEST_LOCALE: Locale = "en"
_RESERVED_METADATA = "videoCallUrl"


async def create(work: UnitOfWork, command: Create, *, now: datetime) -> Booking:
    """Book a time of an event type.

    Raises:
        NotFound: nothing has the event type's address.
        BadRequest: an answer breaks its field's rule, or the time cannot be booked; `details.reasons`
            then says why.
    """
    event_type = await _resolve(work.connection, command.event_type)
    if command.is_instant:
        raise BadRequest("instant: only event types of teams can be booked for now.")
    if command.length is not None:
        raise BadRequest("lengthInMinutes: this event type has one length only; leave the property out.")
    location = _location(event_type, command.location)
    responses = form.merged_responses(
        command.responses,
        name=command.attendee_name,
        email=command.attendee_email,
        phone_number=command.attendee_phone_number,
        guests=command.guests,
        location=location.response,
    )
    booker = Attendee(
        name=command.attendee_name,
        email=responses["email"],
        time_zone=command.attendee_time_zone,
        locale=command.attendee_language,
        phone_number=command.attendee_phone_number,
    )
    guests = [
        Attendee(name="", email=guest, time_zone=booker.time_zone, locale=_GUEST_LOCALE)
        for guest in responses.get("guests", ())
    ]
    end = command.start + timedelta(minutes=event_type.length)
    owner = event_type.owner
    organizer = Organizer(owner.id, owner.name, owner.email, owner.username, owner.time_zone)
    await lock_hosts(work, [organizer.id])
    if command.reservation_uid is not None:
        await reservations.consume(work, command.reservation_uid, event_type.id, command.start, end, now=now)
    await _check_free(work, event_type, command.start, end, now=now, zone=booker.time_zone, moving=None)
    uid = new_uid()
    return await _store(
        work,
        organizer,
        event_type,
        _NewDetails(
            uid=uid,
            title=f"{event_type.title} between {organizer.name or organizer.username} and {booker.name}",
            description=responses.get("notes") or "",
            start=command.start,
            end=end,
            location=location.location,
            responses=responses,
            metadata=_metadata(command.metadata),
            ical_uid=f"{uid}@{_APPLICATION}",
            attendees=[booker, *guests],
        ),
    )


async def get(connection: Connection, uid: str) -> Booking:
    """Return a booking to whoever knows its uid.

    Raises:
        NotFound: no booking has this uid.
    """
    booking = await queries.find_booking(connection, uid)
    if booking is None:
        raise _unknown(uid)
    return booking


async def list_for(
    connection: Connection, caller: Principal, command: ListBookings, *, now: datetime
) -> list[Booking]:
    """Return the bookings that the caller organizes or attends.

    Raises:
        BadRequest: none of the event types asked for exists.
    """
    if command.event_type_ids is not None and not await event_types.any_exists(
        connection, command.event_type_ids
    ):
        raise BadRequest("eventTypeIds: none of these event types exists.", code="TRPCError")
    return await listing.list_bookings(connection, caller.user, command, now)


async def reschedule(
    work: UnitOfWork, caller: Principal | None, uid: str, command: Reschedule, *, now: datetime
) -> Booking:
    """Replace a booking by one at another start.

    Raises:
        NotFound: no booking has this uid, it was declined, its event type is gone, or it has no such seat.
        BadRequest: it was cancelled or replaced already, or the new time cannot be booked.
    """
    booking = await queries.lock_booking(work, uid)
    if booking is None:
        raise _unknown(uid)
    if command.seat_uid is not None:
        raise NotFound(f"seatUid: this booking has no seat {command.seat_uid!r}.")
    if booking.event_type is None:
        raise NotFound("The event type of this booking was deleted, so it cannot be rescheduled.")
    _check_reschedulable(booking)
    event_type = await event_types.get(work.connection, booking.event_type.id)
    end = command.start + timedelta(minutes=event_type.length)
    booker = booking.attendees[0]
    organizer = booking.organizer
    await lock_hosts(work, [organizer.id])
    await _check_free(
        work, event_type, command.start, end, now=now, zone=booker.time_zone, moving=booking.uid
    )
    await queries.end_booking(work, booking.id, reason=None, by=None, is_rescheduled=True)
    responses = {**(booking.responses or {})}
    if command.reason is not None:
        responses["rescheduledReason"] = command.reason
    return await _store(
        work,
        organizer,
        event_type,
        _NewDetails(
            uid=new_uid(),
            title=booking.title,
            description=booking.description,
            start=command.start,
            end=end,
            location=booking.location,
            responses=responses,
            metadata=booking.metadata,
            ical_uid=booking.ical_uid,
            attendees=booking.attendees,
            ical_sequence=booking.ical_sequence + 1,
            rescheduled_by=_known_actor(booking, caller, command.rescheduled_by),
            rescheduled_from_uid=booking.uid,
        ),
    )


async def cancel(work: UnitOfWork, caller: Principal | None, uid: str, command: Cancel) -> Booking:
    """Cancel a booking; cancelling one that has ended already changes nothing and returns it.

    Raises:
        NotFound: no booking has this uid.
        BadRequest: there is no such seat or series, or the host gives no reason.
    """
    booking = await queries.lock_booking(work, uid)
    if booking is None:
        raise _unknown(uid)
    if command.seat_uid is not None:
        raise BadRequest(f"seatUid: this booking has no seat {command.seat_uid!r}.")
    if command.with_subsequent:
        raise BadRequest("cancelSubsequentBookings: this booking is not one of a series.")
    if booking.status.is_final:
        return booking
    if command.reason is None and caller is not None and caller.user.id == booking.organizer.id:
        raise BadRequest("cancellationReason: a host who cancels must say why.")
    by = caller.user.email if caller is not None else None
    await queries.end_booking(work, booking.id, reason=command.reason, by=by, is_rescheduled=False)
    return await get(work.connection, uid)


@dataclass(frozen=True, slots=True)
class _NewDetails:
    """What a new booking does not take from its organizer and event type."""

    uid: str
    title: str
    description: str | None
    start: datetime
    end: datetime
    location: str | None
    responses: Mapping[str, Any]
    metadata: Mapping[str, Any]
    ical_uid: str
    attendees: Sequence[Attendee]
    ical_sequence: int = 0
    rescheduled_by: str | None = None
    rescheduled_from_uid: str | None = None


async def _store(
    work: UnitOfWork, organizer: Organizer, event_type: EventType, details: _NewDetails
) -> Booking:
    new = NewBooking(
        uid=details.uid,
        organizer_id=organizer.id,
        organizer_email=organizer.email,
        event_type_id=event_type.id,
        status=Status.ACCEPTED,
        title=details.title,
        description=details.description,
        start=details.start,
        end=details.end,
        before=timedelta(minutes=event_type.before_event_buffer),
        after=timedelta(minutes=event_type.after_event_buffer),
        location=details.location,
        responses=details.responses,
        metadata=details.metadata,
        ical_uid=details.ical_uid,
        ical_sequence=details.ical_sequence,
        rescheduled_by=details.rescheduled_by,
        rescheduled_from_uid=details.rescheduled_from_uid,
        attendees=details.attendees,
    )
    try:
        booking_id, created_at = await queries.insert_booking(work, new)
    except errors.ExclusionViolation as error:
        raise _not_available(["booking"]) from error
    return Booking(
        id=booking_id,
        uid=new.uid,
        organizer=organizer,
        event_type=BookedEventType(event_type.id, event_type.slug),
        status=new.status,
        title=new.title,
        description=new.description,
        start=new.start,
        end=new.end,
        location=new.location,
        responses=dict(new.responses),
        metadata=dict(new.metadata),
        cancellation_reason=None,
        cancelled_by=None,
        is_rescheduled=False,
        rescheduled_by=new.rescheduled_by,
        rescheduled_from_uid=new.rescheduled_from_uid,
        ical_uid=new.ical_uid,
        ical_sequence=new.ical_sequence,
        is_host_absent=False,
        rating=None,
        created_at=created_at,
        updated_at=None,
        attendees=tuple(new.attendees),
    )


async def _resolve(connection: Connection, address: EventTypeAddress) -> EventType:
    if address.event_type_id is not None:
        return await event_types.get(connection, address.event_type_id)
    if address.organization_slug:
        raise NotFound(f"There is no organization {address.organization_slug!r}.")
    if not address.username:
        raise NotFound(f"There is no team {address.team_slug!r}.")
    return await event_types.get_by_slug(connection, address.username, address.event_type_slug or "")


async def _check_free(
    work: UnitOfWork,
    event_type: EventType,
    start: datetime,
    end: datetime,
    *,
    now: datetime,
    zone: str,
    moving: str | None,
) -> None:
    begins, ends = int(start.timestamp()), int(end.timestamp())
    rules = rules_of(event_type, (ends - begins) // 60, interval=event_type.length)
    question = Question(event_type, rules, begins, ends, now, zone=zone, moving=moving, holds=Holds.BINDING)
    verdict = await slots.check(work.connection, question)
    if not verdict.is_accepted:
        raise _not_available([reason.code for reason in verdict.reasons])


def _not_available(codes: Sequence[str]) -> BadRequest:
    reasons = list(dict.fromkeys(str(code) for code in codes))
    return BadRequest(
        f"start: this time is not available ({', '.join(reasons)}).", details={"reasons": reasons}
    )


def _location(event_type: EventType, chosen: Location | IntegrationChoice | None) -> Location:
    if isinstance(chosen, Location):
        return chosen
    offered = [location["type"] for location in event_type.locations]
    if chosen is None:
        return Location(None, offered[0] if offered else CAL_VIDEO["type"])
    if chosen.kind == "integration" and chosen.integration == "cal-video" and CAL_VIDEO["type"] in offered:
        return Location({"value": CAL_VIDEO["type"], "optionValue": ""}, CAL_VIDEO["type"])
    raise BadRequest(f"location: this event type does not offer a location of type {chosen.kind!r}.")


def _metadata(given: Mapping[str, object]) -> dict[str, str]:
    """Return the metadata to store: texts only, without the key that the server itself uses."""
    wrong = [key for key, value in given.items() if not isinstance(value, str)]
    if wrong:
        raise BadRequest(f"metadata: {wrong[0]!r} must have a string as value.", code="BAD_REQUEST")
    return {key: str(value) for key, value in given.items() if key != _RESERVED_METADATA}


def _check_reschedulable(booking: Booking) -> None:
    if booking.status is Status.REJECTED:
        raise NotFound("This booking was declined, so it cannot be rescheduled.")
    if booking.is_rescheduled:
        raise BadRequest("This booking was rescheduled already; move the one that replaced it.")
    if booking.status is Status.CANCELLED:
        raise BadRequest("cancelled_bookings_cannot_be_rescheduled")


def _known_actor(booking: Booking, caller: Principal | None, named: str | None) -> str | None:
    """Return whose reschedule it is: a proven caller, or the booker, who is named by knowing the uid."""
    if caller is not None:
        return caller.user.email
    return named if named == booking.attendees[0].email else None


def _unknown(uid: str) -> NotFound:
    return NotFound(f"There is no booking {uid!r}.")
