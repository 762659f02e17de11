"""The worked examples of slots.md 5, with the recommended results."""

import datetime as dt

import pytest

from kalends.scheduling.engine import (
    Absence,
    DaysWindow,
    Host,
    Limit,
    Rules,
    Schedule,
    Source,
    Taken,
    Unit,
    WeeklyHours,
    buffered,
    by_day,
    default_schedule,
)
from tests.scheduling.build import at, busy, clock, host, listed, stamps

WEDNESDAY = "2025-03-05"


def test_a_plain_day_is_cut_into_hours() -> None:
    rome = Host(1, default_schedule("Europe/Rome"))
    starts = listed(Rules(60), [rome], WEDNESDAY)
    assert clock(starts) == ["08:00", "09:00", "10:00", "11:00", "12:00", "13:00", "14:00", "15:00"]


def test_a_weekend_has_no_slots_in_the_default_hours() -> None:
    rome = Host(1, default_schedule("Europe/Rome"))
    assert listed(Rules(60), [rome], "2025-03-08", "2025-03-09") == []


def test_rome_keeps_its_local_hours_over_the_spring_change() -> None:
    starts = listed(Rules(60), [host("09:00-12:00", zone="Europe/Rome")], "2025-03-29", "2025-03-31")
    assert stamps(starts) == [
        *("29 08:00", "29 09:00", "29 10:00"),
        *("30 07:00", "30 08:00", "30 09:00"),
        *("31 07:00", "31 08:00", "31 09:00"),
    ]


def test_new_york_keeps_its_local_hours_over_the_spring_change() -> None:
    starts = listed(Rules(60), [host("09:00-12:00", zone="America/New_York")], "2025-03-08", "2025-03-10")
    assert clock(starts) == [
        *("14:00", "15:00", "16:00"),
        *("13:00", "14:00", "15:00"),
        *("13:00", "14:00", "15:00"),
    ]


def test_four_hours_over_the_spring_gap_are_three_real_ones() -> None:
    starts = listed(Rules(60), [host("00:00-04:00", zone="America/New_York")], "2025-03-09")
    assert clock(starts) == ["05:00", "06:00", "07:00"]


def test_new_york_keeps_its_local_hours_over_the_autumn_change() -> None:
    starts = listed(Rules(60), [host("09:00-12:00", zone="America/New_York")], "2025-11-01", "2025-11-03")
    assert clock(starts) == [
        *("13:00", "14:00", "15:00"),
        *("14:00", "15:00", "16:00"),
        *("14:00", "15:00", "16:00"),
    ]


def test_four_hours_over_the_autumn_fold_are_five_real_ones() -> None:
    starts = listed(Rules(60), [host("00:00-04:00", zone="America/New_York")], "2025-11-02")
    assert clock(starts) == ["04:00", "05:00", "06:00", "07:00", "08:00"]


KOLKATA = "Asia/Kolkata"


def test_a_half_hour_zone_is_aligned_on_its_own_clock() -> None:
    starts = listed(Rules(60), [host("09:00-12:00", zone=KOLKATA)], WEDNESDAY)
    assert clock(starts) == ["03:30", "04:30", "05:30"]


def test_hours_that_begin_off_the_hour_round_up_on_the_hosts_clock() -> None:
    starts = listed(Rules(60), [host("09:15-12:00", zone=KOLKATA)], WEDNESDAY)
    assert clock(starts) == ["04:30", "05:30"]


def test_after_a_busy_time_a_half_hour_zone_is_still_aligned_on_its_own_clock() -> None:
    taken = busy("2025-03-05 09:00", "2025-03-05 10:00", KOLKATA)
    starts = listed(Rules(60), [host("09:00-12:00", zone=KOLKATA, busy=[taken])], WEDNESDAY)
    assert clock(starts) == ["04:30", "05:30"]


def test_slots_are_filed_under_their_date_in_the_zone_of_the_query() -> None:
    starts = listed(Rules(60), [host("09:00-12:00", zone=KOLKATA)], WEDNESDAY)
    assert by_day(starts, "America/Los_Angeles") == {dt.date(2025, 3, 4): starts}


@pytest.mark.parametrize(
    ("rules", "hours", "expected"),
    [
        (Rules(50), ["09:00-12:00"], "09:00 09:50 10:40"),
        (Rules(45), ["09:00-12:00"], "09:00 09:45 10:30 11:15"),
        (Rules(45), ["09:05-12:00"], "09:15 10:00 10:45"),
        (Rules(7), ["09:05-10:00"], "09:05 09:12 09:19 09:26 09:33 09:40 09:47"),
        (
            Rules(60, slot_interval=15),
            ["09:00-12:00"],
            "09:00 09:15 09:30 09:45 10:00 10:15 10:30 10:45 11:00",
        ),
        (Rules(30, offset_start=10), ["09:00-12:00"], "09:10 09:50 10:30 11:10"),
        (Rules(30), ["09:00-10:45", "13:10-14:30"], "09:00 09:30 10:00 13:30 14:00"),
        (Rules(30, slot_interval=180), ["09:00-10:30", "11:00-15:00"], "09:00 12:00"),
        (Rules(60), ["09:00-10:30", "10:30-12:00"], "09:00 10:00 11:00"),
        (Rules(60), ["09:00-10:30", "10:00-12:00"], "09:00 10:00 11:00"),
        (Rules(60), ["22:00-06:00"], ""),
    ],
)
def test_a_day_in_rome_is_aligned_and_stepped(rules: Rules, hours: list[str], expected: str) -> None:
    starts = listed(rules, [host(*hours, zone="Europe/Rome")], WEDNESDAY)
    assert clock(starts, "Europe/Rome") == expected.split()


