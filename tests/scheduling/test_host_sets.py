"""Host sets, lengths and the edges of what can be asked."""

import datetime as dt
from dataclasses import replace

import pytest

from kalends.scheduling.engine import Rules, by_day, check, list_slots
from tests.scheduling.build import at, booked, busy, clock, host, listed

DAY = "2025-03-05"


def test_a_dynamic_group_shares_the_hours_of_its_members_in_any_length() -> None:
    members = [host("09:00-12:00"), host("10:00-13:00", number=2)]
    group = Rules(30, minimum_notice=120)
    assert clock(listed(group, members, DAY)) == ["10:00", "10:30", "11:00", "11:30"]
    assert clock(listed(replace(group, length=60), members, DAY)) == ["10:00", "11:00"]


def test_another_length_changes_the_step_unless_an_interval_is_set() -> None:
    assert clock(listed(replace(Rules(15), length=60), [host("09:00-11:00")], DAY)) == ["09:00", "10:00"]
    often = replace(Rules(15, slot_interval=30), length=60)
    assert clock(listed(often, [host("09:00-11:00")], DAY)) == ["09:00", "09:30", "10:00"]


def test_every_free_host_of_a_round_robin_is_named() -> None:
    meeting = busy(f"{DAY} 09:00", f"{DAY} 10:00")
    hosts = [
        host("09:00-12:00", is_fixed=False),
        host("09:00-12:00", number=2, busy=[meeting], is_fixed=False),
        host("09:00-12:00", number=3, is_fixed=False),
    ]
    assert booked(Rules(60), hosts, f"{DAY} 09:00").host_ids == (1, 3)


def test_fixed_hosts_alone_do_not_hold_a_booking_that_needs_one_who_rotates() -> None:
    meeting = busy(f"{DAY} 09:00", f"{DAY} 10:00")
    hosts = [host("09:00-12:00"), host("09:00-12:00", number=2, busy=[meeting], is_fixed=False)]
    assert not booked(Rules(60), hosts, f"{DAY} 09:00").is_accepted


def test_an_event_type_without_hosts_has_no_slots() -> None:
    assert listed(Rules(60), [], DAY) == []


def test_busy_times_may_come_in_any_order_and_overlap() -> None:
    meetings = [
        busy(f"{DAY} 11:00", f"{DAY} 11:30"),
        busy(f"{DAY} 09:00", f"{DAY} 11:15"),
        busy(f"{DAY} 09:30", f"{DAY} 10:00"),
        busy(f"{DAY} 12:00", f"{DAY} 12:00"),
    ]
    assert clock(listed(Rules(30), [host("09:00-13:00", busy=meetings)], DAY)) == ["11:30", "12:00", "12:30"]


def test_a_meeting_that_ends_on_an_odd_second_moves_the_next_slot_to_a_full_minute() -> None:
    meeting = busy(f"{DAY} 09:00", f"{DAY} 10:00:17")
    assert clock(listed(Rules(7), [host("09:00-10:10", busy=[meeting])], DAY)) == ["10:01"]


def test_half_hour_zones_share_a_collective_by_the_clock_of_the_one_who_begins_later() -> None:
    # In Kolkata it is half past the hour when it strikes in Rome.
    rome, kolkata = (
        host("09:00-12:00", zone="Europe/Rome"),
        host("13:45-20:00", zone="Asia/Kolkata", number=2),
    )
    starts = listed(Rules(60), [rome, kolkata], DAY)
    assert clock(starts, "Asia/Kolkata") == ["14:00", "15:00"]


def test_of_two_that_begin_together_the_clock_of_the_later_named_host_aligns() -> None:
    rome, kolkata = (
        host("00:00-23:59", zone="Europe/Rome"),
        host("00:00-23:59", zone="Asia/Kolkata", number=2),
    )
    times = (f"{DAY} 09:10", f"{DAY} 11:40")
    assert clock(listed(Rules(60), [rome, kolkata], *times)) == ["09:30", "10:30"]
    assert clock(listed(Rules(60), [kolkata, rome], *times)) == ["10:00"]


def test_round_robin_hosts_on_clocks_half_an_hour_apart_keep_one_grid_where_they_meet() -> None:
    hosts = [
        host("14:30-18:00", zone="Asia/Kolkata", is_fixed=False),
        host("09:50-13:00", number=2, is_fixed=False),
    ]
    assert clock(listed(Rules(60), hosts, DAY)) == ["09:30", "10:30", "11:30"]


@pytest.mark.parametrize("text", ["0001-01-01", "9999-12-31"])
def test_the_ends_of_the_calendar_answer_with_an_empty_list_or_slots(text: str) -> None:
    start = int(dt.datetime.fromisoformat(text).replace(tzinfo=dt.UTC).timestamp())
    hosts = [host("09:00-10:00", zone="Pacific/Auckland"), host("00:00-23:59", zone="Pacific/Honolulu")]
    for one in hosts:
        assert len(list_slots(Rules(60), [one], start=start, end=start + 86_399, now=start - 86_400)) <= 24
        check(Rules(60), [one], start=start, end=start + 3600, now=start)


def test_days_are_filed_in_order_and_none_is_empty() -> None:
    starts = [at("2025-10-25 23:30"), at("2025-10-26 00:30"), at("2025-10-26 22:30"), at("2025-10-26 23:30")]
    assert by_day(starts, "Europe/Rome") == {
        dt.date(2025, 10, 26): starts[:3],
        dt.date(2025, 10, 27): starts[3:],
    }
    assert by_day([], "UTC") == {}
