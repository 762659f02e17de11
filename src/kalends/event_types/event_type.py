"""An event type, as stored and as the other domains know it."""

from dataclasses import dataclass, field
from datetime import date
from enum import Enum, IntEnum
from typing import Any, TypeAlias

CAL_VIDEO = {"type": "integrations:daily"}
"""The stored form of the built-in video location."""

StoredObject: TypeAlias = dict[str, Any]
"""An entry of a JSON column: a location (event-types note, 7) or a booking field (8.3) in row form."""


@dataclass(frozen=True, slots=True)
class Owner:
    """The user behind an event type."""

    id: int
    name: str | None
    email: str
    username: str
    time_zone: str
    avatar_url: str | None
    week_start: str
    locale: str | None = None
    time_format: int = 12
    metadata: dict[str, Any] = field(default_factory=dict)
    is_locked: bool = False


class WindowKind(Enum):
    """How far ahead an event type can be booked (event-types note, 6.3)."""

    UNLIMITED = "unlimited"
    ROLLING = "rolling"
    ROLLING_WINDOW = "rolling_window"
    RANGE = "range"


@dataclass(frozen=True, slots=True)
class BookingWindow:
    """The booking window: `days` for the rolling kinds, the dates `first` to `last` for a range.

    `rolling` counts plain days from today, `rolling_window` days that still have a slot.
    """

    kind: WindowKind = WindowKind.UNLIMITED
    days: int | None = None
    counts_calendar_days: bool = False
    first: date | None = None
    last: date | None = None


@dataclass(frozen=True, slots=True)
class Threshold:
    """Bookings less than `time` units from now need a confirmation; `unit` is minutes or hours."""

    time: int
    unit: str


@dataclass(frozen=True, slots=True)
class Confirmation:
    """Whether a booking waits for its host, and whether it blocks its time while it waits."""

    is_required: bool = False
    blocks_slot: bool = False
    threshold: Threshold | None = None


class Frequency(IntEnum):
    """How often a series repeats, in the numbers of the row form."""

    YEARLY = 0
    MONTHLY = 1
    WEEKLY = 2


MOST_OCCURRENCES = 366
"""Most bookings of a series: they are made at once."""


@dataclass(frozen=True, slots=True)
class Recurrence:
    """A series of `count` bookings, `interval` years, months or weeks apart."""

    frequency: Frequency
    interval: int
    count: int


@dataclass(frozen=True, slots=True)
class Seats:
    """How many attendees share one booking, and what they see of each other."""

    per_time_slot: int
    shows_attendees: bool
    shows_availability_count: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """What can be set of an event type. Lengths, notice, interval, offset and buffers are minutes.

    `slot_interval` None or 0: the length. `schedule_id` None: the owner's default schedule. `time_zone` is
    that of hosts whose schedule names none; None: their own. `locations` and
    `booking_fields` are in row form (event-types note, sections 7 and 8.3); `booking_fields` None: the
    system fields. Limits are `{"PER_DAY": 2, …}`, None: never set. `metadata` is what the row form keeps
    there: `multipleDuration`, `bookerLayouts`, `disableStandardEmails` and the like, but not the threshold
    of the confirmation.
    """

    title: str
    slug: str
    length: int
    description: str | None = None
    schedule_id: int | None = None
    time_zone: str | None = None
    slot_interval: int | None = None
    offset_start: int = 0
    minimum_booking_notice: int = 120
    before_event_buffer: int = 0
    after_event_buffer: int = 0
    hidden: bool = False
    locations: tuple[StoredObject, ...] = (CAL_VIDEO,)
    event_name: str | None = None
    booking_fields: tuple[StoredObject, ...] | None = None
    disable_guests: bool = False
    booking_limits: dict[str, int] | None = None
    duration_limits: dict[str, int] | None = None
    only_show_first_available_slot: bool = False
    window: BookingWindow = field(default_factory=BookingWindow)
    confirmation: Confirmation = field(default_factory=Confirmation)
    recurrence: Recurrence | None = None
    seats: Seats | None = None
    requires_booker_email_verification: bool = False
    hide_calendar_notes: bool = False
    hide_calendar_event_details: bool = False
    hide_organizer_email: bool = False
    lock_time_zone_toggle: bool = False
    use_destination_calendar_email: bool = False
    disable_cancelling: bool = False
    disable_rescheduling: bool = False
    interface_language: str | None = None
    success_redirect_url: str | None = None
    forward_params_success_redirect: bool | None = True
    color: StoredObject | None = None
    price: int = 0
    currency: str = "usd"
    metadata: dict[str, Any] = field(default_factory=dict)

    @property
    def counts_bookings(self) -> bool:
        """Whether a further booking depends on how many there are: commands must take turns then."""
        return bool(self.seats or self.booking_limits or self.duration_limits)

    @property
    def length_options(self) -> tuple[int, ...]:
        """The lengths that a booker may choose from; empty: only `length`."""
        return tuple(self.metadata.get("multipleDuration") or ())


@dataclass(frozen=True, slots=True, kw_only=True)
class EventType(Settings):
    """A template of bookings, and whose it is."""

    id: int
    owner: Owner
