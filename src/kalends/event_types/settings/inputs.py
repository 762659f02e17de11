"""The settings of an event type that are objects, as requests have them (event-types.md 6.2 to 6.7)."""

import re
from collections.abc import Callable, Mapping
from itertools import pairwise
from typing import Annotated, Literal, TypeAlias

from pydantic import BeforeValidator, ConfigDict, Field, WithJsonSchema, model_validator

from kalends.api.input.alternatives import (
    by_type,
    member_violation,
    members_of,
    not_among,
)
from kalends.api.input.fields import (
    MAX_INTEGER,
    Boolean,
    Integer,
    Text,
    Url,
    check_text,
    violation,
)
from kalends.api.input.instants import CalendarDate
from kalends.api.wire import Body
from kalends.event_types.event_type import (
    MOST_OCCURRENCES,
    BookerLimit,
    Confirmation,
    Frequency,
    Recurrence,
    ReschedulingBan,
    StoredObject,
    Threshold,
)
from kalends.event_types.settings.changes import CalendarChoice
from kalends.event_types.settings.terms import BookingWindow, Seats, WindowKind

LONGEST_MINUTES = 366 * 24 * 60
"""Largest length, interval, notice or buffer: a year."""

LONGEST_WINDOW = 36_500
"""Most days of a booking window: a century."""

SHORTEST_DURATION_LIMIT = 15
"""The fewest minutes that a period may be limited to."""

Minutes = Annotated[Integer, Field(ge=0, le=LONGEST_MINUTES)]
PositiveMinutes = Annotated[Integer, Field(ge=1, le=LONGEST_MINUTES)]
PositiveInteger = Annotated[Integer, Field(ge=1, le=MAX_INTEGER)]

_PERIODS = ("day", "week", "month", "year")

_HEX = re.compile(r"#?(?:[0-9a-f]{3,4}|[0-9a-f]{6}|[0-9a-f]{8})", re.ASCII | re.IGNORECASE)

NAME_VARIABLES = (
    "{Event type title}",
    "{Organiser}",
    "{Scheduler}",
    "{Location}",
    "{Organiser first name}",
    "{Scheduler first name}",
    "{Scheduler last name}",
    "{Event duration}",
    "{LOCATION}",
    "{HOST/ATTENDEE}",
    "{HOST}",
    "{ATTENDEE}",
    "{USER}",
)
"""The variables that the name of bookings may have."""

_VARIABLE = re.compile(r"\{[^}]+\}")


class Disabled(Body):
    """A setting that is switched off."""

    disabled: Boolean


_OFF = Disabled(disabled=True)


def _unless_disabled(read: Callable[[object], Body]) -> BeforeValidator:
    """Return a validator for an object that `read` takes, unless its `disabled` is true, which wins."""

    def choose(value: object) -> Body:
        members = members_of(value)
        return (
            _OFF
            if _is_disabled(members)
            else read({key: members[key] for key in members if key != "disabled"})
        )

    return BeforeValidator(choose)


def _is_disabled(members: Mapping[str, object]) -> bool:
    disabled = members.get("disabled", False)
    if not isinstance(disabled, bool):
        raise member_violation(
            "disabled", value=disabled, error=violation("isBoolean", "must be a boolean value")
        )
    return disabled


class _Limits(Body):
    """The limits of some periods: a smaller period never allows more than a larger one."""

    model_config = ConfigDict(extra="forbid")

    def to_row(self) -> dict[str, int]:
        """Return the stored form."""
        return {f"PER_{period.upper()}": limit for period, limit in self.sent().items()}

    @model_validator(mode="after")
    def _smaller_periods_allow_no_more(self) -> "_Limits":
        given = [(period, getattr(self, period)) for period in _PERIODS if period in self.model_fields_set]
        for (smaller, few), (larger, many) in pairwise(given):
            if few > many:
                rule = violation(
                    "ascendingLimits", f"must not be greater than the limit of a {larger}, {many}"
                )
                raise member_violation(smaller, value=few, error=rule)
        return self


