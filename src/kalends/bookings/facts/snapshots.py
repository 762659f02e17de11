"""What facts keep of a booking and its event type: what webhooks, mails and invitations print, and no more.

Snapshots are stored as JSON for weeks, and read by releases before and after, so they are no entities: they
change on purpose only. To add a field, give it a default that says what was so before there was the field,
and fill it in `x_snapshot_of`; a setting of an event type fills the field of its name by itself. Most of what
has its default is left out, so a default never changes: texts that were stored before are read with it. What
cannot be said so is a new version (see `stored`).
"""

from collections.abc import Mapping
from datetime import datetime
from enum import Enum
from operator import attrgetter
from typing import Any
from uuid import UUID

import msgspec

from kalends.api.input.locales import Locale
from kalends.bookings.booking import Attendee, Booking, BookingClient, Organizer, Seat, Status, TitleWords
from kalends.event_types.event_type import EventType, Frequency, Recurrence, StoredObject
from kalends.event_types.owner import Owner, TeamOwner, UserOwner
from kalends.event_types.settings.table import SETTINGS
from kalends.event_types.settings.terms import Seats
from kalends.localization.titles import title_for_host


class Snapshot(msgspec.Struct, frozen=True, omit_defaults=True):
    """A part of a fact. Making one takes a tenth of what a frozen dataclass takes; a booking makes five."""


class SeatSnapshot(Snapshot, frozen=True):
    """An attendee's place in a seated booking, with what they answered."""

    uid: UUID
    description: str | None = None
    responses: dict[str, Any] = msgspec.field(default_factory=dict)
    metadata: dict[str, Any] = msgspec.field(default_factory=dict)


class AttendeeSnapshot(Snapshot, frozen=True):
    """Somebody who attends: the booker first, then guests, whose name is empty and who have no `seat`."""

    id: int
    name: str
    email: str
    time_zone: str
    locale: Locale
    phone_number: str | None = None
    is_absent: bool = False
    seat: SeatSnapshot | None = None


class HostSnapshot(Snapshot, frozen=True):
    """Somebody who hosts; `time_format` is 12 or 24."""

    id: int
    name: str | None
    email: str
    username: str
    time_zone: str
    locale: str | None = None
    time_format: int = 12


class BookingSnapshot(Snapshot, frozen=True, kw_only=True):
    """A booking as it is after the change.

    `organizer` is the host whose booking it is. `event_type_id` None: it was deleted. `responses` None: they
    are kept with the seats. `recurring_uid` is shared by the bookings of a series. `title` is what the host
    reads; others read what is made of `title_event`, `title_template` and `title_place`. Facts of before have
    no `title_event`: their `title` is all that was stored.
    """

    id: int
    uid: str
    title: str
    start: datetime
    end: datetime
    status: Status
    organizer: HostSnapshot
    attendees: tuple[AttendeeSnapshot, ...]
    ical_uid: str
    ical_sequence: int
    created_at: datetime
    updated_at: datetime | None = None
    event_type_id: int | None = None
    description: str | None = None
    location: str | None = None
    responses: dict[str, Any] | None = None
    metadata: dict[str, Any] = msgspec.field(default_factory=dict)
    is_seated: bool = False
    recurring_uid: str | None = None
    cancellation_reason: str | None = None
    cancelled_by: str | None = None
    rejection_reason: str | None = None
    is_rescheduled: bool = False
    rescheduled_by: str | None = None
    rescheduled_from_uid: str | None = None
    is_host_absent: bool = False
    rating: int | None = None
    client_id: str | None = None
    client_sends_mails: bool = False
    client_booking_uri: str | None = None
    client_cancel_uri: str | None = None
    client_reschedule_uri: str | None = None
    title_event: str | None = None
    title_template: str | None = None
    title_place: str | None = None

    @property
    def client(self) -> BookingClient | None:
        """The OAuth client whose booking it is."""
        if self.client_id is None:
            return None
        return BookingClient(
            self.client_id,
            self.client_sends_mails,
            self.client_booking_uri,
            self.client_cancel_uri,
            self.client_reschedule_uri,
        )

    @property
    def title_words(self) -> TitleWords:
        """What the booking is called, but for names."""
        if self.title_event is None:
            return TitleWords(event="", whole=self.title)
        return TitleWords(self.title_event, self.title_template, self.title_place)


