"""Booking windows and minimum notice."""

import datetime as dt
from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kalends.scheduling.engine import (
    Code,
    DaysWindow,
    Host,
    Override,
    RangeWindow,
    Reservation,
    Rules,
    Schedule,
    Taken,
    data_range,
    default_schedule,
    list_slots,
)
from kalends.scheduling.windows import last_day
from tests.scheduling import oracle
from tests.scheduling.build import at, booked, busy, clock, codes, host, listed, stamps, weekly
from tests.scheduling.oracle import Question
from tests.scheduling.strategies import ODD, WHOLE_HOURS, questions

FRIDAY = at("2025-03-07 10:00")
MORNINGS = host("09:00-10:00")


def dates(rules: Rules, hosts: list[Host], now: int = FRIDAY, zone: str = "UTC") -> list[str]:
    starts = listed(rules, hosts, "2025-03-01", "2025-04-30", now=now, zone=zone)
    return [stamp[:2] for stamp in stamps(starts)]


def test_calendar_days_end_with_the_last_of_them() -> None:
    assert dates(Rules(60, window=DaysWindow(2)), [MORNINGS]) == ["08", "09"]


def test_no_days_means_today_only() -> None:
    afternoons = host("14:00-15:00")
    for is_rolling in (False, True):
        assert dates(Rules(60, window=DaysWindow(0, is_rolling=is_rolling)), [afternoons]) == ["07"]


def test_business_days_skip_the_weekend_but_let_it_be_booked() -> None:
    assert dates(Rules(60, window=DaysWindow(2, is_business=True)), [MORNINGS]) == ["08", "09", "10", "11"]


def test_business_days_from_a_weekend_begin_with_monday() -> None:
    saturday = at("2025-03-08 12:00")
    assert dates(Rules(60, window=DaysWindow(1, is_business=True)), [MORNINGS], saturday) == ["09", "10"]


def test_today_is_told_by_the_zone_of_the_query() -> None:
    # At 20:00 UTC it is already the next morning in Tokyo.
    evening = at("2025-03-07 20:00")
    assert dates(Rules(60, window=DaysWindow(1)), [MORNINGS], evening, "Asia/Tokyo") == ["08", "09"]
    assert dates(Rules(60, window=DaysWindow(1)), [MORNINGS], evening, "UTC") == ["08"]


def test_the_last_day_ends_by_the_offset_that_then_holds() -> None:
    # New York is an hour nearer to UTC once its summer time has begun on 9 March.
    rules = Rules(60, window=DaysWindow(3))
    starts = listed(
        rules, [host("00:00-23:59")], "2025-03-10", "2025-03-12", now=FRIDAY, zone="America/New_York"
    )
    assert starts[-1] == at("2025-03-11 03:00")


def test_the_last_slot_may_end_after_the_window_in_which_it_starts() -> None:
    rules = Rules(60, window=DaysWindow(1))
    starts = listed(rules, [host("00:00-23:59")], "2025-03-08", now=FRIDAY, zone="Asia/Kolkata")
    assert clock(starts[-1:], "Asia/Kolkata") == ["23:30"]


def test_a_range_is_calendar_dates_of_the_event_types_zone() -> None:
    window = RangeWindow(dt.date(2050, 9, 6), dt.date(2050, 9, 7), "America/New_York")
    new_york = host("00:00-23:59", zone="America/New_York")
    starts = listed(Rules(60, window=window), [new_york], "2050-09-01", "2050-09-10")
    assert starts == list(range(at("2050-09-06 04:00"), at("2050-09-08 04:00"), 3600))


def test_a_reversed_range_has_no_slots() -> None:
    window = RangeWindow(dt.date(2025, 3, 7), dt.date(2025, 3, 6), "UTC")
    assert listed(Rules(60, window=window), [MORNINGS], "2025-03-01", "2025-03-10") == []


def test_a_rolling_window_counts_days_with_slots_only() -> None:
    closed = [Override(dt.date(2025, 3, day), 0, 0) for day in (8, 9, 11)]
    some_days = host("14:00-15:00", overrides=closed)
    assert dates(Rules(60, window=DaysWindow(3, is_rolling=True)), [some_days]) == ["07", "10", "12"]


def test_a_rolling_window_of_business_days_counts_no_weekend_but_today() -> None:
    rules = Rules(60, window=DaysWindow(2, is_business=True, is_rolling=True))
    afternoons = host("14:00-15:00")
    assert dates(rules, [afternoons], at("2025-03-08 10:00")) == ["08", "09", "10"]
    assert dates(rules, [afternoons], at("2025-03-08 20:00")) == ["09", "10", "11"]


def test_a_rolling_window_does_not_depend_on_the_query() -> None:
    rules = Rules(60, window=DaysWindow(10, is_rolling=True))
    weekdays = Host(1, default_schedule("UTC"))
    whole = listed(rules, [weekdays], "2025-03-01", "2025-04-30", now=FRIDAY)
    later = listed(rules, [weekdays], "2025-03-18", "2025-04-30", now=FRIDAY)
    assert later == [start for start in whole if start >= at("2025-03-18")]
    assert listed(rules, [weekdays], "2025-04-20", "2025-04-30", now=FRIDAY) == []


