"""Hours across midnight: windows that touch are one, every day begins a grid of its own (slots.md 4.10)."""

import datetime as dt

import pytest

from kalends.scheduling.engine import Absence, Host, Rules, Schedule, Travel, WeeklyHours, by_day
from tests.scheduling.build import at, booked, busy, clock, host, listed, override, stamps, weekly

MONDAY, TUESDAY = "2025-03-03", "2025-03-04"


def night(monday: str, tuesday: str, zone: str = "UTC") -> Host:
    """Return a host with these hours on Mondays and those on Tuesdays."""
    rows = (*weekly(monday, days=frozenset({1})), *weekly(tuesday, days=frozenset({2})))
    return Host(1, Schedule(zone, rows))


@pytest.mark.parametrize("monday", ["22:00-23:59", "22:00-00:00"])
@pytest.mark.parametrize(
    ("rules", "expected"),
    [
        (Rules(60), ["03 22:00", "03 23:00", "04 00:00", "04 01:00"]),
        (Rules(90), ["03 22:00", "03 23:30", "04 00:00"]),
        (Rules(180), ["03 22:00"]),
        (Rules(45), ["03 22:00", "03 22:45", "03 23:30", "04 00:00", "04 00:45"]),
        (Rules(30, slot_interval=180), ["03 22:00", "04 00:00"]),
        (Rules(60, offset_start=25), ["03 22:25", "03 23:50", "04 00:25"]),
    ],
)
def test_a_slot_may_run_over_midnight_and_the_grid_begins_anew_there(
    monday: str, rules: Rules, expected: list[str]
) -> None:
    assert stamps(listed(rules, [night(monday, "00:00-02:00")], MONDAY, TUESDAY)) == expected


@pytest.mark.parametrize("length", [7, 20, 25, 45, 50, 60, 90, 100, 480])
@pytest.mark.parametrize("step", [None, 100, 600])
def test_what_a_day_offers_does_not_depend_on_the_days_asked_for(length: int, step: int | None) -> None:
    hosts = [host("00:00-02:00", "21:00-23:59"), host("00:00-23:59", number=2)]
    rules = Rules(length, slot_interval=step)
    for some in (hosts[:1], hosts[1:], hosts):
        both = by_day(listed(rules, some, MONDAY, TUESDAY + " 23:59:59"), "UTC")
        alone = by_day(listed(rules, some, TUESDAY), "UTC")
        assert both.get(dt.date(2025, 3, 4)) == alone.get(dt.date(2025, 3, 4))


def test_a_booking_over_midnight_is_accepted_where_the_hours_go_on() -> None:
    assert booked(Rules(120), [night("22:00-23:59", "00:00-02:00")], MONDAY + " 23:17").is_accepted
    assert not booked(Rules(120), [night("22:00-23:59", "00:15-02:00")], MONDAY + " 23:17").is_accepted


def test_a_closed_next_day_ends_the_hours_at_midnight() -> None:
    closing = override(TUESDAY, "00:00-00:00")
    day = dt.date(2025, 3, 4)
    closed = host("00:00-23:59", overrides=[closing])
    away = Host(1, host("00:00-23:59").schedule, out_of_office=(Absence(day, day),))
    for somebody in (closed, away):
        assert clock(listed(Rules(90), [somebody], MONDAY, TUESDAY))[-1] == "22:30"
        assert not booked(Rules(90), [somebody], MONDAY + " 23:00").is_accepted


def test_an_override_until_midnight_goes_on_in_the_next_days_hours() -> None:
    late = host("00:00-02:00", overrides=[override(MONDAY, "22:00-00:00")])
    assert stamps(listed(Rules(90), [late], MONDAY, TUESDAY)) == ["03 22:00", "03 23:30", "04 00:00"]


def test_weekly_hours_from_midnight_to_midnight_are_none() -> None:
    assert listed(Rules(60), [host("00:00-00:00")], MONDAY, TUESDAY) == []


