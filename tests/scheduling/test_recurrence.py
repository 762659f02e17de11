"""The starts of a series (bookings.md 2.10 and B29)."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kalends.scheduling.recurrence import BeyondCalendarError, Period, occurrences


def at(text: str) -> int:
    return int(datetime.fromisoformat(text).timestamp())


def shown(starts: list[int]) -> list[str]:
    return [datetime.fromtimestamp(start, UTC).isoformat() for start in starts]


def test_weeks_keep_the_clock_over_a_change() -> None:
    starts = occurrences(at("2025-03-24T09:00:00+01:00"), "Europe/Rome", Period.WEEK, 1, 2)
    assert shown(starts) == ["2025-03-24T08:00:00+00:00", "2025-03-31T07:00:00+00:00"]


def test_a_months_end_stays_one() -> None:
    starts = occurrences(at("2025-01-31T09:00:00Z"), "UTC", Period.MONTH, 1, 4)
    assert [text[:10] for text in shown(starts)] == ["2025-01-31", "2025-02-28", "2025-03-31", "2025-04-30"]


def test_a_leap_day_comes_back() -> None:
    starts = occurrences(at("2024-02-29T09:00:00Z"), "UTC", Period.YEAR, 2, 3)
    assert [text[:10] for text in shown(starts)] == ["2024-02-29", "2026-02-28", "2028-02-29"]


def test_a_time_that_clocks_skip_is_the_change() -> None:
    starts = occurrences(at("2025-03-23T02:30:00+01:00"), "Europe/Rome", Period.WEEK, 1, 2)
    assert shown(starts)[1] == "2025-03-30T01:00:00+00:00"


@pytest.mark.parametrize("period", list(Period))
def test_a_series_ends_with_the_calendar(period: Period) -> None:
    with pytest.raises(BeyondCalendarError):
        occurrences(at("2025-01-01T00:00:00Z"), "UTC", period, 10**9, 2)


@given(
    start=st.integers(at("2000-01-01T00:00:00Z"), at("2040-01-01T00:00:00Z")),
    zone=st.sampled_from(["UTC", "Europe/Rome", "America/New_York", "Australia/Lord_Howe", "Asia/Kolkata"]),
    period=st.sampled_from(Period),
    interval=st.integers(1, 5),
)
def test_every_occurrence_shows_the_time_of_the_first(
    start: int, zone: str, period: Period, interval: int
) -> None:
    starts = occurrences(start, zone, period, interval, 4)
    assert starts[0] == start
    assert starts == sorted(starts)
    tz = ZoneInfo(zone)
    first = datetime.fromtimestamp(start, tz)
    for later in starts[1:]:
        local = datetime.fromtimestamp(later, tz)
        skipped = local.replace(hour=first.hour, minute=first.minute).astimezone(UTC).astimezone(tz)
        is_shown = (local.hour, local.minute, local.second) == (first.hour, first.minute, first.second)
        assert is_shown or (skipped.hour, skipped.minute) != (first.hour, first.minute)
