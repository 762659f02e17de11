"""What a booking will say, before it has a time: who attends, where, and what they answered."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from hashlib import sha256
from math import floor
from typing import Any

from kalends.accounts.user import User
from kalends.api.input.locales import Locale
from kalends.bookings.access import is_same_address
from kalends.bookings.actors import Actor
from kalends.bookings.booking import Attendee, Booking, Standing, Status, TitleWords, new_uid
from kalends.bookings.commands.command import Create
from kalends.bookings.draft.form import (
    BookerDetails,
    View,
    check_custom_answers,
    full_name,
    merged_answers,
)
from kalends.bookings.draft.places import is_web_address, place_of
from kalends.bookings.draft.title import title_words_of
from kalends.bookings.refusals import AddressBlocked, LengthNotOffered
from kalends.bookings.sql.writes import NewBooking
from kalends.event_types.event_type import EventType
from kalends.event_types.form.fields import effective_fields

APPLICATION = "Kalends"
"""What follows the uid in the identifiers of calendar objects."""

VIDEO_CALL_URL = "videoCallUrl"
"""The key of a booking's metadata that the server sets itself: where the meeting is held."""

_GUEST_LOCALE: Locale = "en"


@dataclass(frozen=True, slots=True)
class Draft:
    """What a booking will say, and who will hold it."""

    organizer: User
    title_words: TitleWords
    booker: Attendee
    guests: tuple[Attendee, ...]
    location: str
    responses: dict[str, Any]
    metadata: dict[str, Any]

    @property
    def description(self) -> str:
        """The booker's notes."""
        notes = self.responses.get("notes")
        return notes if isinstance(notes, str) else ""


def draft_of(
    event_type: EventType, organizer: User, actor: Actor, command: Create, *, blocked: frozenset[str]
) -> Draft:
    """Return what a booking will say. `blocked` are addresses, in lower case, that may not book.

    Raises:
        what `check_custom_answers`, `merged_answers` and `place_of` raise;
        AddressBlocked: the booker's address is blocked.
    """
    fields = effective_fields(event_type)
    check_custom_answers(fields, command.responses)
    place = place_of(event_type, command.location, organizer.metadata or {})
    metadata = _metadata(command.metadata)
    responses = merged_answers(
        fields,
        command.responses,
        BookerDetails(
            command.attendee_name,
            command.attendee_email,
            command.attendee_phone_number,
            command.guests,
            place.response,
        ),
        View.BOOKING,
    )
    check_not_blocked(responses["email"], actor, blocked)
    booker = Attendee(
        name=full_name(responses["name"]),
        email=responses["email"],
        time_zone=command.attendee_time_zone,
        locale=command.attendee_language,
        phone_number=responses.get("attendeePhoneNumber"),
        standing=standing_of(actor, responses["email"], Standing.BOOKER),
    )
    guests = [
        Attendee(
            name="",
            email=guest,
            time_zone=booker.time_zone,
            locale=_GUEST_LOCALE,
            standing=standing_of(actor, guest, Standing.GUEST),
        )
        for guest in responses.get("guests") or ()
        if _base_address(guest) not in blocked
    ]
    return Draft(
        organizer=organizer,
        title_words=title_words_of(event_type, place.kind),
        booker=booker,
        guests=tuple(guests),
        location=place.location,
        responses=responses,
        metadata=with_video_call(metadata, place.location),
    )


def booking_from(
    draft: Draft,
    event_type: EventType,
    start: datetime,
    end: datetime,
    *,
    status: Status,
    recurring_uid: str | None = None,
) -> NewBooking:
    """Return the booking that a draft makes at a time; the buffers are the event type's."""
    uid = new_uid()
    attendees = (draft.booker, *draft.guests)
    return NewBooking(
        uid=uid,
        organizer_id=draft.organizer.id,
        organizer_email=draft.organizer.email,
        event_type_id=event_type.id,
        status=status,
        title_words=draft.title_words,
        description=draft.description,
        start=start,
        end=end,
        before=event_type.terms.time_before,
        after=event_type.terms.time_after,
        location=draft.location,
        responses=draft.responses,
        metadata=draft.metadata,
        # Whoever gets an invitation, also from others, reads it; it must open nothing.
        ical_uid=f"{new_uid()}@{APPLICATION}",
        ical_sequence=0,
        rescheduled_by=None,
        rescheduled_from_uid=None,
        recurring_uid=recurring_uid,
        is_seated=False,
        blocks=blocks(event_type, status),
        idempotency_key=idempotency_key(event_type.id, start, end, attendees),
        attendees=attendees,
    )


