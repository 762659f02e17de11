"""What an event type requires of a slot. Lengths and distances are in minutes, as in the API."""

import datetime
from dataclasses import dataclass
from enum import StrEnum


class Unit(StrEnum):
    """A calendar period of the host's zone."""

    DAY = "day"
    WEEK = "week"
    MONTH = "month"
    YEAR = "year"


@dataclass(frozen=True, slots=True)
class Limit:
    """The most bookings, or booked minutes, of one period; 0: no limit."""

    unit: Unit
    value: int


@dataclass(frozen=True, slots=True)
class DaysWindow:
    """A booking window of `days` days from today, told by the zone of the query.

    `is_business` counts Monday to Friday only. `is_rolling` counts only days that have a slot, today
    among them; otherwise today itself is not counted.
    """

    days: int
    is_business: bool = False
    is_rolling: bool = False


@dataclass(frozen=True, slots=True)
class RangeWindow:
    """A booking window of the calendar dates `first` to `last` in `zone`; None: that of the first host."""

    first: datetime.date
    last: datetime.date
    zone: str | None = None


@dataclass(frozen=True, slots=True)
class Rules:
    """The rules of one event type for one length of booking.

    `length` is the length asked for (the query's `duration`, else the event type's own), so another
    length is `dataclasses.replace(rules, length=...)`. `slot_interval` None or 0: the length.
    `minimum_notice` and `offset_start` as in the API. `seats` None: not seated. `week_start` is the weekday,
    0 = Sunday, on which the weeks of limits begin. With
    `is_optimized` no slot is lost to the alignment of the grid.
    """

    length: int
    slot_interval: int | None = None
    offset_start: int = 0
    minimum_notice: int = 0
    booking_limits_count: tuple[Limit, ...] = ()
    booking_limits_duration: tuple[Limit, ...] = ()
    window: DaysWindow | RangeWindow | None = None
    seats: int | None = None
    first_slot_only: bool = False
    is_optimized: bool = False
    week_start: int = 0

    @property
    def interval(self) -> int:
        """Minutes between two starts, before `offset_start` widens them; at least 1."""
        return self.slot_interval or self.length or 1

    @property
    def is_shared(self) -> bool:
        """Whether a booked start is still offered; with a single seat, it is not."""
        return self.seats is not None and self.seats > 1
