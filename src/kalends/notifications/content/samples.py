"""Facts of each kind, about meetings that nobody has: for looking at the mails."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from uuid import UUID

from msgspec.structs import replace

from kalends.api.input.locales import Locale
from kalends.bookings.booking import Status
from kalends.bookings.facts.fact import BookingFact, FactKind, Series
from kalends.bookings.facts.snapshots import (
    AttendeeSnapshot,
    BookingSnapshot,
    EventTypeSnapshot,
    HostSnapshot,
    OwnerKind,
    OwnerSnapshot,
    PreviousSnapshot,
    RecurrenceSnapshot,
    SeatSnapshot,
    SharingSnapshot,
)
from kalends.event_types.event_type import Frequency

_START = datetime(2030, 5, 14, 8, 0, tzinfo=UTC)
_LENGTH = timedelta(minutes=45)
_STARTS = tuple(_START + timedelta(weeks=week) for week in range(4))

_DESCRIPTION = """\
We talk about **what you need** and what comes next.

- bring your questions
- [read this before](https://example.com/before)
"""


def sample_facts(language: Locale) -> Iterator[tuple[str, BookingFact]]:
    """Yield facts by names; all who take part read this language."""
    event_type = _event_type()
    base = BookingFact(FactKind.CREATED, _START - timedelta(days=7), _booking(language), event_type)
    waiting = replace(base, booking=replace(base.booking, status=Status.PENDING))
    before = _START - timedelta(days=2)
    moved = replace(base, previous=PreviousSnapshot(1, "former", before, before + _LENGTH))
    yield "scheduled", base
    yield "requested", replace(waiting, kind=FactKind.REQUESTED)
    yield "still-requested", replace(waiting, kind=FactKind.APPROVAL_REMINDER_DUE)
    yield "declined", replace(base, kind=FactKind.REJECTED, reason="I am abroad that week.")
    yield "rescheduled", replace(moved, kind=FactKind.RESCHEDULED, reason="The train is late.")
    yield "cancelled", replace(base, kind=FactKind.CANCELLED, reason="Something came up.")
    yield "reminder", replace(base, kind=FactKind.REMINDER_DUE)
    yield "series", _of_series(base, event_type)
    shared = _shared(moved, event_type)
    yield "seat-booked", replace(shared, kind=FactKind.SEAT_BOOKED, previous=None)
    yield "seat-cancelled", replace(shared, kind=FactKind.SEAT_CANCELLED, previous=None)
    yield "seat-rescheduled", replace(shared, kind=FactKind.SEAT_RESCHEDULED)


def _of_series(base: BookingFact, event_type: EventTypeSnapshot) -> BookingFact:
    rule = RecurrenceSnapshot(Frequency.WEEKLY, 1, len(_STARTS))
    return replace(
        base,
        booking=replace(base.booking, ical_uid="sample-0", recurring_uid="series"),
        event_type=replace(event_type, recurrence=rule),
        series=Series("series", 0, len(_STARTS), "sample-0", _START, _STARTS),
    )


def _shared(base: BookingFact, event_type: EventTypeSnapshot) -> BookingFact:
    attendees = tuple(
        replace(
            attendee,
            locale=base.booking.attendees[0].locale,
            seat=SeatSnapshot(UUID(int=number), "I bring my own cup.", {}, {}),
        )
        for number, attendee in enumerate(base.booking.attendees)
    )
    return replace(
        base,
        booking=replace(base.booking, attendees=attendees, is_seated=True, responses=None, description=None),
        event_type=replace(event_type, seats=SharingSnapshot(8, True, True)),
        attendee=attendees[-1],
    )


def _booking(language: Locale) -> BookingSnapshot:
    return BookingSnapshot(
        id=2,
        uid="sample",
        title="Introduction between Ana Host and Bo Booker",
        start=_START,
        end=_START + _LENGTH,
        status=Status.ACCEPTED,
        organizer=HostSnapshot(1, "Ana Host", "ana@example.com", "ana", "Europe/Rome", language, 24),
        attendees=(
            AttendeeSnapshot(1, "Bo Booker", "bo@example.com", "America/New_York", language, "+12125550123"),
            AttendeeSnapshot(2, "", "cy@example.com", "America/New_York", "en"),
        ),
        ical_uid="sample@kalends",
        ical_sequence=0,
        created_at=_START - timedelta(days=7),
        event_type_id=1,
        description="I come with a colleague.",
        location="https://meet.example.com/introduction",
        responses={"name": "Bo Booker", "size": "12", "first": True},
    )


def _event_type() -> EventTypeSnapshot:
    return EventTypeSnapshot(
        id=1,
        owner=OwnerSnapshot(OwnerKind.USER, 1, "Ana Host"),
        title="Introduction",
        slug="introduction",
        length=45,
        description=_DESCRIPTION,
        booking_fields=(
            {"name": "size", "type": "text", "label": "How many are you?", "editable": "user"},
            {"name": "first", "type": "boolean", "label": "Is it your first time?", "editable": "user"},
        ),
    )