class CountLimits(_Limits):
    """The most bookings that may start in a period."""

    day: PositiveInteger = 1
    week: PositiveInteger = 1
    month: PositiveInteger = 1
    year: PositiveInteger = 1
    disabled: Boolean = False


_DurationLimit = Annotated[Integer, Field(ge=SHORTEST_DURATION_LIMIT, le=MAX_INTEGER)]


class DurationLimits(_Limits):
    """The most minutes that may be booked in a period."""

    day: _DurationLimit = SHORTEST_DURATION_LIMIT
    week: _DurationLimit = SHORTEST_DURATION_LIMIT
    month: _DurationLimit = SHORTEST_DURATION_LIMIT
    year: _DurationLimit = SHORTEST_DURATION_LIMIT


CountLimitsOrDisabled: TypeAlias = Annotated[
    CountLimits | Disabled, _unless_disabled(CountLimits.model_validate)
]
DurationLimitsOrDisabled: TypeAlias = Annotated[
    DurationLimits | Disabled, _unless_disabled(DurationLimits.model_validate)
]


def limits_of(given: _Limits | Disabled) -> dict[str, int]:
    """Return the stored form of limits; switched off they are empty."""
    return {} if isinstance(given, Disabled) else given.to_row()


class _DaysWindow(Body):
    value: Annotated[Integer, Field(ge=0, le=LONGEST_WINDOW)]
    rolling: Boolean = False

    def _window(self, *, counts_calendar_days: bool) -> BookingWindow:
        kind = WindowKind.ROLLING_WINDOW if self.rolling else WindowKind.ROLLING
        return BookingWindow(kind, self.value, counts_calendar_days)


class BusinessDaysWindow(_DaysWindow):
    """So many days from Monday to Friday from now; `rolling` counts those that still have a slot."""

    type: Literal["businessDays"]

    def to_window(self) -> BookingWindow:
        """Return the setting."""
        return self._window(counts_calendar_days=False)


class CalendarDaysWindow(_DaysWindow):
    """So many days from now; `rolling` counts those that still have a slot."""

    type: Literal["calendarDays"]

    def to_window(self) -> BookingWindow:
        """Return the setting."""
        return self._window(counts_calendar_days=True)


class RangeWindow(Body):
    """From one date to another, both included."""

    type: Literal["range"]
    value: Annotated[list[CalendarDate], Field(min_length=2, max_length=2)]

    @model_validator(mode="after")
    def _begins_before_its_end(self) -> "RangeWindow":
        first, last = self.value
        if first > last:
            rule = violation("isRange", "must be two dates, the earlier one first")
            raise member_violation("value", value=[first.isoformat(), last.isoformat()], error=rule)
        return self

    def to_window(self) -> BookingWindow:
        """Return the setting."""
        first, last = self.value
        return BookingWindow(WindowKind.RANGE, first=first, last=last)


WindowOrDisabled: TypeAlias = Annotated[
    BusinessDaysWindow | CalendarDaysWindow | RangeWindow | Disabled,
    _unless_disabled(
        by_type(
            {
                "businessDays": BusinessDaysWindow,
                "calendarDays": CalendarDaysWindow,
                "range": RangeWindow,
            }
        )
    ),
]


def window_of(given: BusinessDaysWindow | CalendarDaysWindow | RangeWindow | Disabled) -> BookingWindow:
    """Return the setting of a booking window; switched off it is unlimited."""
    return BookingWindow() if isinstance(given, Disabled) else given.to_window()


Layout = Literal["month", "week", "column"]


class BookerLayouts(Body):
    """How the booking page shows the calendar."""

    default_layout: Layout
    enabled_layouts: Annotated[list[Layout], Field(min_length=1)]

    @model_validator(mode="after")
    def _default_is_enabled(self) -> "BookerLayouts":
        if self.default_layout not in self.enabled_layouts:
            rule = violation("isIn", "must be one of enabledLayouts")
            raise member_violation("defaultLayout", value=self.default_layout, error=rule)
        return self

    def to_row(self) -> StoredObject:
        """Return the stored form."""
        return {
            "defaultLayout": f"{self.default_layout}_view",
            "enabledLayouts": [f"{layout}_view" for layout in self.enabled_layouts],
        }


