"""A schedule, as stored and as other domains see it."""

from dataclasses import dataclass
from datetime import date, time

from kalends.api.input.changes import UNSET, ChangesOf, Unset


@dataclass(frozen=True, slots=True)
class WeeklyRow:
    """Hours on some weekdays; days count from 0 = Sunday, times are of the local wall clock."""

    days: tuple[int, ...]
    start: time
    end: time


@dataclass(frozen=True, slots=True)
class OverrideRow:
    """Hours that replace a date's weekly ones; start = end closes the day."""

    date: date
    start: time
    end: time


@dataclass(frozen=True, slots=True)
class Schedule:
    """A named set of weekly hours and dated overrides in one time zone.

    Without a `time_zone` it is in that of whoever uses it (slots.md 4.3).
    """

    id: int
    owner_id: int
    name: str
    time_zone: str | None
    is_default: bool
    weekly: tuple[WeeklyRow, ...]
    overrides: tuple[OverrideRow, ...]


@dataclass(frozen=True, slots=True)
class ScheduleChanges(ChangesOf[Schedule]):
    """Changes of a schedule; `weekly` and `overrides` replace all rows of their kind."""

    name: str | Unset = UNSET
    time_zone: str | Unset | None = UNSET
    is_default: bool | Unset = UNSET
    weekly: tuple[WeeklyRow, ...] | Unset = UNSET
    overrides: tuple[OverrideRow, ...] | Unset = UNSET