class PreviousSnapshot(Snapshot, frozen=True):
    """The booking that was replaced or left, as it was."""

    id: int
    uid: str
    start: datetime
    end: datetime


class OwnerKind(Enum):
    """Whose an event type can be; whoever reads a snapshot of today may meet a team tomorrow."""

    USER = "user"
    TEAM = "team"


class OwnerSnapshot(Snapshot, frozen=True):
    """Whose an event type is: the user or the team that has this `id`."""

    kind: OwnerKind
    id: int
    name: str | None


class RecurrenceSnapshot(Snapshot, frozen=True):
    """A series of `count` bookings, `interval` years, months or weeks apart."""

    frequency: Frequency
    interval: int
    count: int


class SharingSnapshot(Snapshot, frozen=True):
    """How many attendees share one booking, and what they see of each other."""

    per_time_slot: int
    shows_attendees: bool
    shows_availability_count: bool


class EventTypeSnapshot(Snapshot, frozen=True, kw_only=True):
    """An event type as it was when the fact happened. `length` is in minutes.

    `booking_fields` are in row form (event-types.md 8.3); None: the system fields. `sends_host_mails` and
    `sends_attendee_mails` false: the owner has switched them off.
    """

    id: int
    owner: OwnerSnapshot
    title: str
    slug: str
    length: int
    description: str | None = None
    booking_fields: tuple[StoredObject, ...] | None = None
    disable_guests: bool = False
    requires_confirmation: bool = False
    recurrence: RecurrenceSnapshot | None = None
    seats: SharingSnapshot | None = None
    hide_calendar_notes: bool = False
    hide_calendar_event_details: bool = False
    hide_organizer_email: bool = False
    disable_cancelling: bool = False
    disable_rescheduling: bool = False
    disable_rescheduling_minutes_before: int | None = None
    price: int = 0
    currency: str = "usd"
    sends_host_mails: bool = True
    sends_attendee_mails: bool = True


def booking_snapshot_of(booking: Booking) -> BookingSnapshot:
    """Return what facts keep of a booking."""
    words = booking.title_words
    return BookingSnapshot(
        id=booking.id,
        uid=booking.uid,
        title=title_for_host(words, booking),
        title_event=words.event if words.whole is None else None,
        title_template=words.template,
        title_place=words.place,
        description=booking.description,
        start=booking.start,
        end=booking.end,
        location=booking.location,
        responses=booking.responses,
        metadata=booking.metadata,
        cancellation_reason=booking.cancellation_reason,
        cancelled_by=booking.cancelled_by,
        is_rescheduled=booking.is_rescheduled,
        rescheduled_by=booking.rescheduled_by,
        rescheduled_from_uid=booking.rescheduled_from_uid,
        ical_uid=booking.ical_uid,
        ical_sequence=booking.ical_sequence,
        is_host_absent=booking.is_host_absent,
        rating=booking.rating,
        created_at=booking.created_at,
        updated_at=booking.updated_at,
        status=booking.status,
        organizer=host_snapshot_of(booking.organizer),
        event_type_id=None if booking.event_type is None else booking.event_type.id,
        attendees=tuple(attendee_snapshot_of(attendee) for attendee in booking.attendees),
        rejection_reason=booking.rejection_reason,
        recurring_uid=booking.recurring_uid,
        is_seated=booking.is_seated,
        **_told_of(booking.client),
    )


def _told_of(client: BookingClient | None) -> dict[str, Any]:
    if client is None:
        return {}
    return {
        "client_id": client.id,
        "client_sends_mails": client.are_emails_enabled,
        "client_booking_uri": client.booking_uri,
        "client_cancel_uri": client.cancel_uri,
        "client_reschedule_uri": client.reschedule_uri,
    }


