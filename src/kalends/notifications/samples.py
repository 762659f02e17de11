"""Facts of each kind, about meetings that nobody has: for looking at the mails."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import UUID

from kalends.api.locales import Locale
from kalends.bookings.booking import Attendee, BookedEventType, Booking, Organizer, Seat, Status
from kalends.bookings.events import BookingEvent, EventKind, Previous, Series
from kalends.event_types.event_type import EventType, Frequency, Owner, Recurrence, Seats
from kalends.notifications.series import Occurrence

_START = datetime(2030, 5, 14, 8, 0, tzinfo=UTC)
_LENGTH = timedelta(minutes=45)
_STARTS = tuple(_START + timedelta(weeks=week) for week in range(4))

_DESCRIPTION = """\
We talk about **what you need** and what comes next.

- bring your questions
- [read this before](https://example.com/before)
"""


def sample_events(language: Locale) -> Iterator[tuple[str, BookingEvent]]:
    """Yield facts by names; all who take part read this language."""
    event_type = _event_type(language)
    base = BookingEvent(EventKind.CREATED, _START - timedelta(days=7), _booking(language), event_type)
    waiting = replace(base, booking=replace(base.booking, status=Status.PENDING))
    before = _START - timedelta(days=2)
    moved = replace(base, previous=Previous(1, "former", before, before + _LENGTH))
    yield "scheduled", base
    yield "requested", replace(waiting, kind=EventKind.REQUESTED)
    yield "still-requested", replace(waiting, kind=EventKind.APPROVAL_REMINDER_DUE)
    yield "declined", replace(base, kind=EventKind.REJECTED, reason="I am abroad that week.")
    yield "rescheduled", replace(moved, kind=EventKind.RESCHEDULED, reason="The train is late.")
    yield "cancelled", replace(base, kind=EventKind.CANCELLED, reason="Something came up.")
    yield "reminder", replace(base, kind=EventKind.REMINDER_DUE)
    yield "series", _of_series(base, event_type)
    shared = _shared(moved, event_type)
    yield "seat-booked", replace(shared, kind=EventKind.SEAT_BOOKED, previous=None)
    yield "seat-cancelled", replace(shared, kind=EventKind.SEAT_CANCELLED, previous=None)
    yield "seat-rescheduled", replace(shared, kind=EventKind.SEAT_RESCHEDULED)


def sample_occurrences(event: BookingEvent) -> list[Occurrence]:
    """Return the occurrences of the series of a sample; none, if it is none."""
    if event.series is None:
        return []
    return [Occurrence(f"sample-{n}", at, at, at + _LENGTH, True, 0) for n, at in enumerate(_STARTS)]


def _of_series(base: BookingEvent, event_type: EventType) -> BookingEvent:
    rule = Recurrence(Frequency.WEEKLY, 1, len(_STARTS))
    return replace(
        base,
        booking=replace(base.booking, ical_uid="sample-0", recurring_uid="series"),
        event_type=replace(event_type, recurrence=rule),
        series=Series("series", 0, len(_STARTS), "sample-0", _START, _STARTS),
    )


def _shared(base: BookingEvent, event_type: EventType) -> BookingEvent:
    attendees = tuple(
        replace(
            attendee,
            locale=base.booking.attendees[0].locale,
            seat=Seat(UUID(int=number), "I bring my own cup.", {}, {}),
        )
        for number, attendee in enumerate(base.booking.attendees)
    )
    return replace(
        base,
        booking=replace(base.booking, attendees=attendees, is_seated=True, responses=None, description=None),
        event_type=replace(event_type, seats=Seats(8, True, True)),
        attendee=attendees[-1],
    )


def _booking(language: Locale) -> Booking:
    return Booking(
        id=2,
        uid="sample",
        title="Introduction between Ana Host and Bo Booker",
        description="I come with a colleague.",
        start=_START,
        end=_START + _LENGTH,
        location="https://meet.example.com/introduction",
        responses={"name": "Bo Booker", "size": "12", "first": True},
        metadata={},
        cancellation_reason=None,
        cancelled_by=None,
        is_rescheduled=False,
        rescheduled_by=None,
        rescheduled_from_uid=None,
        ical_uid="sample@kalends",
        ical_sequence=0,
        is_host_absent=False,
        rating=None,
        created_at=_START - timedelta(days=7),
        updated_at=None,
        status=Status.ACCEPTED,
        organizer=Organizer(1, "Ana Host", "ana@example.com", "ana", "Europe/Rome", language, 24),
        event_type=BookedEventType(1, "introduction"),
        attendees=(
            Attendee("Bo Booker", "bo@example.com", "America/New_York", language, "+12125550123"),
            Attendee("", "cy@example.com", "America/New_York", "en"),
        ),
    )


def _event_type(language: Locale) -> EventType:
    return EventType(
        id=1,
        title="Introduction",
        slug="introduction",
        description=_DESCRIPTION,
        length=45,
        schedule_id=None,
        slot_interval=None,
        offset_start=0,
        minimum_booking_notice=0,
        before_event_buffer=0,
        after_event_buffer=0,
        hidden=False,
        locations=(),
        owner=Owner(1, "Ana Host", "ana@example.com", "ana", "Europe/Rome", None, "Monday", locale=language),
        booking_fields=(
            {"name": "size", "type": "text", "label": "How many are you?", "editable": "user"},
            {"name": "first", "type": "boolean", "label": "Is it your first time?", "editable": "user"},
        ),
    )