def _check_unit(value: object) -> str:
    if value not in ("minutes", "hours"):
        raise not_among(("minutes", "hours"))
    return check_text(value)


class NoticeThreshold(Body):
    """How close to its start a booking must be made to need a confirmation."""

    unit: Annotated[
        str, BeforeValidator(_check_unit), WithJsonSchema({"type": "string", "pattern": "^(minutes|hours)$"})
    ]
    count: Minutes


class ConfirmationPolicy(Body):
    """Which bookings wait for the host: `always` all, else those made later than `noticeThreshold` says."""

    type: Literal["always", "time"]
    notice_threshold: NoticeThreshold | None = None
    block_unconfirmed_bookings_in_booker: Boolean = False

    @model_validator(mode="after")
    def _time_needs_a_threshold(self) -> "ConfirmationPolicy":
        if self.type == "time" and self.notice_threshold is None:
            rule = violation("isDefined", "must be an object with unit and count for the type time")
            raise member_violation("noticeThreshold", value=None, error=rule)
        return self

    @property
    def is_silent_on_blocking(self) -> bool:
        """Whether the request does not say if bookings block their time while they wait."""
        return "block_unconfirmed_bookings_in_booker" not in self.model_fields_set

    def to_confirmation(self) -> Confirmation:
        """Return the setting."""
        notice = self.notice_threshold if self.type == "time" else None
        return Confirmation(
            is_required=True,
            blocks_slot=self.block_unconfirmed_bookings_in_booker,
            threshold=None if notice is None else Threshold(notice.count, notice.unit),
        )


PolicyOrDisabled: TypeAlias = Annotated[
    ConfirmationPolicy | Disabled, _unless_disabled(ConfirmationPolicy.model_validate)
]


def confirmation_of(given: ConfirmationPolicy | Disabled) -> Confirmation:
    """Return the setting of confirmations; switched off none is required."""
    return Confirmation() if isinstance(given, Disabled) else given.to_confirmation()


class RecurrenceInput(Body):
    """A number of bookings, some years, months or weeks apart."""

    interval: PositiveInteger
    occurrences: Annotated[Integer, Field(ge=1, le=MOST_OCCURRENCES)]
    frequency: Literal["yearly", "monthly", "weekly"]
    disabled: Boolean = False

    def to_recurrence(self) -> Recurrence:
        """Return the setting."""
        return Recurrence(Frequency[self.frequency.upper()], self.interval, self.occurrences)


def _read_recurrence(value: object) -> Body:
    members = members_of(value)
    if "interval" not in members and members.get("disabled") is True:
        return _OFF
    return RecurrenceInput.model_validate(members)


RecurrenceOrDisabled: TypeAlias = Annotated[RecurrenceInput | Disabled, BeforeValidator(_read_recurrence)]


def recurrence_of(given: RecurrenceInput | Disabled) -> Recurrence | None:
    """Return the setting of a series; None when it is switched off."""
    return None if isinstance(given, Disabled) or given.disabled else given.to_recurrence()


class SeatsInput(Body):
    """How many attendees share a time, and what they see."""

    seats_per_time_slot: Annotated[Integer, Field(ge=1, le=1000)]
    show_attendee_info: Boolean
    show_availability_count: Boolean
    disabled: Boolean = False

    def to_seats(self) -> Seats:
        """Return the setting."""
        return Seats(self.seats_per_time_slot, self.show_attendee_info, self.show_availability_count)


def _read_seats(value: object) -> Body | None:
    members = members_of(value)
    if "seatsPerTimeSlot" in members:
        return SeatsInput.model_validate(members)
    # An object that says neither how many seats nor that there are none says nothing.
    return _OFF if _is_disabled(members) else None


SeatsOrDisabled: TypeAlias = Annotated[SeatsInput | Disabled | None, BeforeValidator(_read_seats)]


def seats_of(given: SeatsInput | Disabled) -> Seats | None:
    """Return the setting of seats; None when they are switched off."""
    return None if isinstance(given, Disabled) or given.disabled else given.to_seats()


