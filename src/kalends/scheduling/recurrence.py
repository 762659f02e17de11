"""The starts of a series: calendar arithmetic in one zone (bookings.md 2.10 and B29)."""

from calendar import monthrange
from datetime import date, timedelta
from enum import Enum

from kalends.scheduling.time.zones import (
    DAY,
    date_of_day,
    day_of_date,
    offset_at,
    offsets_between,
    wall_to_instants,
)

LATEST_YEAR = 9990
"""No occurrence lies beyond this year, so that what follows it still fits a calendar."""


class Period(Enum):
    """The distance between two occurrences, to be multiplied by the interval."""

    YEAR = "year"
    MONTH = "month"
    WEEK = "week"


class BeyondCalendarError(ValueError):
    """An occurrence would lie beyond `LATEST_YEAR`."""


def occurrences(start: int, zone: str, period: Period, interval: int, count: int) -> list[int]:
    """Return the starts of `count` occurrences, epoch seconds, the first of them `start`.

    Each is at the wall-clock time of the first in `zone`, however clocks change, and is counted from the
    first: a month's end stays the end of the month, and 29 February comes back after four years. A time that
    clocks skip is the instant of the change; of a time they show twice it is the first.

    Raises:
        BeyondCalendarError: an occurrence would lie beyond the year `LATEST_YEAR`.
    """
    wall = start + offset_at(zone, start)
    day, time = divmod(wall, DAY)
    first = date_of_day(day)
    found = [start]
    for position in range(1, count):
        later = _moved(first, period, interval * position)
        found.append(_instant(zone, day_of_date(later) * DAY + time))
    return found


def _moved(first: date, period: Period, steps: int) -> date:
    if period is Period.WEEK:
        weeks_left = (date(LATEST_YEAR, 12, 31) - first).days // 7
        if steps > weeks_left:
            raise BeyondCalendarError
        return first + timedelta(weeks=steps)
    months = first.month - 1 + (steps * 12 if period is Period.YEAR else steps)
    year, month = first.year + months // 12, months % 12 + 1
    if year > LATEST_YEAR:
        raise BeyondCalendarError
    return date(year, month, min(first.day, monthrange(year, month)[1]))


def _instant(zone: str, wall: int) -> int:
    return wall_to_instants(offsets_between(zone, wall - 2 * DAY, wall + 2 * DAY), wall)[0]
