"""The settings of an event type that are objects, as answers show them (event-types.md 6.2 to 6.9)."""

from collections.abc import Mapping
from datetime import date
from typing import Any, Literal, NotRequired, TypeAlias

from typing_extensions import TypedDict

from kalends.event_types.event_type import (
    BookerLimit,
    Confirmation,
    Frequency,
    Recurrence,
    ReschedulingBan,
    StoredObject,
)
from kalends.event_types.settings.terms import BookingWindow, Seats, WindowKind

WindowType = Literal["businessDays", "calendarDays", "range"]
Layout = Literal["month", "week", "column"]

_FREQUENCIES: Mapping[Frequency, Literal["yearly", "monthly", "weekly"]] = {
    Frequency.YEARLY: "yearly",
    Frequency.MONTHLY: "monthly",
    Frequency.WEEKLY: "weekly",
}
_LAYOUTS: Mapping[str, Layout] = {"month_view": "month", "week_view": "week", "column_view": "column"}


class DisabledOutput(TypedDict):
    """A setting that is off."""

    disabled: bool


class DaysWindowOutput(TypedDict):
    """So many days from now; `rolling` counts those that still have a slot."""

    type: WindowType
    value: int
    rolling: bool


class RangeWindowOutput(TypedDict):
    """From one date to another, both included."""

    type: WindowType
    value: list[str]


WindowOutput: TypeAlias = DaysWindowOutput | RangeWindowOutput | DisabledOutput


class BookerLayoutsOutput(TypedDict):
    """How the booking page shows the calendar."""

    defaultLayout: Layout
    enabledLayouts: list[Layout]


class NoticeThresholdOutput(TypedDict):
    """How close to its start a booking must be made to need a confirmation."""

    unit: str
    count: int


class ConfirmationPolicyOutput(TypedDict):
    """Which bookings wait for the host."""

    type: Literal["always", "time"]
    noticeThreshold: NotRequired[NoticeThresholdOutput]
    blockUnconfirmedBookingsInBooker: bool


PolicyOutput: TypeAlias = ConfirmationPolicyOutput | DisabledOutput


class RecurrenceOutput(TypedDict):
    """How often a booking repeats."""

    interval: int
    occurrences: int
    frequency: Literal["yearly", "monthly", "weekly"]
    disabled: bool


class SeatsOutput(TypedDict):
    """How many attendees share a time, and what they see."""

    seatsPerTimeSlot: int
    showAttendeeInfo: bool
    showAvailabilityCount: bool
    disabled: bool


class DisableReschedulingOutput(DisabledOutput):
    """When bookings cannot be rescheduled."""

    minutesBefore: NotRequired[int]


class BookerLimitOutput(TypedDict):
    """The most bookings that a booker may have before them."""

    maximumActiveBookings: int
    offerReschedule: bool


class CalVideoSettingsOutput(TypedDict, total=False):
    """What the built-in video records, transcribes and does at the end."""

    disableRecordingForOrganizer: bool
    disableRecordingForGuests: bool
    redirectUrlOnExit: str | None
    enableAutomaticRecordingForOrganizer: bool
    enableAutomaticTranscription: bool
    disableTranscriptionForGuests: bool
    disableTranscriptionForOrganizer: bool
    sendTranscriptionEmails: bool


class ColorOutput(TypedDict):
    """The color of an event type on light and on dark pages."""

    lightThemeHex: str
    darkThemeHex: str


class DestinationCalendarOutput(TypedDict):
    """The connected calendar that bookings are written to."""

    integration: str
    externalId: str


def limits_output(stored: Mapping[str, int]) -> dict[str, int]:
    """Show limits; they are empty when switched off."""
    return {period.removeprefix("PER_").lower(): limit for period, limit in stored.items()}


def window_output(stored: BookingWindow) -> WindowOutput:
    """Show a booking window."""
    match stored:
        case BookingWindow(kind=WindowKind.RANGE, first=date() as first, last=date() as last):
            return {"type": "range", "value": [first.isoformat(), last.isoformat()]}
        case BookingWindow(days=int(days)):
            return {
                "type": "calendarDays" if stored.counts_calendar_days else "businessDays",
                "value": days,
                "rolling": stored.kind is WindowKind.ROLLING_WINDOW,
            }
    return {"disabled": True}


def confirmation_policy_output(stored: Confirmation) -> PolicyOutput:
    """Show which bookings wait for the host; a stored threshold decides whatever else is stored."""
    if stored.threshold is not None:
        return {
            "type": "time",
            "noticeThreshold": {"unit": stored.threshold.unit, "count": stored.threshold.time},
            "blockUnconfirmedBookingsInBooker": stored.blocks_slot,
        }
    if stored.is_required:
        return {"type": "always", "blockUnconfirmedBookingsInBooker": stored.blocks_slot}
    return {"disabled": True}


def recurrence_output(stored: Recurrence | None) -> RecurrenceOutput | None:
    """Show how often a booking repeats."""
    if stored is None:
        return None
    return {
        "interval": stored.interval,
        "occurrences": stored.count,
        "frequency": _FREQUENCIES[stored.frequency],
        "disabled": False,
    }


def seats_output(stored: Seats | None) -> SeatsOutput | DisabledOutput:
    """Show how many attendees share a time."""
    if stored is None:
        return {"disabled": True}
    return {
        "seatsPerTimeSlot": stored.per_time_slot,
        "showAttendeeInfo": stored.shows_attendees,
        "showAvailabilityCount": stored.shows_availability_count,
        "disabled": False,
    }


def switch_output(stored: bool) -> DisabledOutput:
    """Show a setting that is nothing but disabled or not."""
    return {"disabled": stored}


def disable_rescheduling_output(stored: ReschedulingBan) -> DisableReschedulingOutput:
    """Show when bookings cannot be rescheduled."""
    shown: DisableReschedulingOutput = {"disabled": stored.is_total}
    if stored.minutes_before is not None:
        shown["minutesBefore"] = stored.minutes_before
    return shown


def booker_limit_output(stored: BookerLimit) -> BookerLimitOutput:
    """Show the limit of a booker."""
    return {"maximumActiveBookings": stored.most, "offerReschedule": stored.offers_reschedule}


def booker_layouts_output(stored: Any) -> BookerLayoutsOutput | None:
    """Show how the booking page shows the calendar; None unless both parts are stored."""
    match stored:
        case {"defaultLayout": default, "enabledLayouts": [*enabled]} if default in _LAYOUTS:
            return {
                "defaultLayout": _LAYOUTS[default],
                "enabledLayouts": [_LAYOUTS[layout] for layout in enabled if layout in _LAYOUTS],
            }
    return None


def color_output(stored: StoredObject) -> ColorOutput | None:
    """Show colors; None unless both are stored."""
    match stored:
        case {"lightEventTypeColor": str(light), "darkEventTypeColor": str(dark)}:
            return {"lightThemeHex": light, "darkThemeHex": dark}
    return None
