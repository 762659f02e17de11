"""Seated event types: starts that are joined instead of blocked."""

from kalends.scheduling.engine import Code, Limit, Reservation, Rules, SeatedBooking, Taken, Unit
from tests.scheduling.build import at, booked, busy, clock, codes, host, listed

DAY = "2050-09-05"
CLASS = Rules(60, seats=5)


def seated(start: str, taken: int = 1, hosts: tuple[int, ...] = (1,), around: int = 0) -> SeatedBooking:
    begin = at(f"{DAY} {start}")
    return SeatedBooking(begin, begin + 3600, taken, hosts, around, around, reference="class")


def test_a_start_with_free_seats_stays_listed_and_is_joined() -> None:
    taken = Taken(seated=[seated("10:00")])
    assert clock(listed(CLASS, [host("09:00-12:00")], DAY, taken=taken)) == ["09:00", "10:00", "11:00"]
    verdict = booked(CLASS, [host("09:00-12:00")], f"{DAY} 10:00", taken=taken)
    assert verdict.is_accepted
    assert verdict.joins == seated("10:00")
    assert verdict.host_ids == (1,)


def test_a_full_start_stays_listed_and_is_refused() -> None:
    taken = Taken(seated=[seated("10:00", taken=5)])
    assert "10:00" in clock(listed(CLASS, [host("09:00-12:00")], DAY, taken=taken))
    assert codes(CLASS, [host("09:00-12:00")], f"{DAY} 10:00", taken=taken) == [Code.SEATS_FULL]


def test_a_single_seat_is_booked_like_any_slot() -> None:
    taken = Taken(seated=[seated("10:00")])
    single = Rules(60, seats=1)
    assert clock(listed(single, [host("09:00-12:00")], DAY, taken=taken)) == ["09:00", "11:00"]
    assert codes(single, [host("09:00-12:00")], f"{DAY} 10:00", taken=taken) == [Code.SEATS_FULL]


def test_starts_that_overlap_a_seated_booking_are_not_offered() -> None:
    taken = Taken(seated=[seated("10:00")])
    often = Rules(60, slot_interval=30, seats=5)
    starts = listed(often, [host("09:00-12:00")], DAY, taken=taken)
    assert clock(starts) == ["09:00", "10:00", "11:00"]
    assert codes(often, [host("09:00-12:00")], f"{DAY} 09:30", taken=taken) == [Code.BOOKING]


def test_the_buffers_of_a_seated_booking_block() -> None:
    taken = Taken(seated=[seated("10:00", around=900)])
    assert clock(listed(CLASS, [host("08:00-13:00")], DAY, taken=taken)) == ["08:00", "10:00", "12:00"]
    assert codes(CLASS, [host("08:00-13:00")], f"{DAY} 11:00", taken=taken) == [Code.BUFFER]


def test_a_seated_booking_off_the_grid_is_listed_at_its_own_start() -> None:
    taken = Taken(seated=[seated("09:07")])
    assert clock(listed(CLASS, [host("09:00-12:00")], DAY, taken=taken)) == ["09:07", "11:00"]


def test_another_host_may_start_while_one_holds_a_seated_booking() -> None:
    hosts = [host("09:00-11:00", number=number, is_fixed=False) for number in (1, 2)]
    taken = Taken(seated=[seated("09:30")])
    starts = listed(Rules(60, slot_interval=30, seats=5), hosts, DAY, taken=taken)
    assert clock(starts) == ["09:00", "09:30", "10:00"]
    assert booked(CLASS, hosts, f"{DAY} 09:00", taken=taken).host_ids == (2,)


def test_a_limit_counts_no_seat_that_joins_a_booking() -> None:
    rules = Rules(60, seats=5, booking_limits_count=(Limit(Unit.DAY, 1),))
    begin = at(f"{DAY} 10:00")
    taken = Taken(counted=[(begin, begin + 3600)], seated=[seated("10:00")])
    assert clock(listed(rules, [host("09:00-12:00")], DAY, taken=taken)) == ["10:00"]
    assert booked(rules, [host("09:00-12:00")], f"{DAY} 10:00", taken=taken).is_accepted
    assert codes(rules, [host("09:00-12:00")], f"{DAY} 09:00", taken=taken) == [Code.LIMIT]


