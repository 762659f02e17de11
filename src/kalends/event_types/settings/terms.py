"""The part of an event type that its slots depend on."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from enum import Enum

from kalends.scheduling import engine


class WindowKind(Enum):
    """How far ahead an event type can be booked (event-types.md 6.3)."""

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
class Seats:
    """How many attendees share one booking, and what they see of each other."""

    per_time_slot: int
    shows_attendees: bool
    shows_availability_count: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class SchedulingTerms:
    """The terms of an event type's slots. Lengths, notice, interval, offset and buffers are minutes.

    `slot_interval` None or 0: the length. `time_zone` is that of hosts whose schedule names none; None:
    their own. Limits are `{"PER_DAY": 2, …}` of bookings and of minutes, None: never set. `seats` None: a
    booking is not shared.
    """

    length: int
    slot_interval: int | None = None
    offset_start: int = 0
    minimum_booking_notice: int = 120
    before_event_buffer: int = 0
    after_event_buffer: int = 0
    booking_limits: dict[str, int] | None = None
    duration_limits: dict[str, int] | None = None
    only_show_first_available_slot: bool = False
    show_optimized_slots: bool = False
    time_zone: str | None = None
    window: BookingWindow = field(default_factory=BookingWindow)
    seats: Seats | None = None

    @property
    def counts_bookings(self) -> bool:
        """Whether a further booking depends on how many there are, so that commands must take turns."""
        return bool(self.seats or self.booking_limits or self.duration_limits)

    @property
    def time_before(self) -> timedelta:
        """How long before a booking its host is busy."""
        return timedelta(minutes=self.before_event_buffer)

    @property
    def time_after(self) -> timedelta:
        """How long after a booking its host is busy."""
        return timedelta(minutes=self.after_event_buffer)

    def rules(self, length: int, week_start: str) -> engine.Rules:
        """Return the engine's rules for bookings of `length` minutes, in weeks that begin on a named day."""
        return engine.Rules(
            length=length,
            slot_interval=self.slot_interval,
            offset_start=self.offset_start,
            minimum_notice=self.minimum_booking_notice,
            booking_limits_count=_limits(self.booking_limits),
            booking_limits_duration=_limits(self.duration_limits),
            window=_window(self.window, self.time_zone),
            seats=None if self.seats is None else self.seats.per_time_slot,
            first_slot_only=self.only_show_first_available_slot,
            is_optimized=self.show_optimized_slots,
            week_start=_WEEKDAYS.get(week_start, 0),
        )


_WEEKDAYS = {
    name: number
    for number, name in enumerate(
        ("Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday")
    )
}
_UNITS = {f"PER_{unit.name}": unit for unit in engine.Unit}


def _limits(stored: Mapping[str, int] | None) -> tuple[engine.Limit, ...]:
    return tuple(engine.Limit(_UNITS[name], value) for name, value in (stored or {}).items())


def _window(stored: BookingWindow, zone: str | None) -> engine.DaysWindow | engine.RangeWindow | None:
    match stored.kind, stored.first, stored.last:
        case WindowKind.UNLIMITED, _, _:
            return None
        case WindowKind.RANGE, date() as first, date() as last:
            # None is the zone of the first host; a schedule of the event type gives all hosts the same.
            return engine.RangeWindow(first, last, zone)
        case kind, _, _:
            return engine.DaysWindow(
                stored.days or 0,
                is_business=not stored.counts_calendar_days,
                is_rolling=kind is WindowKind.ROLLING_WINDOW,
            )
