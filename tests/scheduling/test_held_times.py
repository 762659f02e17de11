"""Reservations are found by the time that they keep, as looking at each of them would find them."""

from hypothesis import given
from hypothesis import strategies as st

from kalends.scheduling.engine import Reservation
from kalends.scheduling.reservations import HeldTimes

TIMES = st.integers(0, 5_000)
LENGTHS = st.one_of(st.integers(1, 90), st.integers(1, 3_000))


@st.composite
def reservations(draw: st.DrawFn) -> Reservation:
    start = draw(TIMES)
    return Reservation(
        start,
        start + draw(LENGTHS),
        is_seat=draw(st.booleans()),
        keeps_hosts=draw(st.booleans()),
        before=draw(st.integers(0, 50)),
        after=draw(st.integers(0, 50)),
    )


@given(st.lists(reservations(), max_size=40), TIMES, LENGTHS)
def test_what_stands_against_a_time_is_found(held: list[Reservation], start: int, length: int) -> None:
    end = start + length
    expected = [one for one in held if one.keeps_from(start, end)]
    times = HeldTimes(held)
    assert times.keeping_from(start, end) == expected
    assert times.has_seat(start) == any(one.is_seat and one.start == start for one in held)
