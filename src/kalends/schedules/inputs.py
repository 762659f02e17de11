"""The wire of schedules in version 2024-06-11: requests (schedules.md 2)."""

import re
from collections.abc import Sequence
from datetime import time
from typing import Annotated

from pydantic import AfterValidator, BeforeValidator, Field, ValidationInfo, WithJsonSchema

from kalends.api.input.changes import NOT_SENT, UNSET
from kalends.api.input.fields import (
    Boolean,
    QueryInteger,
    Rule,
    Text,
    TimeZone,
    violation,
)
from kalends.api.input.instants import CalendarDate
from kalends.api.wire import Body, Changes
from kalends.schedules.days import DAYS, Day
from kalends.schedules.schedule import OverrideRow, ScheduleChanges, WeeklyRow
from kalends.schedules.service import DEFAULT_HOURS, CreateSchedule

MAX_ROWS = 500
"""Most weekly rows, and most overrides, of one schedule."""

_MIDNIGHT = time.min
_HH_MM = re.compile(r"([01]\d|2[0-3]):([0-5]\d)", re.ASCII)


def _clock_time(value: object) -> time:
    if not isinstance(value, str) or not _HH_MM.fullmatch(value):
        raise violation("matches", "must be a time from 00:00 to 23:59 in the format HH:MM")
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
        raise violation("isAfterStart", "must be after startTime, or 00:00 for the end of the day")
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
        return WeeklyRow(tuple(DAYS.index(day) for day in self.days), self.start_time, self.end_time)


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
            weekly=DEFAULT_HOURS if self.availability is None else _weekly(self.availability),
            overrides=_overrides(self.overrides or ()),
        )


class UpdateScheduleBody(Changes):
    """Changes of a schedule; each list replaces all rows of its kind."""

    name: Text = NOT_SENT
    time_zone: TimeZone | None = NOT_SENT
    is_default: Boolean | None = NOT_SENT
    availability: Availability | None = NOT_SENT
    overrides: Overrides | None = NOT_SENT

    def to_changes(self) -> ScheduleChanges:
        """Return the changes that this body stands for; a default schedule is replaced, never unset."""
        return ScheduleChanges(
            name=self.name,
            time_zone=self.time_zone,
            is_default=True if self.is_default is True else UNSET,
            weekly=_weekly(self.availability) if isinstance(self.availability, list) else UNSET,
            overrides=_overrides(self.overrides) if isinstance(self.overrides, list) else UNSET,
        )


def _weekly(rows: Sequence[AvailabilityInput]) -> tuple[WeeklyRow, ...]:
    return tuple(row.to_row() for row in rows)


def _overrides(rows: Sequence[OverrideInput]) -> tuple[OverrideRow, ...]:
    return tuple(row.to_row() for row in rows)


class OrganizationSchedulesQuery(Body):
    """Which part of an organization's list to show."""

    take: Annotated[QueryInteger, Field(ge=1, le=250)] = 250
    skip: Annotated[QueryInteger, Field(ge=0)] = 0