def test_hours_that_go_on_for_days_hold_a_booking_of_days() -> None:
    assert booked(Rules(3 * 1440), [host("00:00-23:59")], MONDAY + " 10:00").is_accepted
    starts = listed(Rules(3 * 1440), [host("00:00-23:59")], MONDAY, "2025-03-07")
    assert stamps(starts) == ["03 00:00", "04 00:00", "05 00:00"]


def test_a_busy_night_is_left_out_on_both_sides_of_midnight() -> None:
    taken = busy(MONDAY + " 23:30", TUESDAY + " 00:30")
    somebody = host("22:00-23:59", "00:00-02:00", busy=[taken])
    starts = listed(Rules(60), [somebody], MONDAY + " 20:00", TUESDAY + " 03:00")
    assert stamps(starts) == ["03 22:00", "04 01:00"]


def test_each_host_of_a_collective_begins_a_grid_at_midnight() -> None:
    hosts = [host("00:00-23:59", zone="Europe/Rome"), host("00:00-23:59", number=2)]
    starts = listed(Rules(90), hosts, MONDAY + " 20:00", TUESDAY + " 02:00")
    assert stamps(starts) == ["03 20:00", "03 21:30", "03 23:00", "04 00:00"]


def test_rotating_hosts_of_one_zone_go_on_with_one_grid_until_midnight() -> None:
    hosts = [
        host("20:00-23:59", "00:00-03:00", number=1, is_fixed=False),
        host("22:15-23:59", "00:00-03:00", number=2, is_fixed=False),
    ]
    starts = listed(Rules(45), hosts, MONDAY + " 20:00", TUESDAY + " 02:00")
    assert stamps(starts) == [
        *("03 20:00", "03 20:45", "03 21:30", "03 22:15", "03 23:00", "03 23:45"),
        *("04 00:00", "04 00:45"),
    ]


@pytest.mark.parametrize(
    ("zone", "saturday", "sunday", "last", "first"),
    [
        # Clocks skip the hour after midnight: the day begins at one.
        ("America/Asuncion", "2023-09-30", "2023-10-01", "22:30", "01:00"),
        ("Asia/Beirut", "2025-03-29", "2025-03-30", "22:30", "01:00"),
        # The hour before midnight comes twice: it is the old day's.
        ("America/Asuncion", "2024-03-23", "2024-03-24", "23:00", "00:00"),
        ("Asia/Beirut", "2025-10-25", "2025-10-26", "23:00", "00:00"),
        # The hour after midnight comes twice: the day begins at the first.
        ("America/Havana", "2025-11-01", "2025-11-02", "22:30", "00:00"),
    ],
)
def test_a_day_whose_midnight_the_clock_changes_begins_one_grid_and_loses_no_time(
    zone: str, saturday: str, sunday: str, last: str, first: str
) -> None:
    somebody = host("00:00-23:59", zone=zone)
    before = f"{dt.date.fromisoformat(saturday) - dt.timedelta(days=1)}"
    days = by_day(listed(Rules(90), [somebody], before, sunday), zone)
    assert clock(days[dt.date.fromisoformat(saturday)], zone)[-1] == last
    assert clock(days[dt.date.fromisoformat(sunday)], zone)[0] == first
    for minute in range(-180, 181, 15):
        start = at(f"{sunday} 12:00", zone) - 12 * 3600 + minute * 60
        stamp = f"{dt.datetime.fromtimestamp(start, dt.UTC):%Y-%m-%d %H:%M}"
        assert booked(Rules(90), [somebody], stamp).is_accepted


def test_a_traveller_begins_grids_at_the_midnights_of_where_they_are() -> None:
    stay = Travel("Asia/Tokyo", at("2025-03-04 00:00"))
    london = Host(1, Schedule("Europe/London", (WeeklyHours(frozenset(range(7)), 0, 1439),)), travel=(stay,))
    starts = listed(Rules(100), [london], MONDAY + " 10:00", TUESDAY + " 18:00")
    # Tuesday begins in Tokyo while it is still Monday in London.
    assert stamps(starts)[:5] == ["03 10:00", "03 11:40", "03 13:20", "03 15:00", "03 16:40"]
    assert at("2025-03-04 15:00") in starts
