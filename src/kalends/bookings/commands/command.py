"""What can be asked of bookings, free of the wire."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from typing import Any
from uuid import UUID

from kalends.api.input.locales import Locale
from kalends.bookings.commands.page import Order, Position
from kalends.bookings.draft.places import LocationChoice
from kalends.bookings.facts.fact import Absence
from kalends.event_types.address import EventTypeAddress


@dataclass(frozen=True, slots=True)
class Create:
    """A booking to make, or a series of them.

    `location` None: the event type's first; a text: what the booker wrote. `length` in minutes, None: the
    event type's. `recurrence_count` None: as many as the event type says. `reservation_uid` names a
    reservation that the booking uses.
    """

    start: datetime
    event_type: EventTypeAddress
    attendee_name: str
    attendee_email: str | None
    attendee_phone_number: str | None
    attendee_time_zone: str
    attendee_language: Locale
    guests: Sequence[str] | None
    location: LocationChoice | str | None
    responses: Mapping[str, Any]
    metadata: Mapping[str, str | int | float | bool]
    length: int | None
    recurrence_count: int | None
    is_instant: bool
    reservation_uid: UUID | None


@dataclass(frozen=True, slots=True)
class Reschedule:
    """A booking to move to another start; `seat_uid` names one seat of it.

    `reservation_uid` names a reservation of the new time that the booking uses. `rescheduled_by` is the
    e-mail of who asks. It makes somebody the host only if they prove to be.
    """

    start: datetime
    rescheduled_by: str | None = None
    reason: str | None = None
    seat_uid: str | None = None
    reservation_uid: UUID | None = None


@dataclass(frozen=True, slots=True)
class Cancel:
    """A booking to cancel, with the later ones of its series, or one seat of it."""

    reason: str | None
    with_subsequent: bool = False
    seat_uid: str | None = None


@dataclass(frozen=True, slots=True)
class MarkAbsent:
    """Who did not come: the host, attendees by their address, or both; `host` None: no change."""

    host: bool | None
    attendees: Sequence[Absence]


class StatusFilter(Enum):
    """What a list of bookings may be narrowed to (bookings.md 5.2)."""

    UPCOMING = "upcoming"
    RECURRING = "recurring"
    PAST = "past"
    CANCELLED = "cancelled"
    UNCONFIRMED = "unconfirmed"


@dataclass(frozen=True, slots=True)
class ListBookings:
    """Which bookings to list; all given conditions hold together.

    With `after` those that come after this place; `is_counted` says that all are wanted to be counted.
    Attendees are asked for only where `viewer_id` may know them; None knows nobody on a seat.
    """

    statuses: tuple[StatusFilter, ...]
    attendee_email: str | None
    attendee_name: str | None
    event_type_ids: tuple[int, ...] | None
    after_start: datetime | None
    before_end: datetime | None
    order: Order
    is_descending: bool
    take: int
    skip: int
    team_ids: tuple[int, ...] | None = None
    after_created: datetime | None = None
    before_created: datetime | None = None
    after_updated: datetime | None = None
    before_updated: datetime | None = None
    uid: str | None = None
    after: Position | None = None
    is_counted: bool = False
    viewer_id: int | None = None

    @property
    def is_bounded(self) -> bool:
        """Whether any time is bounded, or one booking asked for."""
        bounds = (
            self.uid,
            self.after_start,
            self.before_end,
            self.after_created,
            self.before_created,
            self.after_updated,
            self.before_updated,
        )
        return any(bound is not None for bound in bounds)
