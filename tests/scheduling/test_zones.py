"""Wall-clock times become the instants that the standard library gives, on every day and in every zone."""

import datetime as dt
from collections.abc import Iterable
from functools import lru_cache
from zoneinfo import ZoneInfo, available_timezones

import pytest

from kalends.scheduling.engine import Schedule, UnknownZoneError
from kalends.scheduling.schedules import openings
from kalends.scheduling.time.zones import (
    day_of_date,
    day_start,
    local_day,
    offset_at,
    zone_info,
)
from tests.scheduling.build import at, weekly

ZONES = sorted(available_timezones())
HOURS = ("09:00-17:00", "00:00-23:59", "01:15-02:45", "23:30-23:59", "00:00-00:30")
ONE_DAY = dt.timedelta(days=1)


def stdlib_instant(zone: str, day: dt.date, minute: int, *, is_end: bool) -> int:
    """Convert with `zoneinfo`: fold 0 for a start, 1 for an end, the change itself for a skipped time."""
    if minute == 24 * 60:
        # A day ends at the first instant of the next one.
        return stdlib_instant(zone, day + ONE_DAY, 0, is_end=False)
    info = ZoneInfo(zone)
    wall = dt.datetime(day.year, day.month, day.day, *divmod(minute, 60), tzinfo=info, fold=int(is_end))
    instant = int(wall.timestamp())
    shown = dt.datetime.fromtimestamp(instant, info)
    if shown.replace(tzinfo=None, fold=0) == wall.replace(tzinfo=None, fold=0):
        return instant
    return stdlib_change(zone, *sorted(int(wall.replace(fold=fold).timestamp()) for fold in (0, 1)))


def stdlib_change(zone: str, before: int, after: int) -> int:
    info = ZoneInfo(zone)
    offset = dt.datetime.fromtimestamp(after, info).utcoffset()
    while after - before > 1:
        middle = (before + after) // 2
        if dt.datetime.fromtimestamp(middle, info).utcoffset() == offset:
            after = middle
        else:
            before = middle
    return after


def stdlib_window(zone: str, day: dt.date, row: str) -> tuple[int, int] | None:
    start, end = (int(text[:2]) * 60 + int(text[3:]) for text in row.split("-"))
    end = 24 * 60 if end == 24 * 60 - 1 else end
    window = (
        stdlib_instant(zone, day, start, is_end=False),
        stdlib_instant(zone, day, end, is_end=True),
    )
    return window if window[0] < window[1] else None


def joined(windows: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
    """Return windows in their order, as one where they touch."""
    found: list[tuple[int, int]] = []
    for start, end in windows:
        if found and found[-1][1] == start:
            found[-1] = (found[-1][0], end)
        else:
            found.append((start, end))
    return found


@lru_cache(maxsize=1)
def days_of_changes(first_year: int, last_year: int) -> list[tuple[str, dt.date]]:
    """Return each zone's days around its changes, and a day a month."""
    found = []
    for zone in ZONES:
        info = ZoneInfo(zone)
        day, offset = dt.date(first_year, 1, 1), None
        while day.year <= last_year:
            new_offset = dt.datetime(day.year, day.month, day.day, 12, tzinfo=info).utcoffset()
            if offset not in (None, new_offset):
                found += [(zone, day + ONE_DAY * days) for days in (-2, -1, 0, 1)]
            elif day.day == 1:
                found.append((zone, day))
            offset = new_offset
            day += ONE_DAY
    return found


@pytest.mark.parametrize("row", HOURS)
def test_windows_around_every_change_of_two_years_equal_the_standard_librarys(row: str) -> None:
    wrong = []
    for zone, day in days_of_changes(2025, 2026):
        window = stdlib_window(zone, day, row)
        found = [] if window is None else openings(Schedule(zone, weekly(row)), *window)
        if found != ([] if window is None else [window]):
            wrong.append((zone, day, found, window))
    assert wrong == []


@pytest.mark.full
@pytest.mark.parametrize("row", HOURS)
def test_every_window_from_2024_to_2037_equals_the_standard_librarys(row: str) -> None:
    first, beyond = dt.date(2024, 1, 1).toordinal(), dt.date(2038, 1, 1).toordinal()
    days = [dt.date.fromordinal(ordinal) for ordinal in range(first, beyond)]
    wrong = []
    for zone in ZONES:
        expected = joined(window for day in days if (window := stdlib_window(zone, day, row)))
        if openings(Schedule(zone, weekly(row)), expected[0][0], expected[-1][1]) != expected:
            wrong.append(zone)
    assert wrong == []


@pytest.mark.parametrize("zone", ["Europe/Rome", "Africa/Casablanca", "Australia/Lord_Howe", "Asia/Gaza"])
def test_offsets_equal_the_standard_librarys_at_every_hour(zone: str) -> None:
    info = ZoneInfo(zone)
    for instant in range(at("2024-01-01"), at("2026-01-01"), 3600):
        offset = dt.datetime.fromtimestamp(instant, info).utcoffset()
        assert offset == dt.timedelta(seconds=offset_at(zone, instant))


def test_a_day_whose_midnight_is_skipped_begins_at_the_change() -> None:
    day = day_of_date(dt.date(2025, 4, 25))
    assert day_start("Africa/Cairo", day) == at("2025-04-24 22:00")


def test_a_day_whose_midnight_comes_twice_begins_at_the_first() -> None:
    day = day_of_date(dt.date(2025, 10, 26))
    assert day_start("Atlantic/Azores", day) == at("2025-10-26 00:00")
    assert local_day("Atlantic/Azores", at("2025-10-26 01:30")) == day


def test_a_clock_set_back_over_midnight_gives_the_repeated_hour_to_the_date_that_had_begun() -> None:
    # Until 2011 Newfoundland went from a minute past midnight back to the evening before.
    zone, friday = "America/St_Johns", dt.date(2010, 11, 5)
    saturday, sunday = (day_start(zone, day_of_date(friday) + days) for days in (1, 2))
    assert (saturday, sunday) == (at("2010-11-06 02:30"), at("2010-11-07 02:30"))
    evening = openings(Schedule(zone, weekly("22:00-23:59")), saturday, sunday + 3600)
    assert evening == [(at("2010-11-07 00:30"), sunday)]


def test_a_date_that_a_zone_skips_has_no_hours() -> None:
    samoa = Schedule("Pacific/Apia", weekly("09:00-17:00"))
    opened = openings(samoa, at("2011-12-29 12:00"), at("2011-12-31 12:00"))
    assert opened == [
        (at("2011-12-29 09:00", "Pacific/Apia"), at("2011-12-29 17:00", "Pacific/Apia")),
        (at("2011-12-31 09:00", "Pacific/Apia"), at("2011-12-31 17:00", "Pacific/Apia")),
    ]


def test_a_zone_is_found_in_any_letter_case() -> None:
    assert zone_info("europe/ROME").key == "Europe/Rome"


@pytest.mark.parametrize(
    "name", ["", "Mars/Base", "Europe", "../../etc/passwd", "Europe/Rome\0", "right/UTC"]
)
def test_an_unknown_zone_is_refused(name: str) -> None:
    with pytest.raises(UnknownZoneError):
        zone_info(name)


@pytest.mark.parametrize("instant", [-(10**12), 10**12, 10**15])
def test_beyond_the_calendar_the_last_known_offset_goes_on(instant: int) -> None:
    assert abs(offset_at("Europe/Rome", instant)) < 86_400