def previous_snapshot_of(booking: Booking) -> PreviousSnapshot:
    """Return what facts keep of a booking that was replaced or left."""
    return PreviousSnapshot(booking.id, booking.uid, booking.start, booking.end)


def host_snapshot_of(host: Organizer) -> HostSnapshot:
    """Return what facts keep of a host."""
    return HostSnapshot(
        id=host.id,
        name=host.name,
        email=host.email,
        username=host.username,
        time_zone=host.time_zone,
        locale=host.locale,
        time_format=host.time_format,
    )


def attendee_snapshot_of(attendee: Attendee) -> AttendeeSnapshot:
    """Return what facts keep of an attendee."""
    return AttendeeSnapshot(
        id=attendee.id,
        name=attendee.name,
        email=attendee.email,
        time_zone=attendee.time_zone,
        locale=attendee.locale,
        phone_number=attendee.phone_number,
        is_absent=attendee.is_absent,
        seat=None if attendee.seat is None else _seat_snapshot_of(attendee.seat),
    )


_MADE = (
    "id",
    "owner",
    "requires_confirmation",
    "recurrence",
    "seats",
    "disable_rescheduling",
    "disable_rescheduling_minutes_before",
    "sends_host_mails",
    "sends_attendee_mails",
)
_COPIED = tuple(name for name in EventTypeSnapshot.__struct_fields__ if name not in _MADE)
"""The fields of a snapshot that are settings of the same name, kept as they are."""

_PATHS = {setting.field: setting.path for setting in SETTINGS.values()}
_copied_of = attrgetter(*(_PATHS[name] for name in _COPIED))


def event_type_snapshot_of(event_type: EventType) -> EventTypeSnapshot:
    """Return what facts keep of an event type."""
    return EventTypeSnapshot(
        **dict(zip(_COPIED, _copied_of(event_type), strict=True)),
        id=event_type.id,
        owner=_owner_snapshot_of(event_type.owner),
        requires_confirmation=event_type.confirmation.is_required,
        recurrence=None if event_type.recurrence is None else _recurrence_snapshot_of(event_type.recurrence),
        seats=None if event_type.terms.seats is None else _sharing_snapshot_of(event_type.terms.seats),
        disable_rescheduling=event_type.disable_rescheduling.is_total,
        disable_rescheduling_minutes_before=event_type.disable_rescheduling.minutes_before,
        sends_host_mails=sends_mails(event_type.metadata, "host"),
        sends_attendee_mails=sends_mails(event_type.metadata, "attendee"),
    )


def sends_mails(metadata: Mapping[str, Any], audience: str) -> bool:
    """Tell whether an event type's row form lets its standard mails go to hosts, or to attendees.

    The flags `disableStandardEmails.confirmation` have a say only where a workflow sends instead, and there
    are none yet.
    """
    flags = metadata.get("disableStandardEmails")
    everything = flags.get("all") if isinstance(flags, dict) else None
    return not (isinstance(everything, dict) and everything.get(audience) is True)


def _seat_snapshot_of(seat: Seat) -> SeatSnapshot:
    return SeatSnapshot(seat.uid, seat.description, seat.responses, seat.metadata)


def _owner_snapshot_of(owner: Owner) -> OwnerSnapshot:
    match owner:
        case UserOwner(user):
            return OwnerSnapshot(OwnerKind.USER, user.id, user.name)
        case TeamOwner(team):
            return OwnerSnapshot(OwnerKind.TEAM, team.id, team.name)


def _recurrence_snapshot_of(rule: Recurrence) -> RecurrenceSnapshot:
    return RecurrenceSnapshot(rule.frequency, rule.interval, rule.count)


def _sharing_snapshot_of(seats: Seats) -> SharingSnapshot:
    return SharingSnapshot(seats.per_time_slot, seats.shows_attendees, seats.shows_availability_count)
