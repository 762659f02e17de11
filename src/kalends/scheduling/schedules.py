"""Schedules: weekly hours and dated overrides, turned into open intervals (slots.md 4.4-4.7)."""

import datetime
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache

from kalends.scheduling.intervals import Interval, clip, merge
from kalends.scheduling.time.zones import (
    DAY,
    OffsetSince,
    day_of_date,
    day_start,
    local_day,
    offsets_between,
    wall_to_instants,
    weekday,
)

_LAST_MINUTE = 23 * 60 + 59

# Rows of hours of one day: seconds of the day, sorted, those that share time or touch made one.
_Rows = list[Interval]
_EVERY_DAY: list[_Rows] = [[(0, DAY)]] * 7


@dataclass(frozen=True, slots=True)
class WeeklyHours:
    """Hours on some weekdays.

    `days` are weekdays, 0 = Sunday. `start` and `end` are minutes of the local day; an end of 23:59 or, but
    for hours from 00:00, of 00:00 means the midnight at the end of the day. An end that is not after the
    start means no hours otherwise.
    """

    days: frozenset[int]
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Override:
    """Hours of one calendar date. All overrides of a date together replace its weekly hours.

    `start` and `end` as in `WeeklyHours`; equal ones close the date.
    """

    date: datetime.date
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Schedule:
    """Weekly hours and overrides, by the clock of one time zone.

    It is made once and asked often: `rows_by_weekday` and `rows_by_day` are its hours, ready for use.
    """

    zone: str
    weekly: tuple[WeeklyHours, ...] = ()
    overrides: tuple[Override, ...] = ()
    rows_by_weekday: Sequence[_Rows] = field(init=False, repr=False, compare=False)
    rows_by_day: Mapping[int, _Rows] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "rows_by_weekday", _rows_by_weekday(self.weekly))
        object.__setattr__(self, "rows_by_day", _rows_by_day(self.overrides))


@dataclass(frozen=True, slots=True)
class Travel:
    """A stay in another zone, in epoch seconds, both ends included; `end` None: for good.

    It moves the hours of the dates whose midnight in the schedule's zone it holds. It only applies to a
    host whose own default schedule is used: leave it out of any other host.
    """

    zone: str
    start: int
    end: int | None = None


@dataclass(frozen=True, slots=True)
class Absence:
    """An out-of-office entry: it closes the dates `first` to `last` in the zone of the host's schedule."""

    first: datetime.date
    last: datetime.date
    reference: str | int | None = None


@lru_cache(maxsize=1024)
def default_schedule(zone: str) -> Schedule:
    """Return the hours of a host who has no schedule: Monday to Friday, 09:00 to 17:00."""
    return Schedule(zone, (WeeklyHours(frozenset(range(1, 6)), 9 * 60, 17 * 60),))


def openings(
    schedule: Schedule,
    start: int,
    end: int,
    *,
    travel: Sequence[Travel] = (),
    absences: Sequence[Absence] = (),
    ignores_overrides: bool = False,
) -> list[Interval]:
    """Return when `schedule` is open in `[start, end)`: sorted and disjoint; hours that touch are one."""
    dated = {} if ignores_overrides else schedule.rows_by_day
    found: list[Interval] = []
    # What could touch or share time: hours of two zones, of two days, or of a clock that goes back.
    may_touch = bool(travel) or opens_within(schedule, 1)
    for zone, first, last in stays(schedule.zone, travel, start, end):
        offsets = _offsets_around(zone, first, last)
        closed = closed_days(absences, first, last)
        found += _open_on(offsets, first, last, schedule.rows_by_weekday, dated, closed)
        may_touch = may_touch or len(offsets) > 1
    return clip(merge(found) if may_touch else found, start, end)


def opens_within(schedule: Schedule, seconds: int) -> bool:
    """Say whether hours may open in the first so many seconds of a day."""
    for row in schedule.weekly:
        if row.start * 60 < seconds:
            return True
    return any(row.start * 60 < seconds for row in schedule.overrides)


