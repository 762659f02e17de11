"""What can happen to a booking, as facts that consumers act on (bookings.md 14).

A fact is written in the transaction of the change and never altered. It carries all that its consumers
need: snapshots of the booking as it is after the change, with every attendee, and of its event type.
"""

from datetime import datetime
from enum import Enum

import msgspec

from kalends.bookings.facts.snapshots import (
    AttendeeSnapshot,
    BookingSnapshot,
    EventTypeSnapshot,
    PreviousSnapshot,
)

VERSION = 1
"""The version of facts that this release states; release 0.1.0 stated version 0, which had no number."""


class FactKind(Enum):
    """A transition of a booking."""

    CREATED = "booking.created"
    """Booked, and accepted at once."""

    REQUESTED = "booking.requested"
    """Booked, and waiting for its host; `previous` is set when it is to replace another booking."""

    CONFIRMED = "booking.confirmed"
    REJECTED = "booking.rejected"

    RESCHEDULED = "booking.rescheduled"
    """Accepted at another time, in place of `previous`; a seated booking that its host moves stays itself."""

    CANCELLED = "booking.cancelled"

    SEAT_BOOKED = "seat.booked"
    """`attendee` took a seat of a booking that others attend already."""

    SEAT_CANCELLED = "seat.cancelled"
    """`attendee` gave up a seat; the booking goes on, and no longer lists them."""

    SEAT_RESCHEDULED = "seat.rescheduled"
    """`attendee` moved from `previous` to this booking, which others may attend."""

    ABSENCE_UPDATED = "booking.absence_updated"
    """`absences` says of whom."""

    MEETING_STARTED = "meeting.started"
    MEETING_ENDED = "meeting.ended"

    REMINDER_DUE = "booking.reminder_due"
    """An hour is left before an accepted booking starts."""

    APPROVAL_REMINDER_DUE = "booking.approval_reminder_due"
    """A booking has been waiting for its host for hours."""


class Series(msgspec.Struct, frozen=True):
    """Where an occurrence stands in its series: `position` counts from 0 to `count` - 1.

    `ical_uid` is the calendar object that it is part of, and `sequence` the number of that object's next
    message: where a rule yields the dates (`is_ruled`) those of the first occurrence, else its own. Older
    releases did not state `is_ruled` and `sequence`. `original_start` is when it was first to be.
    `starts` are those of all occurrences that the command made, confirmed, declined or cancelled, sorted;
    `is_told_singly` says that mails tell of each by itself, `covers_rest` that no later occurrence is left.
    """

    uid: str
    position: int
    count: int
    ical_uid: str
    original_start: datetime
    starts: tuple[datetime, ...]
    covers_rest: bool = True
    is_ruled: bool | None = None
    is_told_singly: bool = False
    sequence: int | None = None


class Absence(msgspec.Struct, frozen=True):
    """Whether somebody who should have attended did not."""

    email: str
    is_absent: bool


class BookingFact(msgspec.Struct, frozen=True):
    """A fact about a booking.

    A command that touches a whole series states one fact for each occurrence; `is_lead` is true for the one
    that speaks for all of them. `attendee` is whom a seat's fact is about. `actor` is the e-mail of who did
    it, when that is proven. `event_type` None: it was deleted. `is_by_stranger`: it was booked by somebody
    whom no credential vouches for.
    """

    kind: FactKind
    occurred_at: datetime
    booking: BookingSnapshot
    event_type: EventTypeSnapshot | None
    is_lead: bool = True
    series: Series | None = None
    attendee: AttendeeSnapshot | None = None
    previous: PreviousSnapshot | None = None
    actor: str | None = None
    reason: str | None = None
    absences: tuple[Absence, ...] = ()
    is_host_absence: bool = False
    version: int = VERSION
    is_by_stranger: bool = False

    @property
    def is_told(self) -> bool:
        """Whether mails tell of it: in most series one occurrence speaks for all."""
        return self.is_lead or (self.series is not None and self.series.is_told_singly)

    @property
    def ordering_key(self) -> str:
        """What facts share that must be handled in order: the calendar object, which outlives reschedules."""
        return self.booking.ical_uid
