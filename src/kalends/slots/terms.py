"""What of an event type decides on its slots."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from kalends.event_types.event_type import BookingWindow, EventType, WindowKind
from kalends.scheduling import engine


@dataclass(frozen=True, slots=True)
class Terms:
    """The terms of an event type: length, notice, interval, offset and buffers in minutes, as in `EventType`.

    `id` None: those of a group that meets ad hoc. `seats` None: they are not shared. `user_id` or `team_id`
    says whose it is.
    """

    window: BookingWindow
    id: int | None
    length: int
    slot_interval: int | None
    offset_start: int
    minimum_booking_notice: int
    before_event_buffer: int
    after_event_buffer: int
    booking_limits: Mapping[str, int] | None
    duration_limits: Mapping[str, int] | None
    only_show_first_available_slot: bool
    seats: int | None
    time_zone: str | None
    user_id: int | None
    team_id: int | None

    @property
    def counts_bookings(self) -> bool:
        """Whether a further booking depends on how many there are: commands must take turns then."""
        return bool(self.seats or self.booking_limits or self.duration_limits)

    def rules(self, length: int) -> engine.Rules:
        """Return the engine's rules for bookings of `length` minutes."""
        return engine.Rules(
            length=length,
            slot_interval=self.slot_interval,
            offset_start=self.offset_start,
            minimum_notice=self.minimum_booking_notice,
            booking_limits_count=_limits(self.booking_limits),
            booking_limits_duration=_limits(self.duration_limits),
            window=_window(self.window, self.time_zone),
            seats=self.seats,
            first_slot_only=self.only_show_first_available_slot,
        )


def terms_of(event_type: EventType) -> Terms:
    """Return the terms of an event type."""
    return Terms(
        event_type.window,
        event_type.id,
        event_type.length,
        event_type.slot_interval,
        event_type.offset_start,
        event_type.minimum_booking_notice,
        event_type.before_event_buffer,
        event_type.after_event_buffer,
        event_type.booking_limits,
        event_type.duration_limits,
        event_type.only_show_first_available_slot,
        event_type.seats.per_time_slot if event_type.seats else None,
        event_type.time_zone,
        event_type.owner.id,
        None,
    )


GROUP = Terms(
    window=BookingWindow(),
    id=None,
    length=30,
    slot_interval=None,
    offset_start=0,
    minimum_booking_notice=120,
    before_event_buffer=0,
    after_event_buffer=0,
    booking_limits=None,
    duration_limits=None,
    only_show_first_available_slot=False,
    seats=None,
    time_zone=None,
    user_id=None,
    team_id=None,
)
"""The terms of a group that meets ad hoc (slots note, 6.3)."""


def _limits(stored: Mapping[str, int] | None) -> tuple[engine.Limit, ...]:
    return tuple(engine.Limit(_UNITS[name], value) for name, value in (stored or {}).items())


_UNITS = {f"PER_{unit.name}": unit for unit in engine.Unit}


def _window(stored: BookingWindow, zone: str | None) -> engine.DaysWindow | engine.RangeWindow | None:
    match stored.kind, stored.first, stored.last:
        case WindowKind.UNLIMITED, _, _:
            return None
        case WindowKind.RANGE, date() as first, date() as last:
            # Without a zone in that of the first host: a schedule of the event type gives all hosts the same.
            return engine.RangeWindow(first, last, zone)
        case kind, _, _:
            return engine.DaysWindow(
                stored.days or 0,
                is_business=not stored.counts_calendar_days,
                is_rolling=kind is WindowKind.ROLLING_WINDOW,
            )