def successor_of(
    booking: Booking, event_type: EventType, actor: Actor, period: tuple[datetime, datetime], status: Status
) -> NewBooking:
    """Return the booking that replaces another one: the same meeting at another time.

    Whoever attended by their own word does so still.
    """
    start, end = period
    return NewBooking(
        uid=new_uid(),
        organizer_id=booking.organizer.id,
        organizer_email=booking.organizer.email,
        event_type_id=event_type.id,
        status=status,
        title_words=booking.title_words,
        description=booking.description,
        start=start,
        end=end,
        before=event_type.terms.time_before,
        after=event_type.terms.time_after,
        location=booking.location,
        responses=booking.responses,
        metadata=with_video_call(booking.metadata, booking.location),
        ical_uid=booking.ical_uid,
        ical_sequence=booking.ical_sequence + 1,
        rescheduled_by=None,
        rescheduled_from_uid=booking.uid,
        recurring_uid=booking.recurring_uid,
        is_seated=booking.is_seated,
        blocks=blocks(event_type, status),
        idempotency_key=None
        if booking.is_seated
        else idempotency_key(event_type.id, start, end, booking.attendees),
        attendees=[attending_again(actor, attendee) for attendee in booking.attendees],
    )


def blocks(event_type: EventType, status: Status) -> bool:
    """Tell whether a booking takes its host's time."""
    return status is Status.ACCEPTED or event_type.confirmation.blocks_slot


def status_of(event_type: EventType, start: datetime, now: datetime) -> Status:
    """Return the status of a new booking: accepted, unless the event type wants it confirmed."""
    confirmation = event_type.confirmation
    if not confirmation.is_required:
        return Status.ACCEPTED
    threshold = confirmation.threshold
    if threshold is not None:
        seconds = 60 if threshold.unit == "minutes" else 3_600
        if floor((start - now).total_seconds() / seconds) > threshold.time:
            return Status.ACCEPTED
    return Status.PENDING


def length_of(event_type: EventType, asked: int | None) -> int:
    """Return the length of a booking in minutes; `asked` None: the booker asks for none.

    Raises:
        LengthNotOffered: it is none that the event type offers.
    """
    if asked is None:
        return event_type.terms.length
    options = event_type.length_options
    if asked not in options:
        raise LengthNotOffered(options)
    return asked


def moved_period(booking: Booking, start: datetime) -> tuple[datetime, datetime]:
    """Return when a booking is that moves to a start: as long as it was."""
    return start, start + (booking.end - booking.start)


def with_video_call(metadata: Mapping[str, Any], location: str | None) -> dict[str, Any]:
    """Return metadata that say where the meeting is held, if that is a link."""
    kept = {key: value for key, value in metadata.items() if key != VIDEO_CALL_URL}
    return {VIDEO_CALL_URL: location, **kept} if is_web_address(location) else kept


def idempotency_key(
    event_type_id: int, start: datetime, end: datetime, attendees: Sequence[Attendee]
) -> bytes:
    """Return the key that two equal bookings share (bookings.md 15)."""
    emails = ",".join(attendee.email for attendee in attendees)
    return sha256(f"{event_type_id}.{start.timestamp()}.{end.timestamp()}.{emails}".encode()).digest()


def attending_again(actor: Actor, attendee: Attendee) -> Attendee:
    """Return somebody as they attend a booking that an actor has moved."""
    standing = standing_of(actor, attendee.email, attendee.standing)
    return replace(attendee, is_absent=False, standing=standing)


def standing_of(actor: Actor, email: str, otherwise: Standing) -> Standing:
    """Return by whose word somebody attends what an actor books; whoever books for themself says so."""
    return Standing.OWN if is_same_address(actor.verified_email, email) else otherwise


def check_not_blocked(email: str, actor: Actor, blocked: frozenset[str]) -> None:
    """Check that an address may book; one that is proven to be the actor's own always may.

    Raises:
        AddressBlocked: it is blocked.
    """
    is_own = is_same_address(actor.verified_email, email)
    if _base_address(email) in blocked and not is_own:
        raise AddressBlocked


def _metadata(given: Mapping[str, object]) -> dict[str, Any]:
    """Return the metadata to store: without the key that the server uses itself."""
    return {key: value for key, value in given.items() if key != VIDEO_CALL_URL}


def _base_address(email: str) -> str:
    """Return an address in lower case, without the plus and what follows it in its local part."""
    local, _, domain = email.lower().rpartition("@")
    return f"{local.partition('+')[0]}@{domain}"
