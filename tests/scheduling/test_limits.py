"""Limits of bookings and of booked minutes."""

import pytest

from kalends.scheduling.engine import Code, Limit, Rules, Taken, Unit, counting_range
from tests.scheduling.build import at, booked, codes, host, listed, stamps

MORNINGS = host("09:00-10:00")


def hour(text: str) -> tuple[int, int]:
    return at(text), at(text) + 3600


def test_a_full_day_is_closed_and_the_next_is_open() -> None:
    rules = Rules(60, booking_limits_count=(Limit(Unit.DAY, 1),))
    taken = Taken(counted=[hour("2050-09-05 11:00")])
    assert stamps(listed(rules, [MORNINGS], "2050-09-05", "2050-09-06", taken=taken)) == ["06 09:00"]


def test_the_bookings_of_all_hosts_count_together() -> None:
    rules = Rules(60, booking_limits_count=(Limit(Unit.DAY, 1),))
    hosts = [host("09:00-12:00", number=number, is_fixed=False) for number in (1, 2)]
    taken = Taken(counted=[hour("2050-09-05 09:00")])
    assert listed(rules, hosts, "2050-09-05", taken=taken) == []


@pytest.mark.parametrize(
    ("unit", "first", "last", "before", "beyond"),
    [
        (Unit.DAY, "2025-03-05 00:00", "2025-03-05 23:59", "2025-03-04 09:00", "2025-03-06 09:00"),
        (Unit.WEEK, "2025-03-02 00:00", "2025-03-08 23:59", "2025-03-01 09:00", "2025-03-09 09:00"),
        (Unit.MONTH, "2025-02-01 00:00", "2025-02-28 23:59", "2025-01-31 09:00", "2025-03-01 09:00"),
        (Unit.YEAR, "2024-01-01 00:00", "2024-12-31 23:59", "2023-12-31 09:00", "2025-01-01 09:00"),
    ],
)
def test_a_period_counts_from_its_first_instant_to_its_last(
    unit: Unit, first: str, last: str, before: str, beyond: str
) -> None:
    rules = Rules(60, booking_limits_count=(Limit(unit, 1),))
    for counted in (first, last):
        taken = Taken(counted=[hour(counted)])
        assert codes(rules, [MORNINGS], f"{first[:10]} 09:00", taken=taken) == [Code.LIMIT]
        assert booked(rules, [MORNINGS], before, taken=taken).is_accepted
        assert booked(rules, [MORNINGS], beyond, taken=taken).is_accepted


def test_a_month_stays_whole_over_a_change_of_the_clock() -> None:
    rules = Rules(60, booking_limits_count=(Limit(Unit.MONTH, 1),))
    rome = host("00:00-23:59", zone="Europe/Rome")
    starts = listed(
        rules, [rome], "2025-02-28", "2025-04-01", taken=Taken(counted=[hour("2025-03-10 10:00")])
    )
    closed = [start for start in starts if at("2025-02-28 23:00") <= start < at("2025-03-31 22:00")]
    assert closed == []
    assert at("2025-02-28 22:00") in starts
    assert at("2025-03-31 22:00") in starts


def test_minutes_leave_room_for_exactly_what_is_left() -> None:
    rules = Rules(60, booking_limits_duration=(Limit(Unit.DAY, 120),))
    taken = Taken(counted=[hour("2025-03-05 12:00")])
    assert booked(rules, [MORNINGS], "2025-03-05 09:00", taken=taken).is_accepted


def test_a_booking_longer_than_its_limit_is_never_possible() -> None:
    rules = Rules(60, booking_limits_duration=(Limit(Unit.WEEK, 45),))
    assert listed(rules, [MORNINGS], "2025-03-01", "2025-03-31") == []
    assert codes(rules, [MORNINGS], "2025-03-05 09:00") == [Code.LIMIT]


def test_zero_is_no_limit() -> None:
    rules = Rules(
        60,
        booking_limits_count=(Limit(Unit.DAY, 0),),
        booking_limits_duration=(Limit(Unit.DAY, 0),),
    )
    taken = Taken(counted=[hour("2025-03-05 12:00")])
    assert booked(rules, [MORNINGS], "2025-03-05 09:00", taken=taken).is_accepted


def test_a_limit_is_told_by_its_name_and_period() -> None:
    rules = Rules(60, booking_limits_count=(Limit(Unit.WEEK, 1),))
    verdict = booked(rules, [MORNINGS], "2025-03-05 09:00", taken=Taken(counted=[hour("2025-03-03 12:00")]))
    (reason,) = verdict.reasons
    assert reason.reference == "bookingLimitsCount.week"
    assert (reason.start, reason.end) == (at("2025-03-02"), at("2025-03-09"))


def test_the_bookings_to_count_are_those_of_every_period_touched() -> None:
    start, end = at("2025-03-05"), at("2025-03-06")
    assert counting_range(Rules(60), start=start, end=end, now=0) is None
    yearly = Rules(60, booking_limits_count=(Limit(Unit.YEAR, 5),))
    counted = counting_range(yearly, start=start, end=end, now=0)
    assert counted is not None
    assert counted[0] <= at("2025-01-01", "Pacific/Kiritimati")
    assert counted[1] >= at("2026-01-01", "Pacific/Niue")
