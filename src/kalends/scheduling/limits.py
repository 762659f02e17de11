"""Limits of bookings per day, week, month and year (slots.md 4.9)."""

from collections.abc import Sequence
from dataclasses import dataclass

from kalends.scheduling.hosts import Busy, Source
from kalends.scheduling.intervals import Interval
from kalends.scheduling.rules import Rules, Unit
from kalends.scheduling.time.zones import (
    DAY,
    date_of_day,
    day_of_date,
    day_start,
    local_day,
    weekday,
)

# No period of the unit is longer, clock changes included.
_LONGEST = {Unit.DAY: 2 * DAY, Unit.WEEK: 8 * DAY, Unit.MONTH: 32 * DAY, Unit.YEAR: 367 * DAY}


@dataclass(slots=True)
class _Tally:
    bookings: int = 0
    seconds: int = 0


def longest_period(rules: Rules) -> int:
    """Return the most seconds that a limited period of `rules` can last; 0 without limits."""
    limits = rules.booking_limits_count + rules.booking_limits_duration
    return max((_LONGEST[limit.unit] for limit in limits if limit.value), default=0)


def blocked_periods(rules: Rules, zone: str, counted: Sequence[Interval], start: int, end: int) -> list[Busy]:
    """Return the periods of `zone` that touch `[start, end)` and can take no further booking.

    A booking counts in the period in which it starts. A period is full when it holds the limited number
    of bookings, or when another booking of this length would go over the limited minutes.
    """
    blocked: list[Busy] = []
    tallies: dict[Unit, dict[int, _Tally]] = {}
    for limit in rules.booking_limits_count:
        for first_day, tally in _tally(tallies, limit.unit, rules.week_start, zone, counted).items():
            if limit.value and tally.bookings >= limit.value:
                blocked.append(_period(zone, limit.unit, rules.week_start, first_day, "bookingLimitsCount"))
    for limit in rules.booking_limits_duration:
        left = (limit.value - rules.length) * 60
        if limit.value and left < 0:
            # Not even an empty period has room for one booking of this length.
            blocked.append(_busy(start, end, f"bookingLimitsDuration.{limit.unit}"))
            continue
        for first_day, tally in _tally(tallies, limit.unit, rules.week_start, zone, counted).items():
            if limit.value and tally.seconds > left:
                name = "bookingLimitsDuration"
                blocked.append(_period(zone, limit.unit, rules.week_start, first_day, name))
    return [period for period in blocked if period.start < end and period.end > start]


def _tally(
    tallies: dict[Unit, dict[int, _Tally]],
    unit: Unit,
    week_start: int,
    zone: str,
    counted: Sequence[Interval],
) -> dict[int, _Tally]:
    if unit not in tallies:
        by_period: dict[int, _Tally] = {}
        for start, end in counted:
            tally = by_period.setdefault(_first_day(unit, week_start, local_day(zone, start)), _Tally())
            tally.bookings += 1
            tally.seconds += end - start
        tallies[unit] = by_period
    return tallies[unit]


def _first_day(unit: Unit, week_start: int, day: int) -> int:
    """Return the first day of the period that holds a day; weeks begin on the weekday `week_start`."""
    if unit is Unit.DAY:
        return day
    if unit is Unit.WEEK:
        return day - (weekday(day) - week_start) % 7
    date = date_of_day(day)
    return day_of_date(date.replace(day=1) if unit is Unit.MONTH else date.replace(month=1, day=1))


def _period(zone: str, unit: Unit, week_start: int, first_day: int, name: str) -> Busy:
    # Any day so far ahead lies in the next period, and none lies beyond it.
    ahead = {Unit.DAY: 1, Unit.WEEK: 7, Unit.MONTH: 31, Unit.YEAR: 366}[unit]
    next_first_day = _first_day(unit, week_start, first_day + ahead)
    return _busy(day_start(zone, first_day), day_start(zone, next_first_day), f"{name}.{unit}")


def _busy(start: int, end: int, reference: str) -> Busy:
    return Busy(start, end, start, end, Source.LIMIT, reference)
