"""Booking windows: between which instants a booking may start (slots.md 4.14)."""

from collections.abc import Collection, Iterator
from itertools import islice

from kalends.scheduling.rules import DaysWindow, RangeWindow
from kalends.scheduling.time.zones import day_of_date, day_start, weekday

# How many days a rolling window looks at, today included, before it gives up counting.
ROLLING_STEPS = 61


def range_bounds(window: RangeWindow, zone: str) -> tuple[int, int]:
    """Return the instants `[first, last)` between which a booking may start, in the window's or this zone."""
    first, last = day_of_date(window.first), day_of_date(window.last)
    return day_start(window.zone or zone, first), day_start(window.zone or zone, last + 1)


def last_day(window: DaysWindow, today: int) -> int:
    """Return the last local day of a window that does not roll."""
    if not window.is_business:
        return today + window.days
    if window.days == 0:
        return today
    # From a weekend one counts as from the Friday before it, and five business days are a week.
    weeks, days = divmod(window.days, 5)
    friday_or_earlier = today - {6: 1, 0: 2}.get(weekday(today), 0)
    return next(islice(_steps(friday_or_earlier + 7 * weeks, is_business=True), days, None))


def looked_at_days(window: DaysWindow, today: int) -> list[int]:
    """Return the local days that a rolling window looks at, and the one that it would reach next."""
    return list(islice(_steps(today, is_business=window.is_business), ROLLING_STEPS + 1))


def last_rolling_day(window: DaysWindow, today: int, bookable: Collection[int]) -> int:
    """Return the last local day of a rolling window: the one that completes the number of bookable days.

    With fewer of them in sight it is the last bookable one; with none the day after those looked at.
    """
    if window.days <= 0:
        return today
    *looked_at, reached = looked_at_days(window, today)
    counted = [day for day in looked_at if day in bookable][: window.days]
    return counted[-1] if counted else reached


def _steps(today: int, *, is_business: bool) -> Iterator[int]:
    """Yield `today` and the days after it, without weekends if `is_business`."""
    yield today
    day = today
    while True:
        day += 1
        if not is_business or weekday(day) not in (0, 6):
            yield day
