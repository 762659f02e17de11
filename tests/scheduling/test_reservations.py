"""Reservations: what they hide, and what they refuse where they bind."""

from kalends.scheduling.engine import Code, Host, Reservation, Rules, Taken
from tests.scheduling.build import at, booked, busy, clock, codes, host, listed

DAY = "2050-09-05"
HOUR = Rules(60)


def held(start: str, end: str, host_id: int | None = None, around: int = 0) -> Reservation:
    return Reservation(
        at(f"{DAY} {start}"), at(f"{DAY} {end}"), host_id, before=around, after=around, reference="hold"
    )


def rotating(*rows: str, count: int = 2) -> list[Host]:
    return [host(*rows, number=number, is_fixed=False) for number in range(1, count + 1)]


def test_a_reservation_hides_every_slot_that_it_overlaps() -> None:
    taken = Taken(reservations=[held("10:00", "11:00")])
    starts = listed(Rules(60, slot_interval=30), [host("09:00-13:00")], DAY, taken=taken)
    assert clock(starts) == ["09:00", "11:00", "11:30", "12:00"]


def test_a_reservation_moves_no_grid() -> None:
    taken = Taken(reservations=[held("09:00", "09:20")])
    assert clock(listed(Rules(45), [host("09:00-12:00")], DAY, taken=taken)) == ["09:45", "10:30", "11:15"]


def test_a_binding_reservation_refuses_a_booking() -> None:
    taken = Taken(reservations=[held("10:00", "11:00")])
    verdict = booked(HOUR, [host("09:00-12:00")], f"{DAY} 10:30", taken=taken)
    (reason,) = verdict.reasons
    assert reason.code is Code.RESERVED
    assert (reason.start, reason.end, reason.reference) == (
        at(f"{DAY} 10:00"),
        at(f"{DAY} 11:00"),
        "hold",
    )


def test_a_reservation_takes_one_of_the_rotating_hosts() -> None:
    one = Taken(reservations=[held("10:00", "11:00")])
    assert clock(listed(HOUR, rotating("10:00-11:00"), DAY, taken=one)) == ["10:00"]
    two = Taken(reservations=[held("10:00", "11:00")] * 2)
    assert listed(HOUR, rotating("10:00-11:00"), DAY, taken=two) == []
    assert clock(listed(HOUR, rotating("10:00-11:00", count=3), DAY, taken=two)) == ["10:00"]


def test_a_reservation_keeps_the_only_rotating_host_who_can_serve_it() -> None:
    # Only the second host is free for all of the reserved hour.
    hosts = [
        host("10:00-10:30", is_fixed=False),
        host("10:00-11:00", number=2, is_fixed=False),
    ]
    taken = Taken(reservations=[held("10:00", "11:00")])
    assert booked(Rules(30), hosts, f"{DAY} 10:00", taken=taken).host_ids == (1,)
    assert codes(Rules(30), hosts, f"{DAY} 10:30", taken=taken) == [
        Code.OUTSIDE_WORKING_HOURS,
        Code.RESERVED,
    ]


def test_a_reservation_of_a_collective_takes_all_its_hosts() -> None:
    hosts = [host("10:00-11:00", number=number) for number in (1, 2)]
    taken = Taken(reservations=[held("10:00", "11:00")])
    assert listed(HOUR, hosts, DAY, taken=taken) == []


def test_a_reservation_takes_the_fixed_host_that_all_bookings_need() -> None:
    hosts = [host("10:00-12:00"), *(host("10:00-12:00", number=n, is_fixed=False) for n in (2, 3))]
    taken = Taken(reservations=[held("10:00", "11:00")])
    assert clock(listed(HOUR, hosts, DAY, taken=taken)) == ["11:00"]


def test_a_reservation_for_another_event_type_takes_its_own_host() -> None:
    taken = Taken(reservations=[held("10:00", "11:00", host_id=1)])
    assert clock(listed(HOUR, rotating("10:00-11:00"), DAY, taken=taken)) == ["10:00"]
    assert booked(HOUR, rotating("10:00-11:00"), f"{DAY} 10:00", taken=taken).host_ids == (2,)
    assert listed(HOUR, [host("10:00-11:00")], DAY, taken=taken) == []


def test_a_reservation_keeps_its_buffers_free() -> None:
    taken = Taken(reservations=[held("10:00", "11:00", around=900)])
    assert clock(listed(HOUR, [host("08:00-13:00")], DAY, taken=taken)) == ["08:00", "12:00"]


def test_a_reservation_that_reaches_over_the_edge_of_the_query_counts() -> None:
    taken = Taken(reservations=[held("09:00", "11:00")])
    starts = listed(HOUR, rotating("09:00-12:00", count=1), f"{DAY} 10:00", f"{DAY} 12:00", taken=taken)
    assert clock(starts) == ["11:00"]


def test_a_busy_host_is_not_counted_among_those_a_reservation_may_take() -> None:
    meeting = busy(f"{DAY} 10:00", f"{DAY} 11:00")
    hosts = [host("10:00-11:00", busy=[meeting], is_fixed=False), *rotating("10:00-11:00")[1:]]
    taken = Taken(reservations=[held("10:00", "11:00")])
    assert listed(HOUR, hosts, DAY, taken=taken) == []