def stays(zone: str, travel: Sequence[Travel], start: int, end: int) -> list[tuple[str, int, int]]:
    """Return the zones of the local days around `[start, end)`, as (zone, first day, last day)."""
    if not travel:
        return [(zone, local_day(zone, start) - 1, local_day(zone, end) + 1)]
    found: list[tuple[str, int, int]] = []
    # Zones lie up to 26 hours apart, so the day that holds an instant may be two off.
    for day in range(local_day(zone, start) - 2, local_day(zone, end) + 3):
        midnight = day_start(zone, day)
        here = next((stay.zone for stay in travel if _holds(stay, midnight)), zone)
        if found and found[-1][0] == here:
            found[-1] = (here, found[-1][1], day)
        else:
            found.append((here, day, day))
    return found


def closed_days(absences: Sequence[Absence], first: int, last: int) -> set[int]:
    """Return the local days from `first` to `last` that `absences` close."""
    closed: set[int] = set()
    for absence in absences:
        begin = max(first, day_of_date(absence.first))
        closed.update(range(begin, min(last, day_of_date(absence.last)) + 1))
    return closed


def days_between(zone: str, first: int, last: int) -> list[Interval]:
    """Return the local days `first` to `last` of `zone`, each from its midnight to the next."""
    return _open_on(_offsets_around(zone, first, last), first, last, _EVERY_DAY, {}, ())


def _holds(stay: Travel, instant: int) -> bool:
    return stay.start <= instant and (stay.end is None or instant <= stay.end)


def _rows(hours: Sequence[WeeklyHours] | Sequence[Override]) -> _Rows:
    return merge((row.start * 60, _end_of(row)) for row in hours)


def _end_of(row: WeeklyHours | Override) -> int:
    """Return the second of the day at which a row of hours ends; at or before its start: there are none."""
    is_midnight = row.end == _LAST_MINUTE or (row.end == 0 and row.start > 0)
    return DAY if is_midnight else row.end * 60


def _rows_by_weekday(weekly: tuple[WeeklyHours, ...]) -> list[_Rows]:
    return [_rows([row for row in weekly if day in row.days]) for day in range(7)]


def _rows_by_day(overrides: Sequence[Override]) -> dict[int, _Rows]:
    by_day: dict[int, list[Override]] = {}
    for override in overrides:
        by_day.setdefault(day_of_date(override.date), []).append(override)
    return {day: _rows(rows) for day, rows in by_day.items()}


def _offsets_around(zone: str, first: int, last: int) -> list[OffsetSince]:
    """Return the offsets of `zone` on the local days `first` to `last`."""
    return offsets_between(zone, (first - 1) * DAY, (last + 2) * DAY)


def _open_on(
    offsets: Sequence[OffsetSince],
    first: int,
    last: int,
    weekly: Sequence[_Rows],
    dated: Mapping[int, _Rows],
    closed: Collection[int],
) -> list[Interval]:
    """Return the hours of the local days `first` to `last`, one after the other, on clocks with `offsets`.

    Days that no change of the clock touches are plain arithmetic; the others go through the zone's rules.
    """
    found: list[Interval] = []
    day = first
    for position, (_, offset) in enumerate(offsets):
        plain_until = odd_until = last + 1
        if position + 1 < len(offsets):
            change, new_offset = offsets[position + 1]
            # What the change skips or repeats on the wall clock lies between these two.
            plain_until = min(plain_until, (change + min(offset, new_offset)) // DAY)
            odd_until = min(odd_until, -(-(change + max(offset, new_offset)) // DAY))
        for plain_day in range(day, plain_until):
            rows = dated.get(plain_day)
            if rows is None:
                rows = weekly[(plain_day + 4) % 7]
            if rows and plain_day not in closed:
                midnight = plain_day * DAY - offset
                found += [(midnight + row[0], midnight + row[1]) for row in rows]
        for odd_day in range(max(day, plain_until), odd_until):
            rows = dated.get(odd_day, weekly[weekday(odd_day)])
            if odd_day not in closed:
                found += _open_on_odd_day(offsets, odd_day, rows)
        day = max(day, odd_until)
    return found


def _open_on_odd_day(offsets: Sequence[OffsetSince], day: int, rows: _Rows) -> list[Interval]:
    found = []
    midnight = day * DAY
    for start, end in rows:
        opens = wall_to_instants(offsets, midnight + start)[0]
        # A day ends where the next one begins, so only an end before midnight takes the second instant.
        closes = wall_to_instants(offsets, midnight + end)[1 if end < DAY else 0]
        if opens < closes:
            found.append((opens, closes))
    return found