@pytest.mark.parametrize(
    ("length", "expected"),
    [
        (30, "10:00 10:30 11:00 11:30"),
        (20, "09:00 09:40 10:00 10:20 10:40 11:00 11:20 11:40"),
        (60, "10:00 11:00"),
        (45, "09:45 10:30 11:15"),
    ],
)
def test_a_busy_time_leaves_aligned_starts_around_it(length: int, expected: str) -> None:
    taken = busy("2025-03-05 09:20", "2025-03-05 09:40", "Europe/Rome")
    starts = listed(Rules(length), [host("09:00-12:00", zone="Europe/Rome", busy=[taken])], WEDNESDAY)
    assert clock(starts, "Europe/Rome") == expected.split()


def test_round_the_clock_hours_begin_a_new_grid_at_every_midnight() -> None:
    rome = host("00:00-23:59", zone="Europe/Rome")
    starts = listed(Rules(90), [rome], WEDNESDAY, "2025-03-06")
    first_day = [f"{hour:02}:{minute:02}" for hour, minute in _every_90_minutes("01:00", "23:30")]
    whole_day = [f"{hour:02}:{minute:02}" for hour, minute in _every_90_minutes("00:00", "22:30")]
    assert clock(starts, "Europe/Rome") == first_day + whole_day


def _every_90_minutes(first: str, last: str) -> list[tuple[int, int]]:
    begin, end = (int(text[:2]) * 60 + int(text[3:]) for text in (first, last))
    return [divmod(minute, 60) for minute in range(begin, end + 1, 90)]


def test_a_query_that_starts_inside_the_hours_starts_at_its_next_aligned_minute() -> None:
    starts = listed(Rules(30), [host("09:00-12:00")], "2025-03-05 09:10", "2025-03-05 23:59:59")
    assert clock(starts) == ["09:30", "10:00", "10:30", "11:00", "11:30"]


def test_a_slot_must_end_inside_the_query() -> None:
    starts = listed(Rules(30), [host("09:00-12:00")], "2025-03-05 00:00", "2025-03-05 10:10")
    assert clock(starts) == ["09:00", "09:30"]


def test_a_day_of_the_query_is_a_utc_day() -> None:
    starts = listed(Rules(60), [host("08:00-11:00", zone="Asia/Tokyo")], WEDNESDAY, "2025-03-06")
    assert stamps(starts, "Asia/Tokyo") == [
        *("05 09:00", "05 10:00"),
        *("06 08:00", "06 09:00", "06 10:00"),
        "07 08:00",
    ]


def test_the_grid_begins_where_the_query_cuts_the_hours() -> None:
    starts = listed(Rules(45), [host("09:00-12:00")], "2025-03-05 09:10", "2025-03-05 23:59:59")
    assert clock(starts) == ["09:15", "10:00", "10:45"]


def test_the_buffers_of_both_event_types_lie_between_two_bookings() -> None:
    booking = buffered(
        at("2025-03-05 10:00"), at("2025-03-05 10:30"), 10, 15, booked_before=5, booked_after=10
    )
    assert clock([booking.start, booking.end]) == ["09:40", "10:50"]
    starts = listed(Rules(30), [host("09:00-12:00", busy=[booking])], WEDNESDAY)
    assert clock(starts) == ["09:00", "11:00", "11:30"]


def test_a_calendar_event_is_widened_by_the_buffers_of_the_listed_event_type_only() -> None:
    event = buffered(at("2025-03-05 10:00"), at("2025-03-05 10:30"), 10, 15, source=Source.CALENDAR)
    assert clock([event.start, event.end]) == ["09:45", "10:40"]


def test_a_collective_offers_the_hours_that_all_hosts_share() -> None:
    hosts = [
        host("09:00-17:00", zone="Europe/Rome"),
        host("09:00-17:00", zone="Europe/London", number=2),
    ]
    assert clock(listed(Rules(60), hosts, WEDNESDAY)) == [f"{hour:02}:00" for hour in range(9, 16)]


def rotating(number: int, *rows: str, zone: str = "UTC") -> Host:
    return host(*rows, zone=zone, number=number, is_fixed=False)


