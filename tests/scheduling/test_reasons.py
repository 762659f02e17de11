"""Why a time is not available."""

import datetime as dt
from dataclasses import replace

from kalends.scheduling.engine import (
    Absence,
    Code,
    Host,
    Limit,
    Reason,
    Reservation,
    Rules,
    Source,
    Taken,
    Unit,
    buffered,
    explain_range,
)
from tests.scheduling.build import at, booked, busy, codes, host, override

DAY = "2025-03-05"
HOUR = Rules(60)


def test_a_free_time_has_no_reasons() -> None:
    verdict = booked(HOUR, [host("09:00-12:00")], f"{DAY} 09:00")
    assert verdict.is_accepted
    assert verdict.host_ids == (1,)
    assert verdict.reasons == ()


def test_a_start_off_the_grid_is_accepted_and_explained() -> None:
    assert booked(HOUR, [host("09:00-12:00")], f"{DAY} 09:07").is_accepted
    assert codes(HOUR, [host("09:00-12:00")], f"{DAY} 09:07") == [Code.OFF_GRID]


def test_closed_hours_are_named_with_the_part_that_is_closed() -> None:
    (reason,) = booked(HOUR, [host("09:00-12:00")], f"{DAY} 11:30").reasons
    assert reason == Reason(Code.OUTSIDE_WORKING_HOURS, 1, at(f"{DAY} 12:00"), at(f"{DAY} 12:30"))


def test_a_time_across_two_rows_of_hours_is_refused_only_where_they_leave_a_gap() -> None:
    assert booked(HOUR, [host("09:00-10:30", "10:30-12:00")], f"{DAY} 10:00").is_accepted
    (reason,) = booked(HOUR, [host("09:00-10:30", "10:35-12:00")], f"{DAY} 10:00").reasons
    assert reason == Reason(Code.OUTSIDE_WORKING_HOURS, 1, at(f"{DAY} 10:30"), at(f"{DAY} 10:35"))


def test_an_override_is_the_reason_where_the_weekly_hours_would_do() -> None:
    changed = host("09:00-12:00", overrides=[override(DAY, "14:00-16:00")])
    assert codes(HOUR, [changed], f"{DAY} 09:00") == [Code.DATE_OVERRIDE]
    assert codes(HOUR, [changed], f"{DAY} 18:00") == [Code.OUTSIDE_WORKING_HOURS]


def test_an_absence_is_the_reason_where_the_hours_would_do() -> None:
    day = dt.date.fromisoformat(DAY)
    away = replace(host("09:00-12:00"), out_of_office=(Absence(day, day, reference=7),))
    (reason,) = booked(HOUR, [away], f"{DAY} 09:00").reasons
    assert (reason.code, reason.reference) == (Code.OUT_OF_OFFICE, 7)
    assert codes(HOUR, [away], f"{DAY} 18:00") == [Code.OUTSIDE_WORKING_HOURS]


def test_a_booking_and_a_calendar_event_are_told_apart_and_named() -> None:
    start, end = at(f"{DAY} 09:00"), at(f"{DAY} 09:30")
    events = [
        buffered(start, end, reference="b1"),
        buffered(start, end, source=Source.CALENDAR, reference="c1"),
    ]
    verdict = booked(HOUR, [host("09:00-12:00", busy=events)], f"{DAY} 09:00")
    assert verdict.reasons == (
        Reason(Code.BOOKING, 1, start, end, "b1"),
        Reason(Code.CALENDAR, 1, start, end, "c1"),
    )


def test_a_buffer_is_the_reason_where_only_the_buffer_blocks() -> None:
    event = buffered(at(f"{DAY} 10:00"), at(f"{DAY} 11:00"), before=15, reference="b1")
    (reason,) = booked(HOUR, [host("09:00-13:00", busy=[event])], f"{DAY} 11:00").reasons
    assert reason == Reason(Code.BUFFER, 1, at(f"{DAY} 10:00"), at(f"{DAY} 11:15"), "b1")


def test_every_host_who_stands_in_the_way_is_named() -> None:
    meeting = busy(f"{DAY} 09:00", f"{DAY} 10:00")
    hosts = [host("09:00-12:00", busy=[meeting]), host("09:00-12:00", number=2, busy=[meeting])]
    verdict = booked(HOUR, hosts, f"{DAY} 09:00")
    assert [(reason.code, reason.host_id) for reason in verdict.reasons] == [
        (Code.BOOKING, 1),
        (Code.BOOKING, 2),
    ]


def test_an_explanation_names_a_rotating_host_whom_nobody_needs() -> None:
    meeting = busy(f"{DAY} 09:00", f"{DAY} 10:00")
    hosts = [
        host("09:00-12:00", busy=[meeting], is_fixed=False),
        host("09:00-12:00", number=2, is_fixed=False),
    ]
    assert booked(HOUR, hosts, f"{DAY} 09:00").host_ids == (2,)
    assert codes(HOUR, hosts, f"{DAY} 09:00") == [Code.BOOKING]


def test_without_hosts_that_is_the_reason() -> None:
    assert codes(HOUR, [], f"{DAY} 09:00") == [Code.NO_HOSTS]


def test_all_that_stands_against_a_time_is_named_at_once() -> None:
    rules = Rules(60, minimum_notice=60, booking_limits_count=(Limit(Unit.DAY, 1),))
    counted = (at(f"{DAY} 15:00"), at(f"{DAY} 16:00"))
    meeting = busy(f"{DAY} 09:00", f"{DAY} 10:00")
    found = codes(
        rules,
        [host("09:00-12:00", busy=[meeting])],
        f"{DAY} 09:00",
        now=at(f"{DAY} 08:30"),
        taken=Taken(counted=[counted]),
    )
    assert found == [Code.MINIMUM_NOTICE, Code.BOOKING, Code.LIMIT]


def test_a_start_in_the_past_is_not_also_said_to_come_too_soon() -> None:
    rules = Rules(60, minimum_notice=60)
    assert codes(rules, [host("09:00-12:00")], f"{DAY} 09:00", now=at(f"{DAY} 10:00")) == [Code.IN_THE_PAST]


def test_a_day_is_explained_by_everything_that_closes_a_part_of_it() -> None:
    start, end = at(DAY), at(DAY) + 86_400
    event = buffered(at(f"{DAY} 10:00"), at(f"{DAY} 11:00"), reference="b1")
    working = Host(1, host("09:00-12:00").schedule, [event])
    held = Reservation(at(f"{DAY} 09:00"), at(f"{DAY} 09:30"), reference="hold")
    reasons = explain_range(HOUR, [working], start=start, end=end, now=0, taken=Taken(reservations=[held]))
    assert reasons == [
        Reason(Code.OUTSIDE_WORKING_HOURS, 1, start, at(f"{DAY} 09:00")),
        Reason(Code.OUTSIDE_WORKING_HOURS, 1, at(f"{DAY} 12:00"), end),
        Reason(Code.BOOKING, 1, at(f"{DAY} 10:00"), at(f"{DAY} 11:00"), "b1"),
        Reason(Code.RESERVED, None, at(f"{DAY} 09:00"), at(f"{DAY} 09:30"), "hold"),
    ]