def _check_color(value: object) -> str:
    if not isinstance(value, str) or not _HEX.fullmatch(value):
        raise violation("isHexColor", "must be a color of 3, 4, 6 or 8 hexadecimal digits such as #292929")
    return value


HexColor: TypeAlias = Annotated[str, BeforeValidator(_check_color)]


class DisableCancelling(Body):
    """Whether bookings cannot be cancelled."""

    disabled: Boolean = False


class DisableRescheduling(Body):
    """Whether bookings cannot be rescheduled: never, or not in the last `minutesBefore` their start."""

    disabled: Boolean = False
    minutes_before: Minutes | None = None

    @model_validator(mode="after")
    def _is_one_of_both(self) -> "DisableRescheduling":
        if self.disabled and self.minutes_before is not None:
            rule = violation("isConsistent", "must not be sent while disabled is true, which is always")
            raise member_violation("minutesBefore", value=self.minutes_before, error=rule)
        return self


def _unless_empty(form: type[Body]) -> BeforeValidator:
    """Return a validator for an object that says nothing if it has none of its members."""

    def read(value: object) -> Body | None:
        given = form.model_validate(members_of(value))
        return given if given.model_fields_set else None

    return BeforeValidator(read)


CancellingSwitch: TypeAlias = Annotated[DisableCancelling | None, _unless_empty(DisableCancelling)]
ReschedulingSwitch: TypeAlias = Annotated[DisableRescheduling | None, _unless_empty(DisableRescheduling)]


def disables_cancelling(given: DisableCancelling) -> bool:
    """Tell whether bookings cannot be cancelled."""
    return given.disabled


def rescheduling_ban_of(given: DisableRescheduling) -> ReschedulingBan:
    """Return when bookings cannot be rescheduled."""
    return ReschedulingBan(given.disabled, given.minutes_before)


class BookerActiveBookingsLimit(Body):
    """The most bookings that a booker may have before them."""

    maximum_active_bookings: PositiveInteger
    offer_reschedule: Boolean = False


BookerLimitOrDisabled: TypeAlias = Annotated[
    BookerActiveBookingsLimit | Disabled, _unless_disabled(BookerActiveBookingsLimit.model_validate)
]


def booker_limit_of(given: BookerActiveBookingsLimit | Disabled) -> BookerLimit | None:
    """Return the limit of a booker; None when it is switched off."""
    if isinstance(given, Disabled):
        return None
    return BookerLimit(given.maximum_active_bookings, given.offer_reschedule)


class CalVideoSettings(Body):
    """What the built-in video records, transcribes and does at the end; kept until it holds meetings."""

    disable_recording_for_organizer: Boolean = False
    disable_recording_for_guests: Boolean = False
    redirect_url_on_exit: Url | None = None
    enable_automatic_recording_for_organizer: Boolean = False
    enable_automatic_transcription: Boolean = False
    disable_transcription_for_guests: Boolean = False
    disable_transcription_for_organizer: Boolean = False
    send_transcription_emails: Boolean = True

    def to_row(self) -> StoredObject:
        """Return the stored form: what was sent, as it was sent."""
        return self.model_dump(by_alias=True, exclude_unset=True)


class Color(Body):
    """The color of an event type on light and on dark pages."""

    light_theme_hex: HexColor
    dark_theme_hex: HexColor

    def to_row(self) -> StoredObject:
        """Return the stored form."""
        return {"lightEventTypeColor": self.light_theme_hex, "darkEventTypeColor": self.dark_theme_hex}


class DestinationCalendar(Body):
    """The connected calendar that bookings are written to."""

    integration: Text
    external_id: Text

    def to_choice(self) -> CalendarChoice:
        """Return what the changes of an event type carry."""
        return CalendarChoice(self.integration, self.external_id)


def check_custom_name(value: object) -> str:
    """Return a name for bookings, all of whose variables are known."""
    name = check_text(value)
    unknown = next((one for one in _VARIABLE.findall(name) if one not in NAME_VARIABLES), None)
    if unknown is not None:
        raise violation(
            "customName",
            f"has the unknown variable {unknown}; known are {', '.join(NAME_VARIABLES)}",
        )
    return name
