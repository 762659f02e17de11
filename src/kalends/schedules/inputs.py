"""The wire of schedules in version 2024-06-11 (schedules.md 2)."""

import re
from datetime import time
from typing import Annotated, Literal

from pydantic import AfterValidator, BeforeValidator, Field, ValidationInfo, WithJsonSchema
from typing_extensions import TypedDict

from kalends.api.input.fields import (
    Boolean,
    Rule,
    Text,
    TimeZone,
    broken,
)
from kalends.api.input.instants import CalendarDate
from kalends.api.wire import Body, Changes
from kalends.schedules.schedule import OverrideRow, Schedule, WeeklyRow
from kalends.schedules.service import CreateSchedule, UpdateSchedule

Day = Literal["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"]

MAX_ROWS = 500
"""Most weekly rows, and most overrides, of one schedule."""

# Stored day numbers count from Sunday.
_DAYS: tuple[Day, ...] = ("Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday")

_MIDNIGHT = time.min
_ZONE_WHEN_UNSET = "Europe/London"


def _clock_time(value: object) -> time:
    if not isinstance(value, str) or not _HH_MM.fullmatch(value):
        raise broken("matches", "must be a time from 00:00 to 23:59 in the format HH:MM")
    return time.fromisoformat(value)


ClockTime = Annotated[
    time,
    Rule("matches", "must be a time from 00:00 to 23:59 in the format HH:MM"),
    BeforeValidator(_clock_time),
    WithJsonSchema({"type": "string", "pattern": r"^([01]\d|2[0-3]):([0-5]\d)$", "example": "09:00"}),
]


def _ends_after_start(end: time, info: ValidationInfo) -> time:
    start = info.data.get("start_time")
    if start is not None and end <= start and not (end == _MIDNIGHT < start):
        raise broken("isAfterStart", "must be after startTime, or 00:00 for the end of the day")
    return end


def _ends_after_start_or_closes(end: time, info: ValidationInfo) -> time:
    is_closed = end == _MIDNIGHT == info.data.get("start_time")
    return end if is_closed else _ends_after_start(end, info)


class AvailabilityInput(Body):
    """Weekly hours on some days; an end of 00:00 is the end of the day."""

    days: Annotated[list[Day], Field(max_length=70)]
    start_time: ClockTime
    end_time: Annotated[ClockTime, AfterValidator(_ends_after_start)]

    def to_row(self) -> WeeklyRow:
        """Return the stored form."""
        return WeeklyRow(tuple(_DAYS.index(day) for day in self.days), self.start_time, self.end_time)


class OverrideInput(Body):
    """Hours that replace the weekly ones on a date; 00:00 to 00:00 closes it."""

    date: CalendarDate
    start_time: ClockTime
    end_time: Annotated[ClockTime, AfterValidator(_ends_after_start_or_closes)]

    def to_row(self) -> OverrideRow:
        """Return the stored form."""
        return OverrideRow(self.date, self.start_time, self.end_time)


Availability = Annotated[list[AvailabilityInput], Field(max_length=MAX_ROWS)]
Overrides = Annotated[list[OverrideInput], Field(max_length=MAX_ROWS)]


class CreateScheduleBody(Body):
    """A new schedule; without `availability` Monday to Friday from nine to five."""

    name: Text
    time_zone: TimeZone
    is_default: Boolean
    availability: Availability | None = None
    overrides: Overrides | None = None

    def to_command(self) -> CreateSchedule:
        """Return the command that this body stands for."""
        return CreateSchedule(
            name=self.name,
            time_zone=self.time_zone,
            is_default=self.is_default,
            weekly=_weekly(self.availability),
            overrides=_overrides(self.overrides) or (),
        )


class UpdateScheduleBody(Changes):
    """Changes of a schedule; each list replaces all rows of its kind."""

    name: Text = ""
    time_zone: TimeZone | None = None
    is_default: Boolean | None = None
    availability: Availability | None = None
    overrides: Overrides | None = None

    def to_command(self) -> UpdateSchedule:
        """Return the command that this body stands for."""
        sent = self.sent()
        return UpdateSchedule(
            columns={name: sent[name] for name in ("name", "time_zone") if name in sent},
            is_default=self.is_default is True,
            weekly=_weekly(self.availability),
            overrides=_overrides(self.overrides),
        )


class AvailabilityOutput(TypedDict):
    """Weekly hours on some days."""

    days: list[Day]
    startTime: str
    endTime: str


class OverrideOutput(TypedDict):
    """Hours that replace the weekly ones on a date."""

    date: str
    startTime: str
    endTime: str


class ScheduleOutput(TypedDict):
    """A schedule."""

    id: int
    ownerId: int
    name: str
    timeZone: str
    availability: list[AvailabilityOutput]
    isDefault: bool
    overrides: list[OverrideOutput]


def schedule(stored: Schedule) -> ScheduleOutput:
    """Show a schedule."""
    return {
        "id": stored.id,
        "ownerId": stored.owner_id,
        "name": stored.name,
        "timeZone": stored.time_zone or _ZONE_WHEN_UNSET,
        "availability": [
            {
                "days": [_DAYS[day] for day in row.days],
                "startTime": f"{row.start:%H:%M}",
                "endTime": f"{row.end:%H:%M}",
            }
            for row in stored.weekly
            if row.days
        ],
        "isDefault": stored.is_default,
        "overrides": [
            {
                "date": row.date.isoformat(),
                "startTime": f"{row.start:%H:%M}",
                "endTime": f"{row.end:%H:%M}",
            }
            for row in stored.overrides
        ],
    }


def _weekly(rows: list[AvailabilityInput] | None) -> tuple[WeeklyRow, ...] | None:
    return None if rows is None else tuple(row.to_row() for row in rows)


def _overrides(rows: list[OverrideInput] | None) -> tuple[OverrideRow, ...] | None:
    return None if rows is None else tuple(row.to_row() for row in rows)


_HH_MM = re.compile(r"([01]\d|2[0-3]):([0-5]\d)", re.ASCII)
