"""Overrides, absences, travels, and the days on which clocks change."""

import datetime as dt
from dataclasses import replace

import pytest

from kalends.scheduling.engine import Absence, Host, Rules, Schedule, Travel, default_schedule
from tests.scheduling.build import at, clock, host, listed, override, stamps, weekly

BOGOTA = "America/Bogota"


def test_an_override_replaces_the_hours_of_its_date_only() -> None:
    rome = host("09:00-11:00", zone="Europe/Rome", overrides=[override("2050-09-05", "14:00-16:00")])
    starts = listed(Rules(60), [rome], "2050-09-05", "2050-09-06")
    assert stamps(starts) == ["05 12:00", "05 13:00", "06 07:00", "06 08:00"]


@pytest.mark.parametrize("row", ["00:00-00:00", "12:00-12:00", "17:00-09:00"])
def test_an_override_without_hours_closes_its_date(row: str) -> None:
    closed = host("09:00-10:00", overrides=[override("2050-09-05", row)])
    assert stamps(listed(Rules(60), [closed], "2050-09-05", "2050-09-06")) == ["06 09:00"]


def test_all_overrides_of_a_date_count() -> None:
    rows = [override("2050-09-05", "09:00-10:00"), override("2050-09-05", "15:00-16:00")]
    assert clock(listed(Rules(60), [host(overrides=rows)], "2050-09-05")) == ["09:00", "15:00"]


def test_an_override_outside_the_query_leaks_nothing_into_it() -> None:
    rows = [override("2050-09-04", "00:00-23:59"), override("2050-09-06", "00:00-23:59")]
    assert listed(Rules(60), [host(overrides=rows)], "2050-09-05") == []


def test_an_override_opens_a_day_that_is_never_worked() -> None:
    saturday = Host(
        1, Schedule("UTC", default_schedule("UTC").weekly, (override("2025-03-08", "09:00-10:00"),))
    )
    assert stamps(listed(Rules(60), [saturday], "2025-03-08", "2025-03-09")) == ["08 09:00"]


def test_an_empty_schedule_is_never_open() -> None:
    assert listed(Rules(60), [host()], "2050-09-05", "2050-09-30") == []


def test_an_absence_closes_its_dates_on_the_hosts_clock() -> None:
    day = dt.date(2031, 2, 18)
    away = replace(host("00:00-23:59", zone=BOGOTA), out_of_office=(Absence(day, day),))
    starts = listed(Rules(60), [away], "2031-02-17", "2031-02-20")
    outside = [start for start in starts if not at("2031-02-18 05:00") <= start < at("2031-02-19 05:00")]
    assert starts == outside
    assert at("2031-02-18 04:00") in starts
    assert at("2031-02-19 05:00") in starts


def test_an_absence_closes_an_overridden_date_of_an_unworked_weekday() -> None:
    saturday = dt.date(2025, 3, 8)
    schedule = Schedule("UTC", default_schedule("UTC").weekly, (override("2025-03-08", "09:00-10:00"),))
    away = Host(1, schedule, out_of_office=(Absence(saturday, saturday),))
    assert listed(Rules(60), [away], "2025-03-08") == []


def test_an_absence_of_a_rotating_host_leaves_the_others() -> None:
    day = dt.date(2025, 3, 5)
    away = Host(1, host("09:00-12:00").schedule, is_fixed=False, out_of_office=(Absence(day, day),))
    other = host("10:00-11:00", number=2, is_fixed=False)
    assert clock(listed(Rules(60), [away, other], "2025-03-05")) == ["10:00"]


def test_a_travel_moves_the_hours_of_the_dates_whose_midnight_it_holds() -> None:
    stay = Travel("Asia/Kathmandu", at("2025-03-05 00:00"), at("2025-03-06 00:00"))
    london = replace(host("09:00-10:00", zone="Europe/London"), travel=(stay,))
    starts = listed(Rules(60), [london], "2025-03-04", "2025-03-07")
    assert stamps(starts) == ["04 09:00", "05 03:15", "06 03:15", "07 09:00"]


def test_a_travel_without_an_end_goes_on() -> None:
    stay = Travel("Asia/Tokyo", at("2025-03-05 00:00"))
    london = replace(host("09:00-10:00", zone="Europe/London"), travel=(stay,))
    starts = listed(Rules(60), [london], "2025-03-04", "2025-03-06")
    assert stamps(starts) == ["04 09:00", "05 00:00", "06 00:00"]


def test_the_first_of_two_travels_wins() -> None:
    stays = (Travel("Asia/Tokyo", 0), Travel("America/New_York", 0))
    london = replace(host("09:00-10:00", zone="Europe/London"), travel=stays)
    assert clock(listed(Rules(60), [london], "2025-03-05")) == ["00:00"]


def test_a_night_that_comes_twice_ends_where_the_next_date_begins() -> None:
    # In the Azores the hour after midnight of 26 October comes twice; the 25th has no part in it.
    azores = host("20:00-23:59", zone="Atlantic/Azores")
    starts = listed(Rules(60), [azores], "2025-10-25", "2025-10-26")
    assert stamps(starts) == [
        *("25 20:00", "25 21:00", "25 22:00", "25 23:00"),
        *("26 21:00", "26 22:00", "26 23:00"),
    ]


def test_hours_that_begin_in_a_skipped_hour_begin_at_the_change() -> None:
    starts = listed(Rules(30), [host("02:30-04:00", zone="Europe/Rome")], "2025-03-30")
    assert clock(starts) == ["01:00", "01:30"]


def test_hours_inside_a_skipped_hour_do_not_exist_that_day() -> None:
    starts = listed(Rules(15), [host("02:00-03:00", zone="Europe/Rome")], "2025-03-29", "2025-03-31")
    assert {stamp[:2] for stamp in stamps(starts)} == {"29", "31"}


def test_hours_over_a_repeated_hour_take_both() -> None:
    starts = listed(Rules(60), [host("02:00-03:00", zone="Europe/Rome")], "2025-10-26")
    assert clock(starts) == ["00:00", "01:00"]


def test_rows_that_meet_in_a_repeated_hour_share_it_and_are_one() -> None:
    # The first row ends at the second 01:30, the other begins at the first one.
    rows = ("00:00-01:30", "01:30-03:00")
    starts = listed(Rules(180), [host(*rows, zone="America/New_York")], "2025-11-02")
    assert clock(starts) == ["04:00"]


def test_eight_hours_stay_eight_on_every_day_of_a_change() -> None:
    for zone, date in (("America/Los_Angeles", "2025-03-09"), ("Australia/Sydney", "2025-10-05")):
        day = dt.date.fromisoformat(date)
        around = (str(day - dt.timedelta(days=1)), str(day + dt.timedelta(days=1)))
        starts = listed(Rules(60), [host("09:00-17:00", zone=zone)], *around)
        local = [start for start in starts if at(f"{date} 09:00", zone) <= start < at(f"{date} 17:00", zone)]
        assert len(local) == 8


def test_a_schedule_for_a_weekday_is_used_in_the_zone_of_the_schedule() -> None:
    # Monday in Auckland is Sunday in UTC.
    monday = Schedule("Pacific/Auckland", weekly("08:00-09:00", days=frozenset({1})))
    assert stamps(listed(Rules(60), [Host(1, monday)], "2025-06-01", "2025-06-07")) == ["01 20:00"]