def test_a_rolling_window_gives_up_after_two_months_at_the_last_day_found() -> None:
    few = [Override(dt.date(2025, 3, 10), 540, 600), Override(dt.date(2025, 5, 6), 540, 600)]
    later = Override(dt.date(2025, 5, 7), 540, 600)
    rare = Host(1, Schedule("UTC", (), (*few, later)))
    rules = Rules(60, window=DaysWindow(3, is_rolling=True))
    assert stamps(listed(rules, [rare], "2025-03-01", "2025-06-30", now=FRIDAY)) == ["10 09:00", "06 09:00"]


def test_a_reservation_moves_no_rolling_window() -> None:
    rules = Rules(60, window=DaysWindow(2, is_rolling=True))
    held = Taken(reservations=[Reservation(at("2025-03-08 09:00"), at("2025-03-08 10:00"))])
    starts = listed(rules, [MORNINGS], "2025-03-01", "2025-04-30", now=FRIDAY, taken=held)
    assert stamps(starts) == ["09 09:00"]


def test_a_booking_obeys_the_rolling_window() -> None:
    rules = Rules(60, window=DaysWindow(2, is_rolling=True))
    assert booked(rules, [MORNINGS], "2025-03-09 09:00", now=FRIDAY).is_accepted
    assert codes(rules, [MORNINGS], "2025-03-10 09:00", now=FRIDAY) == [Code.BOOKING_WINDOW]


def test_a_rolling_window_asks_for_data_from_now_to_the_last_day_that_it_looks_at() -> None:
    rules = Rules(60, window=DaysWindow(5, is_rolling=True))
    first, beyond = data_range(rules, start=at("2025-03-20"), end=at("2025-03-21"), now=FRIDAY)
    assert first <= FRIDAY
    assert beyond >= FRIDAY + 61 * 86_400


rolling = st.builds(DaysWindow, st.integers(0, 12), st.booleans(), st.just(True))


@settings(max_examples=8, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
@given(questions(), rolling, st.sampled_from(WHOLE_HOURS + ODD))
def test_rolling_windows_equal_the_oracles(
    asked: tuple[Question, int, int], window: DaysWindow, zone: str
) -> None:
    question, start, end = asked
    rules = replace(question.rules, window=window, booking_limits_count=(), booking_limits_duration=())
    question = replace(question, rules=rules, hosts=question.hosts[:2], zone=zone)
    found = list_slots(
        rules, question.hosts, start=start, end=end, now=question.now, zone=zone, taken=question.taken
    )
    assert found == oracle.list_slots(question, start, end)


def test_notice_holds_to_the_second_and_slots_stay_on_whole_minutes() -> None:
    now = at("2025-03-05 08:00") + 17
    starts = listed(Rules(60, minimum_notice=120), [host("09:00-17:00")], "2025-03-05", now=now)
    assert clock(starts)[0] == "11:00"
    assert codes(Rules(60, minimum_notice=120), [host("09:00-17:00")], "2025-03-05 10:00", now=now) == [
        Code.MINIMUM_NOTICE
    ]


def test_without_notice_the_past_is_still_closed() -> None:
    now = at("2025-03-05 09:30")
    assert clock(listed(Rules(60), [host("09:00-12:00")], "2025-03-05", now=now)) == ["10:00", "11:00"]
    assert Code.IN_THE_PAST in codes(Rules(60), [host("09:00-12:00")], "2025-03-05 09:00", now=now)


def test_without_notice_the_running_minute_is_accepted_but_not_offered() -> None:
    now = at("2025-03-05 09:00")
    assert clock(listed(Rules(30), [host("09:00-10:00")], "2025-03-05", now=now)) == ["09:30"]
    assert booked(Rules(30), [host("09:00-10:00")], "2025-03-05 09:00", now=now).is_accepted


def test_a_day_of_notice_leaves_the_first_day_out() -> None:
    rules = Rules(60, minimum_notice=24 * 60)
    starts = listed(rules, [MORNINGS], "2025-03-07", "2025-03-10", now=FRIDAY)
    assert stamps(starts) == ["09 09:00", "10 09:00"]


@pytest.mark.parametrize(("start", "end"), [("2025-03-06", "2025-03-05"), ("2025-01-01", "2025-01-02")])
def test_a_reversed_or_past_range_has_no_slots(start: str, end: str) -> None:
    assert listed(Rules(60), [MORNINGS], start, end, now=FRIDAY) == []


def test_the_first_slot_of_each_day_is_the_first_that_can_be_booked() -> None:
    hosts = [host("09:00-12:00", busy=[busy("2025-03-05 09:00", "2025-03-05 10:00")])]
    rules = Rules(60, first_slot_only=True)
    assert stamps(listed(rules, hosts, "2025-03-05", "2025-03-06")) == ["05 10:00", "06 09:00"]


def test_the_first_slot_of_a_day_survives_the_edge_of_the_window() -> None:
    window = RangeWindow(dt.date(2025, 3, 5), dt.date(2025, 3, 5), "Europe/Rome")
    all_day = Host(1, Schedule("UTC", weekly("00:00-23:59")))
    rules = Rules(60, first_slot_only=True, window=window)
    assert stamps(listed(rules, [all_day], "2025-03-04", "2025-03-06")) == ["04 23:00", "05 00:00"]


@pytest.mark.parametrize("today", range(20_000, 20_007))
def test_any_number_of_business_days_is_counted_day_by_day(today: int) -> None:
    for days in range(60):
        counted, last = 0, today
        while counted < days:
            last += 1
            counted += dt.date.fromordinal(dt.date(1970, 1, 1).toordinal() + last).isoweekday() < 6
        assert last_day(DaysWindow(days, is_business=True), today) == last