def test_round_robin_offers_the_hours_of_every_host() -> None:
    hosts = [
        rotating(1, "09:00-12:00", zone="Europe/Rome"),
        rotating(2, "09:00-12:00", zone="America/New_York"),
    ]
    starts = listed(Rules(60), hosts, WEDNESDAY)
    assert clock(starts) == ["08:00", "09:00", "10:00", "14:00", "15:00", "16:00"]


def test_no_slot_is_shared_out_between_two_round_robin_hosts() -> None:
    hosts = [rotating(1, "09:00-10:30"), rotating(2, "10:30-12:00")]
    assert clock(listed(Rules(60), hosts, WEDNESDAY)) == ["09:00", "11:00"]


def test_a_round_robin_host_joins_the_grid_of_the_one_before() -> None:
    hosts = [rotating(1, "09:00-12:00"), rotating(2, "10:15-13:00")]
    starts = listed(Rules(45), hosts, WEDNESDAY)
    assert clock(starts) == ["09:00", "09:45", "10:30", "11:15", "12:00"]


def test_a_fixed_host_must_be_free_beside_one_that_rotates() -> None:
    hosts = [host("09:00-12:00"), rotating(2, "10:00-13:00"), rotating(3, "11:00-15:00")]
    assert clock(listed(Rules(60), hosts, WEDNESDAY)) == ["10:00", "11:00"]


def test_a_fixed_host_who_is_busy_all_day_leaves_nothing() -> None:
    all_day = busy("2025-03-05 00:00", "2025-03-06 00:00")
    hosts = [host("09:00-12:00", busy=[all_day]), rotating(2, "09:00-12:00")]
    assert listed(Rules(60), hosts, WEDNESDAY) == []


def test_one_host_out_of_office_closes_a_collective() -> None:
    day = dt.date(2025, 3, 5)
    away = Host(2, host("09:00-17:00").schedule, out_of_office=(Absence(day, day),))
    starts = listed(Rules(60), [host("09:00-10:00"), away], WEDNESDAY, "2025-03-06")
    assert stamps(starts) == ["06 09:00"]


NEW_YORK = "America/New_York"


def test_a_full_day_is_a_day_of_the_hosts_zone() -> None:
    rules = Rules(60, booking_limits_count=(Limit(Unit.DAY, 1),))
    taken = Taken(counted=[(at("2025-03-05 23:30"), at("2025-03-06 00:30"))])
    starts = listed(rules, [host("00:00-23:59", zone=NEW_YORK)], "2025-03-04", "2025-03-07", taken=taken)
    dates = by_day(starts, NEW_YORK)
    assert dt.date(2025, 3, 5) not in dates
    assert len(dates[dt.date(2025, 3, 4)]) == len(dates[dt.date(2025, 3, 6)]) == 24


def test_a_full_week_runs_from_sunday_to_saturday() -> None:
    rules = Rules(60, booking_limits_count=(Limit(Unit.WEEK, 2),))
    counted = [(at(text), at(text) + 3600) for text in ("2025-03-02 00:00", "2025-03-08 23:00")]
    starts = listed(rules, [host("09:00-10:00")], "2025-02-28", "2025-03-10", taken=Taken(counted))
    assert stamps(starts) == ["28 09:00", "01 09:00", "09 09:00", "10 09:00"]


def test_a_day_without_room_for_another_booking_of_this_length_is_full() -> None:
    rules = Rules(60, booking_limits_duration=(Limit(Unit.DAY, 90),))
    taken = Taken(counted=[(at("2025-03-05 15:00"), at("2025-03-05 16:00"))])
    starts = listed(rules, [host("09:00-10:00")], WEDNESDAY, "2025-03-06", taken=taken)
    assert stamps(starts) == ["06 09:00"]


@pytest.mark.parametrize(
    ("zone", "last"),
    [("UTC", "2025-03-11 23:00"), ("America/Los_Angeles", "2025-03-12 06:00")],
)
def test_business_days_end_with_the_day_of_the_zone_of_the_query(zone: str, last: str) -> None:
    rules = Rules(60, window=DaysWindow(2, is_business=True))
    starts = listed(
        rules, [host("00:00-23:59")], "2025-03-07", "2025-03-14", now=at("2025-03-07 10:00"), zone=zone
    )
    assert starts[-1] == at(last)


def test_notice_moves_the_first_slot() -> None:
    rules = Rules(15, minimum_notice=120)
    rome = host("09:00-12:00", zone="Europe/Rome")
    starts = listed(rules, [rome], WEDNESDAY, now=at("2025-03-05 07:00"))
    assert clock(starts)[0] == "09:00"


def test_hours_apply_on_their_weekdays_only() -> None:
    monday = Schedule("UTC", (WeeklyHours(frozenset({1}), 540, 600),))
    assert stamps(listed(Rules(60), [Host(1, monday)], "2025-03-01", "2025-03-16")) == [
        "03 09:00",
        "10 09:00",
    ]