def test_a_booking_of_another_event_type_blocks_a_seated_one() -> None:
    other = busy(f"{DAY} 10:00", f"{DAY} 11:00")
    assert clock(listed(CLASS, [host("09:00-12:00", busy=[other])], DAY)) == ["09:00", "11:00"]


def test_a_collective_booking_is_one_booking_of_all_its_hosts() -> None:
    hosts = [host("09:00-12:00", number=number) for number in (1, 2)]
    taken = Taken(seated=[seated("10:00", taken=4, hosts=(1, 2))])
    assert clock(listed(CLASS, hosts, DAY, taken=taken)) == ["09:00", "10:00", "11:00"]
    assert booked(CLASS, hosts, f"{DAY} 10:00", taken=taken).host_ids == (1, 2)


def test_held_seats_fill_a_start_and_hide_nothing() -> None:
    begin = at(f"{DAY} 10:00")
    held = Reservation(begin, begin + 3600, is_seat=True)
    taken = Taken(seated=[seated("10:00", taken=4)], reservations=[held])
    assert "10:00" in clock(listed(CLASS, [host("09:00-12:00")], DAY, taken=taken))
    assert codes(CLASS, [host("09:00-12:00")], f"{DAY} 10:00", taken=taken) == [Code.RESERVED]


def test_a_held_seat_that_binds_keeps_its_host_from_other_starts() -> None:
    begin = at(f"{DAY} 10:00")
    often, hosts = Rules(60, slot_interval=30, seats=5), [host("09:00-12:00")]
    held = Reservation(begin, begin + 3600, is_seat=True, keeps_hosts=True, reference="hold")
    taken = Taken(reservations=[held])
    assert clock(listed(often, hosts, DAY, taken=taken)) == ["09:00", "10:00", "11:00"]
    assert booked(often, hosts, f"{DAY} 10:00", taken=taken).is_accepted
    assert codes(often, hosts, f"{DAY} 09:30", taken=taken) == [Code.RESERVED]


def test_seats_held_at_one_start_share_one_host() -> None:
    begin = at(f"{DAY} 09:30")
    hosts = [host("09:00-11:00", number=number, is_fixed=False) for number in (1, 2)]
    held = Reservation(begin, begin + 3600, is_seat=True, keeps_hosts=True)
    taken = Taken(reservations=[held, held])
    assert booked(CLASS, hosts, f"{DAY} 09:00", taken=taken).is_accepted
    assert codes(CLASS, hosts[:1], f"{DAY} 09:00", taken=taken) == [Code.RESERVED]


def test_a_start_that_is_joined_must_still_keep_the_notice() -> None:
    taken = Taken(seated=[seated("10:00")])
    rules = Rules(60, seats=5, minimum_notice=60)
    verdict = booked(rules, [host("09:00-12:00")], f"{DAY} 10:00", now=at(f"{DAY} 09:30"), taken=taken)
    assert [reason.code for reason in verdict.reasons] == [Code.MINIMUM_NOTICE]


def test_a_reservation_of_another_event_type_hides_no_start_that_is_joined() -> None:
    begin = at(f"{DAY} 10:00")
    held = Reservation(begin, begin + 3600, host_id=1)
    taken = Taken(seated=[seated("10:00")], reservations=[held])
    assert clock(listed(CLASS, [host("09:00-12:00")], DAY, taken=taken)) == ["09:00", "10:00", "11:00"]
    alone = Taken(reservations=[held])
    assert clock(listed(CLASS, [host("09:00-12:00")], DAY, taken=alone)) == ["09:00", "11:00"]


def test_a_reservation_that_only_hides_hides_no_start_of_which_a_seat_is_held() -> None:
    begin = at(f"{DAY} 10:00")
    elsewhere = Reservation(begin, begin + 3600, host_id=1, only_hides=True)
    binding = Reservation(begin, begin + 3600, host_id=1)
    seat = Reservation(begin, begin + 3600, is_seat=True)

    def offered(*held: Reservation) -> list[str]:
        return clock(listed(CLASS, [host("09:00-12:00")], DAY, taken=Taken(reservations=held)))

    assert offered(elsewhere) == offered(binding, seat) == ["09:00", "11:00"]
    assert offered(elsewhere, seat) == ["09:00", "10:00", "11:00"]
